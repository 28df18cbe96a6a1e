import assert from "node:assert/strict";
import { newestJobs } from "../../src/protocol/jobQuery";
import type { JobsIntent } from "../../src/protocol/tabs/jobs";
import type { DashboardIntent, DashboardView } from "../../src/protocol/viewModels";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import { sampleCounts, sampleJobs, sampleRow, sampleRows, sampleSnapshot } from "../support/sampleViews";

const test = new PageTest();
const rows = () => test.page.locator(".job");
const lastQuery = () =>
  (test.opened.asked("look").at(-1) as { look: { intent: JobsIntent } } | undefined)?.look.intent.query;
async function pickStatus(state: string): Promise<void> {
  await test.page.locator(".opener").click();
  await test.page.locator(`vscode-checkbox[data-state=${state}]`).click();
  await test.page.keyboard.press("Escape");
}

describe("the job list of the dashboard", () => {
  it("filters by several statuses, and each can be taken away again", async () => {
    await test.openDashboard(sampleJobs());
    await test.page.locator(".opener").click();
    for (const state of ["failed", "aborted"]) await test.page.locator(`vscode-checkbox[data-state=${state}]`).click();
    await eventually(() => assert.deepEqual(lastQuery()?.states, ["failed", "aborted"]));
    await test.page.keyboard.press("Escape");
    await test.page.getByLabel("Remove filter status: Failed").click();
    await eventually(() => assert.deepEqual(lastQuery()?.states, ["aborted"]));
    await test.page.getByLabel("Clear filters").click();
    await eventually(() => assert.deepEqual(lastQuery(), newestJobs));
  });

  it("filters by queue", async () => {
    await test.openDashboard(sampleJobs());
    await test.page.locator("vscode-dropdown.queue").click();
    await test.page.getByRole("option", { name: "arq:mail" }).click();
    await eventually(() => assert.equal(lastQuery()?.queue, "arq:mail"));
  });

  it("searches as one types, from the key / on", async () => {
    await test.openDashboard(sampleJobs());
    await test.page.keyboard.press("/");
    await test.page.keyboard.type("card", { delay: 10 });
    await eventually(() => assert.deepEqual(lastQuery(), { ...newestJobs, text: "card" }));
    assert.deepEqual(lastQuery()?.offset, 0);
  });

  it("goes on to what was found by Enter", async () => {
    await test.openDashboard(sampleJobs());
    await test.page.keyboard.press("/");
    await test.page.keyboard.type("card");
    await test.page.keyboard.press("Enter");
    await rows().first().and(test.page.locator(":focus")).waitFor();
    await test.page.keyboard.press("j");
    await rows().nth(1).and(test.page.locator(":focus")).waitFor();
    await test.page.keyboard.press("/");
    await test.page.keyboard.press("Enter");
    await rows().nth(1).and(test.page.locator(":focus")).waitFor();
  });

  it("keeps what is being typed when an update arrives", async () => {
    await test.openDashboard(sampleJobs());
    await test.page.keyboard.press("/");
    await test.page.keyboard.type("ca");
    await eventually(() => assert.equal(lastQuery()?.text, "ca"));
    await test.update(
      sampleJobs({}, { text: "ca" }, { snapshot: sampleSnapshot({ counts: sampleCounts({ queued: 1 }) }) }),
    );
    await test.page.keyboard.type("rd");
    await eventually(() => assert.equal(lastQuery()?.text, "card"));
  });

  it("sorts by a column's head", async () => {
    await test.openDashboard(sampleJobs());
    const head = test.page.getByRole("button", { name: "Duration" });
    await head.click();
    await eventually(() => assert.deepEqual([lastQuery()?.sort, lastQuery()?.descending], ["runMs", true]));
    await eventually(async () =>
      assert.equal(
        await test.page.locator(".head.duration[aria-sort]").first().getAttribute("aria-sort"),
        "descending",
      ),
    );
    await head.click();
    await eventually(() => assert.deepEqual([lastQuery()?.sort, lastQuery()?.descending], ["runMs", false]));
  });

  it("turns pages by button and by key", async () => {
    await test.openDashboard(sampleJobs());
    await test.page.getByLabel("Next page").first().click();
    await eventually(() => assert.equal(lastQuery()?.offset, 50));
    await test.says("arq-pager", "51–100 of 10,500");
    await rows().first().focus();
    await test.page.keyboard.press("PageDown");
    await eventually(() => assert.equal(lastQuery()?.offset, 100));
    await test.page.keyboard.press("PageUp");
    await eventually(() => assert.equal(lastQuery()?.offset, 50));
  });

  it("goes to the last page there is when the shown one is gone", async () => {
    await test.openDashboard(sampleJobs({}, { offset: 100 }));
    await test.update(sampleJobs({ rows: [], total: 70 }, { offset: 100 }));
    await eventually(() => assert.equal(lastQuery()?.offset, 50));
  });

  it("does not show rows of an older query over those of a newer one", async () => {
    let release: (view: DashboardView) => void = () => undefined;
    const late = new Promise<DashboardView>((resolve) => {
      release = resolve;
    });
    await test.openDashboard(sampleJobs(), { answers: { look: () => late } });
    await pickStatus("failed");
    await eventually(() => assert.equal(lastQuery()?.states[0], "failed"));
    const counts = sampleCounts({ failed: 7 });
    await test.update(sampleJobs({ rows: sampleRows(900, 3), total: 3 }, {}, { snapshot: sampleSnapshot({ counts }) }));
    await test.says("arq-tab-bar", /Failed 7/);
    assert.equal(await rows().count(), 50);
    release(sampleJobs({ rows: [sampleRow(2)], total: 1 }, { states: ["failed"] }));
    await eventually(async () => assert.equal(await rows().count(), 1));
  });

  it("waits on when its question was overtaken, and shows the answer to the newer one", async () => {
    const found = sampleJobs({ rows: sampleRows(500, 3), total: 3 }, { text: "card" });
    const look = ({ look: asked }: { look: { intent: JobsIntent } }) =>
      asked.intent.query.text === "card" ? found : null;
    await test.openDashboard(sampleJobs(), { answers: { look } });
    const box = test.page.getByRole("combobox", { name: "Filter jobs" });
    await box.fill("ca");
    await eventually(() => assert.equal(lastQuery()?.text, "ca"));
    // Comes after that answer, and says nothing of failures.
    await test.update(sampleJobs({ total: 10_501 }, { text: "ca" }));
    await test.says("arq-pager", "10,501");
    assert.equal(await test.page.locator(".failure").count(), 0);
    await box.fill("card");
    await test.says("arq-pager", "1–3 of 3");
    assert.equal(await rows().count(), 3);
  });

  it("keeps scroll, focus and the rows' elements when an update brings new jobs", async () => {
    await test.openDashboard(sampleJobs());
    await rows().nth(30).focus();
    const { page } = test;
    const id = await rows().nth(30).getAttribute("data-id");
    await page.evaluate("window.scrollTo(0, 700)");
    const top = () =>
      page
        .locator(`.job[data-id="${id}"]`)
        .evaluate((each: { getBoundingClientRect(): { top: number } }) => each.getBoundingClientRect().top);
    await page.locator(`.job[data-id="${id}"]`).evaluate((each: { mark?: string }) => (each.mark = "the same"));
    const before = await top();
    const fresh = [sampleRow(1000, { id: "fresh-1" }), sampleRow(1001, { id: "fresh-2" })];
    await test.update(sampleJobs({ rows: [...fresh, ...sampleRows(0, 48)], total: 10_502 }));
    await test.says("arq-pager", "10,502");
    const row = page.locator(`.job[data-id="${id}"]`);
    assert.equal(await row.evaluate((each: { mark?: string }) => each.mark), "the same");
    assert.ok(Math.abs((await top()) - before) < 2, "the row stays where it was");
    await page.keyboard.press("Enter");
    await eventually(() => assert.deepEqual(test.opened.asked("openJob"), [{ id }]));
  });

  it("shows other jobs in the elements that it has", async () => {
    const found = sampleJobs({ rows: sampleRows(500, 50), total: 131 }, { text: "card" });
    await test.openDashboard(sampleJobs(), { answers: { look: () => found } });
    const mark = (all: { mark?: string }[]) => all.forEach((each) => (each.mark = "there before"));
    await rows().evaluateAll(mark);
    await test.page.getByRole("combobox", { name: "Filter jobs" }).fill("card");
    await test.says("arq-pager", "1–50 of 131");
    assert.equal(await rows().first().getAttribute("data-id"), sampleRow(500).id);
    const known = (all: { mark?: string }[]) => all.filter((each) => each.mark === "there before").length;
    assert.equal(await rows().evaluateAll(known), 50);
  });

  it("does not slide away under the pointer, and catches up when the pointer rests", async () => {
    await test.openDashboard(sampleJobs());
    await rows().nth(4).hover();
    const id = await rows().nth(4).getAttribute("data-id");
    const fresh = [sampleRow(1000, { id: "fresh" }), ...sampleRows(0, 49)];
    await test.update(sampleJobs({ rows: fresh, total: 10_501 }));
    await test.says("arq-pager", "10,501");
    assert.equal(await rows().nth(4).getAttribute("data-id"), id);
    await eventually(async () => assert.equal(await rows().first().getAttribute("data-id"), "fresh"));
  });

  it("begins at its top for another question, also where the answer is the same", async () => {
    const { page } = await test.openDashboard(sampleJobs());
    const focused = (place: number) => rows().nth(place).and(page.locator(":focus")).waitFor();
    await rows().nth(3).focus();
    await test.update(sampleJobs({}, { text: "a" }));
    await focused(0);
    await page.keyboard.press("ArrowDown");
    await focused(1);
    const [first, ...others] = sampleRows(0, 50);
    await test.update(sampleJobs({ rows: [{ ...first!, tries: 7 }, ...others] }, { text: "a" }));
    await eventually(async () => assert.match((await rows().first().textContent()) ?? "", /7/));
    await focused(1);
  });

  it("keeps the focus on a job whose row moves", async () => {
    await test.openDashboard(sampleJobs());
    const id = await rows().nth(5).getAttribute("data-id");
    await rows().nth(5).focus();
    await test.update(sampleJobs({ rows: sampleRows(0, 50).toReversed(), total: 10_500 }));
    await eventually(async () => assert.equal(await rows().nth(44).getAttribute("data-id"), id));
    await test.page.keyboard.press("Enter");
    await eventually(() => assert.deepEqual(test.opened.asked("openJob"), [{ id }]));
  });

  it("asks for what it showed before a reload, and stores every new query", async () => {
    const intent = { query: { ...newestJobs, text: "card" } };
    await test.openDashboard(sampleJobs({}, { text: "card" }), {
      remembered: { tab: "jobs", intents: { jobs: intent } },
    });
    assert.deepEqual(test.opened.asked("ready"), [{ look: { tab: "jobs", intent } }]);
    await eventually(async () =>
      assert.equal(await test.page.getByRole("combobox", { name: "Filter jobs" }).inputValue(), "card"),
    );
    await pickStatus("failed");
    await eventually(() =>
      assert.deepEqual((test.opened.remembered as DashboardIntent).intents.jobs?.query, {
        ...newestJobs,
        text: "card",
        states: ["failed"],
      }),
    );
  });
});
