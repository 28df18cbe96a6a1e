import assert from "node:assert/strict";
import type { MonitorSnapshot } from "../../src/monitor/model";
import type { Look } from "../../src/protocol/tabs";
import type { JobQuery } from "../../src/protocol/viewModels";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import { sampleCounts, sampleDashboard, sampleNow, sampleSnapshot } from "../support/sampleViews";

const test = new PageTest();
const minute = 60_000;
const card = (name: string) => test.page.locator(`button.card[data-card="${name}"]`);
const chart = (section: string) => test.page.locator(`section.${section} arq-chart`);

const open = (change: Partial<MonitorSnapshot> = {}) =>
  test.openDashboard(sampleDashboard({ snapshot: sampleSnapshot(change) }));

/** What the tab Jobs is asked for by the last click, without what every query holds. */
async function askedJobs(): Promise<Partial<JobQuery>> {
  const { look } = (await eventually(() => test.opened.asked("look").at(-1) ?? false)) as { look: Look };
  assert.ok(look.tab === "jobs");
  const { states, queue, function: name, text, sort, descending, remembered } = look.intent.query;
  return {
    ...(states.length > 0 ? { states } : {}),
    ...(queue === null ? {} : { queue }),
    ...(name === null ? {} : { function: name }),
    ...(text === "" ? {} : { text }),
    ...(sort === "newest" ? {} : { sort, descending }),
    ...(remembered === false ? {} : { remembered }),
  };
}

async function backToOverview(): Promise<void> {
  await test.page.getByRole("tab", { name: "Overview" }).click();
  await test.page.locator("arq-overview-tab").waitFor();
}

