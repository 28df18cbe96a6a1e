import assert from "node:assert/strict";
import type { AppliedView, CodeNote, PlaceView } from "../../src/protocol/codeViews";
import { limitsId } from "../../src/protocol/codeViews";
import { newestJobs } from "../../src/protocol/jobQuery";
import { firstIntents, lookAt, type Look } from "../../src/protocol/tabs";
import { firstJobsSettings } from "../../src/protocol/tabs/jobs";
import { eventually } from "../support/eventually";
import { failedJob } from "../support/sampleJobs";
import { PageTest } from "../support/pageTest";
import { sampleBody, sampleDashboard, sampleNow, sampleRow, sampleSnapshot } from "../support/sampleViews";
import { cronLine, functionLine, functionsSample, queuesSample, scheduledSample } from "../support/tabSamples";

const test = new PageTest();
const place = (file: string, line: number): PlaceView => ({
  file: `/home/me/shop/${file}`,
  line,
  text: `${file}:${line}`,
});
const limit = (value: number, setting: string, at: PlaceView | null): AppliedView => ({
  value,
  setting,
  place: at,
  assumed: false,
});
const limits = { maxTries: limit(5, "max_tries", null), timeout: limit(30, "job_timeout", place("worker.py", 12)) };
const lastLook = () => (test.opened.asked("look").at(-1) as { look: Look } | undefined)?.look;

const notes: readonly CodeNote[] = [
  {
    id: "1",
    kind: "drift",
    title: "send_reciept: not found in this workspace",
    text: "2 jobs call it. There is send_receipt.",
    queue: "arq:queue",
    place: place("mailer.py", 26),
    jobs: { ...newestJobs, function: "send_reciept", queue: "arq:queue" },
  },
  {
    id: "2",
    kind: "advice",
    title: "WorkerSettings.keep_result",
    text: "Results are not kept.",
    queue: "arq:queue",
    place: place("worker.py", 40),
    jobs: null,
  },
];

