import assert from "node:assert/strict";
import type { HealthRecord } from "../../../src/monitor/ports";
import { Workers, type WorkerReport } from "../../../src/monitor/workers";
import { now, second, record, client, published, type Reading, facts } from "../../support/workerReadings";

function report(readings: readonly Reading[], surroundings: { now?: number; running?: number } = {}): WorkerReport {
  const workers = new Workers();
  const running = surroundings.running ?? 0;
  let readAt = now;
  for (const reading of readings) {
    readAt = reading.at ?? now;
    workers.read(facts({ ...reading, at: readAt }), running);
  }
  const staleAfterMs = 60 * second;
  return workers.report({ now: surroundings.now ?? readAt, running, runningJobs: [], tagged: [], staleAfterMs });
}

describe("The number of workers", () => {
  const cases: readonly {
    readonly name: string;
    readonly readings: readonly Reading[];
    readonly running?: number;
    readonly count: Readonly<Record<string, unknown>>;
  }[] = [
    {
      name: "is exact where every worker has a health record of its own",
      readings: [
        { health: [record({ process: "web-1:11", ttl: 16_000 }), record({ process: "web-2:12", ttl: 16_000 })] },
      ],
      count: { kind: "exact", n: 2 },
    },
    {
      name: "is at least one behind a shared record",
      readings: [{ health: [record()] }],
      count: { kind: "atLeast", n: 1 },
    },
    {
      name: "is at least one per queue that has a shared record",
      readings: [{ health: [record(), record({ queue: "mail" })] }],
      count: { kind: "atLeast", n: 2 },
    },
    {
      name: "counts shared and own records of different queues together, as a lower bound",
      readings: [{ health: [record(), record({ queue: "mail", process: "h:1", ttl: 16_000 })] }],
      count: { kind: "atLeast", n: 2 },
    },
    {
      name: "is about as many as connections that poll, at best of the last readings",
      readings: [
        { clients: [client({ id: "1" }), client({ id: "2" }), client({ id: "3" })] },
        {
          at: now + second,
          clients: [client({ id: "1", cmd: "exec" }), client({ id: "2", cmd: "exec" }), client({ id: "3" })],
        },
      ],
      count: { kind: "about", n: 3 },
    },
    {
      name: "is about those that are left when one was killed: its connections are gone at once",
      readings: [
        { clients: [client({ id: "1" }), client({ id: "2" })] },
        { at: now + second, clients: [client({ id: "1" })] },
      ],
      count: { kind: "about", n: 1 },
    },
    {
      name: "is none beside a program that enqueues now and then",
      readings: [0, 5, 10].map((seconds) => ({
        at: now + seconds * second,
        clients: [client({ cmd: "exec", idle: seconds === 5 ? 4 : 1 })],
      })),
      count: { kind: "exact", n: 0 },
    },
    {
      name: "is a lower bound where more connections poll than there are known processes",
      readings: [
        {
          health: [record({ process: "web-1:11", ttl: 16_000 })],
          clients: [client({ id: "1" }), client({ id: "2" })],
        },
      ],
      count: { kind: "atLeast", n: 1 },
    },
    {
      name: "is exact where every process publishes its state",
      readings: [{ processes: [published(), published({ pid: 12 })], clients: [client()] }],
      count: { kind: "exact", n: 2 },
    },
    {
      name: "is none where connections can be listed and none is like a worker's",
      readings: [{ clients: [] }],
      count: { kind: "exact", n: 0 },
    },
    {
      name: "is none also beside connections that do other things",
      readings: [{ clients: [client({ cmd: "get", idle: 900 }), client({ cmd: "exec", idle: 900 })] }],
      count: { kind: "exact", n: 0 },
    },
  ];
  for (const { name, readings, running = 0, count } of cases) {
    it(name, () => assert.deepEqual(report(readings, { running }).count, count));
  }

  it("is unknown, with the reason, where nothing can be read", () => {
    const { count } = report([{ clients: null }]);
    assert.equal(count.kind, "unknown");
    assert.match(count.kind === "unknown" ? count.reason : "", /CLIENT LIST/);
  });

  it("is unknown where jobs run and no connection polls: a saturated worker sends nothing", () => {
    const { count } = report([{ clients: [client({ cmd: "exec", idle: 200 })] }], { running: 10 });
    assert.equal(count.kind, "unknown");
    assert.match(count.kind === "unknown" ? count.reason : "", /places taken/);
  });

  it("is unknown where a proxy answers for its own connections", () => {
    const { count } = report([{ clients: [], proxied: true }]);
    assert.match(count.kind === "unknown" ? count.reason : "", /proxy/);
  });

  it("is not zero because one of two workers stopped cleanly and took the shared record along", () => {
    const first = { at: now, health: [record()] };
    const after = { at: now + 5 * second, clients: [client({ cmd: "exec" })] };
    const { count } = report([first, after]);
    assert.match(count.kind === "unknown" ? count.reason : "", /worker of arq:queue that stopped .*others may live/);
  });

  it("is unknown before anybody has looked", () => {
    assert.equal(report([]).count.kind, "unknown");
  });
});

