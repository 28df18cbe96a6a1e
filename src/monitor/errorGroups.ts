import { errorGroupKey, splitErrorGroupKey } from "./errorGroupKey";
import { errorGroupMark } from "./errorGroupMark";
import { inRows } from "./inRows";
import { freeRow } from "./jobColumns";
import type { JobTable } from "./jobTable";
import type { ErrorGroup, JobRow } from "./model";
import { newestAt } from "./rowClauses";
import type { Slices } from "./slices";

const jobsAtMost = 200;
/** Of all groups together, those with the newest failures first: some 20 ms of rows. */
const jobsInAllAtMost = 20_000;
const hourMs = 60 * 60_000;
const trendHours = 24;

/** What is known beyond the jobs. */
export interface KnownOfFailures {
  /** When jobs of a group first failed; null where no more is known of it than its jobs tell. */
  readonly firstSeen: (group: string) => number | null;
  /** Failures since that moment, also of earlier lives of jobs. */
  readonly since: (at: number) => Iterable<{ readonly group: string; readonly finishedAt: number }>;
  /** Whether no failure of this span can have been missed. */
  readonly watched: (from: number, to: number) => boolean;
}

export const nothingMoreKnown: KnownOfFailures = { firstSeen: () => null, since: () => [], watched: () => false };

interface Gathered {
  count: number;
  remembered: number;
  firstAt: number;
  lastAt: number;
  firstLately: number;
  lastBefore: number;
  lastHeldBefore: number;
  lastWeek: number;
  readonly trend: Uint32Array;
  readonly functions: Map<string, number>;
  readonly queues: Map<string, number>;
  readonly newest: NewestJobs;
}

/**
 * Failed jobs by what they failed of, the group with the newest failure first. `remembered`: jobs that Redis has forgotten, of which the
 * failed ones count, too. `now` is Redis' clock, unix ms. Rows count as they were when their slice looked at them.
 */
export async function groupErrors(
  table: JobTable,
  remembered: Iterable<JobRow>,
  now: number,
  slices: Slices,
  more: KnownOfFailures = nothingMoreKnown,
): Promise<ErrorGroup[]> {
  /** Since when Redis holds failures, by function. */
  const heldSince = new Map<string | null, number>();
  const all = new Map<string, Gathered>();
  const gatheredOf = (key: string): Gathered => {
    let gathered = all.get(key);
    if (gathered === undefined) all.set(key, (gathered = nothingGathered()));
    return gathered;
  };
  /** By number, which stands for the same group within a slice only. */
  let known: (Gathered | undefined)[] = [];
  await inRows(
    () => table.end,
    slices,
    (rows, count, fresh) => {
      if (fresh) known = [];
      const { columns, strings } = table;
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        const code = columns.errorGroup[row]!;
        if (code === 0 || columns.state[row] === freeRow) continue;
        const gathered = (known[code] ??= gatheredOf(strings.text(code)!));
        const newest = newestAt(columns, row);
        const at = Number.isNaN(newest) ? now : newest;
        const name = strings.text(columns.function[row]!);
        add(gathered, at, name, strings.text(columns.queue[row]!), now);
        if (at < now - hourMs) gathered.lastHeldBefore = Math.max(gathered.lastHeldBefore, at);
        if (at < (heldSince.get(name) ?? Number.POSITIVE_INFINITY)) heldSince.set(name, at);
        gathered.newest.add(row, at);
      }
    },
  );
  /** A job may have failed more than once under its id: it counts as it did last. */
  const met = new Set<string>();
  for (const { job, at } of lastFirst(remembered, now)) {
    const key = errorGroupKey(job.error.type, job.error.message);
    const held = table.find(job.id);
    const isHeld = held >= 0 && table.strings.text(table.columns.errorGroup[held]!) === key;
    if (isHeld || met.has(`${key}\n${job.id}`)) continue;
    met.add(`${key}\n${job.id}`);
    const gathered = gatheredOf(key);
    add(gathered, at, job.function, job.queue, now);
    gathered.remembered++;
    gathered.newest.add(job, at);
    if (met.size % 100 === 0 && slices.isOver) await slices.rest();
  }
  for (const { group, finishedAt } of more.since(now - trendHours * hourMs)) {
    const gathered = all.get(group);
    if (gathered !== undefined) addTime(gathered, finishedAt, now);
  }
  const sorted = [...all].sort((a, b) => b[1].lastAt - a[1].lastAt || (a[0] < b[0] ? -1 : 1));
  const groups: ErrorGroup[] = [];
  let room = jobsInAllAtMost;
  for (const [key, gathered] of sorted) {
    gathered.firstAt = Math.min(gathered.firstAt, more.firstSeen(key) ?? gathered.firstAt);
    const since = [...gathered.functions.keys()].map((name) => heldSince.get(name) ?? Number.POSITIVE_INFINITY);
    const times = { ...gathered, heldSince: since.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...since) };
    const mark = errorGroupMark(times, now, more.watched);
    const group = { ...groupOf(key, gathered, table, now, Math.max(1, room)), mark };
    room -= group.jobs.length;
    groups.push(group);
    if (slices.isOver) await slices.rest();
  }
  return groups;
}

