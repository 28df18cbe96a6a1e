import assert from "node:assert/strict";
import { ArqKeys } from "../../../src/arq/keys";
import { decodeJob, decodeResult } from "../../../src/arq/payload";
import { jobView, payloadValue, type JobViewInput } from "../../../src/host/panels/jobView";
import type { JobTry } from "../../../src/arq/tries";
import { tracebackOfTries } from "../../../src/host/jobTries";
import { quotedTraceback } from "../../../src/host/quotedTraceback";
import type { JobDetail, JobRow } from "../../../src/monitor/model";
import { flattenChain } from "../../../src/python/frames";
import { parseTracebacks } from "../../../src/python/traceback";
import { pythonRepr } from "../../../src/python/repr";
import { jobPayload, resultPayload } from "../../demo/arqPayloads";
import { PyCall, tuple, type Pickled } from "../../demo/pickle";
import { jobFacts } from "../../support/jobFacts";
import { failedRow, now, row } from "./fakeMonitor";

const connection = { name: "shop", environment: null, production: false, address: "cache:6379/0" };

function detail(
  jobRow: JobRow,
  parts: { args?: Pickled[]; result?: Pickled; success?: boolean; ttl?: number },
): JobDetail {
  const payload = {
    function: "send_email",
    args: tuple(...(parts.args ?? [])),
    kwargs: { n: 3 },
    enqueuedAt: now - 60_000,
  };
  const job = jobPayload(payload);
  if (parts.result === undefined) {
    return {
      row: jobRow,
      facts: jobFacts({ id: jobRow.id }),
      job: { decoded: decodeJob(job), size: job.length },
      result: null,
      tries: [],
    };
  }
  const result = resultPayload({
    ...payload,
    id: jobRow.id,
    queue: "arq:queue",
    tries: 1,
    success: parts.success ?? true,
    result: parts.result,
    startedAt: now - 31_000,
    finishedAt: now - 30_000,
    extra: { rel: "2026.11.3" },
  });
  const facts = jobFacts({
    id: jobRow.id,
    readAt: now,
    result: { decoded: decodeResult(result), ttl: parts.ttl ?? -1 } as never,
  });
  return { row: jobRow, facts, job: null, result: { decoded: decodeResult(result), size: result.length }, tries: [] };
}

function view(jobDetail: JobDetail, options: Partial<JobViewInput> = {}) {
  const drawn = jobView({
    connection,
    detail: jobDetail,
    traceback: null,
    hiddenBy: null,
    opened: new Set(),
    now,
    live: true,
    keys: new ArqKeys(),
    links: [],
    watched: false,
    ...options,
  });
  assert.equal(drawn.kind, "job");
  return drawn;
}

const complete = row({ id: "j1", state: "complete", finishedAt: now - 30_000 });

const printedTraceback = `Traceback (most recent call last):
  File "/app/shop/tasks.py", line 7, in charge
    pay(card)
shop.errors.CardDeclined: no funds
`;

describe("a traceback that the values of a job quote", () => {
  const quoting: [where: string, parts: Parameters<typeof detail>[1], source: string][] = [
    ["in the text that it returned", { result: `no luck:\n${printedTraceback}` }, "in the return value"],
    [
      "deep in what it returned",
      { result: { ok: false, errors: [tuple("a", { tb: printedTraceback })] } },
      "in the return value",
    ],
    ["in JSON that it returned", { result: JSON.stringify({ tb: printedTraceback }) }, "in the return value"],
    [
      "as a list of lines",
      { result: [1, printedTraceback.split("\n").map((line) => `${line}\n`)] },
      "in the return value",
    ],
    ["in an argument of a job that waits", { args: ["order-7", printedTraceback] }, "in the arguments of the job"],
    [
      "in an argument of one that is done",
      { args: [{ error: printedTraceback }], result: "reported" },
      "in the arguments of the job",
    ],
  ];
  for (const [where, parts, source] of quoting) {
    it(`is shown as such ${where}`, () => {
      const job = detail(complete, parts);
      const traceback = quotedTraceback(job);
      const { error } = view(job, { traceback });
      assert.deepEqual(
        [error?.type, error?.message, error?.tracebackSource],
        ["shop.errors.CardDeclined", "no funds", source],
      );
      assert.equal(error?.tracebacks[0]?.frames[0]?.line, 7);
      assert.equal(error?.explanation, `The job itself did not fail: this traceback stands ${source}.`);
      assert.equal(error?.missing, null);
    });
  }

  it("does not stand for the traceback of the job's own failure, which is still said to be missing", () => {
    const job = detail(failedRow("j1"), {
      args: [printedTraceback],
      result: new PyCall("builtins", "KeyError", ["sku"]),
      success: false,
    });
    const { error } = view(job, { traceback: quotedTraceback(job) });
    assert.deepEqual([error?.type, error?.tracebackSource], ["KeyError", "in the arguments of the job"]);
    assert.notEqual(error?.missing, null);
  });

  it("is none where values hold none", () => {
    assert.equal(quotedTraceback(detail(complete, { args: ["a"], result: { tb: "none" } })), null);
  });
});

