import assert from "node:assert/strict";
import type { Frame } from "playwright-core";
import { fillQueue, fillResults } from "../bench/fill";
import { type Fixed, kinds } from "../bench/resultTemplate";
import { firstJobsSettings } from "../../src/protocol/tabs/jobs";
import { composedText } from "./composedText";
import { eventually } from "./eventually";
import { ShopWindow } from "./vscode/openShopWindow";

const due = 500;
const patient = { timeoutMs: 60_000 };

type Fits = (kind: Fixed) => boolean;

/** Of `count` jobs as `fill.ts` writes them, those that fit. */
function expected(count: number, fits: Fits): number {
  const each = Math.floor(count / kinds.length);
  const over = count % kinds.length;
  return kinds.reduce((sum, kind, index) => sum + (fits(kind) ? each + (index < over ? 1 : 0) : 0), 0);
}

const errorType = ({ success, result }: Fixed): string => (success ? "" : JSON.stringify(result(70_000)));

const charges: Fits = ({ function: name }) => name === "charge_card";
const never: Fits = () => false;

/** What is typed into the filter, the results that it means and, of the jobs that wait, those. */
const questions: readonly (readonly [text: string, fits: Fits, waits?: Fits])[] = [
  ["charge_card", charges, charges],
  ["declined", (kind) => errorType(kind).includes("declined")],
  ["status:failed ", ({ success }) => !success],
  ["status:failed error:KeyError ", (kind) => errorType(kind).includes("KeyError")],
  ["fn:send_* queue:mails ", ({ function: name, queue }) => name.startsWith("send_") && queue === "mails"],
  ["status:complete try:2 ", ({ success, tries }) => success && tries === 2],
  ["-status:complete,failed ", never, () => true],
];

/** A row, and what it shows in a column. */
type Shown = readonly [id: string, text: string];

/** The rows of a job table. Runs in the page. */
const shownRows = (table: unknown, cell: string): Shown[] => {
  interface Row {
    readonly dataset: { readonly id: string };
    querySelector(selector: string): { readonly textContent: string } | null;
  }
  const { shadowRoot } = table as { shadowRoot: { querySelectorAll(selector: string): Iterable<Row> } };
  return Array.from(shadowRoot.querySelectorAll(".job"), (row) => [
    row.dataset.id,
    row.querySelector(cell)?.textContent.trim() ?? "",
  ]);
};

/** What follows each other, once. */
function steps(rows: readonly Shown[]): string[] {
  return rows.map(([, text]) => text).filter((text, index, all) => text !== all[index - 1]);
}

/**
 * The dashboard of a real VS Code over a Redis with so many results: every number is the true one, and the list is found, sorted and paged
 * through. `sorted`: a filter that leaves between 101 and 199 of them.
 */
export function describeManyJobs(count: number, sorted: string): void {
  describe(`The dashboard inside VS Code, over ${count.toLocaleString("en-US")} jobs`, function () {
    this.timeout(300_000);
    let window: ShopWindow;
    let dashboard: Frame;

    before(async () => {
      window = await ShopWindow.open(async ({ port }) => {
        await fillResults({ port, count });
        await fillQueue({ port, count: due, queue: "arq:queue" });
      });
      dashboard = await window.dashboard();
    });

    after(() => window?.close());

    const said = (n: number) => n.toLocaleString("en-US");
    const jobs = () => dashboard.locator("arq-jobs-tab");
    const counted = (from: number, to: number, of: number) =>
      eventually(
        async () => assert.match(await range(), new RegExp(`^${said(from)}–${said(to)} of ${said(of)}\\b`)),
        patient,
      );
    const filter = (text: string) => dashboard.getByRole("combobox", { name: "Filter jobs" }).fill(text);

    const range = () => jobs().locator("arq-pager .range").first().evaluate(composedText);
    const allJobs = async () => {
      if ((await jobs().count()) === 0) await dashboard.locator("[role=tab]").nth(1).click();
      const clear = dashboard.getByRole("button", { name: "Clear filters" });
      if ((await clear.count()) > 0) await clear.click();
      await counted(1, 50, count + due);
    };
    /** From the first page of what is shown on. */
    const allPages = async (total: number, cell: string): Promise<Shown[]> => {
      const rows: Shown[] = [];
      for (;;) {
        const from = `${rows.length + 1}–`;
        await eventually(async () => assert.ok((await range()).startsWith(from)), patient);
        rows.push(...(await jobs().locator("arq-job-table").evaluate(shownRows, cell)));
        if (rows.length >= total) return rows;
        await jobs()
          .getByRole("button", { name: /next page/i })
          .first()
          .click();
      }
    };

    it("counts them all", async () => {
      const number = (state: string) => dashboard.locator(`.card[data-state="${state}"] .number`);
      const wanted = {
        queued: due,
        complete: expected(count, ({ success }) => success),
        failed: expected(count, ({ success }) => !success),
      };
      for (const [state, n] of Object.entries(wanted)) {
        await eventually(async () => assert.equal(await number(state).innerText(), said(n)), patient);
      }
    });

    for (const [text, fits, waits = never] of questions) {
      it(`finds what "${text.trim()}" means`, async () => {
        await allJobs();
        await filter(text);
        const found = expected(count, fits) + expected(due, waits);
        await counted(1, Math.min(50, found), found);
      });
    }

    it("sorts by every column, both ways, over all pages", async () => {
      await allJobs();
      await filter(sorted);
      // On to the rows: suggestions for a third filter lie over the heads.
      await window.page.keyboard.press("Enter");
      await eventually(async () => assert.match(await range(), /^1–50 of 1\d\d$/), patient);
      const total = Number((await range()).split(" ").at(-1));
      for (const column of firstJobsSettings.columns) {
        const head = jobs().locator(`[data-column=${column.id}]`);
        const orders: Shown[][] = [];
        const cell = column.id === "function" ? ".function .name" : `.cell.${column.id}`;
        for (const way of ["ascending", "descending"] as const) {
          await eventually(async () => {
            if ((await head.getAttribute("aria-sort")) === way) return;
            await head.locator("button").click();
            await jobs().locator(`[data-column=${column.id}][aria-sort=${way}]`).waitFor({ timeout: 2000 });
          }, patient);
          orders.push(await allPages(total, cell));
        }
        const [up = [], down = []] = orders;
        for (const rows of orders) {
          assert.equal(new Set(rows.map(([id]) => id)).size, total, `${column.id}: every job once`);
          assert.equal(new Set(steps(rows)).size, steps(rows).length, `${column.id}: equal ones together`);
        }
        assert.deepEqual(steps(down), steps(up).toReversed(), `${column.id}: one way is the other, turned round`);
      }
    });

    it("shows every other view of them", async () => {
      for (const [tab, text] of [
        ["failed", new RegExp(`\\b5 errors, ${said(expected(count, ({ success }) => !success))} failed jobs`)],
        ["queues", /\b3 queues/],
        ["functions", /\b8 functions/],
      ] as const) {
        await dashboard.locator(`[role=tab][data-tab=${tab}]`).click();
        const shown = dashboard.locator(`arq-${tab}-tab`);
        await eventually(async () => assert.match(await shown.evaluate(composedText), text), patient);
      }
      assert.deepEqual(window.refused, []);
    });
  });
}
