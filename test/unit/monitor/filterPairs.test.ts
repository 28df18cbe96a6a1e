import assert from "node:assert/strict";
import { jobStates } from "../../../src/arq/jobModel";
import { filterNames, parseFilter } from "../../../src/monitor/jobFilter";
import type { JobRow } from "../../../src/monitor/model";
import { queryJobs, queryTogether } from "../../../src/monitor/query";
import { heldRows, rememberedRows } from "../../../src/monitor/rowSources";
import { Slices } from "../../../src/monitor/slices";
import { newestJobs } from "../../../src/protocol/jobQuery";
import { jobRow, randomNumbers, rowsNow, tableOf } from "../../support/jobRows";

const minute = 60_000;
const hour = 60 * minute;

/** Jobs in which every property has several values, and may be unknown. */
function sample(count: number): JobRow[] {
  const random = randomNumbers(11);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  return Array.from({ length: count }, (_, index) => {
    const state = pick(jobStates);
    const type = pick(["KeyError", "shop.errors.KeyError", "ValueError", "TimeoutError"]);
    const message = pick(["'sku'", "no such file", "No Such order 17", "after KeyError", ""]);
    const hasError = state === "failed" || state === "aborted";
    const startedAt = pick([null, rowsNow - 2 * hour, rowsNow - 30 * minute]);
    const ended = state === "complete" || state === "finished" || hasError;
    return jobRow(pick([`job-${index}`, `cron:tick:${index}`, `ABC${index}def`]), {
      state,
      function: pick(["send_email", "send_sms", "charge", null]),
      queue: pick(["arq:queue", "mail", "Mail", null]),
      tries: pick([null, 0, 1, 2, 5]),
      enqueuedAt: pick([null, rowsNow - 3 * hour, rowsNow - minute]),
      scheduledAt: pick([null, rowsNow + hour]),
      startedAt,
      finishedAt: ended ? pick([rowsNow - 90 * minute, rowsNow - 10 * minute]) : null,
      waitMs: pick([null, 500, 90_000]),
      runMs: ended ? pick([null, 100, 1000, 5000]) : null,
      error: hasError ? { kind: "exception", type, message, hasTraceback: false } : null,
      worker: pick([null, "web1:10", "web2:20"]),
    });
  });
}

const newest = (row: JobRow): number =>
  row.finishedAt ?? row.startedAt ?? row.enqueuedAt ?? row.scheduledAt ?? Number.NaN;
const ran = (row: JobRow): number => {
  const runs = row.state === "running" || row.state === "orphaned";
  return runs && row.startedAt !== null ? rowsNow - row.startedAt : (row.runMs ?? Number.NaN);
};
const holds = (row: JobRow, text: string): boolean =>
  [row.id, row.function, row.error?.type, row.error?.message].some(
    (each) => each?.toLowerCase().includes(text) === true,
  );

/** Each token, and what it means said in the plainest way. */
const tokens: readonly (readonly [text: string, matches: (row: JobRow) => boolean])[] = [
  ["status:failed", (row) => row.state === "failed"],
  ["status:failed,aborted", (row) => row.state === "failed" || row.state === "aborted"],
  ["-status:complete", (row) => row.state !== "complete"],
  ["status:r*", (row) => row.state === "running" || row.state === "retrying"],
  ["queue:mail", (row) => row.queue?.toLowerCase() === "mail"],
  ["queue:arq:queue", (row) => row.queue === "arq:queue"],
  ["-queue:mail", (row) => row.queue?.toLowerCase() !== "mail"],
  ["fn:send_*", (row) => row.function?.startsWith("send_") === true],
  ["fn:charge,send_sms", (row) => row.function === "charge" || row.function === "send_sms"],
  [
    "error:KeyError",
    (row) => /(^|\.)KeyError$/.test(row.error?.type ?? "") || /keyerror/i.test(row.error?.message ?? ""),
  ],
  ['error:"no such"', (row) => /no such/i.test(row.error?.message ?? "")],
  ["-error:*", (row) => row.error === null],
  ["id:job-1*", (row) => row.id.startsWith("job-1")],
  ["id:abc*DEF", (row) => row.id.startsWith("ABC")],
  ["worker:web1*", (row) => row.worker === "web1:10"],
  ["try:>1", (row) => row.tries !== null && row.tries > 1],
  ["try:0,2..5", (row) => row.tries === 0 || row.tries === 2 || row.tries === 5],
  ["-try:>=1", (row) => row.tries === null || row.tries < 1],
  ["since:1h", (row) => newest(row) >= rowsNow - hour],
  ["until:1h", (row) => newest(row) <= rowsNow - hour],
  ["since:2026-01-02T02:00Z", (row) => newest(row) >= Date.UTC(2026, 0, 2, 2)],
  ["before:2026-01-02T02:00Z", (row) => newest(row) < Date.UTC(2026, 0, 2, 2) + minute],
  ["ran:>1s", (row) => ran(row) > 1000],
  ["ran:<=1s", (row) => ran(row) <= 1000],
  ["waited:>1m", (row) => row.waitMs !== null && row.waitMs > minute],
  ["-is:remembered", () => true],
  ["is:any", () => true],
  ["send", (row) => holds(row, "send")],
  ["KEYERROR", (row) => holds(row, "keyerror")],
  ["-cron:tick", (row) => !holds(row, "cron:tick")],
  ["no*17", (row) => /no.*17/i.test(row.error?.message ?? "") || /no.*17/i.test(row.id)],
];

