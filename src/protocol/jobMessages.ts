import type { LineState } from "../python/locatedFrame";
import type { JobLogAsk, JobLogView } from "./jobLog";
import type { PageCommand } from "./messages";
import type { JobRow, JobView, PayloadView, ValueNode, ValueRoot } from "./viewModels";

/** A frame of a traceback that the page shows: indexes into `tracebacks` of the error, or of `tries[attempt]`, and into its `frames`. */
export interface FramePlace {
  readonly attempt?: number;
  readonly traceback: number;
  readonly frame: number;
}

/** What can be done with a frame besides opening it: all frames in a peek, and its file as it was deployed. */
export const frameActions = ["peek", "deployed"] as const;
export type FrameAction = (typeof frameActions)[number];

/** What `copy` puts on the clipboard; `remedy` by its index. `call` and `snippet` are refused, naming it, where a value cannot be written as Python. */
export const jobCopies = ["id", "error", "traceback", "remedy", "call", "snippet", "incident"] as const;
export type JobCopy = (typeof jobCopies)[number];

/** Lines of a file in the open folders around the one that a frame names. */
export interface SourceView {
  /** As people name the file: within its folder. */
  readonly place: string;
  /** Number of the first line, 1-based. */
  readonly first: number;
  readonly lines: readonly string[];
  /** Number of the line that ran, where it stands now, 1-based. */
  readonly line: number;
  /** Whether it is the line that the traceback printed, at its place: otherwise the file was edited since, or another version ran. */
  readonly text: LineState;
}

/** Other jobs of the same function, newest first. */
export interface RunsView {
  readonly rows: readonly JobRow[];
  /** How many there are, besides the job itself. */
  readonly total: number;
}

/** Page `job`: page → host. As in `messages.ts`, each gets exactly one reply. */
export interface JobRequests {
  ready: { params: { id: string | null }; result: JobView };
  /** Shows a payload that was hidden or large. */
  loadPayload: { params: { root: ValueRoot }; result: PayloadView };
  expandValue: { params: { root: ValueRoot; path: readonly number[] }; result: readonly ValueNode[] };
  /** The value at the path, or a part of it, onto the clipboard. */
  copyValue: { params: { root: ValueRoot; path: readonly number[]; as: "python" | "json" }; result: null };
  openFrame: { params: FramePlace & { toSide: boolean }; result: null };
  frameAction: { params: FramePlace & { action: FrameAction }; result: null };
  /** Null where no file of the open folders is the one that the frame names. */
  source: { params: FramePlace; result: SourceView | null };
  /** Who changed the line last, and since when the error is known, in words. Null where git does not know, or the line is not the one that failed. */
  changed: { params: FramePlace; result: string | null };
  copy: { params: { what: JobCopy; index: number }; result: null };
  /** Opens the definition of the job's function. */
  openFunction: { params: null; result: null };
  /** Opens a place in the open folders, as a `PlaceView` names it. */
  openCode: { params: { file: string; line: number }; result: null };
  /** Calls the job's function with its arguments, as a script for the debugger or as a test on the clipboard: asks first. */
  debug: { params: { as: "script" | "pytest" }; result: null };
  /** Tells when the job ends, or no longer. */
  watch: { params: { on: boolean }; result: null };
  /** The switch that hides arguments and results in every panel. */
  hideValues: { params: { hidden: boolean }; result: null };
  /** One of `JobView.links`. */
  openLink: { params: { index: number }; result: null };
  openJob: { params: { id: string }; result: null };
  /** The list of all jobs of the same function. */
  showRuns: { params: null; result: null };
  /** What the followed worker logs say of the job. */
  log: { params: JobLogAsk; result: JobLogView };
  /** Opens a line that `log` told of; `file` by its index. */
  openLogLine: { params: { file: number; line: number | null; offset: number }; result: null };
  /** Opens the log at the line from which the traceback was read. */
  openTracebackLog: { params: null; result: null };
  run: { params: { command: PageCommand }; result: null };
}

/** Host → page. */
export interface JobNotifications {
  update: JobView;
  /** Follows the first view, and then what changes in it. */
  runs: RunsView;
  /** The followed logs may say more of the job than was told. At most twice a second. */
  logGrown: null;
}
