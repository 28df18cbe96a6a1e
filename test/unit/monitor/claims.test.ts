import assert from "node:assert/strict";
import type { JobFacts } from "../../../src/arq/jobModel";
import type { WorkerState } from "../../../src/arq/workerState";
import { type WorkerEvidence, workerEvidence } from "../../../src/monitor/claimEvidence";
import { type Applied, JobIndex } from "../../../src/monitor/jobIndex";
import type { ClientFacts, WorkerFacts, WorkerProcess } from "../../../src/monitor/ports";
import { SilentClosings } from "../../../src/monitor/silentClosings";
import { jobFacts, payload, succeededResult } from "../../support/jobFacts";

const readAt = 1_700_000_000_000;
const second = 1000;
const started = readAt - 20 * second;

function client(change: Partial<ClientFacts> = {}): ClientFacts {
  return { id: "5", addr: "10.0.0.1:4711", name: "", age: 100, idle: 0, cmd: "zrangebyscore", lib: "", ...change };
}

function process(jobs: readonly string[], change: Partial<WorkerProcess> = {}): WorkerProcess {
  const state: WorkerState = {
    host: "web-1",
    pid: 7,
    queue: "arq:queue",
    startedAt: started - 1000 * second,
    at: readAt,
    intervalMs: 15 * second,
    maxJobs: 10,
    jobTimeoutMs: null,
    maxTries: null,
    functions: [],
    release: null,
    python: null,
    arq: null,
    healthKey: null,
    jobs: jobs.map((id) => ({ id, function: null, try: 1, startedAt: started })),
    complete: 0,
    failed: 0,
    retried: 0,
  };
  const key = "arq:monitor:worker:web-1:7:abcd";
  return { key, host: "web-1", pid: 7, readAt, writtenAt: readAt, ttl: 45 * second, state, ...change };
}

const bare: WorkerFacts = {
  readAt,
  health: [],
  clients: null,
  clientsReadAt: readAt,
  clientsTellSince: 0,
  processes: [],
  refused: [],
};

function seen(change: Partial<WorkerFacts> = {}): WorkerEvidence {
  return workerEvidence({ ...bare, clientsReadAt: change.readAt ?? readAt, ...change });
}

/** A job whose first attempt began 20 s before `readAt`, as its keys are `later` ms after that. */
function running(later = 0, change: Partial<JobFacts> = {}): JobFacts {
  return jobFacts({
    id: "job",
    readAt: readAt + later,
    queued: { queue: "arq:queue", score: started - second },
    inProgressTtl: 290 * second - later,
    retry: { tries: 1, ttl: 88_400_000 - 20 * second - later },
    ...change,
  });
}

function apply(index: JobIndex, facts: JobFacts, evidence?: WorkerEvidence): Applied {
  return index.apply(facts, { now: facts.readAt, live: true, sweep: 1, evidence, horizon: 0 });
}

describe("What a reading of workers says of claims", () => {
  const told: [sentence: string, facts: Partial<WorkerFacts>, count: number | undefined][] = [
    ["are the connections", { clients: [client({ age: 3 }), client({ age: 90 })] }, 2],
    ["is that there are none", { clients: [] }, 0],
    ["is nothing where connections cannot be listed", { clients: null }, undefined],
    ["is nothing where connections do not tell of programs", { clients: [], clientsTellSince: null }, undefined],
    ["leaves out clients of other languages", { clients: [client({ lib: "ioredis 5.4.1" })] }, 0],
    ["counts clients of Python", { clients: [client({ lib: "redis-py 5.0.1" })] }, 1],
    ["leaves out tools that list connections", { clients: [client({ cmd: "client|list" })] }, 0],
    ["counts a task that uses its worker's connection for anything", { clients: [client({ cmd: "hgetall" })] }, 1],
  ];
  for (const [sentence, facts, count] of told) {
    it(sentence, () => assert.equal(seen(facts).connections?.clients.length, count));
  }

  it("names the worker that says it runs a job, as long as it keeps its promise to write", () => {
    const { runners, alive } = seen({ processes: [process(["a", "b"])] });
    assert.deepEqual([...runners.keys()], ["a", "b"]);
    assert.deepEqual(runners.get("a"), { key: process([]).key, worker: "web-1:7", seenAt: readAt });
    assert.deepEqual([...alive], [process([]).key]);
    const silent = seen({ processes: [process(["a"], { writtenAt: readAt - 46 * second })] });
    assert.deepEqual([silent.runners.size, silent.alive.size], [0, 0]);
  });

  it("takes the newer word where two workers claim a job, and one that cannot be read for alive", () => {
    const before = process(["a"], { key: "old", writtenAt: readAt - 10 * second });
    const unread = process([], { key: "new", state: null });
    const { runners, alive } = seen({ processes: [process(["a"]), before, unread] });
    assert.equal(runners.get("a")?.key, process([]).key);
    assert.ok(alive.has("new") && alive.has("old"));
  });
});

