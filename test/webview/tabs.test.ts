import assert from "node:assert/strict";
import { firstIntents, lookAt, tabNames } from "../../src/protocol/tabs";
import type { DashboardView } from "../../src/protocol/viewModels";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import {
  sampleCounts,
  sampleDashboard,
  sampleJobs,
  sampleLook,
  sampleRows,
  sampleSnapshot,
} from "../support/sampleViews";

const test = new PageTest();
const tab = (name: string) => test.page.getByRole("tab", { name });
const picked = () => test.page.locator("[role=tab][aria-selected=true]").getAttribute("data-tab");

describe("the tabs of the dashboard", () => {
  it("are chosen by click, by digit, and by the arrow keys", async () => {
    await test.openDashboard();
    await tab("Queues").click();
    await eventually(() => assert.deepEqual(test.opened.asked("look"), [{ look: lookAt("queues") }]));
    await test.page.locator("arq-queues-tab").waitFor({ state: "attached" });
    await test.page.keyboard.press("ArrowRight");
    await eventually(async () => assert.equal(await picked(), "workers"));
    await test.page.keyboard.press("End");
    await eventually(async () => assert.equal(await picked(), "functions"));
    for (const [index, name] of tabNames.entries()) {
      await test.page.keyboard.press(String(index + 1));
      await eventually(async () => assert.equal(await picked(), name));
      await test.page.locator(`arq-${name}-tab`).waitFor({ state: "attached" });
    }
  });

  it("show at once what is known of them when they come back, and then the answer", async () => {
    let release: (view: DashboardView) => void = () => undefined;
    let answers = 0;
    const look = () => {
      answers++;
      if (answers === 1) return sampleLook(lookAt("overview"));
      return new Promise<DashboardView>((resolve) => (release = resolve));
    };
    await test.openDashboard(sampleJobs(), { answers: { look } });
    await tab("Overview").click();
    await test.page.locator("arq-stat-cards").waitFor();
    await tab("Jobs").click();
    await eventually(async () => assert.equal(await test.page.locator(".job").count(), 50));
    assert.equal(answers, 2, "the answer is still under way");
    release(sampleJobs({ rows: sampleRows(0, 3), total: 3 }));
    await eventually(async () => assert.equal(await test.page.locator(".job").count(), 3));
  });

  it("are not made anew when they come back: charts stay drawn, and rows are the elements that they were", async () => {
    const mark = (each: { mark?: string }) => (each.mark = "the same");
    const marked = (each: { mark?: string }) => each.mark;
    const { page } = await test.openDashboard(sampleJobs());
    await page.locator(".job").nth(1).evaluate(mark);
    await tab("Overview").click();
    const canvas = page.locator("arq-overview-tab .throughput canvas");
    // Chart.js sets it once it has drawn.
    const drawn = (each: { style: { display: string } }) => each.style.display;
    await eventually(async () => assert.equal(await canvas.evaluate(drawn), "block"));
    await canvas.evaluate(mark);
    await tab("Jobs").click();
    assert.equal(await page.locator(".job").nth(1).evaluate(marked), "the same");
    await tab("Overview").click();
    assert.equal(await canvas.evaluate(marked), "the same");
    assert.equal(await canvas.evaluate(drawn), "block");
  });

  it("are made anew for another connection, of which nothing holds that was opened before", async () => {
    const view = sampleJobs();
    const { page } = await test.openDashboard(view);
    await page
      .locator(".job")
      .first()
      .evaluate((each: { mark?: string }) => (each.mark = "of the first"));
    await test.update({ ...view, connection: { ...view.connection!, name: "another" } });
    await test.says("arq-connection-name", "another");
    await page.locator(".job").first().waitFor();
    assert.equal(
      await page
        .locator(".job")
        .first()
        .evaluate((each: { mark?: string }) => each.mark),
      undefined,
    );
  });

  it("have no chart that points at what the pointer pointed at before", async () => {
    const { page } = await test.openDashboard(sampleDashboard());
    const canvas = page.locator("arq-overview-tab .throughput canvas");
    const picture = () => canvas.evaluate((each: { toDataURL(): string }) => each.toDataURL());
    await eventually(async () =>
      assert.equal(await canvas.evaluate((each: { style: { display: string } }) => each.style.display), "block"),
    );
    const before = await picture();
    await canvas.hover();
    await eventually(async () => assert.notEqual(await picture(), before));
    await page.keyboard.press("2");
    await page.locator(".job").first().waitFor();
    await page.keyboard.press("1");
    await eventually(async () => assert.equal(await picture(), before));
  });

  it("have no menu open and nothing half typed when they come back", async () => {
    const { page } = await test.openDashboard(sampleJobs());
    await page.getByRole("button", { name: "Saved filters" }).click();
    await page
      .getByRole("combobox", { name: "Filter jobs" })
      .evaluate((each: { value: string }) => (each.value = "status:fai"));
    await test.update(sampleDashboard());
    await page.locator("arq-stat-cards").waitFor();
    await test.update(sampleJobs());
    await page.locator(".job").first().waitFor();
    assert.equal(await page.getByRole("combobox", { name: "Filter jobs" }).inputValue(), "");
    const menu = page.getByRole("button", { name: "Saved filters" });
    await eventually(async () => assert.equal(await menu.getAttribute("aria-expanded"), "false"));
    await menu.click();
    await page.getByRole("menuitem", { name: /save/i }).first().waitFor();
  });

  it("say after half a second that an answer is under way, and take the question back", async () => {
    let asked = 0;
    const look = () => (++asked === 1 ? new Promise<DashboardView>(() => undefined) : sampleJobs({}, { text: "card" }));
    await test.openDashboard(sampleJobs({}, { text: "card" }), { answers: { look } });
    await test.page.getByRole("combobox", { name: "Filter jobs" }).fill("cards");
    await test.says(".slow", "Still looking…");
    await test.page.getByRole("button", { name: "Cancel" }).click();
    await eventually(() => {
      const { look: last } = test.opened.asked("look").at(-1) as { look: { intent: { query: { text: string } } } };
      assert.equal(last.intent.query.text, "card");
    });
  });

  it("keep what was asked of each", async () => {
    await test.openDashboard(sampleJobs({}, { text: "card" }));
    await tab("Workers").click();
    await tab("Jobs").click();
    await eventually(() => {
      const { look } = test.opened.asked("look").at(-1) as { look: { intent: { query: { text: string } } } };
      assert.equal(look.intent.query.text, "card");
    });
  });

  it("follow the host when it was asked for another one", async () => {
    await test.openDashboard();
    await test.update(sampleJobs());
    await eventually(async () => assert.equal(await picked(), "jobs"));
    assert.deepEqual(test.opened.remembered, { tab: "jobs", intents: { ...firstIntents } });
  });

  it("stand still while they are paused, say as of when, and go on", async () => {
    await test.openDashboard();
    await test.page.keyboard.press("r");
    await eventually(() => assert.deepEqual(test.opened.asked("pause"), [{ paused: true }]));
    await test.says("arq-live-indicator", "paused");
    await test.says(".as-of", /as of 14:04:31/);
    await test.page.getByRole("button", { name: "Go on with updates" }).click();
    await eventually(() => assert.deepEqual(test.opened.asked("pause").at(-1), { paused: false }));
    await test.says("arq-live-indicator", "live · push");
  });

  it("take no letter from whoever types", async () => {
    await test.openDashboard(sampleJobs());
    await test.page.keyboard.press("/");
    await test.page.keyboard.type("rj3?");
    const box = test.page.getByRole("combobox", { name: "Filter jobs" });
    await eventually(async () => assert.equal(await box.inputValue(), "rj3?"));
    assert.deepEqual(test.opened.asked("pause"), []);
  });

  it("lead by the key / from the overview, where nothing is searched in, to the search for jobs", async () => {
    await test.openDashboard(sampleLook(lookAt("overview")));
    await test.page.keyboard.press("/");
    await eventually(async () => assert.equal(await picked(), "jobs"));
    const box = test.page.getByRole("combobox", { name: "Filter jobs" });
    await eventually(() =>
      box.evaluate((input) => (input as unknown as { matches(s: string): boolean }).matches(":focus")),
    );
  });

  it("tell their keys, and give the focus back", async () => {
    await test.openDashboard();
    await tab("Overview").focus();
    await test.page.keyboard.press("?");
    await test.says("dialog", /Search.*Next row.*Pause updates/);
    await test.page.keyboard.press("Escape");
    await eventually(async () => assert.equal(await test.page.locator("dialog").isVisible(), false));
    await test.page.keyboard.press("ArrowRight");
    await eventually(async () => assert.equal(await picked(), "jobs"));
  });

  it("show on the tab how many have failed", async () => {
    await test.openDashboard();
    await test.says("[data-tab=failed]", "Failed 131");
    await test.update(sampleDashboard({ snapshot: sampleSnapshot({ counts: sampleCounts({ failed: 0 }) }) }));
    await test.says("[data-tab=failed]", /Failed\s*$/);
  });
});
