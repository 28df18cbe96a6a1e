import assert from "node:assert/strict";
import { errorGroupKey, normalizeMessage } from "../../../src/monitor/errorGroupKey";
import { groupErrors } from "../../../src/monitor/errorGroups";
import { JobTable } from "../../../src/monitor/jobTable";
import type { JobQuery, JobRow } from "../../../src/monitor/model";
import { queryJobs } from "../../../src/monitor/query";
import { functionStatistics } from "../../../src/monitor/functionStatistics";
import { Slices } from "../../../src/monitor/slices";
import { gatherStatistics } from "../../../src/monitor/statistics";

const now = Date.UTC(2026, 0, 2, 3, 4, 30);
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

function row(id: string, change: Partial<JobRow> = {}): JobRow {
  return {
    id,
    function: "work",
    queue: "arq:queue",
    state: "queued",
    tries: 0,
    enqueuedAt: now - minute,
    scheduledAt: now - minute,
    startedAt: null,
    finishedAt: null,
    waitMs: null,
    runMs: null,
    error: null,
    worker: null,
    undecodable: null,
    rememberedSince: null,
    claimEndsAt: null,
    orphanEvidence: null,
    ...change,
  };
}

function ended(id: string, finishedAt: number, change: Partial<JobRow> = {}): JobRow {
  const runMs = change.runMs ?? 100;
  const times = { tries: 1, scheduledAt: null, startedAt: finishedAt - runMs, finishedAt, runMs };
  return row(id, { state: "complete", ...times, ...change });
}

function failed(id: string, finishedAt: number, message: string, change: Partial<JobRow> = {}): JobRow {
  const error = { kind: "exception", type: "ValueError", message, hasTraceback: false } as const;
  return ended(id, finishedAt, { state: "failed", error, ...change });
}

function tableOf(rows: readonly JobRow[]): JobTable {
  const table = new JobTable();
  for (const each of rows) table.write(table.add(each.id), each);
  return table;
}

async function ids(table: JobTable, query: Partial<JobQuery>): Promise<string[]> {
  const all = { states: [], queue: null, function: null, errorGroup: null, text: "", offset: 0, limit: 50 };
  const page = await queryJobs(table, { ...all, sort: "id", descending: false, ...query }, now);
  return page.rows.map(({ id }) => id);
}

describe("The job table", () => {
  it("gives back every property of a job, unknown ones as null", () => {
    const full: JobRow = {
      id: "a",
      function: "f",
      queue: "q: 1",
      state: "failed",
      tries: 3,
      enqueuedAt: 1,
      scheduledAt: 2,
      startedAt: 3,
      finishedAt: 4,
      waitMs: 5,
      runMs: 6,
      error: { kind: "timeout", type: "TimeoutError", message: "", hasTraceback: true },
      worker: "h:1",
      undecodable: "malformed",
      rememberedSince: null,
      claimEndsAt: 7,
      orphanEvidence: "claimOutlived",
    };
    const empty = row("b", { function: null, queue: null, tries: null, enqueuedAt: null, scheduledAt: null });
    const table = tableOf([full, empty]);
    assert.deepEqual(table.read(table.find("a"), now), full);
    assert.deepEqual(table.read(table.find("b"), now), empty);
  });

  it("uses the rows of removed jobs again, keeps growing, and lets unused strings go", () => {
    const table = new JobTable();
    for (let round = 0; round < 5; round++) {
      for (let index = 0; index < 3000; index++) {
        const id = `${round}-${index}`;
        table.write(table.add(id), row(id, { function: `f${id}` }));
      }
      for (let index = 0; index < 3000; index++) table.remove(table.find(`${round}-${index}`));
    }
    assert.deepEqual([table.size, table.end], [0, 3000]);
    assert.ok(table.strings.end < 3010, `${table.strings.end} strings`);
    assert.equal(table.find("0-1"), -1);
  });

  it("counts the run time of a running job up to now", () => {
    const table = tableOf([row("a", { state: "running", startedAt: now - 5000, runMs: 1 })]);
    assert.equal(table.read(0, now).runMs, 5000);
  });
});

