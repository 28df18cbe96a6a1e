import assert from "node:assert/strict";
import { describeAbort, describeState, type StateFacts, tracebackRemedies } from "../../../src/arq/explain";
import { adviseFailure, explainFailure } from "../../../src/arq/explainFailure";
import { explainRetry } from "../../../src/arq/explainRetry";
import type { FailureKind, JobState } from "../../../src/arq/jobModel";
import { jobStates } from "../../../src/arq/jobModel";
import { indexedPercent, indexingText } from "../../../src/host/indexingText";
import { downActions } from "../../../src/host/views/downActions";
import { FailedTree } from "../../../src/host/views/failedNodes";
import { jobNode } from "../../../src/host/views/jobNode";
import { queueTree } from "../../../src/host/views/queueNodes";
import { coarseAge, duration } from "../../../src/host/views/texts";
import type { ViewNode } from "../../../src/host/views/viewNode";
import { workerCountText, workerTree } from "../../../src/host/views/workerNodes";
import { filterConditions } from "../../../src/monitor/filterConditions";
import { assessHealth, defaultThresholds } from "../../../src/monitor/health";
import { parseFilter } from "../../../src/monitor/jobFilter";
import type { Rate } from "../../../src/monitor/model";
import {
  dateFormat,
  decimalText,
  filledIn,
  listText,
  numberText,
  speak,
  type Translate,
} from "../../../src/python/l10n";
import { ConnectError } from "../../../src/redis/connectError";
import { connectionProblem } from "../../../src/redis/connectionProblem";
import { parseConnectionUrl } from "../../../src/redis/connectionUrl";
import { l10n, pseudoLocale } from "../../support/vscode/textsOnly";
import { fakeMonitor, group, now, queue, row, snapshot } from "./fakeMonitor";
import { PythonProject } from "../../support/pythonProject";

/** Names from Redis are no texts to translate: here they have no Latin letter, so that every one that is left is ours. */
const name = "имя";

const inPseudoLocale: Translate = (text, ...values) => l10n.t(text, ...values);

const failureKinds: readonly FailureKind[] = [
  "exception",
  "timeout",
  "aborted",
  "expired",
  "notFound",
  "maxRetries",
  "badPayload",
  "retryRefused",
  "resultLost",
];

