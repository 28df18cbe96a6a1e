import { l10n } from "vscode";
import type { JobDetail, Monitor } from "../monitor/model";
import type { Session } from "./session";
import type { FoundTraceback, Tracebacks } from "./tracebacks";

/** A server that is there answers within this, ms. */
const connectMs = 10_000;
/** The first look at a large server takes longer; what is known by then is worth telling. Ms. */
const completeMs = 5000;
/** The end of a log of usual size is read within this, ms. */
const logMs = 1500;

/**
 * Runs it with a monitor that is live, and looks meanwhile; connects first where nobody did. With `complete` also waits a while for the first look at
 * everything. Rejects, saying what is wrong, where there is no connection.
 */
export async function withMonitor<T>(
  session: Session,
  complete: boolean,
  run: (monitor: Monitor) => Promise<T>,
): Promise<T> {
  const watch = session.watch(complete ? "view" : "background");
  try {
    await until(session, () => session.state !== "connecting", connectMs);
    const { monitor, problem, state } = session;
    if (state === "unconfigured") throw new Error(l10n.t("No connection to Redis is configured."));
    if (state === "untrusted") throw new Error(l10n.t("Connections are not read in a workspace that is not trusted."));
    if (monitor === null || (state !== "live" && state !== "empty"))
      throw new Error(problem?.message ?? l10n.t("Not connected yet."));
    if (complete) await until(session, () => session.indexing !== "running", completeMs);
    return await run(monitor);
  } finally {
    watch.dispose();
  }
}

/** As `Tracebacks.find`, for somebody who has not followed the logs so far: waits for them a moment. */
export async function findTraceback(tracebacks: Tracebacks, detail: JobDetail): Promise<FoundTraceback | null> {
  const using = tracebacks.use();
  try {
    let found = tracebacks.find(detail);
    if (found !== null || detail.row.error === null) return found;
    await until(tracebacks, () => (found = tracebacks.find(detail)) !== null, logMs);
    return found;
  } finally {
    using.dispose();
  }
}

/** Resolves when it is so, or after that time. */
async function until(
  teller: { onDidChange(listener: () => void): { dispose(): void } },
  isSo: () => boolean,
  atMostMs: number,
): Promise<void> {
  if (isSo()) return;
  await new Promise<void>((done) => {
    const finish = (): void => {
      clearTimeout(timer);
      listening.dispose();
      done();
    };
    const timer = setTimeout(finish, atMostMs);
    const listening = teller.onDidChange(() => {
      if (isSo()) finish();
    });
  });
}
