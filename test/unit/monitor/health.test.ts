import assert from "node:assert/strict";
import { assessHealth, defaultThresholds, type HealthInput } from "../../../src/monitor/health";
import { WaitHistory } from "../../../src/monitor/waitHistory";

const now = 1_700_000_000_000;
const second = 1000;
const minute = 60 * second;

function input(change: Partial<HealthInput> = {}): HealthInput {
  return {
    now,
    known: true,
    queues: [],
    recent: outcomes(100, 0),
    workerCount: { kind: "atLeast", n: 1 },
    waiting: 0,
    dueSince: null,
    overdueSince: null,
    lastFinishedAt: now - second,
    watchedSince: now - 60 * minute,
    ...change,
  };
}

function outcomes(complete: number, failed: number, aborted = 0): HealthInput["recent"] {
  return { windowMs: 5 * minute, coveredMs: 5 * minute, gaps: [], complete, failed, aborted };
}

function queue(depth: number, oldestDueMs: number | null = null): HealthInput["queues"][number] {
  return { name: "arq:queue", depth, oldestDueMs };
}

describe("Health", () => {
  const cases: readonly {
    readonly name: string;
    readonly given: Partial<HealthInput>;
    readonly level: string;
    readonly text?: RegExp;
  }[] = [
    { name: "nothing is wrong", given: { queues: [queue(500, 9000)] }, level: "green" },
    { name: "the numbers are not current", given: { known: false, queues: [queue(5000)] }, level: "unknown" },
    {
      name: "a queue is over 500 deep",
      given: { queues: [queue(501)] },
      level: "yellow",
      text: /^501 jobs in arq:queue, more than 500$/,
    },
    {
      name: "a queue is over 1000 deep",
      given: { queues: [queue(1204)] },
      level: "red",
      text: /^1,204 jobs in arq:queue, more than 1,000$/,
    },
    {
      name: "waits over 10 s have not yet lasted a minute",
      given: { queues: [queue(1, 15 * second)], overdueSince: now - 59 * second },
      level: "green",
    },
    {
      name: "waits over 10 s have lasted a minute",
      given: { queues: [queue(1, 15 * second)], overdueSince: now - minute },
      level: "yellow",
      text: /arq:queue has waited 15 s; waits have been over 10 s for 1 min$/,
    },
    {
      name: "the oldest due job waits over five minutes",
      given: { queues: [queue(1, 5 * minute + second)] },
      level: "red",
      text: /has waited 5 min 1 s, more than 5 min$/,
    },
    { name: "5 % failed", given: { recent: outcomes(95, 5) }, level: "green" },
    {
      name: "over 5 % failed",
      given: { recent: outcomes(94, 6) },
      level: "yellow",
      text: /^6 % of 100 jobs failed in the last 5 min, more than 5 %$/,
    },
    { name: "over 10 % failed", given: { recent: outcomes(89, 11) }, level: "red", text: /more than 10 %$/ },
    { name: "all failed of fewer than 20 jobs", given: { recent: outcomes(0, 19) }, level: "green" },
    { name: "many were aborted, which is no failure", given: { recent: outcomes(19, 1, 500) }, level: "green" },
    {
      name: "jobs are due and none finished for ten minutes",
      given: { waiting: 3, dueSince: now - 11 * minute, lastFinishedAt: now - 10 * minute },
      level: "red",
      text: /^3 jobs are due and none finished for 10 min, limit 10 min$/,
    },
    {
      name: "a job came just now to a queue that was empty for an hour",
      given: { waiting: 1, dueSince: now - second, lastFinishedAt: now - 60 * minute },
      level: "green",
    },
    {
      name: "no result is kept and nobody watched for long enough to say that none finished",
      given: { waiting: 1, dueSince: now - 20 * minute, lastFinishedAt: null, watchedSince: now - minute },
      level: "green",
    },
    {
      name: "jobs are due and no worker is seen",
      given: { waiting: 1, workerCount: { kind: "exact", n: 0 } },
      level: "red",
      text: /^1 job is due and no worker is seen$/,
    },
    { name: "no worker is seen but none is needed", given: { workerCount: { kind: "exact", n: 0 } }, level: "green" },
    {
      name: "jobs are due and workers cannot be seen",
      given: { waiting: 1, workerCount: { kind: "unknown", reason: "refused" } },
      level: "green",
    },
  ];
  for (const { name, given, level, text } of cases) {
    it(`is ${level} when ${name}`, () => {
      const health = assessHealth(input(given), defaultThresholds);
      assert.equal(health.level, level);
      if (text === undefined) assert.deepEqual(health.reasons, []);
      else assert.match(health.reasons[0]?.text ?? "", text);
    });
  }

  it("names the worst reason first", () => {
    const { reasons } = assessHealth(input({ queues: [queue(501)], recent: outcomes(80, 20) }), defaultThresholds);
    assert.deepEqual(
      reasons.map(({ level, rule }) => [level, rule]),
      [
        ["red", "failed"],
        ["yellow", "depth"],
      ],
    );
  });

  it("goes by the thresholds it is given", () => {
    const strict = { ...defaultThresholds, yellowDepth: 5 };
    assert.equal(assessHealth(input({ queues: [queue(6)] }), strict).level, "yellow");
  });
});

describe("The history of waits", () => {
  it("takes from one look what that look proves", () => {
    const history = new WaitHistory();
    history.look(now, 90 * second, 10 * second);
    assert.equal(history.dueSince, now - 90 * second);
    assert.equal(history.overdueSince, now - 80 * second);
  });

  it("sees one long wait follow another", () => {
    const history = new WaitHistory();
    for (let at = now; at <= now + minute; at += 5 * second) history.look(at, 12 * second, 10 * second);
    assert.equal(history.overdueSince, now - 2 * second);
  });

  it("begins anew when nothing waited for a moment, and after a time in which nobody looked", () => {
    const history = new WaitHistory();
    history.look(now, 60 * second, 10 * second);
    history.look(now + 5 * second, null, 10 * second);
    assert.deepEqual([history.dueSince, history.overdueSince], [null, null]);
    history.look(now + 10 * second, 60 * second, 10 * second);
    history.look(now + 10 * minute, 11 * second, 10 * second);
    assert.equal(history.overdueSince, now + 10 * minute - second);
  });
});
