import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { EventEmitter } from "vscode";
import { DriftWatch } from "../../src/host/code/driftWatch";
import { TaskNumbers } from "../../src/host/code/taskNumbers";
import { JoinedTasks } from "../../src/host/editor/joinedTasks";
import type { Session, SessionChange } from "../../src/host/session";
import type { JobDetail, Monitor } from "../../src/monitor/model";
import type { TaskStats } from "../../src/monitor/queryModel";
import type { TaskCode } from "../../src/python/tasks/taskCode";
import { eventually } from "../support/eventually";
import { PythonProject } from "../support/pythonProject";
import { fakeMonitor, now, row } from "../unit/host/fakeMonitor";

const patience = { timeoutMs: 20_000 };

const waits: TaskStats = {
  function: "charge",
  queue: "shop",
  count: 1,
  queued: 1,
  deferred: 0,
  running: 0,
  retrying: 0,
  completeLastHour: 0,
  failedLastHour: 0,
  runP95Ms: null,
  lastError: null,
};

/** A connection with one job that waits, and gives no arguments. */
function connection(id: string, opened: Promise<void> = Promise.resolve()) {
  const waiting = row({ id, function: "charge", queue: "shop" });
  const none = { args: { kind: "tuple", items: [] }, kwargs: { kind: "dict", entries: [] } } as const;
  const job = { ok: true, codec: ["pickle 4"], try: null, function: "charge", enqueuedAt: now, ...none } as const;
  const detail = { row: waiting, facts: {}, job: { decoded: job, size: 1 }, result: null, tries: [] };
  const asked = { tasks: 0, open: 0 };
  const monitor: Monitor = {
    ...fakeMonitor({ rows: [waiting] }),
    tasks: () => {
      asked.tasks++;
      return Promise.resolve([waits]);
    },
    open: async () => {
      asked.open++;
      await opened;
      return detail as unknown as JobDetail;
    },
  };
  return { monitor, asked };
}

/** A session whose monitor a test may change. */
class StandIn {
  readonly changed = new EventEmitter<SessionChange>();
  monitor: Monitor | null = null;
  readonly session = Object.create(null, {
    monitor: { get: () => this.monitor },
    snapshot: { value: () => this.monitor?.snapshot() ?? null },
    onDidChange: { value: this.changed.event },
    watch: { value: () => ({ dispose() {} }) },
  }) as Session;

  connect(monitor: Monitor | null): void {
    this.monitor = monitor;
    this.changed.fire({ change: null });
  }
}

describe("what is known of jobs, when the connection becomes another", function () {
  this.timeout(90_000);
  const project = new PythonProject();
  let code: TaskCode;
  let standIn: StandIn;
  before(async () => {
    code = await project.read({
      "tasks.py": "async def charge(ctx, order): ...\n",
      "worker.py":
        'from tasks import charge\n\nclass WorkerSettings:\n    functions = [charge]\n    queue_name = "shop"\n',
    });
  });
  beforeEach(() => (standIn = new StandIn()));
  afterEach(() => standIn.changed.dispose());
  after(() => project.remove());

  it("is joined with the code once while the new connection has told nothing yet", async () => {
    const numbers = new TaskNumbers(standIn.session);
    const using = numbers.use();
    try {
      standIn.connect(connection("a-1").monitor);
      await eventually(() => assert.equal(numbers.stats[0]?.function, "charge"), patience);
      standIn.monitor = connection("b-1").monitor;
      const joined = new JoinedTasks(numbers);
      assert.deepEqual(numbers.stats, []);
      assert.equal(joined.all(code), joined.all(code));
    } finally {
      using.dispose();
      numbers.dispose();
    }
  });

  it("is compared with the code one connection at a time, also where the old one answers late", async () => {
    let answer = (): void => {};
    const old = connection("old-1", new Promise((done) => (answer = done)));
    const current = connection("new-1");
    const told = new EventEmitter<void>();
    const numbers = { isRead: true, onDidChange: told.event, use: () => ({ dispose() {} }) };
    const source = { current: code, ready: () => Promise.resolve(code), onDidChange: new EventEmitter<void>().event };
    const drift = new DriftWatch(standIn.session, source, numbers as unknown as TaskNumbers);
    const ofJobs = (): string[] => drift.findings.flatMap((each) => (each.kind === "arguments" ? [each.jobId] : []));
    standIn.connect(old.monitor);
    const using = drift.use();
    try {
      await eventually(() => assert.ok(old.asked.open > 0), patience);
      standIn.connect(current.monitor);
      told.fire();
      // Long enough for who would compare both at once.
      await Promise.race([eventually(() => current.asked.open > 0, patience), sleep(4000)]);
      answer();
      const compared = current.asked.tasks;
      await eventually(() => {
        told.fire();
        assert.ok(current.asked.tasks >= compared + 2);
      }, patience);
      assert.deepEqual(ofJobs(), ["new-1"]);
    } finally {
      using.dispose();
      drift.dispose();
      told.dispose();
    }
  });
});
