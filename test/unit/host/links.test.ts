import assert from "node:assert/strict";
import { dashboardLook } from "../../../src/host/commands/dashboardLook";
import { type ArqLink, dashboardLink, jobLink, parseLink } from "../../../src/host/links";
import { newestJobs } from "../../../src/protocol/jobQuery";
import { lookAt, type Look, tabNames } from "../../../src/protocol/tabs";

const base = "vscode://arq-monitor.arq-monitor";

/** As VS Code's `Uri` takes a link apart: each part percent-decoded once, before anybody sees it. */
function follow(link: string): ArqLink {
  const parts = /^[^:]+:\/\/[^/]+(?<path>\/[^?#]*)(?:\?(?<query>[^#]*))?$/.exec(link)?.groups;
  assert.ok(parts, link);
  return parseLink(decodeURIComponent(parts["path"] ?? ""), decodeURIComponent(parts["query"] ?? ""));
}

function lookOf(link: string): Look | undefined {
  const found = follow(link);
  assert.equal(found.kind, "dashboard");
  return found.kind === "dashboard" ? dashboardLook(found.argument) : undefined;
}

const jobs = (query: Partial<typeof newestJobs>): Look => lookAt("jobs", { query: { ...newestJobs, ...query } });

describe("links into the window", () => {
  for (const id of ["5f2c9a", "cron:send#report", "a/b?c=d&e", "100% of %41", "é ☃ \u{1f40d}", "../dashboard", "+ +"]) {
    it(`leads to the job ${JSON.stringify(id)} of the connection it names`, () => {
      for (const connection of ["shop", "staging & co = 100%"]) {
        assert.deepEqual(follow(jobLink(base, id, connection)), { kind: "job", connection, id });
      }
    });
  }

  it("may leave the connection out", () => {
    assert.deepEqual(parseLink("/job/a", ""), { kind: "job", connection: null, id: "a" });
    assert.deepEqual(parseLink("/dashboard", ""), { kind: "dashboard", connection: null, argument: {} });
  });

  it("is written by hand with the filter as the jobs tab takes it", () => {
    const found = parseLink("/dashboard", "filter=status:failed fn:send_* since:1h&connection=shop");
    assert.equal(found.connection, "shop");
    assert.ok(found.kind === "dashboard");
    assert.deepEqual(dashboardLook(found.argument), jobs({ text: "status:failed fn:send_* since:1h" }));
  });

  it("says a filter of jobs as people write it", () => {
    const look = jobs({ states: ["failed", "aborted"], queue: "arq:mail queue", function: "send", text: "try:>1" });
    const link = dashboardLink(base, look, "shop");
    assert.match(
      decodeURIComponent(link),
      /filter=status:failed,aborted queue:"arq:mail queue" fn:send try:>1&connection=shop$/,
    );
    assert.equal(link.includes("intent="), false);
  });

  it("says everything that a filter cannot, and no page of the list", () => {
    const look = jobs({ errorGroup: "KeyError\n'sku' & 100%", sort: "runMs", descending: false, remembered: "also" });
    assert.deepEqual(lookOf(dashboardLink(base, look, "shop")), look);
    const turned = jobs({ text: "a", offset: 150, anchor: "x", limit: 25 });
    assert.deepEqual(lookOf(dashboardLink(base, turned, "shop")), jobs({ text: "a" }));
  });

  for (const tab of tabNames) {
    it(`leads to the tab ${tab}`, () => {
      const look = lookAt(tab);
      const link = dashboardLink(base, look, "shop");
      assert.equal(link, `${base}/dashboard?tab=${tab}&connection=shop`);
      assert.deepEqual(lookOf(link), look);
    });
  }

  const bad: [string, string, string, RegExp][] = [
    ["no job id", "/job/", "", /job id/],
    ["a job id of control characters", "/job/a\u0000b", "", /job id/],
    ["an endless job id", `/job/${"x".repeat(3000)}`, "", /job id/],
    ["another place", "/settings", "", /neither to a job nor to the dashboard/],
    ["no place", "", "", /neither/],
    ["a tab that is not there", "/dashboard", "tab=secrets", /no tab of that name; it has overview, jobs/],
    ["an intent that is no JSON", "/dashboard", "tab=jobs&intent={", /cannot be read/],
    ["an endless intent", "/dashboard", `intent=${"1".repeat(20_000)}`, /too long/],
    ["an empty connection", "/job/a", "connection=", /connection/],
    ["an endless connection", "/job/a", `connection=${"x".repeat(3000)}`, /connection/],
  ];
  for (const [what, path, query, why] of bad) {
    it(`refuses ${what}`, () => assert.throws(() => parseLink(path, query), why));
  }

  it("refuses a filter for a tab that takes none", () => {
    assert.throws(() => lookOf(`${base}/dashboard?tab=workers&filter=a`), /Only the tab "jobs" takes a filter/);
  });

  it("knows no address: what looks like one is the name of a connection like any other", () => {
    const found = parseLink("/job/a", "connection=redis://evil:6379/0&url=redis://evil:6379/0");
    assert.deepEqual(found, { kind: "job", connection: "redis://evil:6379/0", id: "a" });
  });
});
