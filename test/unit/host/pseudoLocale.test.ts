import assert from "node:assert/strict";
import type { JobState } from "../../../src/arq/jobModel";
import { jobStates } from "../../../src/arq/jobModel";
import { indexedPercent, indexingText } from "../../../src/host/indexingText";
import { downActions } from "../../../src/host/views/downActions";
import { FailedTree } from "../../../src/host/views/failedNodes";
import { jobNode } from "../../../src/host/views/jobNode";
import { queueTree } from "../../../src/host/views/queueNodes";
import { coarseAge, duration } from "../../../src/host/views/texts";
import type { ViewNode } from "../../../src/host/views/viewNode";
import { workerCountText, workerTree } from "../../../src/host/views/workerNodes";
import { pseudoLocale, untranslated } from "../../support/vscode/textsOnly";
import { fakeMonitor, group, now, queue, row, snapshot } from "./fakeMonitor";

/** Names from Redis are no texts to translate: here they have no Latin letter, so that every one that is left is ours. */
const name = "имя";

describe("in another language", () => {
  before(() => (pseudoLocale.on = true));
  after(() => (pseudoLocale.on = false));

  function check(what: string, texts: readonly (string | undefined)[]): void {
    for (const text of texts) assert.doesNotMatch(untranslated(text ?? ""), /[A-Za-z]/, `${what}: ${text}`);
  }

  function checkNodes(what: string, nodes: readonly ViewNode[]): void {
    assert.ok(nodes.length > 0, what);
    for (const node of nodes) check(what, [node.label, node.description, node.spoken, node.command?.title]);
  }

  it("marks what was translated, and finds what was not", () => {
    assert.equal(untranslated("⟦⟦12 s⟧ ago⟧ · left"), " · left");
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
});

function ended(state: JobState): boolean {
  return state === "complete" || state === "failed" || state === "aborted" || state === "finished";
}