describe("Tokens of a filter", () => {
  const rows = sample(1500);
  const table = tableOf(rows);
  const found = async (text: string): Promise<string[]> => {
    const page = await queryJobs(table, { ...newestJobs, text, sort: "id", descending: false, limit: 2000 }, rowsNow);
    assert.equal(page.total, page.rows.length);
    return page.rows.map(({ id }) => id);
  };
  const expected = (matches: (row: JobRow) => boolean): string[] =>
    rows
      .filter(matches)
      .map(({ id }) => id)
      .sort();

  for (const [text, matches] of tokens) {
    it(`find what "${text}" means`, async () => {
      const ids = expected(matches);
      assert.ok(ids.length > 0, "something matches");
      assert.ok(text.includes("is:") || ids.length < rows.length, "something does not match");
      assert.deepEqual(await found(text), ids);
    });
  }

  it("combine, each with each other, to what both mean", async () => {
    let compared = 0;
    for (const [first, matchesFirst] of tokens) {
      for (const [second, matchesSecond] of tokens) {
        const ids = expected((row) => matchesFirst(row) && matchesSecond(row));
        assert.deepEqual(await found(`${first} ${second}`), ids, `${first} ${second}`);
        compared++;
      }
    }
    assert.equal(compared, tokens.length ** 2);
  });

  it("are of every filter there is, but those that need payloads", () => {
    const names = tokens.flatMap(([text]) =>
      parseFilter(text).tokens.flatMap((each) => (each.kind === "filter" ? [each.name] : [])),
    );
    const without = filterNames.filter((name) => !names.includes(name));
    assert.deepEqual(without, ["arg", "result"]);
  });

  it("combine with the choice of jobs that Redis has forgotten", async () => {
    const forgotten = sample(400).map((row) => ({ ...row, id: `gone-${row.id}`, rememberedSince: rowsNow }));
    const sources = [heldRows(table), await rememberedRows(forgotten, new Slices())];
    for (const [text, matches] of tokens.filter(([each]) => !each.includes("is:"))) {
      const query = { ...newestJobs, text, sort: "id", descending: false, limit: 2000 } as const;
      const page = await queryTogether(sources, query, rowsNow);
      const ids = [...rows, ...forgotten].filter(matches).map(({ id }) => id);
      assert.deepEqual(
        page.rows.map(({ id }) => id),
        ids.sort(),
        text,
      );
    }
  });

  it("combine with the other fields of a query", async () => {
    const query = { ...newestJobs, states: ["failed", "aborted"], queue: "Mail", limit: 2000 } as const;
    for (const [text, matches] of tokens) {
      const page = await queryJobs(table, { ...query, text, sort: "id", descending: false }, rowsNow);
      const ids = expected((row) => ["failed", "aborted"].includes(row.state) && row.queue === "Mail" && matches(row));
      assert.deepEqual(
        page.rows.map(({ id }) => id),
        ids,
        text,
      );
    }
  });

  it("that mean nothing take nothing away", async () => {
    assert.deepEqual(await found("fn:charge status:done try:x since:now"), await found("fn:charge"));
  });

  it("say of a whole name that no job has how to find those that begin so, when nothing is found", async () => {
    const notesOf = async (text: string): Promise<readonly string[]> =>
      (await queryJobs(table, { ...newestJobs, text }, rowsNow)).notes;
    assert.deepEqual(await notesOf("fn:send status:failed"), [
      'No job\'s function is "send": write fn:send* for all that begin so.',
    ]);
    assert.deepEqual(await notesOf("queue:ma,arq"), [
      'No job\'s queue is "ma": write queue:ma* for all that begin so.',
      'No job\'s queue is "arq": write queue:arq* for all that begin so.',
    ]);
    for (const text of ["fn:zzz*", "-fn:send fn:charge zqxj", "fn:charge id:none", "fn:send,charge"]) {
      assert.deepEqual(await notesOf(text), [], text);
    }
  });

  it("that ask for payloads are said to need a search, and take nothing away", async () => {
    const page = await queryJobs(table, { ...newestJobs, text: "fn:charge arg:4711" }, rowsNow);
    assert.equal(page.needsPayloads, true);
    assert.equal(page.total, (await found("fn:charge")).length);
    assert.equal((await queryJobs(table, { ...newestJobs, text: "fn:charge" }, rowsNow)).needsPayloads, false);
  });
});
