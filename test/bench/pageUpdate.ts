import type { CDPSession } from "playwright-core";
import { dashboardUpdate, type DashboardUpdate } from "../../src/protocol/dashboardUpdate";
import { lookAt, tabNames, type TabName, type TabViews } from "../../src/protocol/tabs";
import type { ActivityLine } from "../../src/protocol/tabs/activity";
import type { DashboardView } from "../../src/protocol/viewModels";
import { PageHarness } from "../support/pageHarness";
import { sampleBody, sampleCounts, sampleNow, sampleRows, sampleSnapshot, sampleTabs } from "../support/sampleViews";
import { type Measure, percentile, round } from "./measure";

/** Of every list that a tab shows; events: twice as many. */
const rows = 50;
/** One in so many rows has changed between two updates. */
const changedEvery = 10;
/** Lines of Activity that are new in every update: four hundred events a second. */
const newEvents = 100;

/** A message to the page, as VS Code brings it; answers once the frame after it is over. Text, since it is no code of this process. */
const told = (name: string, params: DashboardUpdate): string => `new Promise((resolve) => {
  const data = ${JSON.stringify({ kind: "notification", name, params })};
  setTimeout(() => {
    window.dispatchEvent(new MessageEvent("message", { data }));
    requestAnimationFrame(() => setTimeout(resolve));
  });
})`;

/**
 * The page's own work for one live update, from script to paint, as time of the processor, since a clock would count the work of others. Every tab in
 * turns, each with full lists of which a tenth has changed, and all counts; the 95th percentile of the slowest. What the same message costs that
 * nobody listens to is taken off.
 */
export async function pageUpdate(updates: number, log: (line: string) => void): Promise<Measure> {
  const harness = await PageHarness.start();
  try {
    const slowest: number[] = [];
    for (const tab of tabNames) {
      const works = await worksOf(harness, tab, updates);
      const [p50, p95, worst] = [50, 95, 100].map((p) => round(percentile(works, p)));
      log(`${tab}: median ${p50}, 95th percentile ${p95}, worst ${worst} ms`);
      slowest.push(p95!);
    }
    return { value: Math.max(...slowest), unit: "ms", against: {} };
  } finally {
    await harness.close();
  }
}

async function worksOf(harness: PageHarness, tab: TabName, updates: number): Promise<number[]> {
  const states = [...Array(updates + 1).keys()].map((n) => busy(tab, n));
  const answers = {
    ready: () => ({ ...states[0]!, revision: 1 }),
    visible: () => null,
    savedFilters: () => [],
    connectionFacts: () => [],
  };
  const opened = await harness.open("dashboard", { answers, width: 1400, height: 900 });
  try {
    await opened.page.locator(`arq-${tab}-tab`).waitFor({ state: "attached" });
    const session = await opened.page.context().newCDPSession(opened.page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    const workOf = async (message: string): Promise<number> => {
      const before = await workedMs(session);
      await opened.page.evaluate(message);
      return (await workedMs(session)) - before;
    };
    const works: number[] = [];
    const unheard: number[] = [];
    for (const [n, state] of states.slice(1).entries()) {
      const update = dashboardUpdate({ ...states[n]!, revision: n + 1 }, state)!;
      unheard.push(await workOf(told("nobody listens to this", update)));
      works.push(await workOf(told("update", update)));
    }
    const besides = percentile(unheard, 50);
    return works.map((work) => work - besides);
  } finally {
    await opened.close();
  }
}

/** What the page's thread has worked so far. */
async function workedMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
}

/** The n-th of states that follow each other while jobs run. */
function busy(tab: TabName, n: number): DashboardView {
  const counts = sampleCounts({ queued: 128 + n, running: 9 + (n % 5), complete: 10_180 + n });
  const snapshot = sampleSnapshot({ counts, at: sampleNow + n * 250 });
  const throughput = snapshot.throughput.map((each, at) =>
    at === snapshot.throughput.length - 1 ? { ...each, complete: n } : each,
  );
  return {
    revision: n + 1,
    connection: { name: "Bench", environment: null, production: false, address: "localhost:6379/0" },
    snapshot: { ...snapshot, throughput },
    asOf: null,
    paused: false,
    look: lookAt(tab),
    body: sampleBody(tab, busyView(tab, n)),
  };
}

function busyView<T extends TabName>(tab: T, n: number): TabViews[T] {
  const view = sampleTabs[tab];
  if (tab === "jobs") return { ...view, rows: stirred(sampleRows(0, rows), n) };
  if (tab === "activity") return { ...view, lines: events(sampleTabs.activity.lines, n), upTo: n, newest: n };
  const lists = Object.entries(view).map(([name, value]) => [name, isThings(value) ? stirred(full(value), n) : value]);
  return { ...view, ...(Object.fromEntries(lists) as Partial<TabViews[T]>) };
}

type Thing = Readonly<Record<string, unknown>>;
const names = ["id", "key", "name"] as const;

function isThings(value: unknown): value is readonly Thing[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every(
    (each: unknown) => typeof each === "object" && each !== null && names.some((name) => name in each),
  );
}

/** As many as a page has, with names of their own. */
function full(things: readonly Thing[]): readonly Thing[] {
  return Array.from({ length: rows }, (_, n) => {
    const thing = things[n % things.length]!;
    const own = names
      .filter((name) => typeof thing[name] === "string")
      .map((name) => [name, `${String(thing[name])}${n}`]);
    return { ...thing, ...(Object.fromEntries(own) as Thing) };
  });
}

/** One in ten has other numbers; times stay. */
function stirred<R extends object>(things: readonly R[], n: number): readonly R[] {
  return things.map((thing, place) => {
    if (place % changedEvery !== n % changedEvery) return thing;
    const counted = Object.entries(thing).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === "number" && value < 1e9 ? value + n : value,
    ]);
    return Object.fromEntries(counted) as R;
  });
}

function events(lines: readonly ActivityLine[], n: number): readonly ActivityLine[] {
  const known = lines.filter((line) => line.kind !== "gap");
  const newest = (n + 1) * newEvents;
  return Array.from({ length: 100 }, (_, place) => {
    const key = newest - place;
    return { ...known[key % known.length]!, key: String(key), at: sampleNow + key, jobId: `job-${key}` };
  });
}
