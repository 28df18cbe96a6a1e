import assert from "node:assert/strict";
import { queuesTab, queuesView } from "../../../src/host/panels/tabs/queuesTab";
import { defaultThresholds } from "../../../src/monitor/health";
import type { QueueReport } from "../../../src/monitor/queryModel";
import { everyQueue, queueSorts, type QueuesIntent } from "../../../src/protocol/tabs/queues";
import { now, queue, snapshot } from "./fakeMonitor";

const hour = 3_600_000;
const none = { p50: null, p95: null, p99: null };

function report(fields: Partial<QueueReport> & { readonly name: string }): QueueReport {
  return {
    endedPerMinute: null,
    failureRate: null,
    waitMs: none,
    runMs: none,
    runMeanMs: null,
    lastActivityAt: now,
    oldestDueAt: null,
    depth: [],
    ...fields,
  };
}

const busy = queue({ name: "busy", depth: 9, queued: 4, deferred: 2, running: 3, complete: 60, failed: 20 });
const mail = queue({ name: "Mail", depth: 1, queued: 1, complete: 95, failed: 5 });
const quiet = queue({ name: "quiet" });
const asleep = queue({ name: "asleep" });
const never = queue({ name: "never" });
const stats = [busy, mail, quiet, asleep, never];
const reports = [
  report({ name: "busy", oldestDueAt: now - 5_000, endedPerMinute: 2, runMeanMs: 40, failureRate: 0.25 }),
  report({ name: "Mail", oldestDueAt: now - 9_000, runMs: { p50: 1, p95: 70, p99: 90 }, failureRate: 0.05 }),
  report({ name: "quiet", lastActivityAt: now - 23 * hour }),
  report({ name: "asleep", lastActivityAt: now - 25 * hour }),
  report({ name: "never", lastActivityAt: null }),
];

const view = (intent: Partial<QueuesIntent> = {}, of = reports) =>
  queuesView(snapshot({ queues: stats }), of, { ...everyQueue, ...intent }, now, defaultThresholds);
const names = (intent: Partial<QueuesIntent>) => view(intent).queues.map(({ name }) => name);

describe("the queues of the dashboard", () => {
  it("hides those in which nothing is and nothing happened for 24 h, and counts them", () => {
    const { queues, total, known, idle } = view();
    assert.deepEqual(
      queues.map(({ name }) => name),
      ["busy", "Mail", "quiet"],
    );
    assert.deepEqual({ total, known, idle }, { total: 3, known: 5, idle: 2 });
    assert.deepEqual(names({ idle: true }), ["asleep", "busy", "Mail", "never", "quiet"]);
    assert.equal(view({ idle: true }).queues.find(({ name }) => name === "never")?.idle, true);
  });

  it("never hides a queue that holds a job, however long ago something happened in it", () => {
    const held = queuesView(
      snapshot({ queues: [queue({ name: "q", depth: 1 })] }),
      [report({ name: "q", lastActivityAt: null })],
      everyQueue,
      now,
      defaultThresholds,
    );
    assert.equal(held.total, 1);
  });

  it("hides none of which nothing is known before everything has been looked at", () => {
    const first = queuesView(snapshot({ queues: stats, complete: false }), reports, everyQueue, now, defaultThresholds);
    assert.deepEqual([first.total, first.idle], [4, 1]);
  });

  it("finds by part of the name, whatever its case", () => {
    assert.deepEqual(names({ text: "MAI" }), ["Mail"]);
    assert.equal(view({ text: "e", idle: false }).idle, 2, "idle ones that match are counted too");
  });

  it("sorts by every column both ways, what is not known last and what is equal by name", () => {
    const first = (sort: QueuesIntent["sort"], descending: boolean) => names({ sort, descending, idle: true })[0];
    assert.equal(first("depth", true), "busy");
    assert.equal(first("deferred", true), "busy");
    assert.equal(first("oldest", true), "Mail", "who waits longest");
    assert.equal(first("oldest", false), "busy");
    assert.equal(first("runP95", true), "Mail");
    assert.equal(first("runP95", false), "Mail");
    assert.equal(first("runAverage", true), "busy");
    assert.equal(first("perMinute", true), "busy");
    assert.equal(first("failureRate", false), "Mail");
    assert.deepEqual(names({ sort: "depth", idle: true }), ["asleep", "never", "quiet", "Mail", "busy"]);
    for (const sort of queueSorts) assert.equal(names({ sort, idle: true }).length, 5, sort);
  });

  it("marks what fails too often by the thresholds of the settings", () => {
    const { queues } = view();
    assert.deepEqual(
      queues.map(({ name, failing }) => [name, failing]),
      [
        ["busy", "red"],
        ["Mail", null],
        ["quiet", null],
      ],
    );
    assert.deepEqual(view().lateMs, { yellow: 10_000, red: 300_000 });
  });

  it("gives 50 of 500 at a time, and the last page where there are no longer so many", () => {
    const all = Array.from({ length: 500 }, (_, n) => queue({ name: `q${String(n).padStart(3, "0")}`, depth: 1 }));
    const page = (offset: number) =>
      queuesView(
        snapshot({ queues: all }),
        all.map(({ name }) => report({ name })),
        { ...everyQueue, offset },
        now,
        defaultThresholds,
      );
    assert.deepEqual([page(50).offset, page(50).queues.length, page(50).queues[0]?.name], [50, 50, "q050"]);
    assert.equal(page(60).offset, 50);
    assert.equal(page(5_000).offset, 450);
    assert.equal(page(5_000).total, 500);
  });

  it("sends the last hour as numbers beside each other, and what of it is estimated", () => {
    const depth = [
      { at: 60_000, depth: 3, estimated: true },
      { at: 120_000, depth: 5, estimated: false },
    ];
    const { line } = view({}, [report({ name: "busy", depth })]).queues[0]!;
    assert.deepEqual(line, { from: 60_000, depths: [3, 5], estimated: [true, false] });
  });

  it("takes what a page or link asks for, fills in the rest, and refuses what is none", () => {
    const tab = queuesTab(
      () => defaultThresholds,
      () => [],
      () => ({ dispose: () => undefined }),
    );
    assert.deepEqual(tab.check({}), everyQueue);
    assert.deepEqual(tab.check({ sort: "depth", descending: true, extra: 1 }), {
      ...everyQueue,
      sort: "depth",
      descending: true,
    });
    for (const bad of [null, { sort: "size" }, { offset: -1 }, { idle: 1 }, { text: 7 }, { open: {} }])
      assert.throws(() => tab.check(bad), Error);
  });
});
