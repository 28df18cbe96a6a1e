import type { CronJob, TaskStats } from "../../monitor/queryModel";
import type { Misfit } from "../../python/tasks/callFit";
import { hangsOnTimeZone, nextRuns } from "../../python/tasks/nextRuns";
import type {
  CodePlace,
  CronCode,
  FunctionDefinition,
  Registration,
  SettingsCode,
  TaskCode,
} from "../../python/tasks/taskCode";
import { nearName } from "./nearName";
import { known, likelyQueueOf, queueOf } from "./settingsQueue";
import { limitsOfRegistration, registeredFor } from "./taskLimits";

/** Where the source in the open folders and what is in Redis do not fit. Never a verdict: the source may be of another branch, or of another service. */
export type Drift =
  /** Jobs wait for a function that was not found, or failed in the last hour because their worker has not got it. */
  | {
      readonly kind: "undefined";
      readonly queue: string;
      readonly name: string;
      readonly jobs: number;
      /** A task of nearly this name. */
      readonly near: FunctionDefinition | null;
      /** A part of `functions` cannot be read: it may be among those. */
      readonly isUnsure: boolean;
    }
  /** Jobs wait for a function that no worker of their queue is given. */
  | {
      readonly kind: "notRegistered";
      readonly queue: string;
      readonly name: string;
      readonly jobs: number;
      readonly definition: FunctionDefinition;
      readonly settings: SettingsCode;
    }
  /** Jobs that wait give arguments that the function does not take; `jobs` of `sampled` that were looked at. */
  | {
      readonly kind: "arguments";
      readonly queue: string;
      readonly name: string;
      readonly jobs: number;
      readonly sampled: number;
      readonly jobId: string;
      readonly misfits: readonly Misfit[];
      readonly definition: FunctionDefinition;
    }
  /** Workers are given a function of which no job is known. */
  | { readonly kind: "neverRun"; readonly queue: string; readonly name: string; readonly registration: Registration }
  /** A cron job was due, and no run was seen. */
  | {
      readonly kind: "cronUnseen";
      readonly queue: string;
      readonly name: string;
      readonly cron: CronCode;
      readonly dueAt: number;
    }
  /** Workers are to read a queue of which nothing is in Redis. */
  | { readonly kind: "queueUnseen"; readonly queue: string; readonly settings: SettingsCode };

/** Arguments of jobs that wait, against the signature of today. */
export interface ArgumentMisfit {
  readonly name: string;
  readonly queue: string;
  readonly jobs: number;
  readonly sampled: number;
  readonly jobId: string;
  readonly misfits: readonly Misfit[];
  readonly definition: FunctionDefinition;
}

export interface DriftFacts {
  readonly code: TaskCode;
  readonly stats: readonly TaskStats[];
  readonly crons: readonly CronJob[];
  /** That Redis is known to have, also empty ones. */
  readonly queues: readonly string[];
  readonly misfits: readonly ArgumentMisfit[];
  /** Redis' clock, unix ms. */
  readonly now: number;
  /** Since when everything that happens is noticed, unix ms; null: it is not, or not everything was looked at yet. */
  readonly watchedSince: number | null;
  /** Everything in Redis was looked at. */
  readonly isWhole: boolean;
}

/** A worker takes up a run within half a second, and may be busy. */
const graceMs = 15_000;
const notFound = /^function .* not found$/;
/** As many are shown at most; names come from Redis. */
const driftsAtMost = 500;

/** In the order in which they are worth a look. Nothing where no worker settings are in the open folders: then it is somebody else's Redis. */
export function driftOf(facts: DriftFacts): readonly Drift[] {
  if (facts.code.settings.length === 0) return [];
  return [
    ...namesWithout(facts),
    ...facts.misfits.map((each) => ({ kind: "arguments", ...each }) as const),
    ...once(cronsUnseen(facts), ({ cron }) => cron.place),
    ...queuesUnseen(facts),
    ...once(neverRun(facts), ({ registration }) => registration.place),
  ].slice(0, driftsAtMost);
}

/** Settings that are started in several ways hold the same registrations several times. */
function* once<T extends { readonly queue: string; readonly name: string }>(
  drifts: Iterable<T>,
  placeOf: (drift: T) => CodePlace,
): Generator<T> {
  const told = new Set<string>();
  for (const drift of drifts) {
    const { file, line, column } = placeOf(drift);
    const key = JSON.stringify([drift.queue, drift.name, file, line, column]);
    if (told.has(key)) continue;
    told.add(key);
    yield drift;
  }
}

