import type { JobState } from "../../arq/jobModel";

/** One icon and theme colour per state; colours as design.md "Words" has them. */
export const stateIcons: { readonly [S in JobState]: { readonly id: string; readonly color: string } } = {
  queued: { id: "circle-outline", color: "charts.blue" },
  deferred: { id: "clock", color: "charts.blue" },
  running: { id: "play-circle", color: "charts.blue" },
  retrying: { id: "debug-restart", color: "charts.blue" },
  orphaned: { id: "warning", color: "charts.yellow" },
  expired: { id: "watch", color: "charts.yellow" },
  complete: { id: "pass", color: "charts.green" },
  failed: { id: "error", color: "charts.red" },
  aborted: { id: "circle-slash", color: "charts.yellow" },
  finished: { id: "circle-filled", color: "disabledForeground" },
  unknown: { id: "question", color: "disabledForeground" },
};
