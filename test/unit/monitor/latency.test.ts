import assert from "node:assert/strict";
import { DueHistory } from "../../../src/monitor/dueHistory";
import { defaultThresholds } from "../../../src/monitor/health";
import { latency } from "../../../src/monitor/latency";
import { createMonitor } from "../../../src/monitor/liveMonitor";
import type { JobRow } from "../../../src/monitor/model";
import type { LatencyPoint } from "../../../src/monitor/queryModel";
import { Slices } from "../../../src/monitor/slices";
import { endedRow, jobRow, rowsNow, tableOf } from "../../support/jobRows";
import { ManualClock } from "../../support/manualClock";
import { MemorySource } from "../../support/memorySource";
import { QuietLogger } from "../../support/quietLogger";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
/** Start of the minute that runs. */
const thisMinute = Math.floor(rowsNow / minute) * minute;

async function points(rows: readonly JobRow[], dues = new DueHistory()): Promise<LatencyPoint[]> {
  return latency(tableOf(rows), dues, rowsNow, new Slices(undefined, 0));
}

/** The point of the minute that began so many minutes before the one that runs. */
function back(all: readonly LatencyPoint[], minutes: number): LatencyPoint {
  return all.at(-1 - minutes)!;
}

describe("Waits and runs by the minute", () => {
  it("are points of the last hour, oldest first, that begin with whole minutes", async () => {
    const all = await points([]);
    assert.deepEqual(
      all.map(({ at }) => at),
      Array.from({ length: 60 }, (_, i) => thisMinute - (59 - i) * minute),
    );
    const { at: _at, ...nothing } = all[7]!;
    assert.deepEqual(nothing, {
      waitP50Ms: null,
      waitP95Ms: null,
      runP50Ms: null,
      runP95Ms: null,
      oldestDueMs: null,
      estimated: true,
    });
  });

  it("have waits in the minute of the start and runs in that of the end, by nearest rank", async () => {
    const started = thisMinute - 5 * minute + second;
    const rows = Array.from({ length: 20 }, (_, i) =>
      endedRow(`j${i}`, started + 2 * minute, { startedAt: started, runMs: 1000 * (i + 1), waitMs: 10 * (i + 1) }),
    );
    const all = await points(rows);
    assert.deepEqual([back(all, 5).waitP50Ms, back(all, 5).waitP95Ms], [100, 190]);
    assert.deepEqual([back(all, 3).runP50Ms, back(all, 3).runP95Ms], [10_000, 19_000]);
    assert.deepEqual([back(all, 3).waitP50Ms, back(all, 5).runP50Ms], [null, null]);
  });

  it("leave out what happened before, and take what is dated ahead into the minute that runs", async () => {
    const all = await points([
      endedRow("old", thisMinute - 59 * minute - 1, { waitMs: 5 }),
      endedRow("ahead", rowsNow + 3 * minute, { waitMs: 7, runMs: 9 }),
    ]);
    assert.equal(all[0]?.runP50Ms, null);
    assert.deepEqual([all.at(-1)?.waitP50Ms, all.at(-1)?.runP50Ms], [7, 9]);
  });

  it("take no unknown time for none", async () => {
    const all = await points([
      endedRow("wait not known", rowsNow - minute, { waitMs: null }),
      endedRow("not called", rowsNow - minute, { runMs: null }),
      jobRow("no time at all", { enqueuedAt: null, scheduledAt: null }),
      jobRow("never run", { scheduledAt: 0 }),
    ]);
    assert.ok(all.every(({ waitP50Ms, oldestDueMs }) => waitP50Ms === null && oldestDueMs === null));
  });
});

