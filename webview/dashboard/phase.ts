import type { ConnectionProblem, ConnectionView, DashboardView, MonitorSnapshot } from "../../src/protocol/viewModels";

/** What the dashboard shows as a whole. */
export type Phase =
  /** No answer from the host yet. */
  | { readonly kind: "loading" }
  | { readonly kind: "unconfigured" }
  | { readonly kind: "connecting"; readonly connection: ConnectionView }
  /** Never reached: nothing to show but why. */
  | {
      readonly kind: "cannotConnect";
      readonly connection: ConnectionView;
      readonly problem: ConnectionProblem;
      readonly retryAt: number | null;
    }
  /** Connected, everything looked at, and no trace of ARQ. */
  | { readonly kind: "empty"; readonly connection: ConnectionView; readonly snapshot: MonitorSnapshot }
  /** Numbers and jobs; `current` is false while the connection is not live, and then every number says so. */
  | {
      readonly kind: "board";
      readonly connection: ConnectionView;
      readonly snapshot: MonitorSnapshot;
      readonly current: boolean;
    };

export function dashboardPhase(view: DashboardView | null): Phase {
  if (view === null) return { kind: "loading" };
  const { connection, snapshot } = view;
  if (connection === null) return { kind: "unconfigured" };
  if (snapshot === null) return { kind: "connecting", connection };
  const { status } = snapshot;
  const current = status.state === "live";
  const jobsKnown = Object.values(snapshot.counts).some((n) => n > 0);
  const somethingKnown = snapshot.complete || snapshot.queues.length > 0 || jobsKnown;
  if (!current && !somethingKnown) {
    return status.state === "down"
      ? { kind: "cannotConnect", connection, problem: status.problem, retryAt: status.retryAt }
      : { kind: "connecting", connection };
  }
  const nothingThere =
    snapshot.complete &&
    snapshot.queues.length === 0 &&
    snapshot.workers.every((worker) => worker.kind === "connections") &&
    !jobsKnown;
  if (current && nothingThere) return { kind: "empty", connection, snapshot };
  return { kind: "board", connection, snapshot, current };
}
