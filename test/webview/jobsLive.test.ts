import assert from "node:assert/strict";
import type { JobsIntent } from "../../src/protocol/tabs/jobs";
import type { DashboardIntent, JobRow } from "../../src/protocol/viewModels";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import { sampleErrors, sampleJobs, sampleNow, sampleRow, sampleRows, sampleSnapshot } from "../support/sampleViews";

const test = new PageTest();
const rows = () => test.page.locator(".job");
const news = () => test.page.locator("button.news");
const asked = () => test.opened.asked("look") as { look: { intent: JobsIntent } }[];
const lastIntent = () => asked().at(-1)?.look.intent;

interface Box {
  readonly top: number;
  readonly height: number;
}
/** Where every row stands. */
const places = () =>
  rows().evaluateAll((all: { getBoundingClientRect(): Box }[]) =>
    all.map((each) => [each.getBoundingClientRect().top, each.getBoundingClientRect().height]),
  );

/** Every way a row can change in its place. */
function changed(row: JobRow, n: number): JobRow {
  const error = { ...sampleErrors[1], message: "of many words ".repeat(30) };
  if (n % 3 === 0) return { ...row, state: "failed", finishedAt: sampleNow, runMs: 81_000, error };
  if (n % 3 === 1) return { ...row, state: "retrying", tries: 12, undecodable: null };
  return { ...row, rememberedSince: sampleNow, undecodable: "It cannot be read: ".repeat(20), function: null };
}

describe("a list of jobs that lives", () => {
  for (const width of [1400, 300]) {
    it(`tells of new jobs and changes rows without moving one of them, ${width} px wide`, async () => {
      await test.openDashboard(sampleJobs(), { width });
      await test.says(".line", "10,500 jobs");
      const before = await places();
      await test.update(sampleJobs({ rows: sampleRows(0, 50).map(changed), news: 12, changed: true, total: 10_512 }));
      await test.says(".line", "12 new jobs Show");
      await eventually(async () => assert.equal(await test.page.locator(".job.remembered").count(), 16));
      assert.deepEqual(await places(), before);
      await test.update(sampleJobs({ rows: sampleRows(0, 50).map(changed), news: 500, changed: true, total: 11_000 }));
      await test.says(".line", "More than 499 new jobs");
      assert.deepEqual(await places(), before);
    });
  }

  it("shows the new ones by a click, and by the key n", async () => {
    await test.openDashboard(sampleJobs({ news: 1, changed: true }));
    await test.says(".news", "1 new job");
    await news().click();
    await eventually(() => assert.equal(asked().length, 1));
    assert.deepEqual(lastIntent()?.query.offset, 0);
    await test.update(sampleJobs({ news: 2, changed: true, total: 10_501 }));
    await test.says(".news", "2 new jobs");
    await test.page.keyboard.press("n");
    await eventually(() => assert.equal(asked().length, 2));
    assert.notEqual(lastIntent()?.settings, undefined);
  });

  it("has no news, and no key for them, where there are none", async () => {
    await test.openDashboard(sampleJobs());
    assert.equal(await news().count(), 0);
    await test.page.keyboard.press("n");
    await test.page.keyboard.press("j");
    assert.equal(asked().length, 0);
  });

  it("says that it has changed where nothing is new above it", async () => {
    await test.openDashboard(sampleJobs({ changed: true }));
    await test.says(".news", "This list has changed");
  });

  it("is followed by choice, which is kept", async () => {
    await test.openDashboard(sampleJobs());
    const follow = test.page.getByRole("button", { name: "Follow live" });
    assert.equal(await follow.getAttribute("aria-pressed"), "false");
    await follow.click();
    await eventually(() => assert.equal(lastIntent()?.settings?.follow, true));
    await eventually(async () => assert.equal(await follow.getAttribute("aria-pressed"), "true"));
    assert.equal((test.opened.remembered as DashboardIntent).intents.jobs?.settings?.follow, true);
    await test.page.getByLabel("Next page").first().click();
    await eventually(() => assert.equal(lastIntent()?.query.offset, 50));
    assert.equal(lastIntent()?.settings?.follow, true);
  });

  it("has 25, 50 or 100 jobs on a page, by choice, which is kept", async () => {
    await test.openDashboard(sampleJobs());
    const size = (n: number) =>
      test.page.getByRole("group", { name: "Jobs per page" }).getByText(String(n), { exact: true });
    assert.equal(await size(50).getAttribute("aria-pressed"), "true");
    for (const n of [100, 25]) {
      await size(n).click();
      await eventually(() => assert.deepEqual([lastIntent()?.settings?.pageSize, lastIntent()?.query.limit], [n, n]));
      await eventually(async () => assert.equal(await size(n).getAttribute("aria-pressed"), "true"));
    }
    assert.equal((test.opened.remembered as DashboardIntent).intents.jobs?.settings?.pageSize, 25);
  });

  it("is walked by j and k, and opened by Enter", async () => {
    await test.openDashboard(sampleJobs());
    for (const key of ["j", "j", "j", "k"]) await test.page.keyboard.press(key);
    await eventually(async () =>
      assert.equal(
        await rows()
          .nth(1)
          .evaluate((each: { matches(s: string): boolean }) => each.matches(":focus")),
        true,
      ),
    );
    await test.page.keyboard.press("Enter");
    await eventually(() => assert.deepEqual(test.opened.asked("openJob"), [{ id: sampleRow(1).id }]));
  });

  it("draws rows again only when their job or their age has changed", async () => {
    await test.openDashboard(sampleJobs());
    const done = rows().nth(1);
    await done
      .locator(".duration")
      .evaluate((each: { firstChild: { mark?: string } }) => (each.firstChild.mark = "the same"));
    await test.update(sampleJobs({ rows: [sampleRow(0, { state: "complete" }), ...sampleRows(1, 49)] }));
    await test.says(".job .state-chip", "Complete");
    assert.equal(
      await done.locator(".duration").evaluate((each: { firstChild: { mark?: string } }) => each.firstChild.mark),
      "the same",
    );
  });
});

