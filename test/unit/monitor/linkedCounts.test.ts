import assert from "node:assert/strict";
import { jobStates } from "../../../src/arq/jobModel";
import { defaultThresholds } from "../../../src/monitor/health";
import { createMonitor } from "../../../src/monitor/liveMonitor";
import type { JobQuery, Monitor } from "../../../src/monitor/model";
import { newestJobs } from "../../../src/protocol/jobQuery";
import { ManualClock } from "../../support/manualClock";
import { MemorySource } from "../../support/memorySource";
import { QuietLogger } from "../../support/quietLogger";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

describe("A number and the list behind it", () => {
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
    assert.ok(monitor.snapshot().complete);
  });
  afterEach(() => monitor.close());

  const total = async (query: Partial<JobQuery>): Promise<number> =>
    (await monitor.query({ ...newestJobs, limit: 1, ...query })).total;

  let ended = 0;
  function end(type: string | null, keepMs: number | null, queue = "arq:queue"): void {
    const id = `ended${ended++}`;
    source.enqueue(id, { queue });
    source.begin(id);
    if (type === null) source.succeed(id, keepMs);
    else source.fail(id, type, "bad", keepMs);
  }

  it("agree for every state, in all and of one queue", async () => {
    for (const queue of ["mail", "arq:queue"]) {
      for (let i = 0; i < 3; i++) source.enqueue(`${queue} waits ${i}`, { queue });
      source.enqueue(`${queue} later`, { queue, dueAt: clock.now() + hour });
      source.enqueue(`${queue} runs`, { queue });
      source.begin(`${queue} runs`);
      source.enqueue(`${queue} again`, { queue });
      source.begin(`${queue} again`);
      source.again(`${queue} again`, minute);
      source.enqueue(`${queue} aborted`, { queue });
      source.begin(`${queue} aborted`);
      source.abort(`${queue} aborted`);
      end(null, null, queue);
      end("KeyError", null, queue);
    }
    await clock.advanceAsync(second);
    const { counts, queues } = monitor.snapshot();
    for (const state of jobStates) assert.equal(await total({ states: [state] }), counts[state], state);
    assert.deepEqual([counts.queued, counts.deferred, counts.running, counts.retrying], [6, 2, 2, 2]);
    for (const { name, ...queue } of queues) {
      for (const state of ["queued", "deferred", "running", "retrying", "complete", "failed"] as const) {
        assert.equal(await total({ states: [state], queue: name }), queue[state], `${state} in ${name}`);
      }
    }
  });

  it("agree for what ended within the last hour and day, where results are kept", async () => {
    for (let i = 0; i < 30; i++) {
      end(i % 3 === 0 ? "KeyError" : null, null);
      await clock.advanceAsync(7 * minute);
    }
    const { lastHour, lastDay } = monitor.snapshot();
    assert.ok(lastHour.failed > 0 && lastHour.failed < lastDay.failed);
    for (const [rate, text] of [
      [lastHour, "since:1h"],
      [lastDay, "since:24h"],
    ] as const) {
      assert.equal(await total({ text: `status:failed ${text}` }), rate.failed);
      assert.equal(await total({ text: `status:complete ${text}` }), rate.complete);
    }
  });

  it("agree for failed jobs of the last hour also where Redis has forgotten some, which the list then says", async () => {
    for (let i = 0; i < 6; i++) {
      end("KeyError", i < 4 ? minute : null);
      await clock.advanceAsync(5 * minute);
    }
    const { lastHour, counts } = monitor.snapshot();
    assert.deepEqual([lastHour.failed, counts.failed], [6, 2]);
    assert.equal(await total({ text: "status:failed since:1h" }), 2, "Redis holds no more");
    const page = await monitor.query({ ...newestJobs, text: "status:failed since:1h is:any" });
    assert.equal(page.total, lastHour.failed);
    assert.equal(page.rows.filter(({ rememberedSince }) => rememberedSince !== null).length, 4);
  });

  it("agree for every cell of an error group, forgotten jobs included", async () => {
    for (let i = 0; i < 40; i++) {
      end(i % 2 === 0 ? "KeyError" : "TimeoutError", i % 3 === 0 ? 10 * minute : null);
      await clock.advanceAsync(47 * minute);
    }
    for (const type of ["KeyError", "TimeoutError"]) end(type, null);
    await clock.advanceAsync(second);
    const groups = await monitor.errorGroups();
    assert.equal(groups.length, 2);
    for (const { key, count, remembered, lastHour, lastDay, lastWeek } of groups) {
      assert.ok(remembered > 0 && lastHour > 0 && lastHour < lastDay && lastDay < lastWeek, "cells differ");
      const link = { errorGroup: key, remembered: "also" } as const;
      assert.equal(await total(link), count);
      assert.equal(await total({ ...link, text: "since:1h" }), lastHour);
      assert.equal(await total({ ...link, text: "since:24h" }), lastDay);
      assert.equal(await total({ ...link, text: "since:7d" }), lastWeek);
    }
  });

  it("agree where a job failed exactly so long ago", async () => {
    end("KeyError", null);
    await clock.advanceAsync(hour);
    const [group] = await monitor.errorGroups();
    assert.equal(group?.lastHour, 1);
    assert.equal(await total({ errorGroup: group?.key ?? "", text: "since:1h" }), 1);
  });
});
