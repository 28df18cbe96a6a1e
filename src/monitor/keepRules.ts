import { jobStates } from "../arq/jobModel";
import type { JobTable } from "./jobTable";
import { kindIn } from "./rowFlags";

/** How long results are kept is learned apart for these: ARQ keeps by the function's rule what ran, by the worker's what was never called. */
const classes = 4;
const failedClass = 1;
const notCalledClass = 2;
/** Failures that arq/worker.py `finish_failed_job` writes. */
const notCalled: ReadonlySet<string | null> = new Set(["expired", "notFound", "maxRetries", "badPayload"]);

/** Looks at the newest result of a group again after so long, if there is a newer one: a worker may run with other settings by now. Ms. */
const learnAgainMs = 600_000;
/** So many of the last looks count: one that differs is outvoted by the next ones of newer jobs. */
const samplesKept = 3;
/** Nobody has more functions; names are other people's bytes. */
const rulesAtMost = 2000;

interface KeepRule {
  /** Finish → forgotten, ms; Infinity: for ever. The newest last. */
  samples: number[];
  /** When the newest job finished that was looked at, and when that was. */
  newest: number;
  learnedAt: number;
}

/** By state; -1: Redis holds no result. */
const stateClass = new Int8Array(256).fill(-1);
for (const [code, state] of jobStates.entries()) {
  stateClass[code] = ["complete", "failed", "", "aborted"].indexOf(state);
}
/** By the flags of a row. */
const isNotCalled = Uint8Array.from({ length: 256 }, (_, flags) => (notCalled.has(kindIn(flags)) ? 1 : 0));

/**
 * How long Redis keeps results after their jobs have finished (`keep_result`), by function and way of ending, learned from a few TTLs. Only an
 * expectation: where two workers keep by different rules it is the shorter time.
 */
export class KeepRules {
  readonly #rules = new Map<string, KeepRule>();

  clear(): void {
    this.#rules.clear();
  }

  /** Takes in that a result of a job like the one in this row was forgotten, or will be, so long after its finish. `now` unix ms. */
  learn(table: JobTable, row: number, keptMs: number, now: number): void {
    const key = keyOf(table, row);
    const finishedAt = table.columns.finishedAt[row]!;
    const rule = this.#rules.get(key);
    if (rule === undefined) {
      if (this.#rules.size < rulesAtMost) {
        this.#rules.set(key, { samples: [keptMs], newest: finishedAt, learnedAt: now });
      }
      return;
    }
    // What older jobs tell may no longer hold.
    if (finishedAt < rule.newest) return;
    rule.samples = [...rule.samples, keptMs].slice(-samplesKept);
    rule.newest = finishedAt;
    rule.learnedAt = now;
  }

  /** The shortest time after which results of some kind are forgotten, ms; Infinity where none is known to be. */
  get shortestMs(): number {
    let shortest = Number.POSITIVE_INFINITY;
    for (const { samples } of this.#rules.values()) shortest = Math.min(shortest, ...samples);
    return shortest;
  }

  /**
   * How long results of functions are kept at least, ms, Infinity for ever, by name ("" of none): as far as anything is known of them, and without
   * those that ARQ keeps by the worker's rule.
   */
  get shortestByFunction(): ReadonlyMap<string, number> {
    const shortest = new Map<string, number>();
    for (const [key, { samples }] of this.#rules) {
      if (Number(key[0]) === notCalledClass) continue;
      const name = key.slice(1);
      shortest.set(name, Math.min(shortest.get(name) ?? Number.POSITIVE_INFINITY, ...samples));
    }
    return shortest;
  }

  /** The rules in numbers for one pass over the rows. */
  forPass(table: JobTable, now: number): KeepPass {
    return new KeepPass(table, this.#rules, now);
  }
}

/** Good for as long as no row is written. */
export class KeepPass {
  readonly #table: JobTable;
  readonly #kept: Float64Array;
  readonly #known: Float64Array;

  constructor(table: JobTable, rules: ReadonlyMap<string, KeepRule>, now: number) {
    this.#table = table;
    this.#kept = new Float64Array(classes * table.strings.end).fill(Number.NaN);
    this.#known = new Float64Array(classes * table.strings.end).fill(Number.NEGATIVE_INFINITY);
    for (const [key, { samples, newest, learnedAt }] of rules) {
      // 0 is the number of no name at all.
      const id = key.length === 1 ? 0 : table.strings.find(key.slice(1));
      if (id < 0) continue;
      const group = classes * id + Number(key[0]);
      this.#kept[group] = Math.min(...samples);
      this.#known[group] = now - learnedAt < learnAgainMs ? Number.POSITIVE_INFINITY : newest;
    }
  }

  /** Number of the group of a row whose result Redis holds; -1 of any other. */
  group(row: number): number {
    const kind = classOf(this.#table, row);
    return kind < 0 ? -1 : classes * this.#table.columns.function[row]! + kind;
  }

  /** How long results of the group are kept, ms; NaN where nobody knows. */
  kept(group: number): number {
    return this.#kept[group]!;
  }

  /** Jobs of the group that finished later should be looked at. */
  learnAfter(group: number): number {
    return this.#known[group]!;
  }
}

function classOf({ columns }: JobTable, row: number): number {
  const kind = stateClass[columns.state[row]!]!;
  return kind === failedClass && isNotCalled[columns.flags[row]!] === 1 ? notCalledClass : kind;
}

function keyOf(table: JobTable, row: number): string {
  return `${classOf(table, row)}${table.strings.text(table.columns.function[row]!) ?? ""}`;
}
