import type { QueueFacts } from "./ports";

interface Entry {
  readonly configured: boolean;
  /** Known to be a queue: named in the settings or by a result, or its members looked like jobs once. */
  confirmed: boolean;
  facts: QueueFacts | null;
  /** It has been asked for, whatever came back. */
  counted: boolean;
  /** The sweep that met it last. */
  sweep: number;
}

/** Names that results may add. They are other people's bytes, and every name is asked for in every reading. */
const namesFromResultsAtMost = 500;

/** The queues that are known, and their counts as read last. */
export class QueueBook {
  readonly #entries = new Map<string, Entry>();
  #namedByResults = 0;

  constructor(configured: readonly string[]) {
    for (const name of configured) {
      this.#entries.set(name, { configured: true, confirmed: true, facts: null, counted: false, sweep: 0 });
    }
  }

  /** Names to count, candidates included. */
  get all(): string[] {
    return [...this.#entries.keys()];
  }

  /** Names in which to look for jobs. */
  get confirmed(): string[] {
    return this.all.filter((name) => this.#entries.get(name)!.confirmed);
  }

  /** Names that have never been counted: whether they are queues is open. */
  get uncounted(): string[] {
    return this.all.filter((name) => !this.#entries.get(name)!.counted);
  }

  facts(name: string): QueueFacts | null {
    return this.#entries.get(name)?.facts ?? null;
  }

  /** A feed has named it. */
  meet(name: string, sweep: number): void {
    const entry = this.#entries.get(name);
    if (entry === undefined)
      this.#entries.set(name, { configured: false, confirmed: false, facts: null, counted: false, sweep });
    else {
      entry.sweep = sweep;
      // Empty when it was counted, or with no member but those whose payloads have expired, it could not show that it is a queue.
      if (!entry.confirmed) entry.counted = false;
    }
  }

  /** A job says that it is in this queue. @returns whether it was not known to be a queue. */
  meetInJob(name: string, sweep: number): boolean {
    const entry = this.#entries.get(name);
    if (entry !== undefined) {
      const isNews = !entry.confirmed;
      entry.sweep = sweep;
      entry.confirmed = true;
      return isNews;
    }
    if (this.#namedByResults >= namesFromResultsAtMost) return false;
    this.#namedByResults++;
    this.#entries.set(name, { configured: false, confirmed: true, facts: null, counted: false, sweep });
    return true;
  }

  /** Takes in the answer for these names. @returns whether a queue was found that was not known to be one. */
  count(asked: readonly string[], facts: readonly QueueFacts[]): boolean {
    let found = false;
    for (const name of asked) {
      const entry = this.#entries.get(name);
      if (entry !== undefined) entry.counted = true;
    }
    for (const each of facts) {
      const entry = this.#entries.get(each.name);
      if (entry === undefined) continue;
      entry.facts = each;
      // An empty queue has no members to look at: once a queue, always a queue.
      if (each.confirmed && !entry.confirmed) {
        entry.confirmed = true;
        found = true;
      }
    }
    return found;
  }

  /** Takes in how many members a queue has. Never fewer than are due: how many these are is heard a moment later. */
  setDepth(name: string, depth: number): void {
    const facts = this.#entries.get(name)?.facts;
    if (facts) this.#entries.get(name)!.facts = { ...facts, depth, due: Math.min(facts.due, depth) };
  }

  /** Drops empty queues that neither the settings nor a whole sweep have named. */
  dropNotMetIn(sweep: number): void {
    for (const [name, entry] of this.#entries) {
      if (!entry.configured && entry.sweep !== sweep && (entry.facts?.depth ?? 0) === 0) this.#entries.delete(name);
    }
  }

  /** Forgets everything that the settings do not name. */
  clear(): void {
    for (const [name, entry] of this.#entries) {
      if (entry.configured) entry.facts = null;
      else this.#entries.delete(name);
    }
    this.#namedByResults = 0;
  }
}