describe("Connections closed after a long silence", () => {
  const minute = 60_000;

  it("say nothing of the jobs that were started over them: a full worker is silent while its jobs run", () => {
    const closings = new SilentClosings();
    closings.read([client({ id: "full", age: 400, idle: 240 })], readAt);
    assert.deepEqual(closings.spans, []);
    closings.read([], readAt + 5000);
    assert.deepEqual(closings.spans, [{ from: readAt - 401_500, to: readAt - 238_500 }]);
    const startedThen = running(5000, { retry: { tries: 1, ttl: 88_400_000 - 245_000 } });
    const gone = { readAt: readAt + 5000, clients: [], clientsReadAt: readAt + 5000 };
    const state = (silent: SilentClosings["spans"]): string | undefined =>
      apply(new JobIndex(), startedThen, workerEvidence({ ...bare, ...gone }, silent)).after?.state;
    assert.deepEqual([state([]), state(closings.spans)], ["orphaned", "running"]);
  });

  it("are told from those of a worker that was at work, and forgotten with everything else", () => {
    const closings = new SilentClosings();
    closings.read([client({ idle: 1 })], readAt);
    closings.read([], readAt + minute);
    assert.deepEqual(closings.spans, []);
    closings.read([client({ idle: 300 })], readAt + 2 * minute);
    closings.read([client({ idle: 360 })], readAt + 3 * minute);
    assert.deepEqual(closings.spans, []);
    closings.clear();
    closings.read([], readAt + 4 * minute);
    assert.deepEqual(closings.spans, []);
  });
});

