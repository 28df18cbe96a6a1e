import assert from "node:assert/strict";
import { type Bench, benches } from "../bench/benches";
import { tryBench } from "../support/tinyBench";

const registry: Readonly<Record<string, Bench>> = benches;

/** What is promised to be measured, under these names. */
const promised = [
  ["fullIndex10k", "fullIndex100k", "fullIndex1M", "firstPaint1M", "indexLoopDelay", "floodLoopDelay"],
  ["dashboardPaint", "dashboard10k", "dashboard10k5ms", "pushLatency", "pollLatency"],
  ["quietMinutePush", "pollTick", "query100k", "query1M", "memoryPerJob", "hostGrowth1M"],
  ["workerCost1", "workerCost10", "workerCostSaturated", "largeResults", "foreignKeys2M", "foreignKeys20M"],
  ["arqUi", "arqDashboard", "headerDecode", "fullDecode", "largePayload", "instrumentation", "instrumentationDelay"],
  ["activation", "hostBundle", "dashboardBundle", "jobBundle", "vsix"],
].flat();

describe("npm run bench", () => {
  it("has every name that is promised", () => {
    assert.deepEqual(
      promised.filter((name) => !Object.hasOwn(registry, name)),
      [],
    );
  });

  for (const [name, bench] of Object.entries(registry)) {
    if (bench.needs !== undefined) continue;
    it(`measures ${name} and tells it with its peers`, async function () {
      this.timeout(60_000);
      await tryBench(bench, null);
    });
  }
});
