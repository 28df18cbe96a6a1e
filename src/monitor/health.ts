import { decimalText, numberText, t } from "../python/l10n";
import type { QueueStats, Rate, WorkerCount } from "./model";

export type HealthLevel = "green" | "yellow" | "red" | "unknown";
export interface Health {
  readonly level: HealthLevel;
  /** The rules that tripped, worst first, each naming its number: "1,204 jobs in arq:queue, more than 1,000". Empty when green. */
  readonly reasons: readonly HealthReason[];
}

export interface HealthReason {
  readonly level: "yellow" | "red";
  readonly rule: "depth" | "oldestDue" | "failed" | "noneFinished" | "noWorker";
  /** The queue it is about; null: all of them. */
  readonly queue: string | null;
  readonly text: string;
}

/** Settings `arq.health.*`. */
export interface HealthThresholds {
  readonly yellowDepth: number;
  readonly redDepth: number;
  readonly yellowOldestDueSeconds: number;
  /** The yellow wait must have lasted this long. */
  readonly yellowOldestDueForSeconds: number;
  readonly redOldestDueSeconds: number;
  readonly yellowFailedPercent: number;
  readonly redFailedPercent: number;
  /** Below this many finished jobs in the window the failure rate says nothing. */
  readonly minimumJobs: number;
  readonly windowMinutes: number;
  readonly redNoneFinishedMinutes: number;
}

export const defaultThresholds: HealthThresholds = {
  yellowDepth: 500,
  redDepth: 1000,
  yellowOldestDueSeconds: 10,
  yellowOldestDueForSeconds: 60,
  redOldestDueSeconds: 300,
  yellowFailedPercent: 5,
  redFailedPercent: 10,
  minimumJobs: 20,
  windowMinutes: 5,
  redNoneFinishedMinutes: 10,
};

/** What health is judged by. Times unix ms and durations ms, on Redis' clock. */
export interface HealthInput {
  readonly now: number;
  /** The numbers are current and whole; otherwise nothing is judged. */
  readonly known: boolean;
  readonly queues: readonly Pick<QueueStats, "name" | "depth" | "oldestDueMs">[];
  /** Outcomes within `windowMinutes`. */
  readonly recent: Rate;
  readonly workerCount: WorkerCount;
  /** Jobs that are due and not running. */
  readonly waiting: number;
  /** Since when some job has been due and not running, without a break; null when none is. */
  readonly dueSince: number | null;
  /** Since when the oldest due job has waited longer than `yellowOldestDueSeconds`, without a break; null when it does not. */
  readonly overdueSince: number | null;
  /** When the newest job ended; null when none is known: results may not be kept. */
  readonly lastFinishedAt: number | null;
  /** Since when no end can have been missed. */
  readonly watchedSince: number;
}

/** Judges every rule of `arq.health.*`. Each reason names its rule and the number that tripped it, with the limit. */
export function assessHealth(input: HealthInput, thresholds: HealthThresholds): Health {
  if (!input.known) return { level: "unknown", reasons: [] };
  const reasons = [
    ...input.queues.flatMap((queue) => depthRule(queue, thresholds)),
    ...oldestDueRule(input, thresholds),
    ...failureRule(input.recent, thresholds),
    ...noneFinishedRule(input, thresholds),
    ...noWorkerRule(input),
  ];
  const red = reasons.filter((reason) => reason.level === "red");
  const yellow = reasons.filter((reason) => reason.level === "yellow");
  return {
    level: red.length > 0 ? "red" : yellow.length > 0 ? "yellow" : "green",
    reasons: [...red, ...yellow],
  };
}

function depthRule({ name, depth }: HealthInput["queues"][number], thresholds: HealthThresholds): HealthReason[] {
  const { yellowDepth, redDepth } = thresholds;
  const level = depth > redDepth ? "red" : depth > yellowDepth ? "yellow" : null;
  if (level === null) return [];
  const limit = level === "red" ? redDepth : yellowDepth;
  const text = t("{0} jobs in {1}, more than {2}", numberText(depth), name, numberText(limit));
  return [{ level, rule: "depth", queue: name, text }];
}

