import assert from "node:assert/strict";
import { dashboardUpdate, keptDashboard, updatedDashboard } from "../../src/protocol/dashboardUpdate";
import type { DashboardView } from "../../src/protocol/viewModels";
import {
  dashboardSamples,
  sampleCounts,
  sampleDashboard,
  sampleJobs,
  sampleNow,
  sampleRow,
  sampleRows,
  sampleSnapshot,
} from "../support/sampleViews";

const travelled = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** What a page with `before` shows after it was told of `after`. */
function told(before: DashboardView, after: DashboardView): DashboardView | null {
  const update = dashboardUpdate(before, after);
  return update === null ? before : updatedDashboard(before, travelled(update));
}

describe("an update of the dashboard", () => {
  it("brings a page from any state to any other", () => {
    for (const before of Object.values(dashboardSamples)) {
      for (const after of Object.values(dashboardSamples)) {
        const { revision: _, ...shown } = told(before, travelled(after))!;
        const { revision: __, ...wanted } = after;
        assert.deepEqual(shown, wanted);
      }
    }
  });

  it("of one number holds nothing else", () => {
    const counts = sampleCounts({ queued: 129 });
    const after = travelled(sampleDashboard({ snapshot: sampleSnapshot({ at: 1, counts }) }));
    assert.deepEqual(dashboardUpdate(sampleDashboard(), after), {
      revision: 2,
      changed: { snapshot: { at: 1, counts } },
    });
  });

  it("names rows that the page has, and brings those that are new or changed", () => {
    const changed = sampleRow(1, { tries: 9 });
    const rows = [sampleRow(70), changed, ...sampleRows(2, 2)];
    const before = sampleJobs({ rows: sampleRows(0, 4), total: 10_500 });
    const update = dashboardUpdate(before, travelled(sampleJobs({ rows, total: 10_501 })));
    assert.deepEqual(update?.changed.view, {
      fields: { total: 10_501 },
      lists: { rows: [sampleRow(70), changed, sampleRow(2).id, sampleRow(3).id] },
    });
    const after = updatedDashboard(before, update);
    assert.ok(after?.body?.tab === "jobs" && before.body?.tab === "jobs");
    assert.deepEqual(after.body.view.rows, rows);
    assert.equal(after.body.view.rows[2], before.body.view.rows[2], "what did not change is the same object");
    assert.equal(after.snapshot, before.snapshot);
  });

  it("of one worker among a thousand holds that worker and the names of the others", () => {
    const [, worker] = sampleSnapshot().workers;
    const many = Array.from({ length: 1000 }, (_, pid) => ({ ...worker!, name: `web:${pid}`, pid }));
    const later = many.map((each) => (each.pid === 7 ? { ...each, lastSeenAt: sampleNow } : each));
    const before = sampleDashboard({ snapshot: sampleSnapshot({ workers: many }) });
    const update = dashboardUpdate(
      before,
      travelled(sampleDashboard({ snapshot: sampleSnapshot({ workers: later }) })),
    );
    assert.deepEqual(update?.changed.snapshot, {});
    assert.ok(JSON.stringify(update).length < 20_000, `${JSON.stringify(update).length} characters`);
    const after = updatedDashboard(before, travelled(update));
    assert.deepEqual(after?.snapshot?.workers, later);
    assert.equal(after.snapshot.workers[0], many[0], "what did not change is the same object");
  });

  it("is none when only Redis' clock has moved on, but for one in five seconds", () => {
    const later = (ms: number) => sampleDashboard({ snapshot: sampleSnapshot({ at: sampleNow + ms }) });
    const before = later(0);
    assert.equal(dashboardUpdate(before, travelled(later(4999))), null);
    assert.deepEqual(dashboardUpdate(before, travelled(later(5000)))?.changed, { snapshot: { at: sampleNow + 5000 } });
  });

  it("is refused by a page that has not the state before it", () => {
    const update = dashboardUpdate(sampleDashboard({ revision: 7 }), sampleDashboard({ asOf: 1 }));
    assert.equal(update?.revision, 8);
    assert.equal(updatedDashboard(sampleDashboard({ revision: 6 }), update), null);
    assert.equal(updatedDashboard(sampleDashboard({ revision: 7 }), update)?.asOf, 1);
  });
});

describe("a whole answer to a page that shows something already", () => {
  it("says what was answered, from any state to any other", () => {
    for (const before of Object.values(dashboardSamples)) {
      for (const after of Object.values(dashboardSamples))
        assert.deepEqual(keptDashboard(before, travelled(after)), after);
    }
  });

  it("is the same objects as far as nothing has changed, also where Redis' clock went on", () => {
    const before = sampleJobs({ rows: sampleRows(0, 4) });
    const answer = sampleJobs(
      { rows: [sampleRow(9), ...sampleRows(1, 3)] },
      {},
      { snapshot: sampleSnapshot({ at: 7 }) },
    );
    const { body, look, snapshot } = keptDashboard(before, travelled({ ...answer, revision: 9 }));
    assert.ok(body?.tab === "jobs" && before.body?.tab === "jobs");
    assert.deepEqual(body.view.rows[0], sampleRow(9));
    assert.equal(body.view.rows[1], before.body.view.rows[1]);
    assert.equal(body.intent, before.body.intent);
    assert.equal(look, before.look);
    assert.equal(snapshot?.at, 7);
    assert.equal(snapshot.queues, before.snapshot?.queues);
  });
});
