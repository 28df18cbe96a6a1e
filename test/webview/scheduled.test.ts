import assert from "node:assert/strict";
import { newestJobs } from "../../src/protocol/jobQuery";
import { firstIntents, lookAt, type Look } from "../../src/protocol/tabs";
import type { ScheduledIntent, ScheduledView } from "../../src/protocol/tabs/scheduled";
import type { DashboardView, JobQuery } from "../../src/protocol/viewModels";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import { sampleBody, sampleDashboard, sampleNow, sampleRow } from "../support/sampleViews";
import { cronLine, scheduledSample } from "../support/tabSamples";

const test = new PageTest();
const due = (id: string) => test.page.locator(`arq-due-table .item[data-name="${id}"]`);
const cron = (index: number) => test.page.locator("arq-cron-table .item").nth(index);
const lastLook = () => (test.opened.asked("look").at(-1) as { look: Look } | undefined)?.look;

function scheduled(view: Partial<ScheduledView> = {}, intent: Partial<ScheduledIntent> = {}): DashboardView {
  const asked = { ...firstIntents.scheduled, ...intent };
  return sampleDashboard({
    look: lookAt("scheduled", asked),
    body: sampleBody("scheduled", scheduledSample(sampleNow, sampleRow, view), asked),
  });
}

async function asks(change: Partial<ScheduledIntent>): Promise<void> {
  await eventually(() => assert.deepEqual(lastLook(), lookAt("scheduled", { ...firstIntents.scheduled, ...change })));
}

async function asksJobs(filter: Partial<JobQuery>): Promise<void> {
  await eventually(() => assert.deepEqual(lastLook(), lookAt("jobs", { query: { ...newestJobs, ...filter } })));
  await test.page.getByRole("tab", { name: "Scheduled" }).click();
  await cron(0).waitFor();
}

