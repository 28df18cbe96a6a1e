import { activation } from "./activation";
import { changeLatency } from "./changeLatency";
import { searchWait, tabSwitchWait } from "./dashboardHands";
import { dashboardFirstPaint, dashboardPaint, dashboardWhole } from "./dashboardPaint";
import { fullDecode, headerDecode } from "./decodeRates";
import { firstPaint } from "./firstPaint";
import { floodLoopDelay } from "./floodRun";
import { followLog, followLogAppend, followLogBytes } from "./followLog";
import { fullIndex, hostGrowth, indexLoopDelay, memoryPerJob, queryTime } from "./fullIndex";
import { pollRoundTrips, pollTick, quietMinutePush } from "./idleCost";
import { instrumentationCost, instrumentationDelay } from "./instrumentationCost";
import { jobsSearch } from "./jobsPage";
import { largePayload } from "./largePayload";
import type { Measure } from "./measure";
import { type Figure, foreignKeys, largeResults } from "./neighbours";
import { pageUpdate } from "./pageUpdate";
import { parseRate } from "./parseRate";
import { rivalCommands, rivalPage } from "./rivals";
import { fileSize, hostBundleSize, vsixSize } from "./sizes";
import { taskIndex, taskIndexEdit } from "./taskIndex";
import { terminalFlood } from "./terminalFlood";
import { workerRedisCpu, workerSaturated, workerWait } from "./workerCost";

export interface BenchContext {
  readonly log: (line: string) => void;
  /** A Python with ARQ, or null where PyPI is out of reach. */
  readonly python: () => Promise<string | null>;
  /** So many jobs, or seconds, where the full number is given; less when only the bench itself is to be tried. */
  readonly size: (full: number) => number;
}

export interface Bench {
  /** The number the project wants to stay under, or what it wants of the ratio to the peer where that is what counts. */
  readonly target: number | string;
  /** What it needs beside Redis. */
  readonly needs?: "VS Code" | "ARQ";
  /** Takes minutes: only when it is named. */
  readonly slow?: true;
  readonly run: (context: BenchContext) => Promise<Measure>;
}

const atMostHalfMore = "at most 1.5 times the bare scan";

const foreign = (figure: Figure, keys: number, size: (full: number) => number, log: (line: string) => void) =>
  foreignKeys(figure, keys, size(10_000), size(4000), log);

