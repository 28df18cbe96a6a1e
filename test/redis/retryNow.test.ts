import assert from "node:assert/strict";
import type { Clock } from "../../src/monitor/ports";
import { eventually } from "../support/eventually";
import { startRedis } from "../support/redisServer";
import { closeSources, runSource } from "./sourceHarness";

/** Time never comes for anything that waits a quarter of a second or longer, which every new attempt to connect does. */
const clock: Clock = {
  now: () => Date.now(),
  setTimeout(callback, ms) {
    if (ms >= 250) return () => {};
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

describe("A source between two attempts to connect", function () {
  this.timeout(60_000);

  it("tries at once when it is asked to, and says that it does", async () => {
    const server = await startRedis();
    const { url } = server;
    try {
      await server.kill();
      const running = runSource(url, { clock });
      await eventually(() => running.status()?.state === "down");
      await server.restart();
      assert.equal(running.status()?.state, "down");
      const told = running.statuses.length;
      running.source.resync("asked for");
      const next = running.statuses[told];
      assert.ok(next?.state === "down" && next.retryAt !== null && next.retryAt <= Date.now());
      await running.live();
    } finally {
      await closeSources();
      await server.stop();
    }
  });
});
