import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../src/monitor/ports";
import { eventually } from "../support/eventually";
import { startRedis } from "../support/redisServer";
import { closeSources, runSource } from "./sourceHarness";

/** Counts the timers that have neither run nor been cancelled. */
class CountingClock implements Clock {
  readonly pending = new Set<NodeJS.Timeout>();

  now(): number {
    return Date.now();
  }

  setTimeout(callback: () => void, ms: number): () => void {
    const timer = setTimeout(() => {
      this.pending.delete(timer);
      callback();
    }, ms);
    this.pending.add(timer);
    return () => {
      clearTimeout(timer);
      this.pending.delete(timer);
    };
  }
}

/** Accepts connections and answers what it is told to, or never. */
async function mute(answer: (socket: Socket) => void = () => {}) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    // What is not read hides the end.
    socket.resume();
    socket.on("close", () => sockets.delete(socket));
    answer(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, sockets, stop: () => new Promise((resolve) => server.close(resolve)) };
}

describe("A source that is closed", function () {
  this.timeout(60_000);
  afterEach(closeSources);

  const attempts: [what: string, scheme: string, answer: (socket: Socket) => void][] = [
    ["nothing is answered", "redis", () => {}],
    ["the TLS handshake hangs", "rediss", () => {}],
    [
      "it has been greeted and nothing more",
      "redis",
      (socket) => socket.once("data", () => void socket.write("+PONG\r\n")),
    ],
  ];
  for (const [what, scheme, answer] of attempts) {
    it(`leaves neither a connection attempt nor a timer behind while ${what}`, async () => {
      const server = await mute(answer);
      const clock = new CountingClock();
      const running = runSource(`${scheme}://127.0.0.1:${server.port}`, { clock });
      await eventually(() => server.sockets.size > 0);
      await running.source.close();
      await eventually(() => server.sockets.size === 0);
      assert.equal(clock.pending.size, 0);
      assert.deepEqual(
        running.statuses.map(({ state }) => state),
        ["connecting", "closed"],
      );
      await server.stop();
    });
  }

  for (const feed of ["auto", "poll"] as const) {
    it(`leaves no timer behind when it was live (${feed})`, async () => {
      const server = await startRedis();
      try {
        const clock = new CountingClock();
        const running = runSource(server.url, { clock, feed });
        await running.swept();
        await running.source.close();
        await eventually(() => clock.pending.size === 0);
      } finally {
        await server.stop();
      }
    });
  }
});