describe("A worker's health record", () => {
  it("is judged by its own interval: an hour-old shared record is fresh while a connection supports it", () => {
    const { workers, count } = report([{ health: [record({ ttl: 700_000 })], clients: [client()] }]);
    assert.equal(workers[0]?.stale, false);
    assert.equal(workers[0]?.lastSeenAt, now - (3_601_000 - 700_000));
    assert.deepEqual(count, { kind: "atLeast", n: 1 });
  });

  it("is doubted when it is old and no connection looks like a worker's: then there is none", () => {
    const { workers, count } = report([{ health: [record({ ttl: 3_500_000 })], clients: [] }]);
    assert.equal(workers[0]?.stale, true);
    assert.match(workers[0]?.evidence.join(" ") ?? "", /killed worker leaves its record/);
    assert.deepEqual(count, { kind: "exact", n: 0 });
  });

  it("is not doubted while it is fresh, or where connections cannot be listed", () => {
    assert.equal(report([{ health: [record({ ttl: 3_590_000 })], clients: [] }]).workers[0]?.stale, false);
    assert.equal(report([{ health: [record({ ttl: 700_000 })], clients: null }]).workers[0]?.stale, false);
  });

  it("has no known age until it was seen renewed", () => {
    const own = (ttl: number): HealthRecord => record({ process: "h:7", ttl });
    const first = { at: now, health: [own(9000)] };
    assert.equal(report([first]).workers[0]?.lastSeenAt, null);
    const renewed = { at: now + 8 * second, health: [own(15_800)] };
    const [worker] = report([first, renewed]).workers;
    assert.equal(worker?.lastSeenAt, now + 8 * second - 200);
    assert.match(worker?.evidence[0] ?? "", /written every 15 s/);
    assert.deepEqual([worker?.host, worker?.pid], ["h", 7]);
  });

  it("that lapsed shows its process as stale; one that was deleted was a clean stop", () => {
    const first = { at: now, health: [record({ process: "h:7", ttl: 9000 })] };
    const lapsed = report([first, { at: now + 12 * second }]);
    assert.equal(lapsed.workers[0]?.stale, true);
    assert.match(lapsed.workers[0]?.evidence.join(" ") ?? "", /lapsed without a clean stop/);
    assert.deepEqual(report([first, { at: now + 5 * second }]).workers, []);
    assert.deepEqual(report([first, { at: now + 12 * second }, { at: now + 700 * second }]).workers, []);
  });
});

