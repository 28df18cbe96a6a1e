import type { JobFacts } from "../arq/jobModel";
import type { History } from "./history";
import { type ApplyContext, type JobIndex, nothingNew } from "./jobIndex";
import type { JobEvent } from "./model";
import type { QueueBook } from "./queueBook";

export interface BatchParts {
  readonly index: JobIndex;
  readonly book: QueueBook;
  readonly history: Pick<History, "remember">;
  /** Of these facts the feed announced the job, as against a look at everything. */
  readonly isLive: (id: string) => boolean;
  readonly context: Omit<ApplyContext, "live">;
}

/** What a batch of facts has changed. */
export interface BatchOutcome {
  /** Jobs and queues that views show otherwise now. */
  readonly jobs: ReadonlySet<string>;
  readonly queues: ReadonlySet<string>;
  /** Queues that nobody announced, so that they have to be counted again. */
  readonly uncounted: ReadonlySet<string>;
  readonly events: readonly JobEvent[];
  /** A result names a queue that was not known. */
  readonly newQueue: boolean;
  /** A payload is in no known queue: the source has to look for others. */
  readonly elsewhere: boolean;
}

/** Takes the facts of some jobs into the index, and what follows from them into the books of queues and outcomes. */
export function applyBatch(facts: readonly JobFacts[], parts: BatchParts): BatchOutcome {
  const { index, book, history, isLive, context } = parts;
  const jobs = new Set<string>();
  const queues = new Set<string>();
  const uncounted = new Set<string>();
  const events: JobEvent[] = [];
  let newQueue = false;
  let elsewhere = false;
  const announced = { ...context, live: true };
  const looked = { ...context, live: false };
  // Most jobs of a batch are of one queue.
  let lastQueue: string | null = null;
  const meet = (queue: string | null): void => {
    if (queue === null || queue === lastQueue) return;
    lastQueue = queue;
    if (book.meetInJob(queue, context.sweep)) newQueue = true;
  };
  const touch = (queue: string | null, live: boolean): void => {
    if (queue === null) return;
    queues.add(queue);
    // A feed announces the queue itself; what is met by looking tells only of the job.
    if (!live) uncounted.add(queue);
  };
  for (const each of facts) {
    const live = isLive(each.id);
    const applied = index.apply(each, live ? announced : looked);
    const { before, after, changed } = applied;
    if (applied === nothingNew) {
      const decoded = each.result?.decoded;
      if (decoded?.ok === true) meet(decoded.queue);
      continue;
    }
    meet(after?.queue ?? null);
    if (changed) {
      jobs.add(each.id);
      if (before !== null) touch(before.queue, live);
      if (after !== null && after.queue !== before?.queue) touch(after.queue, live);
    }
    for (const event of applied.events) events.push(event);
    history.remember(applied, context.now);
    elsewhere ||= each.job !== null && after?.state === "unknown" && before?.state !== "unknown";
  }
  return { jobs, queues, uncounted, events, newQueue, elsewhere };
}
