import assert from "node:assert/strict";
import type { JobView } from "../../src/protocol/viewModels";
import { eventually } from "../support/eventually";
import { PageTest } from "../support/pageTest";
import { failedJob, jobSamples, sampleRuns } from "../support/sampleJobs";

const test = new PageTest();
const asked = (name: string) => test.opened.asked(name);
const update = (view: JobView) => test.opened.notify("update", JSON.parse(JSON.stringify(view)));

describe("the job page", () => {
  it("says that Redis has forgotten the job, which is shown as last seen", async () => {
    await test.openJob({ ...failedJob, row: { ...failedJob.row, rememberedSince: failedJob.at - 60_000 } });
    await test.says(".notice", "Redis has forgotten this job; shown as last seen.");
  });

  it("says of a job that was forgotten before it was looked at that it shows what was remembered", async () => {
    await test.openJob({ ...failedJob, row: { ...failedJob.row, rememberedSince: failedJob.row.finishedAt } });
    await test.says(
      ".notice",
      /Redis has forgotten this job; shown is what was remembered when it failed, 2026 Nov 21/,
    );
  });

  it("shows state, times, values, error and tracebacks", async () => {
    await test.openJob();
    await test.says("main", /charge_card Failed order:80153:charge .*Failed after 4\.2 s, 4 min ago, try 3\./);
    await test.says(
      "arq-job-times",
      /retried 11 s waited 1\.2 s ran 4\.2 s Enqueued 2026 Nov 21 13:59:31\.250 5 min ago/,
    );
    await test.says(
      "arq-job-times",
      /Tries 3 Worker worker-7c9d:4711 Release 2026\.11\.3 Kept Redis forgets this in 1[12]:\d\d/,
    );
    await test.says(
      "arq-error",
      /shop\.payments\.errors\.CardDeclined: card ending in 4242 .* while charging order 80153 The task raised .* raise arq\.Retry\(defer=…\) from the except block\./,
    );
    await test.says(
      "arq-traceback-list",
      /gateway\.py:88 in post .* 3 library frames httpx\.HTTPStatusError: Client error .* direct cause .* 1 library frame .*orders\.py:42 in charge_card/,
    );
    assert.ok((await test.page.locator("code .keyword").count()) > 0, "source lines are coloured");
  });

  it("tells every time local, in UTC and how long ago, on hover, and all in UTC by a button", async () => {
    await test.openJob();
    const title = await test.page.locator("time").first().getAttribute("title");
    assert.match(title ?? "", /^2026 Nov 21 13:59:31\.250 local time\n2026-11-21 12:59:31\.250 UTC\n5 min ago$/);
    await test.page.getByText("In UTC").click();
    await test.says("arq-job-times", "Enqueued 2026-11-21 12:59:31.250 UTC");
    await test.page.getByText("In local time").click();
    await test.says("arq-job-times", "Enqueued 2026 Nov 21 13:59:31.250");
  });

  it("says live how long it runs, at which try, and when ARQ hands it on if its worker is dead", async () => {
    await test.openJob(jobSamples["running"]);
    await test.says(
      ".sentence",
      /Running for \d.*s, try 2\. ARQ hands it to another worker in [34]:\d\d if this one is dead\./,
    );
    await test.says("arq-job-times", /retried 30 s waited 640 ms running \d.*s/);
    await test.says("arq-job-times", /Claim lapses in [34]:\d\d Payload expires in 23 h 5\d min/);
    await test.says("main", "ARQ runs a job again after Retry and RetryJob");
  });

  it("tells when the next try is due, and why there is one", async () => {
    await test.openJob(jobSamples["retrying"]);
    await test.says(".sentence", /Waiting for try 3, due in [12] min/);
    await test.says("arq-job-times", /retrying \d min/);
    await test.says("arq-job-times", /Next try 2026 Nov 21 14:06:36\.250 .*Tries 2/);
    await test.says("main", "ARQ will run it again, because try 2 asked for it");
  });

  it("shows the error of each try, and the way from it to the line", async () => {
    await test.openJob(jobSamples["retried"]);
    await test.says("arq-tries", /Try 1: shop\.payments\.errors\.GatewayBusy: the gateway answered 503/);
    await test.says("arq-tries", /Try 3: .*CardDeclined: .*and that was the end.* Its traceback stands above\./);
    await test.page.locator("arq-tries summary").click();
    await test.says("arq-tries", /Asked for another try in 5\.0? ?s\. It ended at .* on worker-7c9d:4711\./);
    await test.page.locator("arq-tries .own button.go").first().click();
    await eventually(() => {
      const [first] = asked("openFrame") as { attempt?: number; traceback: number }[];
      assert.deepEqual([first?.attempt, first?.traceback], [0, 0]);
    });
  });

  it("offers the worker instrumentation where a traceback is missing", async () => {
    await test.openJob(jobSamples["noTraceback"]);
    await test.page.getByText("Add Worker Instrumentation…").click();
    await eventually(() => assert.deepEqual(asked("run"), [{ command: "addWorkerInstrumentation" }]));
  });

  it("opens a frame where it is clicked, and to the side with a modifier", async () => {
    await test.openJob();
    await test.page.locator("button.go", { hasText: "orders.py" }).click();
    await test.page.locator("button.go", { hasText: "gateway.py:61" }).click({ modifiers: ["Alt"] });
    await eventually(() =>
      assert.deepEqual(asked("openFrame"), [
        { traceback: 1, frame: 1, toSide: false },
        { traceback: 1, frame: 2, toSide: true },
      ]),
    );
  });

  it("shows the lines around the frame of one's own code that failed, and says when the file was edited since", async () => {
    await test.openJob();
    const last = "arq-traceback-list ol:last-of-type arq-frame";
    await test.says(
      "arq-traceback-list",
      /60 reason = .* Line 61, the one that failed: raise CardDeclined\(card, reason\)/,
    );
    await test.says(
      "arq-traceback-list",
      /Edited since: this is shop\/payments\/gateway\.py as it is now\. The traceback printed: response = await self\.client\.post\(url, json=body, timeout=30\)/,
    );
    await test.says("arq-traceback-list", /changed 2 days ago by Jane Doe, first failure 1 day ago 58 except/);
    assert.equal(await test.page.locator(".source .here").count(), 2);
    const orders = test.page.locator("arq-frame", { hasText: "orders.py" });
    await orders.getByLabel("Show the lines around it").click();
    await test.says("arq-traceback-list", /43 gateway = ctx\["gateway"\]/);
    await orders.getByLabel("Hide the lines around it").click();
    await eventually(async () => assert.equal(await test.page.locator(".source .here").count(), 2));
    assert.ok((await test.page.locator(last).count()) > 0);
  });

  it("says beside a frame whether its line has moved or was edited since, and nothing where it stands", async () => {
    await test.openJob();
    const state = (file: string) => test.page.locator("arq-frame", { hasText: file }).locator(".state");
    await eventually(async () => assert.equal(await state("orders.py:42").textContent(), "now line 44"));
    assert.equal(await state("gateway.py:88").textContent(), "edited since");
    assert.equal(await state("gateway.py:61").count(), 0);
  });

  it("peeks all frames and opens a frame as it was deployed, by its buttons and by keys", async () => {
    await test.openJob();
    const frame = test.page.locator("arq-frame", { hasText: "orders.py:42" });
    await frame.hover();
    await frame.getByLabel("Peek all frames").click();
    await frame.getByLabel("Open as deployed (2026.11.3)").click();
    await frame.locator("button.go").focus();
    await test.page.keyboard.press("p");
    await test.page.keyboard.press("d");
    const at = { traceback: 1, frame: 1 };
    const wanted = ["peek", "deployed", "peek", "deployed"].map((action) => ({ ...at, action }));
    await eventually(() => assert.deepEqual(asked("frameAction"), wanted));
  });

  it("offers no frame as deployed where no release and no commit is known", async () => {
    assert.ok(failedJob.kind === "job");
    await test.openJob({ ...failedJob, deployedAs: null });
    const frame = test.page.locator("arq-frame", { hasText: "orders.py:42" });
    await frame.locator("button.go").focus();
    await test.page.keyboard.press("d");
    assert.equal(await frame.getByLabel(/as deployed/).count(), 0);
    assert.equal(await frame.getByLabel("Peek all frames").count(), 1);
    assert.deepEqual(asked("frameAction"), []);
  });

  it("goes from frame to frame by the keyboard, first to the line that failed, and opens it", async () => {
    await test.openJob();
    await test.says("arq-traceback-list", "Line 61");
    const focused = () => test.page.locator("button.go:focus .file").textContent();
    await test.page.keyboard.press("j");
    await eventually(async () => assert.equal(await focused(), "gateway.py:61"));
    await test.page.keyboard.press("k");
    await eventually(async () => assert.equal(await focused(), "orders.py:42"));
    await test.page.keyboard.press("ArrowRight");
    await test.says("arq-traceback-list", "Line 44, the one that failed:");
    await test.page.keyboard.press("ArrowLeft");
    await test.page.keyboard.press("k");
    await eventually(async () => assert.equal(await focused(), "gateway.py:88"));
    await test.page.keyboard.press("Enter");
    await test.page.keyboard.press("Control+Enter");
    await eventually(() =>
      assert.deepEqual(asked("openFrame"), [
        { traceback: 0, frame: 0, toSide: false },
        { traceback: 0, frame: 0, toSide: true },
      ]),
    );
  });

  it("unfolds library frames, and keeps them, opened values and the focus over an update", async () => {
    await test.openJob();
    await test.page.getByText("3 library frames").click();
    await test.page.locator('arq-payload[what=args] [data-key="1"] .line').click();
    await test.says("arq-payload[what=args]", "'total': Decimal('74.90')");
    await test.page.locator('arq-payload[what=args] [data-key="1.0"] .line').first().click();
    await test.page.keyboard.press("j");
    await update({ ...failedJob, row: { ...failedJob.row, tries: 4 } });
    await test.says(".sentence", "Failed after 4.2 s, 4 min ago, try 4.");
    await test.says("arq-payload[what=args]", "1: OrderLine(sku='MUG-01', quantity=1)");
    assert.equal(await test.page.locator("button.go", { hasText: "_models.py" }).count(), 1);
    assert.equal(await test.page.locator("button.go:focus").count(), 1);
    assert.deepEqual(asked("expandValue"), [
      { root: "args", path: [1] },
      { root: "args", path: [1, 0] },
    ]);
  });

  it("walks a value by the arrow keys, and copies any part of it as Python or as JSON", async () => {
    await test.openJob();
    await test.page.locator('arq-payload[what=args] [data-key=""]').focus();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await test.page.keyboard.press(key);
    await test.says("arq-payload[what=args]", "'coupon': None");
    await test.page.keyboard.press("ArrowRight");
    const focused = () => test.page.locator("arq-payload[what=args] li:focus").getAttribute("data-key");
    await eventually(async () => assert.equal(await focused(), "1.0"));
    await test.page.keyboard.press("c");
    await test.says(".said", "Copied as Python");
    await test.page.keyboard.press("Shift+C");
    await test.says(".said", "Copied as JSON");
    await test.page.keyboard.press("ArrowLeft");
    await test.page.keyboard.press("ArrowLeft");
    await eventually(async () =>
      assert.equal(
        await test.page.locator('arq-payload[what=args] [data-key="1"]').getAttribute("aria-expanded"),
        "false",
      ),
    );
    await test.page.locator('arq-payload[what=args] [data-key="0"] .line').hover();
    await test.page.locator('arq-payload[what=args] [data-key="0"]').getByText("JSON").click();
    await eventually(() =>
      assert.deepEqual(asked("copyValue"), [
        { root: "args", path: [1, 0], as: "python" },
        { root: "args", path: [1, 0], as: "json" },
        { root: "args", path: [0], as: "json" },
      ]),
    );
  });

  it("keeps hidden and large values behind a button that names the size", async () => {
    await test.openJob(jobSamples["noTraceback"]);
    await test.says("arq-payload[what=args]", "Hidden, because this is production.");
    await test.says("arq-payload[what=kwargs]", "Load 1.2 MB");
    await test.page.getByText("Show 4.1 kB").click();
    await test.says("arq-payload[what=args]", "0: 80153");
    assert.deepEqual(asked("loadPayload"), [{ root: "args" }]);
  });

  it("hides values by its button, and at once also those that were opened", async () => {
    await test.openJob({ ...failedJob, args: { state: "large", size: 812_000 } });
    await test.page.getByText("Load 812 kB").click();
    await test.says("arq-payload[what=args]", "0: 80153");
    await test.page.getByText("Hide Values", { exact: true }).click();
    await eventually(() => assert.deepEqual(asked("hideValues"), [{ hidden: true }]));
    await update(jobSamples["valuesHidden"]!);
    await test.says("arq-payload[what=args]", "Hidden until you show values again.");
    await test.says("arq-payload[what=kwargs]", "Show 512 B");
    await test.page.keyboard.press("h");
    await eventually(() => assert.deepEqual(asked("hideValues").at(-1), { hidden: false }));
  });

  it("says what to do about values that cannot be read", async () => {
    await test.openJob(jobSamples["unreadableValues"]);
    await test.says("arq-payload[what=args]", /Cannot be read \(2\.1 kB\): .* a job_serializer may have encrypted it/);
    await test.says("arq-payload[what=kwargs]", /Look whether something else writes this key/);
  });

  it("says why there is no traceback, and copies what would give one", async () => {
    await test.openJob(jobSamples["noTraceback"]);
    await test.says("arq-error", /ARQ stores the exception .* Store tracebacks with the results .* def with_traceback/);
    await test.page.getByLabel("Copy code").click();
    await eventually(() => assert.deepEqual(asked("copy"), [{ what: "remedy", index: 0 }]));
  });

  it("debugs the job by a button and by its key, and copies it as a test, where its function is known", async () => {
    await test.openJob();
    await test.page.getByText("Debug This Job").click();
    await test.page.getByText("Copy as Pytest").click();
    await test.page.keyboard.press("b");
    await eventually(() => assert.deepEqual(asked("debug"), [{ as: "script" }, { as: "pytest" }, { as: "script" }]));
    await test.openJob({ ...failedJob, row: { ...failedJob.row, function: null } });
    await test.says("arq-job-actions", /Copy as Python Call/);
    assert.equal(await test.page.getByText("Debug This Job").count(), 0);
  });

  it("copies id, error, traceback, call, snippet, summary and values through the host, and says so", async () => {
    await test.openJob();
    for (const label of ["Copy job id", "Copy error", "Copy traceback"]) await test.page.getByLabel(label).click();
    await test.says(".said [role=status]", "Copied");
    await test.page.getByText("Copy as Python Call").click();
    await test.says(".said [role=status]", "Copied as a Python call");
    await test.page.getByText("Copy Re-enqueue Snippet").click();
    await test.says(".said [role=status]", "Copied the re-enqueue snippet");
    await test.page.getByText("Copy Incident Summary").click();
    await test.says(".said [role=status]", "Copied the incident summary");
    assert.deepEqual(
      asked("copy").map((params) => (params as { what: string }).what),
      ["id", "error", "traceback", "call", "snippet", "incident"],
    );
    await test.page.getByLabel("Copy arguments as Python").click();
    await test.page.getByLabel("Copy keyword arguments as JSON").click();
    await eventually(() =>
      assert.deepEqual(asked("copyValue"), [
        { root: "args", path: [], as: "python" },
        { root: "kwargs", path: [], as: "json" },
      ]),
    );
  });

  it("names the argument that cannot be written as Python", async () => {
    const refusal = "kwargs['api_key'] cannot be written as Python: it is hidden, because it may be a secret.";
    const copy = () => {
      throw new Error(refusal);
    };
    await test.openJob(failedJob, { answers: { copy } });
    await test.page.getByText("Copy as Python Call").click();
    await test.says("[role=alert]", refusal);
    await test.page.getByLabel("Dismiss").click();
    await eventually(async () => assert.equal(await test.page.locator("[role=alert]").count(), 0));
  });

  it("opens the function, watches the job and follows links, by button and by key", async () => {
    await test.openJob({ ...jobSamples["running"], watched: false } as JobView);
    await test.page.getByText("Open Function").click();
    await test.page.keyboard.press("f");
    await test.page.getByText("Watch This Job", { exact: true }).click();
    await eventually(() => assert.deepEqual(asked("watch"), [{ on: true }]));
    await update(jobSamples["running"]!);
    await test.says("arq-job-actions", "Stop Watching");
    await test.page.keyboard.press("w");
    await eventually(() => assert.deepEqual(asked("watch").at(-1), { on: false }));
    await test.page.getByText("Trace", { exact: true }).click();
    await eventually(() => assert.deepEqual(asked("openLink"), [{ index: 1 }]));
    assert.equal(asked("openFunction").length, 2);
  });

  it("offers to watch no job that has ended", async () => {
    await test.openJob();
    await test.says("arq-job-actions", "Open Function");
    assert.equal(await test.page.getByText("Watch This Job", { exact: true }).count(), 0);
    await test.page.keyboard.press("w");
    assert.deepEqual(asked("watch"), []);
  });

  it("lists other runs of the function, opens each, and leads to all of them", async () => {
    await test.openJob();
    await test.opened.notify("runs", sampleRuns);
    await test.says(
      "arq-other-runs",
      /Complete order:80152:charge \d+ \w+ ago 3\.1 s Failed shop\.payments\.errors\.CardDeclined/,
    );
    await test.page.getByText("order:80160:charge").click();
    await eventually(() => assert.deepEqual(asked("openJob"), [{ id: "order:80160:charge" }]));
    await test.page.getByText("All 1,204 in the job list").click();
    await eventually(() => assert.deepEqual(asked("showRuns"), [null]));
    await test.opened.notify("runs", { rows: [], total: 0 });
    await test.says("arq-other-runs", "None that Redis still knows.");
  });

  it("lists its keys, and takes none of them while they are shown", async () => {
    await test.openJob();
    await test.page.keyboard.press("?");
    await test.says("arq-keys-help", /Next frame of the traceback, previous frame/);
    await test.page.keyboard.press("h");
    await test.page.keyboard.press("Escape");
    await eventually(async () => assert.equal(await test.page.locator("dialog[open]").count(), 0));
    assert.deepEqual(asked("hideValues"), []);
  });

  it("says what a lost connection means for what is shown", async () => {
    await test.openJob(jobSamples["notLive"]);
    await test.says(".notice", "Not live. What is shown is as of 14:04:31.");
  });

  it("explains a job that is gone and one that cannot be read", async () => {
    await test.openJob(jobSamples["gone"]);
    await test.says("main", /This job is gone Redis has forgotten it/);
    await update(jobSamples["unreachable"]!);
    await test.says("main", /cannot be read now The connection to localhost:6379 was lost/);
  });

  it("says what is done while it loads, and offers to try again when nothing came", async () => {
    let answer: (view: unknown) => void = () => undefined;
    let fail = true;
    const ready = () => {
      if (fail) throw new Error("the extension was not there");
      return new Promise((resolve) => (answer = resolve));
    };
    await test.openJob(failedJob, { answers: { ready } });
    await test.says("main", /This job could not be shown .* the extension was not there/);
    fail = false;
    await test.page.getByText("Try Again", { exact: true }).click();
    await test.says("main", "Reading the job…");
    answer(failedJob);
    await test.says("h1", "charge_card");
  });

  it("asks for the job it showed before a reload", async () => {
    await test.openJob(failedJob, { remembered: { id: "order:80153:charge" } });
    assert.deepEqual(asked("ready"), [{ id: "order:80153:charge" }]);
    await eventually(() => assert.deepEqual(test.opened.remembered, { id: "order:80153:charge" }));
  });
});
