import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tracebackRemedies } from "../../src/arq/explain";
import type { JobRow } from "../../src/monitor/model";
import { requireArq } from "./arqEnvironment";
import { ArqProcesses } from "./arqProcesses";
import { eventually } from "./eventually";
import { type RedisServer, startRedis } from "./redisServer";
import { watch, type Watched } from "./watchedMonitor";

/** Real ARQ on a Redis of its own, watched by both feeds. */
export class ArqStage {
  private constructor(
    readonly redis: RedisServer,
    readonly arq: ArqProcesses,
    /** For what a test writes; on the workers' import path, with `opt_in.py`, the serializer that ARQ Monitor offers. */
    readonly folder: string,
    readonly watched: readonly Watched[],
  ) {}

  /** For a mocha hook: skips the suite where ARQ cannot be had. Another release may be asked for: `ARQ_VERSION=0.25.0`. */
  static async open(context: Mocha.Context): Promise<ArqStage> {
    const python = await requireArq(context, process.env["ARQ_VERSION"]);
    const redis = await startRedis();
    const folder = mkdtempSync(join(tmpdir(), "arq-stage-"));
    const { remedies } = tracebackRemedies({ kind: "exception" });
    const snippet = remedies.find(({ snippet: text }) => text?.includes("def serialize"))?.snippet ?? "";
    writeFileSync(join(folder, "opt_in.py"), snippet);
    const arq = new ArqProcesses({ python, port: redis.port, path: [folder] });
    const watched = (["push", "poll"] as const).map((feed) => watch({ url: redis.url, feed }));
    const stage = new ArqStage(redis, arq, folder, watched);
    for (const { monitor, feed } of watched) {
      await eventually(() => monitor.snapshot().complete, { timeoutMs: 15_000 });
      const { status } = monitor.snapshot();
      assert.equal(status.state === "live" && status.feed, feed);
    }
    return stage;
  }

  /** Waits until both feeds show the job so; gives the row that each shows. */
  async seen(id: string | null, isSo: (row: JobRow) => boolean): Promise<JobRow[]> {
    assert.ok(id !== null, "ARQ took the job");
    return Promise.all(
      this.watched.map(({ monitor, feed }) =>
        eventually(
          () => {
            const now = monitor.row(id);
            assert.ok(now !== null && isSo(now), `${feed} shows ${JSON.stringify(now)}`);
            return now;
          },
          { timeoutMs: 20_000 },
        ),
      ),
    );
  }

  /** Waits until both feeds have told exactly these events of the job. */
  async told(id: string | null, expected: readonly string[]): Promise<void> {
    for (const { events, feed } of this.watched) {
      await eventually(
        () => {
          const kinds = events.filter((event) => event.id === id).map(({ event }) => event);
          assert.deepEqual(kinds, expected, feed);
        },
        { timeoutMs: 10_000 },
      );
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.watched.map(({ monitor }) => monitor.close()));
    await this.arq.stop();
    await this.redis.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