describe("in another language", () => {
  before(() => {
    pseudoLocale.on = true;
    speak("en", inPseudoLocale);
  });
  after(() => {
    pseudoLocale.on = false;
    speak("en", filledIn);
  });

  function check(what: string, texts: readonly (string | undefined)[]): void {
    for (const text of texts) assert.doesNotMatch(text ?? "", /[A-Za-z]/, what);
  }

  function checkNodes(what: string, nodes: readonly ViewNode[]): void {
    assert.ok(nodes.length > 0, what);
    for (const node of nodes) check(what, [node.label, node.description, node.spoken, node.command?.title]);
  }

  it("has no Latin letter but those of values", () => {
    assert.equal(l10n.t("{0} ago, {1}", l10n.t("{0} s", 12), "left"), "12 ж жжж, left");
  });

  for (const state of jobStates) {
    it(`says of a ${state} job everything in it`, () => {
      const times = { startedAt: now - 40_000, finishedAt: ended(state) ? now - 30_000 : null };
      const job = row({ id: name, function: null, state, tries: 2, scheduledAt: now + 1e6, ...times });
      checkNodes(state, [jobNode("", job, now), jobNode("", { ...job, rememberedSince: now }, now)]);
    });
  }

  it("describes queues in it", async () => {
    const queues = Array.from({ length: 60 }, (_, index) =>
      queue({ name: `${name}${index}`, queued: 1, retrying: 2, oldestDueMs: 90_000 }),
    );
    const tree = queueTree(() => fakeMonitor({ snapshot: snapshot({ queues }) }));
    const nodes = await tree.roots();
    checkNodes("queues", nodes);
    checkNodes("empty queue", (await tree.known(nodes[0]!)) ?? []);
    checkNodes("down", downActions({ reason: "passwordWrong", message: "", advice: "" }));
  });

  it("describes workers in it", async () => {
    const worker = {
      name,
      kind: "process",
      queue: `${name}2`,
      host: null,
      pid: null,
      evidence: [],
      lastSeenAt: now,
      stale: true,
      startedAt: now,
      intervalMs: null,
      maxJobs: 10,
      jobs: [{ id: name, function: null, try: 2, startedAt: now }],
      release: null,
      python: null,
      arq: null,
      counters: null,
    } as const;
    const workers = [
      worker,
      { ...worker, kind: "shared", jobs: null },
      { ...worker, kind: "connections", stale: false },
    ] as const;
    const tree = workerTree(() => fakeMonitor({ snapshot: snapshot({ workers }) }));
    const nodes = await tree.roots();
    checkNodes("workers", nodes);
    checkNodes("jobs of a worker", (await tree.known(nodes[0]!)) ?? []);
    check(
      "count",
      (["exact", "atLeast", "about"] as const).map((kind) => workerCountText({ kind, n: 2 })),
    );
  });

  it("describes errors in it", async () => {
    const error = { kind: "exception", type: name, message: name, hasTraceback: false } as const;
    const jobs = Array.from({ length: 60 }, (_, n) =>
      row({ id: `${n}`, function: name, state: "failed", finishedAt: now, error }),
    );
    const groups = [
      group({ key: "1", type: name, message: name, sample: name, jobs, mark: "new" }),
      group({ key: "2", type: name, message: name, sample: name, jobs, mark: "back" }),
    ];
    const part = () => ({ heard: groups.slice(0, 1), muted: groups.slice(1) });
    const tree = new FailedTree(() => fakeMonitor({ groups }), { find: () => null }, part);
    const nodes = await tree.roots();
    checkNodes("errors", nodes);
    for (const node of nodes) checkNodes("below an error", (await tree.known(node)) ?? []);
    const [job] = (await tree.known(nodes[0]!)) ?? [];
    checkNodes("below a job", await tree.ask(job!));
  });

  it("says spans and how far indexing is in it", () => {
    check(
      "spans",
      [1000, 90_000, 4e6, 1e8, 1e9].flatMap((ms) => [coarseAge(ms), duration(ms)]),
    );
    const sweep = { keysScanned: 5, keysTotal: 10, paused: false };
    check("indexing", [
      indexingText(sweep),
      indexingText({ ...sweep, paused: true, keysTotal: null }),
      indexingText(null),
    ]);
    check("percent", [indexedPercent(sweep) ?? ""]);
  });

  for (const state of jobStates) {
    it(`explains a ${state} job in it`, () => {
      const facts: StateFacts = {
        state,
        tries: 2,
        scheduledAt: now - 1000,
        startedAt: now - 400_000,
        finishedAt: now - 30_000,
        runMs: 5000,
        claimEndsAt: now + 60_000,
        orphanEvidence: "workerSilent",
        worker: name,
        undecodable: name,
        error: null,
      };
      const bare = { ...facts, scheduledAt: null, startedAt: null, runMs: null, claimEndsAt: null, worker: null };
      const nothing = { ...bare, finishedAt: null, tries: null, orphanEvidence: null, undecodable: null };
      const kinds = [facts, bare, nothing, { ...facts, scheduledAt: now + 4e6 }, { ...facts, scheduledAt: 0 }];
      check(state, [
        ...kinds.map((each) => describeState(each, now)),
        describeState({ ...facts, error: { kind: "resultLost", message: "" } }, now),
        describeState({ ...facts, error: { kind: "maxRetries", message: "" } }, now),
        ...[now - 10, now - 9000].map((at) => describeAbort({ state, enqueuedAt: now - 500 }, at, now) ?? ""),
        ...(["retry", "cancelled"] as const).map(
          (outcome) => explainRetry({ state, tries: 3 }, [{ try: 2, outcome, type: name }]) ?? "",
        ),
      ]);
    });
  }

  it("explains failures in it", () => {
    const job = { id: name, function: name, tries: 9, runMs: 5000, hasTraceback: true, codec: null };
    const jobs = [job, { ...job, tries: null, runMs: null, hasTraceback: false }, { ...job, codec: ["json"] }];
    for (const kind of failureKinds) {
      for (const message of [name, "max 1 retries exceeded"]) {
        const error = { kind, type: name, message };
        const { why, remedies } = tracebackRemedies(error);
        check(kind, [
          // Names of Python stay.
          ...jobs.map((each) => explainFailure(error, each).replace("Retry", "")),
          ...jobs.map((each) => adviseFailure(error, each)),
          why,
          ...remedies.flatMap(({ title, detail }) => [title, detail]),
        ]);
      }
    }
  });

  it("says in it why health is not green", () => {
    const found = (late: number) =>
      assessHealth(
        {
          now,
          known: true,
          queues: [{ name, depth: 1200, oldestDueMs: late }],
          recent: { complete: 10, failed: 90, aborted: 0 } as Rate,
          workerCount: { kind: "exact", n: 0 },
          waiting: 1200,
          dueSince: now - 7_300_000,
          overdueSince: now - 200_000,
          lastFinishedAt: null,
          watchedSince: now - 8_000_000,
        },
        defaultThresholds,
      ).reasons;
    const reasons = [...found(20_000), ...found(4_000_000)];
    assert.deepEqual(
      new Set(reasons.map(({ rule }) => rule)),
      new Set(["depth", "oldestDue", "failed", "noneFinished", "noWorker"]),
    );
    check(
      "health",
      reasons.map(({ text }) => text),
    );
  });

  it("says in it what is wrong with a connection", () => {
    const settings = { address: name, host: name, tls: null, db: 0, username: name, password: null };
    const coded = (code: string) => Object.assign(new Error(""), { code });
    const thrown = [
      ...["ECONNREFUSED", "ENOENT", "EACCES", "ENOTFOUND", "EHOSTUNREACH", "ETIMEDOUT", "ECONNRESET", ""].map(coded),
      new ConnectError("established", true, null),
      new ConnectError("greeting", false, null),
      new ConnectError("securing", false, coded("CERT_HAS_EXPIRED")),
      new ConnectError("securing", false, coded("DEPTH_ZERO_SELF_SIGNED_CERT")),
      new ConnectError("asking", false, new Error("")),
      new ConnectError("greeting", false, null, Buffer.from("HTTP/1.1")),
      ...["NOAUTH", "WRONGPASS", "NOPERM", "LOADING", "DENIED Redis is running in protected mode"].map(
        (text) => new Error(text),
      ),
    ];
    for (const error of thrown) {
      const { message, advice } = connectionProblem(error, settings);
      check(String(error), [message, advice]);
    }
    for (const url of ["", "http://", "redis://h/x", "unix://", "redis://h:99999"]) {
      const parsed = parseConnectionUrl(url);
      if (!parsed.ok) check(url, [parsed.problem.advice]);
    }
  });

  it("tells in it what a filter does not mean", () => {
    const { tokens, notes } = parseFilter('ж: фж:1 try: status:ж is:ж "ж');
    const told = [...notes, ...filterConditions(tokens, now).notes].map(({ text }) => text);
    assert.equal(told.length, 4, told.join("\n"));
    // What is to be written is English, as the filters are.
    check(
      "notes",
      told.map((text) => text.replaceAll(/\b[a-z]+:\S*/g, "").replaceAll(/"[^"]*"/g, "")),
    );
  });

  it("says why code is not read", async () => {
    const project = new PythonProject();
    try {
      const code = await project.read({
        "worker.py": `import os
from arq import func
if os.environ:
    жа = [1]
else:
    жа = [2]


class Ж:
    pass


class WorkerSettings:
    functions = [*жа, *Ж.жб, *Ж().жв]
`,
      });
      const reasons = code.settings[0]?.unread.map(({ why }) => why) ?? [];
      assert.equal(reasons.length, 3, reasons.join("\n"));
      check("reasons", reasons);
    } finally {
      project.remove();
    }
  });

  it("writes numbers, dates and lists as the language does", () => {
    speak("de", filledIn);
    assert.equal(numberText(10_500), "10.500");
    assert.equal(decimalText(4.25, 1), "4,3");
    assert.equal(dateFormat({ month: "long", timeZone: "UTC" }).format(Date.UTC(2026, 2, 1)), "März");
    assert.equal(listText(["a", "b", "c"]), "a, b und c");
    speak("no such tag", filledIn);
    assert.equal(numberText(10_500), "10,500");
    speak("en", inPseudoLocale);
    assert.equal(listText(["a", "b", "c"]), "a, b and c");
  });
});

function ended(state: JobState): boolean {
  return state === "complete" || state === "failed" || state === "aborted" || state === "finished";
}
