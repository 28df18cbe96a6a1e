import assert from "node:assert/strict";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import { failedJob, jobSamples } from "../support/sampleJobs";

const test = new PageTest();

describe("the job page", () => {
  it("says that Redis has forgotten the job, which is shown as last seen", async () => {
    assert.ok(failedJob.kind === "job");
    await test.openJob({ ...failedJob, row: { ...failedJob.row, rememberedSince: failedJob.at - 60_000 } });
    await test.says(".notice", "Redis has forgotten this job; shown as last seen.");
  });

  it("shows state, times, values, error and tracebacks", async () => {
    await test.openJob();
    await test.says("main", /charge_card Failed order:80153:charge .*Failed after 4\.2 s, 4 min ago, try 3\./);
    await test.says("arq-job-times", /waited 12 s ran 4\.2 s Enqueued 2026 Nov 21 13:59:31\.250 5 min ago/);
    await test.says(
      "arq-job-times",
      /Tries 3 Worker worker-7c9d:4711 Release 2026\.11\.3 Kept Redis forgets this in 12:\d\d/,
    );
    await test.says(
      "arq-error",
      /shop\.payments\.errors\.CardDeclined: card ending in 4242 .* while charging order 80153 The task raised .* raise arq\.Retry\(defer=…\) from the except block\./,
    );
    await test.says(
      "arq-traceback-list",
      /gateway\.py:88 in post response = await self\.client\.post.* 3 library frames httpx\.HTTPStatusError: Client error .* direct cause .* 1 library frame .*orders\.py:42 in charge_card/,
    );
    assert.equal(await test.page.locator('span[title="2026-11-21 12:59:31.250 UTC"]').count(), 1);
    assert.ok((await test.page.locator("code .keyword").count()) > 2, "source lines are coloured");
  });

  it("shows the error of each try, and the way from it to the line", async () => {
    await test.openJob(jobSamples["retried"]);
    await test.says("arq-tries", /Try 1: shop\.payments\.errors\.GatewayBusy: the gateway answered 503/);
    await test.says("arq-tries", /Try 3: .*CardDeclined: .*and that was the end.* Its traceback stands above\./);
    await test.page.locator("arq-tries summary").click();
    await test.says("arq-tries", /Asked for another try in 5\.0? ?s\. It ended at .* on worker-7c9d:4711\./);
    await test.page.locator("arq-tries button.own").first().click();
    await eventually(() => {
      const [asked] = test.opened.asked("openFrame") as { attempt?: number; traceback: number }[];
      assert.deepEqual([asked?.attempt, asked?.traceback], [0, 0]);
    });
  });

  it("offers the worker instrumentation where a traceback is missing", async () => {
    await test.openJob(jobSamples["noTraceback"]);
    await test.page.getByText("Add Worker Instrumentation…").click();
    await eventually(() => assert.deepEqual(test.opened.asked("run"), [{ command: "addWorkerInstrumentation" }]));
  });

  it("opens a frame where it is clicked, and to the side with a modifier", async () => {
    await test.openJob();
    await test.page.locator("button.frame", { hasText: "orders.py" }).click();
    await test.page.locator("button.frame", { hasText: "gateway.py:61" }).click({ modifiers: ["Alt"] });
    await eventually(() =>
      assert.deepEqual(test.opened.asked("openFrame"), [
        { traceback: 1, frame: 1, toSide: false },
        { traceback: 1, frame: 2, toSide: true },
      ]),
    );
  });

  it("unfolds library frames, and keeps them and opened values open over an update", async () => {
    await test.openJob();
    await test.page.getByText("3 library frames").click();
    await test.page.locator('arq-payload[what=args] [data-key="1"] .line').click();
    await test.says("arq-payload[what=args]", "'total': Decimal('74.90')");
    await test.page.locator('arq-payload[what=args] [data-key="1.0"] .line').first().click();
    assert.ok(failedJob.kind === "job");
    const row = { ...failedJob.row, tries: 4 };
    await test.opened.notify("update", JSON.parse(JSON.stringify({ ...failedJob, row })));
    await test.says(".sentence", "Failed after 4.2 s, 4 min ago, try 4.");
    await test.says("arq-payload[what=args]", "1: OrderLine(sku='MUG-01', quantity=1)");
    assert.equal(await test.page.locator("button.frame", { hasText: "_models.py" }).count(), 1);
    assert.deepEqual(test.opened.asked("expandValue"), [
      { root: "args", path: [1] },
      { root: "args", path: [1, 0] },
    ]);
  });

  it("walks a value by the arrow keys", async () => {
    await test.openJob();
    await test.page.locator('arq-payload[what=args] [data-key=""]').focus();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await test.page.keyboard.press(key);
    await test.says("arq-payload[what=args]", "'coupon': None");
    await test.page.keyboard.press("ArrowRight");
    const focused = () => test.page.locator("arq-payload[what=args] li:focus").getAttribute("data-key");
    await eventually(async () => assert.equal(await focused(), "1.0"));
    await test.page.keyboard.press("ArrowLeft");
    await test.page.keyboard.press("ArrowLeft");
    await eventually(async () =>
      assert.equal(
        await test.page.locator('arq-payload[what=args] [data-key="1"]').getAttribute("aria-expanded"),
        "false",
      ),
    );
  });

  it("keeps hidden and large values behind a button that names the size", async () => {
    await test.openJob(jobSamples["noTraceback"]);
    await test.says("arq-payload[what=kwargs]", "Load 1.2 MB");
    await test.page.getByText("Show 4.1 kB").click();
    await test.says("arq-payload[what=args]", "0: 80153");
    assert.deepEqual(test.opened.asked("loadPayload"), [{ root: "args" }]);
    await test.opened.notify("update", jobSamples["noTraceback"]);
    await test.says("arq-payload[what=args]", "0: 80153");
  });

  it("says why there is no traceback, and copies what would give one", async () => {
    await test.openJob(jobSamples["noTraceback"]);
    await test.says("arq-error", /ARQ stores the exception .* Store tracebacks with the results .* def with_traceback/);
    await test.page.getByLabel("Copy code").click();
    await eventually(() => assert.deepEqual(test.opened.asked("copy"), [{ what: "remedy", index: 0 }]));
  });

  it("copies id, error, traceback and values through the host", async () => {
    await test.openJob();
    for (const label of ["Copy job id", "Copy error", "Copy traceback", "Copy arguments as Python"])
      await test.page.getByLabel(label).click();
    await eventually(() =>
      assert.deepEqual(
        test.opened.asked("copy").map((params) => (params as { what: string }).what),
        ["id", "error", "traceback", "args"],
      ),
    );
  });

  it("says what a lost connection means for what is shown", async () => {
    await test.openJob(jobSamples["notLive"]);
    await test.says(".notice", "Not live. What is shown is as of 14:04:31.");
  });

  it("explains a job that is gone and one that cannot be read", async () => {
    await test.openJob(jobSamples["gone"]);
    await test.says("main", /This job is gone Redis has forgotten it/);
    await test.opened.notify("update", jobSamples["unreachable"]);
    await test.says("main", /cannot be read now The connection to localhost:6379 was lost/);
  });

  it("asks for the job it showed before a reload", async () => {
    await test.openJob(failedJob, { remembered: { id: "order:80153:charge" } });
    assert.deepEqual(test.opened.asked("ready"), [{ id: "order:80153:charge" }]);
    await eventually(() => assert.deepEqual(test.opened.remembered, { id: "order:80153:charge" }));
  });
});
