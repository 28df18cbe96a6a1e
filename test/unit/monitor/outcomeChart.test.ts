import assert from "node:assert/strict";
import { outcomeChart, type OutcomeChart, type OutcomeChartQuery } from "../../../src/monitor/outcomeChart";
import { OutcomeHistory } from "../../../src/monitor/outcomeHistory";
import { endedRow, failedRow } from "../../support/jobRows";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.UTC(2026, 0, 20, 10, 17, 30);
const since = now - 3 * day;

describe("A chart of how jobs ended", () => {
  let history: OutcomeHistory;
  beforeEach(() => {
    history = new OutcomeHistory();
    history.restart(since);
    history.lookedAround(since);
    let n = 0;
    for (let at = since + 10 * minute; at <= now; at += 5 * minute) {
      const names = { queue: n % 2 === 0 ? "mail" : "arq:queue", function: n % 3 === 0 ? "send" : "charge" };
      const row = n % 5 === 0 ? failedRow(`j${n}`, at, "bad", names) : endedRow(`j${n}`, at, { ...names, runMs: 40 });
      history.remember({ changed: true, before: null, after: row, events: [] }, now);
      n++;
    }
  });

  const chart = (spanMs: number, stepMs: number, change: Partial<OutcomeChartQuery> = {}): OutcomeChart =>
    outcomeChart(history, { from: now - spanMs, to: now, stepMs, queue: null, function: null, ...change }, now);
  const sums = (steps: OutcomeChart): [complete: number, failed: number] => [
    steps.reduce((sum, { complete }) => sum + complete, 0),
    steps.reduce((sum, { failed }) => sum + failed, 0),
  ];

  for (const [name, spanMs, stepMs] of [
    ["an hour in minutes", hour, minute],
    ["a day in steps of 20 minutes", day, 20 * minute],
    ["a week in steps of 2 hours", 7 * day, 2 * hour],
  ] as const) {
    it(`of ${name} has every job in the step in which it ended, and begins with the step of its beginning`, () => {
      const steps = chart(spanMs, stepMs);
      const first = Math.floor((now - spanMs) / stepMs) * stepMs;
      assert.deepEqual(
        steps.map(({ at }) => at),
        Array.from({ length: Math.ceil((now - first) / stepMs) }, (_, i) => first + i * stepMs),
      );
      const ends = Array.from(history.minutes.between(first, now), ([at, bucket]) => ({ at, ...bucket.outcomes }));
      for (const { at, complete, failed } of steps) {
        const within = ends.filter((each) => each.at >= at && each.at < at + stepMs);
        assert.equal(
          complete,
          within.reduce((sum, each) => sum + each.complete, 0),
        );
        assert.equal(
          failed,
          within.reduce((sum, each) => sum + each.failed, 0),
        );
      }
      assert.ok(sums(steps)[1] > 0);
    });
  }

  it("adds up to the rate of the same span, up to the step in which that begins", () => {
    const { complete, failed } = history.rate(7 * day, now);
    assert.deepEqual(sums(chart(7 * day, 2 * hour)), [complete, failed]);
    const lastHour = history.rate(hour, now);
    const [ended, broken] = sums(chart(hour, minute));
    assert.ok(ended - lastHour.complete <= 1 && broken - lastHour.failed <= 1);
  });

  it("tells of one queue, of one function, and of both", () => {
    const all = sums(chart(7 * day, 2 * hour));
    const of = (change: Partial<OutcomeChartQuery>): number[] => sums(chart(7 * day, 2 * hour, change));
    const queues = ["mail", "arq:queue"].map((queue) => of({ queue }));
    assert.deepEqual([queues[0]![0]! + queues[1]![0]!, queues[0]![1]! + queues[1]![1]!], all);
    const both = ["mail", "arq:queue"].map((queue) => of({ queue, function: "send" }));
    const send = of({ function: "send" });
    assert.deepEqual([both[0]![0]! + both[1]![0]!, both[0]![1]! + both[1]![1]!], send);
    assert.ok(send[0]! > 0 && send[0]! < all[0]);
    assert.deepEqual(of({ queue: "nobody's" }), [0, 0]);
  });

  it("says which steps were not watched, or only in part", () => {
    const unwatched = chart(7 * day, 2 * hour).filter(({ covered }) => !covered);
    assert.deepEqual(
      [unwatched[0]?.at, unwatched.at(-1)?.at],
      [chart(7 * day, 2 * hour)[0]?.at, Math.floor(since / (2 * hour)) * 2 * hour],
    );
    const outage = new OutcomeHistory();
    outage.restart(now - 2 * hour);
    outage.lookedAround(now - 2 * hour);
    outage.missed(now - 30 * minute);
    outage.lookedAround(now - 25 * minute);
    const query = { from: now - hour, to: now, stepMs: minute, queue: null, function: null };
    const gaps = outcomeChart(outage, query, now).filter(({ covered }) => !covered);
    const begin = Math.floor((now - 30 * minute) / minute) * minute;
    assert.deepEqual(
      gaps.map(({ at }) => at),
      Array.from({ length: 6 }, (_, i) => begin + i * minute),
    );
  });

  it("has what a worker dated ahead of Redis' clock in its newest step, as the rates have", () => {
    const [before] = sums(chart(hour, minute));
    const newest = chart(hour, minute).at(-1)!.complete;
    const ahead = endedRow("ahead", now + 5 * minute);
    history.remember({ changed: true, before: null, after: ahead, events: [] }, now);
    assert.equal(sums(chart(hour, minute))[0], before + 1);
    assert.equal(chart(hour, minute).at(-1)?.complete, newest + 1);
  });

  it("tells run times and how many they are of", () => {
    const { runMs, runs, complete } = chart(7 * day, day)[5]!;
    assert.ok(complete > 0);
    assert.equal(runMs > 0 && runs >= complete, true);
  });

  it("has in steps of whole hours what workers told of hours that nobody watched, as the rates have", () => {
    const away = new OutcomeHistory();
    away.restart(now - 30 * minute);
    away.lookedAround(now - 30 * minute);
    const at = Math.floor((now - 5 * hour) / hour) * hour;
    const names = { queue: "mail", function: "send" };
    for (let i = 0; i < 3; i++) {
      const seen = endedRow(`seen${i}`, at + i * minute, names);
      away.remember({ changed: true, before: null, after: seen, events: [] }, now);
    }
    const functions = [{ name: "send", complete: 40, failed: 2, retried: 0, runMs: 420 }];
    away.takeWorkerHours([{ worker: "w:1", at, queue: "mail", functions }], now);
    const query = { from: now - 7 * day, to: now, stepMs: hour, queue: null, function: null };
    const steps = outcomeChart(away, query, now);
    const told = steps.find((step) => step.at === at);
    assert.deepEqual([told?.complete, told?.failed, told?.covered], [40, 2, true]);
    const rate = away.rate(7 * day, now);
    assert.deepEqual(sums(steps), [rate.complete, rate.failed]);
    const known = steps.filter(({ covered }) => covered).map((step) => step.at);
    assert.deepEqual(known, [at, Math.floor(now / hour) * hour], "that hour, and the one that runs");
    assert.deepEqual(sums(outcomeChart(away, { ...query, function: "send" }, now)), [40, 2]);
    assert.deepEqual(sums(outcomeChart(away, { ...query, function: "charge" }, now)), [0, 0]);
    const finer = outcomeChart(away, { ...query, stepMs: 20 * minute }, now).filter((step) => step.at >= at);
    assert.deepEqual([finer[0]?.complete, finer[0]?.covered], [3, false], "nobody knows when within the hour");
  });
});
