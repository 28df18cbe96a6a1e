import assert from "node:assert/strict";
import { newestJobs } from "../../src/protocol/jobQuery";
import { firstIntents, lookAt, type Look } from "../../src/protocol/tabs";
import { functionSorts, type FunctionsIntent, type FunctionsView } from "../../src/protocol/tabs/functions";
import type { DashboardIntent, DashboardView, JobQuery } from "../../src/protocol/viewModels";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import { sampleBody, sampleDashboard, sampleNow } from "../support/sampleViews";
import { functionLine, functionsSample } from "../support/tabSamples";

const test = new PageTest();
const rows = () => test.page.locator("arq-function-table .item");
const row = (name: string) => test.page.locator(`arq-function-table .item[data-name="${name}"]`);
const lastLook = () => (test.opened.asked("look").at(-1) as { look: Look } | undefined)?.look;
const slow = "export_monthly_report_for_the_accounting_department";

function functions(view: Partial<FunctionsView> = {}, intent: Partial<FunctionsIntent> = {}): DashboardView {
  const asked = { ...firstIntents.functions, ...intent };
  return sampleDashboard({
    look: lookAt("functions", asked),
    body: sampleBody("functions", functionsSample(sampleNow, view), asked),
  });
}

async function asksJobs(filter: Partial<JobQuery>): Promise<void> {
  await eventually(() => assert.deepEqual(lastLook(), lookAt("jobs", { query: { ...newestJobs, ...filter } })));
  await test.page.getByRole("tab", { name: "Functions" }).click();
  await rows().first().waitFor();
}

async function asksFunctions(change: Partial<FunctionsIntent>): Promise<void> {
  await eventually(() => assert.deepEqual(lastLook(), lookAt("functions", { ...firstIntents.functions, ...change })));
}

