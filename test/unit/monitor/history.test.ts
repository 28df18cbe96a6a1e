import assert from "node:assert/strict";
import { History } from "../../../src/monitor/history";
import type { JobRow, Rate } from "../../../src/monitor/model";
import type { WorkerHour } from "../../../src/monitor/workerHours";
import { ManualClock } from "../../support/manualClock";
import { MemoryDisk, MemoryHistoryStore } from "../../support/memoryHistory";
import { QuietLogger } from "../../support/quietLogger";
import { row } from "../host/fakeMonitor";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.UTC(2026, 10, 2, 10, 0, 0);

/** One window that watches, over a disk that others may share. */
class Window {
  readonly store: MemoryHistoryStore;
  readonly history: History;
  workerHours: WorkerHour[] = [];
  readonly asked: (readonly number[])[] = [];
  readonly logger = new QuietLogger();

  constructor(
    readonly clock: ManualClock,
    readonly disk: MemoryDisk,
    name: string,
  ) {
    this.store = new MemoryHistoryStore(disk, name);
    this.history = new History({
      kept: { store: this.store, redact: (text) => text.replaceAll("hunter2", "********") },
      clock,
      logger: this.logger,
      now: () => clock.now(),
      onNews: () => {},
      readWorkerHours: async (hours) => {
        this.asked.push(hours);
        return this.workerHours.filter(({ at }) => hours.includes(at));
      },
    });
  }

  /** Begins to watch, with what Redis holds. */
  async open(...held: readonly JobRow[]): Promise<this> {
    this.history.start();
    await this.clock.advanceAsync(0);
    this.history.restart(this.clock.now());
    this.meet(...held);
    const times = held.map(({ finishedAt }) => finishedAt).filter((at) => at !== null);
    this.history.lookedAround(this.clock.now());
    const oldest = times.length === 0 ? null : Math.min(...times);
    this.history.heldSince(this.clock.now(), oldest, Number.POSITIVE_INFINITY);
    await this.clock.advanceAsync(0);
    return this;
  }

  meet(...rows: readonly JobRow[]): void {
    for (const after of rows)
      this.history.remember({ changed: true, before: null, after, events: [] }, this.clock.now());
  }

  rate(windowMs: number): Rate {
    return this.history.outcomes.rate(windowMs, this.clock.now());
  }
}

function ended(id: string, finishedAt: number, fields: Partial<JobRow> = {}): JobRow {
  return row({ id, state: "complete", function: "send", queue: "arq:queue", runMs: 120, finishedAt, ...fields });
}

function failed(id: string, finishedAt: number, message = "no stock for 17"): JobRow {
  const error = { kind: "exception", type: "shop.OutOfStock", message, hasTraceback: true } as const;
  return ended(id, finishedAt, { state: "failed", error });
}

function told(at: number, complete: number, fields: Partial<WorkerHour> = {}): WorkerHour {
  return {
    worker: "web:1:ab12",
    at,
    queue: "arq:queue",
    functions: [{ name: "send", complete, failed: 0, retried: 0, runMs: 5 }],
    ...fields,
  };
}

