/**
 * What the Python source in the open folders says about ARQ: which functions are tasks, under which names and on which queues, with which settings and
 * schedules, and who enqueues them. Read statically: nothing is imported and nothing is run. What cannot be read that way is a value with the reason.
 */

/** A range of text in a file. */
export interface CodePlace {
  /** Absolute path. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 0, in UTF-16 units, as an editor counts. */
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A value that was read, or why it could not be. `fallback` is what applies where an environment variable is not set. */
export type ReadValue<T> =
  | { readonly value: T; readonly place: CodePlace }
  | { readonly unknown: string; readonly place: CodePlace; readonly fallback?: T };

export interface Parameter {
  readonly name: string;
  readonly kind: "positionalOnly" | "positional" | "keywordOnly" | "args" | "kwargs";
  readonly hasDefault: boolean;
  /** As written, on one line, at most 120 characters. Null: none. */
  readonly annotation: string | null;
}

/** A `def` or `async def` in the source. */
export interface FunctionDefinition {
  readonly file: string;
  /** Of its name, from 1. */
  readonly line: number;
  /** Of its name, from 0. */
  readonly column: number;
  /** The last line of its body. Null: known from its first line alone. */
  readonly endLine: number | null;
  readonly name: string;
  /** As Python has it: `Mailer.send`, `make.<locals>.task`. */
  readonly qualname: string;
  readonly isAsync: boolean;
  /** Dotted, as importable from where the packages begin: `app.tasks`. Null where the file's name is no module name. */
  readonly module: string | null;
  /** All of them, `self` and `ctx` too. */
  readonly parameters: readonly Parameter[];
  /** As written, without `@`, nearest to the function last. */
  readonly decorators: readonly string[];
}

/** A function under the name by which ARQ knows it. Two services' functions of one name are two tasks. */
export interface TaskFunction {
  /** `__qualname__`, `func(name=…)`, a dotted string, or a cron job's name with its `cron:`. */
  readonly name: string;
  readonly definition: FunctionDefinition | null;
  /** Why the definition is not known. Null where it is. */
  readonly why: string | null;
  /**
   * What `enqueue_job` has to give after the name: the parameters without `ctx`, and without `self` where a bound method was registered. Null where that
   * is not certain, as behind a decorator that may change it.
   */
  readonly parameters: readonly Parameter[] | null;
  /** At least one. */
  readonly registrations: readonly Registration[];
}

export interface Registration {
  /** The expression in `functions` or `cron_jobs`. */
  readonly place: CodePlace;
  readonly settings: SettingsCode;
  readonly how: "function" | "func" | "dotted string" | "cron";
  /** In seconds. Null: the settings' `job_timeout` applies. */
  readonly timeout: ReadValue<number> | null;
  /** In seconds. Null: the settings' own applies (for a cron job: 0, nothing is kept). */
  readonly keepResult: ReadValue<number> | null;
  readonly keepResultForever: ReadValue<boolean> | null;
  /** Null: the settings' own applies (for a cron job: 1). */
  readonly maxTries: ReadValue<number> | null;
  /** True where a later registration of the same settings takes the name over, so that ARQ never runs this one. */
  readonly replaced: boolean;
}

/** A function or object that a setting names. */
export interface Reference {
  /** As written: `startup`, `config.startup`. */
  readonly text: string;
  /** Null where it does not lead to a function in the open folders. */
  readonly definition: FunctionDefinition | null;
}

/** The arguments of ARQ's `Worker` that matter here. Null: not set, so that ARQ's own applies (`arqDefaults`). Times are in seconds. */
export interface SettingsValues {
  /** `{ value: null }`: given as None, so that the queue of `redis_pool` applies. */
  readonly queue_name: ReadValue<string | null> | null;
  readonly max_jobs: ReadValue<number> | null;
  readonly job_timeout: ReadValue<number> | null;
  readonly max_tries: ReadValue<number> | null;
  readonly keep_result: ReadValue<number> | null;
  readonly keep_result_forever: ReadValue<boolean> | null;
  readonly retry_jobs: ReadValue<boolean> | null;
  readonly allow_abort_jobs: ReadValue<boolean> | null;
  readonly health_check_interval: ReadValue<number> | null;
  readonly health_check_key: ReadValue<string | null> | null;
  readonly poll_delay: ReadValue<number> | null;
  readonly queue_read_limit: ReadValue<number | null> | null;
  readonly job_completion_wait: ReadValue<number> | null;
  readonly expires_extra_ms: ReadValue<number> | null;
  readonly burst: ReadValue<boolean> | null;
  readonly max_burst_jobs: ReadValue<number> | null;
  readonly log_results: ReadValue<boolean> | null;
  /** A name of the IANA data (`Europe/Berlin`), or an offset as `+02:00`. Null: the worker's own time zone. */
  readonly timezone: ReadValue<string> | null;
  readonly on_startup: ReadValue<Reference> | null;
  readonly on_shutdown: ReadValue<Reference> | null;
  readonly on_job_start: ReadValue<Reference> | null;
  readonly on_job_end: ReadValue<Reference> | null;
  readonly after_job_end: ReadValue<Reference> | null;
  readonly job_serializer: ReadValue<Reference> | null;
  readonly job_deserializer: ReadValue<Reference> | null;
  /** The expression, as written on one line. Not evaluated: it may hold a password. */
  readonly redis_settings: ReadValue<Reference> | null;
}

/** What ARQ (0.16 to 0.28) takes where a setting is not given. */
export const arqDefaults = {
  queue_name: "arq:queue",
  max_jobs: 10,
  job_timeout: 300,
  max_tries: 5,
  keep_result: 3600,
  keep_result_forever: false,
  retry_jobs: true,
  allow_abort_jobs: false,
  health_check_interval: 3600,
  poll_delay: 0.5,
  job_completion_wait: 0,
  expires_extra_ms: 86_400_000,
  burst: false,
  max_burst_jobs: -1,
  log_results: true,
} as const;

/** One worker's settings: a class, a dict or a module that `arq` is started with, or a call of `Worker`, `run_worker` or `create_worker` with its own. */
export interface SettingsCode {
  readonly kind: "class" | "dict" | "module" | "call";
  /** `WorkerSettings`, `Worker(…)`, or the module's name. */
  readonly name: string;
  /** Dotted. Null where the file's name is no module name. */
  readonly module: string | null;
  /** Of its name. */
  readonly place: CodePlace;
  readonly values: SettingsValues;
  /** Parts of `functions` and `cron_jobs` that cannot be read: there may be more tasks than are known. Empty: all are known. */
  readonly unread: readonly Unread[];
  /** Attributes that only a base class has: ARQ reads a class's own and ignores these. */
  readonly ignored: readonly { readonly name: string; readonly place: CodePlace }[];
}

export interface Unread {
  readonly place: CodePlace;
  readonly why: string;
}

/** What `cron()` takes for one field: every value, one, or any of several. */
export type CronField = number | readonly number[] | null;

/** As ARQ matches it: an hour of 3 alone means every minute of that hour; `second` and `microsecond` have values by default. */
export interface CronSchedule {
  readonly month: CronField;
  readonly day: CronField;
  /** Monday is 0. */
  readonly weekday: CronField;
  readonly hour: CronField;
  readonly minute: CronField;
  readonly second: CronField;
  readonly microsecond: number;
}

export interface CronCode {
  /** The name its jobs have in Redis: `cron:` and the function's, or `cron(name=…)` as it is. */
  readonly name: string;
  readonly task: TaskFunction;
  readonly settings: SettingsCode;
  /** The call of `cron`. */
  readonly place: CodePlace;
  readonly schedule: ReadValue<CronSchedule>;
  readonly runAtStartup: ReadValue<boolean> | null;
  /** Null: true, one job for all workers. */
  readonly unique: ReadValue<boolean> | null;
  readonly jobId: ReadValue<string> | null;
}

/** A call of `enqueue_job`. */
export interface EnqueueCode {
  readonly name: ReadValue<string>;
  /** True where the name stands there as a literal: the place of `name` is then the text within the quotes. */
  readonly isLiteral: boolean;
  /** The whole call. */
  readonly place: CodePlace;
  /** `_queue_name`, or that of the pool where it can be seen. Null: the pool's own, which cannot be seen from here (ARQ's default is `arq:queue`). */
  readonly queue: ReadValue<string> | null;
  /** Given to the function: without the name and ARQ's own `_…`. */
  readonly positional: number;
  readonly keywords: readonly string[];
  /** Hold a `*…` or `**…`: then there may be more. */
  readonly hasMorePositional: boolean;
  readonly hasMoreKeywords: boolean;
}

/** Where the function of a name may be defined, the likeliest first. */
export interface DefinitionMatch {
  readonly definition: FunctionDefinition;
  /** Null for a function that no settings are seen to register. */
  readonly task: TaskFunction | null;
  /**
   * `registered`: for this queue, or no queue was asked for. `otherQueue`: only seen on other queues. `unique`: not seen to be registered, but the one
   * `async def` of this name. `sameName`: not seen to be registered, and one of several.
   */
  readonly how: "registered" | "otherQueue" | "unique" | "sameName";
}

export interface DefinitionsFound {
  /** All of the best kind there is, so that several are equally likely. */
  readonly found: readonly DefinitionMatch[];
  /** Why nothing was found, as a sentence. Null where something was. */
  readonly why: string | null;
}

/** A snapshot: it does not change. Files are absolute paths. */
export interface TaskCode {
  readonly tasks: readonly TaskFunction[];
  readonly settings: readonly SettingsCode[];
  readonly crons: readonly CronCode[];
  readonly enqueues: readonly EnqueueCode[];
  /** Python files that were looked at. */
  readonly files: number;
  /** False where there are more Python files than are looked at. */
  readonly isComplete: boolean;
  /** Files that could not be read or not wholly, with the reason. */
  readonly problems: readonly { readonly file: string; readonly why: string }[];
  /** By the name that ARQ has for it; on this queue, where one is given. */
  readonly definitionsOf: (name: string, queue?: string) => DefinitionsFound;
}
