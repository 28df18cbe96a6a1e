import assert from "node:assert/strict";
import { describeQuery, filterText } from "../../../src/host/filterText";
import { type ExportFormat, exportWriter } from "../../../src/host/jobExport";
import type { JobRow } from "../../../src/monitor/model";
import { newestJobs } from "../../../src/protocol/jobQuery";
import { failedRow, now, row } from "./fakeMonitor";

const head = {
  connection: "shop",
  exportedAt: now,
  filter: "status:failed",
  leftOut: ["Arguments, results and tracebacks are left out."],
};

/** In two pieces, as pages come. */
function written(format: ExportFormat, rows: readonly JobRow[]): string {
  const writer = exportWriter(format, head);
  return writer.begin() + writer.rows(rows.slice(0, 1)) + writer.rows(rows.slice(1)) + writer.end();
}

/** Reads CSV as RFC 4180 has it. */
function records(csv: string): string[][] {
  assert.ok(csv.endsWith("\r\n"));
  const lines: string[][] = [[]];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    lines.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end === "\r\n") lines.push([]);
  }
  return lines.slice(0, -1);
}

function cells(rows: readonly JobRow[]): Record<string, string>[] {
  const [names = [], ...lines] = records(written("csv", rows));
  return lines.map((line) => {
    assert.equal(line.length, names.length);
    return Object.fromEntries(names.map((name, index) => [name, line[index] ?? ""]));
  });
}

describe("a list of jobs as a file", () => {
  it("has a line for each job, with times in UTC and durations in milliseconds", () => {
    const jobs = cells([
      failedRow("broken-1"),
      row({ id: "waits", scheduledAt: now, waitMs: 1500, worker: "web1:41", rememberedSince: now + 1 }),
    ]);
    assert.deepEqual(jobs[0], {
      id: "broken-1",
      function: "send_email",
      status: "failed",
      queue: "arq:queue",
      enqueued: "2023-11-14T22:12:20.000Z",
      due: "",
      started: "2023-11-14T22:12:49.000Z",
      completed: "2023-11-14T22:12:50.000Z",
      wait_ms: "",
      duration_ms: "",
      tries: "1",
      error_type: "KeyError",
      // The quote is an apostrophe of Python's own: it begins no formula.
      error_message: "'sku'",
      worker: "",
      forgotten_by_redis: "",
    });
    assert.deepEqual(
      [jobs[1]?.["due"], jobs[1]?.["wait_ms"], jobs[1]?.["worker"], jobs[1]?.["forgotten_by_redis"]],
      ["2023-11-14T22:13:20.000Z", "1500", "web1:41", "2023-11-14T22:13:20.001Z"],
    );
  });

  it("quotes what would end a cell or a line", () => {
    const message = 'a "b", c\r\nd\ne';
    const [job] = cells([failedRow("x", "ValueError", message)]);
    assert.equal(job?.["error_message"], message);
  });

  for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")']) {
    it(`has no spreadsheet take ${JSON.stringify(text)} for a formula`, () => {
      const [job] = cells([row({ id: text, function: text, queue: text })]);
      assert.deepEqual([job?.["id"], job?.["function"], job?.["queue"]], [`'${text}`, `'${text}`, `'${text}`]);
    });
  }

  it("leaves numbers and what begins otherwise as it is", () => {
    const [job] = cells([row({ id: "a=b", function: "5-3", tries: 2 })]);
    assert.deepEqual([job?.["id"], job?.["function"], job?.["tries"]], ["a=b", "5-3", "2"]);
  });

  it("is JSON with what was asked and what is left out, and values as they are", () => {
    const file = JSON.parse(written("json", [failedRow("=1"), row({ id: "b", enqueuedAt: null })])) as {
      jobs: Record<string, unknown>[];
    };
    const { jobs, ...rest } = file;
    assert.deepEqual(rest, {
      connection: "shop",
      filter: "status:failed",
      leftOut: ["Arguments, results and tracebacks are left out."],
      exportedAt: "2023-11-14T22:13:20.000Z",
    });
    assert.deepEqual(
      jobs.map(({ id, enqueued, tries }) => [id, enqueued, tries]),
      [
        ["=1", "2023-11-14T22:12:20.000Z", 1],
        ["b", null, null],
      ],
    );
    assert.deepEqual(JSON.parse(written("json", [])).jobs, []);
  });

  it("says nothing of a time that no date can say", () => {
    assert.equal(cells([row({ id: "a", enqueuedAt: 1e18 })])[0]?.["enqueued"], "");
  });
});

describe("a query in words", () => {
  it("is the filter that asks the same", () => {
    assert.equal(filterText(newestJobs), "");
    assert.equal(
      filterText({ ...newestJobs, states: ["failed"], queue: "a b", text: "try:>1" }),
      'status:failed queue:"a b" try:>1',
    );
    assert.equal(filterText({ ...newestJobs, offset: 50, limit: 100, anchor: "x" }), "");
    assert.equal(filterText({ ...newestJobs, sort: "id" }), null);
    assert.equal(filterText({ ...newestJobs, remembered: true }), null);
  });

  it("says for people what no filter can", () => {
    assert.equal(describeQuery(newestJobs), "every job");
    assert.equal(describeQuery({ ...newestJobs, sort: "id", states: ["failed"] }), "status:failed");
    assert.equal(
      describeQuery({ ...newestJobs, text: "a", errorGroup: "KeyError\n'sku'", remembered: true }),
      "a · KeyError: 'sku' · forgotten by Redis",
    );
  });
});
