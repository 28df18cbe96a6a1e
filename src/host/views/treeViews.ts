import type { Disposable, Memento } from "vscode";
import { viewIds } from "../contributions/views";
import type { DriftWatch } from "../code/driftWatch";
import type { ErrorNews } from "../errorNews";
import type { LiveGroups } from "../liveGroups";
import type { MutedGroups } from "../mutedGroups";
import type { Session } from "../session";
import type { Tracebacks } from "../tracebacks";
import { unreadOutputs } from "../terminals/unreadOutputs";
import { connectionMessage } from "./connectionMessage";
import { downActions } from "./downActions";
import { FailedTree } from "./failedNodes";
import { FailureBadge } from "./failureBadge";
import { LiveTree } from "./liveTree";
import { queueTree } from "./queueNodes";
import { workerCountText, workerTree } from "./workerNodes";

/** The three trees of the side bar. */
export interface TreeViews extends Disposable {
  readonly queues: LiveTree;
  readonly workers: LiveTree;
  readonly failed: LiveTree;
}

export interface TreeViewsParts {
  readonly session: Session;
  readonly tracebacks: Tracebacks;
  readonly mutedGroups: MutedGroups;
  readonly liveGroups: LiveGroups;
  readonly errorNews: ErrorNews;
  readonly drift: DriftWatch;
  readonly memory: Memento;
}

export function createTreeViews(parts: TreeViewsParts): TreeViews {
  const { session, tracebacks, mutedGroups, liveGroups, errorNews, drift, memory } = parts;
  const monitor = () => session.monitor;
  const actions = () => (session.problem === null ? [] : downActions(session.problem));
  const failedTree = new FailedTree(
    monitor,
    tracebacks,
    (groups) => mutedGroups.part(session.connection?.name, groups),
    () => session.hiddenBy !== null,
    () => unreadOutputs(session.settings, session.redactor),
  );
  const queues = new LiveTree(
    viewIds.queues,
    queueTree(monitor, actions, () => drift.findings),
    session,
  );
  const workers = new LiveTree(viewIds.workers, workerTree(monitor), session);
  const failed = new LiveTree(viewIds.failed, failedTree, session);

  let following: Disposable | null = null;
  const followLogs = (visible: boolean): void => {
    following?.dispose();
    following = visible ? tracebacks.use() : null;
  };
  followLogs(failed.view.visible);

  let comparing: Disposable | null = null;
  const compare = (visible: boolean): void => {
    comparing?.dispose();
    comparing = visible ? drift.use() : null;
  };
  compare(queues.view.visible);

  const subscriptions = [
    queues.onDidUpdate(() => describe(queues, session, session.connection?.name, "first view")),
    workers.onDidUpdate(() => describe(workers, session, workerText(session))),
    failed.onDidUpdate(() => describe(failed, session, undefined)),
    failed.view.onDidChangeVisibility(({ visible }) => followLogs(visible)),
    queues.view.onDidChangeVisibility(({ visible }) => compare(visible)),
    drift.onDidChange(() => queues.schedule()),
    session.onDidChange(({ change }) => {
      const again = change === null || change.all ? null : change.jobs;
      failedTree.forget(again);
      if (again === null || again.size > 0) failed.refreshBelow(({ jobId }) => isAmong(jobId, again));
    }),
    // What no log told before, it may tell now.
    tracebacks.onDidChange(() => failed.refreshBelow(({ jobId }) => jobId !== undefined && !failedTree.has(jobId))),
    mutedGroups.onDidChange(() => failed.schedule()),
    new FailureBadge(failed.view, session, liveGroups, errorNews, memory),
  ];
  return {
    queues,
    workers,
    failed,
    dispose() {
      followLogs(false);
      compare(false);
      for (const part of [...subscriptions, queues, workers, failed]) part.dispose();
    },
  };
}

function isAmong(jobId: string | undefined, ids: ReadonlySet<string> | null): boolean {
  return jobId !== undefined && (ids === null || ids.has(jobId));
}

function workerText(session: Session): string | undefined {
  const snapshot = session.snapshot();
  return snapshot?.status.state === "live" ? workerCountText(snapshot.workerCount) : undefined;
}

/** Only what changed is sent: every assignment is a message to the window. */
function describe(
  { view }: LiveTree,
  session: Session,
  description: string | undefined,
  place: "first view" | "other view" = "other view",
): void {
  const environment = session.connection?.production === true ? "PRODUCTION" : "";
  const text = [environment, description ?? ""].filter((part) => part !== "").join(" · ");
  const message = connectionMessage(session, place);
  if ((view.description ?? "") !== text) view.description = text;
  if (view.message !== message) view.message = message;
}
