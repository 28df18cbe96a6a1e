import { commands, env, l10n, type Uri } from "vscode";
import type { ArqKeys } from "../../arq/keys";
import type { JobDetail } from "../../monitor/model";
import type { Handlers } from "../../protocol/channel";
import {
  type FrameAction,
  frameActions,
  type FramePlace,
  jobCopies,
  type JobRequests,
} from "../../protocol/jobMessages";
import { logLevels } from "../../protocol/jobLog";
import type { JobView, ValueRoot } from "../../protocol/viewModels";
import type { Frame } from "../../python/traceback";
import { failureFacts, failureStacks, framesOf } from "../failureStack";
import type { CommandId, FrameTarget } from "../contributions/commands";
import { frameHistory } from "../editor/frameHistory";
import { frameSource } from "../editor/frameSource";
import type { JobLink } from "../jobLinks";
import { openLogLine } from "../openLogLine";
import type { NotedTry } from "../jobTries";
import type { FoundTraceback } from "../tracebacks";
import type { HiddenBy } from "../valuePrivacy";
import { bool, fields, index, oneOf, text, valuePath, valueRoot } from "./checks";
import { copiedValue, copyText, shownValue } from "./jobCopies";
import type { JobLogs } from "./jobLogs";
import type { JobPageParts } from "./jobPage";
import { payloadView } from "./jobView";
import { openCodePlace, runPageCommand } from "./panelChannel";
import { expandPath } from "./valueNodes";

/** A job as its page has read it. */
export interface OpenedJob {
  readonly id: string;
  readonly parts: JobPageParts;
  readonly keys: ArqKeys;
  readonly detail: JobDetail | null;
  /** Throws while the job is not read. */
  readonly known: JobDetail;
  readonly traceback: FoundTraceback | null;
  readonly tries: readonly NotedTry[];
  /** Values that were asked for though they are hidden or large. */
  readonly opened: Set<ValueRoot>;
  readonly hiddenBy: HiddenBy | null;
  readonly logs: JobLogs;
  links(): readonly JobLink[];
  /** Reads the job and tells what a page draws that (re)appears. */
  ready(): Promise<JobView>;
  /** What the page draws, of what was read last. Throws while the job is not read. */
  view(): Extract<JobView, { kind: "job" }>;
}

