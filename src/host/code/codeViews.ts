import { newestJobs } from "../../protocol/jobQuery";
import {
  type AppliedView,
  type CodeNote,
  type FunctionLimits,
  type LimitsView,
  limitsId,
  type PlaceView,
} from "../../protocol/codeViews";
import type { CodePlace, TaskCode } from "../../python/tasks/taskCode";
import { assertNever } from "../../python/assertNever";
import { placeText } from "./placeText";
import type { Drift } from "./drift";
import { driftText } from "./driftText";
import { adviseRegistration, adviseSettings, type SettingAdvice } from "./settingsAdvice";
import { likelyQueueOf } from "./settingsQueue";
import { type Applied, limitsOf } from "./taskLimits";

/** More are not read by anybody. */
const notesAtMost = 50;

export function placeView({ file, line }: Pick<CodePlace, "file" | "line">): PlaceView {
  return { file, line, text: placeText({ file, line }) };
}

export function appliedView(applied: Applied | null): AppliedView | null {
  // Infinity does not survive the way to a page, and is no limit.
  if (applied === null || !Number.isFinite(applied.value)) return null;
  const { value, setting, place, assumed } = applied;
  return { value, setting, place: place === null ? null : placeView(place), assumed };
}

/** Null where the source does not tell of the function. */
export function limitsView(code: TaskCode | null, name: string | null, queue: string | null): LimitsView | null {
  const limits = code === null || name === null ? null : limitsOf(code, name, queue);
  return limits === null ? null : { maxTries: appliedView(limits.maxTries), timeout: appliedView(limits.timeout) };
}

/** Of every function and queue among the rows, once. */
export function functionLimits(
  code: TaskCode | null,
  rows: readonly { readonly function: string | null; readonly queue: string | null }[],
): readonly FunctionLimits[] {
  const all = new Map<string, FunctionLimits>();
  for (const { function: name, queue } of rows) {
    const id = limitsId(name, queue);
    const limits = all.has(id) ? null : limitsView(code, name, queue);
    if (limits !== null) all.set(id, { id, ...limits });
  }
  return [...all.values()];
}

/** What to change in the settings of workers, so that failures can be looked into. `queue`: of these workers only. */
export function adviceNotes(code: TaskCode | null, queue?: string | null): readonly CodeNote[] {
  const settings = (code?.settings ?? []).filter((each) => queue === undefined || likelyQueueOf(each) === queue);
  return settings.flatMap(adviseSettings).map(adviceNote).slice(0, notesAtMost);
}

/** The same for functions and cron jobs that have settings of their own. `name` and `queue`: of this function only. */
export function functionNotes(code: TaskCode | null, name?: string | null, queue?: string | null): readonly CodeNote[] {
  const tasks = (code?.tasks ?? []).filter((task) => name === undefined || task.name === name);
  return tasks
    .flatMap((task) =>
      task.registrations
        .filter(({ settings }) => queue === undefined || queue === null || likelyQueueOf(settings) === queue)
        .flatMap(adviseRegistration)
        .map((advice) => ({ ...adviceNote(advice), title: task.name })),
    )
    .slice(0, notesAtMost);
}

function adviceNote({ setting, place, settings, text }: SettingAdvice): CodeNote {
  const title = setting === "cron" || setting === "functions" ? settings.name : `${settings.name}.${setting}`;
  const queue = likelyQueueOf(settings);
  const id = JSON.stringify([setting, place.file, place.line, place.column]);
  return { id, kind: "advice", title, text, queue, place: placeView(place), jobs: null };
}

export function driftNotes(drifts: readonly Drift[]): readonly CodeNote[] {
  return drifts.slice(0, notesAtMost).map((drift) => {
    const { label, detail } = driftText(drift);
    const { place, jobs } = waysOut(drift);
    return {
      id: JSON.stringify([drift.kind, drift.queue, "name" in drift ? drift.name : null, place?.file, place?.line]),
      kind: isPressing(drift) ? "drift" : "unseen",
      title: label,
      text: detail,
      queue: drift.queue,
      place: place === null ? null : placeView(place),
      jobs,
    };
  });
}

/** It harms jobs, or may. */
export function isPressing({ kind }: Drift): boolean {
  return kind !== "neverRun" && kind !== "queueUnseen";
}

/** Where to go from a difference: to the nearest place in the source, and to the jobs. */
export function waysOut(drift: Drift): {
  readonly place: Pick<CodePlace, "file" | "line"> | null;
  readonly jobs: CodeNote["jobs"];
} {
  switch (drift.kind) {
    case "undefined":
      return { place: drift.near, jobs: { ...newestJobs, function: drift.name, queue: drift.queue } };
    case "notRegistered":
    case "arguments":
      return { place: drift.definition, jobs: { ...newestJobs, function: drift.name, queue: drift.queue } };
    case "neverRun":
      return { place: drift.registration.place, jobs: null };
    case "cronUnseen":
      return { place: drift.cron.place, jobs: null };
    case "queueUnseen":
      return { place: drift.settings.values.queue_name?.place ?? drift.settings.place, jobs: null };
    default:
      return assertNever(drift);
  }
}
