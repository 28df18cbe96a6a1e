import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildSync } from "esbuild";
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
  before(async () => {
    server = await startRedis();
    folder = new TempFolder();
    await fillResults({ port: server.port, count: results });
    await fillQueue({ port: server.port, count: due, queue: "arq:queue" });
  });
  after(async () => {
    folder.remove();
    await server.stop();
  });

  it("lists every job once, in order, as many as it counts, and tells what it cost", async () => {
    const script = folder.write("inspect.js", "");
    buildSync({
      entryPoints: [join(repositoryRoot(), "src", "inspect.ts")],
      outfile: script,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      logLevel: "error",
    });
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
});
