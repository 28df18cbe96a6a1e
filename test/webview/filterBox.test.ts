import assert from "node:assert/strict";
import type { JobsIntent } from "../../src/protocol/tabs/jobs";
import type { JobQuery, PayloadMatches, Suggestion } from "../../src/protocol/viewModels";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import { dashboardSamples, sampleDashboard, sampleJobs, sampleRow, sampleRows } from "../support/sampleViews";

const test = new PageTest();
const box = () => test.page.getByRole("combobox", { name: "Filter jobs" });
const options = () => test.page.getByRole("option").filter({ has: test.page.locator(".label") });
const tokens = () => test.page.locator("arq-filter-box .token").allInnerTexts();
const lastQuery = () =>
  (test.opened.asked("look").at(-1) as { look: { intent: JobsIntent } } | undefined)?.look.intent.query;

/** What the host would suggest at the end of `text`. */
function suggestions({ text }: { text: string }): Suggestion[] {
  const from = text.lastIndexOf(" ") + 1;
  const made = (insert: string, detail: string, count: number | null) => ({
    insert,
    from,
    to: text.length,
    label: insert,
    detail,
    count,
  });
  if (text.endsWith("status:"))
    return [made("status:failed", "ended with an error", 131), made("status:queued", "waits", 128)];
  return "status:".startsWith(text.slice(from)) ? [made("status:", "queued, failed, …", null)] : [];
}

const open = (view = sampleJobs(), more = {}) =>
  test.openDashboard(view, { answers: { suggest: suggestions, ...more } });

describe("the box of the job filter", () => {
  it("offers what may be written, and takes it by arrow keys, Enter and Tab", async () => {
    await open();
    await test.page.keyboard.press("/");
    await test.page.keyboard.type("st");
    await options().filter({ hasText: "status:" }).waitFor();
    assert.equal(await box().getAttribute("aria-expanded"), "true");
    await test.page.keyboard.press("ArrowDown");
    const active = await box().getAttribute("aria-activedescendant");
    assert.equal(await test.page.locator(`#${active}`).getAttribute("aria-selected"), "true");
    await test.page.keyboard.press("Tab");
    assert.equal(await box().inputValue(), "status:");
    await options().filter({ hasText: "failed" }).waitFor();
    assert.match(await options().first().innerText(), /status:failed\s+ended with an error\s+131/);
    await test.page.keyboard.press("ArrowDown");
    await test.page.keyboard.press("ArrowDown");
    await test.page.keyboard.press("ArrowUp");
    await test.page.keyboard.press("Enter");
    await eventually(() => assert.equal(lastQuery()?.text, "status:failed"));
    assert.deepEqual(await tokens(), ["status: failed"]);
    assert.equal(await box().inputValue(), "");
  });

  it("makes tokens of filters that are written to their end, and leaves words", async () => {
    await open();
    await test.page.keyboard.press("/");
    await test.page.keyboard.type("card status:failed -queue:mail now");
    await eventually(() => assert.equal(lastQuery()?.text, "status:failed -queue:mail card now"));
    assert.deepEqual(await tokens(), ["status: failed", "not queue: mail"]);
    assert.equal(await box().inputValue(), "card now");
  });

  it("makes one token of a value in quotes", async () => {
    await open();
    await test.page.keyboard.press("/");
    await test.page.keyboard.type('error:"no such user" ');
    await eventually(() => assert.equal(lastQuery()?.text, 'error:"no such user"'));
    assert.deepEqual(await tokens(), ['error: "no such user"']);
  });

  it("searches as one types, and makes no token of a filter before it is entered", async () => {
    await open();
    await test.page.keyboard.press("/");
    await test.page.keyboard.type("fn:s");
    await eventually(() => assert.equal(lastQuery()?.text, "fn:s"));
    assert.deepEqual(await tokens(), []);
    await test.page.keyboard.press("Enter");
    await eventually(async () => assert.deepEqual(await tokens(), ["fn: s"]));
    await box().fill("status:failed");
    await eventually(() => assert.equal(lastQuery()?.text, "fn:s status:failed"));
    await box().fill("status:");
    await eventually(() => assert.equal(lastQuery()?.text, "fn:s"));
  });

  it("takes a token back to be edited by Backspace, and removes it by arrow and Delete", async () => {
    await open(sampleJobs({}, { text: "status:failed since:1h card" }));
    await eventually(async () => assert.deepEqual(await tokens(), ["status: failed", "since: 1h"]));
    assert.equal(await box().inputValue(), "card");
    await box().focus();
    await test.page.keyboard.press("Home");
    await test.page.keyboard.press("ArrowLeft");
    await test.page.keyboard.press("ArrowLeft");
    await test.page.keyboard.press("Delete");
    await eventually(() => assert.equal(lastQuery()?.text, "since:1h card"));
    await box().focus();
    await box().fill("");
    await test.page.keyboard.press("Backspace");
    assert.equal(await box().inputValue(), "since:1h");
    await test.page.keyboard.press("Backspace");
    await test.page.keyboard.type("5m");
    await test.page.keyboard.press("Enter");
    await eventually(() => assert.equal(lastQuery()?.text, "since:15m"));
  });

  it("asks for suggestions under the tokens that are there", async () => {
    await open(sampleJobs({}, { text: "status:failed" }));
    await eventually(async () => assert.deepEqual(await tokens(), ["status: failed"]));
    await test.page.keyboard.press("/");
    await test.page.keyboard.type("q");
    await eventually(() =>
      assert.deepEqual(test.opened.asked("suggest").at(-1), { text: "status:failed q", cursor: 15 }),
    );
  });

  it("closes its list on Escape, and is emptied by a second one", async () => {
    await open();
    await box().fill("st");
    await options().first().waitFor();
    await test.page.keyboard.press("Escape");
    assert.equal(await options().count(), 0);
    assert.equal(await box().inputValue(), "st");
    await eventually(() => assert.equal(lastQuery()?.text, "st"));
    await test.page.keyboard.press("Escape");
    await eventually(() => assert.equal(lastQuery()?.text, ""));
  });

  it("takes a suggestion that is clicked, and keeps the focus", async () => {
    await open();
    await box().fill("status:");
    await options().filter({ hasText: "queued" }).click();
    await eventually(() => assert.equal(lastQuery()?.text, "status:queued"));
    await test.page.keyboard.type("x");
    await eventually(() => assert.equal(lastQuery()?.text, "status:queued x"));
  });

  it("lets Tab go on to the next part of the page when nothing is walked to", async () => {
    await open();
    await box().fill("st");
    await options().first().waitFor();
    await test.page.keyboard.press("Tab");
    await eventually(async () => assert.equal(await options().count(), 0));
    await eventually(() => assert.equal(lastQuery()?.text, "st"));
    assert.equal(await test.page.locator(".clear:focus").count(), 1);
  });

  it("says what of a filter means nothing", async () => {
    await test.openDashboard(dashboardSamples["remembered"]);
    await test.says(".notes", 'There is no filter "stat"');
    assert.equal(await test.page.locator(".job.remembered").count(), 3);
    await test.says(".job.remembered", "forgotten");
  });
});

