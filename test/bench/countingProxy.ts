import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What clients said between two silences. */
export interface Burst {
  readonly commands: readonly string[];
  /** A request after a reply is one more. */
  readonly roundTrips: number;
}

export interface CountingProxy {
  readonly port: number;
  /** Forgets what was said so far. */
  clear(): void;
  bursts(): readonly Burst[];
  close(): Promise<void>;
}

/** So long without a word ends a burst. */
const silenceMs = 60;

/** Stands before a Redis on loopback and counts what clients ask, command by command, and how often they wait for an answer. */
export async function countingProxy(target: number): Promise<CountingProxy> {
  let bursts: { commands: string[]; roundTrips: number }[] = [];
  let saidAt = Number.NEGATIVE_INFINITY;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    const names = commandNames();
    let answered = true;
    client.on("data", (chunk: Buffer) => {
      const now = performance.now();
      if (now - saidAt > silenceMs) bursts.push({ commands: [], roundTrips: 0 });
      saidAt = now;
      const burst = bursts.at(-1);
      if (burst !== undefined) {
        burst.commands.push(...names(chunk));
        if (answered) burst.roundTrips++;
      }
      answered = false;
      upstream.write(chunk);
    });
    upstream.on("data", (chunk: Buffer) => {
      answered = true;
      saidAt = Math.max(saidAt, performance.now());
      client.write(chunk);
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.setNoDelay();
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    clear() {
      bursts = [];
      saidAt = Number.NEGATIVE_INFINITY;
    },
    bursts: () => bursts.filter(({ commands }) => commands.length > 0),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Reads the names out of a stream of requests (`*n`, then n times `$length` and the bytes), however it is cut. */
function commandNames(): (chunk: Buffer) => string[] {
  let held = Buffer.alloc(0);
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    const names: string[] = [];
    for (let at = 0; ; held = held.subarray(at), at = 0) {
      const line = (): number | null => {
        const end = held.indexOf("\r\n", at);
        if (end < 0) return null;
        const value = Number(held.toString("latin1", at + 1, end));
        at = end + 2;
        return value;
      };
      const parts = line();
      if (parts === null) return names;
      let name = "";
      for (let part = 0; part < parts; part++) {
        const length = line();
        if (length === null || at + length + 2 > held.length) return names;
        if (part === 0) name = held.toString("latin1", at, at + length).toLowerCase();
        at += length + 2;
      }
      names.push(name);
    }
  };
}
