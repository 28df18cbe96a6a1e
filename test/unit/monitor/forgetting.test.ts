import assert from "node:assert/strict";
import { defaultThresholds } from "../../../src/monitor/health";
import { createMonitor } from "../../../src/monitor/liveMonitor";
import type { JobEvent, Monitor } from "../../../src/monitor/model";
import type { FeedKind } from "../../../src/monitor/ports";
import { ManualClock } from "../../support/manualClock";
import { MemorySource } from "../../support/memorySource";
import { QuietLogger } from "../../support/quietLogger";

const second = 1000;
const minute = 60 * second;

class Stage {
  readonly clock = new ManualClock();
  readonly source: MemorySource;
  readonly monitor: Monitor;
  readonly events: JobEvent[] = [];

  constructor(feed: FeedKind) {
    this.source = new MemorySource(this.clock, feed);
    const { source, clock } = this;
    const logger = new QuietLogger();
    this.monitor = createMonitor({
      source,
      clock,
      logger,
      thresholds: defaultThresholds,
      staleAfterMs: minute,
      queues: [],
    });
    this.monitor.onChange(({ events }) => this.events.push(...events));
    this.monitor.start();
  }

  run(ms: number): Promise<void> {
    return this.clock.advanceAsync(ms);
  }

  /** Jobs that end now, their results kept for so long. */
  end(ids: readonly string[], keepMs: number | null, name = "work"): void {
    for (const id of ids) {
      this.source.enqueue(id, { function: name });
      this.source.begin(id);
      this.source.succeed(id, keepMs);
    }
  }

  get complete(): number {
    return this.monitor.snapshot().counts.complete;
  }

  get asked(): string[] {
    return this.source.ttlReads.flat();
  }
}

function ids(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${prefix}${n}`);
}

describe("Results that Redis forgets", () => {
  let stage: Stage;
  afterEach(() => stage.monitor.close());

  it("leave the counts within two seconds under poll, though no TTL but a few were asked for and nobody tells", async () => {
    stage = new Stage("poll");
    stage.end(ids("early", 50), minute);
    await stage.run(10 * second);
    stage.end(ids("late", 50), minute);
    await stage.run(10 * second);
    assert.ok(stage.asked.length <= 3, `${stage.asked.length} TTLs read to learn the rule`);
    // From now on nothing is announced, and no sweep runs.
    stage.source.silent = true;
    await stage.run(39 * second);
    assert.equal(stage.complete, 100);
    await stage.run(4 * second);
    assert.equal(stage.complete, 50);
    await stage.run(10 * second);
    assert.equal(stage.complete, 0);
    assert.equal(stage.monitor.row("early7")?.rememberedSince !== null, true);
    assert.deepEqual(
      stage.events.filter(({ event }) => event === "finished"),
      [],
    );
  });

  it("are told apart by function and way of ending", async () => {
    stage = new Stage("poll");
    stage.end(ids("short", 20), 20 * second, "short");
    stage.end(ids("long", 20), 10 * minute, "long");
    for (const id of ids("bad", 20)) {
      stage.source.enqueue(id, { function: "short" });
      stage.source.begin(id);
      stage.source.fail(id, "ValueError", "bad", 40 * second);
    }
    await stage.run(10 * second);
    stage.source.silent = true;
    await stage.run(13 * second);
    const counts = (): number[] => [stage.complete, stage.monitor.snapshot().counts.failed];
    assert.deepEqual(counts(), [20, 20]);
    await stage.run(20 * second);
    assert.deepEqual(counts(), [20, 0]);
    await stage.run(10 * minute);
    assert.deepEqual(counts(), [0, 0]);
  });

  it("are never taken for gone while they are there, and each is asked for once when its rule was wrong", async () => {
    stage = new Stage("poll");
    stage.end(["sample"], 10 * second);
    await stage.run(6 * second);
    stage.end(ids("kept", 30), 5 * minute);
    stage.source.silent = true;
    await stage.run(2 * minute);
    assert.equal(stage.complete, 30);
    const asked = stage.asked.filter((id) => id.startsWith("kept"));
    assert.equal(new Set(asked).size, asked.length);
    await stage.run(4 * minute);
    assert.equal(stage.complete, 0);
  });

  it("that are kept for ever are not asked for again", async () => {
    stage = new Stage("poll");
    stage.end(ids("kept", 30), null);
    await stage.run(minute);
    const before = stage.asked.length;
    stage.end(ids("more", 30), null);
    await stage.run(5 * minute);
    assert.equal(stage.complete, 60);
    assert.ok(before <= 3 && stage.asked.length === before, `${stage.asked.length} TTLs read`);
  });

  it("are learned of anew when a worker keeps them for another time", async () => {
    stage = new Stage("poll");
    stage.end(ids("old", 10), 30 * minute);
    await stage.run(11 * minute);
    stage.end(ids("new", 10), 30 * second);
    await stage.run(10 * second);
    stage.source.silent = true;
    await stage.run(25 * second);
    assert.equal(stage.complete, 10);
    assert.equal(stage.monitor.row("old3")?.rememberedSince, null);
  });

  it("are waited for under push, and asked for only when the announcement is late", async () => {
    stage = new Stage("push");
    stage.end(ids("told", 20), 30 * second);
    await stage.run(10 * second);
    const before = stage.asked.length;
    await stage.run(24 * second);
    assert.equal(stage.asked.length, before);
    await stage.run(10 * second);
    assert.equal(stage.complete, 0);
  });

  it("are left to the sweeps where the server refuses to tell lifetimes", async () => {
    stage = new Stage("poll");
    stage.source.readResultTtls = () => Promise.resolve(null);
    stage.end(ids("kept", 5), 10 * second);
    stage.source.silent = true;
    await stage.run(minute);
    assert.equal(stage.complete, 5);
    await stage.source.sweep();
    await stage.run(second);
    assert.equal(stage.complete, 0);
  });
});