describe("the tab Functions", () => {
  it("tells of each function count, success, throughput, wait and run times, last error and its last hour", async () => {
    await test.openDashboard(functions(), { width: 1400 });
    await test.says(
      '[data-name="charge_card"]',
      /charge_card .*2,310 fails too often: 82\.5 % 31\.2 210 ms 1\.9 s 9\.1 s 640 ms 2\.9 s 5\.2 s CardDeclined 3 min ago$/,
    );
    await test.says('[data-name="ship"]', /ship .*3 – – – – – – – – –$/);
    assert.match(
      (await row("charge_card").locator(".trend svg").getAttribute("aria-label")) ?? "",
      /Ended in the last hour, in steps of 5 min: \d+ complete, 6 failed\./,
    );
    const bars = (kind: string) =>
      row("charge_card")
        .locator(`rect.${kind}`)
        .evaluateAll((all) => all.map((each) => Number(each.getAttribute("y"))));
    const ground = Math.max(...(await bars("failed")));
    assert.ok(
      (await bars("complete")).every((y) => y < ground),
      "complete above the ground, failed below it",
    );
  });

  it("lets what fails, runs long and waits long stand out, not by colour alone", async () => {
    await test.openDashboard(functions(), { width: 1400 });
    await test.says(".standing-out li >> nth=0", "Fails most 17.5 % failed charge_card");
    await test.says(".standing-out li >> nth=1", `Runs longest p95 21 min ${slow}`);
    await test.says(".standing-out li >> nth=2", `Waits longest p95 11 min ${slow}`);
    assert.equal(await row("charge_card").locator(".share.red .icon").count(), 1);
    assert.equal(await row(slow).locator(".share.yellow .icon").count(), 1);
    assert.equal(await row("send_order_confirmation").locator(".share .icon").count(), 0);
    const bar = await row(slow).locator(".slow i").boundingBox();
    assert.ok((bar?.width ?? 0) > 50, "the slowest has the longest bar");
    assert.equal(await row("cron:close_abandoned_carts").locator(".slow").count(), 0);
    await test.page.locator(".standing-out button").first().click();
    await asksJobs({ function: "charge_card", states: ["failed"] });
    await test.page.locator(".standing-out button").nth(1).click();
    await asksJobs({ function: slow, sort: "runMs" });
  });

  it("takes no room for what stands out while nothing does", async () => {
    await test.openDashboard(functions({ standingOut: { failing: null, slowest: null, waiting: null } }));
    assert.equal(await test.page.locator(".standing-out").count(), 0);
  });

  it("leads from a row to its jobs, from a number to those behind it, from an error to its latest job", async () => {
    await test.openDashboard(functions(), { width: 1400 });
    await row("charge_card").locator(".cell.waitP50").click();
    await asksJobs({ function: "charge_card" });
    await row("charge_card").locator(".cell.count button").click();
    await asksJobs({ function: "charge_card" });
    await row("charge_card").locator(".successRate button").click();
    await asksJobs({ function: "charge_card", states: ["failed"] });
    await row("charge_card").locator(".runP95 button").click();
    await asksJobs({ function: "charge_card", sort: "runMs" });
    await row("charge_card").locator(".lastError button").click();
    await eventually(() => assert.deepEqual(test.opened.asked("openJob"), [{ id: "declined" }]));
  });

  it("opens the definition of a function", async () => {
    await test.openDashboard(functions(), { width: 1400, answers: { openFunction: () => null } });
    await row("ship").hover();
    await test.page.getByRole("button", { name: "Open the definition of ship" }).click();
    await eventually(() => assert.deepEqual(test.opened.asked("openFunction"), [{ name: "ship" }]));
  });

  it("sorts by every column in both directions, which a reload keeps", async () => {
    await test.openDashboard(functions({}, { sort: "lastError" }), { width: 1400 });
    const heads = test.page.locator("arq-function-table .head button");
    assert.equal(await heads.count(), functionSorts.length);
    for (const [index, sort] of functionSorts.entries()) {
      const natural = sort !== "name";
      await heads.nth(index).click();
      await asksFunctions({ sort, descending: natural });
      await heads.nth(index).click();
      await asksFunctions({ sort, descending: !natural });
    }
    await eventually(() =>
      assert.equal((test.opened.remembered as DashboardIntent).intents.functions?.sort, "lastError"),
    );
  });

  it("filters by name as one types, from the key /", async () => {
    await test.openDashboard(functions());
    await test.page.keyboard.press("/");
    await test.page.keyboard.type("card");
    await asksFunctions({ text: "card" });
    await test.update(functions({ functions: [], total: 0 }, { text: "card" }));
    await test.says("arq-functions-tab", "No function has this in its name.");
    await test.page.getByRole("button", { name: "Clear the filter" }).click();
    await asksFunctions({ text: "" });
  });

  it("is walked and opened by keyboard, and Tab reaches what is in a row", async () => {
    await test.openDashboard(functions(), { width: 1400, answers: { openFunction: () => null } });
    await test.page.keyboard.press("j");
    await test.page.keyboard.press("j");
    const focused = () => test.page.locator("arq-function-table .item:focus").getAttribute("data-name");
    await eventually(async () => assert.equal(await focused(), "charge_card"));
    await test.page.keyboard.press("Tab");
    await test.page.keyboard.press("Enter");
    await eventually(() => assert.deepEqual(test.opened.asked("openFunction"), [{ name: "charge_card" }]));
    await test.page.keyboard.press("Shift+Tab");
    await eventually(async () => assert.equal(await focused(), "charge_card"));
    await test.page.keyboard.press("Enter");
    await asksJobs({ function: "charge_card" });
  });

  it("pages through 2,000 functions", async () => {
    const many = Array.from({ length: 50 }, (_, n) => functionLine({ name: `task_${n}`, complete: n }));
    await test.openDashboard(functions({ functions: many, total: 2_000, known: 2_000 }));
    await test.says(".list-bar", "2,000 functions");
    await test.says("arq-pager", "1–50 of 2,000");
    assert.equal(await rows().count(), 50);
    await rows().first().focus();
    await test.page.keyboard.press("PageDown");
    await asksFunctions({ offset: 50 });
  });

  it("draws only the row that has changed", async () => {
    await test.openDashboard(functions(), { width: 1400 });
    const { functions: lines } = functionsSample(sampleNow);
    await test.page.evaluate(() => {
      const { document, MutationObserver } = globalThis as unknown as {
        document: { querySelector(selector: string): { shadowRoot: Root } | null };
        MutationObserver: new (heard: (records: { target: Node }[]) => void) => {
          observe(of: unknown, how: object): void;
        };
      };
      interface Root {
        querySelector(selector: string): { shadowRoot: Root } | null;
      }
      interface Node {
        parentElement: { closest(selector: string): { getAttribute(name: string): string } | null } | null;
      }
      const drawn = new Set<string>();
      Object.assign(globalThis, { drawn });
      const table = document
        .querySelector("arq-dashboard")!
        .shadowRoot.querySelector("arq-functions-tab")!
        .shadowRoot.querySelector("arq-function-table")!.shadowRoot;
      new MutationObserver((records) => {
        for (const { target } of records) {
          const name = target.parentElement?.closest(".item")?.getAttribute("data-name");
          if (name !== undefined) drawn.add(name);
        }
      }).observe(table, { subtree: true, characterData: true, childList: true });
    });
    await test.update(
      functions({ functions: lines.map((each) => (each.name === "ship" ? { ...each, count: 4 } : each)) }),
    );
    await test.says('[data-name="ship"] .cell.count', "4");
    assert.deepEqual(await test.page.evaluate("[...drawn]"), ["ship"]);
  });

  it("has everything in a narrow window too", async () => {
    await test.openDashboard(functions(), { width: 300 });
    assert.equal(await test.overflow(), 0);
    for (const part of ["trend", "count", "successRate", "perMinute", "waitP99", "runP50", "runP99", "lastError"])
      assert.ok(await row("charge_card").locator(`.cell.${part}`).isVisible(), part);
    assert.ok(await row("charge_card").locator(".define").isVisible());
    await test.page.getByLabel("Order", { exact: true }).selectOption("runP95");
    await asksFunctions({ sort: "runP95", descending: true });
    await test.page.getByRole("button", { name: "sort the other way round" }).click();
    await asksFunctions({ sort: "runP95", descending: false });
  });

  it("shows names out of Redis as text, whatever they hold and however long they are", async () => {
    const nasty = [`<img src=x onerror="document.title='owned'">`, "x".repeat(3_000), "\u202Egnp.exe \u05D0\u05D1"];
    const lines = nasty.map((name) =>
      functionLine({ name, complete: 1, failed: 1, lastError: { type: name, message: name, at: sampleNow, id: name } }),
    );
    const standingOut = {
      failing: { name: nasty[1]!, failureRate: 0.5, mark: "red" },
      slowest: { name: nasty[0]!, ms: 1 },
      waiting: { name: nasty[2]!, ms: 1 },
    } as const;
    await test.openDashboard(functions({ functions: lines, total: 3, standingOut }), { width: 300 });
    await test.says("arq-function-table .item", nasty[0]!);
    assert.equal(await test.page.locator("arq-functions-tab img").count(), 0);
    for (const width of [300, 700, 1100]) {
      await test.page.setViewportSize({ width, height: 800 });
      await eventually(async () => assert.equal(await test.overflow(), 0, `at ${width} px`));
    }
  });
});
