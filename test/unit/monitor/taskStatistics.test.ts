import assert from "node:assert/strict";
import { queryTogether } from "../../../src/monitor/query";
import { heldRows, rememberedRows } from "../../../src/monitor/rowSources";
import { Slices } from "../../../src/monitor/slices";
import { taskStatistics } from "../../../src/monitor/taskStatistics";
import { newestJobs } from "../../../src/protocol/jobQuery";
import { endedRow, failedRow, jobRow, rowsNow, tableOf } from "../../support/jobRows";

const minute = 60_000;
const hour = 60 * minute;

describe("What is known of a function in a queue", () => {
  it("counts what lies ahead now, and of the ended jobs the last hour", async () => {
    const table = tableOf([
      jobRow("a"),
      jobRow("b", { state: "deferred" }),
      jobRow("c", { state: "running", startedAt: rowsNow - 1000 }),
      jobRow("d", { state: "retrying" }),
      ...Array.from({ length: 20 }, (_, n) => endedRow(`e${n}`, rowsNow - minute, { runMs: (n + 1) * 100 })),
      endedRow("slow, long ago", rowsNow - 2 * hour, { runMs: 60_000 }),
      failedRow("f", rowsNow - 5 * minute, "order 1"),
      failedRow("long ago", rowsNow - 2 * hour, "order 2"),
    ]);
    const [stats, ...others] = await taskStatistics(table, [], rowsNow, new Slices());
    assert.equal(others.length, 0);
    assert.deepEqual(stats, {
      function: "work",
      queue: "arq:queue",
      count: 27,
      queued: 1,
      deferred: 1,
      running: 1,
      retrying: 1,
      completeLastHour: 20,
      failedLastHour: 1,
      runP95Ms: 1900,
      lastError: { type: "ValueError", message: "order 1", at: rowsNow - 5 * minute, id: "f" },
    });
  });

  it("keeps two services apart that call a function the same in their own queues", async () => {
    const table = tableOf([
      jobRow("a", { function: "send_email", queue: "shop" }),
      jobRow("b", { function: "send_email", queue: "shop" }),
      failedRow("c", rowsNow - minute, "no mailbox", { function: "send_email", queue: "news" }),
    ]);
    const found = await taskStatistics(table, [], rowsNow, new Slices());
    assert.deepEqual(
      found.map((each) => [each.function, each.queue, each.queued, each.failedLastHour, each.lastError?.message]),
      [
        ["send_email", "news", 0, 1, "no mailbox"],
        ["send_email", "shop", 2, 0, undefined],
      ],
    );
  });

  it("counts the failed jobs that the list of failed jobs of the last hour has, forgotten ones included, each once", async () => {
    const table = tableOf([
      failedRow("held", rowsNow - minute, "now"),
      jobRow("again", { enqueuedAt: rowsNow - 1000 }),
    ]);
    const remembered = [
      failedRow("held", rowsNow - 10 * minute, "before"),
      failedRow("again", rowsNow - 3 * hour, "long ago"),
      failedRow("again", rowsNow - 20 * minute, "last"),
      failedRow("gone", rowsNow - 2 * minute, "forgotten"),
      failedRow("gone long ago", rowsNow - 9 * hour, "forgotten"),
    ].map((row) => ({ ...row, rememberedSince: rowsNow }));
    const [stats] = await taskStatistics(table, remembered, rowsNow, new Slices());
    assert.equal(stats?.failedLastHour, 3);
    const query = {
      ...newestJobs,
      function: "work",
      states: ["failed"],
      text: "since:1h",
      remembered: "also",
    } as const;
    const sources = [heldRows(table), await rememberedRows(remembered, new Slices())];
    const page = await queryTogether(sources, query, rowsNow, new Slices());
    assert.equal(page.total, stats?.failedLastHour);
    assert.equal(stats?.lastError?.message, "now");
  });

  it("tells the last error also where only a forgotten job had one", async () => {
    const remembered = [{ ...failedRow("gone", rowsNow - 9 * hour, "long ago"), rememberedSince: rowsNow }];
    const [stats] = await taskStatistics(tableOf([]), remembered, rowsNow, new Slices());
    assert.deepEqual([stats?.count, stats?.failedLastHour, stats?.lastError?.id], [0, 0, "gone"]);
  });
});
