import assert from "node:assert/strict";
import { workersView } from "../../src/host/panels/tabs/workersTab";
import type { MonitorSnapshot, WorkerStats } from "../../src/monitor/model";
import { lookAt, type Look } from "../../src/protocol/tabs";
import { everyWorker } from "../../src/protocol/tabs/workers";
import type { DashboardView } from "../../src/protocol/viewModels";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import { sampleBody, sampleDashboard, sampleNow, sampleSnapshot } from "../support/sampleViews";

const test = new PageTest();
const second = 1000;
const table = () => test.page.locator("arq-worker-table");
const row = (name: string) => table().locator(".item", { hasText: name });
const focused = () => table().locator(".item:focus");

/** The tab as its host answers it, of this snapshot. */
function workers(change: Partial<MonitorSnapshot> = {}, intent = everyWorker): DashboardView {
  const snapshot = sampleSnapshot(change);
  const body = sampleBody("workers", workersView(snapshot, intent, 60 * second), intent);
  return sampleDashboard({ snapshot, look: lookAt("workers", intent), body });
}

/** Opens it with a host that answers what is asked of it. */
async function open(change: Partial<MonitorSnapshot> = {}): Promise<void> {
  const look = ({ look: asked }: { look: Look }) =>
    asked.tab === "workers"
      ? workers(change, asked.intent)
      : sampleDashboard({ look: asked, body: sampleBody(asked.tab) });
  await test.openDashboard(workers(change), { answers: { look }, width: 1400 });
  await test.page.locator("arq-workers-tab section").waitFor();
}

const [, known] = sampleSnapshot().workers as readonly [WorkerStats, WorkerStats];
const many = Array.from({ length: 1000 }, (_, n): WorkerStats => ({
  ...known,
  name: `web-${String(n).padStart(4, "0")}:${n}`,
  host: `web-${String(n).padStart(4, "0")}`,
  pid: n,
  stale: false,
  lastSeenAt: sampleNow - second,
  counters: { complete: (n * 7919) % 10_007, failed: n % 13, retried: 0, ongoing: 1 },
}));

