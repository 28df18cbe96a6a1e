/** What is counted of the jobs of one function in one queue that ended in a span; ms are sums over the `runs` and `waits` that are known. */
export const outcomeCounters = [
  "complete",
  "failed",
  "aborted",
  "retried",
  "runMs",
  "runs",
  "waitMs",
  "waits",
] as const;
export type OutcomeCounter = (typeof outcomeCounters)[number];
export type OutcomeCounts = Readonly<Record<OutcomeCounter, number>>;

const width = outcomeCounters.length;
const complete = 0;
const failed = 1;
const aborted = 2;
const retried = 3;
/** Followed by how many are known. */
const runMsAt = 4;
const waitMsAt = 6;

/** Whose jobs: null is not known. */
export interface OutcomeOwner {
  readonly queue: string | null;
  readonly function: string | null;
}

/** Stands for all functions that a bucket does not tell apart, because there are too many of them. */
export const otherFunctions: OutcomeOwner = { queue: null, function: "(others)" };

/** Numbers for owners, so that a bucket costs a few bytes for each. Shared by all buckets of one history. */
export class OutcomeOwners {
  /** By queue and function. */
  readonly #numbers = new Map<string | null, Map<string | null, number>>();
  readonly #owners: OutcomeOwner[] = [];

  constructor() {
    this.number(otherFunctions.queue, otherFunctions.function);
  }

