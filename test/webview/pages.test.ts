import assert from "node:assert/strict";
import type { DashboardView, JobView, ValueNode } from "../../src/protocol/viewModels";
import { seriousFindings } from "../support/accessibility";
import { eventually } from "../support/eventually";
import { PageTest, type More } from "../support/pageTest";
import { failedJob, jobSamples } from "../support/sampleJobs";
import { dashboardSamples, sampleJobs, sampleRow, sampleSnapshot } from "../support/sampleViews";
import { themeNames } from "../support/webviewThemes";

const test = new PageTest();

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
    await test.openDashboard(sampleJobs({ rows, total: rows.length }, {}, { snapshot }), {
      width: 300,
    });
    await test.says(".job .name", hostile);
    assert.equal(await test.page.locator("img").count(), 0);
    assert.equal(await test.page.title(), "ARQ dashboard");
    assert.equal(await test.overflow(), 0);
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
    await test.openJob(
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
    await test.says("h1", hostile);
    assert.equal(await test.page.locator("img").count(), 0);
    assert.equal(await test.page.title(), "ARQ job");
    assert.equal(await test.overflow(), 0);
  });
});

describe("every page", () => {
  // A dozen rows hold everything that fifty do.
  const short = (view: DashboardView): DashboardView => {
    const { body } = view;
    if (body?.tab === "jobs")
      return { ...view, body: { ...body, view: { ...body.view, rows: body.view.rows.slice(0, 12) } } };
    if (body?.tab === "activity")
      return { ...view, body: { ...body, view: { ...body.view, lines: body.view.lines.slice(0, 14) } } };
    return view;
  };
  const samples = [
    ...Object.entries(dashboardSamples).map(([name, view]) => ["dashboard", name, short(view)] as const),
    ...Object.entries(jobSamples).map(([name, view]) => ["job", name, view] as const),
  ];
  const open = (page: "dashboard" | "job", view: unknown, more: More) =>
    page === "dashboard" ? test.openDashboard(view as DashboardView, more) : test.openJob(view as JobView, more);

  const checkThemes = async () => {
    for (const theme of themeNames) {
      await test.opened.setTheme(theme);
      // The toolkit takes the new colours over some frames after the theme has changed.
      await eventually(async () => assert.deepEqual(await seriousFindings(test.page), [], theme));
    }
  };

  it("is accessible with everything opened", async () => {
    await test.openDashboard(short(sampleJobs()));
    await test.page.locator(".opener").click();
    await checkThemes();
  });

  it("is accessible with every value and frame opened", async () => {
    await test.openJob();
    await test.page.getByText("3 library frames").click();
    await test.page.locator('arq-payload[what=args] [data-key="1"] .line').click();
    await test.says("arq-payload[what=args]", "'coupon': None");
    await checkThemes();
  });

  for (const [page, name, view] of samples) {
    it(`is accessible in every theme and never wider than its window: ${page} ${name}`, async () => {
      await open(page, view, {});
      await checkThemes();
      for (const width of [300, 480, 700, 800, 880, 1000, 1400]) {
        await test.page.setViewportSize({ width, height: 800 });
        await eventually(async () => assert.equal(await test.overflow(), 0, `at ${width} px`));
      }
    });
  }

  it("stays well under the size that opens in a blink", async () => {
    await test.openDashboard(sampleJobs());
    assert.deepEqual(Object.keys(test.harness.sizes).sort(), ["charts.js", "dashboard.js", "job.js"]);
    for (const [name, size] of Object.entries(test.harness.sizes))
      assert.ok(size > 0 && size < 450_000, `${name}: ${size} bytes`);
  });
});
