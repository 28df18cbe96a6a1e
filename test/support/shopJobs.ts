import type { Redis } from "ioredis";
import { jobPayload, resultPayload } from "../demo/arqPayloads";
import { type Pickled, PyCall, tuple } from "../demo/pickle";

/** A job that waits. */
export interface WaitingJob {
  readonly id: string;
  readonly queue?: string;
  readonly function?: string;
  /** When it may run, unix ms; at once when absent. */
  readonly at?: number;
  /** Attempts that were made. */
  readonly tries?: number;
  /** A worker holds it. */
  readonly running?: true;
}

/** A job that has ended. */
export interface EndedJob {
  readonly id: string;
  readonly queue?: string;
  readonly function?: string;
  /** How long ago, ms; a minute when absent. */
  readonly ago?: number;
  readonly error?: PyCall;
  readonly traceback?: string;
}

const dayMs = 86_400_000;
const minute = 60_000;

/** Leaves in Redis what ARQ would of a job that waits or runs. */
export async function leaveWaiting(redis: Redis, jobs: readonly WaitingJob[]): Promise<void> {
  const now = Date.now();
  const pipeline = redis.pipeline();
  for (const { id, queue = "arq:queue", function: name = "send_confirmation", at = now, tries = 0, running } of jobs) {
    const payload = jobPayload({ function: name, args: tuple(id), kwargs: {}, enqueuedAt: now - 1000 });
    pipeline.psetex(`arq:job:${id}`, dayMs, payload).zadd(queue, at, id);
    if (tries > 0) pipeline.psetex(`arq:retry:${id}`, dayMs, String(tries));
    if (running === true) pipeline.psetex(`arq:in-progress:${id}`, 310_000, "1");
  }
  await pipeline.exec();
}

/** Leaves in Redis what ARQ would of a job that has ended: nothing but its result. */
export async function leaveEnded(redis: Redis, jobs: readonly EndedJob[]): Promise<void> {
  const pipeline = redis.pipeline();
  for (const { id, queue = "arq:queue", function: name = "place_order", ago = minute, error, traceback } of jobs) {
    const finishedAt = Date.now() - ago;
    const result: Pickled = error ?? null;
    const payload = resultPayload({
      function: name,
      args: tuple(id, 4200),
      kwargs: {},
      enqueuedAt: finishedAt - 900,
      startedAt: finishedAt - 400,
      finishedAt,
      id,
      queue,
      tries: 1,
      success: error === undefined,
      result,
      ...(traceback === undefined ? {} : { extra: { tb: traceback, w: "shop-1:4711" } }),
    });
    pipeline
      .zrem(queue, id)
      .del(`arq:job:${id}`, `arq:in-progress:${id}`, `arq:retry:${id}`)
      .set(`arq:result:${id}`, payload, "PX", dayMs);
  }
  await pipeline.exec();
}

/** `count` jobs named one after the other. */
export function numbered<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

/** What Python prints when a function of the demo shop fails on this line of `payments.py`. */
export function tracebackAt(line: number, error: string): string {
  return `Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/arq/worker.py", line 594, in run_job
    result = await asyncio.wait_for(task, timeout_s)
  File "/app/shop/payments.py", line ${line}, in pay_out
    return split(cents, sellers)
${error}
`;
}

export const keyError = (key: string): PyCall => new PyCall("builtins", "KeyError", [key]);
export const zeroDivision = new PyCall("builtins", "ZeroDivisionError", ["integer division or modulo by zero"]);

/**
 * A small shop with something of everything: three queues, jobs in every usual state, errors of three kinds in several queues, a cron job and a worker.
 * What it adds up to is in `shopNumbers`.
 */
export async function openShop(redis: Redis): Promise<void> {
  const now = Date.now();
  await leaveWaiting(redis, [
    ...numbered(12, (n) => ({ id: `waits-${n}` })),
    ...numbered(5, (n) => ({ id: `mail-${n}`, queue: "mails", function: "send_letter" })),
    ...numbered(3, (n) => ({ id: `later-${n}`, function: "remind", at: now + (n + 1) * 3_600_000 })),
    { id: "again-1", function: "charge_card", at: now + 1_800_000, tries: 1 },
    { id: "runs-1", function: "write_report", at: now - 20_000, tries: 1, running: true },
  ]);
  await leaveEnded(redis, [
    ...numbered(40, (n) => ({ id: `done-${n}`, ago: minute + n * 1000 })),
    ...numbered(10, (n) => ({ id: `sent-${n}`, queue: "mails", function: "send_letter" })),
    ...numbered(6, (n) => ({ id: `report-${n}`, queue: "reports", function: "write_report" })),
    ...numbered(3, (n) => ({ id: `lost-${n}`, error: keyError("MUG-GREEN"), ago: (n + 1) * minute })),
    {
      id: "key-old",
      queue: "mails",
      error: keyError("to"),
      traceback: tracebackAt(62, "KeyError: 'to'"),
      ago: 3_000_000,
    },
    {
      id: "key-new",
      queue: "mails",
      error: keyError("to"),
      traceback: tracebackAt(56, "KeyError: 'to'"),
      ago: 120_000,
    },
    { id: "key-else", error: keyError("to"), traceback: tracebackAt(48, "KeyError: 'to'"), ago: 30_000 },
    ...numbered(2, (n) => ({
      id: `split-${n}`,
      queue: "reports",
      function: "pay_out",
      error: zeroDivision,
      traceback: tracebackAt(63, "ZeroDivisionError: integer division or modulo by zero"),
      ago: (n + 2) * minute,
    })),
    ...numbered(4, (n) => {
      const due = Math.floor(now / minute) * minute - (n + 1) * 5 * minute;
      return { id: `cron:close_day:${due}`, function: "cron:close_day", ago: now - due - 500 };
    }),
  ]);
  await redis.psetex(
    "arq:queue:health-check",
    3_600_000,
    "Nov-22 10:00:00 j_complete=4321 j_failed=17 j_retried=3 j_ongoing=1 queued=17",
  );
}

/** Of `openShop`, by hand. */
export const shopNumbers = {
  total: 90,
  queued: 17,
  deferred: 3,
  running: 1,
  retrying: 1,
  complete: 60,
  failed: 8,
} as const;
