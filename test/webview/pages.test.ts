import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { JobQuery } from "../../src/monitor/model";
import type { DashboardView, JobView, ValueNode } from "../../src/protocol/viewModels";
import { composedText } from "../support/composedText";
import { eventually } from "../support/eventually";
import { PageHarness, type Answers, type OpenedPage, type OpenOptions } from "../support/pageHarness";
import {
  dashboardSamples,
  failedJob,
  jobSamples,
  newestFirst,
  sampleBranches,
  sampleCounts,
  sampleDashboard,
  sampleRow,
  sampleRows,
  sampleSnapshot,
} from "../support/sampleViews";
import { themeNames } from "../support/webviewThemes";

let harness: PageHarness;
let opened: OpenedPage;

type More = Partial<Omit<OpenOptions, "answers">> & { answers?: Answers };

async function openDashboard(
  view: DashboardView = sampleDashboard(),
  { answers, ...more }: More = {},
): Promise<OpenedPage> {
  opened = await harness.open("dashboard", {
    answers: {
      ready: () => view,
      query: ({ query }: { query: JobQuery }) => ({ ...view, query }),
      openJob: () => null,
      run: () => null,
      ...answers,
    },
    ...more,
  });
  await opened.page.locator("arq-dashboard main").waitFor();
  return opened;
}

async function openJob(view: JobView = failedJob, { answers, ...more }: More = {}): Promise<OpenedPage> {
  opened = await harness.open("job", {
    answers: {
      ready: () => view,
      expandValue: ({ path }: { path: number[] }) => sampleBranches[path.join(".")] ?? [],
      loadPayload: () => failedJob.kind === "job" && failedJob.args,
      openFrame: () => null,
      copy: () => null,
      run: () => null,
      ...answers,
    },
    ...more,
  });
  await opened.page.locator("arq-job main").waitFor();
  return opened;
}

const rows = () => opened.page.locator(".job");
const lastQuery = () => (opened.asked("query").at(-1) as { query: JobQuery } | undefined)?.query;
const card = (state: string) => opened.page.locator(`button.card[data-state="${state}"]`);

/** Waits until the text of an element holds what is expected. */
async function says(selector: string, expected: string | RegExp): Promise<void> {
  await eventually(async () => {
    const text = await opened.page.locator(selector).first().evaluate(composedText);
    if (typeof expected === "string") assert.ok(text.includes(expected), `"${text}" holds "${expected}"`);
    else assert.match(text, expected);
  });
}

before(async () => {
  harness = await PageHarness.start();
});
after(async () => {
  await harness.close();
});
afterEach(async function () {
  const { complaints } = opened;
  await opened.close();
  assert.deepEqual(complaints, [], "the page raised no error and the policy refused nothing");
});

