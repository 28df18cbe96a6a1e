import assert from "node:assert/strict";
import { newestJobs } from "../../src/protocol/jobQuery";
import { firstIntents, lookAt, type Look } from "../../src/protocol/tabs";
import { queueSorts, type QueuesIntent, type QueuesView } from "../../src/protocol/tabs/queues";
import type { DashboardIntent, DashboardView, JobQuery } from "../../src/protocol/viewModels";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import { sampleBody, sampleDashboard, sampleNow } from "../support/sampleViews";
import { queueLine, queuesSample } from "../support/tabSamples";

const test = new PageTest();
const rows = () => test.page.locator("arq-queue-table .item");
const row = (name: string) => test.page.locator(`arq-queue-table .item[data-name="${name}"]`);
const lastLook = () => (test.opened.asked("look").at(-1) as { look: Look } | undefined)?.look;

function queues(view: Partial<QueuesView> = {}, intent: Partial<QueuesIntent> = {}): DashboardView {
  const asked = { ...firstIntents.queues, ...intent };
  return sampleDashboard({
    look: lookAt("queues", asked),
    body: sampleBody("queues", queuesSample(sampleNow, view), asked),
  });
}

async function asksJobs(filter: Partial<JobQuery>): Promise<void> {
  await eventually(() => assert.deepEqual(lastLook(), lookAt("jobs", { query: { ...newestJobs, ...filter } })));
  await test.page.getByRole("tab", { name: "Queues" }).click();
  await rows().first().waitFor();
}

async function asksQueues(change: Partial<QueuesIntent>): Promise<void> {
  await eventually(() => assert.deepEqual(lastLook(), lookAt("queues", { ...firstIntents.queues, ...change })));
}

