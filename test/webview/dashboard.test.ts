import assert from "node:assert/strict";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import { dashboardUpdate } from "../../src/protocol/dashboardUpdate";
import { dashboardSamples, sampleDashboard, sampleJobs, sampleRow } from "../support/sampleViews";

const test = new PageTest();
const rows = () => test.page.locator(".job");
const card = (state: string) => test.page.locator(`button.card[data-state="${state}"]`);

describe("the dashboard page", () => {
  it("shows connection, feed and health, and the tab that is picked", async () => {
    await test.openDashboard();
    await test.says("header", /shop staging staging localhost:6379\/0 Healthy live · push/);
    await test.page.getByRole("tab", { name: "Jobs" }).click();
    await test.says("arq-pager", "1–50 of 10,500");
    assert.equal(await rows().count(), 50);
    await test.says(".job >> nth=9", /Failed ×3 sync_inventory KeyError: 'user_id'/);
  });

  it("names production, its health and what the server refuses", async () => {
    await test.openDashboard(dashboardSamples["production"]);
    await test.says("header", /shop production redis-1.* In trouble live · poll/i);
    await test.says(".notice", "1,204 jobs in arq:queue, more than 1,000");
    await test.says("main", "CLIENT LIST is refused: workers cannot be counted by their connections.");
    await test.says('[data-card="workers"]', "~3");
    assert.equal(await card("orphaned").count(), 1);
  });

  it("says how far the first look has come", async () => {
    await test.openDashboard(dashboardSamples["sweeping"]);
    await test.says(".sweep", "Indexed 340,000 of about 1,000,000 keys. Finished jobs are still being counted.");
    await test.says('[data-state="complete"]', "10,180 indexing 34 %");
    assert.equal(await card("queued").locator(".indexing").count(), 0, "what waits is known at once");
    await test.page.getByRole("button", { name: "Pause", exact: true }).click();
    await eventually(() => assert.deepEqual(test.opened.asked("run"), [{ command: "pauseIndexing" }]));
    await test.update(dashboardSamples["sweepPaused"]!);
    await test.says(".sweep", "Paused after 340,000 of about 1,000,000 keys");
    await test.page.getByRole("button", { name: "Resume", exact: true }).click();
    await eventually(() => assert.deepEqual(test.opened.asked("run").at(-1), { command: "resumeIndexing" }));
  });

  it("says how far it had come when the connection is lost during the first look", async () => {
    await test.openDashboard(dashboardSamples["lostWhileSweeping"]);
    await test.says(".sweep", "Indexed 340,000 of about 1,000,000 keys before the connection was lost.");
    await test.says("main", /as of 14:04:04, \d+ s ago/);
    assert.equal(await test.page.getByRole("button", { name: "Pause", exact: true }).count(), 0);
  });

  it("says calmly that a sample is shown, and under polling of when finished jobs are", async () => {
    await test.openDashboard(dashboardSamples["flooded"]);
    await test.says(".strip.calm", "Redis changes about 12,000 keys a second: of finished jobs every tenth is read.");
    await test.says("arq-live-indicator", /live · poll updated \d s ago finished jobs as of 1\d s ago/);
  });

  it("tells of the connection what its host knows, cost included, when its name is pointed at or reached by keyboard", async () => {
    const lines = ["Live: Redis tells what changed", "What watching cost in the last 1 min 2 s: 4 commands"];
    await test.openDashboard(undefined, { answers: { connectionFacts: () => lines } });
    const tip = test.page.getByRole("tooltip");
    await test.page.getByRole("button", { name: "shop staging" }).hover();
    await eventually(async () => assert.match(await tip.innerText(), /Redis tells.*\s+.*4 commands/));
    await test.page.mouse.move(900, 700);
    await eventually(async () => assert.equal(await tip.isVisible(), false));
    await test.page.getByRole("button", { name: "shop staging" }).focus();
    await eventually(async () => assert.equal(await tip.isVisible(), true));
    await test.page.keyboard.press("Escape");
    await eventually(async () => assert.equal(await tip.isVisible(), false));
  });

  it("asks for everything again when an update does not follow what it has", async () => {
    await test.openDashboard();
    const update = dashboardUpdate(sampleDashboard({ revision: 7 }), sampleDashboard({ asOf: 1 }));
    await test.opened.notify("update", update);
    await eventually(() => assert.equal(test.opened.asked("ready").length, 2));
  });

  it("tells its host whether it can be seen", async () => {
    await test.openDashboard();
    await test.page.evaluate(() => {
      const { document } = globalThis as unknown as { document: EventTarget };
      Object.defineProperty(document, "visibilityState", { value: "hidden" });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await eventually(() => assert.deepEqual(test.opened.asked("visible"), [{ visible: false }]));
  });

  it("never shows numbers of a lost connection as live", async () => {
    await test.openDashboard(dashboardSamples["lost"]);
    await test.says(
      "[role=alert]",
      /Not live since 14:04:04 — The connection to localhost:6379 was lost\. Check that Redis/,
    );
    await test.says("main", /as of 14:04:04, \d+ s ago/);
    assert.equal(await test.page.locator(".health").count(), 0);
    for (const part of ["arq-stat-cards", "arq-queue-depth", "arq-chart", "arq-rate"]) {
      assert.equal(await test.page.locator(`${part}[stale]`).first().count(), 1, `${part} is marked`);
    }
    await test.page.getByText("Show Log").click();
    await eventually(() => assert.deepEqual(test.opened.asked("run"), [{ command: "showLog" }]));
  });

  for (const [name, button, command] of [
    ["unconfigured", "Connect to Redis…", "connect"],
    ["cannotConnect", "Set Password", "setPassword"],
    ["empty", "Connect to Another Redis…", "connect"],
  ] as const) {
    it(`offers "${button}" when it is ${name}`, async () => {
      await test.openDashboard(dashboardSamples[name]);
      await test.page.getByText(button, { exact: true }).click();
      await eventually(() => assert.deepEqual(test.opened.asked("run"), [{ command }]));
    });
  }

  it("shows the reason when the host cannot answer at all", async () => {
    const answers = {
      ready: () => {
        throw new Error("the session is closed");
      },
    };
    await test.openDashboard(undefined, { answers });
    await test.says("main", "the session is closed");
  });

  it("shows why a request failed until that is dismissed", async () => {
    const openJob = () => {
      throw new Error("the job cannot be opened now");
    };
    await test.openDashboard(sampleJobs(), { answers: { openJob } });
    await rows().first().click();
    await test.says(".failure", "the job cannot be opened now");
    await test.page.getByLabel("Dismiss").click();
    await eventually(async () => assert.equal(await test.page.locator(".failure").count(), 0));
  });

  it("opens a job by a click on its row and by Enter", async () => {
    await test.openDashboard(sampleJobs());
    await rows().nth(2).click();
    await eventually(() => assert.deepEqual(test.opened.asked("openJob"), [{ id: sampleRow(2).id }]));
    await test.page.keyboard.press("ArrowDown");
    await test.page.keyboard.press("Enter");
    await eventually(() => assert.deepEqual(test.opened.asked("openJob").at(-1), { id: sampleRow(3).id }));
    await test.page.keyboard.press("End");
    await test.page.keyboard.press("Enter");
    await eventually(() => assert.deepEqual(test.opened.asked("openJob").at(-1), { id: sampleRow(49).id }));
    await test.page.keyboard.press("Home");
    await test.page.keyboard.press("Enter");
    await eventually(() => assert.deepEqual(test.opened.asked("openJob").at(-1), { id: sampleRow(0).id }));
  });
});
