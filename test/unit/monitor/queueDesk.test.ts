import assert from "node:assert/strict";
import type { JobFacts } from "../../../src/arq/jobModel";
import { JobIndex } from "../../../src/monitor/jobIndex";
import { QueueDesk } from "../../../src/monitor/queueDesk";
import { ManualClock } from "../../support/manualClock";
import { MemorySource } from "../../support/memorySource";
import { QuietLogger } from "../../support/quietLogger";

/** Learns of the queue `mail` while it reads for the first time. */
class LateQueueSource extends MemorySource {
  onFirstRead: () => void = () => {};

  override async readJobs(ids: readonly string[], queues: readonly string[]): Promise<JobFacts[]> {
    const facts = await super.readJobs(ids, queues);
    this.onFirstRead();
    this.onFirstRead = () => {};
    return facts;
  }
}

describe("The queue desk", () => {
  it("reads jobs again that are in no queue when one was found while they were read", async () => {
    const clock = new ManualClock();
    const source = new LateQueueSource(clock);
    source.silent = true;
    source.enqueue("letter", { queue: "mail" });
    source.enqueue("order", { queue: "orders" });
    const desk = new QueueDesk({
      source,
      clock,
      logger: new QuietLogger(),
      configured: ["orders"],
      index: new JobIndex(),
      onCounted: () => {},
      onSettled: () => {},
      onDoubt: () => Promise.resolve(),
      isWhole: () => false,
    });
    source.onFirstRead = () => void desk.book.meetInJob("mail", 1);
    const facts = await desk.readJobs(["letter", "order"]);
    assert.deepEqual(
      facts.map(({ id, queued }) => [id, queued?.queue]),
      [
        ["letter", "mail"],
        ["order", "orders"],
      ],
    );
    assert.deepEqual(source.reads, [["letter", "order"], ["letter"]]);
    desk.close();
  });

  it("looks again at a queue that changed while everything was being looked at", async () => {
    const clock = new ManualClock();
    const source = new MemorySource(clock);
    source.silent = true;
    source.enqueue("order", { queue: "orders" });
    const doubted: string[] = [];
    const desk = new QueueDesk({
      source,
      clock,
      logger: new QuietLogger(),
      configured: ["orders"],
      index: new JobIndex(),
      onCounted: () => {},
      onSettled: () => {},
      onDoubt: async (ids) => void doubted.push(...ids),
      isWhole: () => false,
    });
    desk.sweepStarted();
    desk.listed(["orders"]);
    await desk.lookAtUnlisted();
    assert.deepEqual(doubted, []);
    desk.changed(["orders"], []);
    await clock.advanceAsync(2000);
    await desk.lookAtUnlisted();
    assert.deepEqual(doubted, ["order"]);
    await desk.lookAtUnlisted();
    assert.deepEqual(doubted, ["order"], "once");
    desk.close();
  });
});
