import assert from "node:assert/strict";
import { defaultThresholds } from "../../../src/monitor/health";
import { createMonitor } from "../../../src/monitor/liveMonitor";
import type { Monitor } from "../../../src/monitor/model";
import { newestJobs } from "../../../src/protocol/jobQuery";
import { pyNone } from "../../../src/python/value";
import { ManualClock } from "../../support/manualClock";
import { MemorySource } from "../../support/memorySource";
import { QuietLogger } from "../../support/quietLogger";

const minute = 60_000;

describe("What a live monitor is asked", () => {
  let clock: ManualClock;
  let source: MemorySource;
  let monitor: Monitor;
  beforeEach(async () => {
    clock = new ManualClock();
    source = new MemorySource(clock);
    source.enqueue("waits");
    source.enqueue("fails", { function: "charge" });
    source.begin("fails");
    source.fail("fails", "KeyError", "order 17");
    source.enqueue("fails too", { function: "refund" });
    source.begin("fails too");
    source.fail("fails too", "KeyError", "order 18");
    const parts = { logger: new QuietLogger(), thresholds: defaultThresholds, staleAfterMs: minute, queues: [] };
    monitor = createMonitor({ source, clock, ...parts });
    monitor.onChange(() => undefined);
    monitor.start();
    await clock.advanceAsync(1000);
    assert.ok(monitor.snapshot().complete);
  });
  afterEach(() => monitor.close());

  const found = async (text: string): Promise<string[]> => {
    const page = await monitor.query({ ...newestJobs, text, sort: "id", descending: false });
    return page.rows.map(({ id }) => id);
  };

  it("tells of jobs that Redis has forgotten when it is asked for them, and in error groups, but nowhere else", async () => {
    source.vanish("fails");
    await clock.advanceAsync(1000);
    assert.deepEqual(await found(""), ["fails too", "waits"]);
    assert.deepEqual(await found("is:remembered"), ["fails"]);
    assert.deepEqual(await found("is:remembered fn:refund"), []);
    const { rows, total } = await monitor.query({ ...newestJobs, remembered: true });
    assert.deepEqual([rows[0]?.id, total], ["fails", 1]);
    assert.notEqual(rows[0]?.rememberedSince, null);
    const [group] = await monitor.errorGroups();
    assert.deepEqual([group?.count, group?.remembered], [2, 1]);
    assert.deepEqual(
      (await monitor.functions()).map(({ name }) => name),
      ["refund", "work"],
    );
  });

  it("answers with what is in the index now, however often it changes", async () => {
    for (let round = 0; round < 20; round++) {
      source.enqueue(`next${round}`);
      source.begin(`next${round}`);
      source.fail(`next${round}`, "KeyError", `order ${round}`);
      await clock.advanceAsync(500);
      assert.equal((await monitor.errorGroups())[0]?.count, 3 + round);
      assert.equal(
        (await monitor.functions()).reduce((sum, { count }) => sum + count, 0),
        4 + round,
      );
      assert.equal((await monitor.query({ ...newestJobs, text: "status:failed" })).total, 3 + round);
    }
  });

  it("tells depths that it has counted, minute by minute, and estimates the time before", async () => {
    await clock.advanceAsync(3 * minute);
    source.enqueue("second");
    await clock.advanceAsync(2 * minute);
    const [report] = await monitor.queueReports();
    const told = report!.depth.slice(-6);
    assert.deepEqual(
      told.map(({ estimated }) => estimated),
      [false, false, false, false, false, false],
    );
    assert.deepEqual([told[0]?.depth, told[5]?.depth], [1, 2]);
    assert.ok(report!.depth.slice(0, 50).every(({ estimated }) => estimated));
  });

  it("suggests what jobs have, and searches what they hold", async () => {
    const [first] = await monitor.suggest("error:", 6);
    assert.deepEqual([first?.insert, first?.count], ["KeyError", 2]);
    const decoded = { ok: true, codec: [], try: null, function: "work", enqueuedAt: null } as const;
    const args = { kind: "tuple", items: [{ kind: "str", value: "parcel" }] } as const;
    source.payloads.set("waits", {
      job: { decoded: { ...decoded, args: { ...args, items: [...args.items] }, kwargs: pyNone }, size: 9 },
    });
    const search = { query: { ...newestJobs, text: "arg:parcel" }, budget: { jobs: 100, bytes: 1e6, ms: 10_000 } };
    const matches = await monitor.searchPayloads(search, () => undefined);
    assert.deepEqual([matches.rows.map(({ id }) => id), matches.looked, matches.of], [["waits"], 3, 3]);
    source.sizes.set("waits", 30);
    assert.deepEqual(await monitor.sampleMemory(null), {
      sampled: 3,
      of: 3,
      bytes: 30,
      estimatedBytes: 30,
      largestBytes: 30,
    });
  });

  it("rejects a question that nobody waits for any more", async () => {
    const stop = AbortSignal.abort(new Error("gone"));
    await assert.rejects(monitor.query(newestJobs, stop), /gone/);
    await assert.rejects(monitor.errorGroups(stop), /gone/);
    await assert.rejects(monitor.functions(stop), /gone/);
    await assert.rejects(monitor.suggest("", 0, stop), /gone/);
    assert.deepEqual([...monitor.rows()].map(({ id }) => id).sort(), ["fails", "fails too", "waits"]);
  });

  it("tells when something happened last in a queue of which nothing is left", async () => {
    source.enqueue("leaves nothing", { queue: "mail" });
    source.begin("leaves nothing");
    await clock.advanceAsync(1000);
    const at = clock.now();
    source.vanish("leaves nothing");
    await clock.advanceAsync(30 * minute);
    const reports = await monitor.queueReports();
    const mail = reports.find(({ name }) => name === "mail");
    assert.ok(mail, "it is still known");
    assert.deepEqual([mail.lastActivityAt, mail.runMeanMs], [at, null]);
  });
});
