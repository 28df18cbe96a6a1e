import type { JobQuery } from "../../monitor/model";
import type { FrameStack } from "../editor/frameStack";
import type { TabIntents, TabName } from "../../protocol/tabs";
import type { ViewId } from "./views";

/** A place in a file as a traceback recorded it: the path may be one of another machine or of a container. */
export interface FrameTarget {
  readonly file: string;
  /** 1-based, as Python prints it. */
  readonly line: number;
  /** What the traceback printed of the line, and the function it was in: by these the line is found where it has moved to. */
  readonly source?: string | null;
  readonly function?: string;
  /** The traceback that it belongs to, to step through, and which frame of it this is. */
  readonly step?: { readonly stack: FrameStack; readonly index: number };
}

/** A frame's path for which a local folder is to be named; with the folder, nothing is asked. */
export interface PathToMap {
  readonly file?: string;
  /** Absolute. */
  readonly folder?: string;
}

/** What a tree hands to a command of its context menu: the node itself, of which commands take only what they need. */
export interface JobArgument {
  readonly jobId: string;
}
export interface FrameArgument {
  readonly frame: FrameTarget;
}
export interface ErrorArgument {
  /** Type and message as shown. */
  readonly errorText: string;
}

/** What the dashboard is to show: a tab and what to ask of it, or a filter of jobs. What is left out is as at first. */
export type DashboardArgument = {
  readonly [T in TabName]: {
    readonly tab?: T;
    readonly intent?: Partial<TabIntents[T]>;
    /** Of the tab `jobs`, also where none is named: as it is written there, or as a query. */
    readonly filter?: string | Partial<JobQuery>;
    /** Name of a configured connection: when another one is current, the user is asked whether to switch. */
    readonly connection?: string;
  };
}[TabName];

/** What is written, and where to. */
export interface ExportArgument {
  /** Without one: what the tab Jobs shows, else every job. What is left out of it is as at first. */
  readonly query?: Partial<JobQuery>;
  /** A path, or a URI, of which the ending says whether it is CSV or JSON. Without one, the user is asked. */
  readonly file?: string;
}

export interface CodeTarget {
  /** Absolute path. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface NameArgument {
  /** Of a queue or a worker. */
  readonly name: string;
}
/** What stays on the screen for a while, a message or a hover, names the connection that it tells of: another one may be current by the time somebody clicks. */
export interface OfConnection {
  /** Without one, the current connection is meant. */
  readonly connection?: string;
}
export interface GroupArgument extends OfConnection {
  /** `ErrorGroup.key`. */
  readonly groupKey: string;
}
export interface DashboardNode {
  readonly dashboard: DashboardArgument;
}
/** A list in a tree that is not shown whole. */
export interface RowsArgument {
  readonly view: ViewId;
  /** Id of the row above; "" stands for the top. */
  readonly parent: string;
}