type FailedJob = JobRow & { readonly error: NonNullable<JobRow["error"]> };

function lastFirst(jobs: Iterable<JobRow>, now: number): { readonly job: FailedJob; readonly at: number }[] {
  const failed: { readonly job: FailedJob; readonly at: number }[] = [];
  for (const job of jobs) if (isFailed(job)) failed.push({ job, at: job.finishedAt ?? job.rememberedSince ?? now });
  return failed.sort((a, b) => b.at - a.at);
}

function isFailed(job: JobRow): job is FailedJob {
  return job.state === "failed" && job.error !== null;
}

function groupOf(
  key: string,
  gathered: Gathered,
  table: JobTable,
  now: number,
  atMost: number,
): Omit<ErrorGroup, "mark"> {
  const { count, remembered, firstAt, lastAt, lastWeek, trend, functions, queues } = gathered;
  const jobs: JobRow[] = [];
  for (const job of gathered.newest.sorted) {
    if (jobs.length === atMost) break;
    const row = typeof job !== "number" ? job : table.isFree(job) ? null : table.read(job, now);
    // The row may have another job since its slice.
    if (row?.error && errorGroupKey(row.error.type, row.error.message) === key) jobs.push(row);
  }
  return {
    key,
    ...splitErrorGroupKey(key),
    sample: jobs[0]?.error?.message ?? splitErrorGroupKey(key).message,
    count,
    remembered,
    firstAt,
    lastAt,
    lastHour: trend.at(-1)!,
    lastDay: trend.reduce((sum, each) => sum + each, 0),
    lastWeek,
    trend: [...trend],
    functions: byCount(functions),
    queues: byCount(queues),
    latest: jobs[0] ?? null,
    jobs,
  };
}

function add(gathered: Gathered, at: number, name: string | null, queue: string | null, now: number): void {
  gathered.count++;
  if (at < gathered.firstAt) gathered.firstAt = at;
  if (at > gathered.lastAt) gathered.lastAt = at;
  addTime(gathered, at, now);
  // As `since:` has it: what happened exactly so long ago is within.
  if (at >= now - 7 * trendHours * hourMs) gathered.lastWeek++;
  // A worker's clock may run ahead of Redis': the last hour takes what lies in the future.
  const hour = trendHours - 1 - Math.max(0, Math.ceil((now - at) / hourMs) - 1);
  if (hour >= 0) gathered.trend[hour]!++;
  if (name !== null) gathered.functions.set(name, (gathered.functions.get(name) ?? 0) + 1);
  if (queue !== null) gathered.queues.set(queue, (gathered.queues.get(queue) ?? 0) + 1);
}

function addTime(gathered: Gathered, at: number, now: number): void {
  if (at >= now - hourMs) gathered.firstLately = Math.min(gathered.firstLately, at);
  else gathered.lastBefore = Math.max(gathered.lastBefore, at);
}

function byCount(counts: ReadonlyMap<string, number>): { name: string; count: number }[] {
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

function nothingGathered(): Gathered {
  return {
    count: 0,
    remembered: 0,
    firstAt: Number.POSITIVE_INFINITY,
    lastAt: Number.NEGATIVE_INFINITY,
    firstLately: Number.POSITIVE_INFINITY,
    lastBefore: Number.NEGATIVE_INFINITY,
    lastHeldBefore: Number.NEGATIVE_INFINITY,
    lastWeek: 0,
    trend: new Uint32Array(trendHours),
    functions: new Map(),
    queues: new Map(),
    newest: new NewestJobs(),
  };
}

/** The newest jobs of a group: rows of the table, or jobs that are in it no more. */
class NewestJobs {
  #jobs: { readonly job: number | JobRow; readonly at: number }[] = [];
  #olderAreLate = Number.NEGATIVE_INFINITY;

  add(job: number | JobRow, at: number): void {
    if (at < this.#olderAreLate) return;
    this.#jobs.push({ job, at });
    if (this.#jobs.length < 2 * jobsAtMost) return;
    this.#cut();
    this.#olderAreLate = this.#jobs.at(-1)!.at;
  }

  get sorted(): readonly (number | JobRow)[] {
    this.#cut();
    return this.#jobs.map(({ job }) => job);
  }

  #cut(): void {
    this.#jobs.sort((a, b) => b.at - a.at);
    this.#jobs.length = Math.min(this.#jobs.length, jobsAtMost);
  }
}
