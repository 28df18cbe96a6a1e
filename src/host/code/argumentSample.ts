import type { Monitor } from "../../monitor/model";
import type { TaskStats } from "../../monitor/queryModel";
import type { JobDetail } from "../../monitor/model";
import { newestJobs } from "../../protocol/jobQuery";
import { callMisfits, type GivenArguments, type Misfit } from "../../python/tasks/callFit";
import type { TaskCode } from "../../python/tasks/taskCode";
import type { PyValue } from "../../python/value";
import type { ArgumentMisfit } from "./drift";
import { registeredFor } from "./taskLimits";

/** Jobs of one name in one queue that are looked at, and payloads that are read for it at once: a few requests every quarter of a minute. */
const jobsOfName = 3;
const readsAtOnce = 20;
const keptAtMost = 2000;

/** Compares the arguments of jobs that wait with the signature of today, by a sample that stays small whatever the queues hold. */
export class ArgumentSample {
  /** Arguments of a job never change under its id, unless it is enqueued again: then at another time. */
  readonly #given = new Map<string, GivenArguments | null>();

  /** What does not fit among the jobs that are known by now; each call reads a few more of them. */
  async misfits(monitor: Monitor, code: TaskCode, stats: readonly TaskStats[]): Promise<readonly ArgumentMisfit[]> {
    const found: ArgumentMisfit[] = [];
    let reads = readsAtOnce;
    for (const { function: name, queue, queued, deferred, retrying } of stats) {
      if (queue === null || queued + deferred + retrying === 0) continue;
      const [only, ...others] = registeredFor(code, name, queue).map(({ task }) => task);
      if (only === undefined || only.parameters === null || only.definition === null) continue;
      // Two of the same name in one queue: which of them runs a job, nobody knows.
      if (others.some((each) => each !== only)) continue;
      const query = {
        ...newestJobs,
        states: ["queued", "deferred", "retrying"],
        queue,
        function: name,
        limit: jobsOfName,
      } as const;
      const { rows } = await monitor.query(query);
      let sampled = 0;
      let first: { readonly jobId: string; readonly misfits: readonly Misfit[] } | null = null;
      let jobs = 0;
      for (const { id, enqueuedAt } of rows) {
        const key = `${enqueuedAt} ${id}`;
        if (!this.#given.has(key)) {
          if (reads === 0) continue;
          reads--;
          if (this.#given.size >= keptAtMost) this.#given.clear();
          this.#given.set(key, givenBy(await monitor.open(id)));
        }
        const given = this.#given.get(key) ?? null;
        if (given === null) continue;
        sampled++;
        const misfits = callMisfits(only.parameters, given);
        if (misfits.length === 0) continue;
        jobs++;
        first ??= { jobId: id, misfits };
      }
      if (first !== null) found.push({ name, queue, jobs, sampled, definition: only.definition, ...first });
    }
    return found;
  }
}

/** Null where they cannot be read. */
export function givenBy(detail: JobDetail | null): GivenArguments | null {
  const decoded = detail?.job?.decoded;
  if (decoded?.ok !== true) return null;
  const { args, kwargs } = decoded;
  const keywords = kwargs.kind === "dict" ? kwargs.entries.map(([name]) => textOf(name)) : [];
  if ((args.kind !== "tuple" && args.kind !== "list") || kwargs.kind !== "dict" || keywords.includes(null)) return null;
  return {
    positional: args.items.length,
    keywords: keywords.flatMap((name) => name ?? []),
    hasMorePositional: false,
    hasMoreKeywords: false,
  };
}

function textOf(value: PyValue): string | null {
  return value.kind === "str" ? value.value : null;
}
