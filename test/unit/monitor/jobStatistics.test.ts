import assert from "node:assert/strict";
import { DepthEstimate, DepthHistory } from "../../../src/monitor/depthHistory";
import { groupErrors } from "../../../src/monitor/errorGroups";
import { FirstRows } from "../../../src/monitor/firstRows";
import { functionStatistics } from "../../../src/monitor/functionStatistics";
import { Numbers } from "../../../src/monitor/numbers";
import { queueStatistics } from "../../../src/monitor/queueStatistics";
import { SharedWork } from "../../../src/monitor/sharedWork";
import { Slices } from "../../../src/monitor/slices";
import { sortInSlices } from "../../../src/monitor/sortInSlices";
import type { QueueStats } from "../../../src/monitor/model";
import { endedRow, failedRow, jobRow, randomNumbers, rowsNow, tableOf } from "../../support/jobRows";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe("Error groups", () => {
  it("tell when and where it happened, forgotten jobs included", async () => {
    const table = tableOf([
      failedRow("a", rowsNow - 10 * minute, "order 1", { function: "charge", queue: "mail" }),
      failedRow("b", rowsNow - 90 * minute, "order 2", { function: "charge" }),
      failedRow("c", rowsNow - 30 * hour, "order 3", { function: "refund" }),
      failedRow("old", rowsNow - 10 * day, "order 4", { function: "charge" }),
      endedRow("d", rowsNow),
    ]);
    const forgotten = failedRow("e", rowsNow - minute, "order 5", { function: "charge", rememberedSince: rowsNow });
    const remembered = [forgotten, endedRow("f", rowsNow, { rememberedSince: rowsNow })];
    const [group, ...others] = await groupErrors(table, remembered, rowsNow, new Slices());
    assert.equal(others.length, 0);
    assert.ok(group);
    assert.deepEqual([group.message, group.sample, group.count, group.remembered], ["order #", "order 5", 5, 1]);
    assert.deepEqual([rowsNow - group.firstAt, rowsNow - group.lastAt], [10 * day, minute]);
    assert.deepEqual([group.lastHour, group.lastDay, group.lastWeek], [2, 3, 4]);
    assert.equal(group.trend.length, 24);
    assert.deepEqual([group.trend[23], group.trend[22], group.trend[21]], [2, 1, 0]);
    assert.deepEqual(group.functions, [
      { name: "charge", count: 4 },
      { name: "refund", count: 1 },
    ]);
    assert.deepEqual(group.queues, [
      { name: "arq:queue", count: 4 },
      { name: "mail", count: 1 },
    ]);
    assert.deepEqual(
      group.jobs.map(({ id }) => id),
      ["e", "a", "b", "c", "old"],
    );
    assert.equal(group.jobs[0], forgotten, "as it was when Redis forgot it");
  });

  it("count a job once that failed several times under its id, as it failed last, and again where it failed otherwise", async () => {
    const table = tableOf([
      failedRow("held", rowsNow - minute, "order 1"),
      jobRow("again", { enqueuedAt: rowsNow - second }),
    ]);
    const forgotten = [
      failedRow("held", rowsNow - 2 * day, "order 2"),
      failedRow("again", rowsNow - 5 * day, "order 3"),
      failedRow("again", rowsNow - 3 * hour, "order 4"),
      failedRow("again", rowsNow - 2 * day, "another thing"),
    ].map((row) => ({ ...row, rememberedSince: rowsNow }));
    const [orders, others] = await groupErrors(table, forgotten, rowsNow, new Slices());
    assert.deepEqual([orders?.message, orders?.count, orders?.remembered], ["order #", 2, 1]);
    assert.deepEqual([orders?.lastHour, orders?.lastDay, orders?.lastWeek], [1, 2, 2]);
    assert.deepEqual(
      orders?.jobs.map(({ error }) => error?.message),
      ["order 1", "order 4"],
    );
    assert.deepEqual([others?.message, others?.count], ["another thing", 1]);
  });

  it("list the 200 newest jobs of each, however they lie in the index", async () => {
    const random = randomNumbers(2);
    const rows = Array.from({ length: 3000 }, (_, i) =>
      failedRow(`j${i}`, rowsNow - Math.floor(random() * day), "bad"),
    );
    const [group] = await groupErrors(tableOf(rows), [], rowsNow, new Slices(undefined, 0));
    const newest = rows.map(({ finishedAt }) => finishedAt!).sort((a, b) => b - a);
    assert.deepEqual(
      group?.jobs.map(({ finishedAt }) => finishedAt),
      newest.slice(0, 200),
    );
    assert.equal(group?.count, 3000);
    assert.equal(
      group?.trend.reduce((sum, each) => sum + each, 0),
      3000,
    );
  });

  it("count no job as another's that took its row meanwhile", async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => failedRow(`j${i}`, rowsNow - i, "bad"));
    const table = tableOf(rows);
    const groups = groupErrors(table, [], rowsNow, new Slices(undefined, 0));
    // In the first rest, rows that were looked at get other jobs.
    for (let i = 0; i < 100; i++) {
      table.remove(i);
      table.write(table.add(`other${i}`), failedRow(`other${i}`, rowsNow, "another thing"));
    }
    const [group] = await groups;
    assert.ok(group?.jobs.every(({ error }) => error?.message === "bad"));
    assert.equal(group?.jobs.length, 100, "half of the 200 newest are gone");
  });
});