describe("What the source says, on the pages", () => {
  it("is folded below the queues, and leads to the place and to the jobs", async () => {
    const asked = firstIntents.queues;
    const view = queuesSample(sampleNow, { notes });
    await test.openDashboard(
      sampleDashboard({ look: lookAt("queues", asked), body: sampleBody("queues", view, asked) }),
      {
        width: 1400,
        answers: { openCode: () => null },
      },
    );
    await test.says("arq-code-notes summary", "1 difference from the code in this workspace · 1 setting to look at");
    const item = test.page.locator("arq-code-notes li").first();
    assert.equal(await item.isVisible(), false, "folded until somebody wants to know");
    await test.page.locator("arq-code-notes summary").click();
    await test.says(
      "arq-code-notes li >> nth=0",
      /send_reciept: not found in this workspace arq:queue.*mailer\.py:26.*List the jobs/,
    );
    await item.getByRole("button", { name: "mailer.py:26" }).click();
    await eventually(() =>
      assert.deepEqual(test.opened.asked("openCode"), [{ file: "/home/me/shop/mailer.py", line: 26 }]),
    );
    await item.getByRole("button", { name: "List the jobs" }).click();
    await eventually(() =>
      assert.deepEqual(
        lastLook(),
        lookAt("jobs", { query: { ...newestJobs, function: "send_reciept", queue: "arq:queue" } }),
      ),
    );
  });

  it("takes no room where there is nothing to tell", async () => {
    const asked = firstIntents.queues;
    await test.openDashboard(
      sampleDashboard({ look: lookAt("queues", asked), body: sampleBody("queues", queuesSample(sampleNow), asked) }),
    );
    await test.page.locator("arq-queue-table .item").first().waitFor();
    assert.equal(await test.page.locator("arq-code-notes details").count(), 0);
  });

  it("tells of each function how long it may run and how often it is tried, and marks what nearly takes too long", async () => {
    const asked = firstIntents.functions;
    const functions = [
      functionLine({ name: "slow", complete: 9, runP95Ms: 25_000, limits }),
      functionLine({
        name: "quick",
        complete: 9,
        runP95Ms: 2_000,
        limits: { ...limits, maxTries: limit(1, "max_tries", null) },
      }),
      functionLine({ name: "unknown", complete: 9 }),
    ];
    const view = functionsSample(sampleNow, { functions, total: 3, known: 3 });
    await test.openDashboard(
      sampleDashboard({ look: lookAt("functions", asked), body: sampleBody("functions", view, asked) }),
      { width: 1400 },
    );
    await test.says('[data-name="slow"] .limits', "at most 30 s · 5 tries");
    await test.says('[data-name="quick"] .limits', "at most 30 s · 1 try");
    assert.equal(await test.page.locator('[data-name="unknown"] .limits').count(), 0);
    const title = await test.page.locator('[data-name="slow"] .limits').getAttribute("title");
    assert.equal(title, "job_timeout: worker.py:12\nmax_tries: ARQ's default");
    assert.equal(await test.page.locator('[data-name="slow"] .runP95 .tone-warn .icon').count(), 1);
    assert.equal(await test.page.locator('[data-name="quick"] .runP95 .tone-warn').count(), 0);
  });

  it("tells in the list of jobs which try of how many it is", async () => {
    const columns = [...firstJobsSettings.columns, { id: "tries", width: null } as const];
    const asked = { query: newestJobs, settings: { ...firstJobsSettings, columns } };
    const row = { ...sampleRow(1), tries: 2 };
    const view = {
      rows: [row],
      total: 1,
      indexed: 1,
      notes: [],
      offset: 0,
      anchor: null,
      needsPayloads: false,
      news: 0,
      changed: false,
      limits: [{ id: limitsId(row.function, row.queue), ...limits }],
    };
    await test.openDashboard(sampleDashboard({ look: lookAt("jobs", asked), body: sampleBody("jobs", view, asked) }), {
      width: 1600,
    });
    await test.says("arq-job-table .job .tries", "2 of 5");
  });

  it("tells of workers without instrumentation how many places each has", async () => {
    const asked = firstIntents.workers;
    const [worker] = sampleSnapshot().workers.filter(({ kind }) => kind === "shared");
    assert.ok(worker);
    const line = { ...worker, key: "shared", places: limit(6, "max_jobs", place("worker.py", 47)) };
    const view = {
      workers: [line],
      offset: 0,
      total: 1,
      known: 1,
      stale: 0,
      staleAfterMs: 60_000,
      allTold: false,
      notes: [],
    };
    await test.openDashboard(
      sampleDashboard({ look: lookAt("workers", asked), body: sampleBody("workers", view, asked) }),
      { width: 1400 },
    );
    await test.says("arq-worker-table .places", /^\d+, up to 6 each$/);
    assert.equal(await test.page.locator("arq-worker-table .places").getAttribute("title"), "max_jobs: worker.py:47");
  });

  it("tells the schedule of a cron job in words, leads to it, and tells its next run also where none was seen", async () => {
    const asked = firstIntents.scheduled;
    const schedule = {
      words: "from Monday to Friday at 09:00",
      zone: "Europe/Berlin",
      isAssumed: false,
      next: [sampleNow + 90_000, sampleNow + 86_490_000],
      place: place("worker.py", 44),
    };
    const view = scheduledSample(sampleNow, sampleRow, { cron: [cronLine({ name: "digest", schedule })] });
    await test.openDashboard(
      sampleDashboard({ look: lookAt("scheduled", asked), body: sampleBody("scheduled", view, asked) }),
      {
        width: 1400,
        answers: { openCode: () => null },
      },
    );
    await test.says(
      "arq-cron-table .item .cell.interval",
      "from Monday to Friday at 09:00 Europe/Berlin · worker.py:44",
    );
    await test.says("arq-cron-table .item .cell.next", /^in 1 min/);
    await test.says("arq-cron-table .item .cell.runs", "none seen yet");
    await test.page.getByRole("button", { name: "worker.py:44" }).click();
    await eventually(() =>
      assert.deepEqual(test.opened.asked("openCode"), [{ file: "/home/me/shop/worker.py", line: 44 }]),
    );
    assert.equal(lastLook(), undefined, "the row did not open");
  });

  it("tells on the page of a job its try of how many, and when it is cancelled, with where that stands", async () => {
    const row = {
      ...failedJob.row,
      state: "running" as const,
      startedAt: failedJob.at - 10_000,
      finishedAt: null,
      runMs: null,
      error: null,
      tries: 2,
    };
    await test.openJob(
      { ...failedJob, error: null, row, limits, notes: notes.slice(1) },
      { answers: { openCode: () => null } },
    );
    await test.says("arq-job-times dl", /Tries 2 of 5 max_tries: ARQ's default/);
    await test.says("arq-job-times dl", /Deadline in 0:\d\d 30 s job_timeout: worker\.py:12/);
    await test.page.getByRole("button", { name: "job_timeout: worker.py:12" }).click();
    await eventually(() =>
      assert.deepEqual(test.opened.asked("openCode"), [{ file: "/home/me/shop/worker.py", line: 12 }]),
    );
    await test.says("arq-code-notes summary", "1 setting to look at");
  });
});
