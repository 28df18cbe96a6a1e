import { isJsonObject, parseJsonObject } from "./jsonObject";

/** What one worker process counted in one hour, as the opt-in instrumentation publishes it. */
export interface HourCounters {
  readonly queue: string;
  readonly functions: readonly HourFunction[];
}

export interface HourFunction {
  readonly name: string;
  readonly complete: number;
  /** Aborted jobs are among them: ARQ's workers do not count these apart. */
  readonly failed: number;
  readonly retried: number;
  /** Of all tries together. */
  readonly runMs: number;
}

/** The only layout known so far. */
const version = 1;
/** The instrumentation tells 200 functions apart: with long names that is half of this. Bytes. */
export const hourCountersMaxBytes = 65_536;
const functionsAtMost = 200;
const longestName = 500;
/** No process ends more jobs in an hour, nor runs longer than so many at once: a thousandfold of what is known of ARQ. */
const countAtMost = 1_000_000_000;
const runMsAtMost = 10_000 * 3_600_000;

/**
 * Reads the JSON of `arq:monitor:hour:<hours since 1970>:<host>:<pid>:<hex>`. Never throws: null for what is no such thing, or of a newer layout. Sizes are bounded
 * and every type is checked: anybody who may write to Redis may have written it. A function whose numbers are none is left out.
 */
export function parseHourCounters(text: string): HourCounters | null {
  const json = text.length > hourCountersMaxBytes ? null : parseJsonObject(text);
  if (json === null || json["v"] !== version) return null;
  const { queue, functions } = json;
  if (typeof queue !== "string" || queue === "" || queue.length > longestName || !isJsonObject(functions)) return null;
  return {
    queue,
    // `Object.entries` sees own properties only, and nothing is ever written under a name: `__proto__` is a name like any other.
    functions: Object.entries(functions).slice(0, functionsAtMost).flatMap(functionOf),
  };
}

function functionOf([name, value]: [string, unknown]): HourFunction[] {
  if (name === "" || name.length > longestName || !isJsonObject(value)) return [];
  const complete = numberOf(value["complete"], countAtMost);
  const failed = numberOf(value["failed"], countAtMost);
  const retried = numberOf(value["retried"], countAtMost);
  const runMs = numberOf(value["run_ms"], runMsAtMost);
  if (complete === null || failed === null || retried === null || runMs === null) return [];
  return [{ name, complete, failed, retried, runMs }];
}

function numberOf(value: unknown, atMost: number): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= atMost ? value : null;
}