describe("the dashboard page", () => {
  it("shows connection, feed, counts, queues, rates and jobs", async () => {
    await openDashboard();
    await says("header", /shop staging staging localhost:6379\/0 Healthy live · push/);
    for (const [state, n] of [
      ["queued", "128"],
      ["deferred", "42"],
      ["running", "9"],
      ["retrying", "3"],
      ["complete", "10,180"],
      ["failed", "131"],
    ] as const) {
      assert.equal(await card(state).locator(".number").innerText(), n);
    }
    await says("[data-card=workers]", "≥ 2");
    await says('[data-queue="arq:queue"]', /121 6 running 92 queued 3 retrying 20 deferred oldest waits \d+ s/);
    await says(
      "arq-rate >> nth=0",
      /seen 42 min of 1 h 98.3 % complete 1.7 % failed 812 complete, 14 failed of 826 jobs/,
    );
    await says("arq-rate >> nth=1", "seen 5 h 12 min of 24 h");
    await says("arq-pager", "1–50 of 10,500");
    assert.equal(await rows().count(), 50);
    await says(".job >> nth=9", /Failed ×3 sync_inventory .* KeyError: 'user_id'/);
    const chart = await opened.page.locator("canvas").getAttribute("aria-label");
    assert.match(chart ?? "", /Jobs ended per minute in the last hour: \d+ complete, \d+ failed/);
  });

  it("names production, its health and what the server refuses", async () => {
    await openDashboard(dashboardSamples["production"]);
    await says("header", /shop production redis-1.* In trouble live · poll/i);
    await says(".notice", "1,204 jobs in arq:queue, more than 1,000");
    await says("main", "CLIENT LIST is refused: workers cannot be counted by their connections.");
    await says('[data-card="workers"]', "~3");
    assert.equal(await card("orphaned").count(), 1);
  });

  it("says how far the first look has come", async () => {
    await openDashboard(dashboardSamples["sweeping"]);
    await says(".sweep", "Indexed 340,000 of about 1,000,000 keys");
  });

  it("never shows numbers of a lost connection as live", async () => {
    await openDashboard(dashboardSamples["lost"]);
    await says(
      "[role=alert]",
      /Not live since 14:04:04 — The connection to localhost:6379 was lost\. Check that Redis/,
    );
    await says("main", "as of 14:04:31");
    assert.equal(await opened.page.locator(".health").count(), 0);
    for (const part of ["arq-stat-cards", "arq-queue-depth", "arq-throughput", "arq-rate", "arq-job-table"]) {
      assert.equal(await opened.page.locator(`${part}[stale]`).first().count(), 1, `${part} is marked`);
    }
    await opened.page.getByText("Show Log").click();
    await eventually(() => assert.deepEqual(opened.asked("run"), [{ command: "showLog" }]));
  });

  for (const [name, button, command] of [
    ["unconfigured", "Connect to Redis…", "connect"],
    ["cannotConnect", "Set Password", "setPassword"],
    ["empty", "Switch Connection", "switchConnection"],
  ] as const) {
    it(`offers "${button}" when it is ${name}`, async () => {
      await openDashboard(dashboardSamples[name]);
      await opened.page.getByText(button, { exact: true }).click();
      await eventually(() => assert.deepEqual(opened.asked("run"), [{ command }]));
    });
  }

  it("shows the reason when the host cannot answer at all", async () => {
    const answers = {
      ready: () => {
        throw new Error("the session is closed");
      },
    };
    await openDashboard(undefined, { answers });
    await says("main", "the session is closed");
  });

  it("redraws a number that an update changes", async () => {
    await openDashboard();
    await opened.notify(
      "update",
      sampleDashboard({ snapshot: sampleSnapshot({ counts: sampleCounts({ queued: 129 }) }) }),
    );
    await eventually(async () => assert.equal(await card("queued").locator(".number").innerText(), "129"));
  });

  it("opens a job by a click on its row and by Enter", async () => {
    await openDashboard();
    await rows().nth(2).click();
    await eventually(() => assert.deepEqual(opened.asked("openJob"), [{ id: sampleRow(2).id }]));
    await opened.page.keyboard.press("ArrowDown");
    await opened.page.keyboard.press("Enter");
    await eventually(() => assert.deepEqual(opened.asked("openJob").at(-1), { id: sampleRow(3).id }));
    await opened.page.keyboard.press("End");
    await opened.page.keyboard.press("Enter");
    await eventually(() => assert.deepEqual(opened.asked("openJob").at(-1), { id: sampleRow(49).id }));
    await opened.page.keyboard.press("Home");
    await opened.page.keyboard.press("Enter");
    await eventually(() => assert.deepEqual(opened.asked("openJob").at(-1), { id: sampleRow(0).id }));
  });

  it("filters by a click on a number, and shows everything again by a second one", async () => {
    await openDashboard();
    await card("failed").click();
    await eventually(() => assert.deepEqual(lastQuery(), { ...newestFirst, states: ["failed"] }));
    await eventually(async () => assert.equal(await card("failed").getAttribute("aria-pressed"), "true"));
    await card("failed").click();
    await eventually(() => assert.deepEqual(lastQuery(), newestFirst));
  });

  it("filters by several statuses, and each can be taken away again", async () => {
    await openDashboard();
    await opened.page.locator(".opener").click();
    for (const state of ["failed", "aborted"])
      await opened.page.locator(`vscode-checkbox[data-state=${state}]`).click();
    await eventually(() => assert.deepEqual(lastQuery()?.states, ["failed", "aborted"]));
    await opened.page.keyboard.press("Escape");
    await opened.page.getByLabel("Remove filter Failed").click();
    await eventually(() => assert.deepEqual(lastQuery()?.states, ["aborted"]));
    await opened.page.getByText("Clear filters").click();
    await eventually(() => assert.deepEqual(lastQuery(), newestFirst));
  });

  it("filters by queue, by the dropdown and by a click on the queue's bar", async () => {
    await openDashboard();
    await opened.page.locator("vscode-dropdown.queue").click();
    await opened.page.getByRole("option", { name: "arq:mail" }).click();
    await eventually(() => assert.equal(lastQuery()?.queue, "arq:mail"));
    await opened.page.locator('[data-queue="arq:queue"]').click();
    await eventually(() => assert.equal(lastQuery()?.queue, "arq:queue"));
    await eventually(async () =>
      assert.equal(
        await opened.page.locator("vscode-dropdown.queue").evaluate((each: { value?: string }) => each.value),
        "q:arq:queue",
      ),
    );
  });

  it("searches after a pause in the typing, from the key / on", async () => {
    await openDashboard();
    await opened.page.keyboard.press("/");
    await opened.page.keyboard.type("card", { delay: 10 });
    await eventually(() => assert.deepEqual(lastQuery(), { ...newestFirst, text: "card" }));
    assert.equal(opened.asked("query").length, 1, "one search for four keys");
  });

  it("keeps what is being typed when an update arrives", async () => {
    await openDashboard();
    await opened.page.keyboard.press("/");
    await opened.page.keyboard.type("ca");
    await opened.notify(
      "update",
      sampleDashboard({ snapshot: sampleSnapshot({ counts: sampleCounts({ queued: 1 }) }) }),
    );
    await opened.page.keyboard.type("rd");
    await eventually(() => assert.equal(lastQuery()?.text, "card"));
  });

  it("sorts by a column's head", async () => {
    await openDashboard();
    const head = opened.page.getByRole("button", { name: "Duration" });
    await head.click();
    await eventually(() => assert.deepEqual([lastQuery()?.sort, lastQuery()?.descending], ["runMs", true]));
    await eventually(async () =>
      assert.equal(
        await opened.page.locator(".cell.duration[aria-sort]").first().getAttribute("aria-sort"),
        "descending",
      ),
    );
    await head.click();
    await eventually(() => assert.deepEqual([lastQuery()?.sort, lastQuery()?.descending], ["runMs", false]));
  });

  it("turns pages by button and by key", async () => {
    await openDashboard();
    await opened.page.getByLabel("Next page").first().click();
    await eventually(() => assert.equal(lastQuery()?.offset, 50));
    await says("arq-pager", "51–100 of 10,500");
    await rows().first().focus();
    await opened.page.keyboard.press("PageDown");
    await eventually(() => assert.equal(lastQuery()?.offset, 100));
    await opened.page.keyboard.press("PageUp");
    await eventually(() => assert.equal(lastQuery()?.offset, 50));
  });

  it("goes to the last page there is when the shown one is gone", async () => {
    await openDashboard({ ...sampleDashboard(), query: { ...newestFirst, offset: 100 } });
    await opened.notify(
      "update",
      sampleDashboard({ page: { rows: [], total: 70, indexed: 70 }, query: { ...newestFirst, offset: 100 } }),
    );
    await eventually(() => assert.equal(lastQuery()?.offset, 50));
  });

  it("does not show rows of an older query over those of a newer one", async () => {
    let release: (view: DashboardView) => void = () => undefined;
    const late = new Promise<DashboardView>((resolve) => {
      release = resolve;
    });
    await openDashboard(undefined, { answers: { query: () => late } });
    await card("failed").click();
    await eventually(() => assert.equal(lastQuery()?.states[0], "failed"));
    const counts = sampleCounts({ queued: 7 });
    await opened.notify(
      "update",
      sampleDashboard({
        snapshot: sampleSnapshot({ counts }),
        page: { rows: sampleRows(900, 3), total: 3, indexed: 3 },
      }),
    );
    await eventually(async () => assert.equal(await card("queued").locator(".number").innerText(), "7"));
    assert.equal(await rows().count(), 50);
    const failed = { rows: [sampleRow(2)], total: 1, indexed: 10_500 };
    release(sampleDashboard({ page: failed, query: { ...newestFirst, states: ["failed"] } }));
    await eventually(async () => assert.equal(await rows().count(), 1));
  });

  it("keeps scroll, focus and the rows' elements when an update brings new jobs", async () => {
    await openDashboard();
    await rows().nth(30).focus();
    const { page } = opened;
    const id = await rows().nth(30).getAttribute("data-id");
    await page.evaluate("window.scrollTo(0, 700)");
    const top = () =>
      page
        .locator(`.job[data-id="${id}"]`)
        .evaluate((each: { getBoundingClientRect(): { top: number } }) => each.getBoundingClientRect().top);
    await page.locator(`.job[data-id="${id}"]`).evaluate((each: { mark?: string }) => (each.mark = "the same"));
    const before = await top();
    const fresh = [sampleRow(1000, { id: "fresh-1" }), sampleRow(1001, { id: "fresh-2" })];
    await opened.notify(
      "update",
      sampleDashboard({ page: { rows: [...fresh, ...sampleRows(0, 48)], total: 10_502, indexed: 10_502 } }),
    );
    await says("arq-pager", "10,502");
    const row = page.locator(`.job[data-id="${id}"]`);
    assert.equal(await row.evaluate((each: { mark?: string }) => each.mark), "the same");
    assert.ok(Math.abs((await top()) - before) < 2, "the row stays where it was");
    await page.keyboard.press("Enter");
    await eventually(() => assert.deepEqual(opened.asked("openJob"), [{ id }]));
  });

  it("keeps the focus on a job whose row moves", async () => {
    await openDashboard();
    const id = await rows().nth(5).getAttribute("data-id");
    await rows().nth(5).focus();
    await opened.notify(
      "update",
      sampleDashboard({ page: { rows: sampleRows(0, 50).toReversed(), total: 10_500, indexed: 10_500 } }),
    );
    await eventually(async () => assert.equal(await rows().nth(44).getAttribute("data-id"), id));
    await opened.page.keyboard.press("Enter");
    await eventually(() => assert.deepEqual(opened.asked("openJob"), [{ id }]));
  });

  it("asks for what it showed before a reload, and stores every new query", async () => {
    const intent = { query: { ...newestFirst, text: "card" } };
    await openDashboard({ ...sampleDashboard(), ...intent }, { remembered: intent });
    assert.deepEqual(opened.asked("ready"), [{ intent }]);
    await eventually(async () =>
      assert.equal(await opened.page.locator("vscode-text-field input").inputValue(), "card"),
    );
    await card("failed").click();
    await eventually(() =>
      assert.deepEqual(opened.remembered, { query: { ...newestFirst, text: "card", states: ["failed"] } }),
    );
  });

  it("lists what is known of each worker on a click on their number", async () => {
    await openDashboard();
    await opened.page.locator("[data-card=workers]").click();
    await says(
      "arq-worker-list",
      /arq:queue arq:queue seen \d+ s ago.*One health record.*mail-1:4711 arq:mail last seen 3 min ago/,
    );
  });
});

