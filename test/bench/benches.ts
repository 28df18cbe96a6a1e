import { activation } from "./activation";
import { changeLatency } from "./changeLatency";
import { dashboardPaint } from "./dashboardPaint";
import { fullDecode, headerDecode } from "./decodeRates";
import { firstPaint } from "./firstPaint";
import { fullIndex, hostGrowth, indexLoopDelay, memoryPerJob, queryTime } from "./fullIndex";
import { pollRoundTrips, pollTick, quietMinutePush } from "./idleCost";
import { instrumentationCost, instrumentationDelay } from "./instrumentationCost";
import { largePayload } from "./largePayload";
import type { Measure } from "./measure";
import { fileSize, hostBundleSize, vsixSize } from "./sizes";

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
  fullIndex10k: { target: atMostHalfMore, run: ({ log, size }) => fullIndex(size(10_000), log) },
  fullIndex100k: { target: atMostHalfMore, run: ({ log, size }) => fullIndex(size(100_000), log) },
  fullIndex1M: { target: atMostHalfMore, run: ({ log, size }) => fullIndex(size(1_000_000), log) },
  firstPaint1M: { target: 1000, run: ({ log, size }) => firstPaint(size(1_000_000), log) },
  indexLoopDelay: { target: 50, run: ({ log, size }) => indexLoopDelay(size(1_000_000), log) },
  query100k: { target: 20, run: ({ log, size }) => queryTime(size(100_000), log) },
  query1M: { target: 150, run: ({ log, size }) => queryTime(size(1_000_000), log) },
  memoryPerJob: { target: 200, run: ({ log, size }) => memoryPerJob(size(1_000_000), log) },
  hostGrowth1M: { target: 400, run: ({ log, size }) => hostGrowth(size(1_000_000), log) },
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
  largePayload: { target: "as much per MB at any size", run: ({ log }) => largePayload(log) },
} as const satisfies Readonly<Record<string, Bench>>;

export type BenchName = keyof typeof benches;
