import assert from "node:assert/strict";
import { ArqStage } from "../support/arqStage";
import { eventually } from "../support/eventually";
import { everything } from "../support/watchedMonitor";

interface Case {
  readonly name: string;
  readonly job: string;
  readonly args?: readonly unknown[];
  readonly end: "complete" | "failed" | "aborted";
  readonly error?: { readonly kind: string; readonly type: RegExp; readonly message: string };
  readonly events: readonly string[];
}

const once = ["enqueued", "started"];
const twiceAgain = ["retried", "started", "retried", "started"];

const cases: readonly Case[] = [
  { name: "succeeds", job: "succeed", args: [42], end: "complete", events: [...once, "completed"] },
  {
    name: "fails by a builtin exception",
    job: "fail_builtin",
    args: [4711],
    end: "failed",
    error: { kind: "exception", type: /^ValueError$/, message: "order 4711 has no items" },
    events: [...once, "failed"],
  },
  {
    name: "fails by an exception that Python itself cannot unpickle",
    job: "fail_custom",
    end: "failed",
    error: { kind: "exception", type: /^jobs\.CardDeclined$/, message: "51: insufficient funds" },
    events: [...once, "failed"],
  },
  {
    name: "fails by an exception with a cause",
    job: "fail_chained",
    end: "failed",
    error: { kind: "exception", type: /^RuntimeError$/, message: "no price list" },
    events: [...once, "failed"],
  },
  {
    name: "fails by a timeout",
    job: "too_slow",
    end: "failed",
    error: { kind: "timeout", type: /TimeoutError$/, message: "" },
    events: [...once, "failed"],
  },
  {
    name: "is retried twice",
    job: "retry_twice",
    end: "complete",
    events: [...once, ...twiceAgain, "completed"],
  },
  {
    name: "uses up its tries",
    job: "retry_for_ever",
    end: "failed",
    error: { kind: "maxRetries", type: /JobExecutionFailed$/, message: "max 3 retries exceeded" },
    events: [...once, ...twiceAgain, "retried", "started", "failed"],
  },
];

describe("What both feeds tell of the life of a job under real ARQ", function () {
  this.timeout(120_000);
  let stage: ArqStage;

  before(async function () {
    stage = await ArqStage.open(this);
    await stage.arq.startWorker("Everything");
  });
  after(() => stage?.close());

  for (const { name, job, args, end, error, events } of cases) {
    it(`is whole and in order when it ${name}`, async () => {
      const id = await stage.arq.enqueue(job, args);
      for (const row of await stage.seen(id, ({ state }) => state === end)) {
        assert.equal(row.error?.kind, error?.kind);
        if (error !== undefined) {
          assert.match(row.error?.type ?? "", error.type);
          assert.ok(row.error?.message.includes(error.message), row.error?.message);
        }
        assert.ok(row.enqueuedAt! <= row.startedAt! && row.startedAt! <= row.finishedAt!, JSON.stringify(row));
      }
      await stage.told(id, events);
    });
  }

  it("is whole and in order when it is aborted", async () => {
    const id = await stage.arq.enqueue("sleeper", [60]);
    await stage.seen(id, ({ state }) => state === "running");
    assert.equal(await stage.arq.abort(id!), true);
    for (const row of await stage.seen(id, ({ state }) => state === "aborted")) {
      assert.equal(row.error?.kind, "aborted");
    }
    await stage.told(id, ["enqueued", "started", "aborted"]);
  });

  it("is whole and in order when it runs after a wait and keeps no result", async () => {
    const id = await stage.arq.enqueue("succeed_untold", [], { _defer_by: 4 });
    await stage.seen(id, ({ state }) => state === "deferred");
    for (const { monitor, events } of stage.watched) {
      await eventually(() => assert.ok(events.some((event) => event.id === id && event.event === "finished")), {
        timeoutMs: 20_000,
      });
      assert.equal((await monitor.query({ ...everything, text: id! })).total, 0);
      assert.ok(!events.some((event) => event.id === id && event.event === "completed"), "the outcome is not known");
    }
  });

  it("knows the workers by the record that all of a queue share", () => {
    for (const { monitor } of stage.watched) {
      const { workers, workerCount } = monitor.snapshot();
      const shared = workers.find(({ kind, queue }) => kind === "shared" && queue === "arq:queue");
      assert.equal(shared?.stale, false);
      assert.equal(workerCount.kind, "atLeast");
    }
  });
});
