import assert from "node:assert/strict";
import type { JobQuery, JobRow, JobSort } from "../../../src/monitor/model";
import { parseAnchor } from "../../../src/monitor/pageAnchor";
import { queryJobs } from "../../../src/monitor/query";
import { Slices } from "../../../src/monitor/slices";
import { newestJobs } from "../../../src/protocol/jobQuery";
import { endedRow, failedRow, jobRow, randomNumbers, rowsNow, tableOf } from "../../support/jobRows";

const sorts: readonly JobSort[] = [
  "newest",
  "id",
  "function",
  "state",
  "queue",
  "enqueuedAt",
  "scheduledAt",
  "startedAt",
  "finishedAt",
  "runMs",
  "waitMs",
  "tries",
  "error",
  "worker",
];

function sample(count: number, prefix = "job"): JobRow[] {
  const random = randomNumbers(3);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  return Array.from({ length: count }, (_, index) => {
    const id = `${prefix}-${Math.floor(random() * 1e9)}-${index}`;
    const at = rowsNow - Math.floor(random() * 50) * 1000;
    const names = {
      function: pick(["a", "b", "c", null]),
      queue: pick(["x", "y", null]),
      worker: pick(["mail-1:7", "mail-2:9", null]),
      waitMs: pick([1, 2, 3, null]),
    };
    if (random() < 0.1) return jobRow(id, { ...names, state: "deferred", scheduledAt: pick([0, at, at + 90_000]) });
    if (random() < 0.3) return jobRow(id, { ...names, state: "running", startedAt: at, tries: pick([1, 2]) });
    if (random() < 0.5) return failedRow(id, at, "bad", { ...names, runMs: pick([5, 6, 7]) });
    return endedRow(id, at, { ...names, enqueuedAt: pick([null, at - 1000]), runMs: pick([5, 6, 7]) });
  });
}

function keyOf(row: JobRow, sort: JobSort): number | string | null {
  switch (sort) {
    case "newest":
      return row.finishedAt ?? row.startedAt ?? row.enqueuedAt ?? row.scheduledAt;
    case "state":
      return { deferred: 1, running: 2, complete: 6, failed: 7 }[row.state as "running"];
    case "runMs":
      return row.state === "running" ? rowsNow - row.startedAt! : row.runMs;
    case "error":
      return row.error?.type ?? null;
    default:
      return row[sort];
  }
}

/** The whole list, sorted in the plainest way: unknown last, then by id. */
function sorted(rows: readonly JobRow[], sort: JobSort, descending: boolean): string[] {
  const sign = descending ? -1 : 1;
  const compare = (a: JobRow, b: JobRow): number => {
    const [left, right] = [keyOf(a, sort), keyOf(b, sort)];
    if (left === right) return (a.id < b.id ? -1 : 1) * (sort === "id" ? sign : 1);
    if (left === null) return 1;
    if (right === null) return -1;
    return left < right ? -sign : sign;
  };
  return rows.toSorted(compare).map(({ id }) => id);
}

describe("Pages of jobs", () => {
  const rows = sample(3000);
  for (const sort of sorts) {
    for (const descending of [false, true]) {
      it(`go through all jobs by ${sort}${descending ? ", backwards," : ""} as one sort of everything would, by offset and by anchor`, async () => {
        const table = tableOf(rows);
        const expected = sorted(rows, sort, descending);
        const query: JobQuery = { ...newestJobs, sort, descending, limit: 700 };
        const byOffset: string[] = [];
        const byAnchor: string[] = [];
        let anchor: string | null = null;
        for (let offset = 0; offset < rows.length; offset += 700) {
          const page = await queryJobs(table, { ...query, offset }, rowsNow);
          byOffset.push(...page.rows.map(({ id }) => id));
          // Time passes between two pages: running jobs go on running.
          const next = await queryJobs(table, { ...query, offset: 1, anchor }, rowsNow + (offset === 0 ? 0 : 100_000));
          if (offset > 0) assert.equal(next.offset, offset);
          byAnchor.push(...(offset === 0 ? page : next).rows.map(({ id }) => id));
          anchor = page.anchor;
          assert.equal(anchor === null, offset + 700 >= rows.length, "the last page has no next one");
        }
        assert.deepEqual(byOffset, expected);
        assert.deepEqual(byAnchor, expected);
      });
    }
  }

  it("neither repeat nor skip a job when others come, go and move before it", async () => {
    const table = tableOf(rows);
    const query: JobQuery = { ...newestJobs, limit: 200 };
    const seen: string[] = [];
    let anchor: string | null = null;
    const coming = sample(5000, "new").map((row) => ({ ...row, finishedAt: rowsNow + 1000, startedAt: rowsNow }));
    do {
      const page = await queryJobs(table, { ...query, anchor }, rowsNow);
      seen.push(...page.rows.map(({ id }) => id));
      anchor = page.anchor;
      for (const row of coming.splice(0, 300)) table.write(table.add(row.id), row);
      // The last job of the page goes: it is still where the next one begins.
      table.remove(table.find(seen.at(-1)!));
    } while (anchor !== null);
    assert.deepEqual(seen, sorted(rows, "newest", true));
  });

  it("begin anew with an anchor of another sort, and with one that is none", async () => {
    const table = tableOf(rows);
    const byId = await queryJobs(table, { ...newestJobs, sort: "id", descending: false, limit: 10 }, rowsNow);
    for (const anchor of [byId.anchor, "", "[]", "{", '["newest",true,"1"]', "x".repeat(9000)]) {
      const page = await queryJobs(table, { ...newestJobs, anchor, limit: 10 }, rowsNow);
      assert.deepEqual(
        page.rows.map(({ id }) => id),
        sorted(rows, "newest", true).slice(0, 10),
      );
    }
    assert.equal(parseAnchor('["newest",true,1,"a",1e999]', "newest", true), null);
  });

  it("of a large list are made in slices, whatever changes meanwhile: no job twice, and none that does not match any more", async () => {
    const table = tableOf(sample(60_000));
    const random = randomNumbers(5);
    let turns = 0;
    let on = true;
    const change = (): void => {
      turns++;
      for (let i = 0; i < 200; i++) {
        const row = Math.floor(random() * table.end);
        if (table.isFree(row)) continue;
        const job = table.read(row, rowsNow);
        table.remove(row);
        const again = { ...job, id: random() < 0.5 ? job.id : `other-${turns}-${i}`, finishedAt: rowsNow + turns };
        if (random() < 0.8) table.write(table.add(again.id), again);
      }
      if (on) setImmediate(change);
    };
    setImmediate(change);
    for (const sort of ["newest", "id", "function"] as const) {
      const page = await queryJobs(
        table,
        { ...newestJobs, text: "fn:a", sort, limit: 500 },
        rowsNow,
        new Slices(undefined, 0),
      );
      const ids = page.rows.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
      assert.ok(ids.length > 450, `${ids.length} rows`);
      assert.ok(page.rows.every((row) => row.function === "a"));
    }
    on = false;
    assert.ok(turns > 3, "others had their turn");
  });

  it("are given up at once when nobody waits for them", async () => {
    const table = tableOf(sample(20_000));
    const stop = new AbortController();
    const page = queryJobs(table, { ...newestJobs, text: "zqxj", sort: "id" }, rowsNow, new Slices(stop.signal, 0));
    stop.abort(new Error("another question"));
    await assert.rejects(page, /another question/);
    assert.throws(() => new Slices(stop.signal), /another question/);
  });
});