describe("Statistics of functions", () => {
  it("tell rates, and the newest error", async () => {
    const table = tableOf([
      failedRow("a", rowsNow - 20 * minute, "first"),
      failedRow("b", rowsNow - 10 * minute, "second"),
      endedRow("c", rowsNow - 30 * minute, { waitMs: 5 }),
      endedRow("d", rowsNow - 2 * hour),
      endedRow("e", rowsNow, { state: "aborted" }),
      jobRow("f"),
      jobRow("g", { function: null }),
    ]);
    const [work, ...others] = await functionStatistics(table, rowsNow, new Slices());
    assert.equal(others.length, 0);
    assert.ok(work);
    assert.deepEqual([work.count, work.complete, work.failed, work.failureRate], [6, 2, 2, 0.5]);
    assert.equal(work.endedPerMinute, 4 / 30, "four in the half hour since the first of them");
    assert.deepEqual([work.waitP50Ms, work.waitP99Ms], [5, 5]);
    assert.deepEqual(work.lastError, { type: "ValueError", message: "second", at: rowsNow - 10 * minute, id: "b" });
  });
});

describe("Functions at a glance", () => {
  it("have a success rate, their queues, and what waits and runs now", async () => {
    const table = tableOf([
      endedRow("a", rowsNow - 20 * minute, { queue: "mail" }),
      endedRow("b", rowsNow - 20 * minute),
      endedRow("c", rowsNow - 2 * hour, { queue: "mail" }),
      failedRow("d", rowsNow - 20 * minute, "bad", { queue: null }),
      jobRow("e", { queue: "late" }),
      jobRow("f", { state: "running", startedAt: rowsNow - minute }),
      jobRow("g", { state: "deferred" }),
      jobRow("h", { function: "idle" }),
    ]);
    const [idle, work] = await functionStatistics(table, rowsNow, new Slices(undefined, 0));
    assert.ok(work && idle);
    assert.deepEqual([work.successRate, work.failureRate], [0.75, 0.25]);
    assert.deepEqual([work.running, work.queued, work.count], [1, 1, 7]);
    assert.deepEqual(work.queues, ["arq:queue", "late", "mail"]);
    assert.deepEqual([idle.successRate, idle.queues, idle.queued], [null, ["arq:queue"], 1]);
  });

  it("have what ended in each five minutes of the last hour, the last of them now", async () => {
    const table = tableOf([
      endedRow("a", rowsNow - 4 * minute),
      endedRow("b", rowsNow - 5 * minute),
      endedRow("c", rowsNow - 59 * minute),
      endedRow("gone", rowsNow - hour),
      endedRow("ahead", rowsNow + minute),
      failedRow("d", rowsNow - 7 * minute, "bad"),
      endedRow("neither", rowsNow, { state: "aborted" }),
    ]);
    const [work] = await functionStatistics(table, rowsNow, new Slices());
    assert.equal(work?.trend.stepMs, 5 * minute);
    assert.deepEqual(work?.trend.complete, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
    assert.deepEqual(work?.trend.failed, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
  });
});

describe("Reports of queues", () => {
  const stats = (name: string, change: Partial<QueueStats> = {}): QueueStats => {
    const none = {
      depth: 0,
      queued: 0,
      deferred: 0,
      running: 0,
      retrying: 0,
      oldestDueMs: null,
      complete: 0,
      failed: 0,
    };
    return { name, ...none, ...change };
  };

  it("tell waits, runs, rates and the oldest due job, also of a queue without a job", async () => {
    const table = tableOf([
      ...Array.from({ length: 20 }, (_, i) =>
        endedRow(`j${i}`, rowsNow - minute, { waitMs: i + 1, runMs: 10 * (i + 1) }),
      ),
      failedRow("x", rowsNow - minute, "bad", { runMs: 1000, waitMs: 100 }),
    ]);
    const queues = [stats("arq:queue", { oldestDueMs: 7000 }), stats("idle")];
    const [busy, idle] = await queueStatistics(table, queues, new DepthHistory(), rowsNow, new Slices());
    assert.deepEqual(busy?.waitMs, { p50: 11, p95: 20, p99: 100 });
    assert.deepEqual(busy?.runMs, { p50: 110, p95: 200, p99: 1000 });
    assert.deepEqual([busy?.failureRate, busy?.endedPerMinute, busy?.oldestDueAt], [1 / 21, 21, rowsNow - 7000]);
    assert.deepEqual([idle?.name, idle?.failureRate, idle?.runMs.p50, idle?.depth.length], ["idle", null, null, 60]);
  });

  it("tell the mean run, and when something happened last: now while there are jobs, else as jobs or the history tell", async () => {
    const table = tableOf([
      endedRow("a", rowsNow - 30 * hour, { runMs: 100 }),
      endedRow("b", rowsNow - 26 * hour, { runMs: 300 }),
      endedRow("c", rowsNow - 3 * hour, { queue: "known better" }),
      jobRow("d", { queue: "busy" }),
      endedRow("e", rowsNow + hour, { queue: "ahead" }),
    ]);
    const names = ["arq:queue", "known better", "busy", "ahead", "idle", "empty"];
    const queues = names.map((name) => stats(name, { depth: name === "busy" ? 1 : 0 }));
    const asked: string[][] = [];
    const lastKnown = (wanted: ReadonlySet<string>): Map<string, number> => {
      asked.push([...wanted]);
      return new Map([
        ["known better", rowsNow - 2 * hour],
        ["idle", rowsNow - 9 * day],
      ]);
    };
    const reports = await queueStatistics(table, queues, new DepthHistory(), rowsNow, new Slices(), lastKnown);
    assert.deepEqual(
      reports.map(({ lastActivityAt }) => (lastActivityAt === null ? null : rowsNow - lastActivityAt)),
      [26 * hour, 2 * hour, 0, 0, 9 * day, null],
    );
    assert.deepEqual(
      reports.map(({ runMeanMs }) => runMeanMs),
      [200, 100, null, 100, null, null],
    );
    assert.deepEqual(asked, [names.filter((name) => name !== "busy")]);
  });

  it("tell the depth of each minute as counted, and else an estimate from the times of jobs, marked as one", async () => {
    const table = tableOf([
      jobRow("waits", { enqueuedAt: rowsNow - 10 * minute }),
      endedRow("was there", rowsNow - 20 * minute, { enqueuedAt: rowsNow - 30 * minute }),
      jobRow("untold", { enqueuedAt: null }),
    ]);
    const depths = new DepthHistory();
    depths.saw("arq:queue", 7, rowsNow - 5 * minute);
    depths.saw("arq:queue", 9, rowsNow - 5 * minute + second);
    depths.saw("arq:queue", 99, rowsNow - 3 * hour);
    const [report] = await queueStatistics(table, [stats("arq:queue")], depths, rowsNow, new Slices());
    const ago = (minutes: number) => report!.depth[59 - minutes]!;
    assert.deepEqual([ago(40).depth, ago(25).depth, ago(15).depth, ago(8).depth, ago(0).depth], [0, 1, 0, 1, 1]);
    assert.deepEqual([ago(5).depth, ago(5).estimated], [9, false]);
    assert.equal(report!.depth.filter(({ estimated }) => !estimated).length, 1);
    assert.equal(ago(0).at, Math.floor(rowsNow / minute) * minute);
  });

  it("forget depths older than an hour, and names without end", () => {
    const depths = new DepthHistory();
    for (let i = 0; i < 5000; i++) depths.saw(`queue ${i}`, 1, rowsNow);
    assert.equal(depths.points("queue 10", rowsNow, [])[59]?.estimated, false);
    assert.equal(depths.points("queue 4999", rowsNow, [])[59]?.estimated, true);
    assert.ok(depths.points("queue 10", rowsNow + 2 * hour, []).every(({ estimated }) => estimated));
  });

  it("estimate nothing from a job that came and went in one minute, or before the hour", () => {
    const estimate = new DepthEstimate(rowsNow);
    estimate.add(rowsNow - 2 * second, rowsNow - second);
    estimate.add(rowsNow - 5 * hour, rowsNow - 4 * hour);
    assert.ok(estimate.depths.every((depth) => depth === 0));
    estimate.add(rowsNow - 5 * hour, Number.POSITIVE_INFINITY);
    assert.ok(estimate.depths.every((depth) => depth === 1));
  });
});

describe("Numbers in slices", () => {
  it("give the percentiles that sorting gives", async () => {
    const random = randomNumbers(9);
    for (const count of [0, 1, 2, 3, 10, 100, 101, 5000]) {
      for (const values of [8, 1e9]) {
        const numbers = new Numbers();
        const all = Array.from({ length: count }, () => Math.floor(random() * values));
        for (const value of all) numbers.add(value);
        all.sort((a, b) => a - b);
        const expected = [1, 50, 95, 99, 100].map((p) => all[Math.max(0, Math.ceil((p / 100) * count) - 1)] ?? null);
        assert.deepEqual(await numbers.percentiles([1, 50, 95, 99, 100], new Slices(undefined, 0)), expected);
      }
    }
  });

  it("sort as a sort at once does", async () => {
    const random = randomNumbers(4);
    for (const count of [0, 1, 4096, 4097, 20_000]) {
      const all = Array.from({ length: count }, () => Math.floor(random() * 1e6));
      const compare = (a: number, b: number): number => a - b;
      assert.deepEqual(await sortInSlices(all, compare, new Slices(undefined, 0)), all.toSorted(compare));
    }
  });

  it("pick the first rows in order, whatever order they come in and however many have the same key", async () => {
    const random = randomNumbers(6);
    for (const [count, wanted] of [
      [5, 10],
      [100, 7],
      [60_000, 50],
      [60_000, 4096],
      [60_000, 30_000],
      [10, 0],
    ] as const) {
      for (const key of [(i: number) => i, (i: number) => -i, () => 1, () => Math.floor(random() * 100)]) {
        const keys = Array.from({ length: count }, (_, i) => key(i));
        const first = new FirstRows(wanted, (a, b) => b - a);
        keys.forEach((each, row) => first.add(row, each));
        const expected = keys.map((_, row) => row).sort((a, b) => keys[a]! - keys[b]! || b - a);
        const from = Math.min(3, wanted);
        assert.deepEqual([...(await first.sorted(from, new Slices(undefined, 0)))], expected.slice(from, wanted));
      }
    }
  });
});

describe("A look at all jobs", () => {
  it("is made once for all who ask, and again when something changed", async () => {
    let version = 1;
    let made = 0;
    const work = new SharedWork(
      () => version,
      () => 10,
      async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return ++made;
      },
    );
    assert.deepEqual(await Promise.all([work.get(), work.get(), work.get()]), [1, 1, 1]);
    assert.equal(await work.get(), 1);
    version++;
    assert.equal(await work.get(), 2);
  });

  it("shows every change where there are few jobs, and of many is not begun again while it runs or at once afterwards", async () => {
    for (const [jobs, expected] of [
      [10, [1, 2, 3]],
      [1_000_000, [1, 1, 1]],
    ] as const) {
      let version = 1;
      let made = 0;
      const work = new SharedWork(
        () => version,
        () => jobs,
        async () => {
          const answer = ++made;
          // Twenty times this is later than the last question.
          await new Promise((resolve) => setTimeout(resolve, 500));
          return answer;
        },
      );
      const first = work.get();
      version++;
      const second = work.get();
      const both = await Promise.all([first, second]);
      version++;
      assert.deepEqual([...both, await work.get()], expected);
    }
  });

  it("goes on while one still waits, and is given up when nobody does", async () => {
    const ended: string[] = [];
    const work = new SharedWork(
      () => 1,
      () => 10,
      async (slices) => {
        try {
          for (let i = 0; i < 20; i++) await slices.rest();
          ended.push("done");
          return 1;
        } catch (error) {
          ended.push("given up");
          throw error;
        }
      },
    );
    const [first, second] = [new AbortController(), new AbortController()];
    const one = work.get(first.signal);
    const two = work.get(second.signal);
    first.abort(new Error("gone"));
    await assert.rejects(one, /gone/);
    assert.equal(await two, 1);
    assert.deepEqual(ended, ["done"]);

    const other = new SharedWork(
      () => 1,
      () => 10,
      async (slices) => {
        for (;;)
          await slices.rest().catch((error: unknown) => (ended.push("given up"), Promise.reject(error as Error)));
      },
    );
    const third = new AbortController();
    const alone = other.get(third.signal);
    third.abort(new Error("gone"));
    await assert.rejects(alone, /gone/);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(ended, ["done", "given up"]);
  });
});