describe("the tab Overview", () => {
  it("shows the total, every state, the queues with their parts, and the rates with the span they cover", async () => {
    await open();
    for (const [name, n] of [
      ["total", "10,500"],
      ["queued", "128"],
      ["deferred", "42"],
      ["running", "9"],
      ["retrying", "3"],
      ["complete", "10,180"],
      ["failed", "131"],
      ["workers", "≥ 2"],
    ] as const) {
      assert.equal(await card(name).locator(".number").innerText(), n);
    }
    await test.says(".besides", "Also 4 aborted 3 finished");
    await test.says('[data-queue="arq:queue"]', /oldest waits \d+ s 121 6 running 92 queued 3 retrying 20 deferred/);
    await test.says(
      "arq-rate >> nth=0",
      /seen 42 min of 1 h 98.3 % complete 1.7 % failed 812 complete 14 failed 2 aborted, not counted/,
    );
    await test.says("arq-rate >> nth=1", /seen 5 h 12 min of 24 h 98.7 % complete 1.3 % failed/);
    await test.says("arq-rate >> nth=2", "seen 29 h of 7 d");
    const gaps = await test.page.locator("arq-rate .covered").last().getAttribute("title");
    assert.match(gaps ?? "", /^Not seen: .* – .*\./);
  });

  it("does not repeat a rate when nothing older is known", async () => {
    const { lastHour } = sampleSnapshot();
    const longer = (windowMs: number) => ({ ...lastHour, windowMs });
    await open({ lastDay: longer(24 * 60 * minute), lastWeek: longer(7 * 24 * 60 * minute) });
    await test.says("arq-rate >> nth=1", /seen 42 min of 24 h Nothing older is known yet: the same as above\./);
    await test.says("arq-rate >> nth=2", "seen 42 min of 7 d");
    assert.equal(await test.page.locator("arq-rate").nth(1).getByText("98.3 %").count(), 0);
  });

  it("leads from every number to the jobs behind it", async () => {
    await open();
    const links: readonly (readonly [click: () => Promise<void>, asked: Partial<JobQuery>])[] = [
      [() => card("total").click(), {}],
      [() => card("queued").click(), { states: ["queued"] }],
      [() => card("failed").click(), { states: ["failed"] }],
      [() => test.page.locator(".besides button").first().click(), { states: ["aborted"] }],
      [() => queue("arq:queue", "arq:queue").click(), { queue: "arq:queue" }],
      [
        () => queue("arq:queue", "121").click(),
        { queue: "arq:queue", states: ["queued", "deferred", "running", "retrying", "orphaned", "expired"] },
      ],
      [() => queue("arq:mail", "22 deferred").click(), { queue: "arq:mail", states: ["deferred"] }],
      [
        () => queue("arq:queue", /oldest waits/).click(),
        { queue: "arq:queue", states: ["queued", "retrying"], sort: "scheduledAt", descending: false },
      ],
      [() => rate(0, "1.7 % failed").click(), { text: "status:failed since:1h is:any" }],
      [() => rate(1, "10,180 complete").click(), { text: "status:complete since:24h is:any" }],
      [() => rate(2, "9 aborted, not counted").click(), { text: "status:aborted since:7d is:any" }],
      [
        () => test.page.locator("section.wait").getByRole("button", { name: "oldest waiting" }).click(),
        { states: ["queued", "retrying"], sort: "scheduledAt", descending: false },
      ],
      [
        () => test.page.locator("section.run").getByRole("button", { name: "p95" }).click(),
        { text: "status:complete,failed,aborted since:1h is:any", sort: "runMs", descending: true },
      ],
    ];
    for (const [click, asked] of links) {
      await click();
      await eventually(async () => assert.deepEqual(await askedJobs(), asked));
      await backToOverview();
    }
    await card("workers").click();
    await test.page.locator("arq-workers-tab").waitFor();
  });

  const queue = (name: string, text: string | RegExp) =>
    test.page.locator(`[data-queue="${name}"]`).getByRole("button", { name: text, exact: true }).first();
  const rate = (index: number, name: string) => test.page.locator("arq-rate").nth(index).getByRole("button", { name });

  it("leads from a bar of the chart to the jobs of its minute, by keys and by a click", async () => {
    await open();
    const slider = chart("throughput").getByRole("slider");
    await slider.focus();
    await test.page.keyboard.press("ArrowLeft");
    assert.match((await slider.getAttribute("aria-valuetext")) ?? "", /^14:03: complete \d+, failed \d+$/);
    await test.page.keyboard.press("Enter");
    const minuteOf = (text: string) => ({ text: `status:complete,failed since:${text} until:${text} is:any` });
    await eventually(async () => assert.deepEqual(await askedJobs(), minuteOf("2026-11-21T14:03+01:00")));
    await backToOverview();
    // Drawn by now.
    await eventually(async () => assert.ok(await chart("throughput").locator("canvas").getAttribute("width")));
    const box = await slider.boundingBox();
    assert.ok(box);
    await test.page.mouse.click(box.x + box.width - 5, box.y + box.height / 2);
    await eventually(async () => assert.deepEqual(await askedJobs(), minuteOf("2026-11-21T14:04+01:00")));
  });

  it("redraws a number that an update changes, and moves nothing", async () => {
    await open();
    const before = await card("complete").boundingBox();
    await test.update(sampleDashboard({ snapshot: sampleSnapshot({ counts: sampleCounts({ queued: 99_129 }) }) }));
    await eventually(async () => assert.equal(await card("queued").locator(".number").innerText(), "99,129"));
    assert.deepEqual(await card("complete").boundingBox(), before);
  });

  it("keeps the card of a state that no job is in any more, so that the others stay where they are", async () => {
    await open();
    const before = await card("failed").boundingBox();
    await test.update(sampleDashboard({ snapshot: sampleSnapshot({ counts: sampleCounts({ retrying: 0 }) }) }));
    await eventually(async () => assert.equal(await card("retrying").locator(".number").innerText(), "0"));
    assert.deepEqual(await card("failed").boundingBox(), before);
  });

  it("gives a chart's numbers as a table to those who cannot see it", async () => {
    await open();
    const table = test.page.getByRole("table", { name: "Jobs ended per minute" });
    const [newest] = sampleSnapshot()
      .throughput.filter(({ complete, failed }) => complete + failed > 0)
      .slice(-1);
    const row = table.getByRole("row").last();
    assert.ok(newest);
    assert.deepEqual(await row.getByRole("cell").allInnerTexts(), [String(newest.complete), String(newest.failed)]);
    assert.match(await row.getByRole("rowheader").innerText(), /^\d\d:\d\d$/);
    const says = await chart("throughput").getByRole("slider").getAttribute("aria-description");
    assert.match(
      says ?? "",
      /Jobs ended per minute in the last hour: \d+ complete, \d+ failed.*17 minutes of it were not seen/,
    );
  });

  it("draws its charts in the colours of another theme when the theme changes", async () => {
    await open();
    for (const section of ["throughput", "wait"]) {
      await test.opened.setTheme("dark");
      const drawn = () =>
        chart(section)
          .locator("canvas")
          .evaluate((each: { toDataURL?(): string; width?: number }) => each.toDataURL?.() ?? "");
      const blank = await drawn();
      const dark = await eventually(async () => ((await drawn()) === blank && blank.length < 5000 ? false : drawn()));
      await test.opened.setTheme("light");
      await eventually(async () => assert.notEqual(await drawn(), dark, section));
    }
  });

  it("shows waits and runs of the newest minute, and on the wait chart how long the oldest has waited", async () => {
    await open();
    await test.says("section.wait .legend", /p50 \d+ ms p95 [\d.]+ s oldest waiting \d+ s/);
    await test.says("section.run .legend", /p50 \d+ ms p95 [\d.]+ s/);
    const table = test.page.getByRole("table", { name: "How long jobs waited, by minute" });
    assert.deepEqual(await table.getByRole("columnheader").allInnerTexts(), ["Time", "p50", "p95", "oldest"]);
    const stalled = table.getByRole("row", { name: /^13:48/ });
    assert.deepEqual(await stalled.getByRole("cell").allInnerTexts(), ["–", "–", "5 min"], "a gap stays a gap");
  });

  it("tells that nobody is there for what waits only where the evidence shows it", async () => {
    await open({ workers: [], workerCount: { kind: "exact", n: 0 } });
    await test.says('[data-card="workers"]', "none, jobs wait");
    await test.says('[data-queue="arq:queue"]', "no worker is seen");
    assert.equal(await test.page.getByText("no worker is seen").count(), 2, "not where nothing waits");
    const unknown = { kind: "unknown", reason: "CLIENT LIST is refused." } as const;
    await test.update(sampleDashboard({ snapshot: sampleSnapshot({ workers: [], workerCount: unknown }) }));
    await eventually(async () => assert.equal(await test.page.getByText("no worker is seen").count(), 0));
    await test.says('[data-card="workers"]', "busy");
  });

  it("tells busy workers from missing ones", async () => {
    const { workers, queues } = sampleSnapshot();
    const at = sampleNow - minute;
    const jobs = ["a", "b"].map((id) => ({ id, function: "ship", try: 1, startedAt: at }));
    const full = { ...workers[1]!, queue: "arq:mail", stale: false, maxJobs: 2, jobs };
    await open({
      workers: [full],
      workerCount: { kind: "exact", n: 1 },
      queues: queues.map((each) => (each.name === "arq:mail" ? each : { ...each, oldestDueMs: null })),
    });
    await test.says('[data-card="workers"]', "busy: full");
    await test.says('[data-queue="arq:mail"]', "busy: all 2 places taken");
  });

  it("warns of results that live too short to debug with, names the function and says what to change", async () => {
    const none = { shortestMs: null, function: null, zero: [], withoutTrace: 0, ended: 800 };
    await open({ retention: { ...none, shortestMs: 30_000, function: "send_email" } });
    await test.says("arq-retention", /Results are gone 30 s after .*\(keep_result\).* send_email/);
    await test.page.getByText("How to keep results longer").click();
    await test.says("arq-retention pre", "functions = [func(send_email, keep_result=3600)]");
    await test.page.locator("arq-retention").getByRole("button", { name: "send_email" }).click();
    await eventually(async () => assert.deepEqual(await askedJobs(), { function: "send_email", remembered: "also" }));
    await backToOverview();
    const update = (retention: MonitorSnapshot["retention"]) =>
      test.update(sampleDashboard({ snapshot: sampleSnapshot({ retention }) }));
    await update({ ...none, zero: [{ name: "ship", count: 4 }], withoutTrace: 4 });
    await test.says("arq-retention", /without leaving a result \(keep_result is 0\).* ship/);
    await update({ ...none, withoutTrace: 300 });
    await test.says("arq-retention", "300 of 800 jobs (37.5 %) that ended in the last hour left no result");
    await update({ ...none, shortestMs: 3_600_000, zero: [{ name: "cron:tidy", count: 60 }], withoutTrace: 60 });
    await eventually(async () => assert.equal(await test.page.locator("arq-retention section").count(), 0));
  });

  it("names the rule and the number behind the health, leads to it, and to the setting that is the limit", async () => {
    const reasons = [
      { level: "red", rule: "depth", queue: "arq:queue", text: "1,204 jobs in arq:queue, more than 1,000" },
      { level: "red", rule: "noWorker", queue: null, text: "128 jobs are due and no worker is seen" },
      { level: "yellow", rule: "failed", queue: null, text: "6.2 % of 310 jobs failed, more than 5 %" },
    ] as const;
    await open({ health: { level: "red", reasons } });
    await test.says(".health", "In trouble");
    await test.says(".strip", "arq.health.red.depth");
    await test.page.locator(".strip").getByRole("button", { name: "arq.health.yellow.failedPercent" }).click();
    await test.page.locator(".health").click();
    const asked = { command: "healthSettings" };
    await eventually(() => assert.deepEqual(test.opened.asked("run"), [asked, asked]));
    await test.page.getByRole("button", { name: reasons[0].text }).click();
    await eventually(async () => assert.equal((await askedJobs()).queue, "arq:queue"));
    await test.page.getByRole("button", { name: reasons[1].text }).click();
    await test.page.locator("arq-workers-tab").waitFor();
    await test.page.getByRole("button", { name: reasons[2].text }).click();
    await test.page.locator("arq-failed-tab").waitFor();
  });

  it("says what to do when there is no job yet", async () => {
    const counts = Object.fromEntries(Object.keys(sampleCounts()).map((state) => [state, 0]));
    await open({ counts: counts as unknown as MonitorSnapshot["counts"] });
    await test.says(".hint", "No job is in Redis now.");
    await test.says(".hint", "enqueue_job");
  });
});
