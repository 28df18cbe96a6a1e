import assert from "node:assert/strict";
import { cronLine, scheduledJobs, scheduledTab as tabOf } from "../../../src/host/panels/tabs/scheduledTab";
import type { JobQuery, Monitor } from "../../../src/monitor/model";
import type { CronJob } from "../../../src/monitor/queryModel";
import { newestJobs } from "../../../src/protocol/jobQuery";
import { everythingScheduled } from "../../../src/protocol/tabs/scheduled";
import { fakeMonitor, now, row } from "./fakeMonitor";

const minute = 60_000;
const never = new AbortController().signal;

function cron(fields: Partial<CronJob> = {}): CronJob {
  return {
    name: "tidy",
    function: "cron:tidy",
    queue: "arq:queue",
    next: null,
    expectedAt: null,
    lastRuns: [],
    count: 0,
    failed: 0,
    intervalMs: 5 * minute,
    ...fields,
  };
}

const ran = (dueAt: number) =>
  ({ id: `cron:tidy:${dueAt}`, state: "finished", dueAt, startedAt: dueAt, runMs: null }) as const;

const scheduledTab = tabOf(() => null);

describe("what is going to run", () => {
  it("asks for deferred and retrying jobs by the time at which they are due, under the filters", () => {
    const query = scheduledJobs({ text: "card", queue: "arq:mail", function: "pay", offset: 50 }, 50);
    assert.deepEqual(query, {
      ...newestJobs,
      states: ["deferred", "retrying"],
      queue: "arq:mail",
      function: "pay",
      text: "card",
      sort: "scheduledAt",
      descending: false,
      offset: 50,
      limit: 50,
    });
  });

  it("goes to the last page there is where the one asked for is gone", async () => {
    const rows = Array.from({ length: 70 }, (_, n) => row({ id: `j${n}`, state: "deferred", scheduledAt: now + n }));
    const view = await scheduledTab.view(fakeMonitor({ rows }), { ...everythingScheduled, offset: 400 }, never);
    assert.deepEqual([view.offset, view.rows.length, view.total], [50, 20, 70]);
  });

  it("gives what the monitor says of cron jobs, each with a name of its own", async () => {
    const jobs = [cron(), cron({ queue: "arq:mail" })];
    const monitor: Monitor = {
      ...fakeMonitor({}),
      cron: () => Promise.resolve(jobs),
      query: (_query: JobQuery) => fakeMonitor({}).query(newestJobs),
    };
    const view = await scheduledTab.view(monitor, everythingScheduled, never);
    assert.equal(new Set(view.cron.map(({ id }) => id)).size, 2);
  });

  it("tells due times that have passed without a run, and whether all the time since was seen", () => {
    const job = cron({ lastRuns: [ran(now - 16 * minute)] });
    assert.deepEqual(cronLine(job, [], now).missed, { count: 3, dueAt: now - minute, watched: true });
    const gap = { from: now - 10 * minute, to: now - 9 * minute };
    assert.equal(cronLine(job, [gap], now).missed?.watched, false);
    const before = { from: now - 90 * minute, to: now - 30 * minute };
    assert.equal(cronLine(job, [before], now).missed?.watched, true, "a gap before the last run hides none after it");
  });

  it("tells of none while the next run is not late, waits in Redis, or nobody knows when it is due", () => {
    assert.equal(cronLine(cron({ lastRuns: [ran(now - 4 * minute)] }), [], now).missed, null);
    assert.equal(
      cronLine(cron({ lastRuns: [ran(now - 5 * minute)] }), [], now).missed,
      null,
      "it may begin any moment",
    );
    const late = { id: "n", at: now - 2 * minute };
    assert.equal(cronLine(cron({ lastRuns: [ran(now - 7 * minute)], next: late }), [], now).missed, null);
    assert.equal(cronLine(cron({ lastRuns: [ran(now - 99 * minute)], intervalMs: null }), [], now).missed, null);
    assert.equal(cronLine(cron(), [], now).missed, null);
  });

  it("takes what a page or link asks for, fills in the rest, and refuses what is none", () => {
    assert.deepEqual(scheduledTab.check({ queue: "q" }), { ...everythingScheduled, queue: "q" });
    for (const bad of ["x", { queue: 7 }, { function: [] }, { offset: -1 }, { text: null }])
      assert.throws(() => scheduledTab.check(bad), Error);
  });
});