describe("A health record that several workers share", () => {
  const at = (seconds: number, ttl: number, complete: number): Reading => ({
    at: now + seconds * second,
    health: [record({ ttl, complete })],
  });

  it("shows that there are two, when it is written before its time again and again", () => {
    // Every 15 s by each, 5 s apart.
    const readings = [at(0, 15_900, 100), at(5, 15_900, 40), at(15, 15_900, 103), at(20, 15_900, 44)];
    const { count, workers } = report(readings);
    assert.deepEqual(count, { kind: "atLeast", n: 2 });
    assert.match(workers[0]?.evidence.join(" ") ?? "", /at least two workers write it in turn, so its counters jump/);
  });

  it("shows no second one when its only worker is restarted, whose counters begin at nothing", () => {
    const restarted = (seconds: number): Reading => ({
      at: now + seconds * second,
      health: [record({ ttl: 15_900, complete: 0, failed: 0, retried: 0 })],
    });
    const readings = [at(0, 15_900, 100), restarted(5), restarted(9), restarted(12)];
    assert.deepEqual(report(readings).count, { kind: "atLeast", n: 1 });
  });

  it("that lapsed shows that none of them writes any more", () => {
    const lapsed = report([at(0, 4000, 100), { at: now + 6 * second }]);
    assert.equal(lapsed.workers[0]?.stale, true);
    assert.match(lapsed.workers[0]?.evidence.join(" ") ?? "", /no other worker of the queue renewed it/);
  });

  it("says how long a killed worker would leave it behind", () => {
    const [worker] = report([at(0, 3_000_000, 100)]).workers;
    assert.match(worker?.evidence.join(" ") ?? "", /Should its worker be killed, the record stays for up to 3,601 s/);
  });

  it("tells nothing of its age where TTLs cannot be read", () => {
    const readings = [0, 5, 10].map((seconds) => at(seconds, -1, seconds));
    const [worker] = report(readings).workers;
    assert.equal(worker?.lastSeenAt, null);
    assert.match(worker?.evidence[0] ?? "", /TTL cannot be read/);
    assert.deepEqual(report([...readings, { at: now + 20 * second }]).workers, []);
  });
});

