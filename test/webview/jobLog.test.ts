import assert from "node:assert/strict";
import type { JobLogAsk, JobLogLineView, JobLogView } from "../../src/protocol/jobLog";
import { seriousFindings } from "../support/accessibility";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import { failedJob, jobSamples } from "../support/sampleJobs";
import { emptyLog, sampleLog } from "../support/sampleLog";

const test = new PageTest();
const asked = (): JobLogAsk[] => test.opened.asked("log") as JobLogAsk[];
const all: JobLogAsk = { level: null, text: "", guesses: null };

describe("the log of a job on its page", () => {
  it("shows time, level, text and place of each line, and says what is a guess", async () => {
    await test.openJob();
    await test.says("arq-job-log", /Log of this job logs\/worker\.log/);
    await test.says("arq-job-log .line", /\d\d:\d\d:\d\d info 0\.42s → order:80153:charge_card.* worker\.log:1180/);
    await test.says("arq-job-log", /A guess: httpcore\.connection: connect_tcp/);
    await test.says("arq-job-log", "raise CardDeclined(card) from error");
    assert.deepEqual(asked()[0], all);
  });

  it("opens the file at the line, by a click and by Enter", async () => {
    await test.openJob();
    const lines = test.page.locator("arq-job-log .line");
    await lines.nth(1).click();
    await eventually(() => {
      const [first] = test.opened.asked("openLogLine") as { file: number; line: number }[];
      assert.deepEqual([first?.file, first?.line], [0, 1181]);
    });
    await test.page.keyboard.press("ArrowDown");
    await test.page.keyboard.press("End");
    await test.page.keyboard.press("ArrowUp");
    await test.page.keyboard.press("Enter");
    await eventually(() => {
      const opened = test.opened.asked("openLogLine") as { line: number }[];
      assert.deepEqual(opened.at(-1)?.line, 1189);
    });
    assert.equal(await test.page.locator('arq-job-log .line[tabindex="0"]').count(), 1, "one stop for Tab");
  });

  it("is filtered by level, by text and by what is a guess", async () => {
    await test.openJob();
    await test.page.locator("arq-job-log select").selectOption("error");
    await eventually(() => assert.deepEqual(asked().at(-1), { ...all, level: "error" }));
    await test.says("arq-job-log .lines", /^\S+ error 4\.21s ! order/);
    await test.page.getByLabel("Find in the log").fill("nothing like it");
    await test.says("arq-job-log", "No line passes the filter.");
    await test.page.getByLabel("Find in the log").fill("");
    await test.page.locator("arq-job-log select").selectOption("");
    await test.page.getByLabel(/Lines that name no job \(1, a guess\)/).uncheck();
    await eventually(() => assert.deepEqual(asked().at(-1), { ...all, guesses: false }));
    await eventually(async () => assert.equal(await test.page.locator("arq-job-log .guess").count(), 0));
  });

  it("waits until one has typed", async () => {
    await test.openJob();
    const before = asked().length;
    await test.page.getByLabel("Find in the log").pressSequentially("declined", { delay: 10 });
    await eventually(() => assert.equal(asked().at(-1)?.text, "declined"));
    assert.ok(asked().length - before <= 3, `${asked().length - before} requests for 8 keys`);
  });

  const long = (count: number): JobLogView => {
    const log = sampleLog(all);
    const line = log.lines[0] as JobLogLineView;
    return {
      ...log,
      lines: Array.from({ length: count }, (_, n) => ({ ...line, line: n + 1, text: `line ${n}` })),
      total: 2000,
    };
  };

  it("stays at the newest line while the job runs, until one scrolls up", async () => {
    let count = 100;
    await test.openJob(jobSamples["running"], { answers: { log: () => long(count) } });
    const box = test.page.locator("arq-job-log .lines");
    const below = (): Promise<number> =>
      box.evaluate(
        (e: { scrollHeight: number; scrollTop: number; clientHeight: number }) =>
          e.scrollHeight - e.scrollTop - e.clientHeight,
      );
    await eventually(async () => assert.ok((await below()) < 5));
    count = 200;
    await test.opened.notify("logGrown", null);
    await test.says("arq-job-log .lines", "line 199");
    await eventually(async () => assert.ok((await below()) < 5));
    await box.evaluate((e: { scrollTop: number }) => (e.scrollTop = 0));
    await eventually(async () =>
      assert.equal(await test.page.getByRole("button", { name: "Follow" }).getAttribute("aria-pressed"), "false"),
    );
    count = 250;
    await test.opened.notify("logGrown", null);
    await test.says("arq-job-log .lines", "line 249");
    assert.ok((await below()) > 1000, "what one reads stays where it is");
    await test.page.getByRole("button", { name: "Follow" }).click();
    await eventually(async () => assert.ok((await below()) < 5));
  });

  it("says how many of how many lines it shows, and what was left out", async () => {
    await test.openJob(failedJob, {
      answers: { log: () => ({ ...long(500), partly: true, by: "function and time" }) },
    });
    await test.says("arq-job-log", "The last 500 of 2,000 lines.");
    await test.says("arq-job-log", "not all of its lines were read");
    await test.says("arq-job-log", "logs/worker.log, by function and time: a guess");
  });

  it("says what to do where nothing is followed, or nothing names the job", async () => {
    await test.openJob(failedJob, { answers: { log: () => emptyLog(0) } });
    await test.says(
      "arq-job-log",
      "No worker log is followed, and no terminal that is read names this job. Name logs in the setting arq.workerLogs",
    );
    await test.page.getByRole("button", { name: "Name worker logs…" }).click();
    await eventually(() => assert.deepEqual(test.opened.asked("run"), [{ command: "logSettings" }]));
    await test.opened.close();
    await test.openJob(failedJob, { answers: { log: () => emptyLog(2) } });
    await test.says("arq-job-log", "Neither the 2 files that are followed nor a terminal that is read name this job.");
  });

  it("leads from the traceback to the log it was read from", async () => {
    const error = { ...failedJob.error!, tracebackSource: "logs/worker.log, line 1184", tracebackLogged: true };
    await test.openJob({ ...failedJob, error });
    await test.page.getByRole("button", { name: "Open in the log" }).click();
    await eventually(() => assert.equal(test.opened.asked("openTracebackLog").length, 1));
  });

  it("fits into 300 px, and breaks no rule of accessibility", async () => {
    await test.openJob(failedJob, { width: 300 });
    await test.says("arq-job-log .lines", "order:80153");
    assert.ok((await test.overflow()) <= 0);
    assert.deepEqual(await seriousFindings(test.page), []);
  });
});
