import type { HealthRecord } from "./ports";

/** A health record with what several readings tell of it. Times unix ms on Redis' clock. */
export interface KnownRecord {
  readonly record: HealthRecord;
  readonly readAt: number;
  /** When a worker wrote it; null until its interval is known. */
  readonly writtenAt: number | null;
  /** Its whole life from one writing, ms (interval + 1 s); null until known. */
  readonly lifeMs: number | null;
  /** `lifeMs` is ARQ's default and was not seen. */
  readonly assumed: boolean;
  /** When it lapsed without having been renewed or deleted; null while it is there. */
  readonly lapsedAt: number | null;
}

/** ARQ writes every 3600 s unless told otherwise, with a second to spare (arq/worker.py `record_health`). */
const defaultLifeMs = 3_601_000;
/** With less left, a record may as well be one of a short interval: then nothing is assumed. */
const defaultShownAboveMs = 601_000;
/** A worker that vanished is shown for so long. */
const lapsedKeptMs = 600_000;
/** A key that goes this long before its time was deleted: a clean stop. */
const deletedBeforeMs = 1500;

/**
 * Learns from readings of the health records how often each is written, because nothing in Redis says it: the TTL jumps up to
 * interval + 1 s at every writing. Only then is the age of a record known.
 */
export class HealthRecords {
  readonly #known = new Map<string, KnownRecord & { readonly largestTtl: number; readonly renewed: boolean }>();

  read(records: readonly HealthRecord[], readAt: number): void {
    const present = new Set<string>();
    for (const record of records) {
      present.add(record.key);
      const before = this.#known.get(record.key);
      const expected = before === undefined ? record.ttl : before.record.ttl - (readAt - before.readAt);
      const renewed = before !== undefined && (before.renewed || record.ttl > expected + 500);
      // A worker started with another interval writes a shorter life: what was learned before no longer holds.
      const keep = before !== undefined && record.ttl <= expected + 500;
      const largestTtl = keep ? before.largestTtl : record.ttl;
      const life = lifeOf(record.ttl, largestTtl, renewed);
      const writtenAt = life.lifeMs === null ? null : readAt - Math.max(0, life.lifeMs - record.ttl);
      this.#known.set(record.key, { record, readAt, writtenAt, ...life, lapsedAt: null, largestTtl, renewed });
    }
    for (const [key, known] of this.#known) {
      if (present.has(key)) continue;
      const lapsedAt = known.lapsedAt ?? known.readAt + known.record.ttl;
      const deleted = known.lapsedAt === null && readAt < lapsedAt - deletedBeforeMs;
      // The shared record says nothing of any one worker, so that its end is no worker's end.
      if (deleted || known.record.process === "" || readAt - lapsedAt > lapsedKeptMs) this.#known.delete(key);
      else this.#known.set(key, { ...known, lapsedAt });
    }
  }

  /** Those that are there and those of single processes that lapsed within the last ten minutes. */
  get all(): Iterable<KnownRecord> {
    return this.#known.values();
  }

  clear(): void {
    this.#known.clear();
  }
}

function lifeOf(ttl: number, largestTtl: number, renewed: boolean): { lifeMs: number | null; assumed: boolean } {
  if (renewed) return { lifeMs: Math.ceil(largestTtl / 1000) * 1000, assumed: false };
  if (ttl > defaultShownAboveMs && ttl <= defaultLifeMs) return { lifeMs: defaultLifeMs, assumed: true };
  return { lifeMs: null, assumed: false };
}
