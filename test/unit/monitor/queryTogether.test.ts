import assert from "node:assert/strict";
import type { JobRow, JobSort } from "../../../src/monitor/model";
import { queryTogether } from "../../../src/monitor/query";
import { heldRows, rememberedRows } from "../../../src/monitor/rowSources";
import { Slices } from "../../../src/monitor/slices";
import type { RowSource } from "../../../src/monitor/tableLook";
import { newestJobs } from "../../../src/protocol/jobQuery";
import { endedRow, failedRow, jobRow, randomNumbers, rowsNow, tableOf } from "../../support/jobRows";

const minute = 60_000;

const keys: Readonly<Partial<Record<JobSort, (row: JobRow) => number | string | null>>> = {
  newest: (row) => row.finishedAt ?? row.startedAt ?? row.enqueuedAt,
  id: (row) => row.id,
  function: (row) => row.function,
  error: (row) => row.error?.type ?? null,
  runMs: (row) => row.runMs,
  finishedAt: (row) => row.finishedAt,
};

function sample(count: number, prefix: string, seed: number): JobRow[] {
  const random = randomNumbers(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  return Array.from({ length: count }, (_, index) => {
    const id = `${prefix}${Math.floor(random() * 1e6)}-${index}`;
    const names = { function: pick(["a", `${prefix}b`, "c", null]), runMs: pick([5, 6, 7]) };
    const at = rowsNow - Math.floor(random() * 40) * minute;
    return random() < 0.5 ? failedRow(id, at, "bad", names) : endedRow(id, at, names);
  });
}

describe("Jobs that Redis holds, together with those it has forgotten", () => {
  const held = sample(900, "h", 1);
  const gone = sample(300, "g", 2).map((row) => ({ ...row, rememberedSince: rowsNow }));
  let sources: RowSource[];
  beforeEach(async () => {
    sources = [heldRows(tableOf(held)), await rememberedRows(gone, new Slices())];
  });

  const expected = (sort: JobSort, descending: boolean): string[] => {
    const sign = descending ? -1 : 1;
    const key = keys[sort]!;
    return [...held, ...gone]
      .toSorted((a, b) => {
        const [left, right] = [key(a), key(b)];
        if (left === right) return a.id < b.id ? -1 : 1;
        if (left === null || right === null) return left === null ? 1 : -1;
        return left < right ? -sign : sign;
      })
      .map(({ id }) => id);
  };

  for (const sort of Object.keys(keys) as JobSort[]) {
    for (const descending of [true, false]) {
      it(`are one list by ${sort}${descending ? ", backwards," : ""} by offset and by anchor`, async () => {
        const all = expected(sort, descending);
        const byOffset: string[] = [];
        const byAnchor: string[] = [];
        let anchor: string | null = null;
        for (let offset = 0; offset < all.length; offset += 130) {
          const query = { ...newestJobs, sort, descending, limit: 130 };
          const page = await queryTogether(sources, { ...query, offset }, rowsNow);
          const next = await queryTogether(sources, { ...query, anchor }, rowsNow);
          assert.deepEqual([page.total, page.indexed, page.offset, next.offset], [1200, 1200, offset, offset]);
          byOffset.push(...page.rows.map(({ id }) => id));
          byAnchor.push(...next.rows.map(({ id }) => id));
          anchor = next.anchor;
        }
        assert.equal(anchor, null, "nothing follows the last page");
        assert.deepEqual(byOffset, all);
        assert.deepEqual(byAnchor, all);
      });
    }
  }

  it("say of each whether it is forgotten", async () => {
    const { rows } = await queryTogether(sources, { ...newestJobs, limit: 2000 }, rowsNow);
    assert.ok(rows.every(({ id, rememberedSince }) => (rememberedSince !== null) === id.startsWith("g")));
    assert.equal(rows.filter(({ rememberedSince }) => rememberedSince !== null).length, 300);
  });

  it("are counted together under filters, and a name that only one of them has is met", async () => {
    const failed = [...held, ...gone].filter(({ state }) => state === "failed");
    const query = { ...newestJobs, states: ["failed"] } as const;
    assert.equal((await queryTogether(sources, query, rowsNow)).total, failed.length);
    const mine = await queryTogether(sources, { ...query, text: "fn:gb status:complete" }, rowsNow);
    assert.deepEqual([mine.total, mine.notes], [0, []]);
    const nobodys = await queryTogether(sources, { ...query, text: "fn:nobody" }, rowsNow);
    assert.match(nobodys.notes.join(" "), /No job's function is "nobody"/);
  });

  it("are listed once where they had the same id: the last life that matches", async () => {
    const first = failedRow("nightly", rowsNow - 3 * minute, "first", { rememberedSince: rowsNow });
    const second = failedRow("nightly", rowsNow - 2 * minute, "second", { rememberedSince: rowsNow });
    const table = tableOf([jobRow("nightly", { enqueuedAt: rowsNow - minute })]);
    const three = [heldRows(table), await rememberedRows([first, second], new Slices())];
    const found = async (text: string, sources_ = three): Promise<string[]> => {
      const { rows, total } = await queryTogether(sources_, { ...newestJobs, text }, rowsNow);
      assert.equal(total, rows.length);
      return rows.map(({ state, error }) => error?.message ?? state);
    };
    assert.deepEqual(await found(""), ["queued"]);
    assert.deepEqual(await found("status:failed"), ["second"]);
    assert.deepEqual(await found("error:first"), ["first"]);
    assert.deepEqual(await found("", three.slice(1)), ["second"]);
  });
});
