import type { LatencyPoint } from "../../monitor/queryModel";

/** What the tab Overview asks: nothing; it shows the snapshot. */
export type OverviewIntent = Readonly<Record<string, never>>;

/** What the snapshot does not hold. */
export interface OverviewView {
  /** Last hour, one point a minute, oldest first. */
  readonly latency: readonly LatencyPoint[];
}

/** Shapes of the monitor that only this tab draws. */
export type { LatencyPoint, Retention } from "../../monitor/queryModel";