function oldestDueRule(input: HealthInput, thresholds: HealthThresholds): HealthReason[] {
  const { redOldestDueSeconds, yellowOldestDueSeconds, yellowOldestDueForSeconds } = thresholds;
  const oldest = input.queues.reduce<{ name: string; ms: number } | null>(
    (found, { name, oldestDueMs }) =>
      oldestDueMs !== null && oldestDueMs > (found?.ms ?? -1) ? { name, ms: oldestDueMs } : found,
    null,
  );
  if (oldest === null) return [];
  const { name, ms } = oldest;
  if (ms > redOldestDueSeconds * 1000) {
    const limit = duration(redOldestDueSeconds * 1000);
    const text = t("The oldest due job in {0} has waited {1}, more than {2}", name, duration(ms), limit);
    return [{ level: "red", rule: "oldestDue", queue: name, text }];
  }
  if (input.overdueSince === null) return [];
  const lasted = input.now - input.overdueSince;
  if (lasted < yellowOldestDueForSeconds * 1000) return [];
  const limit = duration(yellowOldestDueSeconds * 1000);
  const text = t(
    "The oldest due job in {0} has waited {1}; waits have been over {2} for {3}",
    name,
    duration(ms),
    limit,
    duration(lasted),
  );
  return [{ level: "yellow", rule: "oldestDue", queue: name, text }];
}

function failureRule(recent: Rate, thresholds: HealthThresholds): HealthReason[] {
  const { minimumJobs, yellowFailedPercent, redFailedPercent, windowMinutes } = thresholds;
  const judged = recent.complete + recent.failed;
  if (judged === 0 || judged < minimumJobs) return [];
  const percent = (recent.failed / judged) * 100;
  const level = percent > redFailedPercent ? "red" : percent > yellowFailedPercent ? "yellow" : null;
  if (level === null) return [];
  const limit = level === "red" ? redFailedPercent : yellowFailedPercent;
  const text = t(
    "{0} % of {1} jobs failed in the last {2} min, more than {3} %",
    decimalText(percent, 1, 0),
    numberText(judged),
    windowMinutes,
    limit,
  );
  return [{ level, rule: "failed", queue: null, text }];
}

function noneFinishedRule(input: HealthInput, { redNoneFinishedMinutes }: HealthThresholds): HealthReason[] {
  if (input.dueSince === null) return [];
  // A queue that was empty for an hour and got a job just now is no alarm: both must have lasted.
  const lasted = input.now - Math.max(input.dueSince, input.lastFinishedAt ?? input.watchedSince);
  if (lasted < redNoneFinishedMinutes * 60_000) return [];
  const text =
    input.waiting === 1
      ? t("1 job is due and none finished for {0}, limit {1} min", duration(lasted), redNoneFinishedMinutes)
      : t(
          "{0} jobs are due and none finished for {1}, limit {2} min",
          numberText(input.waiting),
          duration(lasted),
          redNoneFinishedMinutes,
        );
  return [{ level: "red", rule: "noneFinished", queue: null, text }];
}

function noWorkerRule({ waiting, workerCount }: HealthInput): HealthReason[] {
  if (waiting === 0 || workerCount.kind !== "exact" || workerCount.n > 0) return [];
  const text =
    waiting === 1
      ? t("1 job is due and no worker is seen")
      : t("{0} jobs are due and no worker is seen", numberText(waiting));
  return [{ level: "red", rule: "noWorker", queue: null, text }];
}

/** `12 s`, `4 min 5 s`, `2 h 3 min`. */
function duration(ms: number): string {
  const s = Math.floor(ms / 1000);
  if (s < 60) return t("{0} s", s);
  if (s < 3600) return s % 60 === 0 ? t("{0} min", s / 60) : t("{0} min {1} s", Math.floor(s / 60), s % 60);
  const min = Math.floor((s % 3600) / 60);
  return min === 0 ? t("{0} h", Math.floor(s / 3600)) : t("{0} h {1} min", Math.floor(s / 3600), min);
}
