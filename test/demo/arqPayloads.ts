import { pickle, type Pickled, type PyTuple } from "./pickle";

/** What `Job` and `enqueue_job` know of a job. Times unix ms. */
export interface JobPayload {
  readonly function: string;
  readonly args: PyTuple;
  readonly kwargs: Readonly<Record<string, Pickled>>;
  readonly enqueuedAt: number;
}
export interface ResultPayload extends JobPayload {
  readonly id: string;
  readonly queue: string;
  readonly tries: number;
  readonly success: boolean;
  /** The return value, or the exception as a call. */
  readonly result: Pickled;
  readonly startedAt: number;
  readonly finishedAt: number;
  /** What a worker's own serializer adds (arq/jobs.py ignores it). */
  readonly extra?: Readonly<Record<string, Pickled>>;
}

/** The value of `arq:job:<id>` (arq/jobs.py `serialize_job`). */
export function jobPayload(job: JobPayload): Buffer {
  return pickle({ t: null, f: job.function, a: job.args, k: job.kwargs, et: job.enqueuedAt });
}

/** The value of `arq:result:<id>` (arq/jobs.py `serialize_result`). */
export function resultPayload(result: ResultPayload): Buffer {
  return pickle({
    t: result.tries,
    f: result.function,
    a: result.args,
    k: result.kwargs,
    et: result.enqueuedAt,
    s: result.success,
    r: result.result,
    st: result.startedAt,
    ft: result.finishedAt,
    q: result.queue,
    id: result.id,
    ...result.extra,
  });
}
