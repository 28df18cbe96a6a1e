import assert from "node:assert/strict";
import { defaultThresholds } from "../../../src/monitor/health";
import { createMonitor } from "../../../src/monitor/liveMonitor";
import { ManualClock } from "../../support/manualClock";
import { MemorySource } from "../../support/memorySource";
import { QuietLogger } from "../../support/quietLogger";

describe("A queue that is empty though jobs were seen in it", () => {
  it("has them read again: it was deleted, which announces its name and not what it held", async () => {
    const clock = new ManualClock();
    const source = new MemorySource(clock);
    const monitor = createMonitor({
      source,
      clock,
      logger: new QuietLogger(),
      thresholds: defaultThresholds,
      staleAfterMs: 60_000,
      queues: [],
    });
    monitor.onChange(() => {});
    monitor.start();
    await clock.advanceAsync(1000);
    source.enqueue("a", { queue: "mail" });
    source.enqueue("b", { queue: "mail" });
    source.enqueue("c");
    await clock.advanceAsync(1000);
    assert.equal(monitor.row("a")?.state, "queued");

    source.silent = true;
    source.put("a", { queued: null });
    source.put("b", { queued: null });
    await source.sink.touched({ jobs: [], queues: ["mail"], workers: false, origin: "live" });
    await clock.advanceAsync(2000);
    assert.deepEqual(
      ["a", "b", "c"].map((id) => monitor.row(id)?.state),
      ["unknown", "unknown", "queued"],
    );

    source.reads.length = 0;
    await clock.advanceAsync(60_000);
    assert.deepEqual(source.reads, [], "what was read again is not read at every beat");
    await monitor.close();
  });
});