export const benches = {
  activation: { target: 50, needs: "VS Code", run: ({ log }) => activation(log) },
  hostBundle: { target: 450, needs: "VS Code", run: async ({ log }) => hostBundleSize(log) },
  dashboardBundle: { target: 450, needs: "VS Code", run: async () => fileSize("dist/webview/dashboard.js") },
  jobBundle: { target: 450, needs: "VS Code", run: async () => fileSize("dist/webview/job.js") },
  vsix: { target: 1000, needs: "VS Code", run: vsixSize },
  dashboardPaint: {
    target: 1000,
    needs: "VS Code",
    run: async ({ log, python }) => dashboardPaint(await python(), log),
  },
  dashboard10k: { target: 500, needs: "VS Code", run: ({ log }) => dashboardWhole(0, 3, log) },
  dashboard10k5ms: { target: 1500, needs: "VS Code", run: ({ log }) => dashboardWhole(5, 3, log) },
  dashboardFirstPaint1M: {
    target: 1000,
    needs: "VS Code",
    run: ({ log, size }) => dashboardFirstPaint(size(1_000_000), 3, log),
  },
  search100k: { target: 100, needs: "VS Code", run: ({ log, size }) => searchWait(size(100_000), log) },
  tabSwitch100k: { target: 100, needs: "VS Code", run: ({ log, size }) => tabSwitchWait(size(100_000), log) },
  pushLatency: {
    target: 100,
    needs: "VS Code",
    run: async ({ log, python }) => changeLatency("auto", await python(), log),
  },
  pollLatency: {
    target: 1000,
    needs: "VS Code",
    run: async ({ log, python }) => changeLatency("poll", await python(), log),
  },
  quietMinutePush: { target: 4, run: ({ log, size }) => quietMinutePush(size(60), log) },
  pollTick: { target: "at most 8 + 3 for each visible queue", run: ({ log, size }) => pollTick(size(20), log) },
  pollRoundTrips: { target: 1, run: ({ size }) => pollRoundTrips(size(20)) },
  fullIndex10k: { target: atMostHalfMore, run: ({ log, size }) => fullIndex(size(10_000), size(7), log) },
  fullIndex100k: { target: atMostHalfMore, run: ({ log, size }) => fullIndex(size(100_000), size(7), log) },
  fullIndex1M: { target: atMostHalfMore, run: ({ log, size }) => fullIndex(size(1_000_000), size(7), log) },
  firstPaint1M: { target: 1000, run: ({ log, size }) => firstPaint(size(1_000_000), size(5), log) },
  indexLoopDelay: { target: 50, run: ({ log, size }) => indexLoopDelay(size(1_000_000), log) },
  followLog1G: { target: 1000, run: ({ log, size }) => followLog(size(1_000_000_000), log) },
  followLog1GBytes: { target: 4000, run: ({ log, size }) => followLogBytes(size(1_000_000_000), log) },
  followLog1GAppend: { target: 500, run: ({ log, size }) => followLogAppend(size(1_000_000_000), log) },
  taskIndex5000: { target: 2000, run: ({ log, size }) => taskIndex(size(5000), log) },
  taskIndexEdit: { target: 10, run: ({ log, size }) => taskIndexEdit(size(5000), log) },
  terminalFlood: { target: 5, run: ({ log, size }) => terminalFlood(size(500), log) },
  floodLoopDelay: { target: 50, run: ({ log, size }) => floodLoopDelay(size(10_000), size(20), log) },
  parseTracebacks10M: {
    target: "as long per MB as a quarter",
    run: async ({ log, size }) => parseRate(size(10_000_000), log),
  },
  query100k: { target: 20, run: ({ log, size }) => queryTime(size(100_000), log) },
  query1M: { target: 150, run: ({ log, size }) => queryTime(size(1_000_000), log) },
  jobsSearch100k: { target: 100, needs: "VS Code", run: ({ log, size }) => jobsSearch(size(100_000), log) },
  pageUpdate: { target: 8, needs: "VS Code", run: ({ log, size }) => pageUpdate(size(60), log) },
  memoryPerJob: { target: 200, run: ({ log, size }) => memoryPerJob(size(1_000_000), log) },
  hostGrowth1M: { target: 400, run: ({ log, size }) => hostGrowth(size(1_000_000), log) },
  largeResults: {
    target: "at most 10 ms more",
    run: ({ log, size }) => largeResults("ping", size(10_000), size(4000), log),
  },
  largeResultsWhole: {
    target: "stated",
    run: ({ log, size }) => largeResults("whole", size(10_000), size(4000), log),
  },
  largeResultsBytes: { target: 5000, run: ({ log, size }) => largeResults("bytes", size(10_000), size(4000), log) },
  foreignKeys2M: { target: 1000, run: ({ log, size }) => foreign("overview", size(2_000_000), size, log) },
  foreignKeys2MWhole: {
    target: "stated",
    run: ({ log, size }) => foreign("whole", size(2_000_000), size, log),
  },
  foreignKeys2MPing: { target: "stated", run: ({ log, size }) => foreign("ping", size(2_000_000), size, log) },
  foreignKeys20M: {
    target: 1000,
    slow: true,
    run: ({ log, size }) => foreign("overview", size(20_000_000), size, log),
  },
  foreignKeys20MWhole: {
    target: "stated",
    slow: true,
    run: ({ log, size }) => foreign("whole", size(20_000_000), size, log),
  },
  foreignKeys20MPing: {
    target: "stated",
    slow: true,
    run: ({ log, size }) => foreign("ping", size(20_000_000), size, log),
  },
  arqDashboard: {
    target: "less than the rival",
    needs: "ARQ",
    run: ({ log, size }) => rivalPage("arqDashboard", size(10_000), 3, log),
  },
  arqDashboardCommands: {
    target: "less than the rival",
    needs: "ARQ",
    run: ({ log, size }) => rivalCommands("arqDashboard", size(10_000), 3, log),
  },
  arqUi: {
    target: "less than the rival",
    needs: "ARQ",
    run: ({ log, size }) => rivalPage("arqUi", size(10_000), 3, log),
  },
  workerCost1: {
    target: "at most 1 ms more",
    needs: "ARQ",
    slow: true,
    run: async ({ log, python, size }) => workerWait("one", await python(), size, log),
  },
  workerCost10: {
    target: "at most 1 ms more",
    needs: "ARQ",
    slow: true,
    run: async ({ log, python, size }) => workerWait("ten", await python(), size, log),
  },
  workerCost1Cpu: {
    target: "at most 2 points more",
    needs: "ARQ",
    slow: true,
    run: async ({ log, python, size }) => workerRedisCpu("one", await python(), size, log),
  },
  workerCost10Cpu: {
    target: "at most 2 points more",
    needs: "ARQ",
    slow: true,
    run: async ({ log, python, size }) => workerRedisCpu("ten", await python(), size, log),
  },
  workerCostSaturated: {
    target: "at least 0.96 times as many as with nobody",
    needs: "ARQ",
    slow: true,
    run: async ({ log, python, size }) => workerSaturated(await python(), size, log),
  },
  instrumentation: {
    target: "as much as a bare worker",
    needs: "ARQ",
    run: async ({ log, python }) => instrumentationCost(await python(), log),
  },
  instrumentationDelay: { target: 5, needs: "ARQ", run: async ({ python }) => instrumentationDelay(await python()) },
  // Rates: more is better, and the ratio is ours by theirs.
  headerDecode: {
    target: "at least 8 times pickleparser's full decode",
    needs: "ARQ",
    run: async ({ log, python }) => headerDecode(await python(), log),
  },
  fullDecode: {
    target: "at least 3 times pickleparser's",
    needs: "ARQ",
    run: async ({ log, python }) => fullDecode(await python(), log),
  },
  largePayload: { target: "as much per MB at any size", run: ({ log, size }) => largePayload(size(1 << 20), log) },
} as const satisfies Readonly<Record<string, Bench>>;

export type BenchName = keyof typeof benches;
