import type { JobRow } from "../../src/protocol/viewModels";

export interface Span {
  readonly kind: "deferred" | "waited" | "beforeStart" | "retried" | "ran";
  readonly ms: number;
  /** It still goes on. */
  readonly open: boolean;
}

/** A due time this close to the enqueuing is the enqueuing, read from another clock. */
const sameMoment = 1000;

/** The life of a job in spans, oldest first. Only what is known: a span without both ends is left out. */
export function timeline(row: JobRow, now: number): Span[] {
  const spans: Span[] = [];
  const add = (kind: Span["kind"], from: number, to: number, open: boolean) => {
    if (to > from || (kind === "ran" && to === from)) spans.push({ kind, ms: to - from, open });
  };
  const { enqueuedAt, scheduledAt, startedAt, finishedAt, waitMs } = row;
  const tries = row.tries ?? 0;
  const waitsAgain =
    row.state === "queued" || row.state === "deferred" || row.state === "retrying" || row.state === "expired";
  if (startedAt === null || waitsAgain) {
    if (enqueuedAt === null || finishedAt !== null) return spans;
    if (tries > 0) add("retried", enqueuedAt, now, true);
    else if (scheduledAt === null) add("beforeStart", enqueuedAt, now, true);
    else if (scheduledAt > now) add("deferred", enqueuedAt, scheduledAt, true);
    else {
      if (scheduledAt - enqueuedAt > sameMoment) add("deferred", enqueuedAt, scheduledAt, false);
      add("waited", Math.max(scheduledAt, enqueuedAt), now, true);
    }
    return spans;
  }
  // What is known of a start is known of the last one: all before it were tries and the waits between them.
  const before = tries > 1 ? "retried" : "deferred";
  if (waitMs !== null) {
    const dueAt = startedAt - waitMs;
    if (enqueuedAt !== null && dueAt - enqueuedAt > sameMoment) add(before, enqueuedAt, dueAt, false);
    add("waited", dueAt, startedAt, false);
  } else if (enqueuedAt !== null) add(tries > 1 ? "retried" : "beforeStart", enqueuedAt, startedAt, false);
  if (finishedAt !== null) add("ran", startedAt, finishedAt, false);
  else if (row.state === "running") add("ran", startedAt, Math.max(startedAt, now), true);
  return spans;
}