describe("A query", () => {
  const table = tableOf([
    row("alpha", { function: "send_email", queue: "mail" }),
    row("beta", { state: "running", startedAt: now - 30 * second }),
    row("gamma", { state: "deferred", enqueuedAt: null, scheduledAt: now + hour }),
    failed("delta", now - 10 * second, "Order 17 has no items", { function: "charge" }),
    failed("epsilon", now - 20 * second, "order 18 HAS no items", { queue: "mail" }),
    ended("zeta", now - 15 * second, { runMs: 900 }),
  ]);
  const cases: readonly {
    readonly name: string;
    readonly query: Partial<JobQuery>;
    readonly ids: readonly string[];
  }[] = [
    { name: "by states", query: { states: ["running", "deferred"] }, ids: ["beta", "gamma"] },
    { name: "by queue", query: { queue: "mail" }, ids: ["alpha", "epsilon"] },
    { name: "by a queue that no job is in", query: { queue: "nowhere" }, ids: [] },
    { name: "by function", query: { function: "charge" }, ids: ["delta"] },
    {
      name: "by error group",
      query: { errorGroup: errorGroupKey("ValueError", "Order 99 has no items") },
      ids: ["delta"],
    },
    { name: "by text in the id", query: { text: "ETA" }, ids: ["beta", "zeta"] },
    { name: "by text in the function", query: { text: " Send_E " }, ids: ["alpha"] },
    { name: "by text in the error's type", query: { text: "valueerr" }, ids: ["delta", "epsilon"] },
    { name: "by text in the error's message", query: { text: "has NO" }, ids: ["delta", "epsilon"] },
    { name: "by everything at once", query: { states: ["failed"], queue: "mail", text: "order" }, ids: ["epsilon"] },
  ];
  for (const each of cases)
    it(`finds jobs ${each.name}`, async () => assert.deepEqual(await ids(table, each.query), each.ids));

  it("puts the newest first, whatever the newest thing is that is known of a job", async () => {
    assert.deepEqual(await ids(table, { sort: "newest", descending: true }), [
      "gamma",
      "delta",
      "zeta",
      "epsilon",
      "beta",
      "alpha",
    ]);
  });

  it("sorts what is not known last, in both directions", async () => {
    assert.deepEqual((await ids(table, { sort: "finishedAt", descending: false })).slice(0, 3), [
      "epsilon",
      "zeta",
      "delta",
    ]);
    assert.deepEqual((await ids(table, { sort: "finishedAt", descending: true })).slice(0, 3), [
      "delta",
      "zeta",
      "epsilon",
    ]);
    assert.equal((await ids(table, { sort: "runMs", descending: true }))[0], "beta", "still running, for 30 s");
    assert.deepEqual((await ids(table, { sort: "function", descending: true })).slice(-1), ["delta"]);
  });

  it("pages through many jobs as a full sort would, and tells how many there are", async () => {
    const many = tableOf(Array.from({ length: 5000 }, (_, index) => ended(`j${index}`, now - ((index * 7919) % 5000))));
    const all = await ids(many, { sort: "finishedAt", limit: 5000 });
    assert.equal(new Set(all).size, 5000);
    assert.deepEqual(await ids(many, { sort: "finishedAt", limit: 50 }), all.slice(0, 50));
    assert.deepEqual(await ids(many, { sort: "finishedAt", offset: 250, limit: 50 }), all.slice(250, 300));
    const query = { states: [], queue: null, function: null, errorGroup: null, text: "j1", offset: 9990, limit: 50 };
    const { total, rows, indexed } = await queryJobs(many, { ...query, sort: "id", descending: false }, now);
    assert.deepEqual([total, rows.length, indexed], [1111, 0, 5000]);
  });
});