describe("The history of a connection", () => {
  let clock: ManualClock;
  let disk: MemoryDisk;

  beforeEach(() => {
    clock = new ManualClock(start);
    disk = new MemoryDisk();
  });
  const open = (name: string, ...held: readonly JobRow[]): Promise<Window> =>
    new Window(clock, disk, name).open(...held);

  it("tells the next session what was counted, and which spans nobody watched", async () => {
    const first = await open("a");
    await clock.advanceAsync(10 * minute);
    first.meet(ended("1", clock.now()), failed("2", clock.now()), ended("3", clock.now(), { state: "aborted" }));
    await clock.advanceAsync(5 * minute);
    await first.history.close();
    await clock.advanceAsync(2 * day);
    const next = await open("b");
    const { complete, failed: failures, aborted, coveredMs, gaps } = next.rate(7 * day);
    assert.deepEqual([complete, failures, aborted], [1, 1, 1]);
    assert.equal(coveredMs, 15 * minute);
    assert.deepEqual(
      gaps.map(({ from, to }) => [from - start, to - start]),
      [
        [15 * minute + 2 * day - 7 * day, 0],
        [15 * minute, 15 * minute + 2 * day],
      ],
    );
    assert.equal(next.rate(day).complete, 0);
  });

  it("writes nothing at all without jobs, and nothing more when nothing happens", async () => {
    const window = await open("a");
    await clock.advanceAsync(hour);
    await window.history.close();
    assert.equal(disk.writes, 0);
    const other = await open("b");
    other.meet(ended("1", clock.now()));
    await clock.advanceAsync(5 * minute);
    const { writes } = disk;
    await clock.advanceAsync(5 * hour);
    assert.equal(disk.writes, writes);
  });

  it("writes at most every ten seconds, a minute once when it is over, and the rest at the end", async () => {
    const window = await open("a");
    for (let n = 0; n < 600; n++) {
      window.meet(ended(`j${n}`, clock.now()));
      await clock.advanceAsync(second);
    }
    assert.ok(disk.writes <= 60, `${disk.writes} writes in ten minutes`);
    window.meet(ended("last", clock.now()));
    await window.history.close();
    const minutes = disk.lines.filter((line) => line.startsWith('{"m"'));
    assert.equal(minutes.length, 11);
    assert.deepEqual(JSON.parse(minutes[3]!), {
      m: start / minute + 3,
      c: [["arq:queue", [["send", 60, 0, 0, 0, 7200, 60]]]],
    });
  });

  it("loses nothing that was counted before what is stored had been read", async () => {
    const window = new Window(clock, disk, "a");
    window.history.start();
    window.history.restart(clock.now());
    window.meet(ended("early", clock.now()));
    await window.history.close();
    assert.equal((await open("b")).rate(day).complete, 1);
  });

  it("counts once what two windows watch at the same time", async () => {
    const [a, b] = [await open("a"), await open("b")];
    for (let n = 0; n < 30; n++) {
      const job = n % 3 === 0 ? failed(`j${n}`, clock.now()) : ended(`j${n}`, clock.now());
      a.meet(job);
      b.meet(job);
      await clock.advanceAsync(20 * second);
    }
    await Promise.all([a.history.close(), b.history.close()]);
    const next = await open("c");
    assert.deepEqual([next.rate(day).complete, next.rate(day).failed], [20, 10]);
    assert.equal([...next.history.failures(0)].length, 10);
  });

  it("keeps of a minute what the one says that saw more of it", async () => {
    const a = await open("a");
    const jobs = Array.from({ length: 5 }, (_, n) => ended(`j${n}`, start + n * second));
    a.meet(...jobs);
    const b = await open("b");
    b.meet(...jobs.slice(3));
    await clock.advanceAsync(2 * minute);
    await b.history.close();
    await a.history.close();
    assert.equal((await open("c")).rate(day).complete, 5);
  });

  it("neither counts nor writes again what was stored, when Redis still holds the results", async () => {
    const jobs = Array.from({ length: 200 }, (_, n) => (n % 4 === 0 ? failed : ended)(`j${n}`, start + n * minute));
    clock.advance(5 * hour);
    const first = await open("a", ...jobs);
    await clock.advanceAsync(minute);
    await first.history.close();
    const { bytes } = disk;
    for (const name of ["b", "c", "d"]) {
      const again = await open(name, ...jobs);
      await clock.advanceAsync(minute);
      assert.equal(again.rate(day).complete + again.rate(day).failed, 200);
      await again.history.close();
    }
    // Only the spans that were watched.
    assert.ok(disk.bytes - bytes < 1000, `${disk.bytes - bytes} bytes more`);
  });

  it("counts what Redis still tells of a time away, and calls it watched as far as results are kept", async () => {
    const first = await open("a");
    await clock.advanceAsync(10 * minute);
    first.meet(ended("seen", clock.now()));
    await first.history.close();
    await clock.advanceAsync(3 * hour);
    const next = await open("b", ended("missed", clock.now() - 2 * hour), ended("seen", start + 10 * minute));
    const { complete, coveredMs } = next.rate(day);
    assert.deepEqual([complete, coveredMs], [2, 3 * hour + 10 * minute]);
  });

  it("has a failed job, its error group and its traceback when Redis has forgotten it", async () => {
    const first = await open("a");
    first.meet(failed("order:1", start), failed("order:2", start + second));
    first.history.keepTraceback("order:1", start, {
      text: "Traceback …\nOutOfStock: 17",
      source: "worker.log, line 3",
    });
    await first.history.close();
    await clock.advanceAsync(3 * day);
    const { history } = await open("b");
    const found = history.row("order:1");
    assert.deepEqual(
      [found?.state, found?.finishedAt, found?.function, found?.error?.message, found?.error?.hasTraceback],
      ["failed", start, "send", "no stock for 17", true],
    );
    assert.notEqual(found?.rememberedSince, null);
    const failure = history.failure("order:1");
    assert.ok(failure !== null);
    assert.deepEqual(history.traceback(failure), { text: "Traceback …\nOutOfStock: 17", source: "worker.log, line 3" });
    assert.deepEqual(
      [...history.errorGroups],
      [["shop.OutOfStock\nno stock for #", { firstAt: start, lastAt: start + second }]],
    );
    assert.deepEqual(
      Array.from(history.failures(start + second), ({ id }) => id),
      ["order:2"],
    );
    assert.equal(history.row("order:3"), null);
  });

  it("hides what the rules of today call secret in what was stored under those of yesterday", async () => {
    const first = await open("a");
    first.meet(failed("1", start, "refused: hunter2"));
    first.history.keepTraceback("1", start, { text: "Traceback …\nRefused: hunter2", source: "stored" });
    await first.history.close();
    assert.ok(disk.lines.some((line) => line.includes("hunter2")));
    const { history } = await open("b");
    assert.equal(history.row("1")?.error?.message, "refused: ********");
    assert.equal(history.traceback(history.failure("1")!)?.text, "Traceback …\nRefused: ********");
  });

  it("stores a traceback that is found later, and one text once for all who failed with it", async () => {
    const first = await open("a");
    const jobs = Array.from({ length: 50 }, (_, n) => failed(`j${n}`, start + n));
    first.meet(...jobs);
    await clock.advanceAsync(20 * second);
    const text = `Traceback (most recent call last):\n${"  File x\n".repeat(300)}OutOfStock: 17`;
    for (const { id, finishedAt } of jobs) first.history.keepTraceback(id, finishedAt!, { text, source: "stored" });
    await first.history.close();
    assert.ok(disk.bytes < 50 * 2 * 400 + 1.1 * text.length, `${disk.bytes} bytes`);
    const { history } = await open("b");
    for (const { id } of jobs) assert.equal(history.traceback(history.failure(id)!)?.text, text);
  });

  it("says of each traceback where it really came from, also where others have the same text", async () => {
    const first = await open("a");
    first.meet(failed("1", start), failed("2", start + 1));
    await clock.advanceAsync(20 * second);
    const text = "Traceback …\nOutOfStock: 17";
    first.history.keepTraceback("1", start, { text, source: "logs/worker.log" });
    first.history.keepTraceback("2", start + 1, { text, source: "terminal “worker”" });
    await first.history.close();
    const { history } = await open("b");
    const sources = ["1", "2"].map((id) => history.traceback(history.failure(id)!)?.source);
    assert.deepEqual(sources, ["logs/worker.log", "terminal “worker”"]);
  });

  it("remembers the last 10,000 failed jobs, and since when each kind has failed", async () => {
    const window = await open("a");
    for (let n = 0; n < 15_000; n++)
      window.meet(failed(`j${n}`, start - 20 * day + n * 60_000, n === 0 ? "rare" : "often"));
    for (let n = 0; n < 40; n++) await clock.advanceAsync(10 * second);
    await window.history.close();
    const { history } = await open("b");
    const kept = [...history.failures(0)].length;
    assert.ok(kept >= 10_000 && kept <= 12_000, String(kept));
    assert.equal(history.row("j2000"), null);
    assert.equal(history.row("j14999")?.error?.message, "often");
    assert.equal(window.history.errorGroups.get("shop.OutOfStock\nrare")?.firstAt, start - 20 * day);
  });

  it("clears everything, here and in other windows, and counts no more what ended before", async () => {
    const old = [failed("old", start), ended("older", start - hour)];
    const [a, b] = [await open("a", ...old), await open("b", ...old)];
    await clock.advanceAsync(2 * minute);
    await a.history.clear();
    assert.deepEqual(disk.lines, []);
    assert.deepEqual(
      [a.rate(day).complete, a.rate(day).failed, a.rate(day).coveredMs, a.history.row("old")],
      [0, 0, 0, null],
    );
    await clock.advanceAsync(minute);
    for (const window of [a, b]) window.meet(ended("new", clock.now()));
    await clock.advanceAsync(2 * minute);
    assert.deepEqual([b.rate(day).complete, b.rate(day).failed, b.history.row("old")], [1, 0, null]);
    await Promise.all([a.history.close(), b.history.close()]);
    const next = await open("c", ...old);
    assert.deepEqual([next.rate(7 * day).complete, next.rate(7 * day).failed, next.history.row("old")], [1, 0, null]);
    assert.deepEqual([...next.history.failures(0)], []);
  });

  it("turns minutes into hours after eight days and lets hours go after ninety", async () => {
    const first = await open("a");
    await clock.advanceAsync(3 * hour);
    first.meet(ended("1", start), ended("2", start + minute), ended("3", start + 2 * hour));
    await first.history.close();
    assert.deepEqual(disk.sections, ["minutes-20261102"]);
    await clock.advanceAsync(10 * day);
    const second2 = await open("b");
    second2.meet(ended("4", clock.now()));
    await clock.advanceAsync(2 * minute);
    assert.deepEqual(disk.sections, ["hours-202611", "minutes-20261112"]);
    await second2.history.close();
    const third = await open("c");
    const chart = third.history.chart({
      from: start,
      to: start + 3 * hour,
      stepMs: hour,
      queue: null,
      function: "send",
    });
    assert.deepEqual(
      chart.map(({ complete, runMs }) => [complete, runMs]),
      [
        [2, 240],
        [0, 0],
        [1, 120],
      ],
    );
    await third.history.close();
    await clock.advanceAsync(120 * day);
    const last = await open("d");
    last.meet(ended("5", clock.now()));
    await clock.advanceAsync(2 * minute);
    assert.deepEqual(
      disk.sections.filter((name) => name.includes("202611")),
      [],
    );
    assert.equal(last.rate(7 * day).complete, 1);
  });

  it("makes one piece of the many that short sessions leave", async () => {
    for (let n = 0; n < 10; n++) {
      const window = await open(`w${n}`);
      window.meet(ended(`j${n}`, clock.now()));
      await clock.advanceAsync(2 * minute);
      await window.history.close();
    }
    assert.equal(disk.pieces.size, 10);
    await clock.advanceAsync(day);
    const next = await open("next");
    const covered = next.rate(2 * day).coveredMs;
    next.meet(ended("later", clock.now()));
    await clock.advanceAsync(2 * minute);
    assert.equal(disk.pieces.size, 2);
    await next.history.close();
    const last = await open("last");
    assert.deepEqual([last.rate(2 * day).complete, last.rate(2 * day).coveredMs], [11, covered + 2 * minute]);
  });

  it("keeps what it knows of a long span when the day on which it was learned is written anew", async () => {
    clock.advance(5 * day);
    const first = await open("a", ended("old", start + minute));
    await first.history.close();
    for (let n = 0; n < 4; n++) {
      const window = await open(`b${n}`);
      window.meet(ended(`j${n}`, clock.now()));
      await clock.advanceAsync(2 * minute);
      await window.history.close();
    }
    await clock.advanceAsync(day);
    const next = await open("c");
    const { coveredMs } = next.rate(7 * day);
    assert.ok(coveredMs >= 5 * day);
    next.meet(ended("later", clock.now()));
    await clock.advanceAsync(2 * minute);
    await next.history.close();
    assert.equal((await open("d")).rate(7 * day).coveredMs, coveredMs + 2 * minute);
  });

  it("takes nothing that a wrong clock has dated days ahead", async () => {
    const ahead = Math.floor((start + 400 * day) / minute);
    const lines = [`{"m":${ahead},"c":[["q",[["f",5]]]]}`, `{"h":${ahead / 60},"c":[["q",[["f",5]]]]}`];
    disk.pieces.set("x", { section: "minutes-20271207", lines });
    const window = await open("a");
    window.meet(ended("1", start));
    assert.equal(window.rate(7 * day).complete, 1);
  });

  it("calls the time in which the computer slept a gap, also when nobody noticed before it woke", async () => {
    const window = await open("a");
    await clock.advanceAsync(10 * minute);
    // Timers do not run in sleep, and a dead connection is found out only afterwards.
    clock.sleep(8 * hour);
    window.history.missed(clock.now());
    await clock.advanceAsync(minute);
    assert.ok(Math.abs(window.rate(day).coveredMs - 10 * minute) <= 30 * second, String(window.rate(day).coveredMs));
    const other = await open("b");
    await clock.advanceAsync(10 * minute);
    clock.sleep(hour);
    await clock.advanceAsync(5 * minute);
    assert.deepEqual(
      other.rate(80 * minute).gaps.map(({ from, to }) => Math.round((to - from) / minute)),
      [5, 60],
    );
  });

  it("tells the fifty busiest functions of a minute apart and loses none of the others", async () => {
    const first = await open("a");
    for (let n = 0; n < 300; n++) {
      for (let times = 0; times <= n % 100; times++) first.meet(ended(`j${n}.${times}`, start, { function: `f${n}` }));
    }
    await first.history.close();
    await clock.advanceAsync(minute);
    const [line] = disk.lines.filter((text) => text.startsWith('{"m"'));
    const { c } = JSON.parse(line!) as { c: [string | null, unknown[][]][] };
    assert.equal(
      c.reduce((sum, [, cells]) => sum + cells.length, 0),
      50,
    );
    const next = await open("b");
    assert.equal(next.rate(day).complete, 15_150);
    const of = (name: string): number =>
      next.history.chart({ from: start, to: start + minute, stepMs: minute, queue: null, function: name })[0]!.complete;
    assert.deepEqual([of("f99"), of("f1")], [100, 0]);
    assert.ok(of("(others)") > 0);
  });

  it("says that it is off when the disk refuses, and counts on", async () => {
    const window = await open("a");
    window.store.off = "The history is not kept: the disk is full.";
    window.meet(ended("1", clock.now()));
    await clock.advanceAsync(minute);
    assert.deepEqual(window.history.status, { state: "off", why: "The history is not kept: the disk is full." });
    assert.equal(window.rate(hour).complete, 1);
  });

  it("is off by the setting, keeps nothing then, and says so", async () => {
    const history = new History({
      kept: null,
      clock,
      logger: new QuietLogger(),
      now: () => clock.now(),
      onNews: () => {},
      readWorkerHours: () => Promise.resolve([]),
    });
    history.start();
    history.remember({ changed: true, before: null, after: ended("1", start), events: [] }, start);
    assert.equal(history.outcomes.rate(hour, clock.now()).complete, 1);
    assert.deepEqual(history.status, { state: "off", why: "The history is switched off (arq.history.enabled)." });
    await history.close();
  });

  const hostile = [
    "null",
    "[]",
    '"m"',
    "{}",
    '{"m":1e300,"c":[]}',
    '{"m":-5,"c":[["q",[["f",1]]]]}',
    '{"m":29368800,"c":[["q",[["f",-1]]]]}',
    '{"m":29368800,"c":[["q",[["f",1e999]]]]}',
    '{"m":29368800,"c":[["q",[[{"a":1},1]]]]}',
    '{"m":29368800,"c":{"length":9}}',
    '{"s":[5,1]}',
    '{"s":["a",{}]}',
    '{"f":"x","at":"yesterday","c":"E","m":"","k":"exception"}',
    '{"f":"x","at":1762077600000,"c":"E","m":"","k":"toString"}',
    '{"__proto__":{"polluted":1}}',
  ];
  it("takes nothing from lines that say nothing, whoever wrote them", async () => {
    disk.pieces.set("x", { section: "minutes-20261102", lines: hostile });
    const window = await open("a");
    assert.deepEqual([window.rate(7 * day).complete, window.rate(7 * day).coveredMs], [0, 0]);
    assert.deepEqual([...window.history.failures(0)], []);
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });

  describe("of hours that nobody watched", () => {
    it("takes what workers count for themselves, all processes together, and calls them known", async () => {
      clock.advance(5 * hour + 30 * minute);
      const window = new Window(clock, disk, "a");
      window.workerHours = [
        told(start + 2 * hour, 40),
        told(start + 2 * hour, 2, { worker: "web:2:cd34" }),
        told(start + 3 * hour, 5),
      ];
      await window.open();
      const { complete, coveredMs } = window.rate(day);
      assert.deepEqual([complete, coveredMs], [47, 2 * hour]);
      assert.equal(window.rate(hour).complete, 0);
    });

    it("takes of an hour that was watched in part the better source, never the sum", async () => {
      const window = new Window(clock, disk, "a");
      clock.advance(30 * minute);
      window.workerHours = [
        told(start, 7, { functions: [{ name: "send", complete: 7, failed: 0, retried: 0, runMs: 1 }] }),
        told(start, 1, {
          worker: "w:2:ab12",
          functions: [{ name: "mail", complete: 1, failed: 0, retried: 0, runMs: 1 }],
        }),
      ];
      await window.open();
      for (let n = 0; n < 3; n++)
        window.meet(ended(`s${n}`, clock.now()), ended(`m${n}`, clock.now(), { function: "mail" }));
      await clock.advanceAsync(hour);
      // Seven of `send` by the workers' word, of which three were seen; three of `mail`, as seen.
      assert.equal(window.rate(day).complete, 10);
      assert.equal(window.rate(day).coveredMs, 90 * minute);
    });

    it("counts them, but does not call the hour known, where workers of another queue do not count", async () => {
      clock.advance(5 * hour + 30 * minute);
      const window = new Window(clock, disk, "a");
      window.workerHours = [told(start + 2 * hour, 40)];
      await window.open(ended("elsewhere", clock.now(), { queue: "mails" }));
      const { complete, coveredMs } = window.rate(day);
      assert.deepEqual([complete, coveredMs], [41, 0]);
    });

    it("counts them, but does not call the hour known, where we saw more jobs end than were counted", async () => {
      clock.advance(5 * hour + 30 * minute);
      const window = new Window(clock, disk, "a");
      window.workerHours = [told(start + 2 * hour, 1), told(start + 3 * hour, 9)];
      const seen = [1, 2].map((n) => ended(`seen-${n}`, start + 2 * hour + n * minute));
      window.history.start();
      await clock.advanceAsync(0);
      window.history.restart(clock.now());
      window.meet(...seen);
      window.history.lookedAround(clock.now());
      await clock.advanceAsync(0);
      const { complete, coveredMs } = window.rate(day);
      assert.deepEqual([complete, coveredMs], [11, hour]);
    });

    it("does not ask for hours that were watched, and asks again for this one only now and then", async () => {
      const window = await open("a");
      assert.equal(window.asked.length, 1);
      await clock.advanceAsync(2 * hour);
      window.history.beat(clock.now());
      assert.equal(window.asked.length, 1, "all of the last hour was watched");
      window.history.missed(clock.now());
      await clock.advanceAsync(10 * minute);
      window.history.beat(clock.now());
      window.history.beat(clock.now());
      await clock.advanceAsync(minute);
      window.history.beat(clock.now());
      assert.equal(window.asked.length, 2);
      assert.deepEqual(window.asked[1]?.[0], start + 2 * hour);
    });
  });
});
