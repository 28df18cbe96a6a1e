import { isJsonObject, parseJsonObject } from "./jsonObject";

/** A job that a worker process says it runs. */
export interface WorkerJob {
  readonly id: string;
  readonly function: string | null;
  /** The attempt, counted from 1. */
  readonly try: number | null;
  /** On the worker's clock, unix ms. */
  readonly startedAt: number | null;
}

/** What a worker process tells of itself through the opt-in instrumentation. Times unix ms on the worker's own clock; what it left out is null. */
export interface WorkerState {
  readonly host: string;
  readonly pid: number;
  readonly queue: string | null;
  readonly startedAt: number;
  /** When this was written. */
  readonly at: number;
  /** It writes at least this often. */
  readonly intervalMs: number;
  readonly maxJobs: number | null;
  readonly jobTimeoutMs: number | null;
  readonly maxTries: number | null;
  readonly functions: readonly string[];
  readonly release: string | null;
  readonly python: string | null;
  readonly arq: string | null;
  /** The health key that ARQ writes for this process. */
  readonly healthKey: string | null;
  /** At most the first 100. */
  readonly jobs: readonly WorkerJob[];
  readonly complete: number | null;
  readonly failed: number | null;
  readonly retried: number | null;
}

/** The only layout known so far. */
const version = 1;
/** A hundred jobs and two hundred functions with long names fit well into this. Bytes. */
export const workerStateMaxBytes = 262_144;
const jobsAtMost = 100;
const functionsAtMost = 200;
const textMaxLength = 500;
/** Longer intervals than a day, or none, are no life sign. */
const longestIntervalSeconds = 86_400;

/**
 * Reads the JSON of `arq:monitor:worker:<host>:<pid>:<hex>`. Never throws. Sizes are bounded and every type is checked: anybody who may write to Redis may
 * have written it. `unknownVersion` is what a newer instrumentation wrote; `malformed` is no worker's state at all.
 */
export function parseWorkerState(
  text: string,
):
  | { readonly ok: true; readonly state: WorkerState }
  | { readonly ok: false; readonly reason: "unknownVersion" | "malformed" } {
  const json = text.length > workerStateMaxBytes ? null : parseJsonObject(text);
  if (json === null) return { ok: false, reason: "malformed" };
  if (json["v"] !== version) {
    return { ok: false, reason: typeof json["v"] === "number" ? "unknownVersion" : "malformed" };
  }
  const host = textOf(json["host"]);
  const pid = countOf(json["pid"]);
  const startedAt = timeOf(json["started"]);
  const at = timeOf(json["at"]);
  const interval = numberOf(json["interval"]);
  const usable = interval !== null && interval > 0 && interval <= longestIntervalSeconds;
  if (host === null || pid === null || startedAt === null || at === null || !usable) {
    return { ok: false, reason: "malformed" };
  }
  const timeout = numberOf(json["job_timeout"]);
  return {
    ok: true,
    state: {
      host,
      pid,
      queue: textOf(json["queue"]),
      startedAt,
      at,
      intervalMs: interval * 1000,
      maxJobs: countOf(json["max_jobs"]),
      jobTimeoutMs: timeout === null || timeout < 0 ? null : timeout * 1000,
      maxTries: countOf(json["max_tries"]),
      functions: listOf(json["functions"], functionsAtMost)
        .map(textOf)
        .filter((name) => name !== null),
      release: textOf(json["release"]),
      python: textOf(json["python"]),
      arq: textOf(json["arq"]),
      healthKey: textOf(json["health_key"]),
      jobs: listOf(json["jobs"], jobsAtMost).flatMap(jobOf),
      complete: countOf(json["complete"]),
      failed: countOf(json["failed"]),
      retried: countOf(json["retried"]),
    },
  };
}

/** `host` and `pid` of the part of a key behind `arq:monitor:worker:`; null where it has another form. */
export function parseWorkerName(worker: string): { readonly host: string; readonly pid: number } | null {
  const match = /^(.{1,300}):(\d{1,10}):[0-9a-f]{4,64}$/su.exec(worker);
  return match === null ? null : { host: match[1]!, pid: Number(match[2]) };
}

function jobOf(value: unknown): WorkerJob[] {
  if (!isJsonObject(value)) return [];
  // An id is a key: cut, it would be another job's.
  const { id } = value;
  if (typeof id !== "string" || id === "" || id.length > 10 * textMaxLength) return [];
  return [
    {
      id,
      function: textOf(value["function"]),
      try: countOf(value["try"]),
      startedAt: timeOf(value["started"]),
    },
  ];
}

function listOf(value: unknown, atMost: number): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]).slice(0, atMost) : [];
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, textMaxLength) : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function countOf(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** Unix ms, until the year 2255. */
function timeOf(value: unknown): number | null {
  const ms = numberOf(value);
  return ms !== null && ms > 0 && ms <= 9_000_000_000_000 ? ms : null;
}
