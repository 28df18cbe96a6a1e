import type { Monitor } from "../../src/monitor/model";
import { queryJobs } from "../../src/monitor/query";
import { Slices } from "../../src/monitor/slices";
import { suggest } from "../../src/monitor/suggestions";
import { jobsTab } from "../../src/host/panels/tabs/jobsTab";
import { newestJobs } from "../../src/protocol/jobQuery";
import { lookAt, type Look } from "../../src/protocol/tabs";
import type { JobsIntent } from "../../src/protocol/tabs/jobs";
import type { DashboardView } from "../../src/protocol/viewModels";
import { tableOf } from "../support/jobRows";
import { PageHarness, type OpenedPage } from "../support/pageHarness";
import { sampleBody, sampleJobs, sampleNow, sampleRow, sampleSnapshot } from "../support/sampleViews";
import { type Measure, percentile, round } from "./measure";

/**
 * In the page, since it is no code of this process. `arqDo` does something and answers after how many ms the answer to it was drawn: the question that is
 * asked is the one that is answered, and the frame with it is drawn.
 */
const inPage = `(() => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const dashboard = () => document.querySelector("arq-dashboard");
  const tab = () => dashboard().shadowRoot.querySelector("arq-jobs-tab");
  const inTab = (selector) => tab().shadowRoot.querySelector(selector);
  const box = () => inTab("arq-job-filters").shadowRoot.querySelector("arq-filter-box").shadowRoot.querySelector("input");
  const acts = {
    type(text) {
      box().value = text;
      box().dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
    },
    sort(id) {
      inTab("arq-job-table").shadowRoot.querySelector("arq-job-head").shadowRoot.querySelector("[data-column=" + id + "] button").click();
    },
    next() {
      inTab("arq-pager").shadowRoot.querySelector("button:last-of-type").click();
    },
    refine(change) {
      const filters = inTab("arq-job-filters");
      const detail = { ...filters.query, ...change, offset: 0, anchor: null };
      filters.dispatchEvent(new CustomEvent("refine", { detail, bubbles: true, composed: true }));
    },
  };
  window.arqDo = async (name, argument) => {
    await frame();
    const before = tab().answered;
    const began = performance.now();
    acts[name](argument);
    for (;;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const { intent, answered, pending } = tab();
      if (answered !== before && !pending && JSON.stringify(answered.query) === JSON.stringify(intent.query)) break;
      if (performance.now() - began > 20_000) throw new Error("no answer to " + name + " " + JSON.stringify(argument));
    }
    // What is in the document before a frame is drawn is seen by a task after it.
    await new Promise((resolve) => setTimeout(resolve));
    return performance.now() - began;
  };
})();`;

const silent = {
  visible: () => null,
  savedFilters: () => [],
  connectionFacts: () => [],
  cancelSearch: () => null,
};

/** So many jobs in the product's own index, asked by the tab's own host side. */
function monitorOf(count: number): Monitor {
  const table = tableOf(Array.from({ length: count }, (_, n) => sampleRow(n)));
  const snapshot = sampleSnapshot();
  const asked: Pick<Monitor, "query" | "suggest" | "row" | "snapshot" | "now"> = {
    query: (query, signal) => queryJobs(table, query, sampleNow, new Slices(signal)),
    suggest: (text, cursor, signal) => suggest(table, text, cursor, sampleNow, new Slices(signal)),
    row: (id) => table.read(table.find(id), sampleNow),
    snapshot: () => snapshot,
    now: () => sampleNow,
  };
  // The tab asks nothing else.
  return asked as Monitor;
}

async function openJobs(harness: PageHarness, monitor: Monitor): Promise<OpenedPage> {
  const tab = jobsTab({ get: () => undefined, update: () => Promise.resolve() });
  let revision = 0;
  const answer = async (intent: JobsIntent): Promise<DashboardView> => {
    const view = await tab.view(monitor, intent, new AbortController().signal);
    return {
      ...sampleJobs(),
      revision: ++revision,
      look: lookAt("jobs", intent),
      body: sampleBody("jobs", view, intent),
    };
  };
  const opened = await harness.open("dashboard", {
    answers: {
      ...silent,
      ready: () => answer(tab.check({ query: newestJobs })),
      look: ({ look }: { look: Look }) => answer(tab.check(look.intent)),
      suggest: ({ text, cursor }: { text: string; cursor: number }) => monitor.suggest(text, cursor),
    },
    width: 1400,
    height: 900,
  });
  await opened.page.locator("arq-job-table .job").first().waitFor();
  await opened.page.evaluate(inPage);
  return opened;
}

/** What people do in a list: words letter by letter, filters, every column, pages. */
const interactions: readonly (readonly [name: string, argument: unknown])[] = [
  ..."charge_card".split("").map((_, n) => ["type", "charge_card".slice(0, n + 1)] as const),
  ..."order:800".split("").map((_, n) => ["type", "order:800".slice(0, n + 1)] as const),
  ["type", "no such job at all"],
  ["type", ""],
  ["refine", { states: ["failed"] }],
  ["refine", { queue: "arq:mail" }],
  ["refine", { text: "since:24h -fn:ship" }],
  ["refine", { text: 'error:"card ending" try:>0' }],
  ["refine", { states: [], queue: null, text: "" }],
  ...["state", "function", "id", "queue", "enqueued", "started", "finished", "duration"].flatMap((id) => [
    ["sort", id] as const,
    ["next", null] as const,
    ["sort", id] as const,
    ["next", null] as const,
  ]),
];

/** From a key or a click to the drawn answer, at this many jobs: the 95th percentile. In Chromium, without VS Code between page and host. */
export async function jobsSearch(count: number, log: (line: string) => void): Promise<Measure> {
  const harness = await PageHarness.start();
  try {
    const { page } = await openJobs(harness, monitorOf(count));
    const samples: number[] = [];
    for (let round_ = 0; round_ < 3; round_++) {
      for (const each of interactions) {
        samples.push(await page.evaluate(`arqDo(...${JSON.stringify(each)})`));
      }
    }
    const [p50, p95, worst] = [50, 95, 100].map((p) => round(percentile(samples, p)));
    log(`${samples.length} interactions: median ${p50}, 95th percentile ${p95}, worst ${worst} ms`);
    return { value: p95!, unit: "ms", against: {} };
  } finally {
    await harness.close();
  }
}
