import type { Remedy } from "../arq/explain";
import type { DecodeFailure, JobState } from "../arq/jobModel";
import type { JobTry } from "../arq/tries";
import type { Health, HealthLevel } from "../monitor/health";
import type {
  JobPage,
  JobQuery,
  JobRow,
  JobSort,
  MonitorSnapshot,
  QueueStats,
  Rate,
  StateCounts,
  ThroughputBucket,
  WorkerCount,
  WorkerStats,
} from "../monitor/model";
import type { PayloadMatches, PayloadProgress, Suggestion } from "../monitor/queryModel";
import type { CodeNote, LimitsView } from "./codeViews";
import type { Look, TabIntents, TabName, TabViews } from "./tabs";
import type { ConnectionProblem, SourceStatus, SweepProgress } from "../monitor/ports";

/**
 * What the pages draw. Everything here survives `postMessage` both ways: no bigint, Map, Set, Date or undefined (measured:
 * a bigint throws on one side and is silently lost on the other).
 */

/** The connection as every page's header shows it. */
export interface ConnectionView {
  readonly name: string;
  readonly environment: string | null;
  /** Coloured and named wherever the connection shows. */
  readonly production: boolean;
  /** host:port/db without credentials. */
  readonly address: string;
}

/** What one tab shows, and to which question. */
export type TabBody = {
  readonly [T in TabName]: { readonly tab: T; readonly intent: TabIntents[T]; readonly view: TabViews[T] };
}[TabName];

export interface DashboardView {
  /** Number of this state among all that the page was sent (`dashboardUpdate.ts`). */
  readonly revision: number;
  /** Null when none is configured. */
  readonly connection: ConnectionView | null;
  readonly snapshot: MonitorSnapshot | null;
  /** What is shown is as of then, unix ms on Redis' clock; null while it is kept current, or nothing was seen yet. */
  readonly asOf: number | null;
  /** The user has stopped the updates: only answers bring something new. */
  readonly paused: boolean;
  /** The tab that the page is to show; its view is null where there is nothing to be asked yet. */
  readonly look: Look;
  readonly body: TabBody | null;
}

/** A node of a Python value, printed as Python prints it. Children are asked for when opened. */
export interface ValueNode {
  /** Steps from the root: indexes of children. Identifies the node in `expandValue`. */
  readonly path: readonly number[];
  /** Key, index or field name as shown before the colon; null at the root. */
  readonly label: string | null;
  /** One line, cut at a width limit. */
  readonly text: string;
  /** Drives the colour. */
  readonly kind: "none" | "bool" | "number" | "string" | "bytes" | "container" | "object" | "opaque";
  readonly childCount: number;
}

export type ValueRoot = "args" | "kwargs" | "result";

/** One payload of a job: what is shown at once, or why nothing is. */
export type PayloadView =
  | { readonly state: "absent"; readonly why: string }
  | {
      readonly state: "undecodable";
      readonly reason: DecodeFailure["reason"];
      readonly message: string;
      readonly size: number;
    }
  /** Behind one click, because the connection is production, or the setting or the switch says so. */
  | { readonly state: "hidden"; readonly by: "production" | "setting" | "switch"; readonly size: number }
  /** Over 100 kB: behind one click. */
  | { readonly state: "large"; readonly size: number }
  | {
      readonly state: "shown";
      readonly size: number;
      readonly codec: string;
      readonly root: ValueNode;
      readonly children: readonly ValueNode[];
    };

export interface FrameView {
  /** Index to send back in `openFrame`. */
  readonly index: number;
  readonly file: string;
  readonly line: number;
  readonly function: string;
  readonly source: string | null;
  /** Own code, or a library's, Python's or ARQ's frame (folded). */
  readonly own: boolean;
  readonly repeat: number;
}

/** One exception of a chain, outermost (the one that reached ARQ) last, as Python prints them. */
export interface TracebackView {
  readonly heading: string | null;
  readonly frames: readonly FrameView[];
  readonly type: string;
  readonly message: string;
  readonly notes: readonly string[];
}

