import type { JobQuery } from "../monitor/model";

/** A place in the open folders. */
export interface PlaceView {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** `worker.py:12`. */
  readonly text: string;
}

/** A number that worker settings in the open folders hold jobs to. */
export interface AppliedView {
  readonly value: number;
  /** As it is written there: `job_timeout`. */
  readonly setting: string;
  /** Null: it is not set, so that it is ARQ's default. */
  readonly place: PlaceView | null;
  /** An environment variable, or a registration that cannot be read, may set another; this is what applies without it. */
  readonly assumed: boolean;
}

/** What the source says the jobs of a function are held to; null: not known. */
export interface LimitsView {
  readonly maxTries: AppliedView | null;
  /** Seconds. */
  readonly timeout: AppliedView | null;
}

/** The limits of one function in one queue. */
export interface FunctionLimits extends LimitsView {
  /** `limitsId` of these. */
  readonly id: string;
}

export function limitsId(name: string | null, queue: string | null): string {
  return JSON.stringify([name, queue]);
}

/** Something that the source in the open folders tells about what is shown: where it and Redis do not fit, or a setting to change. */
export interface CodeNote {
  readonly id: string;
  /** `unseen`: a difference that harms no job. */
  readonly kind: "drift" | "unseen" | "advice";
  /** What it is about, in a few words. */
  readonly title: string;
  readonly text: string;
  /** Null: of the connection as a whole. */
  readonly queue: string | null;
  /** Where to look in the source, with what is there; null: nowhere. */
  readonly place: PlaceView | null;
  /** The jobs that it is about; null: none. */
  readonly jobs: Partial<JobQuery> | null;
}

/** A cron schedule as the source has it. */
export interface ScheduleView {
  /** `every 15 min`. */
  readonly words: string;
  /** Its time zone; null: that of the worker, which is not known here. */
  readonly zone: string | null;
  /** The time zone matters and is not known: `next` takes it for that of this machine. */
  readonly isAssumed: boolean;
  /** The next runs, unix ms, soonest first; none where it never runs. */
  readonly next: readonly number[];
  readonly place: PlaceView;
}