describe("the job page", () => {
  it("shows state, times, values, error and tracebacks", async () => {
    await openJob();
    await says("main", /charge_card Failed order:80153:charge .*Failed after 4\.2 s, on try 3\./);
    await says("arq-job-times", /waited 12 s ran 4\.2 s Enqueued 2026 Nov 21 13:59:31\.250 5 min ago/);
    await says("arq-job-times", /Tries 3 Worker worker-7c9d:4711 Kept Redis forgets this in 12:\d\d/);
    await says(
      "arq-error",
      /shop\.payments\.errors\.CardDeclined: card ending in 4242 .* while charging order 80153 The task raised/,
    );
    await says(
      "arq-traceback-list",
      /gateway\.py:88 in post response = await self\.client\.post.* 3 library frames httpx\.HTTPStatusError: Client error .* direct cause .* 1 library frame .*orders\.py:42 in charge_card/,
    );
    assert.equal(await opened.page.locator('span[title="2026-11-21 12:59:31.250 UTC"]').count(), 1);
    assert.ok((await opened.page.locator("code .keyword").count()) > 2, "source lines are coloured");
  });

  it("opens a frame where it is clicked, and to the side with a modifier", async () => {
    await openJob();
    await opened.page.locator("button.frame", { hasText: "orders.py" }).click();
    await opened.page.locator("button.frame", { hasText: "gateway.py:61" }).click({ modifiers: ["Alt"] });
    await eventually(() =>
      assert.deepEqual(opened.asked("openFrame"), [
        { traceback: 1, frame: 1, toSide: false },
        { traceback: 1, frame: 2, toSide: true },
      ]),
    );
  });

  it("unfolds library frames, and keeps them and opened values open over an update", async () => {
    await openJob();
    await opened.page.getByText("3 library frames").click();
    await opened.page.locator('arq-payload[what=args] [data-key="1"] .line').click();
    await says("arq-payload[what=args]", "'total': Decimal('74.90')");
    await opened.page.locator('arq-payload[what=args] [data-key="1.0"] .line').first().click();
    assert.ok(failedJob.kind === "job");
    await opened.notify("update", JSON.parse(JSON.stringify({ ...failedJob, sentence: "Updated." })));
    await says(".sentence", "Updated.");
    await says("arq-payload[what=args]", "1: OrderLine(sku='MUG-01', quantity=1)");
    assert.equal(await opened.page.locator("button.frame", { hasText: "_models.py" }).count(), 1);
    assert.deepEqual(opened.asked("expandValue"), [
      { root: "args", path: [1] },
      { root: "args", path: [1, 0] },
    ]);
  });

  it("walks a value by the arrow keys", async () => {
    await openJob();
    await opened.page.locator('arq-payload[what=args] [data-key=""]').focus();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await opened.page.keyboard.press(key);
    await says("arq-payload[what=args]", "'coupon': None");
    await opened.page.keyboard.press("ArrowRight");
    const focused = () => opened.page.locator("arq-payload[what=args] li:focus").getAttribute("data-key");
    await eventually(async () => assert.equal(await focused(), "1.0"));
    await opened.page.keyboard.press("ArrowLeft");
    await opened.page.keyboard.press("ArrowLeft");
    await eventually(async () =>
      assert.equal(
        await opened.page.locator('arq-payload[what=args] [data-key="1"]').getAttribute("aria-expanded"),
        "false",
      ),
    );
  });

  it("keeps hidden and large values behind a button that names the size", async () => {
    await openJob(jobSamples["noTraceback"]);
    await says("arq-payload[what=kwargs]", "Load 1.2 MB");
    await opened.page.getByText("Show 4.1 kB").click();
    await says("arq-payload[what=args]", "0: 80153");
    assert.deepEqual(opened.asked("loadPayload"), [{ root: "args" }]);
    await opened.notify("update", jobSamples["noTraceback"]);
    await says("arq-payload[what=args]", "0: 80153");
  });

  it("says why there is no traceback, and copies what would give one", async () => {
    await openJob(jobSamples["noTraceback"]);
    await says("arq-error", /ARQ stores the exception .* Store tracebacks with the results .* def with_traceback/);
    await opened.page.getByLabel("Copy code").click();
    await eventually(() => assert.deepEqual(opened.asked("copy"), [{ what: "remedy", index: 0 }]));
  });

  it("copies id, error, traceback and values through the host", async () => {
    await openJob();
    for (const label of ["Copy job id", "Copy error", "Copy traceback", "Copy arguments as Python"])
      await opened.page.getByLabel(label).click();
    await eventually(() =>
      assert.deepEqual(
        opened.asked("copy").map((params) => (params as { what: string }).what),
        ["id", "error", "traceback", "args"],
      ),
    );
  });

  it("says what a lost connection means for what is shown", async () => {
    await openJob(jobSamples["notLive"]);
    await says(".notice", "Not live. What is shown is as of 14:04:31.");
  });

  it("explains a job that is gone and one that cannot be read", async () => {
    await openJob(jobSamples["gone"]);
    await says("main", /This job is gone Redis has forgotten it/);
    await opened.notify("update", jobSamples["unreachable"]);
    await says("main", /cannot be read now The connection to localhost:6379 was lost/);
  });

  it("asks for the job it showed before a reload", async () => {
    await openJob(failedJob, { remembered: { id: "order:80153:charge" } });
    assert.deepEqual(opened.asked("ready"), [{ id: "order:80153:charge" }]);
    await eventually(() => assert.deepEqual(opened.remembered, { id: "order:80153:charge" }));
  });
});