describe("A process that publishes its state", () => {
  it("is shown with everything it tells", () => {
    const [worker] = report([{ processes: [published()] }]).workers;
    assert.deepEqual(worker, {
      name: "web-1:11",
      kind: "process",
      queue: "mail",
      host: "web-1",
      pid: 11,
      evidence: ["Publishes its state every 15 s (opt-in instrumentation)."],
      lastSeenAt: now - 5 * second,
      stale: false,
      startedAt: now - 3600 * second,
      intervalMs: 15 * second,
      maxJobs: 10,
      jobs: [{ id: "j1", function: "send_email", try: 2, startedAt: now - 9 * second }],
      release: "2026.11.3",
      python: "3.11.7",
      arq: "0.28.0",
      counters: { complete: 7, failed: 1, retried: 2, ongoing: 1 },
    });
  });

  it("is one worker with its own health record, whatever that is called, and with its tag and its connection", () => {
    const workers = new Workers();
    const health = [record({ key: "alive-1", queue: null, process: "", ttl: 9000 })];
    const clients = [client({ name: "arq:web-1:11" })];
    workers.read(facts({ processes: [published({ healthKey: "alive-1" })], health, clients }), 1);
    const tagged = [{ tag: "web-1:11", queue: "mail", lastAt: now - second }];
    const found = workers.report({ now, running: 1, runningJobs: [], tagged, staleAfterMs: 60 * second }).workers;
    assert.deepEqual(
      found.filter(({ kind }) => kind !== "connections").map(({ name, evidence }) => [name, evidence.length]),
      [["web-1:11", 4]],
    );
  });

  it("is stale when its key lapses; a clean stop takes it away", () => {
    const first = { at: now, processes: [published()] };
    const lapsed = report([first, { at: now + 41 * second }]);
    assert.deepEqual([lapsed.workers[0]?.stale, lapsed.count.kind === "exact"], [true, false]);
    assert.match(lapsed.workers[0]?.evidence.join(" ") ?? "", /lapsed without a clean stop/);
    assert.deepEqual(report([first, { at: now + 5 * second }]).workers, []);
    assert.deepEqual(report([first, { at: now + 41 * second }, { at: now + 700 * second }]).workers, []);
  });

  it("that stopped cleanly is not kept alive, nor stale, by the results that it signed", () => {
    for (const first of [{ processes: [published()] }, { health: [record({ process: "web-1:11", ttl: 9000 })] }]) {
      const workers = new Workers();
      workers.read(facts(first), 0);
      workers.read(facts({ at: now + 3 * second }), 0);
      const shown = (lastAt: number): number => {
        const tagged = [{ tag: "web-1:11", queue: "mail", lastAt }];
        const at = now + 30 * second;
        return workers.report({ now: at, running: 0, runningJobs: [], tagged, staleAfterMs: 60 * second }).workers
          .length;
      };
      // What signs later has the same name, and is another process.
      assert.deepEqual([shown(now), shown(now + 20 * second)], [0, 1]);
    }
  });

  it("is stale after arq.workers.staleAfter, or after its own interval where that is longer", () => {
    const stale = (intervalMs: number, ago: number): boolean | undefined =>
      report([{ processes: [published({ intervalMs, ago, ttl: 1000 })] }]).workers[0]?.stale;
    assert.deepEqual([stale(30 * second, 59 * second), stale(30 * second, 61 * second)], [false, true]);
    assert.deepEqual([stale(120 * second, 119 * second), stale(120 * second, 122 * second)], [false, true]);
  });

  it("stays stale after a kill, though its last result and an hourly record are younger than their own limits", () => {
    const workers = new Workers();
    const health = [record({ key: "hourly", ttl: 3_000_000 })];
    const process = published({ ago: 50 * second, ttl: 1000, healthKey: "hourly" });
    workers.read(facts({ processes: [process], health }), 0);
    workers.read(facts({ at: now + 10 * second, health: [record({ key: "hourly", ttl: 2_990_000 })] }), 0);
    const tagged = [{ tag: "web-1:11", queue: "mail", lastAt: now - 40 * second }];
    const surroundings = { now: now + 10 * second, running: 0, runningJobs: [], tagged, staleAfterMs: 60 * second };
    assert.equal(workers.report(surroundings).workers[0]?.stale, true);
  });

  it("that was restarted under the same pid is shown as it is now", () => {
    const before = published({ key: "arq:monitor:worker:web-1:11:aaaa", ago: 2 * second });
    const after = published({ key: "arq:monitor:worker:web-1:11:bbbb", startedAt: now - 3 * second, jobs: [] });
    for (const processes of [
      [before, after],
      [after, before],
    ]) {
      const { workers, count } = report([{ processes }]);
      assert.deepEqual(
        workers.map(({ startedAt, jobs }) => [startedAt, jobs]),
        [[now - 3 * second, []]],
      );
      assert.deepEqual(count, { kind: "exact", n: 1 });
    }
  });

  it("of a newer instrumentation is known to live, and nothing more", () => {
    const [worker] = report([{ processes: [{ ...published(), state: null }] }]).workers;
    assert.deepEqual([worker?.jobs, worker?.startedAt, worker?.stale], [null, null, false]);
    assert.match(worker?.evidence[0] ?? "", /newer instrumentation/);
  });
});

describe("Other signs of a worker", () => {
  it("are a connection named by the user and a signed result, put together per process", () => {
    const workers = new Workers();
    const clients = [client({ name: "arq:web-1:11", idle: 3 })];
    workers.read(facts({ clients }), 0);
    const tagged = [{ tag: "web-1:11", queue: "mail", lastAt: now - 5 * second }];
    const found = workers.report({ now, running: 0, runningJobs: [], tagged, staleAfterMs: 60 * second });
    const processes = found.workers.filter(({ kind }) => kind === "process");
    assert.equal(processes.length, 1);
    assert.deepEqual(
      [processes[0]?.queue, processes[0]?.pid, processes[0]?.lastSeenAt],
      ["mail", 11, now - 3 * second],
    );
    assert.equal(processes[0]?.evidence.length, 2);
    assert.deepEqual(found.count, { kind: "atLeast", n: 1 });
  });
});