describe("Error groups", () => {
  const messages: readonly (readonly [message: string, normalized: string])[] = [
    ["order 4711 has 3 items", "order # has # items"],
    ["user 0f8fad5b-d9cb-469f-a165-70867728950e is gone", "user # is gone"],
    ["object at 0x7f3ac2d01b50", "object at #"],
    ["commit 4f9a01c2e8 of branch deadbeef", "commit # of branch deadbeef"],
    ["id_5f43a1b2c3d4e5f601234567!", "id_#!"],
    ["took 1.25 s", "took #.# s"],
  ];
  for (const [message, normalized] of messages) {
    it(`read "${message}" as "${normalized}"`, () => assert.equal(normalizeMessage(message), normalized));
  }

  it("cut messages at 200 characters and never through a character", () => {
    assert.equal(normalizeMessage("x".repeat(500)).length, 200);
    assert.equal(normalizeMessage(`${"x".repeat(199)}😀`), "x".repeat(199));
  });

  it("come newest first, with the newest message as it was and when the group began", async () => {
    const table = tableOf([
      failed("a", now - 30 * second, "order 1 is late"),
      failed("b", now - 10 * second, "order 2 is late"),
      failed("c", now - 5 * second, "no money"),
      ended("d", now),
    ]);
    const groups = await groupErrors(table, [], now, new Slices());
    assert.deepEqual(
      groups.map(({ type, message, sample, count, firstAt, lastAt, jobs }) => {
        return [type, message, sample, count, now - firstAt, now - lastAt, jobs.map(({ id }) => id).join(" ")];
      }),
      [
        ["ValueError", "no money", "no money", 1, 5 * second, 5 * second, "c"],
        ["ValueError", "order # is late", "order 2 is late", 2, 30 * second, 10 * second, "b a"],
      ],
    );
  });
});

describe("Statistics", () => {
  it("find the oldest due job of each queue, but not by scores that are no times", () => {
    const table = tableOf([
      row("a", { scheduledAt: now - 5000 }),
      row("b", { state: "retrying", scheduledAt: now - 9000 }),
      row("c", { state: "retrying", scheduledAt: now + 9000 }),
      row("aborted later", { scheduledAt: 1 }),
      row("held back", { state: "retrying", scheduledAt: now - 20_000, claimEndsAt: now + 9000 }),
      row("d", { state: "running", scheduledAt: now - hour, startedAt: now }),
      row("e", { queue: "mail", state: "deferred", scheduledAt: now + 1 }),
    ]);
    const { queues } = gatherStatistics(table, now);
    assert.deepEqual([queues.get("arq:queue")?.oldestDueAt, queues.get("arq:queue")?.waiting], [now - 9000, 3]);
    assert.deepEqual([queues.get("mail")?.oldestDueAt, queues.get("mail")?.deferred], [null, 1]);
  });

  it("give each function its percentiles by nearest rank, of jobs that ran", async () => {
    const runs = Array.from({ length: 100 }, (_, index) => ended(`j${index}`, now, { runMs: index + 1, waitMs: 7 }));
    const table = tableOf([...runs, row("waits"), failed("x", now, "bad", { function: "other", runMs: 3 })]);
    const [other, work] = await functionStatistics(table, now, new Slices());
    assert.deepEqual(other, {
      name: "other",
      count: 1,
      complete: 0,
      failed: 1,
      failureRate: 1,
      successRate: 0,
      running: 0,
      queued: 0,
      queues: ["arq:queue"],
      trend: { stepMs: 300_000, complete: Array(12).fill(0), failed: [...Array<number>(11).fill(0), 1] },
      endedPerMinute: 1,
      runP50Ms: 3,
      runP95Ms: 3,
      runP99Ms: 3,
      waitP50Ms: null,
      waitP95Ms: null,
      waitP99Ms: null,
      lastError: { type: "ValueError", message: "bad", at: now, id: "x" },
    });
    assert.deepEqual(
      [work?.name, work?.count, work?.failureRate, work?.runP50Ms, work?.runP95Ms, work?.runP99Ms, work?.waitP95Ms],
      ["work", 101, 0, 50, 95, 99, 7],
    );
  });
});