describe("text from Redis", () => {
  const hostile = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
  const nasties = [
    hostile,
    "x".repeat(3000),
    "\u202Egnp.exe \u05D0\u05D1\u05D2 \u0000\u0007",
    "{{7*7}} ${7*7} javascript:alert(1)",
  ];

  it("stays text on the dashboard", async () => {
    const rows = nasties.map((text, index) =>
      sampleRow(index, {
        id: `${index}${text}`,
        function: text,
        queue: text,
        state: "failed",
        error: { kind: "exception", type: text, message: text, hasTraceback: false },
      }),
    );
    const { queues } = sampleSnapshot();
    const snapshot = sampleSnapshot({ queues: nasties.map((name) => ({ ...queues[0]!, name })) });
    await openDashboard(sampleDashboard({ snapshot, page: { rows, total: rows.length, indexed: rows.length } }), {
      width: 300,
    });
    await says(".job .function", hostile);
    assert.equal(await opened.page.locator("img").count(), 0);
    assert.equal(await opened.page.title(), "ARQ dashboard");
    assert.equal(await overflow(), 0);
  });

  it("stays text on the job page", async () => {
    assert.ok(failedJob.kind === "job" && failedJob.error !== null);
    const value = (text: string, index: number): ValueNode => ({
      path: [index],
      label: text,
      text,
      kind: "string",
      childCount: 0,
    });
    const text = nasties.join(" ");
    const traceback = failedJob.error.tracebacks[0]!;
    const frames = nasties.map((nasty, index) => ({
      ...traceback.frames[0]!,
      index,
      file: nasty,
      function: nasty,
      source: nasty,
    }));
    await openJob(
      {
        ...failedJob,
        row: { ...failedJob.row, id: text, function: text, queue: text, worker: text },
        args: {
          state: "shown",
          size: 1,
          codec: text,
          root: { ...value(text, 0), path: [], childCount: 4 },
          children: nasties.map(value),
        },
        error: {
          ...failedJob.error,
          type: text,
          message: text,
          notes: nasties,
          tracebacks: [{ ...traceback, frames, type: text, message: text }],
        },
      },
      { width: 300 },
    );
    await says("h1", hostile);
    assert.equal(await opened.page.locator("img").count(), 0);
    assert.equal(await opened.page.title(), "ARQ job");
    assert.equal(await overflow(), 0);
  });
});

