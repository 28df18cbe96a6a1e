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
  /** It was written before its time again and again, by workers with work behind them: more than one writes it. */
  readonly severalWriters: boolean;
}

type Remembered = KnownRecord & {
  readonly largestTtl: number;
  readonly renewed: boolean;
  readonly earlyRenewals: number;
};

/** ARQ writes every 3600 s unless told otherwise, with a second to spare (arq/worker.py `record_health`). */
const defaultLifeMs = 3_601_000;
/** With less left, a record may as well be one of a short interval: then nothing is assumed. */
const defaultShownAboveMs = 601_000;
/** A worker that vanished is shown for so long. */
const lapsedKeptMs = 600_000;
/** A key that goes this long before its time was deleted: a clean stop. */
const deletedBeforeMs = 1500;
/** A worker alone renews its record with about a second left. A restarted one does so at once, but its counters begin at nothing. */
const earlyMs = 2500;
/** Once may be a restarted worker that was quick. */
const earlyRenewalsOfSeveral = 2;
/** A clean stop is told for so long. */
const deletedToldMs = 600_000;

/**
 * Learns from readings of the health records how often each is written, because nothing in Redis says it: the TTL jumps up to
 * interval + 1 s at every writing. Only then is the age of a record known.
 */
export class HealthRecords {
  readonly #known = new Map<string, Remembered>();
  readonly #deleted = new Map<string, { readonly record: HealthRecord; readonly at: number }>();

  read(records: readonly HealthRecord[], readAt: number): void {
    const present = new Set<string>();
    for (const record of records) {
      present.add(record.key);
      if (record.ttl < 0) {
        // PTTL is refused, or somebody took the TTL off: nothing can be learned of when it was written.
        const unknown = { writtenAt: null, lifeMs: null, assumed: false, severalWriters: false };
        const nothing = { largestTtl: -1, renewed: false, earlyRenewals: 0, lapsedAt: null };
        this.#known.set(record.key, { record, readAt, ...unknown, ...nothing });
        continue;
      }
      const before = this.#known.get(record.key);
      const expected = before === undefined ? record.ttl : before.record.ttl - (readAt - before.readAt);
      const renewedNow = before !== undefined && record.ttl > expected + 500;
      const renewed = before !== undefined && (before.renewed || renewedNow);
      // A worker started with another interval writes a shorter life: what was learned before no longer holds.
      const keep = before !== undefined && record.ttl <= expected + 500;
      const largestTtl = keep ? before.largestTtl : record.ttl;
      const life = lifeOf(record.ttl, largestTtl, renewed);
      const writtenAt = life.lifeMs === null ? null : readAt - Math.max(0, life.lifeMs - record.ttl);
      const early = renewedNow && expected > earlyMs && worked(record);
      const earlyRenewals = (before?.earlyRenewals ?? 0) + (early ? 1 : 0);
      const severalWriters = earlyRenewals >= earlyRenewalsOfSeveral;
      const learned = { largestTtl, renewed, earlyRenewals, severalWriters };
      this.#deleted.delete(record.key);
      this.#known.set(record.key, { record, readAt, writtenAt, ...life, lapsedAt: null, ...learned });
    }
    for (const [key, known] of this.#known) {
      if (present.has(key)) continue;
      if (known.record.ttl < 0) {
        this.#known.delete(key);
        continue;
      }
      const lapsedAt = known.lapsedAt ?? known.readAt + known.record.ttl;
      const deleted = known.lapsedAt === null && readAt < lapsedAt - deletedBeforeMs;
      if (deleted) this.#deleted.set(key, { record: known.record, at: readAt });
      if (deleted || readAt - lapsedAt > lapsedKeptMs) this.#known.delete(key);
      else this.#known.set(key, { ...known, lapsedAt });
    }
    for (const [key, { at }] of this.#deleted) if (readAt - at > deletedToldMs) this.#deleted.delete(key);
  }

  /** Those that are there and those that lapsed within the last ten minutes. */
  get all(): Iterable<KnownRecord> {
    return this.#known.values();
  }

  /** Queues whose shared record was deleted within the last ten minutes, by the clean stop of one of their workers: others may live. */
  get deletedShared(): readonly string[] {
    return [...this.#deleted.values()].flatMap(({ record: { process, queue } }) =>
      process === "" && queue !== null ? [queue] : [],
    );
  }

  /** When the process of that name, which had a record of its own, was seen to have stopped cleanly within the last ten minutes. */
  stoppedAt(process: string): number | undefined {
    for (const { record, at } of this.#deleted.values()) if (record.process === process) return at;
    return undefined;
  }

  clear(): void {
    this.#known.clear();
    this.#deleted.clear();
  }
}

function worked({ complete, failed, retried }: HealthRecord): boolean {
  return complete + failed + retried > 0;
}

function lifeOf(ttl: number, largestTtl: number, renewed: boolean): { lifeMs: number | null; assumed: boolean } {
  if (renewed) return { lifeMs: Math.ceil(largestTtl / 1000) * 1000, assumed: false };
  if (ttl > defaultShownAboveMs && ttl <= defaultLifeMs) return { lifeMs: defaultLifeMs, assumed: true };
  return { lifeMs: null, assumed: false };
}
