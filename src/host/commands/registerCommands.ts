import { commands, Disposable, env, l10n, window } from "vscode";
import type { CommandArguments, CommandId, FrameArgument, FrameTarget, JobArgument } from "../contributions/commands";
import { type ViewId, viewIds } from "../contributions/views";
import { reveal } from "../editor/openFrame";
import type { LiveTree } from "../views/liveTree";
import { addWorkerInstrumentation } from "./addWorkerInstrumentation";
import { clearHistory } from "./clearHistory";
import { connect } from "./connect";
import { copyDashboardLink, copyJobLink } from "./copyLink";
import { copyDiagnostics } from "./copyDiagnostics";
import { hideValues, showValues } from "./hideValues";
import { openFunction } from "./openFunction";
import { exportJobs } from "./exportJobs";
import { forgetPaths } from "./forgetPaths";
import { mapPath } from "./mapPath";
import { muteGroup } from "./muteGroup";
import { openJob } from "./openJob";
import type { HostParts } from "./parts";
import { deleteSavedFilter, openSavedFilter, renameSavedFilter, saveFilter } from "./savedFilters";
import { setPassword } from "./setPassword";
import { showDashboard } from "./showDashboard";
import { switchConnection } from "./switchConnection";

type Handlers = { readonly [K in CommandId]: (...args: CommandArguments[K]) => unknown };

/** Registers every command there is; a missing one is a compile error. */
export function registerCommands(parts: HostParts): Disposable {
  const handlers: Handlers = {
    "arq.showDashboard": (what) => showDashboard(parts, what, false),
    "arq.showDashboardToSide": (what) => showDashboard(parts, what, true),
    "arq.connect": (url) => connect(parts, url),
    "arq.switchConnection": (name) => switchConnection(parts, name),
    "arq.refresh": () => parts.session.refresh(),
    "arq.pauseIndexing": () => parts.session.monitor?.pauseSweep(),
    "arq.resumeIndexing": () => parts.session.monitor?.resumeSweep(),
    "arq.openJob": (job) => openJob(parts, job),
    "arq.showLog": () => parts.log.channel.show(),
    "arq.copyDiagnostics": () => copyDiagnostics(parts),
    "arq.setPassword": () => setPassword(parts),
    "arq.clearHistory": () => clearHistory(parts),
    "arq.addWorkerInstrumentation": () => addWorkerInstrumentation(parts),
    "arq.openFrame": (target) => parts.frames.open(frameOf(target), false),
    "arq.openFrameToSide": (target) => parts.frames.open(frameOf(target), true),
    "arq.nextFrame": () => parts.frames.step(1),
    "arq.previousFrame": () => parts.frames.step(-1),
    "arq.leaveTraceback": () => parts.frames.traceback.leave(),
    "arq.peekTraceback": (target) => parts.frames.peek(target && frameOf(target)),
    "arq.openDeployed": (target) => parts.deployed.open(target && frameOf(target)),
    "arq.compareDeployed": (target) => parts.deployed.compare(deployedTarget(target)),
    "arq.mapPath": (what) => mapPath(parts, what),
    "arq.forgetPaths": () => forgetPaths(parts),
    "arq.analyzeTraceback": (text) =>
      tracebackCommands().then(({ analyzeTraceback }) =>
        analyzeTraceback(parts, typeof text === "string" ? text : undefined),
      ),
    "arq.analyzeTerminalSelection": () =>
      tracebackCommands().then(({ analyzeTerminalSelection }) => analyzeTerminalSelection(parts)),
    "arq.copyJobId": ({ jobId }) => env.clipboard.writeText(jobId),
    "arq.copyError": ({ errorText }) => env.clipboard.writeText(errorText),
    "arq.debugJob": (job) => debugCommands().then(({ debugJob }) => debugJob(parts, jobIdOf(parts, job))),
    "arq.copyAsPytest": (job) => debugCommands().then(({ copyAsPytest }) => copyAsPytest(parts, jobIdOf(parts, job))),
    "arq.startDebugScript": (file) => parts.scripts.start(file),
    "arq.copyName": ({ name }) => env.clipboard.writeText(name),
    "arq.openInDashboard": ({ dashboard }) => showDashboard(parts, dashboard, false),
    "arq.muteErrorGroup": (group) => muteGroup(parts, group, true),
    "arq.unmuteErrorGroup": (group) => muteGroup(parts, group, false),
    "arq.showMoreRows": ({ view, parent }) => treeOf(parts, view).showMore(parent),
    "arq.copyJobLink": (job) => copyJobLink(parts, job),
    "arq.copyDashboardLink": () => copyDashboardLink(parts),
    "arq.saveFilter": (query) => saveFilter(parts, query),
    "arq.openSavedFilter": (name) => openSavedFilter(parts, name),
    "arq.renameSavedFilter": (name) => renameSavedFilter(parts, name),
    "arq.deleteSavedFilter": (name) => deleteSavedFilter(parts, name),
    "arq.exportJobs": (what) => exportJobs(parts, what),
    "arq.hideValues": () => hideValues(parts),
    "arq.showValues": () => showValues(parts),
    "arq.watchJob": (job) => parts.watched.watch(jobIdOf(parts, job)),
    "arq.unwatchJob": (job) => parts.watched.unwatch(jobIdOf(parts, job)),
    "arq.openCode": ({ file, line }) => reveal(file, line, false),
    "arq.openFunction": (name, queue) => openFunction(parts, name, queue),
  };
  return Disposable.from(
    ...Object.entries(handlers).map(([id, handler]) =>
      commands.registerCommand(id, (...args: unknown[]) => guarded(parts, id, () => (handler as Handler)(...args))),
    ),
  );
}

function treeOf({ trees }: HostParts, view: ViewId): LiveTree {
  if (view === viewIds.queues) return trees.queues;
  return view === viewIds.workers ? trees.workers : trees.failed;
}

/** Loaded when a traceback is analysed first. */
const tracebackCommands = () => import("./analyzeTraceback");

/** Loaded when a job is debugged first. */
const debugCommands = () => import("./debugJob");

type Handler = (...args: unknown[]) => unknown;

/** A command that fails says so once, in words, and leaves the details in the log. */
async function guarded(parts: HostParts, id: string, run: () => unknown): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    const message = parts.session.redactor.text(error instanceof Error ? error.message : String(error));
    parts.log.error(`${id}: ${error instanceof Error ? (error.stack ?? message) : message}`);
    void window
      .showErrorMessage(`ARQ: ${message}`, l10n.t("Show Log"))
      .then((choice) => choice && parts.log.channel.show());
    return undefined;
  }
}

/** The given job, or the one whose panel is in front. */
function jobIdOf({ jobs }: HostParts, job: string | JobArgument | undefined): string {
  const id = typeof job === "string" ? job : (job?.jobId ?? jobs.active);
  if (id === null) throw new Error(l10n.t("Open a job first."));
  return id;
}

/** The title bar of an editor hands over its URI, which is no frame. */
function deployedTarget(target: FrameTarget | FrameArgument | undefined): FrameTarget | undefined {
  return target === undefined || !("frame" in target || "line" in target) ? undefined : frameOf(target);
}

function frameOf(target: FrameTarget | FrameArgument): FrameTarget {
  return "frame" in target ? target.frame : target;
}
