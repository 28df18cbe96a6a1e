import type { JobEventKind } from "../../monitor/model";

/** In the order of a job's life. */
export const eventKinds: readonly JobEventKind[] = [
  "enqueued",
  "started",
  "retried",
  "completed",
  "failed",
  "aborted",
  "expired",
  "finished",
];

/** Lines that are shown while the newest are followed. */
export const linesFollowed = 100;
/** New events that wait at most while they are not followed; more are only counted. */
export const waitingAtMost = 1000;

/** What the tab Activity asks. */
export interface ActivityIntent {
  /** Empty: every kind. */
  readonly kinds: readonly JobEventKind[];
  /** Null: all. */
  readonly queue: string | null;
  readonly function: string | null;
  /** Null: the newest, as they come. Else none after this one (`ActivityView.upTo`): the list stands still. */
  readonly upTo: number | null;
  /** Lines at most. */
  readonly count: number;
}

export const everyEvent: ActivityIntent = { kinds: [], queue: null, function: null, upTo: null, count: linesFollowed };

/** An event of a job, or a span in which changes were not, or not all, noticed. */
export type ActivityLine = EventLine | GapLine;

export interface EventLine {
  readonly key: string;
  readonly kind: JobEventKind;
  /** Unix ms on Redis' clock. */
  readonly at: number;
  readonly jobId: string;
  readonly function: string | null;
  readonly queue: string | null;
  /** From the times in a result, not seen happening. */
  readonly inferred: boolean;
}

export interface GapLine {
  readonly key: string;
  readonly kind: "gap";
  readonly from: number;
  readonly to: number;
  /** One sentence, for people. */
  readonly why: string;
}

export interface ActivityView {
  /** Newest first. Gaps pass every filter: whatever is looked for may have happened in them. */
  readonly lines: readonly ActivityLine[];
  /** Functions of the events that were told in this session, in order. */
  readonly functions: readonly Named[];
  /** The list holds what was told up to this one. */
  readonly upTo: number;
  /** The newest event that was told, whatever the filter. */
  readonly newest: number;
  /** Events since `upTo` that pass the filter, as far as they are counted exactly … */
  readonly newer: number;
  /** … and whether there may be more. */
  readonly evenMore: boolean;
}

/** With a name, so that of a long list only what is new travels. */
export interface Named {
  readonly name: string;
}