describe("The age of the oldest waiting job", () => {
  it("is estimated from jobs that are known: from when they were due until they started", async () => {
    const due = thisMinute - 10 * minute + 30 * second;
    const started = thisMinute - 7 * minute + 10 * second;
    const all = await points([
      endedRow("waited", started + second, { startedAt: started, waitMs: started - due, runMs: second }),
      endedRow("waited less", started, { startedAt: started, waitMs: second, runMs: 0 }),
    ]);
    assert.equal(back(all, 11).oldestDueMs, null, "not yet due");
    assert.equal(back(all, 10).oldestDueMs, 30 * second);
    assert.equal(back(all, 9).oldestDueMs, 90 * second);
    assert.equal(back(all, 8).oldestDueMs, 150 * second);
    assert.equal(back(all, 7).oldestDueMs, null, "it started before that minute ended, and nobody knows of others");
    assert.ok(all.every(({ estimated }) => estimated));
  });

  it("goes on up to now for those that wait still, deferred ones from when they are due", async () => {
    const all = await points([
      jobRow("waits", { scheduledAt: rowsNow - 2 * hour }),
      jobRow("waits less", { scheduledAt: rowsNow - minute }),
      jobRow("later", { state: "deferred", scheduledAt: rowsNow + hour }),
      jobRow("runs", { state: "running", startedAt: rowsNow - 3 * hour, scheduledAt: rowsNow - 5 * hour }),
    ]);
    assert.equal(all.at(-1)?.oldestDueMs, 2 * hour);
    assert.equal(all[0]?.oldestDueMs, 2 * hour - (rowsNow - (thisMinute - 58 * minute)));
  });

  it("is as counted where it was counted, and 0 only there", async () => {
    const dues = new DueHistory();
    dues.saw(5 * second, rowsNow - 3 * minute);
    dues.saw(8 * second, rowsNow - 3 * minute + second);
    dues.saw(null, rowsNow - 2 * minute);
    const all = await points([jobRow("waits", { scheduledAt: rowsNow - hour })], dues);
    assert.deepEqual([back(all, 3).oldestDueMs, back(all, 3).estimated], [8 * second, false]);
    assert.deepEqual([back(all, 2).oldestDueMs, back(all, 2).estimated], [0, false]);
    assert.equal(back(all, 4).estimated, true);
  });

  it("is kept for an hour", () => {
    const dues = new DueHistory();
    for (let i = 0; i < 200; i++) dues.saw(i, rowsNow - (200 - i) * minute);
    const all = dues.points(rowsNow, { age: () => null } as never);
    assert.deepEqual(
      all.map(({ oldestDueMs }) => oldestDueMs),
      [...Array.from({ length: 59 }, (_, i) => 141 + i), null],
    );
  });

  it("is counted by a monitor that watches, minute by minute", async () => {
    const clock = new ManualClock();
    const source = new MemorySource(clock);
    source.enqueue("waits");
    const parts = { logger: new QuietLogger(), thresholds: defaultThresholds, staleAfterMs: minute, queues: [] };
    const monitor = createMonitor({ source, clock, ...parts });
    monitor.onChange(() => undefined);
    monitor.start();
    await clock.advanceAsync(3 * minute);
    source.begin("waits");
    await clock.advanceAsync(3 * minute);
    source.succeed("waits");
    // Asked as soon as a minute has begun.
    await clock.advanceAsync(minute + minute - (clock.now() % minute));
    const told = (await monitor.latency()).slice(-8);
    assert.equal(told.at(-1)?.at, clock.now());
    await monitor.close();
    assert.ok(told.every(({ estimated }) => !estimated));
    const ages = told.map(({ oldestDueMs }) => oldestDueMs!);
    assert.ok(ages[0]! > minute && ages[1]! > ages[0]!, `${ages.join()} grow while it waits`);
    assert.deepEqual(ages.slice(-4), [0, 0, 0, 0]);
    const [runs] = told.filter(({ runP50Ms }) => runP50Ms !== null);
    assert.equal(runs?.runP95Ms, 3 * minute);
    assert.ok(told.some(({ waitP95Ms }) => waitP95Ms === 3 * minute));
  });
});
