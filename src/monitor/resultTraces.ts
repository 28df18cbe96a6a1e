import type { Applied } from "./jobIndex";
import type { KeepRules } from "./keepRules";
import type { Retention } from "./queryModel";

const minuteMs = 60_000;
const minutesKept = 60;
/** Nobody has more functions; names are other people's bytes. */
const functionsAtMost = 500;
/** Nobody reads further. */
const toldAtMost = 50;
/** Somebody may have deleted a single one. */
const leastSeen = 2;

/** What was seen of the results of one function within one minute. */
interface Traces {
  /** Jobs that ended and left no result. */
  none: number;
  /** Results that Redis was seen to forget, and the longest of their lives, ms. */
  gone: number;
  longestMs: number;
}

/** Which jobs of the last hour ended without a result, and how long the results lived that Redis forgot. Times unix ms on Redis' clock. */
export class ResultTraces {
  /** By number of the minute, then by function ("" of none). */
  readonly #minutes = new Map<number, Map<string, Traces>>();

  /** Takes in what a reading of a job has told. */
  note({ before, after, events }: Applied, now: number): void {
    for (const event of events) if (event.event === "finished") this.#of(event.function, now).none++;
    if (before === null || after !== null || before.finishedAt === null) return;
    if (before.state !== "complete" && before.state !== "failed" && before.state !== "aborted") return;
    const traces = this.#of(before.function, now);
    traces.gone++;
    traces.longestMs = Math.max(traces.longestMs, now - before.finishedAt);
  }

  /** `withResult`: jobs that ended within the last hour and left one. */
  report(rules: KeepRules, withResult: number, now: number): Retention {
    const seen = this.#lastHour(now);
    const lives = new Map(rules.shortestByFunction);
    for (const [name, { gone, longestMs }] of seen) {
      if (gone >= leastSeen && !lives.has(name)) lives.set(name, longestMs);
    }
    let shortest: readonly [name: string, ms: number] | null = null;
    for (const [name, ms] of lives)
      if (Number.isFinite(ms) && !(ms >= (shortest?.[1] ?? ms + 1))) shortest = [name, ms];
    const zero = [...seen]
      .filter(([name, { none }]) => name !== "" && none > 0 && !lives.has(name))
      .map(([name, { none }]) => ({ name, count: none }))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
    const withoutTrace = [...seen.values()].reduce((sum, { none }) => sum + none, 0);
    return {
      // Redis counts from when the result was written, a few ms after the job finished.
      shortestMs: shortest === null ? null : shortest[1] < 1000 ? shortest[1] : Math.round(shortest[1] / 1000) * 1000,
      function: shortest === null || shortest[0] === "" ? null : shortest[0],
      zero: zero.slice(0, toldAtMost),
      withoutTrace,
      ended: withResult + withoutTrace,
    };
  }

  clear(): void {
    this.#minutes.clear();
  }

  #of(name: string | null, now: number): Traces {
    const minute = Math.floor(now / minuteMs);
    let functions = this.#minutes.get(minute);
    if (functions === undefined) {
      this.#minutes.set(minute, (functions = new Map()));
      for (const each of this.#minutes.keys()) if (each <= minute - minutesKept) this.#minutes.delete(each);
    }
    const key = name !== null && (functions.has(name) || functions.size < functionsAtMost) ? name : "";
    let traces = functions.get(key);
    if (traces === undefined) functions.set(key, (traces = { none: 0, gone: 0, longestMs: 0 }));
    return traces;
  }

  #lastHour(now: number): Map<string, Traces> {
    const sums = new Map<string, Traces>();
    const minute = Math.floor(now / minuteMs);
    for (const [each, functions] of this.#minutes) {
      if (each <= minute - minutesKept) continue;
      for (const [name, { none, gone, longestMs }] of functions) {
        const sum = sums.get(name) ?? { none: 0, gone: 0, longestMs: 0 };
        sums.set(name, sum);
        sum.none += none;
        sum.gone += gone;
        sum.longestMs = Math.max(sum.longestMs, longestMs);
      }
    }
    return sums;
  }
}
