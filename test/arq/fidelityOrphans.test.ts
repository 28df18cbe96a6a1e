import assert from "node:assert/strict";
import { describeState } from "../../src/arq/explain";
import { requireArq } from "../support/arqEnvironment";
import { ArqProcesses } from "../support/arqProcesses";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { watch, type Watched } from "../support/watchedMonitor";

describe("A job whose only worker was killed", function () {
  this.timeout(180_000);
  let redis: RedisServer;
  let python: string;

  before(async function () {
    python = await requireArq(this, process.env["ARQ_VERSION"]);
    redis = await startRedis();
  });
  after(() => redis?.stop());

  for (const feed of ["push", "poll"] as const) {
    it(`is orphaned by ${feed} once no connection is as old as its attempt, long before its claim lapses`, async () => {
      const watched: Watched = watch({ url: redis.url, feed });
      const arq = new ArqProcesses({ python, port: redis.port });
      try {
        await eventually(() => watched.monitor.snapshot().complete, { timeoutMs: 15_000 });
        const doomed = await arq.startWorker("Doomed");
        const id = await arq.enqueue("sleeper", [60], { _queue_name: "doomed" });
        const running = await eventually(
          () => {
            const row = watched.monitor.row(id!);
            assert.equal(row?.state, "running", JSON.stringify(row));
            return row;
          },
          { timeoutMs: 15_000 },
        );
        await doomed.stop("SIGKILL");
        // The client that has enqueued it is connected as well: a connection that may be a worker's.
        await arq.stop();
        const row = await eventually(
          () => {
            const now = watched.monitor.row(id!);
            assert.equal(now?.state, "orphaned", JSON.stringify(now));
            return now;
          },
          { timeoutMs: 30_000 },
        );
        assert.equal(row.tries, 1);
        // Both are reckoned from a TTL, and off by what lies between two commands on a busy machine.
        assert.ok(Math.abs(row.startedAt! - running.startedAt!) <= 1000, JSON.stringify({ row, running }));
        assert.match(describeState(row, watched.monitor.now()), /^Started .* worker seems to be gone/);
        const told = watched.events.filter((event) => event.id === id).map(({ event }) => event);
        assert.deepEqual(told, ["enqueued", "started"]);
      } finally {
        await watched.monitor.close();
        await arq.stop();
      }
    });
  }
});
