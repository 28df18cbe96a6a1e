import type { QueueReport } from "../../monitor/queryModel";

/** What the tab Queues asks. */
export type QueuesIntent = Readonly<Record<string, never>>;

export interface QueuesView {
  /** In the order of the snapshot's queues. */
  readonly reports: readonly QueueReport[];
}