describe("A claimed job in the index", () => {
  const gone = seen({ clients: [] });

  it("is orphaned with its reason, and runs again when a connection as old shows", () => {
    const index = new JobIndex();
    const { after } = apply(index, running(), gone);
    assert.deepEqual(
      [after?.state, after?.orphanEvidence, after?.claimEndsAt],
      ["orphaned", "noConnection", readAt + 290 * second],
    );
    const { changed, suspects } = index.judgeClaims(
      readAt + 5000,
      seen({ readAt: readAt + 5000, clients: [client()] }),
    );
    assert.deepEqual(
      changed.map(({ state, orphanEvidence }) => [state, orphanEvidence]),
      [["running", null]],
    );
    assert.deepEqual(suspects, []);
  });

  it("is only a suspect until its keys were read after its worker was missed: a clean stop looks the same for a moment", () => {
    const index = new JobIndex();
    apply(index, running(), seen({ clients: [client()] }));
    const missed = seen({ readAt: readAt + 5000, clients: [] });
    const { changed, suspects } = index.judgeClaims(readAt + 5001, missed);
    assert.deepEqual([changed, suspects], [[], ["job"]]);
    assert.equal(index.row("job", readAt)?.state, "running");
    assert.equal(apply(index, running(4000), missed).after?.state, "running", "read before");
    assert.equal(apply(index, running(5002), missed).after?.state, "orphaned", "read after");
    const next = seen({ readAt: readAt + 10_000, clients: [] });
    assert.deepEqual(index.judgeClaims(readAt + 10_001, next), { changed: [], suspects: [] });
    assert.equal(
      apply(index, running(9000), next).after?.state,
      "orphaned",
      "once sure, an older reading does not undo it",
    );
  });

  it("shows the instrumented worker that runs it, and is orphaned when that falls silent", () => {
    const index = new JobIndex();
    const first = seen({ processes: [process(["job"])] });
    assert.equal(apply(index, running(), first).after?.worker, "web-1:7");
    const nothing = seen({ readAt: readAt + 60_000 });
    assert.deepEqual(index.judgeClaims(readAt + 60_000, nothing).suspects, ["job"]);
    const { after } = apply(index, running(60_001), nothing);
    assert.deepEqual([after?.state, after?.orphanEvidence, after?.worker], ["orphaned", "workerSilent", "web-1:7"]);
    const ended = apply(index, jobFacts({ id: "job", readAt: readAt + 70_000, job: null, result: succeededResult() }));
    assert.equal(ended.after?.worker, "web-1:7", "a result without a tag does not say where it ran");
  });

  it("stays orphaned when its worker's successor starts beside a program that was silent all the time", () => {
    const index = new JobIndex();
    const web = client({ id: "web", age: 1000, idle: 900 });
    apply(index, running(), seen({ clients: [web] }));
    assert.equal(index.row("job", readAt)?.state, "orphaned");
    const both = seen({ readAt: readAt + 5000, clients: [web, client({ age: 2 })] });
    assert.deepEqual(index.judgeClaims(readAt + 5000, both), { changed: [], suspects: [] });
    const again = { retry: { tries: 2, ttl: 88_400_000 }, inProgressTtl: 310 * second };
    assert.equal(
      apply(index, running(5000, again), both).after?.state,
      "running",
      "the next attempt is another matter",
    );
    assert.equal(apply(new JobIndex(), running(5000), both).after?.state, "running", "who sees only both cannot know");
  });

  it("is not orphaned by the silence of the worker that ran an earlier attempt", () => {
    const index = new JobIndex();
    apply(index, running(), seen({ processes: [process(["job"])] }));
    const again = { retry: { tries: 2, ttl: 88_400_000 }, inProgressTtl: 310 * second };
    const { after } = apply(index, running(60_000, again), seen({ readAt: readAt + 60_000 }));
    assert.deepEqual([after?.state, after?.tries, after?.worker], ["running", 2, null]);
  });

  it("is retrying when its claim was seen to move: only the end of a cron job's attempt does that", () => {
    const index = new JobIndex();
    const nightly = { id: "nightly", job: payload("nightly") };
    apply(index, running(0, nightly));
    // 20 s + 10 s after the start: a whole number of seconds, as a claim made for 90 s would end.
    const cut = { ...nightly, inProgressTtl: 60 * second };
    const moved = apply(index, running(10_000, cut));
    assert.deepEqual([moved.after?.state, moved.after?.runMs], ["retrying", null]);
    assert.deepEqual(
      moved.events.map(({ event }) => event),
      ["retried"],
    );
    assert.equal(
      apply(index, running(12_000, { ...cut, inProgressTtl: 58 * second })).after?.state,
      "retrying",
      "it stays so",
    );
    assert.equal(
      apply(new JobIndex(), running(12_000, { ...cut, inProgressTtl: 58 * second })).after?.state,
      "running",
    );
  });

  it("is compared with other claims of its queue", () => {
    const cron = { id: "cron:tick:1699999970123", job: payload("cron:tick"), inProgressTtl: 55 * second };
    const index = new JobIndex();
    assert.equal(apply(index, running(0, cron)).after?.state, "running", "alone it may be a claim made for 75 s");
    const beside = new JobIndex();
    apply(beside, running(0, { id: "other" }));
    assert.equal(apply(beside, running(0, cron)).after?.state, "retrying");
    const elsewhere = { ...cron, queued: { queue: "others", score: started - second } };
    assert.equal(apply(beside, running(0, elsewhere)).after?.state, "running");
  });
});

describe("The wait before an attempt", () => {
  it("is known of a retry whose new due time was seen", () => {
    const index = new JobIndex();
    apply(index, running());
    const deferred = { queue: "arq:queue", score: readAt + 30 * second };
    assert.equal(apply(index, running(1000, { queued: deferred, inProgressTtl: null })).after?.state, "retrying");
    const again = { queued: deferred, retry: { tries: 2, ttl: 88_400_000 }, inProgressTtl: 310 * second };
    assert.equal(apply(index, running(30_400, again)).after?.waitMs, 400);
  });

  it("is not known of a retry that kept its old score, nor of one that was not seen waiting", () => {
    const index = new JobIndex();
    apply(index, running());
    apply(index, running(1000, { inProgressTtl: null }));
    const again = { retry: { tries: 2, ttl: 88_400_000 }, inProgressTtl: 310 * second };
    assert.equal(apply(index, running(1500, again)).after?.waitMs, null);
    const later = { queue: "arq:queue", score: readAt + 30 * second };
    assert.equal(apply(new JobIndex(), running(30_400, { ...again, queued: later })).after?.waitMs, null);
  });
});
