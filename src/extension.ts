import { debug, env, type ExtensionContext, l10n, languages, window } from "vscode";
import type { ArqApi } from "./host/api";
import { LineHistory } from "./host/blame";
import type { HostParts } from "./host/commands/parts";
import { registerCommands } from "./host/commands/registerCommands";
import { Connections } from "./host/connections";
import { DriftWatch } from "./host/code/driftWatch";
import { TaskNumbers } from "./host/code/taskNumbers";
import { CodeFeatures } from "./host/editor/codeFeatures";
import { ScratchLens } from "./host/debug/scratchLens";
import { ScriptRuns } from "./host/debug/scriptRuns";
import { DeployedFrames } from "./host/editor/deployedFrames";
import { FailingLines } from "./host/editor/failingLines";
import { FrameOpener } from "./host/editor/openFrame";
import { WorkspaceTasks } from "./host/editor/workspaceTasks";
import { ErrorNews, quietMs } from "./host/errorNews";
import { GroupFrames } from "./host/groupFrames";
import { Histories } from "./host/histories";
import { LinkHandler } from "./host/linkHandler";
import { LiveGroups } from "./host/liveGroups";
import { createLog } from "./host/log";
import { Models } from "./host/models/models";
import { MutedGroups } from "./host/mutedGroups";
import { DashboardPanel } from "./host/panels/dashboardPanel";
import { JobPanels } from "./host/panels/jobPanels";
import { NewErrorNotice } from "./host/newErrorNotice";
import { offerToMovePasswords } from "./host/passwordOffer";
import { Redaction } from "./host/redaction";
import { SavedFilters } from "./host/savedFilters";
import { Secrets } from "./host/secrets";
import { Session } from "./host/session";
import { Settings } from "./host/settings";
import { StatusBar } from "./host/statusBar";
import { Tracebacks } from "./host/tracebacks";
import { ValuePrivacy } from "./host/valuePrivacy";
import { DebugOutput } from "./host/terminals/debugOutput";
import { TerminalLinks } from "./host/terminals/terminalLinks";
import { TerminalReader } from "./host/terminals/terminalReader";
import { createTreeViews } from "./host/views/treeViews";
import { WatchedJobs } from "./host/watchedJobs";
import { speak } from "./python/l10n";

let session: Session | null = null;

/**
 * Builds the house and wires it. Called when the window has started (for the status bar) or when a view, command or panel of
 * ours is wanted first; touches no network, and imports the Redis client and the monitor only when somebody looks.
 */
export function activate(context: ExtensionContext): ArqApi {
  const began = performance.now();
  speak(env.language, l10n.t);
  const { extensionUri, workspaceState } = context;
  const log = createLog();
  const settings = new Settings(log);
  const secrets = new Secrets(context.secrets);
  const histories = new Histories(context.globalStorageUri, settings, log);
  const connections = new Connections(settings, secrets, workspaceState, log);
  const privacy = new ValuePrivacy(settings, workspaceState);
  session = new Session(connections, settings, secrets, log, new Redaction(settings, log), histories, privacy);
  const tracebacks = new Tracebacks(session, settings, log);
  const terminals = new TerminalReader(tracebacks, settings, log);
  const tasks = new WorkspaceTasks(log);
  const numbers = new TaskNumbers(session);
  const drift = new DriftWatch(session, tasks, numbers);
  const frames = new FrameOpener(log, settings, workspaceState);
  const deployed = new DeployedFrames(frames, settings);
  const savedFilters = new SavedFilters(workspaceState);
  const mutedGroups = new MutedGroups(workspaceState);
  const groupFrames = new GroupFrames(session, tracebacks);
  const liveGroups = new LiveGroups(session, mutedGroups);
  const errorNews = new ErrorNews(session, liveGroups, workspaceState);
  const lineHistory = new LineHistory(session);
  const dashboard = new DashboardPanel({
    session,
    extensionUri,
    log,
    groupFrames,
    errorNews,
    savedFilters,
    mutedGroups,
    tasks,
    drift,
    memory: context.globalState,
  });
  const watched = new WatchedJobs(session, log, (id) => jobs.show(id));
  const shown = { session, settings, tracebacks, frames, lineHistory, liveGroups, watched, tasks, log };
  const jobs = new JobPanels({ context, ...shown });
  const trees = createTreeViews({
    session,
    tracebacks,
    mutedGroups,
    liveGroups,
    errorNews,
    drift,
    memory: workspaceState,
  });
  const terminalLinks = new TerminalLinks(session, frames, [tracebacks, groupFrames]);
  const statusBar = new StatusBar(session, errorNews);
  const scripts = new ScriptRuns();
  const parts: HostParts = {
    context,
    log,
    settings,
    secrets,
    connections,
    session,
    histories,
    dashboard,
    jobs,
    frames,
    tasks,
    numbers,
    drift,
    groupFrames,
    liveGroups,
    errorNews,
    savedFilters,
    mutedGroups,
    watched,
    trees,
    tracebacks,
    scripts,
    deployed,
  };
  const version = (context.extension.packageJSON as { version: string }).version;
  const models = new Models({ session, settings, tracebacks, frames, groupFrames }, version, log);
  const links = new LinkHandler(parts);
  const told = { session, settings, liveGroups, errorNews, groupFrames, frames, lineHistory };
  const failingLines = new FailingLines({ ...told, extensionId: context.extension.id });
  // In the order of disposal: what watches first, then what it watches.
  context.subscriptions.push(
    registerCommands(parts),
    window.registerUriHandler(links),
    models,
    scripts,
    languages.registerCodeLensProvider({ scheme: "file", language: "python" }, new ScratchLens(scripts)),
    offerToMovePasswords(connections, session, workspaceState),
    new NewErrorNotice({ ...told, mutedGroups, toldOnce: histories.toldOnce(quietMs) }),
    failingLines,
    new CodeFeatures({ session, settings, tasks, numbers, drift, log }),
    statusBar,
    trees,
    jobs,
    watched,
    dashboard,
    savedFilters,
    errorNews,
    liveGroups,
    mutedGroups,
    deployed,
    frames,
    groupFrames,
    terminals,
    new DebugOutput(tracebacks, settings, debug),
    terminalLinks,
    tracebacks,
    drift,
    numbers,
    tasks,
    session,
    privacy,
    connections,
    secrets,
    settings,
    log.channel,
  );
  const activationMs = performance.now() - began;
  log.info(`Activated in ${activationMs.toFixed(1)} ms.`);
  const { context: _context, ...shared } = parts;
  return { ...shared, links, models, failingLines, statusBar, terminals, terminalLinks, activationMs };
}

/** Waits until every connection to Redis is closed. */
export async function deactivate(): Promise<void> {
  await session?.close();
  session = null;
}