describe("what the list of jobs says of itself", () => {
  it("is how many match, of how many that are known", async () => {
    await test.openDashboard(sampleJobs({ total: 131 }, { states: ["failed"] }));
    await test.says(".count", "131 of 10,500 jobs");
    await test.says("arq-pager", "1–50 of 131");
  });

  it("is how much is read so far while everything is looked at", async () => {
    const sweep = { keysScanned: 340_000, keysTotal: 1_000_000, paused: false };
    const snapshot = sampleSnapshot({ sweep, complete: false, sweptAt: null });
    await test.openDashboard(sampleJobs({ total: 3400, indexed: 3400 }, {}, { snapshot }));
    await test.says(".count", "3,400 jobs read so far (34 % of the keys)");
  });

  it("is that Redis has forgotten them, where that is so", async () => {
    await test.openDashboard(sampleJobs({ total: 6 }, { text: "is:remembered" }));
    await test.says(".count", "6 jobs that Redis has forgotten");
    await test.openDashboard(sampleJobs({ total: 131 }, { remembered: "also" }));
    await test.says(".count", "131 of 10,500 jobs, forgotten ones included");
    await test.page.getByLabel("Remove filter forgotten: as well").click();
    await eventually(() => assert.equal(lastIntent()?.query.remembered, false));
  });

  it("is that rows which stayed have left it", async () => {
    await test.openDashboard(sampleJobs({ rows: sampleRows(0, 9), total: 3, changed: true }, { states: ["running"] }));
    await test.says("arq-pager", "9 shown, 3 left");
  });
});

describe("the cells of a job", () => {
  const one = (change: Partial<JobRow>, more = {}) => sampleJobs({ rows: [sampleRow(0, change)], total: 1 }, {}, more);

  it("count on for a running job, and stop where nobody knows whether it still runs", async () => {
    const change = { state: "running", startedAt: sampleNow - 42_000 } as const;
    await test.openDashboard(one(change));
    await test.says(".job .duration", /4[2-9] s/);
    await test.openDashboard(one(change, { paused: true }));
    await eventually(async () => assert.equal((await test.page.locator(".job .duration").innerText()).trim(), ""));
  });

  it("name when a deferred job is due instead of a start", async () => {
    await test.openDashboard(one({ state: "deferred", startedAt: null, scheduledAt: sampleNow + 60_000 }), {
      width: 1400,
    });
    await test.says(".job .started", /due \d\d:\d\d:\d\d/);
  });

  it("tell what went wrong beside the function", async () => {
    await test.openDashboard(one({ state: "failed", error: sampleErrors[0] }), { width: 1400 });
    await test.says(".job .function", /send_order_confirmation\s*KeyError: 'user_id'/);
  });

  it("are all there on two lines where there is no room for columns", async () => {
    await test.openDashboard(
      one({ state: "failed", finishedAt: sampleNow - 5000, runMs: 1200, error: sampleErrors[0] }),
      { width: 300 },
    );
    const seen = async (selector: string) =>
      assert.equal(await test.page.locator(`.job ${selector}`).first().isVisible(), true, selector);
    for (const part of [".state-chip", ".name", ".id .tail", ".when", ".duration", ".trouble"]) await seen(part);
    const box = (await rows().first().boundingBox())!;
    assert.ok(box.height < 60, `two lines: ${box.height} px`);
    assert.equal(await test.overflow(), 0);
    assert.equal(await test.page.locator("vscode-dropdown.sort").isVisible(), true);
    assert.equal(await test.page.getByRole("button", { name: "Columns" }).isVisible(), true);
  });
});