/** A try of the job that did not succeed, as the worker instrumentation noted it. */
export interface TryView extends Omit<JobTry, "traceback"> {
  readonly tracebacks: readonly TracebackView[];
  /** Its traceback stands above as the job's own. */
  readonly shown: boolean;
}

export interface ErrorView {
  readonly type: string;
  readonly message: string;
  readonly notes: readonly string[];
  /** Members of an exception group, one text each, indented by nesting. */
  readonly members: readonly string[];
  /** Why ARQ did or did not run it again: one sentence. */
  readonly explanation: string;
  /** What to do about it; "" where the job did not fail itself, only its values hold a traceback. */
  readonly advice: string;
  readonly tracebacks: readonly TracebackView[];
  /** Where the traceback came from; null without one. */
  readonly tracebackSource: string | null;
  /** It was read from a line of a log file, which can be opened. */
  readonly tracebackLogged: boolean;
  /** Without a traceback: why there is none and what would give one next time. Null when there is one. */
  readonly missing: {
    readonly why: string;
    readonly remedies: readonly Remedy[];
    /** What of this window cannot be read, and why: one sentence each. */
    readonly unread: readonly string[];
  } | null;
}

export type JobView =
  | { readonly kind: "gone"; readonly connection: ConnectionView | null; readonly id: string; readonly message: string }
  | {
      readonly kind: "unreachable";
      readonly connection: ConnectionView | null;
      readonly id: string;
      readonly message: string;
      readonly advice: string;
    }
  | {
      readonly kind: "job";
      readonly connection: ConnectionView;
      readonly row: JobRow;
      /** Redis' clock when this was read, unix ms. */
      readonly at: number;
      /** An abort of this id stands in Redis since, unix ms; null: none, or it cannot be read. */
      readonly abortRequestedAt: number | null;
      /** Redis forgets the result at this time, unix ms; null: never, or nothing kept. */
      readonly forgottenAt: number | null;
      /** The payload, with the arguments, expires at this time, unix ms; null: never, or there is none. */
      readonly payloadExpiresAt: number | null;
      /** Release of the worker's code, as the opt-in serializer stored it with the result; else null. */
      readonly release: string | null;
      /** What the code of the frames can be opened as of: the release, else the commit of the settings; null where neither is known. */
      readonly deployedAs: string | null;
      /** Keys that Redis holds of the job. */
      readonly keys: readonly string[];
      readonly args: PayloadView;
      readonly kwargs: PayloadView;
      readonly result: PayloadView;
      readonly error: ErrorView | null;
      /** Why ARQ runs it more than once, one sentence; null where it does not, or the error tells. */
      readonly retried: string | null;
      /** What workers hold it to, by their settings in the open folders; null: these do not tell. */
      readonly limits: LimitsView | null;
      /** What to change in these settings, so that failures can be looked into. */
      readonly notes: readonly CodeNote[];
      /** Oldest first; none where the worker is not instrumented. */
      readonly tries: readonly TryView[];
      /** Labels of the links out of `arq.links`. */
      readonly links: readonly string[];
      /** Somebody wants to be told when it ends. */
      readonly watched: boolean;
      /** The switch that hides arguments and results is on. */
      readonly valuesHidden: boolean;
      /** False while the connection is down: what is shown is as of `at`. */
      readonly live: boolean;
    };

/** What a page keeps in `setState`, so that a reload of the window brings it back: intent, never data. */
export interface DashboardIntent {
  readonly tab: TabName;
  readonly intents: Partial<TabIntents>;
}
export interface JobIntent {
  readonly id: string;
}

/** Shapes of the monitor that cross to the pages as they are; a page imports them from here only. */
export type {
  ConnectionProblem,
  Health,
  HealthLevel,
  JobPage,
  JobQuery,
  JobRow,
  JobSort,
  JobState,
  MonitorSnapshot,
  PayloadMatches,
  PayloadProgress,
  QueueStats,
  Rate,
  SourceStatus,
  StateCounts,
  Suggestion,
  SweepProgress,
  ThroughputBucket,
  WorkerCount,
  WorkerStats,
};
