import assert from "node:assert/strict";
import { filterNames, parseFilter } from "../../src/monitor/jobFilter";
import { newestJobs } from "../../src/protocol/jobQuery";
import { firstJobsSettings, jobColumnIds } from "../../src/protocol/tabs/jobs";
import { areFirstColumns, moveColumn, toggleColumn, widenColumn } from "../../webview/dashboard/jobs/columnChoice";
import {
  filterWords,
  joinFilter,
  meansSomething,
  openFilter,
  splitFilter,
  timeRangeOf,
  tokenParts,
  withTimeRange,
} from "../../webview/dashboard/jobs/filterTokens";
import { isFiltered } from "../../webview/dashboard/jobs/queries";

describe("the tokens of the filter box", () => {
  it("are named as the filter language names its filters", () => {
    for (const word of filterWords) {
      assert.equal(parseFilter(`${word}:x`).tokens[0]?.kind, "filter", word);
    }
    for (const name of filterNames) assert.ok(filterWords.includes(name), name);
  });

  it("are the filters of a text, its words apart, and what they say stays the same", () => {
    const text = 'card status:failed,aborted -fn:send_* order:4711 error:"no such: since:1h" since:1h';
    const { tokens, words } = splitFilter(text);
    assert.deepEqual(tokens, ["status:failed,aborted", "-fn:send_*", 'error:"no such: since:1h"', "since:1h"]);
    assert.equal(words, "card order:4711");
    const said = (each: string) =>
      parseFilter(each)
        .tokens.map((token) =>
          token.kind === "word" ? token.value.text : `${token.name}=${token.values.map((v) => v.text).join("|")}`,
        )
        .toSorted();
    assert.deepEqual(said(joinFilter(tokens, words)), said(text));
  });

  it("leave out a name that waits for its value", () => {
    assert.equal(joinFilter(["since:1h"], "card status:"), "since:1h card");
    assert.deepEqual(splitFilter("status:"), { tokens: [], words: "status:" });
  });

  it("count while they are written as soon as they can mean something", () => {
    const names = { states: ["failed", "queued"], queues: ["arq:queue", "Mail"] };
    const finished = [
      "status:failed",
      "-state:failed,queued",
      "queue:mail",
      "q:arq:*",
      "fn:s",
      "id:4",
      "error:Key",
      "since:1h",
      "after:2026-11-21",
      "ran:>10s",
      "wait:>1m",
      "try:>1",
      "is:any",
    ];
    const begun = [
      "status:fai",
      "status:failed,que",
      "queue:ma",
      "since:1",
      "since:2026-11",
      "ran:>1",
      "is:rem",
      "fn:",
    ];
    for (const token of finished) assert.equal(meansSomething(token, names), true, token);
    for (const token of begun) assert.equal(meansSomething(token, names), false, token);
    assert.equal(openFilter("card status:fai"), "status:fai");
    assert.equal(openFilter("card status:failed "), null);
    assert.equal(openFilter("status:failed card"), null);
  });

  it("tell what they turn around", () => {
    assert.deepEqual(tokenParts("-fn:a:b"), { name: "fn", value: "a:b", negated: true });
  });
});

describe("the time of the job filter", () => {
  it("takes the place of the one that was written, whatever it was called", () => {
    assert.deepEqual(timeRangeOf("card after:2h before:5m"), { since: "2h", until: "5m" });
    assert.equal(
      withTimeRange("card after:2h status:failed before:5m", { since: "24h", until: "" }),
      "status:failed since:24h card",
    );
    assert.equal(withTimeRange("card since:1h", { since: "", until: "" }), "card");
  });

  it("is understood as a moment from a field for moments", () => {
    const text = withTimeRange("", { since: "2026-11-21T14:00", until: "2026-11-21T14:30:05" });
    const { tokens, notes } = parseFilter(text);
    assert.deepEqual(notes, []);
    assert.equal(tokens.length, 2);
  });
});

describe("the columns of the job list", () => {
  const first = firstJobsSettings.columns;
  const ids = (columns: typeof first) => columns.map(({ id }) => id);

  it("come at the place they have at first, and go, but for the last one", () => {
    const without = toggleColumn(first, "id");
    assert.ok(!ids(without).includes("id"));
    assert.deepEqual(toggleColumn(without, "id"), first);
    const all = jobColumnIds.slice(8).reduce((columns, id) => toggleColumn(columns, id), first);
    assert.deepEqual(ids(all), jobColumnIds);
    const one = [{ id: "id", width: null }] as const;
    assert.equal(toggleColumn(one, "id"), one);
  });

  it("move, and stop at the ends", () => {
    assert.deepEqual(ids(moveColumn(first, "state", 2)).slice(0, 3), ["function", "id", "state"]);
    assert.equal(ids(moveColumn(first, "duration", 99)).at(-1), "duration");
    assert.equal(ids(moveColumn(first, "duration", -5))[0], "duration");
  });

  it("are as wide as they are made, within what can be used, until they get their share again", () => {
    const wide = widenColumn(first, "queue", 200.4);
    assert.equal(wide.find(({ id }) => id === "queue")?.width, 200);
    assert.equal(widenColumn(first, "queue", 1).find(({ id }) => id === "queue")?.width, 48);
    assert.equal(areFirstColumns(wide), false);
    assert.ok(areFirstColumns(widenColumn(wide, "queue", null)));
  });
});

describe("the filter of the job list", () => {
  it("is one also when it only asks for forgotten jobs as well", () => {
    assert.equal(isFiltered({ ...newestJobs, remembered: "also" }), true);
    assert.equal(isFiltered(newestJobs), false);
  });
});
