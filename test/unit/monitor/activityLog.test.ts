import assert from "node:assert/strict";
import { ActivityLog } from "../../../src/monitor/activityLog";
import { defaultThresholds } from "../../../src/monitor/health";
import { createMonitor } from "../../../src/monitor/liveMonitor";
import type { Gap, JobEvent, JobEventKind } from "../../../src/monitor/model";
import type { ActivityEntry, ActivityFilter } from "../../../src/monitor/queryModel";
import { rowsNow } from "../../support/jobRows";
import { ManualClock } from "../../support/manualClock";
import { MemorySource } from "../../support/memorySource";
import { QuietLogger } from "../../support/quietLogger";

const everything: ActivityFilter = { kinds: [], queue: null, function: null, upTo: null, limit: 100 };
const gap: Gap = { kind: "gap", from: rowsNow - 1000, to: rowsNow, why: "The connection was lost." };

function event(id: string, kind: JobEventKind = "started", change: Partial<JobEvent> = {}): JobEvent {
  return { at: rowsNow, event: kind, id, function: "send", queue: "mail", inferred: false, ...change };
}

function names(entries: readonly ActivityEntry[]): string[] {
  return entries.map((entry) => (entry.kind === "gap" ? "gap" : entry.event.id));
}

describe("What happened last", () => {
  it("is told newest first, in the order in which it became known, gaps among it", () => {
    const log = new ActivityLog();
    log.add({ events: [event("a"), event("b", "failed")] });
    log.add({ gaps: [gap] });
    // It was earlier, but that became known only afterwards.
    log.add({ events: [event("c", "completed", { at: rowsNow - 5000, inferred: true })] });
    const page = log.page(everything);
    assert.deepEqual(names(page.entries), ["c", "gap", "b", "a"]);
    assert.deepEqual(
      page.entries.map(({ seq }) => seq),
      [4, 3, 2, 1],
    );
    assert.deepEqual([page.newest, page.newer, page.newerIsExact], [4, 0, true]);
    assert.deepEqual(names(log.page({ ...everything, limit: 2 }).entries), ["c", "gap"]);
  });

  it("is nothing before anything has happened", () => {
    const nothing = { entries: [], newest: 0, newer: 0, newerIsExact: true };
    assert.deepEqual(new ActivityLog().page(everything), nothing);
  });

  it("passes filters by kind, queue and function, together and with gaps", () => {
    const log = new ActivityLog();
    log.add({
      events: [
        event("a"),
        event("b", "failed"),
        event("c", "failed", { queue: "late" }),
        event("d", "started", { function: "charge" }),
        event("e", "enqueued", { queue: null, function: null }),
      ],
      gaps: [gap],
    });
    const found = (filter: Partial<ActivityFilter>): string[] => names(log.page({ ...everything, ...filter }).entries);
    assert.deepEqual(found({ kinds: ["failed"] }), ["gap", "c", "b"]);
    assert.deepEqual(found({ kinds: ["failed", "started"] }), ["gap", "d", "c", "b", "a"]);
    assert.deepEqual(found({ queue: "mail" }), ["gap", "d", "b", "a"]);
    assert.deepEqual(found({ function: "charge" }), ["gap", "d"]);
    assert.deepEqual(found({ kinds: ["failed"], queue: "late", function: "send" }), ["gap", "c"]);
    assert.deepEqual(found({ kinds: ["aborted"] }), ["gap"]);
  });

  it("stands still for a page that is paused, and counts what has come since", () => {
    const log = new ActivityLog();
    log.add({ events: [event("a"), event("b")] });
    const upTo = log.page(everything).newest;
    log.add({ events: [event("c"), event("d", "failed"), event("e", "failed", { queue: "late" })] });
    const paused = log.page({ ...everything, upTo });
    assert.deepEqual([names(paused.entries), paused.newer, paused.newest], [["b", "a"], 3, 5]);
    const failed = log.page({ ...everything, kinds: ["failed"], upTo });
    assert.deepEqual([failed.newer, failed.newerIsExact], [2, true]);
    assert.equal(log.page({ ...everything, queue: "late", upTo }).newer, 1);
  });

  it("keeps the last 1,100 of each kind, so that a storm carries no failure away", () => {
    const log = new ActivityLog();
    log.add({ events: [event("failure", "failed")], gaps: [gap] });
    const upTo = log.page(everything).newest;
    log.add({ events: Array.from({ length: 5000 }, (_, i) => event(`s${i}`)) });
    const all = log.page({ ...everything, limit: 10_000 });
    assert.deepEqual(names(all.entries), [...Array.from({ length: 1100 }, (_, i) => `s${4999 - i}`), "gap", "failure"]);
    assert.deepEqual(names(log.page({ ...everything, kinds: ["failed"] }).entries), ["gap", "failure"]);
    const waiting = log.page({ ...everything, upTo });
    assert.deepEqual([waiting.newer, waiting.newerIsExact], [5000, true], "of everything the number is known");
    const started = log.page({ ...everything, kinds: ["started"], upTo });
    assert.deepEqual([started.newer, started.newerIsExact], [1100, false]);
    const failed = log.page({ ...everything, kinds: ["failed"], upTo });
    assert.deepEqual([failed.newer, failed.newerIsExact], [0, true]);
  });

  it("is kept by a monitor from the beginning of the session, whether somebody listens or not", async () => {
    const clock = new ManualClock();
    const source = new MemorySource(clock);
    const parts = { logger: new QuietLogger(), thresholds: defaultThresholds, staleAfterMs: 60_000, queues: [] };
    const monitor = createMonitor({ source, clock, ...parts });
    monitor.start();
    await clock.advanceAsync(1000);
    source.enqueue("a");
    source.begin("a");
    await clock.advanceAsync(1000);
    source.drop();
    await clock.advanceAsync(60_000);
    await source.connect();
    await clock.advanceAsync(1000);
    source.fail("a", "KeyError", "bad");
    await clock.advanceAsync(1000);
    const { entries } = monitor.recent(everything);
    await monitor.close();
    const told = entries.map((entry) => (entry.kind === "gap" ? `gap: ${entry.gap.why}` : entry.event.event));
    assert.deepEqual(told, ["failed", "gap: The connection was lost.", "started", "enqueued"]);
  });
});
