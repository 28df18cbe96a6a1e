import { type TabName, tabNames } from "../../src/protocol/tabs";
import { openDashboardProbe } from "./dashboardProbe";
import { fillQueue } from "./fill";
import { withResults } from "./fullIndex";
import { type Measure, percentile, round } from "./measure";

/** How long hands had to wait, ms: from the key as the browser got it to the drawn frame that shows the answer. */
export interface Waits {
  /** One per letter. */
  readonly search: readonly number[];
  /** One per finished filter. */
  readonly filter: readonly number[];
  readonly tabs: Readonly<Record<TabName, { readonly first: number; readonly again: readonly number[] }>>;
}

const due = 1000;
const words = ["place", "mail", "mug", "timeout", "declined", "zzz"] as const;
const filters = [
  "status:failed",
  "fn:send_*",
  "queue:mails",
  "error:KeyError",
  "since:1h",
  "-status:complete",
] as const;
const rounds = 6;

// Runs in the dashboard's document. Text, since it is no code of this process.
const stopwatch = `(() => {
  window.arqSights.over = true;
  const board = document.querySelector("arq-dashboard");
  const shown = () => board.shadowRoot.querySelector("[role=tabpanel] > *");
  let began = 0;
  addEventListener("keydown", (event) => (began ||= event.timeStamp), true);
  // What fits is in the document before this frame is drawn: a task after it is after that.
  const drawn = () => new Promise((resolve) => setTimeout(resolve));
  const timed = async (fits) => {
    await until(() => began !== 0 && fits(shown()));
    await drawn();
    return performance.now() - began;
  };
  const until = async (holds) => {
    const limit = performance.now() + 30_000;
    while (!holds()) {
      if (performance.now() > limit) throw new Error("no answer within 30 s");
      await new Promise(requestAnimationFrame);
    }
  };
  const settled = (tab) => tab !== null && !tab.pending && tab.view !== null;
  window.arqHands = {
    listen: () => void (began = 0),
    search: (text) => timed((tab) => settled(tab) && tab.answered.query.text === text),
    tab: (name) => timed((tab) => settled(tab) && tab.tab === name),
    cleared: () => until(() => settled(shown()) && shown().answered.query.text === ""),
  };
})();`;

/** In a VS Code whose dashboard shows so many jobs that have ended and 1,000 that are due. */
async function waits(count: number, log: (line: string) => void): Promise<Waits> {
  return withResults(count, log, async ({ url, port }) => {
    await fillQueue({ port, count: due, queue: "arq:queue" });
    const probe = await openDashboardProbe(url, {}, log);
    try {
      const { page } = probe.vscode;
      await probe.open();
      await probe.sight(({ complete }) => Number(complete.replaceAll(",", "")) > count * 0.9, 120_000);
      const frame = await probe.vscode.webview("ARQ Dashboard");
      // What follows the first whole picture must be over.
      await page.waitForTimeout(3000);
      await frame.evaluate(stopwatch);
      await frame.locator("[role=tab]").first().click();
      const timed = async (question: string, key: string): Promise<number> => {
        // Keys and questions reach the page by different ways: neither overtakes what is over.
        await frame.evaluate("arqHands.listen()");
        const waited = frame.evaluate<number>(question);
        await page.keyboard.press(key);
        return waited;
      };
      const tabs = await tabWaits(timed);
      await timed(`arqHands.tab("jobs")`, "2");
      await page.keyboard.press("/");
      const search: number[] = [];
      const filter: number[] = [];
      const asks = (text: string): string => `arqHands.search(${JSON.stringify(text)})`;
      const clear = async (): Promise<number> => {
        await page.keyboard.press("ControlOrMeta+A");
        return timed(asks(""), "Backspace");
      };
      for (const word of words) {
        for (let typed = 1; typed <= word.length; typed++)
          search.push(await timed(asks(word.slice(0, typed)), word[typed - 1]!));
        search.push(await clear());
      }
      for (const token of filters) {
        await page.keyboard.type(token);
        filter.push(await timed(asks(token), "Enter"));
        await frame.getByRole("button", { name: "Clear filters" }).click();
        await frame.evaluate("arqHands.cleared()");
      }
      return { search, filter, tabs };
    } finally {
      await probe.close();
    }
  });
}

async function tabWaits(timed: (question: string, key: string) => Promise<number>): Promise<Waits["tabs"]> {
  const found = {} as Record<TabName, { first: number; again: number[] }>;
  for (let round = 0; round <= rounds; round++) {
    // The overview is shown already.
    for (const name of [...tabNames.slice(1), tabNames[0]]) {
      const ms = await timed(`arqHands.tab("${name}")`, String(tabNames.indexOf(name) + 1));
      if (found[name] === undefined) found[name] = { first: ms, again: [] };
      else found[name].again.push(ms);
    }
  }
  return found;
}

const examined = new Map<number, Promise<Waits>>();

/** Made once for all benches that ask. */
function examine(count: number, log: (line: string) => void): Promise<Waits> {
  const known = examined.get(count) ?? waits(count, log);
  examined.set(count, known);
  return known;
}

/** From a letter typed into the filter to the drawn rows that answer it, p95. */
export async function searchWait(count: number, log: (line: string) => void): Promise<Measure> {
  const { search, filter } = await examine(count, log);
  log(`${search.length} letters: median ${round(percentile(search, 50))} ms, longest ${round(Math.max(...search))} ms`);
  log(`${filter.length} filters: ${filter.map((ms) => round(ms)).join(", ")} ms`);
  return { value: round(percentile(search, 95)), unit: "ms", against: {} };
}

/** From the key of a tab to its drawn answer, p95 of the slowest tab once each was seen. */
export async function tabSwitchWait(count: number, log: (line: string) => void): Promise<Measure> {
  const { tabs } = await examine(count, log);
  const slow = Object.entries(tabs).map(([name, { first, again }]) => {
    log(
      `${name}: first ${round(first)} ms, then median ${round(percentile(again, 50))}, p95 ${round(percentile(again, 95))} ms`,
    );
    return percentile(again, 95);
  });
  return { value: round(Math.max(...slow)), unit: "ms", against: {} };
}
