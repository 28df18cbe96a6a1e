import assert from "node:assert/strict";
import type { JobLogAsk } from "../../src/protocol/jobLog";
import type { FramePlace } from "../../src/protocol/jobMessages";
import { dashboardUpdate } from "../../src/protocol/dashboardUpdate";
import type { Look } from "../../src/protocol/tabs";
import type { DashboardView, JobView } from "../../src/protocol/viewModels";
import { composedText } from "./composedText";
import { eventually } from "./eventually";
import { PageHarness, type Answers, type OpenedPage, type OpenOptions } from "./pageHarness";
import { sampleLog } from "./sampleLog";
import { failedJob, sampleBranches, sampleChange, sampleSources } from "./sampleJobs";
import { sampleBody, sampleDashboard, sampleLook } from "./sampleViews";

export type More = Partial<Omit<OpenOptions, "answers">> & { answers?: Answers };

/**
 * One harness for a file of page tests, and the page that its running test has opened. Call it at the top of the file: it starts the harness before the
 * tests and ends it after them. After each test the page must have raised no error and broken no rule of the policy.
 */
export class PageTest {
  #harness: PageHarness | null = null;
  #opened: OpenedPage | null = null;
  /** What the dashboard was sent last, as its host keeps it. */
  #sent: DashboardView | null = null;

  constructor() {
    before(async () => {
      this.#harness = await PageHarness.start();
    });
    after(async () => this.#harness?.close());
    afterEach(async () => {
      const opened = this.#opened;
      this.#opened = null;
      await opened?.close();
      assert.deepEqual(opened?.complaints ?? [], [], "the page raised no error and the policy refused nothing");
    });
  }

  get harness(): PageHarness {
    if (this.#harness === null) throw new Error("the harness has not started");
    return this.#harness;
  }

  get opened(): OpenedPage {
    if (this.#opened === null) throw new Error("no page is open");
    return this.#opened;
  }

  get page() {
    return this.opened.page;
  }

  async openDashboard(view: DashboardView = sampleDashboard(), { answers, ...more }: More = {}): Promise<OpenedPage> {
    const all: Answers = {
      ready: () => view,
      look: ({ look }: { look: Look }) => answerTo(look, view),
      pause: ({ paused }: { paused: boolean }) => ({ ...(this.#sent ?? view), paused }),
      openJob: () => null,
      visible: () => null,
      suggest: () => [],
      cancelSearch: () => null,
      savedFilters: () => [],
      connectionFacts: () => [],
      run: () => null,
      ...answers,
    };
    const whole = (name: string) => async (params: never) => {
      const answer = (await all[name]!(params)) as DashboardView | null;
      // As to a question that was overtaken.
      if (answer === null) return null;
      return (this.#sent = { ...answer, revision: (this.#sent?.revision ?? 0) + 1 });
    };
    this.#sent = null;
    this.#opened = await this.harness.open("dashboard", {
      answers: { ...all, ready: whole("ready"), look: whole("look"), pause: whole("pause") },
      ...more,
    });
    await this.page.locator("arq-dashboard main").waitFor();
    return this.#opened;
  }

  /** Sends the dashboard what is different in `view`, as its host does. */
  async update(view: DashboardView): Promise<void> {
    if (this.#sent === null) throw new Error("the page has not asked for anything yet");
    const update = dashboardUpdate(this.#sent, view);
    if (update === null) throw new Error("nothing is different");
    this.#sent = { ...view, revision: update.revision };
    await this.opened.notify("update", update);
  }

  async openJob(view: JobView = failedJob, { answers, ...more }: More = {}): Promise<OpenedPage> {
    this.#opened = await this.harness.open("job", {
      answers: {
        ready: () => view,
        expandValue: ({ path }: { path: number[] }) => sampleBranches[path.join(".")] ?? [],
        loadPayload: () => failedJob.args,
        openFrame: () => null,
        frameAction: () => null,
        source: ({ traceback, frame }: FramePlace) => sampleSources[`${traceback}.${frame}`] ?? null,
        changed: ({ traceback, frame }: FramePlace) => (`${traceback}.${frame}` === "1.2" ? sampleChange : null),
        copy: () => null,
        copyValue: () => null,
        openFunction: () => null,
        watch: () => null,
        hideValues: () => null,
        openLink: () => null,
        openJob: () => null,
        showRuns: () => null,
        log: (ask: JobLogAsk) => sampleLog(ask),
        openLogLine: () => null,
        openTracebackLog: () => null,
        run: () => null,
        ...answers,
      },
      ...more,
    });
    await this.page.locator("arq-job main").waitFor();
    return this.#opened;
  }

  /** Waits until the text of the first such element, through its shadow roots, holds or matches what is expected. */
  async says(selector: string, expected: string | RegExp): Promise<void> {
    await eventually(async () => {
      const text = await this.page.locator(selector).first().evaluate(composedText);
      if (typeof expected === "string") assert.ok(text.includes(expected), `"${text}" holds "${expected}"`);
      else assert.match(text, expected);
    });
  }

  /** How far the page is wider than its window, px. */
  async overflow(): Promise<number> {
    return this.page.evaluate(() => {
      const { documentElement } = (
        globalThis as unknown as { document: { documentElement: { scrollWidth: number; clientWidth: number } } }
      ).document;
      return documentElement.scrollWidth - documentElement.clientWidth;
    });
  }
}

/** What a host that shows `view` answers: of the same tab the same, of another one its sample. */
function answerTo(look: Look, view: DashboardView): DashboardView {
  const { body } = view;
  const { body: sample } = sampleLook(look);
  if (body?.tab !== look.tab) return { ...view, look, body: sample };
  const same =
    body.tab === "jobs" && look.tab === "jobs" ? { ...body.view, offset: look.intent.query.offset } : body.view;
  return { ...view, look, body: sampleBody(look.tab, same, look.intent) };
}