function* namesWithout({ code, stats }: DriftFacts): Generator<Drift> {
  for (const { function: name, queue, queued, deferred, running, retrying, failedLastHour, lastError } of stats) {
    // A worker that has not got the function lets its jobs fail at once, in these words.
    const refused = notFound.test(lastError?.message ?? "") ? failedLastHour : 0;
    const jobs = queued + deferred + running + retrying + refused;
    if (queue === null || jobs === 0) continue;
    const readers = code.settings.filter((each) => likelyQueueOf(each) === queue);
    // The queue of another project, or of a service whose code is elsewhere.
    if (readers.length === 0) continue;
    const { found } = code.definitionsOf(name, queue);
    const unread = readers.some((each) => each.unread.length > 0) || !code.isComplete;
    const [first] = found;
    if (first === undefined) {
      const near = nearName(
        name,
        code.tasks.flatMap((task) => (task.definition === null ? [] : [task.name])),
      );
      const task = near === null ? undefined : code.tasks.find((each) => each.name === near);
      // Registered without a definition, such as a library's function: there is nothing to find.
      if (code.tasks.some((each) => each.name === name)) continue;
      yield { kind: "undefined", queue, name, jobs, near: task?.definition ?? null, isUnsure: unread };
    } else if (
      first.how !== "registered" &&
      !unread &&
      !code.tasks.some((each) => each.name === name && runs(each.registrations, queue))
    ) {
      yield { kind: "notRegistered", queue, name, jobs, definition: first.definition, settings: readers[0]! };
    }
  }
}

function runs(registrations: readonly Registration[], queue: string): boolean {
  return registrations.some(({ settings }) => (likelyQueueOf(settings) ?? queue) === queue);
}

function* cronsUnseen({
  code,
  crons,
  queues,
  now,
  watchedSince,
}: DriftFacts): Generator<Drift & { readonly kind: "cronUnseen" }> {
  if (watchedSince === null) return;
  for (const cron of code.crons) {
    const queue = likelyQueueOf(cron.settings);
    const schedule = known(cron.schedule);
    if (queue === null || schedule === null || !queues.includes(queue)) continue;
    if (crons.some((seen) => seen.function === cron.name && (seen.queue === null || seen.queue === queue))) continue;
    const { timezone } = cron.settings.values;
    const zone = timezone === null ? null : known(timezone);
    // The worker's own time zone is not known here.
    if (zone === null && hangsOnTimeZone(schedule.value)) continue;
    const [dueAt] = nextRuns(schedule.value, watchedSince, 1, zone?.value ?? null);
    if (dueAt !== undefined && dueAt < now - graceMs) yield { kind: "cronUnseen", queue, name: cron.name, cron, dueAt };
  }
}

function* queuesUnseen({ code, queues, isWhole }: DriftFacts): Generator<Drift> {
  // Redis without any queue of this project is another one: then nothing of it is there.
  if (!isWhole || !code.settings.some((each) => queues.includes(queueOf(each) ?? ""))) return;
  const told = new Set<string>();
  for (const settings of code.settings) {
    const queue = queueOf(settings);
    if (queue === null || queues.includes(queue) || told.has(queue)) continue;
    told.add(queue);
    yield { kind: "queueUnseen", queue, settings };
  }
}

function* neverRun({ code, stats, queues, isWhole }: DriftFacts): Generator<Drift & { readonly kind: "neverRun" }> {
  if (!isWhole) return;
  for (const { name, registrations } of code.tasks) {
    for (const registration of registrations) {
      const queue = queueOf(registration.settings);
      if (registration.how === "cron" || registration.replaced || queue === null || !queues.includes(queue)) continue;
      // Of jobs whose results are not kept nothing is left to be seen.
      const kept = limitsOfRegistration(registration).keepResult;
      if (kept === null || kept.value === 0) continue;
      const isKnown = stats.some((each) => each.function === name && (each.queue === queue || each.queue === null));
      if (!isKnown && registeredFor(code, name, queue).some((each) => each.registration === registration))
        yield { kind: "neverRun", queue, name, registration };
    }
  }
}