describe("the tab Workers", () => {
  it("shows name, host, pid, queue, heartbeat, time up, running jobs with their time, and counters; stale ones first", async () => {
    await open();
    await test.says(
      "arq-workers-tab .sum",
      /At least 2 workers 1 not heard of busy: 9 jobs run while others wait ARQ keeps one/,
    );
    await test.says(
      'arq-worker-table [data-name="process mail-1:4711"]',
      /mail-1:4711 mail-1 4711 arq:mail stale, 3 min ago 4 h 57 min had 1 of 10 send_mail 4 min( \d+ s)? try 2 2,000 30 0/,
    );
    await test.says(
      'arq-worker-table [data-name="shared arq:queue"]',
      /arq:queue at least 1, shared record – – arq:queue \d+ s ago – 6 8,000 90 12/,
    );
    const names = await table()
      .locator(".item")
      .evaluateAll((rows) => rows.map((each) => (each as unknown as { dataset: { name: string } }).dataset.name));
    assert.deepEqual(names, ["process mail-1:4711", "shared arq:queue"]);
    await row("mail-1").getByRole("button", { name: "send_mail" }).click();
    await eventually(() => assert.deepEqual(test.opened.asked("openJob"), [{ id: "m1" }]));
  });

  it("shows the evidence behind a line, and the rule by which it is stale", async () => {
    await open();
    await row("mail-1").getByRole("button", { name: "How mail-1:4711 is known" }).click();
    await test.says(
      "arq-worker-table .detail",
      /Its own health record.*every 15 s: stale after 1 min without one \(setting arq\.workers\.staleAfter\)\. release 2026\.11\.3 · ARQ 0\.28\.0 · Python 3\.11\.7/,
    );
    await row("mail-1").getByRole("button", { name: "How mail-1:4711 is known" }).click();
    await eventually(async () => assert.equal(await table().locator(".detail").count(), 0));
    await row("shared record").click();
    await test.says(
      "arq-worker-table .detail",
      "only every 1 h (health_check_interval of ARQ): stale when one is overdue",
    );
    await test.says("arq-workers-tab .rule", "no sign of life for 1 min (setting arq.workers.staleAfter)");
  });

  it("walks the rows by keys: Enter opens the job that runs longest, arrows to the side the evidence", async () => {
    const jobs = [
      { id: "young", function: "a", try: 1, startedAt: sampleNow - second },
      { id: "old", function: "b", try: 1, startedAt: sampleNow - 90 * second },
    ];
    await open({ workers: [{ ...known, jobs }, sampleSnapshot().workers[0]!] });
    await test.page.keyboard.press("j");
    await eventually(async () => assert.match((await focused().textContent()) ?? "", /mail-1/));
    await test.page.keyboard.press("Enter");
    await eventually(() => assert.deepEqual(test.opened.asked("openJob"), [{ id: "old" }]));
    await test.page.keyboard.press("j");
    await eventually(async () => assert.match((await focused().textContent()) ?? "", /shared record/));
    await test.page.keyboard.press("ArrowRight");
    await test.says("arq-worker-table .detail", "One health record");
    await test.page.keyboard.press("ArrowLeft");
    await eventually(async () => assert.equal(await table().locator(".detail").count(), 0));
    assert.equal(await focused().count(), 1, "the focus stays");
  });

  it("offers the instrumentation where little is known, and not where everything is", async () => {
    await open();
    await test.page.getByText("Add Worker Instrumentation…").click();
    await eventually(() => assert.deepEqual(test.opened.asked("run"), [{ command: "addWorkerInstrumentation" }]));
    await test.update(workers({ workers: [{ ...known, stale: false }], workerCount: { kind: "exact", n: 1 } }));
    await eventually(async () => assert.equal(await test.page.locator(".offer").count(), 0));
    await test.says("arq-workers-tab .sum", "1 worker");
  });

  it("says why the number is not known, and what to do where nobody is seen", async () => {
    const reason = "No health record is fresh, and this user may not list connections (CLIENT LIST).";
    await open({ workers: [], workerCount: { kind: "unknown", reason } });
    await test.says(
      "arq-workers-tab",
      /How many workers is not known .*this user may not list connections.*That need not mean that there is none/,
    );
    await test.update(workers({ workers: [], workerCount: { kind: "exact", n: 0 } }));
    await test.says(
      "arq-workers-tab",
      /No worker jobs wait, and no worker is seen for arq:queue, arq:mail.*arq my_module\.WorkerSettings/,
    );
  });

  it("sorts and filters a thousand workers, fifty at a time", async () => {
    await open({ workers: many, workerCount: { kind: "exact", n: 1000 } });
    assert.equal(await table().locator(".item").count(), 50);
    await test.says("arq-workers-tab arq-pager", "1–50 of 1,000");
    await table().getByRole("columnheader", { name: "Complete" }).getByRole("button").click();
    const most = Math.max(...many.map(({ counters }) => counters!.complete));
    await eventually(async () =>
      assert.equal(await table().locator(".item .complete").first().innerText(), most.toLocaleString("en-US")),
    );
    await test.page.keyboard.press("/");
    await test.page.keyboard.type("web-0997");
    await eventually(async () => assert.equal(await table().locator(".item").count(), 1));
    await test.page.getByRole("textbox", { name: "Filter workers" }).fill("no such thing");
    await test.page.getByText("Clear the filter").click();
    await eventually(async () => assert.equal(await table().locator(".item").count(), 50));
  });

  it("keeps the focus on a row while updates come", async () => {
    await open({ workers: many.slice(0, 20), workerCount: { kind: "exact", n: 20 } });
    await test.page.keyboard.press("j");
    await test.page.keyboard.press("j");
    await eventually(async () => assert.match((await focused().textContent()) ?? "", /web-0001/));
    const later = many.slice(0, 20).map((each, n) => (n === 3 ? { ...each, stale: true } : each));
    await test.update(workers({ workers: later, workerCount: { kind: "exact", n: 20 } }));
    await eventually(async () => assert.equal(await table().getByText("Not heard of").count(), 1));
    assert.match((await focused().textContent()) ?? "", /web-0001/);
  });
});
