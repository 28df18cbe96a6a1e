import assert from "node:assert/strict";
import { ActivityTab } from "../../../src/host/panels/tabs/activityTab";
import { ActivityLog } from "../../../src/monitor/activityLog";
import type { JobEvent, JobEventKind, Monitor, MonitorChange } from "../../../src/monitor/model";
import { everyEvent, type ActivityIntent, type ActivityView } from "../../../src/protocol/tabs/activity";
import { fakeMonitor, now } from "./fakeMonitor";

function event(n: number, kind: JobEventKind = "completed", fields: Partial<JobEvent> = {}): JobEvent {
  return { at: now + n, event: kind, id: `j${n}`, function: "send", queue: "arq:queue", inferred: false, ...fields };
}

function stage() {
  const log = new ActivityLog();
  const monitor: Monitor = { ...fakeMonitor({}), recent: (filter) => log.page(filter) };
  const tab = new ActivityTab();
  const view = (intent: Partial<ActivityIntent> = {}) => tab.view(monitor, { ...everyEvent, ...intent });
  const add = (from: number, count: number, kind?: JobEventKind, fields?: Partial<JobEvent>) =>
    log.add({ events: Array.from({ length: count }, (_, n) => event(from + n, kind, fields)) });
  return { log, monitor, tab, view, add };
}

const ids = ({ lines }: ActivityView) => lines.map((line) => (line.kind === "gap" ? "gap" : line.jobId));

function change(fields: Partial<MonitorChange>): MonitorChange {
  return {
    jobs: new Set(),
    queues: new Set(),
    workers: false,
    status: false,
    all: false,
    events: [],
    gaps: [],
    ...fields,
  };
}

describe("the tab Activity, on the host's side", () => {
  it("asks for the last 100 of everything at first, and refuses what is no question", () => {
    const { tab } = stage();
    assert.deepEqual(tab.check({}), everyEvent);
    const asked = { kinds: ["failed"], queue: "q", function: "f", upTo: 7, count: 300 };
    assert.deepEqual(tab.check(asked), asked);
    assert.throws(() => tab.check({ kinds: ["exploded"] }), /kind is not one of/);
    assert.throws(() => tab.check({ kinds: "failed" }), /kinds is not a list/);
    assert.throws(() => tab.check({ upTo: -1 }), /upTo is not a number/);
    assert.throws(() => tab.check({ count: 1001 }), /count is not a number from 0 to 1000/);
  });

  it("has the last 100, the newest first, also what happened before anybody looked, with spans that were not observed", async () => {
    const { view, add, log } = stage();
    add(0, 150);
    log.add({ gaps: [{ kind: "gap", from: now, to: now + 5, why: "The connection was lost." }] });
    const { lines, upTo, newest, newer, evenMore } = await view();
    assert.equal(lines.length, 100);
    assert.deepEqual(lines[0], { key: "151", kind: "gap", from: now, to: now + 5, why: "The connection was lost." });
    assert.deepEqual(lines[1], {
      key: "150",
      kind: "completed",
      at: now + 149,
      jobId: "j149",
      function: "send",
      queue: "arq:queue",
      inferred: false,
    });
    assert.deepEqual([upTo, newest, newer, evenMore], [151, 151, 0, false]);
  });

  it("filters by kind, queue and function, gaps always among them", async () => {
    const { view, add, log } = stage();
    add(0, 3, "enqueued");
    add(10, 2, "failed", { queue: "mail" });
    log.add({ gaps: [{ kind: "gap", from: now, to: now, why: "" }] });
    add(20, 2, "failed", { function: "charge" });
    assert.deepEqual(ids(await view({ kinds: ["failed"] })), ["j21", "j20", "gap", "j11", "j10"]);
    assert.deepEqual(ids(await view({ kinds: ["failed"], queue: "mail" })), ["gap", "j11", "j10"]);
    assert.deepEqual(ids(await view({ function: "charge" })), ["j21", "j20", "gap"]);
    assert.deepEqual(ids(await view({ kinds: ["aborted"] })), ["gap"]);
  });

  it("stands still where it is asked to, and counts what is new: up to 1,000, beyond that that there are more", async () => {
    const { view, add } = stage();
    add(0, 5);
    add(5, 37);
    const held = await view({ upTo: 5 });
    assert.deepEqual(ids(held), ["j4", "j3", "j2", "j1", "j0"]);
    assert.deepEqual([held.upTo, held.newest, held.newer, held.evenMore], [5, 42, 37, false]);
    add(42, 963);
    assert.deepEqual(((each) => [each.newer, each.evenMore])(await view({ upTo: 5 })), [1000, false]);
    add(1005, 1);
    assert.deepEqual(((each) => [each.newer, each.evenMore])(await view({ upTo: 5 })), [1000, true]);
    assert.equal((await view({ upTo: 1006, count: 1000 })).lines.length, 1000, "all that waited can be read");
  });

  it("counts what is new also while updates are paused, by the filter, and changes nothing else", async () => {
    const { tab, monitor, view, add } = stage();
    add(0, 5);
    const shown = await view({ kinds: ["failed"] });
    add(5, 4);
    add(9, 3, "failed");
    const paused = tab.whilePaused(monitor, { ...everyEvent, kinds: ["failed"] }, shown);
    assert.deepEqual(paused, { ...shown, newest: 12, newer: 3, evenMore: false });
  });

  it("follows again after a reload in another session, whose events count from one", async () => {
    const { view, add } = stage();
    add(0, 3);
    const { lines, upTo, newer } = await view({ upTo: 9000 });
    assert.deepEqual([lines.length, upTo, newer], [3, 3, 0]);
  });

  it("knows the functions of what happened, those that are told later too", async () => {
    const { tab, view, add } = stage();
    add(0, 1, "started", { function: "send" });
    add(1, 1, "started", { function: null });
    assert.deepEqual((await view()).functions, [{ name: "send" }]);
    assert.equal(tab.concerns(change({ events: [event(2, "failed", { function: "charge" })] })), true);
    assert.deepEqual((await view()).functions, [{ name: "charge" }, { name: "send" }]);
  });

  it("is asked again after events, gaps and changes of the connection, and after nothing else", () => {
    const { tab } = stage();
    assert.equal(tab.concerns(change({ jobs: new Set(["a"]), queues: new Set(["q"]), workers: true })), false);
    assert.equal(tab.concerns(change({ gaps: [{ kind: "gap", from: 0, to: 1, why: "" }] })), true);
    assert.equal(tab.concerns(change({ status: true })), true);
  });
});
