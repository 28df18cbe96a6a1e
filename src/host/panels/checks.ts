import { jobStates, type JobState } from "../../arq/jobModel";
import type { JobQuery, JobSort } from "../../monitor/model";
import type { PageCommand } from "../../protocol/messages";
import type { ValueRoot } from "../../protocol/viewModels";

/** Run-time checks of what a page sends. Each throws, naming what is wrong: a page shows untrusted text and may be subverted. */

const sorts: readonly JobSort[] = [
  "newest",
  "id",
  "function",
  "state",
  "queue",
  "enqueuedAt",
  "scheduledAt",
  "startedAt",
  "finishedAt",
  "runMs",
  "waitMs",
  "tries",
  "error",
  "worker",
];
const commands: readonly PageCommand[] = [
  "connect",
  "switchConnection",
  "refresh",
  "pauseIndexing",
  "resumeIndexing",
  "showLog",
  "setPassword",
  "showDashboard",
  "healthSettings",
  "logSettings",
  "addWorkerInstrumentation",
  "copyDashboardLink",
];
const roots: readonly ValueRoot[] = ["args", "kwargs", "result"];
const maxText = 10_000;
const maxPage = 500;

export function fields(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("an object is expected");
  return value as Record<string, unknown>;
}

export function text(value: unknown, name: string): string {
  if (typeof value !== "string" || value.length > maxText) throw new Error(`${name} is not a text`);
  return value;
}

export function index(value: unknown, name: string, maximum = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value > maximum) {
    throw new Error(`${name} is not a number from 0 to ${maximum}`);
  }
  return value;
}

export function bool(value: unknown, name: string): boolean {
  if (typeof value !== "boolean") throw new Error(`${name} is neither true nor false`);
  return value;
}

export function oneOf<T extends string>(value: unknown, allowed: readonly T[], name: string): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new Error(`${name} is not one of ${allowed.join(", ")}`);
  return found;
}

export function pageCommand(params: unknown): { command: PageCommand } {
  return { command: oneOf(fields(params).command, commands, "command") };
}

export function valueRoot(value: unknown): ValueRoot {
  return oneOf(value, roots, "root");
}

/** Steps from the root; negative ones are "more" rows (`valueNodes.ts`). */
export function valuePath(value: unknown): readonly number[] {
  if (!Array.isArray(value) || value.length > 1000) throw new Error("path is not a list of steps");
  for (const step of value) if (!Number.isSafeInteger(step)) throw new Error("path holds something that is no step");
  return value as number[];
}

export function jobQuery(value: unknown): JobQuery {
  const given = fields(value);
  const states = given.states;
  if (!Array.isArray(states) || states.length > jobStates.length) throw new Error("states is not a list of states");
  return {
    states: states.map((state): JobState => oneOf(state, jobStates, "state")),
    queue: textOrNull(given.queue, "queue"),
    function: textOrNull(given.function, "function"),
    errorGroup: textOrNull(given.errorGroup, "errorGroup"),
    text: text(given.text, "text"),
    sort: oneOf(given.sort, sorts, "sort"),
    descending: bool(given.descending, "descending"),
    offset: index(given.offset, "offset"),
    limit: Math.max(1, index(given.limit, "limit", maxPage)),
    // What stands in it is checked where it is read.
    anchor: textOrNull(given.anchor, "anchor"),
    remembered: remembers(given.remembered),
  };
}

function textOrNull(value: unknown, name: string): string | null {
  return value === null || value === undefined ? null : text(value, name);
}

function remembers(value: unknown): boolean | "also" {
  return value === undefined ? false : value === "also" ? value : bool(value, "remembered");
}
