import assert from "node:assert/strict";
import { newestJobs, noJobs } from "../../src/protocol/jobQuery";
import type { FrameView } from "../../src/protocol/viewModels";
import { dashboardPhase } from "../../webview/dashboard/phase";
import { clearFilters, lastOffset, nextSort, onlyState, turnPage } from "../../webview/dashboard/jobs/queries";
import { heldRows } from "../../webview/dashboard/jobs/rowHold";
import { foldFrames } from "../../webview/job/frameFolds";
import { timeline } from "../../webview/job/timeline";
import {
  dashboardSamples,
  sampleDashboard,
  sampleNow,
  sampleRow,
  sampleRows,
  sampleSnapshot,
} from "../support/sampleViews";

describe("what the dashboard shows as a whole", () => {
  const expected = {
    live: "board",
    production: "board",
    sweeping: "board",
    lost: "board",
    noMatch: "board",
    unconfigured: "unconfigured",
    connecting: "connecting",
    cannotConnect: "cannotConnect",
    empty: "empty",
  };
  for (const [name, kind] of Object.entries(expected)) {
    it(`is "${kind}" for the sample "${name}"`, () => assert.equal(dashboardPhase(dashboardSamples[name]!).kind, kind));
  }

  it("never calls numbers current while the connection is not live", () => {
    const phase = dashboardPhase(dashboardSamples["lost"]!);
    assert.equal(phase.kind === "board" && phase.current, false);
  });

  it("is not called empty while the first look is still going on", () => {
    const { snapshot } = dashboardSamples["empty"]!;
    const view = sampleDashboard({ snapshot: sampleSnapshot({ ...snapshot, complete: false }) });
    assert.equal(dashboardPhase(view).kind, "board");
  });
});

describe("the query of the job list", () => {
  it("sorts a column its natural way, then the other way, then not at all", () => {
    const first = { ...newestJobs, ...nextSort(newestJobs, "runMs") };
    assert.deepEqual([first.sort, first.descending], ["runMs", true]);
    const second = { ...first, ...nextSort(first, "runMs") };
    assert.deepEqual([second.sort, second.descending], ["runMs", false]);
    assert.equal(nextSort(second, "runMs").sort, "newest");
    assert.equal(nextSort(newestJobs, "function").descending, false);
  });

  it("turns pages only as far as there are jobs", () => {
    assert.equal(turnPage(newestJobs, null, 120, 1)?.offset, 50);
    assert.equal(turnPage({ ...newestJobs, offset: 100 }, null, 120, 1), null);
    assert.equal(turnPage(newestJobs, null, 120, -1), null);
    assert.equal(turnPage({ ...newestJobs, offset: 100 }, null, 120, -1)?.offset, 50);
    const shown = { ...noJobs, rows: sampleRows(0, 50), total: 170, offset: 53, anchor: "a" };
    const next = { ...newestJobs, offset: 103, anchor: "a" };
    assert.deepEqual(turnPage(newestJobs, shown, 170, 1), next, "after the last job that is shown, wherever it is now");
    assert.deepEqual(turnPage(next, shown, 170, -1), { ...newestJobs, offset: 3 });
    assert.equal(lastOffset(newestJobs, 100), 50);
    assert.equal(lastOffset(newestJobs, 0), 0);
  });

  it("keeps the order when the filters are cleared", () => {
    const query = clearFilters({ ...newestJobs, text: "x", states: ["failed"], queue: "q", sort: "id", offset: 50 });
    assert.deepEqual(query, { ...newestJobs, sort: "id" });
  });

  it("shows one state on the first click of its number and every state on the second", () => {
    assert.deepEqual(onlyState(["queued", "failed"], "failed"), ["failed"]);
    assert.deepEqual(onlyState(["failed"], "failed"), []);
  });
});

describe("the timeline of a job", () => {
  const spans = (change: Parameters<typeof sampleRow>[1]) =>
    timeline(sampleRow(1, change), sampleNow).map(({ kind, ms, open }) => [kind, ms, open]);
  const enqueuedAt = sampleNow - 60_000;

  it("tells deferral, waiting and running apart", () => {
    const change = { enqueuedAt, waitMs: 2_000, startedAt: enqueuedAt + 12_000, finishedAt: enqueuedAt + 15_000 };
    assert.deepEqual(spans(change), [
      ["deferred", 10_000, false],
      ["waited", 2_000, false],
      ["ran", 3_000, false],
    ]);
  });

  it("does not call it waiting where the due time is not known", () => {
    const change = { enqueuedAt, waitMs: null, startedAt: enqueuedAt + 12_000, finishedAt: enqueuedAt + 15_000 };
    assert.deepEqual(spans(change)[0], ["beforeStart", 12_000, false]);
  });

  it("calls what was before the last of several tries retried, and not deferred", () => {
    const change = {
      tries: 3,
      enqueuedAt,
      waitMs: 1_000,
      startedAt: enqueuedAt + 12_000,
      finishedAt: enqueuedAt + 15_000,
    };
    assert.deepEqual(spans(change), [
      ["retried", 11_000, false],
      ["waited", 1_000, false],
      ["ran", 3_000, false],
    ]);
    const retrying = { state: "retrying", tries: 1, enqueuedAt, startedAt: null, finishedAt: null } as const;
    assert.deepEqual(spans(retrying), [["retried", 60_000, true]]);
  });

  it("goes on to now for a running and for a waiting job", () => {
    const running = { state: "running", enqueuedAt, waitMs: 0, startedAt: enqueuedAt, finishedAt: null } as const;
    assert.deepEqual(spans(running), [["ran", 60_000, true]]);
    const waiting = {
      state: "queued",
      enqueuedAt,
      scheduledAt: enqueuedAt,
      startedAt: null,
      finishedAt: null,
      tries: 0,
    } as const;
    assert.deepEqual(spans(waiting), [["waited", 60_000, true]]);
  });
});

describe("the frames of a traceback", () => {
  const frame = (index: number, own: boolean): FrameView => ({
    index,
    own,
    file: `${index}.py`,
    line: 1,
    function: "f",
    source: null,
    repeat: 0,
  });
  const shape = (owns: readonly boolean[]) =>
    foldFrames(owns.map((own, index) => frame(index, own))).map((group) =>
      group.kind === "frame" ? group.frame.index : group.frames.map((each) => each.index),
    );

  it("fold those of libraries and show own code one by one", () => {
    assert.deepEqual(shape([false, true, true, false, false]), [[0], 1, 2, [3, 4]]);
  });

  it("show the last one where none is own code", () => {
    assert.deepEqual(shape([false, false, false]), [[0, 1], 2]);
  });
});

describe("rows under the pointer", () => {
  it("stay in their places, with what is new of each", () => {
    const [a, b, c] = [sampleRow(1), sampleRow(2), sampleRow(3)];
    const changed = { ...b, tries: 7 };
    assert.deepEqual(heldRows([a, b], [c, changed]), [a, changed]);
  });
});