/** Every command with its arguments. All are optional or typed, so that keybindings and links can pass them too. */
export interface CommandArguments {
  /** Without an argument, the dashboard shows what it did. */
  "arq.showDashboard": [what?: DashboardArgument];
  "arq.showDashboardToSide": [what?: DashboardArgument];
  /** With a URL, the search and the picking are skipped; the connection is still tested before it is saved. */
  "arq.connect": [url?: string];
  /** With a name of `arq.connections`, nothing is asked. */
  "arq.switchConnection": [name?: string];
  "arq.refresh": [];
  "arq.pauseIndexing": [];
  "arq.resumeIndexing": [];
  /** With an id (or a tree node of a job), nothing is asked, unless it is of another connection than the current one: then, whether to switch. */
  "arq.openJob": [job?: string | (JobArgument & OfConnection)];
  "arq.showLog": [];
  "arq.copyDiagnostics": [];
  "arq.setPassword": [];
  "arq.clearHistory": [];
  "arq.addWorkerInstrumentation": [];
  "arq.openFrame": [target: FrameTarget | FrameArgument];
  "arq.openFrameToSide": [target: FrameTarget | FrameArgument];
  /** Of the traceback whose frame was opened last: towards the failure, and away from it. */
  "arq.nextFrame": [];
  "arq.previousFrame": [];
  "arq.leaveTraceback": [];
  /** All frames of the traceback that this one belongs to; without one, of the current traceback. */
  "arq.peekTraceback": [target?: FrameTarget | FrameArgument];
  /** The frame's file at the commit that ran; without a frame, of the current traceback. */
  "arq.openDeployed": [target?: FrameTarget | FrameArgument];
  /** The same beside today's file; without a frame, of the deployed file that is in front, else of the current traceback. */
  "arq.compareDeployed": [target?: FrameTarget | FrameArgument];
  "arq.mapPath": [what?: PathToMap];
  "arq.forgetPaths": [];
  /** With a text, of that; a menu's argument, which is none, counts for nothing. */
  "arq.analyzeTraceback": [text?: unknown];
  "arq.analyzeTerminalSelection": [];
  "arq.copyJobId": [job: JobArgument];
  "arq.copyError": [error: ErrorArgument];
  /** Without a job, the one whose panel is in front. */
  "arq.debugJob": [job?: string | JobArgument];
  "arq.copyAsPytest": [job?: string | JobArgument];
  /** Path of a script that `arq.debugJob` has written. */
  "arq.startDebugScript": [file: string];
  "arq.copyName": [named: NameArgument];
  "arq.openInDashboard": [node: DashboardNode];
  "arq.muteErrorGroup": [group: GroupArgument];
  "arq.unmuteErrorGroup": [group: GroupArgument];
  "arq.showMoreRows": [where: RowsArgument];
  /** Without a job, of the job whose panel is in front. */
  "arq.copyJobLink": [job?: JobArgument];
  "arq.copyDashboardLink": [];
  /** Without a query, what the tab Jobs shows. */
  "arq.saveFilter": [query?: JobQuery];
  /** With the name of a saved filter, nothing is picked. */
  "arq.openSavedFilter": [name?: string];
  "arq.renameSavedFilter": [name?: string];
  "arq.deleteSavedFilter": [name?: string];
  "arq.exportJobs": [what?: ExportArgument];
  /** Arguments and results are hidden everywhere, or no more than the setting says. */
  "arq.hideValues": [];
  "arq.showValues": [];
  /** Tells when the job ends; without one, of the job whose panel is in front. */
  "arq.watchJob": [job?: string | JobArgument];
  "arq.unwatchJob": [job?: string | JobArgument];
  /** A place in the source, as it is here. */
  "arq.openCode": [place: CodeTarget];
  /** Opens the definition of the task function that ARQ knows by this name, on this queue. */
  "arq.openFunction": [name: string, queue?: string];
}
export type CommandId = keyof CommandArguments;

/**
 * Where a command can be started by hand: from the palette (where its `when` allows), or only from a tree, a page or a link.
 * The contributions test holds package.json against this list, so a forgotten entry is found by the compiler or the test.
 */
export const commandPlaces: { readonly [K in CommandId]: "palette" | "internal" } = {
  "arq.showDashboard": "palette",
  "arq.showDashboardToSide": "palette",
  "arq.connect": "palette",
  "arq.switchConnection": "palette",
  "arq.refresh": "palette",
  "arq.pauseIndexing": "palette",
  "arq.resumeIndexing": "palette",
  "arq.openJob": "palette",
  "arq.showLog": "palette",
  "arq.copyDiagnostics": "palette",
  "arq.setPassword": "palette",
  "arq.clearHistory": "palette",
  "arq.addWorkerInstrumentation": "palette",
  "arq.openFrame": "internal",
  "arq.openFrameToSide": "internal",
  "arq.nextFrame": "palette",
  "arq.previousFrame": "palette",
  "arq.leaveTraceback": "palette",
  "arq.peekTraceback": "palette",
  "arq.openDeployed": "palette",
  "arq.compareDeployed": "palette",
  "arq.mapPath": "palette",
  "arq.forgetPaths": "palette",
  "arq.analyzeTraceback": "palette",
  "arq.analyzeTerminalSelection": "internal",
  "arq.copyJobId": "internal",
  "arq.copyError": "internal",
  "arq.debugJob": "palette",
  "arq.copyAsPytest": "palette",
  "arq.startDebugScript": "internal",
  "arq.copyName": "internal",
  "arq.openInDashboard": "internal",
  "arq.muteErrorGroup": "internal",
  "arq.unmuteErrorGroup": "internal",
  "arq.showMoreRows": "internal",
  "arq.copyJobLink": "palette",
  "arq.copyDashboardLink": "palette",
  "arq.saveFilter": "palette",
  "arq.openSavedFilter": "palette",
  "arq.renameSavedFilter": "palette",
  "arq.deleteSavedFilter": "palette",
  "arq.exportJobs": "palette",
  "arq.hideValues": "palette",
  "arq.showValues": "palette",
  "arq.watchJob": "palette",
  "arq.unwatchJob": "palette",
  "arq.openCode": "internal",
  "arq.openFunction": "internal",
};