describe("the tab Queues", () => {
  it("tells of each queue its depth, what is due and deferred, rate, durations, errors, and who waits longest", async () => {
    await test.openDashboard(queues(), { width: 1400 });
    await test.says('[data-name="arq:queue"]', /arq:queue 121 92 20 6 212 2\.3 s 12 s 1\.1 % 1\.\d min$/);
    await test.says(
      '[data-name="arq:mail"]',
      /arq:mail 58 36 22 0 4\.2 420 ms 1\.2 s fails too often: 6\.5 % (under 1 s|\d+ s)$/,
    );
    assert.equal(await row("arq:queue").locator(".late.tone-warn .icon").count(), 1, "84 s is later than 10 s");
    assert.equal(await row("reports: monthly, and very slow ones").locator(".share.red .icon").count(), 1);
  });

  it("draws the depth of the last hour per queue, what is estimated in dashes, and says both in words", async () => {
    await test.openDashboard(queues());
    assert.equal(await test.page.locator("arq-queue-table .depth-line").count(), 3);
    const line = row("arq:queue").locator(".depth-line");
    assert.match(
      (await line.getAttribute("aria-label")) ?? "",
      /Depth in the last hour: from 24 to 121 jobs\. Counted in 43 of 60 minutes; in the others estimated, so it was that or more\./,
    );
    const strokes = (part: string) => line.locator(`path.${part}`).getAttribute("d");
    assert.equal((await strokes("counted"))?.match(/M/g)?.length, 42);
    assert.equal((await strokes("estimated"))?.match(/M/g)?.length, 17);
    const dashes = (part: string) =>
      line.locator(`path.${part}`).evaluate((path) => {
        const { getComputedStyle } = globalThis as unknown as {
          getComputedStyle(this: void, of: unknown): { strokeDasharray: string };
        };
        return getComputedStyle(path).strokeDasharray;
      });
    assert.notEqual(await dashes("estimated"), "none");
    assert.equal(await dashes("counted"), "none");
  });

  it("enlarges the chart, which tells each minute to the pointer and as a table", async () => {
    await test.openDashboard(queues(), { width: 1400 });
    await row("arq:queue").locator(".chart button").click();
    await asksQueues({ open: "arq:queue" });
    await test.says("arq-depth-chart", "estimated, this or more");
    assert.equal(await test.page.locator("arq-depth-chart tbody tr").count(), 60);
    await test.says("arq-depth-chart tbody tr >> nth=0", / or more$/);
    const box = (await test.page.locator("arq-depth-chart .canvas").boundingBox())!;
    await test.page.mouse.move(box.x + box.width - 2, box.y + 40);
    await test.says("arq-depth-chart .said", "14:04: 121 jobs");
    await test.page.mouse.move(box.x + 2, box.y + 40);
    await test.says("arq-depth-chart .said", /13:05: \d+ or more, estimated/);
    await test.update(sampleDashboard());
    await test.page.locator("arq-stat-cards").waitFor();
    await test.update(queues({}, { open: "arq:queue" }));
    await test.says("arq-depth-chart .said", "estimated, this or more");
    await row("arq:queue").getByRole("button", { name: "Hide details" }).click();
    await asksQueues({ open: null });
  });

  it("says what the jobs of a queue occupy only when asked, and that it is a sample", async () => {
    let refused = false;
    const sample = { sampled: 200, of: 10_500, bytes: 24_000, estimatedBytes: 1_260_000, largestBytes: 12_400 };
    await test.openDashboard(queues({}, { open: "arq:queue" }), {
      answers: { sampleMemory: () => (refused ? null : sample) },
    });
    await test.says("arq-queue-detail", "Measure memory");
    assert.equal(test.opened.asked("sampleMemory").length, 0);
    await test.page.getByRole("button", { name: "Measure memory" }).click();
    await test.says(
      "arq-queue-detail .memory",
      "About 1.3 MB, from 200 of 10,500 jobs; the largest of these has 12.4 kB.",
    );
    assert.deepEqual(test.opened.asked("sampleMemory"), [{ queue: "arq:queue" }]);
    refused = true;
    await test.page.getByRole("button", { name: "Measure again" }).click();
    await test.says("arq-queue-detail .memory", "Redis does not allow this user to read lengths (STRLEN).");
  });

  it("hides queues in which nothing happened for 24 h behind a switch that a reload keeps", async () => {
    await test.openDashboard(queues());
    await test.says(".list-bar", "Show 1 idle queue");
    await test.says(".list-bar", "3 of 4 queues");
    await test.page.getByLabel("Show 1 idle queue").check();
    await asksQueues({ idle: true });
    await eventually(() =>
      assert.equal((test.opened.remembered as DashboardIntent).intents.queues?.idle, true, "kept for a reload"),
    );
    await test.page.getByLabel("Show 1 idle queue").uncheck();
    await asksQueues({ idle: false });
  });

  it("says that nothing happened where every queue is idle, and shows them by one click", async () => {
    await test.openDashboard(queues({ queues: [], total: 0, known: 3, idle: 3 }));
    await test.says("arq-queues-tab", "Nothing has happened in these queues for 24 h.");
    await test.page.getByRole("button", { name: "Show idle queues" }).click();
    await asksQueues({ idle: true });
  });

  it("leads from a row to the jobs of its queue, and from a number to the jobs behind it", async () => {
    await test.openDashboard(queues(), { width: 1400 });
    await row("arq:queue").locator(".cell.average").click();
    await asksJobs({ queue: "arq:queue" });
    await row("arq:queue").locator(".due button").click();
    await asksJobs({ queue: "arq:queue", states: ["queued"] });
    await row("arq:queue").locator(".deferred button").click();
    await asksJobs({ queue: "arq:queue", states: ["deferred"] });
    await row("arq:queue").locator(".errors button").click();
    await asksJobs({ queue: "arq:queue", states: ["failed"] });
    await row("arq:queue").locator(".oldest button").click();
    await asksJobs({ queue: "arq:queue", states: ["queued", "retrying"], sort: "scheduledAt", descending: false });
    assert.equal(await row("arq:mail").locator(".running button").count(), 0, "nothing is behind a zero");
  });

  it("sorts by every column in both directions", async () => {
    await test.openDashboard(queues(), { width: 1400 });
    const heads = test.page.locator("arq-queue-table .head button");
    assert.equal(await heads.count(), queueSorts.length);
    for (const [index, sort] of queueSorts.entries()) {
      // By name it is sorted already: another click turns it round.
      await heads.nth(index).click();
      await asksQueues({ sort, descending: true });
      await heads.nth(index).click();
      await asksQueues({ sort, descending: false });
    }
    await test.says("arq-queue-table [aria-sort]", "Oldest");
  });

  it("filters by name as one types, from the key /, and keeps what is typed when an update arrives", async () => {
    await test.openDashboard(queues());
    await test.page.keyboard.press("/");
    await test.page.keyboard.type("ma");
    await test.update(queues({ known: 9 }));
    await test.page.keyboard.type("il");
    await asksQueues({ text: "mail" });
    await test.page.keyboard.press("Escape");
    await asksQueues({ text: "" });
  });

  it("is walked and opened by keyboard", async () => {
    await test.openDashboard(queues());
    await test.page.keyboard.press("j");
    const focused = () => test.page.locator("arq-queue-table .item:focus").getAttribute("data-name");
    await eventually(async () => assert.equal(await focused(), "arq:mail"));
    await test.page.keyboard.press("j");
    await eventually(async () => assert.equal(await focused(), "arq:queue"));
    await test.page.keyboard.press("ArrowRight");
    await asksQueues({ open: "arq:queue" });
    await test.page.locator("arq-queue-detail").waitFor();
    assert.equal(await focused(), "arq:queue", "it keeps the keyboard");
    await test.page.keyboard.press("k");
    await eventually(async () => assert.equal(await focused(), "arq:mail"));
    await test.page.keyboard.press("Enter");
    await eventually(() =>
      assert.deepEqual(lastLook(), lookAt("jobs", { query: { ...newestJobs, queue: "arq:mail" } })),
    );
  });

  it("keeps the place of the keyboard over an update, also after a question that had the same answer", async () => {
    const lines = ["a", "b", "c"].map((name) => queueLine(sampleNow, { name }));
    const [first, ...others] = lines;
    await test.openDashboard(queues({ queues: lines }));
    await test.update(queues({ queues: lines }, { text: "e" }));
    await eventually(async () => assert.equal(await test.page.getByLabel("Filter queues").inputValue(), "e"));
    const focused = (name: string) => test.page.locator(`arq-queue-table .item[data-name="${name}"]:focus`).waitFor();
    await test.page.keyboard.press("j");
    await focused("a");
    await test.page.keyboard.press("j");
    await focused("b");
    await test.update(queues({ queues: [{ ...first!, depth: 777 }, ...others] }, { text: "e" }));
    await test.says('[data-name="a"]', "777");
    await test.page.keyboard.press("j");
    await focused("c");
  });

  it("pages through 500 queues", async () => {
    const many = Array.from({ length: 50 }, (_, n) => queueLine(sampleNow, { name: `tenant:${n}`, depth: n }));
    await test.openDashboard(queues({ queues: many, total: 500, known: 500, idle: 0 }));
    await test.says("arq-pager", "1–50 of 500");
    assert.equal(await rows().count(), 50);
    await test.page.getByLabel("Next page").click();
    await asksQueues({ offset: 50 });
  });

  it("moves no row from under the pointer, keeps the focus, and takes the new order when the pointer is gone", async () => {
    await test.openDashboard(queues(), { width: 1400 });
    await row("arq:queue").focus();
    await row("arq:queue").locator(".cell.average").hover();
    const names = () => rows().evaluateAll((all) => all.map((each) => each.getAttribute("data-name")));
    const before = await names();
    const { queues: lines } = queuesSample(sampleNow);
    const turned = lines.toReversed().map((line) => ({ ...line, depth: line.depth + 1 }));
    await test.update(queues({ queues: turned }));
    await test.says('[data-name="arq:queue"] .depth', "122");
    assert.deepEqual(await names(), before);
    await test.page.mouse.move(700, 790);
    await eventually(async () => assert.deepEqual(await names(), before.toReversed()));
    assert.equal(await test.page.locator(".item:focus").getAttribute("data-name"), "arq:queue");
  });

  it("leaves the keyboard to a button in a row that moves", async () => {
    await test.openDashboard(queues({}, { open: "arq:mail" }));
    const measure = test.page.getByRole("button", { name: "Measure memory" });
    await measure.focus();
    const { queues: lines } = queuesSample(sampleNow);
    await test.update(queues({ queues: lines.toReversed() }, { open: "arq:mail" }));
    await eventually(async () => assert.equal(await rows().last().getAttribute("data-name"), "arq:mail"));
    assert.equal(await measure.evaluate((each) => each.matches(":focus")), true);
  });

  it("has everything in a narrow window too, and sorts there by a list", async () => {
    await test.openDashboard(queues({}, { open: "arq:queue" }), { width: 300 });
    assert.equal(await test.overflow(), 0);
    for (const part of ["depth", "due", "deferred", "running", "rate", "average", "p95", "errors", "oldest", "chart"])
      assert.ok(await row("arq:queue").locator(`.cell.${part}`).isVisible(), part);
    await test.page.getByLabel("Order", { exact: true }).selectOption("depth");
    await asksQueues({ sort: "depth", descending: true, open: "arq:queue" });
  });

  it("shows what is not kept current as that", async () => {
    await test.openDashboard({ ...queues(), asOf: sampleNow - 60_000, paused: true });
    assert.equal(await test.page.locator("arq-queue-table[stale]").count(), 1);
  });

  it("shows names out of Redis as text, whatever they hold and however long they are", async () => {
    const nasty = [`<img src=x onerror="document.title='owned'">`, "x".repeat(3_000), "\u202Egnp.exe \u05D0\u05D1"];
    const lines = nasty.map((name) => queueLine(sampleNow, { name, depth: 1_204_318, oldestDueAt: 0, failed: 1 }));
    await test.openDashboard(queues({ queues: lines, total: 3 }, { open: nasty[1]! }), { width: 300 });
    await test.says("arq-queue-table .item", nasty[0]!);
    assert.equal(await test.page.locator("arq-queues-tab img").count(), 0);
    for (const width of [300, 700, 1000]) {
      await test.page.setViewportSize({ width, height: 800 });
      await eventually(async () => assert.equal(await test.overflow(), 0, `at ${width} px`));
    }
  });
});
