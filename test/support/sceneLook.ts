import type { JobRow, MonitorSnapshot } from "../../src/monitor/model";

/** A moment known to lie between two, unix ms: what the worker noted before and after it. */
export type Span = readonly [from: number, to: number];

/** What is true of a job at a moment; made by test/arq/scenarios/stage.py from what the workers noted. */
export interface JobLook {
  readonly id: string;
  /** One of them. */
  readonly state: string | readonly string[];
  readonly function?: string;
  readonly queue?: string;
  readonly tries?: number;
  /** Of the failure; `type` and `message` are regular expressions. A look without `kind` expects no failure. */
  readonly kind?: string;
  readonly type?: string;
  readonly message?: string;
  readonly enqueuedAt?: Span;
  readonly scheduledAt?: Span;
  readonly startedAt?: Span;
  readonly finishedAt?: Span;
  /** The wait must be shown. */
  readonly knownWaitMs?: Span;
  /** It may be shown, then rightly; null: it cannot be known. */
  readonly waitMs?: Span | null;
  /** The function was never called. */
  readonly runMs?: null;
  /** PTTL of the result: -1 for ever. */
  readonly resultTtl?: number;
  /** No key is left: known only to those who watched. */
  readonly gone?: boolean;
  readonly notBefore?: number;
  /** Fields that only those know who saw the job before. */
  readonly remembered?: readonly string[];
}

/** What is true of workers. */
export interface WorkerLook {
  readonly worker: {
    readonly queue: string;
    readonly kind: "shared" | "process";
    readonly pid?: number;
    /** Whether its health record is there. */
    readonly there: boolean;
  };
}

export type Look = JobLook | WorkerLook;

/** How far a shown time may lie outside what the worker noted, ms. */
export const tolerance = 5;

/** The farthest that any time shown lay outside its span, over all looks that were found to be right. */
export interface Deviation {
  compared: number;
  worst: number;
}

/**
 * Compares a job as it is shown with the truth.
 * @param watched whether whoever shows it has seen the job before
 * @returns what is wrong; empty when nothing is.
 */
export function problemsOfRow(row: JobRow, look: JobLook, watched: boolean, deviation?: Deviation): string[] {
  const problems: string[] = [];
  const differs = (field: string, shown: unknown, truth: unknown): void => {
    problems.push(`${field} is shown as ${JSON.stringify(shown)}, but is ${JSON.stringify(truth)}`);
  };
  const expected = <T>(field: string, truth: T): T | null =>
    !watched && look.remembered?.includes(field) === true ? null : truth;

  if (![look.state].flat().includes(row.state)) differs("state", row.state, look.state);
  for (const field of ["function", "queue", "tries"] as const) {
    const truth = look[field];
    if (truth !== undefined && row[field] !== expected(field, truth))
      differs(field, row[field], expected(field, truth));
  }
  if ((row.error?.kind ?? null) !== (look.kind ?? null)) differs("kind", row.error?.kind ?? null, look.kind ?? null);
  for (const field of ["type", "message"] as const) {
    const truth = look[field];
    const shown = row.error?.[field] ?? "";
    if (truth !== undefined && !new RegExp(`(^|\\.)${truth}$`).test(shown)) differs(field, shown, truth);
  }

  const distances: number[] = [];
  const within = (field: string, shown: number | null, truth: Span): void => {
    const distance = shown === null ? Infinity : Math.max(truth[0] - shown, shown - truth[1], 0);
    if (distance > tolerance) differs(field, shown, truth);
    else distances.push(distance);
  };
  for (const field of ["enqueuedAt", "scheduledAt", "startedAt", "finishedAt"] as const) {
    const truth = look[field];
    if (truth === undefined) continue;
    if (expected(field, truth) === null) {
      if (row[field] !== null) differs(field, row[field], null);
    } else within(field, row[field], truth);
  }
  if (look.knownWaitMs !== undefined) within("waitMs", row.waitMs, look.knownWaitMs);
  else if (look.waitMs === null && row.waitMs !== null) differs("waitMs", row.waitMs, null);
  else if (look.waitMs && row.waitMs !== null) within("waitMs", row.waitMs, look.waitMs);
  if (look.runMs === null && row.runMs !== null) differs("runMs", row.runMs, null);
  if (row.waitMs !== null && row.waitMs < 0) differs("waitMs", row.waitMs, "never negative");
  if (row.runMs !== null && row.runMs < 0) differs("runMs", row.runMs, "never negative");

  if (problems.length === 0 && deviation !== undefined) {
    deviation.compared += distances.length;
    deviation.worst = Math.max(deviation.worst, ...distances);
  }
  return problems;
}

/** The same for a worker's health record. */
export function problemsOfWorkers({ workers }: MonitorSnapshot, { worker }: WorkerLook): string[] {
  const found = workers.filter(
    ({ kind, queue, pid, evidence }) =>
      kind === worker.kind &&
      queue === worker.queue &&
      (worker.pid === undefined || pid === worker.pid) &&
      evidence.some((sentence) => /health record/i.test(sentence)),
  );
  if (found.length > 0 === worker.there) return [];
  return [`of workers ${JSON.stringify(workers)} is shown, but true is ${JSON.stringify(worker)}`];
}