  /** The number of an owner; 0, which is all others, where there are too many. */
  number(queue: string | null, name: string | null): number {
    let numbers = this.#numbers.get(queue);
    const known = numbers?.get(name);
    if (known !== undefined) return known;
    if (this.#owners.length >= ownersAtMost) return 0;
    if (numbers === undefined) this.#numbers.set(queue, (numbers = new Map()));
    numbers.set(name, this.#owners.length);
    this.#owners.push({ queue: cut(queue), function: cut(name) });
    return this.#owners.length - 1;
  }

  /** Every queue that is named, in no order. */
  get queues(): string[] {
    return [...this.#numbers.keys()].filter((queue) => queue !== null);
  }

  /** By number, 1 of those that pass. */
  wanted(passes: (owner: OutcomeOwner) => boolean): Uint8Array {
    return Uint8Array.from(this.#owners, (owner) => (passes(owner) ? 1 : 0));
  }

  owner(number: number): OutcomeOwner {
    return this.#owners[number] ?? otherFunctions;
  }
}

/** Nobody has more functions; whoever makes up names wants to fill our memory. */
const ownersAtMost = 10_000;
const longestName = 200;

function cut(name: string | null): string | null {
  return name === null || name.length <= longestName ? name : name.slice(0, longestName);
}

/** Outcomes of one span of time, by owner. */
export class OutcomeBucket {
  #owners: number[] = [];
  #values: number[] = [];
  /** For `OutcomeSeries`: it is among those of which more is known than was stored. */
  unsaved = false;
  /** Of all owners together, in the order of `outcomeCounters`. */
  #totals = noCounts();

  /** Numbers of its owners, in no order. */
  get owners(): readonly number[] {
    return this.#owners;
  }

  get size(): number {
    return this.#owners.length;
  }

  get outcomes(): { readonly complete: number; readonly failed: number; readonly aborted: number } {
    return { complete: this.#totals[complete]!, failed: this.#totals[failed]!, aborted: this.#totals[aborted]! };
  }

  /** Jobs that ended. */
  get ended(): number {
    return this.#totals[complete]! + this.#totals[failed]! + this.#totals[aborted]!;
  }

  /** One job that ended. */
  addEnding(
    owner: number,
    ending: "complete" | "failed" | "aborted",
    runMs: number | null,
    waitMs: number | null,
  ): void {
    const cell = this.#cell(owner);
    this.#add(cell, ending === "complete" ? complete : ending === "failed" ? failed : aborted, 1);
    if (runMs !== null) {
      this.#add(cell, runMsAt, Math.round(runMs));
      this.#add(cell, runMsAt + 1, 1);
    }
    if (waitMs === null) return;
    this.#add(cell, waitMsAt, Math.round(waitMs));
    this.#add(cell, waitMsAt + 1, 1);
  }

  /** A try after which another is to come. */
  addRetry(owner: number): void {
    this.#add(this.#cell(owner), retried, 1);
  }

  /** All counters of an owner, in the order of `outcomeCounters`; what is missing at the end is 0. */
  addAll(owner: number, values: readonly number[]): void {
    const cell = this.#cell(owner);
    for (let i = 0; i < width && i < values.length; i++) this.#add(cell, i, values[i]!);
  }

  addBucket(other: OutcomeBucket): void {
    for (const [owner, values] of other.cells()) this.addAll(owner, values);
  }

  /** In the order of `outcomeCounters`. */
  *cells(): Iterable<readonly [owner: number, values: readonly number[]]> {
    for (let cell = 0; cell < this.#owners.length; cell++) {
      yield [this.#owners[cell]!, this.#values.slice(cell * width, (cell + 1) * width)];
    }
  }

  /** Adds what was counted to the sums, in the order of `outcomeCounters`. `wanted`: by number of the owner, 1 of those that count; null: all. */
  addTo(sums: number[], wanted: Uint8Array | null): void {
    if (wanted === null) {
      for (let i = 0; i < width; i++) sums[i]! += this.#totals[i]!;
      return;
    }
    for (let cell = 0; cell < this.#owners.length; cell++) {
      if (wanted[this.#owners[cell]!] !== 1) continue;
      for (let i = 0; i < width; i++) sums[i]! += this.#values[cell * width + i]!;
    }
  }

  /**
   * Whether the one that counted this has seen more than the one that counted `other`. Two that watch the same Redis count the same outcomes, so of
   * two buckets of one span one is kept whole and they are never added: each outcome is then counted at most once, however many have watched.
   */
  beats(other: OutcomeBucket): boolean {
    return this.ended === other.ended ? this.#totals[retried]! > other.#totals[retried]! : this.ended > other.ended;
  }

  /** Of each owner the cell of the one that saw more of it. For two whose owners differ, as workers that tell of themselves and we. */
  static better(a: OutcomeBucket, b: OutcomeBucket): OutcomeBucket {
    const cells = new Map(a.cells());
    for (const [owner, values] of b.cells()) {
      const known = cells.get(owner);
      if (known === undefined || endedIn(values) > endedIn(known)) cells.set(owner, values);
    }
    const better = new OutcomeBucket();
    for (const [owner, values] of cells) better.addAll(owner, values);
    return better;
  }

  /** Gives back room that adding has left over: a third. For buckets that are only read from now on. */
  shrink(): this {
    this.#owners = this.#owners.slice();
    this.#values = this.#values.slice();
    return this;
  }

  /** Tells only the busiest owners apart; the others become one. */
  trim(atMost: number): void {
    if (this.size <= atMost) return;
    const cells = [...this.cells()].sort(([a, left], [b, right]) => endedIn(right) - endedIn(left) || a - b);
    const kept = cells.filter(([owner]) => owner !== 0).slice(0, atMost - 1);
    const names = new Set(kept.map(([owner]) => owner));
    this.#owners = [];
    this.#values = [];
    this.#totals = noCounts();
    for (const [owner, values] of cells) this.addAll(names.has(owner) ? owner : 0, values);
  }

  #cell(owner: number): number {
    const known = this.#owners.indexOf(owner);
    if (known >= 0) return known;
    // Before it is trimmed a bucket may tell more apart than it keeps, but not without end.
    if (this.#owners.length >= ownersInABucket && owner !== 0) return this.#cell(0);
    this.#owners.push(owner);
    for (let i = 0; i < width; i++) this.#values.push(0);
    return this.#owners.length - 1;
  }

  #add(cell: number, counter: number, n: number): void {
    this.#values[cell * width + counter]! += n;
    this.#totals[counter]! += n;
  }
}

/** One for each of `outcomeCounters`. */
export function noCounts(): number[] {
  return Array.from({ length: width }, () => 0);
}

const ownersInABucket = 500;

function endedIn(values: readonly number[]): number {
  return (values[complete] ?? 0) + (values[failed] ?? 0) + (values[aborted] ?? 0);
}
