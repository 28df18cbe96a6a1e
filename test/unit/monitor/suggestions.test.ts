import assert from "node:assert/strict";
import { queryJobs } from "../../../src/monitor/query";
import { Slices } from "../../../src/monitor/slices";
import { suggest } from "../../../src/monitor/suggestions";
import { newestJobs } from "../../../src/protocol/jobQuery";
import { endedRow, failedRow, jobRow, rowsNow, tableOf } from "../../support/jobRows";

describe("Suggestions for a filter", () => {
  const error = (type: string) => ({ error: { kind: "exception", type, message: "x", hasTraceback: false } }) as const;
  const table = tableOf([
    ...Array.from({ length: 5 }, (_, i) => endedRow(`a${i}`, rowsNow, { function: "send_email" })),
    ...Array.from({ length: 3 }, (_, i) =>
      failedRow(`b${i}`, rowsNow, "x", { function: "charge", ...error("shop.Declined") }),
    ),
    ...Array.from({ length: 2 }, (_, i) =>
      failedRow(`c${i}`, rowsNow, "x", { function: "send_email", queue: "two words" }),
    ),
    jobRow("d", { function: "send_sms", queue: "mail", worker: "web1:10" }),
  ]);
  /** `|` stands for the cursor. */
  const suggested = async (marked: string) => {
    const cursor = marked.indexOf("|");
    return suggest(table, marked.replace("|", ""), cursor, rowsNow);
  };
  const shown = async (marked: string): Promise<string[]> =>
    (await suggested(marked)).map(({ insert, count }) => (count === null ? insert : `${insert} ${count}`));
  const applied = async (marked: string, index: number): Promise<string> => {
    const text = marked.replace("|", "");
    const { insert, from, to } = (await suggested(marked))[index]!;
    return text.slice(0, from) + insert + text.slice(to);
  };

  const cases: readonly (readonly [marked: string, shown: readonly string[]])[] = [
    ["status:|", ["complete 5", "failed 5", "queued 1"]],
    ["status:f|", ["failed 5"]],
    ["status:failed fn:|", ["charge 3", "send_email 2"]],
    ["fn:| status:failed", ["charge 3", "send_email 2"]],
    ["fn:send*|", ["send_email 7", "send_sms 1"]],
    ["queue:|", ["arq:queue 8", '"two words" 2', "mail 1"]],
    ["error:|", ["shop.Declined 3", "ValueError 2"]],
    ["worker:|", ["web1:10 1"]],
    ["-status:complete queue:|", ["arq:queue 3", '"two words" 2', "mail 1"]],
    ["fn:charge status:failed,|", ["complete 0"].slice(1)],
    ["fn:send_email,ch|", ["charge 3"]],
    ["is:|", ["remembered", "any"]],
    ["try:|", [">1", ">2"]],
    ["since:1|", ["1h"]],
    ["id:|", []],
    ["st|", ["status:"]],
    ["fail|", ["status:failed 5"]],
    ["send|", ["fn:send_email 7", "fn:send_sms 1"]],
    ["status:queued send|", ["fn:send_sms 1"]],
  ];
  for (const [marked, expected] of cases) {
    it(`at ${marked}`, async () => assert.deepEqual(await shown(marked), expected));
  }

  it("where nothing is written yet are the names of all filters, said in words", async () => {
    const names = await suggested("|");
    assert.deepEqual(
      names.slice(0, 3).map(({ insert }) => insert),
      ["status:", "queue:", "fn:"],
    );
    assert.ok(names.every(({ detail }) => detail.length > 3));
    assert.deepEqual((await shown("x |")).slice(0, 2), ["status:", "queue:"]);
  });

  it("replace what is written at the cursor, and leave the rest as it is", async () => {
    assert.equal(await applied("status:fai| fn:charge", 0), "status:failed fn:charge");
    assert.equal(await applied("fn:charge sta|", 0), "fn:charge status:");
    assert.equal(await applied("status:complete,fai|,queued x", 0), "status:complete,failed,queued x");
    assert.equal(await applied("-fai|", 0), "-status:failed");
    assert.equal(await applied("queue:two|", 0), 'queue:"two words"');
    assert.equal(await applied("que|ue:mail", 0), "queue:mail");
  });

  it("tell the number of jobs that the filter then finds", async () => {
    for (const marked of ["status:|", "fn:|", "queue:|", "error:|", "status:failed fn:|", "send|"]) {
      for (const [index, { count }] of (await suggested(marked)).entries()) {
        if (count === null) continue;
        const text = await applied(marked, index);
        assert.equal((await queryJobs(table, { ...newestJobs, text }, rowsNow)).total, count, text);
      }
    }
  });

  it("are at most twenty, and given up when nobody waits for them", async () => {
    const many = tableOf(Array.from({ length: 500 }, (_, i) => jobRow(`j${i}`, { function: `f${i}` })));
    assert.equal((await suggest(many, "fn:", 3, rowsNow)).length, 20);
    const stop = new AbortController();
    const asked = suggest(many, "fn:", 3, rowsNow, new Slices(stop.signal, 0));
    stop.abort(new Error("typed on"));
    await assert.rejects(asked, /typed on/);
  });
});
