import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Redactor } from "../../src/arq/redact";
import { openHistoryStore } from "../../src/files/historyStore";
import { defaultThresholds } from "../../src/monitor/health";
import { createMonitor } from "../../src/monitor/liveMonitor";
import type { Monitor, Rate } from "../../src/monitor/model";
import { systemClock } from "../../src/monitor/systemClock";
import { eventually } from "../support/eventually";
import { QuietLogger } from "../support/quietLogger";
import { type RedisServer, startRedis } from "../support/redisServer";
import { TempFolder } from "../support/tempFolder";
import { resultPayload, openTestSource } from "./sourceHarness";

const hourMs = 3_600_000;

/** The sample result, as if its job had ended at that moment. */
function failedAt(at: number): Buffer {
  const bytes = Buffer.from(resultPayload);
  // The int of `ft`: BININT's long form, six bytes, little-endian, behind the text "ft" and its mark.
  const place = bytes.indexOf("ft") + 2;
  const end = bytes.indexOf(Buffer.from("8a06", "hex"), place) + 2;
  bytes.writeUIntLE(at, end, 6);
  return bytes;
}

describe("The history of a real connection", function () {
  this.timeout(60_000);
  let server: RedisServer;
  let folder: TempFolder;
  const open: Monitor[] = [];

  beforeEach(async () => {
    server = await startRedis();
    folder = new TempFolder();
  });
  afterEach(async () => {
    for (const monitor of open.splice(0)) await monitor.close();
    await server.stop();
    folder.remove();
  });

  async function watch(): Promise<Monitor> {
    const logger = new QuietLogger();
    const redactor = new Redactor();
    const monitor = createMonitor({
      source: openTestSource(server.url, { redactor }),
      clock: systemClock,
      logger,
      thresholds: defaultThresholds,
      staleAfterMs: 60_000,
      queues: [],
      history: {
        store: openHistoryStore({ folder: join(folder.path, "h"), logger }),
        redact: (text) => redactor.text(text),
      },
    });
    open.push(monitor);
    monitor.onChange(() => {});
    monitor.start();
    await eventually(() => assert.ok(monitor.snapshot().complete), { timeoutMs: 15_000 });
    return monitor;
  }

  it("fills hours that nobody watched from what workers publish, once for each hour, and passes by what is none of theirs", async () => {
    const client = server.client();
    const hour = Math.floor(Date.now() / hourMs);
    const counters = (complete: number, failed: number): string =>
      JSON.stringify({
        v: 1,
        queue: "arq:queue",
        functions: { send_email: { complete, failed, retried: 0, run_ms: 1000 } },
      });
    for (const back of [2, 3, 30, 200]) {
      await client.set(`arq:monitor:hour:${hour - back}:web-1:11:0a1b2c3d`, counters(100, 10));
      await client.set(`arq:monitor:hour:${hour - back}:web-2:12:0a1b2c3d`, counters(5, 0));
    }
    await client.set(
      `arq:monitor:hour:${hour - 2}:web-3:13:0a1b2c3d`,
      '{"v":1,"queue":"arq:queue","functions":{"x":{"complete":-5}}}',
    );
    await client.set(`arq:monitor:hour:${hour - 2}:web-4:14:0a1b2c3d`, "x".repeat(200_000));
    await client.rpush(`arq:monitor:hour:${hour - 2}:web-5:15:0a1b2c3d`, "a list");
    const monitor = await watch();
    await eventually(() => {
      const { lastDay, lastWeek } = monitor.snapshot();
      assert.deepEqual([lastDay.complete, lastDay.failed], [210, 20]);
      assert.deepEqual([lastWeek.complete, lastWeek.failed], [315, 30]);
    });
    const { lastWeek } = monitor.snapshot();
    assert.ok(lastWeek.coveredMs >= 3 * hourMs && lastWeek.coveredMs < 3 * hourMs + 60_000, String(lastWeek.coveredMs));
    assert.equal(
      monitor.snapshot().throughput.some(({ complete }) => complete > 0),
      false,
    );
  });

  it("has a failed job with its error and its group when Redis and the session that saw it are gone", async () => {
    const client = server.client();
    const at = Date.now() - 5000;
    await client.set("arq:result:abc123", failedAt(at));
    const first = await watch();
    assert.equal(first.row("abc123")?.state, "failed");
    await first.close();
    await client.flushall();
    const next = await watch();
    await eventually(() => assert.equal(next.row("abc123")?.finishedAt, at));
    const detail = await next.open("abc123");
    assert.deepEqual(
      [detail?.row.error?.type, detail?.row.error?.message, detail?.result],
      ["ValueError", "bad", null],
    );
    assert.equal(next.snapshot().counts.failed, 0, "it is in no count");
    const counted = ({ failed }: Rate): number => failed;
    assert.deepEqual([counted(next.snapshot().lastHour), counted(next.snapshot().lastDay)], [1, 1]);
    const [group] = await next.errorGroups();
    assert.deepEqual([group?.count, group?.remembered, group?.firstAt], [1, 1, at]);
    await next.history.clear();
    assert.equal(next.row("abc123"), null);
    await eventually(async () => assert.deepEqual(await next.errorGroups(), []));
    assert.deepEqual(readdirSync(join(folder.path, "h")), ["cleared.v1.json"]);
  });

  it("writes no address of a server, neither into files nor into their names", async () => {
    await server.client().set("arq:result:abc123", failedAt(Date.now() - 5000));
    const monitor = await watch();
    await monitor.close();
    const kept = join(folder.path, "h");
    const written = readdirSync(kept).flatMap((name) => [name, readFileSync(join(kept, name), "utf8")]);
    assert.match(written.join("\n"), /abc123/);
    const { hostname, port } = new URL(server.url);
    for (const place of [hostname, `:${port}`, server.url]) assert.ok(!written.join("\n").includes(place), place);
  });
});
