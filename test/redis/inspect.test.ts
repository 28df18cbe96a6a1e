import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildSync } from "esbuild";
import { jobPayload } from "../demo/arqPayloads";
import { tuple } from "../demo/pickle";
import { eventually } from "../support/eventually";
import { fillQueue, fillResults } from "../bench/fill";
import { startRedis, type RedisServer } from "../support/redisServer";
import { repositoryRoot } from "../support/repositoryRoot";
import { TempFolder } from "../support/tempFolder";

interface InspectDocument {
  readonly counts: Readonly<Record<string, number>>;
  readonly jobs: readonly { readonly id: string; readonly state: string }[];
  readonly commands: Readonly<Record<string, number>>;
  readonly cost: { readonly bytesSent: number; readonly bytesReceived: number; readonly waitedMs: number };
}

const results = 20_000;
const due = 100;

describe("inspect", () => {
  let server: RedisServer;
  let folder: TempFolder;
  let script: string;
  before(async () => {
    server = await startRedis();
    folder = new TempFolder();
    script = folder.write("inspect.js", "");
    buildSync({
      entryPoints: [join(repositoryRoot(), "src", "inspect.ts")],
      outfile: script,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      logLevel: "error",
    });
    await fillResults({ port: server.port, count: results });
    await fillQueue({ port: server.port, count: due, queue: "arq:queue" });
  });
  after(async () => {
    folder.remove();
    await server.stop();
  });

  it("lists every job once, in order, as many as it counts, and tells what it cost", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [script, server.url], { maxBuffer: 1 << 28 });
    const { jobs, counts, commands, cost } = JSON.parse(stdout) as InspectDocument;
    const ids = jobs.map(({ id }) => id);
    assert.equal(new Set(ids).size, results + due);
    assert.deepEqual(ids, ids.toSorted());
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    assert.equal(ids.length, total);
    assert.equal(counts["queued"], due);
    assert.ok(Object.values(commands).reduce((sum, count) => sum + count, 0) > 10);
    // The least: the keys' names come once, and of each result at least a hundred bytes.
    assert.ok(cost.bytesReceived > results * 140, `${cost.bytesReceived} bytes received`);
    assert.ok(cost.bytesSent > results * 32, `${cost.bytesSent} bytes sent`);
    assert.ok(cost.waitedMs > 0 && Number.isInteger(cost.waitedMs), `${cost.waitedMs} ms waited`);
  });

  it("tells while it watches what happens right after FLUSHDB", async () => {
    const redis = server.client();
    const watching = promisify(execFile)(process.execPath, [script, server.url, "--watch", "8"], {
      maxBuffer: 1 << 28,
    });
    // The document is out when no job is read any more.
    let printed = "";
    watching.child.stdout?.on("data", (text: string) => (printed += text));
    await eventually(() => printed.endsWith("}\n"), { timeoutMs: 60_000 });
    const now = Date.now();
    await redis
      .multi()
      .flushdb()
      .psetex("arq:job:after", 60_000, jobPayload({ function: "work", args: tuple(1), kwargs: {}, enqueuedAt: now }))
      .zadd("arq:queue", now, "after")
      .exec();
    const [, ...lines] = (await watching).stdout.trim().split("\n");
    const events = lines.map((line) => JSON.parse(line) as { id: string; event: string });
    assert.deepEqual(
      events.map(({ id, event }) => `${id} ${event}`),
      ["after enqueued"],
    );
  }).timeout(120_000);
});
