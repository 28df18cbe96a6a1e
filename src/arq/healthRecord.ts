/** Counters of one `<queue>:health-check` record: of the process that wrote last, since it started. */
export interface HealthCounters {
  readonly complete: number;
  /** Aborted, expired and unknown jobs included. */
  readonly failed: number;
  readonly retried: number;
  /** Running at the moment of writing. */
  readonly ongoing: number;
  /** ZCARD at the moment of writing: waiting, deferred and running. */
  readonly queued: number;
}

// The time in front is the worker's local time without year and zone, in the language of its locale: it is not read.
const counters = / j_complete=(\d+) j_failed=(\d+) j_retried=(\d+) j_ongoing=(\d+) queued=(\d+)\s*$/;

/** ARQ's line is about 80 characters. */
const maxLength = 500;

/** Reads the line that arq/worker.py `record_health` writes, the same in every version. Null for anything else. */
export function parseHealthRecord(text: string): HealthCounters | null {
  if (text.length > maxLength) return null;
  const numbers = counters.exec(text)?.slice(1).map(Number);
  if (numbers === undefined || !numbers.every(Number.isSafeInteger)) return null;
  const [complete = 0, failed = 0, retried = 0, ongoing = 0, queued = 0] = numbers;
  return { complete, failed, retried, ongoing, queued };
}
