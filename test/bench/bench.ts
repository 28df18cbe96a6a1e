import { ensureArq } from "../support/arqEnvironment";
import { activation } from "./activation";
import { changeLatency } from "./changeLatency";
import { dashboardPaint } from "./dashboardPaint";
import { instrumentationCost, instrumentationDelay } from "./instrumentationCost";
import { fullDecode, headerDecode } from "./decodeRates";
import { fullIndex, hostGrowth, indexLoopDelay, memoryPerJob, queryTime } from "./fullIndex";
import { largePayload } from "./largePayload";
import { type Measure, round } from "./measure";
import { fileSize, hostBundleSize, vsixSize } from "./sizes";

/**
 * `npm run bench [-- --json [name…]]`: what the product costs and how fast it is, side by side with others where there is
 * something to compare. Measures only; nothing fails for being slow.
 */

type Bench = (log: (line: string) => void) => Promise<Measure>;

let arq: ReturnType<typeof ensureArq> | null = null;
/** A Python with ARQ, or null where PyPI is out of reach. */
async function python(log: (line: string) => void): Promise<string | null> {
  arq ??= ensureArq({ log });
  const found = await arq;
  if ("python" in found) return found.python;
  log(`Without real ARQ: ${found.unavailable}`);
  return null;
}

const atMostHalfMore = "at most 1.5 times the bare scan";

/** Names, with the number the project wants to stay under, or with what it wants of the ratio to the peer where that is what counts. */
const benches: Readonly<Record<string, { readonly target: number | string; readonly run: Bench }>> = {
  activation: { target: 50, run: activation },
  hostBundle: { target: 450, run: async (log) => hostBundleSize(log) },
  dashboardBundle: { target: 450, run: async () => fileSize("dist/webview/dashboard.js") },
  jobBundle: { target: 450, run: async () => fileSize("dist/webview/job.js") },
  vsix: { target: 1000, run: vsixSize },
  dashboardPaint: { target: 1000, run: async (log) => dashboardPaint(await python(log), log) },
  pushLatency: { target: 300, run: async (log) => changeLatency("auto", await python(log), log) },
  instrumentation: { target: 0, run: async (log) => instrumentationCost(await python(log), log) },
  instrumentationDelay: { target: 5, run: async (log) => instrumentationDelay(await python(log)) },
  // Rates: more is better, and the ratio is ours by theirs.
  headerDecode: {
    target: "at least 8 times pickleparser's full decode",
    run: async (log) => headerDecode(await python(log), log),
  },
  fullDecode: {
    target: "at least 3 times pickleparser's",
    run: async (log) => fullDecode(await python(log), log),
  },
  largePayload: { target: "as much per MB at any size", run: largePayload },
  fullIndex10k: { target: atMostHalfMore, run: (log) => fullIndex(10_000, log) },
  fullIndex100k: { target: atMostHalfMore, run: (log) => fullIndex(100_000, log) },
  fullIndex1M: { target: atMostHalfMore, run: (log) => fullIndex(1_000_000, log) },
  indexLoopDelay: { target: 50, run: (log) => indexLoopDelay(1_000_000, log) },
  query100k: { target: 20, run: (log) => queryTime(100_000, log) },
  query1M: { target: 150, run: (log) => queryTime(1_000_000, log) },
  memoryPerJob: { target: 200, run: (log) => memoryPerJob(1_000_000, log) },
  hostGrowth1M: { target: 400, run: (log) => hostGrowth(1_000_000, log) },
  pollLatency: { target: 1000, run: async (log) => changeLatency("poll", await python(log), log) },
};

async function main(args: readonly string[]): Promise<void> {
  const json = args.includes("--json");
  const names = args.filter((arg) => arg !== "--json");
  for (const name of names) {
    if (!Object.hasOwn(benches, name))
      throw new Error(`No bench "${name}"; there are ${Object.keys(benches).join(", ")}.`);
  }
  // The JSON document alone goes to standard output.
  const log = (line: string) => (json ? console.error(line) : console.log(line));
  const found: Record<string, Measure & { readonly ratio: Readonly<Record<string, number>> }> = {};
  for (const [name, { target, run }] of Object.entries(benches)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const measure = await run((line) => log(`  ${line}`));
    const ratio = Object.fromEntries(
      Object.entries(measure.against).map(([peer, value]) => [peer, Math.round((measure.value / value) * 1000) / 1000]),
    );
    found[name] = { ...measure, ratio };
    const peers = Object.entries(measure.against).map(([peer, value]) => `; ${peer}: ${round(value)} ${measure.unit}`);
    const wanted = typeof target === "string" ? target : target === 0 ? "as much as the peer" : `under ${target}`;
    log(`${name}: ${measure.value} ${measure.unit} (wanted: ${wanted})${peers.join("")}`);
  }
  if (json) console.log(JSON.stringify(found, null, 2));
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
