import { setTimeout as sleep } from "node:timers/promises";
import type { JobEventKind, JobQuery, JobRow, Monitor } from "../../src/monitor/model";
import { floodNumber } from "../bench/flood";
import { openMonitor } from "../bench/openMonitor";
import { eventually } from "../support/eventually";
import { everything } from "../support/watchedMonitor";

export interface SoakOptions {
  readonly url: string;
  /** How long jobs come, and how many in all. */
  readonly seconds: number;
  readonly jobs: number;
  /** From this second on memory is looked at: until then tables, buffers and what is remembered grow to the size that the load asks for. */
  readonly settledAfter: number;
}

export interface Soaked {
  /** Of all jobs, how many were told to have been enqueued, to have begun their last attempt, to have ended. */
  readonly enqueued: number;
  readonly started: number;
  readonly ended: number;
  /** Events told twice. */
  readonly repeated: number;
  /** Of the events, those inferred from a result. */
  readonly inferred: number;
  /** Bytes kept after collecting garbage, from then to the end. */
  readonly kept: readonly number[];
  /** By how many bytes it grew in an hour: the slope of the line that fits best. */
  readonly slopePerHour: number;
  /** Rows that a fresh sweep sees otherwise, at most ten. */
  readonly differences: readonly string[];
  readonly compared: number;
  /** What the screen said of how it was bounded, and for how many seconds it said anything: then not every event can be told. */
  readonly limits: readonly string[];
  readonly limitedSeconds: number;
  readonly commands: number;
}

const bits: Readonly<Partial<Record<JobEventKind, number>>> = {
  enqueued: 1,
  started: 2,
  completed: 4,
  failed: 4,
  aborted: 4,
  expired: 4,
  finished: 4,
};
const samples = 60;
const page: JobQuery = { ...everything, sort: "newest", descending: true, limit: 100 };

/** Watches as somebody does who has the job list open, while `flood` runs; then holds what it has against a fresh sweep. */
export async function soakWatch({ url, seconds, jobs, settledAfter }: SoakOptions): Promise<Soaked> {
  const { monitor, source, begin, seen } = openMonitor(url);
  const told = new Uint8Array(jobs);
  let repeated = 0;
  let inferred = 0;
  const limits = new Set<string>();
  let limitedMs = 0;
  let limitedSince: number | null = null;
  monitor.onChange(({ events }) => {
    const { status } = monitor.snapshot();
    const said = status.state === "live" ? status.limits : [];
    for (const limit of said) limits.add(limit.replaceAll(/[\d,.]+/g, "#"));
    if (limitedSince !== null && said.length === 0) limitedMs += performance.now() - limitedSince;
    limitedSince = said.length === 0 ? null : (limitedSince ?? performance.now());
    for (const event of events) {
      const bit = bits[event.event] ?? 0;
      const number = floodNumber(event.id);
      if ((told[number]! & bit) !== 0) repeated++;
      told[number]! |= bit;
      if (event.inferred) inferred++;
    }
  });
  const whole = seen(({ complete }) => complete);
  begin();
  await whole;
  const kept: number[] = [];
  const began = performance.now();
  const every = ((seconds - settledAfter) * 1000) / samples;
  await sleep(settledAfter * 1000);
  while (kept.length < samples) {
    await sleep(Math.max(0, began + settledAfter * 1000 + (kept.length + 1) * every - performance.now()));
    await monitor.query(page);
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    kept.push(heapUsed + external);
  }
  const count = (bit: number): number => told.reduce((sum, flags) => sum + (flags & bit ? 1 : 0), 0);
  // What happened last is still on its way.
  await eventually(() => count(7) === jobs && count(4) === jobs, { timeoutMs: 30_000, intervalMs: 200 }).catch(
    () => {},
  );
  const { differences, compared } = await againstFreshSweep(url, monitor);
  const commands = [...source.commands.values()].reduce((sum, each) => sum + each, 0);
  await monitor.close();
  return {
    enqueued: count(1),
    started: count(2),
    ended: count(4),
    repeated,
    inferred,
    kept,
    slopePerHour: slope(kept) * (3_600_000 / every),
    differences,
    compared,
    limits: [...limits],
    limitedSeconds: Math.round((limitedMs + (limitedSince === null ? 0 : performance.now() - limitedSince)) / 1000),
    commands,
  };
}

/** Results lapse all the while, and either side may hear of it first: only what stays different for half a minute is a difference. */
async function againstFreshSweep(url: string, live: Monitor) {
  const fresh = openMonitor(url);
  const whole = fresh.seen(({ complete }) => complete);
  fresh.begin();
  await whole;
  let differences: string[] = [];
  let compared = 0;
  const compare = (): void => {
    const expected = new Map([...fresh.monitor.rows()].flatMap((row) => (isHeld(row) ? [[row.id, told(row)]] : [])));
    compared = expected.size;
    differences = [];
    for (const row of live.rows()) {
      if (!isHeld(row)) continue;
      const other = expected.get(row.id);
      expected.delete(row.id);
      if (other !== told(row)) differences.push(`${row.id}: ${told(row)}, afresh ${other ?? "not there"}`);
    }
    for (const [id, text] of expected) differences.push(`${id}: not there, afresh ${text}`);
  };
  await eventually(
    () => {
      compare();
      return differences.length === 0;
    },
    { timeoutMs: 30_000, intervalMs: 500 },
  ).catch(() => {});
  await fresh.monitor.close();
  return { differences: differences.slice(0, 10), compared };
}

const isHeld = (row: JobRow): boolean => row.rememberedSince === null;

function told(row: JobRow): string {
  const { state, function: name, queue, tries, enqueuedAt, startedAt, finishedAt, error } = row;
  return JSON.stringify([state, name, queue, tries, enqueuedAt, startedAt, finishedAt, error?.type, error?.message]);
}

/** Of the line through these values, one step apart, that fits best. */
export function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let above = 0;
  let below = 0;
  values.forEach((value, at) => {
    above += (at - middle) * (value - mean);
    below += (at - middle) ** 2;
  });
  return below === 0 ? 0 : above / below;
}