describe("the tab Scheduled", () => {
  it("lists what waits for its time by how near it is, with a countdown and the time itself on hover", async () => {
    await test.openDashboard(scheduled(), { width: 1400 });
    const groups = await test.page.locator("arq-due-table .group").allInnerTexts();
    assert.deepEqual(
      groups.map((text) => text.trim().split("\n")[0]),
      ["Overdue due, and no worker has taken it yet", "Next minute", "Next hour", "Today", "Later"],
    );
    await test.says('[data-name="due-0"]', /^9 min late send_order_confirmation Deferred .* 0 due-0 13:55:13$/);
    await test.says('[data-name="due-1"]', /^now charge_card Retrying arq:mail 2 due-1/);
    await test.says('[data-name="due-4"] .due', "in 4 min");
    await test.says('[data-name="due-6"] .due', "in 3 h");
    await test.says('[data-name="due-7"] .due', "in 2 days");
    assert.match(
      (await due("due-4").locator(".due span").getAttribute("title")) ?? "",
      /^2026 Nov 21 14:09:01\.250 \(2026-11-21 13:09:01\.250 UTC\)$/,
    );
  });

  it("counts the last minute down by the second, and moves a job that is due to the overdue", async () => {
    const soon = sampleRow(1, { id: "soon", state: "deferred", scheduledAt: sampleNow + 3_000 });
    await test.openDashboard(scheduled({ rows: [soon], total: 1 }));
    await test.says("arq-due-table .group", "Next minute");
    await test.says('[data-name="soon"] .due', /in [12] s/);
    await test.says('[data-name="soon"] .due', "now");
    await test.says("arq-due-table .group", "Overdue");
  });

  it("opens a job by click and by keyboard", async () => {
    await test.openDashboard(scheduled(), { width: 1400 });
    await due("due-3").click();
    await eventually(() => assert.deepEqual(test.opened.asked("openJob"), [{ id: "due-3" }]));
    await due("due-3").focus();
    await test.page.keyboard.press("j");
    await test.page.keyboard.press("Enter");
    await eventually(() => assert.deepEqual(test.opened.asked("openJob").at(-1), { id: "due-4" }));
  });

  it("filters by text, queue and function, and says how to get rid of it", async () => {
    await test.openDashboard(scheduled({}, { function: "ship" }));
    await test.page.keyboard.press("/");
    await test.page.keyboard.type("card");
    await asks({ function: "ship", text: "card" });
    await test.page.getByLabel("Queue", { exact: true }).selectOption("arq:mail");
    await asks({ function: "ship", text: "card", queue: "arq:mail" });
    await test.page.getByRole("button", { name: "Remove filter function: ship" }).click();
    await asks({ text: "card", queue: "arq:mail" });
    await test.update(scheduled({ rows: [], total: 0 }, { text: "card", queue: "arq:mail" }));
    await test.says("arq-scheduled-tab", "No job that waits for its time matches this.");
    await test.page.getByRole("button", { name: "Clear the filters" }).click();
    await asks({});
  });

  it("says what of a filter it did not understand, and where arguments are searched", async () => {
    const notes = ['There is no filter "stat": it is looked for as text.'];
    await test.openDashboard(scheduled({ notes, needsPayloads: true }, { text: "stat:x arg:1" }));
    await test.says(".notes", notes[0]!);
    await test.page.getByRole("button", { name: "Search there" }).click();
    await eventually(() => {
      const look = lastLook();
      assert.ok(look?.tab === "jobs");
      assert.equal(look.intent.query.text, "stat:x arg:1");
      assert.deepEqual(look.intent.query.states, ["deferred", "retrying"]);
    });
  });

  it("pages by 50", async () => {
    const rows = Array.from({ length: 50 }, (_, n) =>
      sampleRow(n, { id: `d${n}`, state: "deferred", scheduledAt: sampleNow + n * 60_000 }),
    );
    await test.openDashboard(scheduled({ rows, total: 1_234 }));
    await test.says("arq-pager", "1–50 of 1,234");
    await test.page.getByLabel("Next page").click();
    await asks({ offset: 50 });
  });

  it("tells of each cron job its interval in words, its next run, its last runs and failures", async () => {
    await test.openDashboard(scheduled(), { width: 1400 });
    await test.says(
      "arq-cron-table .item >> nth=0",
      /^close_abandoned_carts arq:queue about every 5 min in \d+ s 14:05:00 last \d min ago 212 7$/,
    );
    await test.says(
      "arq-cron-table .item >> nth=2",
      /^yearly_statement arq:queue interval not clear yet (in 1 s|now) none seen yet 1 0$/,
    );
    const runs = cron(0).locator(".run");
    assert.equal(await runs.count(), 10);
    const titles = await runs.evaluateAll((all) => all.map((each) => each.getAttribute("aria-label") ?? ""));
    assert.match(titles.at(-1) ?? "", /^Finished · 2026 Nov 21 14:00:00\.120$/);
    assert.match(titles.at(-2) ?? "", /^Finished · 2026 Nov 21 13:55:00\.120 · ran 380 ms$/);
    assert.match(titles.at(-3) ?? "", /^Failed · 2026 Nov 21 13:50:00\.120 · ran 4\.1 s$/);
    await runs.nth(7).click();
    await eventually(() => assert.deepEqual(test.opened.asked("openJob"), [{ id: "cron:300000:2" }]));
    await cron(0).locator(".failed button.count").click();
    await asksJobs({
      function: "cron:close_abandoned_carts",
      queue: "arq:queue",
      states: ["failed"],
      remembered: "also",
    });
    await cron(0).locator(".cell.interval").click();
    await asksJobs({ function: "cron:close_abandoned_carts", queue: "arq:queue" });
  });

  it("says that runs were missed where everything was watched, and else that they were not seen", async () => {
    const missed = { count: 1, dueAt: sampleNow - 60_000, watched: false };
    const jobs = [...scheduledSample(sampleNow, sampleRow).cron, cronLine({ name: "unsure", missed })];
    await test.openDashboard(scheduled({ cron: jobs }), { width: 1400 });
    await test.says("arq-cron-table .item >> nth=1", "3 runs missed");
    assert.equal(await cron(1).locator(".missed.tone-warn .icon").count(), 1);
    await test.says("arq-cron-table .item >> nth=3", "1 run not seen; not everything was watched");
    assert.equal(await cron(3).locator(".missed.tone-warn").count(), 0);
  });

  it("says what ARQ does not keep in Redis", async () => {
    await test.openDashboard(scheduled());
    await test.says(".bounds", "ARQ keeps schedules in the workers' code");
    await test.update(scheduled({ cron: [], rows: [], total: 0 }));
    await test.says(".bounds", "No run of a cron job was seen yet.");
    await test.says("arq-scheduled-tab", "Jobs enqueued with _defer_by or _defer_until appear here");
  });

  it("has everything in a narrow window too", async () => {
    await test.openDashboard(scheduled(), { width: 300 });
    assert.equal(await test.overflow(), 0);
    for (const part of ["due", "function", "state", "queue", "id", "at"])
      assert.ok(await due("due-1").locator(`.cell.${part}`).isVisible(), part);
    for (const part of ["name", "interval", "next", "runs", "count", "failed"])
      assert.ok(await cron(0).locator(`.cell.${part}`).isVisible(), part);
  });
});
