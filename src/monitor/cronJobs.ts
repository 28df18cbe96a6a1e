import { parseCronId } from "../arq/cronId";
import type { JobState } from "../arq/jobModel";
import { isDueTime } from "../arq/jobTimes";
import { cronInterval } from "./cronInterval";
import { inRows } from "./inRows";
import { freeRow } from "./jobColumns";
import type { JobTable } from "./jobTable";
import type { JobRow } from "./model";
import type { CronJob, CronRun } from "./queryModel";
import type { Slices } from "./slices";

const runsTold = 10;
/** Due times by which the interval is told. */
const timesKept = 60;
/** ARQ's own name of a cron job, unless it was given one. */
const cronPrefix = "cron:";
/** What an id has behind the name: a colon and 13 digits. */
const idTail = 14;
const waiting: ReadonlySet<JobState> = new Set(["queued", "deferred", "retrying", "expired"]);

interface Gathered {
  readonly function: string;
  readonly queue: string | null;
  count: number;
  failed: number;
  next: CronJob["next"];
  /** The newest, twice as many as are needed at most. */
  runs: (CronRun & { readonly at: number })[];
}

/**
 * Cron jobs of which runs are known, by name and queue: those whose function ARQ has named `cron:…`, and those whose id is their function's name with the time at
 * which they were due. `remembered`: jobs that Redis has forgotten. `now` is Redis' clock, unix ms. Rows count as they were when their slice looked at them.
 */
export async function cronJobs(
  table: JobTable,
  remembered: Iterable<JobRow>,
  now: number,
  slices: Slices,
): Promise<CronJob[]> {
  const all = new Map<string, Gathered>();
  /** By number of the function, within a slice: the length that an id of such a cron job has; -1: any, 0: not known yet. */
  let lengths: number[] = [];
  const lengthOf = (code: number): number => {
    const name = table.strings.text(code);
    return (lengths[code] = name === null ? -2 : name.startsWith(cronPrefix) ? -1 : name.length + idTail);
  };
  await inRows(
    () => table.end,
    slices,
    (rows, count, fresh) => {
      if (fresh) lengths = [];
      const { state, function: functions } = table.columns;
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        const code = functions[row]!;
        if (code === 0 || state[row] === freeRow) continue;
        const length = lengths[code] ?? lengthOf(code);
        if (length === -1 || table.idLength(row) === length) take(all, table.read(row, now));
      }
    },
  );
  for (const job of remembered) {
    take(all, job);
    if (slices.isOver) await slices.rest();
  }
  return withQueues([...all.values()])
    .map((each) => told(each, now))
    .sort((a, b) => compare(a.name, b.name) || compare(a.queue ?? "", b.queue ?? ""));
}

/** What a run leaves behind does not name its queue: where all others of its name are in one, it was there. */
function withQueues(all: readonly Gathered[]): Gathered[] {
  return all.filter((each) => {
    if (each.queue !== null) return true;
    const [home, ...others] = all.filter(({ function: name, queue }) => name === each.function && queue !== null);
    if (home === undefined || others.length > 0) return true;
    home.count += each.count;
    home.failed += each.failed;
    home.runs.push(...each.runs);
    if (each.next !== null && (home.next === null || each.next.at < home.next.at)) home.next = each.next;
    return false;
  });
}

function take(all: Map<string, Gathered>, job: JobRow): void {
  const { id, state, startedAt, runMs, function: name } = job;
  const parsed = parseCronId(id);
  const isById = parsed !== null && parsed.name === name;
  if (name === null || (!isById && !name.startsWith(cronPrefix))) return;
  const key = JSON.stringify([name, job.queue]);
  let gathered = all.get(key);
  if (gathered === undefined) {
    gathered = { function: name, queue: job.queue, count: 0, failed: 0, next: null, runs: [] };
    all.set(key, gathered);
  }
  const dueAt = isById ? parsed.dueAt : isDueTime(job.scheduledAt) ? job.scheduledAt : null;
  gathered.count++;
  if (state === "failed") gathered.failed++;
  if (waiting.has(state)) {
    const at = isDueTime(job.scheduledAt) ? job.scheduledAt : dueAt;
    if (at !== null && (gathered.next === null || at < gathered.next.at)) gathered.next = { id, at };
  }
  // A run whose id does not tell was enqueued a second before it was due.
  const at = dueAt ?? job.enqueuedAt ?? startedAt;
  if (at === null) return;
  gathered.runs.push({ id, state, dueAt, startedAt, runMs, at });
  if (gathered.runs.length >= 2 * timesKept) cut(gathered);
}

function told(gathered: Gathered, now: number): CronJob {
  cut(gathered);
  const { function: name, queue, count, failed, next, runs } = gathered;
  const intervalMs = cronInterval(runs.map(({ at }) => at));
  const last = runs[0]?.at ?? null;
  const isPast = last !== null && intervalMs !== null;
  return {
    name: name.startsWith(cronPrefix) ? name.slice(cronPrefix.length) : name,
    function: name,
    queue,
    next,
    expectedAt: isPast ? last + Math.max(1, Math.ceil((now - last) / intervalMs)) * intervalMs : null,
    lastRuns: runs
      .filter(({ id }) => id !== next?.id)
      .slice(0, runsTold)
      .map(({ at: _at, ...run }) => run),
    count,
    failed,
    intervalMs,
  };
}

/** Newest first. */
function cut(gathered: Gathered): void {
  gathered.runs.sort((a, b) => b.at - a.at);
  gathered.runs.length = Math.min(gathered.runs.length, timesKept);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
