import assert from "node:assert/strict";
import { firstJobsSettings, jobColumnIds, type JobsIntent, type JobsSettings } from "../../src/protocol/tabs/jobs";
import type { DashboardIntent, DashboardView } from "../../src/protocol/viewModels";
import { seriousFindings } from "../support/accessibility";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import { sampleJobs, sampleRows } from "../support/sampleViews";
import { themeNames } from "../support/webviewThemes";

const test = new PageTest();
const heads = () => test.page.locator("arq-job-head [role=columnheader]");
const head = (id: string) => test.page.locator(`arq-job-head [data-column=${id}]`);
const lastIntent = () =>
  (test.opened.asked("look").at(-1) as { look: { intent: JobsIntent } } | undefined)?.look.intent;
const columns = () => lastIntent()?.settings?.columns ?? [];
const shownColumns = () =>
  heads().evaluateAll((all: { dataset: { column: string } }[]) => all.map((each) => each.dataset.column));
const widthOf = async (id: string) => (await head(id).boundingBox())!.width;

function shownWith(settings: Partial<JobsSettings>): DashboardView {
  const view = sampleJobs();
  const intent: JobsIntent = {
    query: view.body!.tab === "jobs" ? view.body!.intent.query : never(),
    settings: { ...firstJobsSettings, ...settings },
  };
  return { ...view, look: { tab: "jobs", intent }, body: { ...view.body, intent } as DashboardView["body"] };
}
function never(): never {
  throw new Error("the sample is of another tab");
}
const everyColumn = shownWith({ columns: jobColumnIds.map((id) => ({ id, width: null })) });

