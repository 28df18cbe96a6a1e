/** What ARQ prints between the time and the job: started, returned, failed, to be run again, aborted. */
export type LogMark = "→" | "←" | "!" | "↻" | "⊘";

/** What one record of a worker's log says about one job (arq/worker.py `run_job`, arq/jobs.py). Untrusted text throughout. */
export interface WorkerLogRecord {
  /** Of the record's first line, from 1, counted from the first line pushed. */
  readonly line: number;
  /** Where its first line begins and its last one ends, as whoever pushed the lines counts (bytes of a file). */
  readonly from: number;
  readonly to: number;
  /**
   * When it was logged, ms on the log's own clock: its zone need not be known, and neither its day where the log prints none.
   * Only differences within one log mean anything. Null without a time.
   */
  readonly clockMs: number | null;
  /** Whose it is where several write into one log, as `LogLine` has it. */
  readonly stream: string;
  readonly process: string | null;
  readonly mark: LogMark;
  /** As printed: `<id>:<function>`, or the function alone for cron jobs and the id alone before it is known. */
  readonly ref: string;
  /** Null where the log does not print it (cron jobs). Best guess where an id or a name holds colons: join by `ref`. */
  readonly jobId: string | null;
  readonly function: string | null;
  /** Class name without its module, and message; for `!` records of the job's own exception. */
  readonly error: { readonly type: string; readonly message: string } | null;
  /** The block that follows the record, for `parseTracebacks`; null without one. */
  readonly traceback: string | null;
}

export type RecordFacts = Pick<WorkerLogRecord, "mark" | "ref" | "jobId" | "function" | "error">;