/** What answers the job's page. */
export function jobHandlers(job: OpenedJob): Handlers<JobRequests> {
  const { parts, id } = job;
  return {
    ready: { check: () => ({ id }), handle: () => job.ready() },
    loadPayload: {
      check: (params) => ({ root: valueRoot(fields(params).root) }),
      handle: ({ root }) => {
        job.opened.add(root);
        return payloadView({ detail: job.known, hiddenBy: null, opened: job.opened }, root);
      },
    },
    expandValue: {
      check: (params) => ({ root: valueRoot(fields(params).root), path: valuePath(fields(params).path) }),
      handle: ({ root, path }) => expandPath(shownValue(job, root), path),
    },
    copyValue: {
      check: (params) => {
        const { root, path, as } = fields(params);
        return { root: valueRoot(root), path: valuePath(path), as: oneOf(as, ["python", "json"], "as") };
      },
      handle: async (params) => {
        await env.clipboard.writeText(copiedValue(job, params));
        return null;
      },
    },
    openFrame: {
      check: (params) => ({ ...framePlace(params), toSide: bool(fields(params).toSide, "toSide") }),
      handle: ({ toSide, ...place }) => {
        // Not awaited: it may ask the user which of several files is meant.
        void commands.executeCommand(toSide ? "arq.openFrameToSide" : "arq.openFrame", targetAt(job, place));
        return null;
      },
    },
    frameAction: {
      check: (params) => ({ ...framePlace(params), action: oneOf(fields(params).action, frameActions, "action") }),
      handle: ({ action, ...place }) => {
        void commands.executeCommand(frameCommands[action], targetAt(job, place));
        return null;
      },
    },
    source: { check: framePlace, handle: (place) => frameSource(parts.frames, frameAt(job, place)) },
    changed: { check: framePlace, handle: (place) => frameHistory(parts, job.known.row, frameAt(job, place)) },
    copy: {
      check: (params) => {
        const { what, index: at } = fields(params);
        return { what: oneOf(what, jobCopies, "what"), index: index(at, "index") };
      },
      handle: async ({ what, index: at }) => {
        await env.clipboard.writeText(copyText(job, what, at));
        return null;
      },
    },
    openCode: openCodePlace,
    openFunction: {
      check: nothing,
      handle: () => {
        const { function: name, queue } = job.known.row;
        if (name === null) throw new Error(l10n.t("The function of this job is not known."));
        void commands.executeCommand("arq.openFunction", name, queue ?? undefined);
        return null;
      },
    },
    debug: {
      check: (params) => ({ as: oneOf(fields(params).as, ["script", "pytest"], "as") }),
      handle: ({ as }) => {
        // Not awaited: it asks.
        void commands.executeCommand(as === "script" ? "arq.debugJob" : "arq.copyAsPytest", id);
        return null;
      },
    },
    watch: {
      check: (params) => ({ on: bool(fields(params).on, "on") }),
      handle: ({ on }) => {
        if (on) parts.watched.watch(id);
        else parts.watched.unwatch(id);
        return null;
      },
    },
    hideValues: {
      check: (params) => ({ hidden: bool(fields(params).hidden, "hidden") }),
      handle: ({ hidden }) => {
        void commands.executeCommand(hidden ? "arq.hideValues" : "arq.showValues");
        return null;
      },
    },
    openLink: {
      check: (params) => ({ index: index(fields(params).index, "index") }),
      handle: async ({ index: at }) => {
        const link = job.links()[at];
        if (link === undefined) throw new Error(l10n.t("There is no such link any more."));
        // As text: a Uri decodes what was encoded, and a `/` or `&` in an id would lead elsewhere (microsoft/vscode#85930).
        await env.openExternal(link.url as unknown as Uri);
        return null;
      },
    },
    openJob: {
      check: (params) => ({ id: text(fields(params).id, "id") }),
      handle: async ({ id: other }) => {
        await commands.executeCommand("arq.openJob", other);
        return null;
      },
    },
    showRuns: {
      check: nothing,
      handle: () => {
        const filter = { function: job.known.row.function };
        void commands.executeCommand("arq.showDashboard", { tab: "jobs", filter });
        return null;
      },
    },
    log: {
      check: (params) => {
        const { level, text: wanted, guesses } = fields(params);
        return {
          level: level === null ? null : oneOf(level, logLevels, "level"),
          text: text(wanted, "text"),
          guesses: guesses === null ? null : bool(guesses, "guesses"),
        };
      },
      handle: (ask) => job.logs.read(job.known.row, ask),
    },
    openLogLine: {
      check: (params) => {
        const { file, line, offset } = fields(params);
        return {
          file: index(file, "file"),
          line: line === null ? null : index(line, "line"),
          offset: index(offset, "offset"),
        };
      },
      handle: async ({ file, line, offset }) => {
        await job.logs.open(file, line, offset);
        return null;
      },
    },
    openTracebackLog: {
      check: nothing,
      handle: async () => {
        const place = job.traceback?.place;
        if (place?.kind === "file") await openLogLine(parts.tracebacks, place);
        return null;
      },
    },
    run: runPageCommand,
  };
}

const frameCommands = {
  peek: "arq.peekTraceback",
  deployed: "arq.openDeployed",
} as const satisfies Record<FrameAction, CommandId>;

function nothing(): null {
  return null;
}

function framePlace(params: unknown): FramePlace {
  const { attempt, traceback, frame } = fields(params);
  return {
    ...(attempt === undefined ? {} : { attempt: index(attempt, "attempt") }),
    traceback: index(traceback, "traceback"),
    frame: index(frame, "frame"),
  };
}

/** The frame with the traceback that it belongs to, so that it can be stepped through. */
function targetAt(job: OpenedJob, place: FramePlace): FrameTarget {
  const frame = frameAt(job, place);
  const shown = shownTraceback(job, place);
  // What the stored exception holds was raised by the last try, which is the one that has no number.
  const { release, values } = failureFacts(job.known, job.hiddenBy !== null);
  const facts = { release, values: place.attempt === undefined ? values : [] };
  const stack = failureStacks(shown!, facts)[place.traceback]!;
  const { file, line, source } = frame;
  return { file, line, source, function: frame.function, step: { stack, index: place.frame } };
}

function shownTraceback(job: OpenedJob, { attempt }: FramePlace): FoundTraceback | null {
  return attempt === undefined ? job.traceback : (job.tries[attempt]?.traceback ?? null);
}

function frameAt(job: OpenedJob, where: FramePlace): Frame {
  const entry = shownTraceback(job, where)?.chain[where.traceback];
  const place = entry === undefined ? undefined : framesOf(entry.traceback)[where.frame];
  if (place === undefined) throw new Error(l10n.t("This traceback has no such frame."));
  return place;
}
