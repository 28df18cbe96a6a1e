import assert from "node:assert/strict";
import type { ClientFacts, HealthRecord, WorkerFacts, WorkerProcess } from "../../../src/monitor/ports";
import { Workers, type WorkerReport } from "../../../src/monitor/workers";

const now = 1_700_000_000_000;
const second = 1000;

function record(change: Partial<HealthRecord> = {}): HealthRecord {
  const queue = change.queue ?? "arq:queue";
  const process = change.process ?? "";
  return {
    key: `${queue}:health-check${process === "" ? "" : `:${process}`}`,
    queue,
    process,
    ttl: 3_600_000,
    complete: 6,
    failed: 1,
    retried: 2,
    ongoing: 3,
    queued: 4,
    ...change,
  };
}

function client(change: Partial<ClientFacts> = {}): ClientFacts {
  return { id: "5", addr: "10.0.0.1:4711", name: "", age: 100, idle: 0, cmd: "zrangebyscore", lib: "", ...change };
}

interface Reading {
  readonly at?: number;
  readonly health?: readonly HealthRecord[];
  readonly clients?: readonly ClientFacts[] | null;
  readonly processes?: readonly WorkerProcess[];
}

function facts({ at = now, health = [], clients = null, processes = [] }: Reading): WorkerFacts {
  const clientsReadAt = clients === null ? null : at;
  return { readAt: at, health, clients, clientsReadAt, clientsTellSince: clientsReadAt, processes, refused: [] };
}

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
      readings: [{ clients: [client({ id: "1" }), client({ id: "2" }), client({ id: "3" })] }, { clients: [client()] }],
      count: { kind: "about", n: 3 },
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