describe("a search in payloads", () => {
  const matches: PayloadMatches = {
    rows: [sampleRow(7)],
    ended: "all looked at",
    looked: 10_500,
    of: 10_500,
    found: 1,
    bytes: 2_100_000,
    unreadable: 2,
    notes: [],
  };

  it("begins when it is asked for, tells how far it is, and shows what it found", async () => {
    let finish: (found: PayloadMatches) => void = () => undefined;
    const found = new Promise<PayloadMatches>((resolve) => {
      finish = resolve;
    });
    await open(dashboardSamples["payloads"], { search: () => found });
    await test.says(".search-bar", "arguments and results of 10,500 jobs have to be read from Redis");
    assert.equal(await test.page.locator(".job").count(), 0, "rows that may not match are not shown as if they did");
    await test.page.getByText("Search Payloads").click();
    await test.opened.notify("searchProgress", { looked: 1200, of: 10_500, found: 1, bytes: 250_000, unreadable: 0 });
    await test.says(".search-bar", "Looked at 1,200 of 10,500 jobs (250 kB): 1 found.");
    await test.page.getByText("Cancel", { exact: true }).click();
    await eventually(() => assert.equal(test.opened.asked("cancelSearch").length, 1));
    finish(matches);
    await test.says(
      ".search-bar",
      "Looked at all 10,500 jobs: 1 matches. 2 payloads could not be read, and may match all the same.",
    );
    assert.equal(await test.page.locator(".job").getAttribute("data-id"), sampleRow(7).id);
    assert.equal((test.opened.asked("search")[0] as { query: JobQuery }).query.text, "arg:4711");
  });

  it("begins on Enter as well, and is forgotten with its filter", async () => {
    await open(dashboardSamples["payloads"], { search: () => matches });
    await box().focus();
    await test.page.keyboard.press("Enter");
    await eventually(() => assert.equal(test.opened.asked("search").length, 1));
    await test.says(".search-bar", "1 matches");
    await test.page.getByLabel("Remove filter arg: 4711").click();
    await eventually(() => assert.equal(lastQuery()?.text, ""));
    await test.update(sampleJobs({ rows: sampleRows(0, 5), total: 5 }));
    await eventually(async () => assert.equal(await test.page.locator(".job").count(), 5));
    assert.equal(await test.page.locator(".search-bar").count(), 0);
  });

  it("is forgotten when its tab is left: what it found is not kept current", async () => {
    await open(dashboardSamples["payloads"], { search: () => matches });
    await test.page.getByText("Search Payloads").click();
    await test.says(".search-bar", "1 matches");
    await test.update(sampleDashboard());
    await test.page.locator("arq-stat-cards").waitFor();
    await test.update(dashboardSamples["payloads"]!);
    await test.says(".search-bar", "arguments and results of 10,500 jobs have to be read from Redis");
    assert.equal(await test.page.locator(".job").count(), 0);
  });
});