describe("what a job's page shows", () => {
  it("prints arguments and result the way Python does", () => {
    const drawn = view(detail(complete, { args: ["a@b.c", null], result: { sent: true }, ttl: 90_000 }));
    assert.equal(drawn.args.state === "shown" && drawn.args.root.text, "('a@b.c', None)");
    assert.equal(drawn.kwargs.state === "shown" && drawn.kwargs.root.text, "{'n': 3}");
    assert.equal(drawn.result.state === "shown" && drawn.result.root.text, "{'sent': True}");
    assert.equal(drawn.forgottenAt, now + 90_000);
    assert.equal(drawn.release, "2026.11.3");
    assert.equal(drawn.error, null);
  });

  it("says why there is no result while the job has not ended", () => {
    const drawn = view(detail(row({ id: "j1" }), { args: [1] }));
    assert.deepEqual(drawn.result, { state: "absent", why: "It has not run." });
    assert.equal(drawn.args.state, "shown");
    assert.equal(drawn.forgottenAt, null);
  });

  it("hides values where that is asked for, until they are opened one by one", () => {
    const jobDetail = detail(complete, { args: ["secret"], result: "secret" });
    const hidden = view(jobDetail, { hiddenBy: "production", opened: new Set(["result"]) });
    assert.equal(hidden.args.state, "hidden");
    assert.equal(hidden.kwargs.state, "hidden");
    assert.equal(hidden.result.state, "shown");
    assert.ok(!JSON.stringify(hidden.args).includes("secret"));
  });

  it("says why values are hidden, and that the switch is on", () => {
    const jobDetail = detail(complete, { args: ["secret"], result: "secret" });
    for (const hiddenBy of ["switch", "setting", "production"] as const) {
      const hidden = view(jobDetail, { hiddenBy });
      assert.equal(hidden.args.state === "hidden" && hidden.args.by, hiddenBy);
      assert.equal(hidden.valuesHidden, hiddenBy === "switch");
    }
  });

  it("names the keys that Redis holds, when they expire, and why a job is run again", () => {
    const jobDetail = detail(row({ id: "j1", state: "retrying", tries: 1 }), { args: [1] });
    const facts = jobFacts({
      id: "j1",
      readAt: now,
      retry: { tries: 1, ttl: 88_000_000 },
      job: { decoded: { ok: true, function: "f", enqueuedAt: now, try: null }, ttl: 60_000 },
    });
    const drawn = view({ ...jobDetail, facts }, { keys: new ArqKeys("shop"), links: ["Logs"], watched: true });
    assert.deepEqual(drawn.keys, ["shop:job:j1", "shop:retry:j1"]);
    assert.equal(drawn.payloadExpiresAt, now + 60_000);
    assert.match(drawn.retried ?? "", /^ARQ runs a job again after Retry/);
    assert.deepEqual([drawn.links, drawn.watched], [["Logs"], true]);
  });

  it("keeps only what is large behind a click", () => {
    const jobDetail = detail(complete, { args: ["x", "y", "z"].map((letter) => letter.repeat(50_000)), result: "ok" });
    const drawn = view(jobDetail);
    assert.equal(drawn.args.state, "large");
    assert.ok(drawn.args.state === "large" && drawn.args.size > 150_000);
    assert.equal(drawn.kwargs.state, "shown");
    assert.equal(drawn.result.state, "shown");
    const opened = view(jobDetail, { opened: new Set(["args"]) });
    assert.equal(opened.args.state, "shown");
    assert.equal(pythonRepr(payloadValue(jobDetail, "args")).length, 150_000 + "('', '', '')".length);
  });

  it("explains a failure, and says what would give a traceback where there is none", () => {
    const error = new PyCall("builtins", "KeyError", ["sku"]);
    const jobDetail = detail(failedRow("j1"), { result: error, success: false });
    const drawn = view(jobDetail);
    assert.equal(drawn.error?.type, "KeyError");
    assert.ok((drawn.error?.explanation.length ?? 0) > 10);
    assert.ok((drawn.error?.missing?.remedies.length ?? 0) > 0);
    const unread = ["The task “worker” is not read."];
    assert.deepEqual(view(jobDetail, { unread }).error?.missing?.unread, unread);
    assert.deepEqual(drawn.error?.tracebacks, []);
    assert.ok((drawn.error?.advice.length ?? 0) > 10);
    // Its arguments and attributes can be opened below.
    assert.equal(drawn.result.state, "shown");
  });

  it("lists the members of an exception group", () => {
    const members = [new PyCall("builtins", "ValueError", ["a"]), new PyCall("builtins", "KeyError", ["b"])];
    const error = new PyCall("builtins", "ExceptionGroup", ["two", members]);
    const drawn = view(detail(failedRow("j1"), { result: error, success: false }));
    assert.deepEqual(drawn.error?.members, ["ValueError: a", "KeyError: 'b'"]);
  });

  it("shows a known traceback with own and library frames told apart", () => {
    const text = `Traceback (most recent call last):
  File "/venv/lib/python3.11/site-packages/arq/worker.py", line 594, in run_job
    result = await task
  File "/app/shop/orders.py", line 30, in place_order
    picked = inventory.reserve(lines)
KeyError: 'sku'
`;
    const traceback = {
      text,
      source: "worker.log, line 9",
      place: null,
      chain: flattenChain(parseTracebacks(text)[0]!),
    };
    const error = new PyCall("builtins", "KeyError", ["sku"]);
    const drawn = view(detail(failedRow("j1"), { result: error, success: false }), { traceback });
    assert.equal(drawn.error?.missing, null);
    assert.equal(drawn.error?.tracebackSource, "worker.log, line 9");
    assert.deepEqual(
      drawn.error?.tracebacks[0]?.frames.map(({ own, line, index }) => [index, own, line]),
      [
        [0, false, 594],
        [1, true, 30],
      ],
    );
  });

  it("draws each try that an instrumented worker noted, and the last one's traceback where ARQ gave up", () => {
    const text = (error: string) =>
      `Traceback (most recent call last):\n  File "/app/shop/pay.py", line 7, in pay\n    post()\n${error}\n`;
    const noted = (number: number, change: Partial<JobTry> = {}): JobTry => ({
      try: number,
      at: now - 40_000,
      type: "KeyError",
      message: "'gold'",
      traceback: text("KeyError: 'gold'"),
      worker: "web-1:4711",
      outcome: "retry",
      deferMs: 5000,
      ...change,
    });
    const gaveUp = new PyCall("arq.worker", "JobExecutionFailed", ["max 2 retries exceeded"]);
    const stored = detail({ ...failedRow("j1"), enqueuedAt: now - 60_000 }, { result: gaveUp, success: false });
    const ofAnEarlierJob = noted(1, { at: now - 3_600_000 });
    const job = { ...stored, tries: [ofAnEarlierJob, noted(1), noted(2)] };
    const traceback = tracebackOfTries(job);
    assert.equal(traceback?.source, "kept by the worker instrumentation, try 2");
    const drawn = view(job, { traceback });
    assert.deepEqual(
      drawn.tries.map((one) => [one.try, one.shown, one.tracebacks[0]?.frames[0]?.line]),
      [
        [1, false, 7],
        [2, true, undefined],
      ],
    );
    assert.equal(drawn.error?.tracebackSource, traceback?.source);
    assert.equal(drawn.error?.missing, null);
  });

  it("says nothing of tries where the only one is the failure that is shown anyway", () => {
    const error = new PyCall("builtins", "KeyError", ["gold"]);
    const traceback = "Traceback (most recent call last):\nKeyError: 'gold'\n";
    const only = {
      try: 1,
      at: now,
      type: "KeyError",
      message: "",
      traceback,
      worker: null,
      outcome: "failed",
      deferMs: null,
    } as const;
    const job = { ...detail(failedRow("j1"), { result: error, success: false }), tries: [only] };
    assert.deepEqual(view(job, { traceback: tracebackOfTries(job) }).tries, []);
    assert.equal(view(job).tries.length, 1);
  });

  it("names what cannot be decoded instead of showing nothing", () => {
    const bytes = Buffer.from("not a pickle at all");
    const broken = {
      row: row({ id: "j1" }),
      facts: jobFacts(),
      job: { decoded: decodeJob(bytes), size: 19 },
      result: null,
      tries: [],
    };
    const drawn = view(broken);
    assert.equal(drawn.args.state, "undecodable");
  });

  it("survives the way to the page: nothing in it is lost in JSON", () => {
    const drawn = view(detail(complete, { args: [2 ** 31, "x"], result: tuple("a") }));
    assert.deepEqual(JSON.parse(JSON.stringify(drawn)), drawn);
  });
});
