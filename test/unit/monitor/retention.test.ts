import assert from "node:assert/strict";
import { defaultThresholds } from "../../../src/monitor/health";
import { createMonitor } from "../../../src/monitor/liveMonitor";
import type { Monitor } from "../../../src/monitor/model";
import { ManualClock } from "../../support/manualClock";
import { MemorySource } from "../../support/memorySource";
import { QuietLogger } from "../../support/quietLogger";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

describe("How long results are kept", () => {
  let clock: ManualClock;
  let source: MemorySource;
  let monitor: Monitor;
  beforeEach(async () => {
    clock = new ManualClock();
    source = new MemorySource(clock);
    const parts = { logger: new QuietLogger(), thresholds: defaultThresholds, staleAfterMs: minute, queues: [] };
    monitor = createMonitor({ source, clock, ...parts });
    monitor.onChange(() => undefined);
    monitor.start();
    await clock.advanceAsync(second);
  });
  afterEach(() => monitor.close());

  let made = 0;
  async function run(name: string, keepMs: number | null | "nothing"): Promise<void> {
    const id = `j${made++}`;
    source.enqueue(id, { function: name });
    source.begin(id);
    await clock.advanceAsync(second);
    if (keepMs === "nothing") source.vanish(id);
    else source.succeed(id, keepMs);
    await clock.advanceAsync(second);
  }

  it("is unknown before a job has ended", async () => {
    source.enqueue("waits");
    await clock.advanceAsync(minute);
    const nothing = { shortestMs: null, function: null, zero: [], withoutTrace: 0, ended: 0 };
    assert.deepEqual(monitor.snapshot().retention, nothing);
  });

  it("is told of the function whose results go first, as Redis says it", async () => {
    await run("report", null);
    await run("charge", hour);
    await run("send_email", 30 * second);
    await clock.advanceAsync(20 * second);
    const { shortestMs, function: name, zero, withoutTrace, ended } = monitor.snapshot().retention;
    assert.deepEqual([shortestMs, name, zero, withoutTrace, ended], [30 * second, "send_email", [], 0, 3]);
  });

  it("is nothing to warn of where they are kept for ever", async () => {
    await run("report", null);
    await clock.advanceAsync(minute);
    assert.deepEqual([monitor.snapshot().retention.shortestMs, monitor.snapshot().retention.function], [null, null]);
  });

  it("names functions whose results are not kept, and counts the jobs that left no trace", async () => {
    for (let i = 0; i < 3; i++) await run("ping", "nothing");
    await run("sync", "nothing");
    await run("charge", hour);
    await clock.advanceAsync(20 * second);
    const { zero, withoutTrace, ended } = monitor.snapshot().retention;
    assert.deepEqual(zero, [
      { name: "ping", count: 3 },
      { name: "sync", count: 1 },
    ]);
    assert.deepEqual([withoutTrace, ended], [4, 5]);
  });

  it("does not say that none are kept of a function of which some are", async () => {
    await run("charge", hour);
    await clock.advanceAsync(20 * second);
    await run("charge", "nothing");
    const { zero, withoutTrace } = monitor.snapshot().retention;
    assert.deepEqual([zero, withoutTrace], [[], 1]);
  });

  it("is told of the last hour", async () => {
    await run("ping", "nothing");
    await clock.advanceAsync(61 * minute);
    assert.deepEqual([monitor.snapshot().retention.zero, monitor.snapshot().retention.ended], [[], 0]);
  });

  it("is seen from results that went before anybody asked how long they live", async () => {
    for (let i = 0; i < 3; i++) await run("blink", 1500);
    await clock.advanceAsync(10 * second);
    const { shortestMs, function: name, zero } = monitor.snapshot().retention;
    assert.equal(name, "blink");
    assert.ok(shortestMs !== null && shortestMs >= second && shortestMs <= 3 * second, `${shortestMs} ms`);
    assert.deepEqual(zero, []);
  });

  it("begins anew when everything is gone", async () => {
    await run("ping", "nothing");
    await source.flush();
    await clock.advanceAsync(second);
    assert.equal(monitor.snapshot().retention.withoutTrace, 0);
  });
});
