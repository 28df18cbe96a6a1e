import { parseHealthRecord } from "../arq/healthRecord";
import type { HealthRecord } from "../monitor/ports";
import type { ReadCommand, Reply } from "./readOnlyCommands";
import { asNumber, asText, isError } from "./replies";
import type { SessionContext } from "./sessionContext";

/** Between two readings of a key whose changes nobody announces. */
const readAgainMs = 4500;
/** A record that is gone may come back, as after a restart; outside the prefix nobody would announce it. */
const goneKeptMs = 600_000;
/** Nobody has more health records; whoever writes more keys wants to keep us busy. */
const atMost = 1000;

interface Reading {
  /** Null: no record is there. */
  readonly record: HealthRecord | null;
  /** On our clock, unix ms. */
  readonly at: number;
  /** Since when the key is gone, on our clock; null while something is there. */
  readonly goneSince: number | null;
}

/** Reads health records: those that changed, and those that are not announced every few seconds. */
export class HealthReader {
  readonly #context: SessionContext;
  readonly #read = new Map<string, Reading>();

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /** Keys to read now: those of these queues and every one that was met. `now` is our clock, as everywhere here. */
  due(queues: readonly string[], now: number): string[] {
    const { keys, found } = this.#context;
    const names = [...new Set([...queues.map((queue) => keys.health(queue)), ...found.health])].slice(0, atMost);
    return names.filter((key) => {
      const last = this.#read.get(key);
      if (last === undefined || found.changed.has(key)) return true;
      const lapsed = last.record !== null && last.record.ttl >= 0 && now - last.at >= last.record.ttl;
      return lapsed || now < last.at || (now - last.at >= readAgainMs && !this.#context.announces(key));
    });
  }

  /** Two commands for each key, one where PTTL is refused. */
  commands(names: readonly string[]): ReadCommand[] {
    const { refusals } = this.#context;
    return names.flatMap((name): ReadCommand[] => [
      // Not GET: whatever a key of that name holds, a record's length is enough of it.
      refusals.has("getrange") ? ["get", name] : ["getrange", name, 0, 1023],
      ...(refusals.has("pttl") ? [] : ([["pttl", name]] as const)),
    ]);
  }

  /** Takes the replies to `commands`. */
  take(names: readonly string[], replies: readonly Reply[], now: number): void {
    const { refusals, found } = this.#context;
    const perKey = refusals.has("pttl") ? 1 : 2;
    names.forEach((key, i) => {
      found.changed.delete(key);
      const reply = replies[i * perKey];
      const text = asText(reply) || null;
      const ttl = perKey === 1 ? -1 : asNumber(replies[i * perKey + 1]);
      const gone = text === null && !isError(reply);
      const goneSince = gone ? (this.#read.get(key)?.goneSince ?? now) : null;
      this.#read.set(key, { record: this.#recordOf(key, text, ttl), at: now, goneSince });
      if (goneSince !== null && now - goneSince > goneKeptMs) {
        this.#read.delete(key);
        found.health.delete(key);
      }
    });
  }

  /** What is there, with TTLs as of `now`. */
  records(now: number): HealthRecord[] {
    return [...this.#read.values()].flatMap(({ record, at }) => {
      if (record === null) return [];
      return [record.ttl < 0 ? record : { ...record, ttl: Math.max(0, record.ttl - (now - at)) }];
    });
  }

  #recordOf(key: string, text: string | null, ttl: number | null): HealthRecord | null {
    const counters = text === null ? null : parseHealthRecord(text);
    if (counters === null || ttl === null || ttl === -2) return null;
    const place = this.#context.keys.parse(key);
    const named = place?.kind === "health" ? place : { queue: null, process: processIn(key) };
    return { key, queue: named.queue, process: named.process, ttl, ...counters };
  }
}

/** `health:web-1:4711` → `web-1:4711`: a key under a name of the user's own, one for each process. */
function processIn(key: string): string {
  return /(?:^|:)([^:]+:\d+)$/.exec(key)?.[1] ?? "";
}
