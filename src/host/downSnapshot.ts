import { l10n } from "vscode";
import { jobStates, type JobState } from "../arq/jobModel";
import type { MonitorSnapshot } from "../monitor/model";
import type { ConnectionProblem } from "../monitor/ports";

/** What there is to show of a connection that cannot even be tried: the problem, and nothing known. */
export function downSnapshot(problem: ConnectionProblem): MonitorSnapshot {
  const none = (windowMs: number) => ({ windowMs, coveredMs: 0, gaps: [], complete: 0, failed: 0, aborted: 0 });
  return {
    at: Date.now(),
    status: { state: "down", problem, since: null, retryAt: null },
    sweep: null,
    complete: false,
    sweptAt: null,
    queues: [],
    counts: Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>,
    workers: [],
    workerCount: { kind: "unknown", reason: l10n.t("Not connected.") },
    health: { level: "unknown", reasons: [] },
    lastHour: none(3_600_000),
    lastDay: none(86_400_000),
    lastWeek: none(7 * 86_400_000),
    history: { state: "on" },
    retention: { shortestMs: null, function: null, zero: [], withoutTrace: 0, ended: 0 },
    throughput: [],
  };
}
