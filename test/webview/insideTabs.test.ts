import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Redis } from "ioredis";
import type { Frame, Locator } from "playwright-core";
import { tabNames } from "../../src/protocol/tabs";
import { seriousFindings } from "../support/accessibility";
import { composedText } from "../support/composedText";
import { eventually } from "../support/eventually";
import { repositoryRoot } from "../support/repositoryRoot";
import { keyError, leaveEnded, leaveWaiting, numbered, openShop, shopNumbers } from "../support/shopJobs";
import { ShopWindow, type WindowTheme, windowThemes } from "../support/vscode/openShopWindow";

const patient = { timeoutMs: 60_000 };

describe("The views inside VS Code", function () {
  this.timeout(240_000);
  let window: ShopWindow;
  let redis: Redis;
  let dashboard: Frame;

  before(async () => {
    window = await ShopWindow.open((server) => openShop((redis = server.client())));
    dashboard = await window.dashboard();
  });

  after(() => window?.close());

  afterEach(async function () {
    if (this.currentTest?.state !== "failed") return;
    const pictures = join(repositoryRoot(), ".vscode-test", "pictures");
    mkdirSync(pictures, { recursive: true });
    await window.vscode.screenshot(join(pictures, `failed: ${this.currentTest.title.slice(0, 60)}.png`));
  });

  const textOf = (part: Locator) => part.evaluate(composedText);
  const says = (part: Locator, expected: RegExp) =>
    eventually(async () => assert.match(await textOf(part), expected), patient);
  const open = async (tab: (typeof tabNames)[number]): Promise<Locator> => {
    await dashboard.locator(`[role=tab]`).nth(tabNames.indexOf(tab)).click();
    return dashboard.locator(`arq-${tab}-tab`);
  };
  const card = (name: string) => dashboard.locator(`.card[data-card="${name}"] .number`);
  const hasNumber = (name: string, expected: number) =>
    eventually(async () => assert.equal(await card(name).innerText(), String(expected)), patient);
  /** A row of a table, and one of its cells. */
  const row = (table: Locator, text: string | RegExp) => table.locator(".item").filter({ hasText: text });
  const cell = (of: Locator, column: string) => of.locator(`.cell.${column}`);
  const cells = async (of: Locator, expected: Readonly<Record<string, string>>) => {
    for (const [column, text] of Object.entries(expected)) {
      await eventually(async () => assert.equal(await textOf(cell(of, column)), text, column), patient);
    }
  };

  it("the overview counts what is in Redis", async () => {
    await open("overview");
    for (const [name, expected] of Object.entries(shopNumbers)) await hasNumber(name, expected);
  });

  it("the jobs are all listed, a page at a time", async () => {
    const jobs = await open("jobs");
    await says(jobs, new RegExp(`1–50 of ${shopNumbers.total}`));
    assert.equal(await jobs.locator(".job").count(), 50);
  });

  it("the failed ones stand in groups by error, with how often each happened of late", async () => {
    const failed = await open("failed");
    await says(failed, /3 errors, 8 failed jobs/);
    const counts = async (error: RegExp, span: string) =>
      textOf(row(failed, error).locator(`[data-span="${span}"]`).first());
    for (const [error, count] of [
      [/KeyError\s*:\s*.*MUG-GREEN/, "3"],
      [/KeyError\s*:\s*.*'?to'?/, "3"],
      [/ZeroDivisionError/, "2"],
    ] as const) {
      assert.equal(await counts(error, "1h"), count, String(error));
      assert.equal(await counts(error, "all"), count, String(error));
    }
    assert.match(await textOf(row(failed, /ZeroDivisionError/)), /payments\.py:63/);
  });

  it("the activity tells an event when it happens", async () => {
    const activity = await open("activity");
    await leaveWaiting(redis, [{ id: "fresh-1", function: "greet" }]);
    await says(activity.locator(".line", { hasText: "fresh-1" }), /enqueued.*greet.*arq:queue/i);
    await leaveEnded(redis, [{ id: "fresh-1", function: "greet", ago: 0 }]);
    await says(activity.locator(".line", { hasText: "fresh-1" }).first(), /complete.*greet/i);
  });

  it("the queues are those in Redis, with their depths", async () => {
    const queues = await open("queues");
    await says(queues, /\b3 queues/);
    await cells(row(queues, "arq:queue"), { depth: "17", due: "12", deferred: "3", running: "1" });
    await cells(row(queues, "mails"), { depth: "5", due: "5", deferred: "0", running: "0" });
    await says(cell(row(queues, "reports"), "errors"), /25\s?%/);
  });

  it("the workers are told of by what they leave", async () => {
    const workers = await open("workers");
    await says(workers, /arq:queue/);
    await says(workers, /4,321/);
  });

  it("what is scheduled stands by its time, with the cron jobs seen", async () => {
    const scheduled = await open("scheduled");
    await says(scheduled, /\b4 jobs/);
    const due = scheduled.locator("arq-due-table .item");
    assert.match(await textOf(due.first()), /charge_card/);
    assert.equal(await due.filter({ hasText: "remind" }).count(), 3);
    // One that ran, and one that only the source of the shop tells of.
    const cron = scheduled.locator("arq-cron-table .item");
    await eventually(async () => assert.equal(await cron.count(), 2));
    const ran = cron.filter({ hasText: "close_day" });
    await cells(ran, { count: "4", failed: "0" });
    await says(ran, /close_day.*5 min/);
    await says(cron.filter({ hasText: "expire_baskets" }), /:40/);
  });

  it("the functions have their counts and rates", async () => {
    const functions = await open("functions");
    await cells(row(functions, "send_letter"), { count: "15", successRate: "100 %" });
    await cells(row(functions, "pay_out"), { count: "2", successRate: "0 %" });
    await cells(row(functions, "place_order"), { count: "46" });
  });

  for (const theme of Object.keys(windowThemes) as WindowTheme[]) {
    it(`are accessible in VS Code's ${theme} theme`, async () => {
      // Whatever another test has left in front of it.
      dashboard = await window.dashboard();
      await window.setTheme(theme, dashboard);
      for (const tab of tabNames) {
        const shown = await open(tab);
        await shown.waitFor();
        await eventually(async () => assert.deepEqual(await seriousFindings(dashboard), [], tab), patient);
      }
      const jobs = await open("jobs");
      await jobs.getByRole("combobox", { name: "Filter jobs" }).fill("split-0");
      await eventually(async () => assert.equal(await jobs.locator(".job").count(), 1), patient);
      await jobs.locator(".job").click();
      const job = await window.vscode.webview(/^Job split-0|· split-0$/);
      await says(job.locator("body"), /ZeroDivisionError.*ran 400 ms/i);
      await eventually(async () => assert.deepEqual(await seriousFindings(job), [], "job"), patient);
      await window.vscode.runCommand("View: Close Editor");
    });
  }

  it("show what has changed while they were hidden", async () => {
    dashboard = await window.dashboard();
    await window.setTheme("dark", dashboard);
    await open("overview");
    await hasNumber("queued", shopNumbers.queued);
    const before = Number(await card("complete").innerText());
    await window.vscode.runCommand("File: New Untitled Text File");
    await window.page.locator(".tab.active", { hasText: "Untitled" }).waitFor();
    await leaveWaiting(
      redis,
      numbered(25, (n) => ({ id: `unseen-${n}` })),
    );
    await leaveEnded(
      redis,
      numbered(10, (n) => ({ id: `unseen-${n}`, ago: 0 })),
    );
    dashboard = await window.dashboard();
    await hasNumber("queued", shopNumbers.queued + 15);
    await hasNumber("complete", before + 10);
  });

  it("go on where another panel covered them", async () => {
    dashboard = await window.dashboard();
    const jobs = await open("jobs");
    await jobs.getByRole("combobox", { name: "Filter jobs" }).fill("unseen");
    await says(jobs, /1–25 of 25/);
    await jobs.locator(".job").first().click();
    await window.vscode.webview(/^Job unseen|· unseen/);
    await leaveWaiting(
      redis,
      numbered(5, (n) => ({ id: `unseen-late-${n}` })),
    );
    dashboard = await window.dashboard();
    const again = dashboard.locator("arq-jobs-tab");
    await says(again, /of 30/);
    assert.match(await textOf(again), /unseen/);
  });

  it("come back with tab and filter when the window is reloaded", async () => {
    await window.closeEditors();
    dashboard = await window.dashboard();
    const jobs = await open("jobs");
    await jobs.getByRole("combobox", { name: "Filter jobs" }).fill("status:failed key");
    await says(jobs, /of 6/);
    await leaveEnded(redis, [{ id: "key-late", error: keyError("x"), ago: 0 }]);
    await window.vscode.reload();
    dashboard = await window.vscode.webview("ARQ Dashboard", { timeoutMs: 60_000 });
    await says(dashboard.locator("arq-jobs-tab"), /of 7/);
    await dashboard.locator("arq-filter-box .token", { hasText: "failed" }).waitFor();
    assert.equal(await dashboard.getByRole("combobox", { name: "Filter jobs" }).inputValue(), "key");
  });

  it("were refused nothing by the content security policy", () => {
    assert.deepEqual(window.refused, []);
  });
});
