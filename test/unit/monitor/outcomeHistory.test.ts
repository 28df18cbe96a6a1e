import assert from "node:assert/strict";
import type { JobRow } from "../../../src/monitor/model";
import { OutcomeHistory } from "../../../src/monitor/outcomeHistory";
import { row } from "../host/fakeMonitor";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.UTC(2026, 0, 2, 3, 4, 5);

function ended(id: string, finishedAt: number, fields: Partial<JobRow> = {}): JobRow {
  return row({ id, state: "complete", function: "send", queue: "arq:queue", finishedAt, ...fields });
}

/** A reading of a job that is met for the first time. */
function meet(history: OutcomeHistory, ...rows: JobRow[]): void {
  for (const after of rows) history.remember({ changed: true, before: null, after, events: [] }, now);
}

function forget(history: OutcomeHistory, before: JobRow, at: number): void {
  history.remember({ changed: true, before, after: null, events: [] }, at);
}

/** A look at every key has ended. */
function look(history: OutcomeHistory, at: number, oldestHeld: number | null): void {
  history.lookedAround(at);
  history.heldSince(at, oldestHeld, Number.POSITIVE_INFINITY);
}

describe("The history of outcomes", () => {
  it("counts within windows, aborted jobs apart, and says what span is covered", () => {
    const history = new OutcomeHistory();
    history.restart(now - minute);
    meet(
      history,
      ended("a", now - minute),
      ended("b", now - 30 * minute, { state: "failed" }),
      ended("c", now - 2 * hour),
      ended("d", now - minute, { state: "aborted" }),
      ended("e", now - 3 * day),
    );
    look(history, now, now - 3 * day);
    const [lastHour, lastDay, lastWeek] = [hour, day, 7 * day].map((windowMs) => history.rate(windowMs, now));
    assert.deepEqual([lastHour?.complete, lastHour?.failed, lastHour?.aborted], [1, 1, 1]);
    assert.deepEqual([lastDay?.complete, lastDay?.failed, lastDay?.aborted], [2, 1, 1]);
    assert.equal(lastWeek?.complete, 3);
    assert.deepEqual([lastHour?.coveredMs, lastDay?.coveredMs, lastWeek?.coveredMs], [hour, day, 3 * day]);
    assert.deepEqual(lastWeek?.gaps, [{ from: now - 7 * day, to: now - 3 * day }]);
    const { complete, failed } = history.rate(5 * minute, now);
    assert.deepEqual([complete, failed], [1, 0]);
  });

  it("counts the edge of the last hour to the second", () => {
    const history = new OutcomeHistory();
    history.restart(now - 2 * hour);
    meet(history, ended("in", now - hour + second), ended("out", now - hour - second));
    assert.equal(history.rate(hour, now).complete, 1);
  });

  it("counts an outcome once, however often it is read, and keeps it when Redis has forgotten it", () => {
    const history = new OutcomeHistory();
    history.restart(now - hour);
    const job = ended("a", now - 10 * minute);
    meet(history, job);
    history.remember({ changed: false, before: job, after: job, events: [] }, now);
    history.remember({ changed: true, before: job, after: { ...job, worker: "w:1" }, events: [] }, now);
    forget(history, job, now);
    assert.equal(history.rate(hour, now).complete, 1);
  });

  it("counts a cron job by its result, of which later only the claim is left", () => {
    const history = new OutcomeHistory();
    history.restart(now - hour);
    const before = ended("cron:tick:1", now - 10 * minute);
    const after: JobRow = { ...before, state: "finished" };
    history.remember({ changed: true, before: after, after: before, events: [] }, now);
    history.remember({ changed: true, before, after, events: [] }, now);
    forget(history, after, now);
    assert.equal(history.rate(hour, now).complete, 1);
  });

  it("counts both when an id is taken again", () => {
    const history = new OutcomeHistory();
    history.restart(now - hour);
    const first = ended("a", now - 10 * minute);
    meet(history, first);
    history.remember({ changed: true, before: first, after: ended("a", now - minute), events: [] }, now);
    assert.equal(history.rate(hour, now).complete, 2);
  });

  it("puts the last hour into sixty minutes, oldest first, and what a fast clock dates ahead into the newest", () => {
    const history = new OutcomeHistory();
    meet(history, ended("a", now), ended("b", now - 59 * minute), ended("c", now - 2 * hour));
    meet(history, ended("ahead", now + 5 * minute), ended("far ahead", now + day));
    const throughput = history.throughput(now);
    assert.equal(throughput.length, 60);
    assert.equal(throughput[59]?.at, Date.UTC(2026, 0, 2, 3, 4));
    assert.deepEqual([throughput[0]?.complete, throughput[59]?.complete], [1, 3]);
  });

  it("tells minutes in which it did not watch as gaps, with what it knows of them", () => {
    const history = new OutcomeHistory();
    history.restart(now - 40 * minute);
    history.missed(now - 30 * minute);
    meet(history, ended("a", now - 25 * minute));
    look(history, now - 20 * minute, null);
    const covered = history.throughput(now).map((bucket) => bucket.covered);
    assert.deepEqual(
      [covered[59], covered[45], covered[35], covered[25], covered[10]],
      [true, true, false, true, false],
    );
    assert.equal(history.throughput(now)[34]?.complete, 1);
    const { gaps, coveredMs } = history.rate(hour, now);
    assert.deepEqual(gaps, [
      { from: now - hour, to: now - 40 * minute },
      { from: now - 30 * minute, to: now - 20 * minute },
    ]);
    assert.equal(coveredMs, 30 * minute);
  });

  it("covers a time away as far as Redis still holds its results, but no further than the shortest are kept", () => {
    const history = new OutcomeHistory();
    history.restart(now - 5 * hour);
    // A result of this function is gone after ten minutes, whatever others are kept for.
    const short = ended("short", now - 4 * hour);
    meet(history, short);
    forget(history, short, now - 4 * hour + 10 * minute);
    history.missed(now - 2 * hour);
    look(history, now, now - 3 * day);
    assert.deepEqual(history.rate(3 * hour, now).gaps, [{ from: now - 2 * hour, to: now - 10 * minute }]);
  });

  it("covers a time away no further than is known of how long results are kept", () => {
    const history = new OutcomeHistory();
    history.restart(now);
    history.lookedAround(now);
    history.heldSince(now, now - 3 * day, hour);
    assert.deepEqual(history.rate(2 * hour, now).gaps, [{ from: now - 2 * hour, to: now - hour }]);
  });

  it("counts nothing twice when all is read anew after a flush that left results in place", () => {
    const history = new OutcomeHistory();
    history.restart(now - hour);
    const jobs = [ended("a", now - 10 * minute), ended("b", now - 10 * minute), ended("c", now - 3 * minute)];
    meet(history, ...jobs);
    history.restart(now);
    assert.equal(history.rate(hour, now).complete, 3, "what happened stays counted");
    meet(history, ...jobs, ended("d", now - 10 * minute));
    assert.equal(history.rate(hour, now).complete, 4);
  });

  it("tells when a job ended last in a queue, to the minute, and of what is old to the hour", () => {
    const history = new OutcomeHistory();
    history.restart(now - 20 * day);
    meet(
      history,
      ended("a", now - 90 * second, { queue: "mail" }),
      ended("b", now - 3 * hour, { queue: "mail" }),
      ended("c", now - 5 * second, { queue: "now" }),
      ended("d", now - 10 * day, { queue: "old" }),
      ended("e", now - 2 * hour, { queue: "others" }),
    );
    const last = history.lastEndedIn(new Set(["mail", "now", "old", "unknown"]), now);
    const startOf = (at: number, widthMs: number): number => Math.floor(at / widthMs) * widthMs;
    assert.deepEqual(
      last,
      new Map([
        ["now", now],
        ["mail", startOf(now - 90 * second, minute) + minute],
        ["old", startOf(now - 10 * day, hour) + hour],
      ]),
    );
  });
});