describe("the columns of the job list", () => {
  it("sort by every one of them, both ways, and keep the order on the next page", async () => {
    await test.openDashboard(everyColumn, { width: 1400 });
    const asked = () => [lastIntent()?.query.sort, lastIntent()?.query.descending, lastIntent()?.query.offset];
    const sorts = [
      "state",
      "function",
      "id",
      "queue",
      "enqueuedAt",
      "startedAt",
      "finishedAt",
      "runMs",
      "waitMs",
      "tries",
      "error",
      "worker",
    ];
    const texts = ["state", "function", "id", "queue", "error", "worker"];
    for (const [place, id] of jobColumnIds.entries()) {
      const descending = !texts.includes(id);
      await head(id).locator("button").click();
      await eventually(() => assert.deepEqual(asked(), [sorts[place], descending, 0]));
      await eventually(async () =>
        assert.equal(await head(id).getAttribute("aria-sort"), descending ? "descending" : "ascending"),
      );
      await test.page.getByLabel("Next page").first().click();
      await eventually(() => assert.deepEqual(asked(), [sorts[place], descending, 50]));
      await head(id).locator("button").click();
      await eventually(() => assert.deepEqual(asked(), [sorts[place], !descending, 0]));
    }
  });

  it("are chosen from a menu, one after the other, and are there again after a reload", async () => {
    await test.openDashboard(sampleJobs());
    await test.page.getByRole("button", { name: "Columns" }).click();
    const menu = test.page.getByRole("menu", { name: "Columns" });
    await menu.getByRole("menuitemcheckbox", { name: "Worker" }).click();
    await menu.getByRole("menuitemcheckbox", { name: "Enqueued" }).click();
    const wanted = ["state", "function", "id", "queue", "started", "finished", "duration", "worker"];
    await eventually(async () => assert.deepEqual(await shownColumns(), wanted));
    assert.deepEqual(
      columns().map(({ id }) => id),
      wanted,
    );
    await test.page.keyboard.press("Escape");
    assert.equal(
      await test.page
        .getByRole("button", { name: "Columns" })
        .evaluate((each: { matches(s: string): boolean }) => each.matches(":focus")),
      true,
    );
    const kept = (test.opened.remembered as DashboardIntent).intents.jobs!;
    assert.deepEqual(
      kept.settings?.columns.map(({ id }) => id),
      wanted,
    );
    await test.opened.close();
    await test.openDashboard(shownWith(kept.settings), { remembered: { tab: "jobs", intents: { jobs: kept } } });
    assert.deepEqual(test.opened.asked("ready"), [{ look: { tab: "jobs", intent: kept } }]);
    await eventually(async () => assert.deepEqual(await shownColumns(), wanted));
  });

  it("have a menu on their heads by right click and by key, and go back to what they were at first", async () => {
    await test.openDashboard(sampleJobs());
    await head("queue").click({ button: "right" });
    await test.page.getByRole("menuitem", { name: "Hide column" }).click();
    await eventually(async () => assert.ok(!(await shownColumns()).includes("queue")));
    await head("function").locator("button").focus();
    await test.page.keyboard.press("Shift+F10");
    // Without a wait: the keys of somebody who knows the menu come before it is drawn.
    await test.page.keyboard.press("ArrowDown");
    await test.page.keyboard.press("Enter");
    await eventually(() =>
      assert.deepEqual([lastIntent()?.query.sort, lastIntent()?.query.descending], ["function", true]),
    );
    await eventually(async () => assert.equal(await head("function").locator("button:focus").count(), 1));
    await head("id").click({ button: "right" });
    await test.page.getByRole("menuitem", { name: "Reset columns" }).click();
    await eventually(() => assert.deepEqual(columns(), firstJobsSettings.columns));
  });

  it("are made wider by dragging and by keys, and get their own width again by a double click", async () => {
    await test.openDashboard(sampleJobs(), { width: 1400 });
    const before = await widthOf("id");
    const box = (await head("id").locator(".grip").boundingBox())!;
    await test.page.mouse.move(box.x + box.width / 2, box.y + 10);
    await test.page.mouse.down();
    await test.page.mouse.move(box.x + box.width / 2 + 60, box.y + 10, { steps: 4 });
    await eventually(async () =>
      assert.ok(Math.abs((await widthOf("id")) - before - 60) < 3, "it follows the pointer"),
    );
    assert.equal(test.opened.asked("look").length, 0, "nothing is asked while it is dragged");
    await test.page.mouse.up();
    const width = () => columns().find(({ id }) => id === "id")?.width ?? 0;
    await eventually(() => assert.ok(Math.abs(width() - before - 60) < 3));
    const row = await test.page.locator(".job .id").first().boundingBox();
    assert.ok(Math.abs(row!.width - width()) < 1, "rows and heads are as wide");
    await head("id").locator("button").focus();
    const dragged = width();
    await test.page.keyboard.press("Shift+ArrowLeft");
    await eventually(() => assert.equal(width(), dragged - 16));
    assert.equal(lastIntent()?.query.sort, "newest", "a drag is no click");
    await head("id").locator(".grip").dblclick();
    await eventually(() => assert.equal(columns().find(({ id }) => id === "id")?.width, null));
  });

  it("are put in another order by dragging and by keys, where the focus stays", async () => {
    await test.openDashboard(sampleJobs(), { width: 1400 });
    const from = (await head("queue").locator("button").boundingBox())!;
    const to = (await head("state").boundingBox())!;
    await test.page.mouse.move(from.x + 10, from.y + 8);
    await test.page.mouse.down();
    await test.page.mouse.move(from.x - 30, from.y + 8, { steps: 3 });
    await test.page.mouse.move(to.x + 12, to.y + 8, { steps: 5 });
    assert.equal(
      await head("state").evaluate((each: { classList: { contains(s: string): boolean } }) =>
        each.classList.contains("before"),
      ),
      true,
    );
    await test.page.mouse.up();
    await eventually(async () => assert.deepEqual((await shownColumns()).slice(0, 3), ["queue", "state", "function"]));
    assert.equal(lastIntent()?.query.sort, "newest", "a drag is no click");
    await head("state").locator("button").focus();
    await test.page.keyboard.press("Control+ArrowRight");
    await eventually(async () => assert.deepEqual((await shownColumns()).slice(0, 3), ["queue", "function", "state"]));
    await eventually(async () => assert.equal(await head("state").locator("button:focus").count(), 1));
    const cells = await test.page
      .locator(".job")
      .first()
      .locator("[role=gridcell]")
      .evaluateAll((all: { className: string }[]) => all.map((each) => each.className.split(" ")[1]));
    assert.deepEqual(cells.slice(0, 3), ["queue", "function", "state"]);
  });

  it("have menus that are accessible in every theme", async () => {
    await test.openDashboard(sampleJobs({ rows: sampleRows(0, 6), news: 3, changed: true }));
    const openers = [
      () => test.page.getByRole("button", { name: "Columns" }).click(),
      () => head("queue").click({ button: "right" }),
      () => test.page.getByRole("button", { name: "Saved filters" }).click(),
      () => test.page.locator("arq-time-range .time-button").click(),
    ];
    for (const theme of themeNames) {
      await test.opened.setTheme(theme);
      for (const open of openers) {
        await open();
        await eventually(async () => assert.deepEqual(await seriousFindings(test.page), [], theme));
        await test.page.keyboard.press("Escape");
      }
    }
  });

  it("are one stop of the Tab key, walked by arrows", async () => {
    await test.openDashboard(sampleJobs());
    assert.equal(await test.page.locator("arq-job-head button[tabindex='0']").count(), 1);
    await head("state").locator("button").focus();
    await test.page.keyboard.press("ArrowRight");
    await eventually(async () => assert.equal(await head("function").locator("button:focus").count(), 1));
    await test.page.keyboard.press("End");
    await eventually(async () => assert.equal(await head("duration").locator("button:focus").count(), 1));
  });

  it("are scrolled to sideways where they do not fit, and the page is not", async () => {
    await test.openDashboard(everyColumn, { width: 760 });
    assert.equal(await test.overflow(), 0);
    const scrolls = await test.page
      .locator("arq-job-table .scroller")
      .evaluate((each: { scrollWidth: number; clientWidth: number }) => each.scrollWidth - each.clientWidth);
    assert.ok(scrolls > 50);
    await test.openDashboard(sampleJobs(), { width: 760 });
    assert.equal(await test.page.locator("arq-job-table[scrolls]").count(), 0, "those of the beginning fit");
  });
});
