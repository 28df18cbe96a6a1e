import type { Gap, JobEvent, JobEventKind } from "./model";
import type { ActivityEntry, ActivityFilter, ActivityPage } from "./queryModel";

/** Of each kind: 100 that are shown and 1,000 that wait while the page is paused. Some 9,000 entries together, 2 MB. */
const keptOfEach = 1100;

type Kind = JobEventKind | "gap";

/**
 * The last 1,100 events of each kind, and the last 1,100 gaps, in the order in which they were told since the session began. By kind, so that a storm of jobs that start
 * and end does not carry away the failure that somebody looks for.
 */
export class ActivityLog {
  readonly #kinds = new Map<Kind, Ring>();
  #last = 0;

  add(part: { readonly events?: readonly JobEvent[]; readonly gaps?: readonly Gap[] }): void {
    for (const event of part.events ?? []) this.#ring(event.event).push({ seq: ++this.#last, kind: "event", event });
    for (const gap of part.gaps ?? []) this.#ring("gap").push({ seq: ++this.#last, kind: "gap", gap });
  }

  /** The newest that pass the filter. */
  page({ kinds, queue, function: name, upTo, limit }: ActivityFilter): ActivityPage {
    const end = upTo ?? this.#last;
    const wanted = kinds.length === 0 ? [...this.#kinds.keys()] : [...kinds, "gap" as const];
    const passes = (entry: ActivityEntry): boolean =>
      entry.kind === "gap" ||
      ((queue === null || entry.event.queue === queue) && (name === null || entry.event.function === name));
    const found: ActivityEntry[] = [];
    let newer = 0;
    let newerIsExact = true;
    for (const kind of new Set(wanted)) {
      let left = limit;
      const ring = this.#kinds.get(kind);
      if (ring?.isFull === true && ring.oldest > end) newerIsExact = false;
      for (const entry of ring?.newestFirst() ?? []) {
        if (!passes(entry)) continue;
        if (entry.seq > end) newer++;
        else if (left-- > 0) found.push(entry);
        else break;
      }
    }
    const entries = found.sort((a, b) => b.seq - a.seq).slice(0, limit);
    const isWhole = kinds.length === 0 && queue === null && name === null;
    if (isWhole) return { entries, newest: this.#last, newer: this.#last - end, newerIsExact: true };
    return { entries, newest: this.#last, newer, newerIsExact };
  }

  #ring(kind: Kind): Ring {
    let ring = this.#kinds.get(kind);
    if (ring === undefined) this.#kinds.set(kind, (ring = new Ring()));
    return ring;
  }
}

/** The last entries, each in the place of the one that is to be let go. */
class Ring {
  readonly #entries: ActivityEntry[] = [];
  #next = 0;

  push(entry: ActivityEntry): void {
    this.#entries[this.#next] = entry;
    this.#next = (this.#next + 1) % keptOfEach;
  }

  get isFull(): boolean {
    return this.#entries.length === keptOfEach;
  }

  /** Number of the oldest entry; 0 of none. */
  get oldest(): number {
    const { length } = this.#entries;
    return this.#entries[length < keptOfEach ? 0 : this.#next]?.seq ?? 0;
  }

  *newestFirst(): Iterable<ActivityEntry> {
    const { length } = this.#entries;
    for (let back = 1; back <= length; back++) yield this.#entries[(this.#next - back + length) % length]!;
  }
}
