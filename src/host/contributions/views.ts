/** Ids of everything that has a place on the screen. package.json repeats them; the contributions test compares. */
export const viewContainer = "arq";

export const viewIds = { queues: "arq.queues", workers: "arq.workers", failed: "arq.failed" } as const;
export type ViewId = (typeof viewIds)[keyof typeof viewIds];

/** viewType of the webview panels. Each has an activation event, so that a reloaded window can bring its panels back. */
export const panelTypes = { dashboard: "arq.dashboard", job: "arq.job" } as const;

/** `contextValue` of tree items: what `viewItem` in menus may be compared with. */
export const itemContexts = {
  job: "arq.item.job",
  failedJob: "arq.item.failedJob",
  queue: "arq.item.queue",
  drift: "arq.item.drift",
  worker: "arq.item.worker",
  errorGroup: "arq.item.errorGroup",
  mutedGroup: "arq.item.mutedGroup",
  frame: "arq.item.frame",
} as const;
export type ItemContext = (typeof itemContexts)[keyof typeof itemContexts];
