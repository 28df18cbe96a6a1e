/** The keys of a job, each of which says something of its state. */
export const jobKeyKinds = ["result", "job", "inProgress", "retry"] as const;
export type JobKeyKind = (typeof jobKeyKinds)[number];

/** A key that belongs to ARQ, told apart by its name alone. A queue is no `ArqKey`: any string may name one. */
export type ArqKey =
  | { readonly kind: JobKeyKind; readonly id: string }
  | { readonly kind: "abort" }
  /** `process` is what stands behind `<queue>:health-check:`, as in per-process keys (`host:pid`); "" for the shared key. */
  | { readonly kind: "health"; readonly queue: string; readonly process: string }
  /** What the opt-in worker instrumentation publishes: the state of one worker process (JSON) … */
  | { readonly kind: "worker"; readonly worker: string }
  /** … the errors of the tries of one job (JSON) … */
  | { readonly kind: "tries"; readonly id: string }
  /** … and the counters of one worker process in one hour, counted from 1970 in UTC (JSON). */
  | { readonly kind: "hour"; readonly hour: number; readonly worker: string };

const healthMark = ":health-check";

/** The names of ARQ's keys (arq/constants.py). They are the same in every version since 0.16; forks change only the prefix. */
export class ArqKeys {
  readonly abort: string;
  readonly defaultQueue: string;
  readonly #results: string;
  readonly #perJob: readonly (readonly [kind: JobKeyKind | "tries", start: string])[];

  constructor(readonly prefix = "arq") {
    this.abort = `${prefix}:abort`;
    this.defaultQueue = `${prefix}:queue`;
    this.#results = `${prefix}:result:`;
    this.#perJob = [
      ["job", `${prefix}:job:`],
      ["result", this.#results],
      ["inProgress", `${prefix}:in-progress:`],
      ["retry", `${prefix}:retry:`],
      ["tries", `${prefix}:monitor:tries:`],
    ];
  }

  job(id: string): string {
    return `${this.prefix}:job:${id}`;
  }

  result(id: string): string {
    return this.#results + id;
  }

  inProgress(id: string): string {
    return `${this.prefix}:in-progress:${id}`;
  }

  retry(id: string): string {
    return `${this.prefix}:retry:${id}`;
  }

  tries(id: string): string {
    return `${this.prefix}:monitor:tries:${id}`;
  }

  /** The health key that all workers of a queue share unless they set `health_check_key`. */
  health(queue: string): string {
    return queue + healthMark;
  }

  /**
   * Null for every other key, queues included. Ids may hold colons and anything else, so a job key wins over a health key:
   * `arq:job:x:health-check` is the payload of job `x:health-check`.
   */
  parse(key: string): ArqKey | null {
    for (const [kind, start] of this.#perJob) {
      // ARQ never makes an empty id: `_job_id or uuid4().hex`.
      if (key.startsWith(start)) return key.length > start.length ? { kind, id: key.slice(start.length) } : null;
    }
    if (key === this.abort) return { kind: "abort" };
    return this.#parseWorkerKey(key) ?? parseHealthKey(key);
  }

  #parseWorkerKey(key: string): ArqKey | null {
    const worker = `${this.prefix}:monitor:worker:`;
    if (key.startsWith(worker))
      return key.length > worker.length ? { kind: "worker", worker: key.slice(worker.length) } : null;
    const hours = `${this.prefix}:monitor:hour:`;
    if (!key.startsWith(hours)) return null;
    const match = /^(\d{1,7}):(.+)$/s.exec(key.slice(hours.length));
    return match === null ? null : { kind: "hour", hour: Number(match[1]), worker: match[2]! };
  }
}

function parseHealthKey(key: string): ArqKey | null {
  const at = key.lastIndexOf(healthMark);
  if (at <= 0) return null;
  const rest = key.slice(at + healthMark.length);
  if (rest === "") return { kind: "health", queue: key.slice(0, at), process: "" };
  return rest.startsWith(":") && rest.length > 1
    ? { kind: "health", queue: key.slice(0, at), process: rest.slice(1) }
    : null;
}
