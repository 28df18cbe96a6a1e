import assert from "node:assert/strict";
import { cronInterval } from "../../../src/monitor/cronInterval";
import { cronJobs } from "../../../src/monitor/cronJobs";
import { defaultThresholds } from "../../../src/monitor/health";
import { createMonitor } from "../../../src/monitor/liveMonitor";
import type { JobRow } from "../../../src/monitor/model";
import type { CronJob } from "../../../src/monitor/queryModel";
import { Slices } from "../../../src/monitor/slices";
import { endedRow, failedRow, jobRow, rowsNow, tableOf } from "../../support/jobRows";
import { ManualClock } from "../../support/manualClock";
import { MemorySource } from "../../support/memorySource";
import { QuietLogger } from "../../support/quietLogger";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
/** ARQ makes runs due at a fraction of a second. */
const due = Math.floor(rowsNow / minute) * minute - 10 * minute + 123;

function told(rows: readonly JobRow[], remembered: readonly JobRow[] = []): Promise<CronJob[]> {
  return cronJobs(tableOf(rows), remembered, rowsNow, new Slices(undefined, 0));
}

function run(name: string, dueAt: number, change: Partial<JobRow> = {}): JobRow {
  return endedRow(`${name}:${dueAt}`, dueAt + 500, { function: name, runMs: 400, ...change });
}

describe("Cron jobs", () => {
  it("are those whose id is their function's name and a due time, and those that ARQ has named", async () => {
    const jobs = await told([
      run("cron:sync", due),
      run("nightly report", due),
      endedRow("2f0643ffe09d4a0d869af31460632943", due, { function: "cron:uuid" }),
      endedRow(`order:${due}`, due, { function: "charge" }),
      endedRow(`charge:${due}0`, due, { function: "charge" }),
      endedRow("charge", due, { function: "charge" }),
      endedRow(`charge:${due}`, due, { function: null }),
      jobRow("nothing"),
    ]);
    assert.deepEqual(
      jobs.map(({ name, function: full, count }) => [name, full, count]),
      [
        ["nightly report", "nightly report", 1],
        ["sync", "cron:sync", 1],
        ["uuid", "cron:uuid", 1],
      ],
    );
    assert.equal(jobs.at(-1)?.lastRuns[0]?.dueAt, null, "its id does not tell when it was due");
  });

  it("have their last ten runs, the newest first, forgotten ones included, and the one that waits apart", async () => {
    const rows = Array.from({ length: 30 }, (_, i) => run("cron:sync", due - i * 5 * minute));
    const waits = { state: "queued", scheduledAt: due + 10 * minute, finishedAt: null, startedAt: null } as const;
    const next = run("cron:sync", due + 10 * minute, { ...waits, runMs: null });
    const failed = failedRow(`cron:sync:${due + 5 * minute}`, due + 5 * minute + 900, "bad", {
      function: "cron:sync",
      rememberedSince: rowsNow,
    });
    const [sync, ...others] = await told([...rows.toReversed(), next], [failed]);
    assert.equal(others.length, 0);
    assert.deepEqual([sync?.count, sync?.failed], [32, 1]);
    assert.deepEqual(sync?.next, { id: next.id, at: due + 10 * minute });
    assert.deepEqual(
      sync?.lastRuns.map(({ dueAt }) => dueAt),
      Array.from({ length: 10 }, (_, i) => due + 5 * minute - i * 5 * minute),
    );
    const [first, second_] = sync?.lastRuns ?? [];
    assert.deepEqual(
      [first?.state, second_?.state, second_?.runMs, second_?.startedAt],
      ["failed", "complete", 400, due + 100],
    );
    assert.deepEqual([sync?.intervalMs, sync?.expectedAt], [5 * minute, due + 15 * minute]);
  });

  it("are told apart by queue", async () => {
    const jobs = await told([run("cron:sync", due), run("cron:sync", due, { id: `x:${due}`, queue: "mail" })]);
    assert.deepEqual(
      jobs.map(({ queue, count }) => [queue, count]),
      [
        ["arq:queue", 1],
        ["mail", 1],
      ],
    );
  });

  it("have runs of which no queue is known in the only one that there is", async () => {
    const lingers = run("cron:sync", due - minute, { state: "finished", queue: null });
    const one = await told([run("cron:sync", due), lingers]);
    assert.deepEqual(
      one.map(({ queue, count, lastRuns }) => [queue, count, lastRuns.length]),
      [["arq:queue", 2, 2]],
    );
    const two = await told([run("cron:sync", due), lingers, run("cron:sync", due + 1, { queue: "mail" })]);
    assert.deepEqual(
      two.map(({ queue, count }) => [queue, count]),
      [
        [null, 1],
        ["arq:queue", 1],
        ["mail", 1],
      ],
    );
  });

  it("are expected again an interval after the last run, also where some runs were missed since", async () => {
    const [sync] = await told([0, 1, 2].map((i) => run("cron:sync", due - 3 * hour - i * hour)));
    assert.deepEqual([sync?.intervalMs, sync?.next], [hour, null]);
    assert.equal(sync?.expectedAt, due + hour);
    const [once] = await told([run("cron:sync", due)]);
    assert.deepEqual([once?.intervalMs, once?.expectedAt], [null, null]);
  });

  it("are seen by a monitor also when they leave no result", async () => {
    const clock = new ManualClock();
    const source = new MemorySource(clock);
    const parts = { logger: new QuietLogger(), thresholds: defaultThresholds, staleAfterMs: minute, queues: [] };
    const monitor = createMonitor({ source, clock, ...parts });
    monitor.onChange(() => undefined);
    monitor.start();
    await clock.advanceAsync(second);
    for (let i = 0; i < 4; i++) {
      const at = clock.now() + second;
      source.enqueue(`cron:tick:${at}`, { function: "cron:tick", dueAt: at });
      await clock.advanceAsync(900);
      if (i === 3) assert.deepEqual((await monitor.cron())[0]?.next, { id: `cron:tick:${at}`, at });
      await clock.advanceAsync(100);
      source.begin(`cron:tick:${at}`);
      await clock.advanceAsync(second);
      source.vanish(`cron:tick:${at}`);
      await clock.advanceAsync(minute - 2 * second);
    }
    const [tick] = await monitor.cron();
    await monitor.close();
    assert.deepEqual([tick?.name, tick?.count, tick?.failed, tick?.intervalMs], ["tick", 4, 0, minute]);
    assert.ok(tick?.lastRuns.every(({ state }) => state === "finished"));
  });
});

describe("The interval of a cron job", () => {
  const times = (...distances: number[]): number[] => {
    let at = rowsNow;
    return [at, ...distances.map((distance) => (at -= distance))];
  };

  it("is the distance that nearly all runs have, gaps of several aside", () => {
    assert.equal(cronInterval(times(hour, hour)), hour);
    assert.equal(cronInterval(times(minute, minute, 7 * minute, minute)), minute);
    assert.equal(cronInterval(times(minute + 300, minute - 200, minute)), minute);
  });

  it("is unclear of few runs, and of runs that are not evenly apart", () => {
    assert.equal(cronInterval([]), null);
    assert.equal(cronInterval(times(hour)), null);
    assert.equal(cronInterval(times(3 * hour, 6 * hour, 15 * hour, 3 * hour, 6 * hour)), null);
    assert.equal(cronInterval(times(hour, hour, 90 * minute)), null);
  });

  it("counts a run once that was enqueued by several workers", () => {
    assert.equal(cronInterval(times(0, hour, 20, hour, 5, hour)), hour);
  });
});
