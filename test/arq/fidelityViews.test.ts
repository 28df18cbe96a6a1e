import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildSync } from "esbuild";
import { ArqStage } from "../support/arqStage";
import { eventually } from "../support/eventually";
import { repositoryRoot } from "../support/repositoryRoot";
import { everything, watch, type Watched } from "../support/watchedMonitor";

const jobs: readonly (readonly [name: string, ...args: unknown[]])[] = [
  ["succeed", 42],
  ["fail_builtin", 4711],
  ["fail_custom"],
  ["fail_chained"],
  ["too_slow"],
  ["retry_twice"],
  ["retry_for_ever"],
  ["unserializable"],
  ["no_such_function"],
];

describe("Whoever looks at real ARQ", function () {
  this.timeout(120_000);
  let stage: ArqStage;

  before(async function () {
    stage = await ArqStage.open(this);
    await stage.arq.startWorker("Everything");
    const signed = await stage.arq.startWorker("Signed");
    const ids = [await stage.arq.enqueue("fail_chained", [], { _queue_name: "arq:signed" })];
    for (const [name, ...args] of jobs) ids.push(await stage.arq.enqueue(name, args));
    for (const id of ids) await stage.seen(id, ({ state }) => state === "complete" || state === "failed");
    await stage.seen(await stage.arq.enqueue("succeed", [], { _defer_by: 600 }), ({ state }) => state === "deferred");
    await signed.stop();
  });
  after(() => stage?.close());

  it("sees the same by push, by poll and by a fresh sweep", async () => {
    const summary = async ({ monitor }: Watched): Promise<unknown> =>
      (await monitor.query(everything)).rows.map(
        ({ id, state, tries, function: name, queue, enqueuedAt, startedAt, finishedAt, error }) => {
          return { id, state, tries, name, queue, enqueuedAt, startedAt, finishedAt, error };
        },
      );
    const fresh = watch({ url: stage.redis.url, feed: "push" });
    try {
      await eventually(() => fresh.monitor.snapshot().complete, { timeoutMs: 15_000 });
      for (const each of stage.watched) {
        await eventually(async () => assert.deepEqual(await summary(each), await summary(fresh), each.feed), {
          timeoutMs: 15_000,
        });
      }
      assert.equal((await fresh.monitor.query(everything)).total, jobs.length + 2);
    } finally {
      await fresh.monitor.close();
    }
  });

  it("sees the same as one JSON document on the command line", async () => {
    const script = join(stage.folder, "inspect.js");
    buildSync({
      entryPoints: [join(repositoryRoot(), "src", "inspect.ts")],
      outfile: script,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      logLevel: "error",
    });
    const { stdout } = await promisify(execFile)(process.execPath, [script, stage.redis.url], { maxBuffer: 1 << 26 });
    const document = JSON.parse(stdout) as {
      feed: string;
      counts: Record<string, number>;
      jobs: { id: string; state: string; error: { type: string; message: string; traceback: string | null } | null }[];
      errorGroups: { type: string; message: string; sample: string; count: number }[];
      commands: Record<string, number>;
    };
    assert.equal(document.feed, "push");
    const { rows } = await stage.watched[0]!.monitor.query(everything);
    assert.deepEqual(
      document.jobs.map(({ id, state }) => [id, state]),
      rows.map(({ id, state }) => [id, state]),
    );
    const group = document.errorGroups.find(({ type }) => type === "ValueError");
    assert.deepEqual(group && [group.message, group.sample, group.count], [
      "order # has no items",
      "order 4711 has no items",
      1,
    ]);
    const tracebacks = document.jobs.filter(({ error }) => error !== null && error.traceback !== null);
    assert.equal(tracebacks.length, 1, "only the worker with the serializer stores one");
    assert.equal(document.counts["failed"], document.jobs.filter(({ state }) => state === "failed").length);
    assert.ok((document.commands["scan"] ?? 0) > 0);
  });
});
