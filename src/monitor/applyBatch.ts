import type { JobFacts } from "../arq/jobModel";
import type { History } from "./history";
import type { ApplyContext, JobIndex } from "./jobIndex";
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
  for (const each of facts) {
    if (index.meetsAgain(each, context.sweep)) {
      const { decoded } = each.result!;
      if (decoded.ok && decoded.queue !== null && book.meetInJob(decoded.queue, context.sweep)) newQueue = true;
      continue;
    }
    const live = isLive(each.id);
    const applied = index.apply(each, { ...context, live });
    const { before, after, changed } = applied;
    if (changed) jobs.add(each.id);
    for (const queue of before === null ? [after?.queue] : [before.queue, after?.queue]) {
      if (queue === null || queue === undefined) continue;
      if (changed) queues.add(queue);
      // A feed announces the queue itself; what is met by looking tells only of the job.
      if (changed && !live) uncounted.add(queue);
      if (queue === after?.queue && book.meetInJob(queue, context.sweep)) newQueue = true;
    }
    events.push(...applied.events);
    history.remember(applied, context.now);
    elsewhere ||= each.job !== null && after?.state === "unknown" && before?.state !== "unknown";
  }
  return { jobs, queues, uncounted, events, newQueue, elsewhere };
}