/** How far the page is wider than its window, px. */
async function overflow(): Promise<number> {
  return opened.page.evaluate(() => {
    const { documentElement } = (
      globalThis as unknown as { document: { documentElement: { scrollWidth: number; clientWidth: number } } }
    ).document;
    return documentElement.scrollWidth - documentElement.clientWidth;
  });
}

describe("every page", () => {
  const axe = readFileSync(createRequire(__filename).resolve("axe-core/axe.min.js"), "utf8");
  const samples = [
    ...Object.entries(dashboardSamples).map(([name, view]) => ["dashboard", name, view] as const),
    ...Object.entries(jobSamples).map(([name, view]) => ["job", name, view] as const),
  ];
  const open = (page: "dashboard" | "job", view: unknown, more: More) =>
    page === "dashboard" ? openDashboard(view as DashboardView, more) : openJob(view as JobView, more);

  for (const [page, name, view] of samples) {
    it(`is accessible in every theme and never wider than its window: ${page} ${name}`, async () => {
      await open(page, view, {});
      await opened.page.evaluate(axe);
      for (const theme of themeNames) {
        await opened.setTheme(theme);
        const found = await opened.page.evaluate(async () => {
          const { axe, document } = globalThis as unknown as {
            document: unknown;
            axe: {
              run(
                context: unknown,
                options: object,
              ): Promise<{
                violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
              }>;
            };
          };
          const { violations } = await axe.run(document, { resultTypes: ["violations"] });
          return violations
            .filter(({ impact }) => impact === "serious" || impact === "critical")
            .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`);
        });
        assert.deepEqual(found, [], theme);
      }
      for (const width of [300, 480, 700, 800, 880, 1000, 1400]) {
        await opened.page.setViewportSize({ width, height: 800 });
        await eventually(async () => assert.equal(await overflow(), 0, `at ${width} px`));
      }
    });
  }

  it("stays well under the size that opens in a blink", async () => {
    await openDashboard();
    for (const [name, size] of Object.entries(harness.sizes))
      assert.ok(size > 0 && size < 450_000, `${name}: ${size} bytes`);
  });
});
