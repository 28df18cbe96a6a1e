import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** What is wrong between client and server. Every field may be changed at any time and counts from then on. */
export interface Faults {
  /** Each way; a round trip takes twice as long. */
  latencyMs: number;
  /** Bytes wait until this ends; nothing is lost. */
  stalled: boolean;
  /** Bytes, and the ends of connections, vanish in these directions; the sockets stay. */
  swallow: "nothing" | "toServer" | "toClient" | "both";
  /** Slow drip: bytes of replies per second; null: as fast as they come. */
  repliesPerSecond: number | null;
  /** The connection is reset as soon as so many more bytes of replies have passed; null: never. */
  cutAfter: number | null;
}

/** One connection through the proxy. */
export interface ProxiedConnection {
  /** Its own faults beat those of the proxy. */
  readonly faults: Partial<Faults>;
  readonly bytesToServer: number;
  readonly bytesToClient: number;
  readonly open: boolean;
  /** Both sides see it end at once: with a reset, or politely. */
  kill(how?: "reset" | "close"): void;
}

export interface FaultProxy {
  /** Of the proxy, on 127.0.0.1; kept while it refuses. */
  readonly port: number;
  /** Where connections made from now on go: a port on 127.0.0.1. */
  target: number;
  /** For all connections, those to come included. */
  readonly faults: Faults;
  /** Those open now, oldest first. */
  readonly connections: readonly ProxiedConnection[];
  /** So many were accepted since the proxy began. */
  readonly accepted: number;
  /** So many were held open at once by clients: those they have ended themselves do not count, whatever the proxy still does with them. */
  readonly mostAtOnce: number;
  /** Nobody listens any more (`ECONNREFUSED`); connections there are stay. */
  refuse(): Promise<void>;
  /** Listens again. */
  admit(): Promise<void>;
  killAll(how?: "reset" | "close"): void;
  /** No faults any more. Connections that have lost bytes are reset, as a network does that has forgotten them. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

const noFaults: Readonly<Faults> = {
  latencyMs: 0,
  stalled: false,
  swallow: "nothing",
  repliesPerSecond: null,
  cutAfter: null,
};
/** How often a slow drip lets something pass. */
const dripEveryMs = 20;
/** A client that ends one connection and opens the next is heard in either order: so long after the opening, the end has come, too. */
const settleMs = 50;

/** A TCP proxy on loopback in front of `target`, without faults at first. Close it at the end of the test. */
export async function startFaultProxy(target: number): Promise<FaultProxy> {
  const faults: Faults = { ...noFaults };
  const connections = new Set<Connection>();
  let accepted = 0;
  let mostAtOnce = 0;
  let server: Server | null = null;

  const proxy: FaultProxy = {
    port: 0,
    target,
    faults,
    get connections() {
      return [...connections];
    },
    get accepted() {
      return accepted;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    async refuse() {
      const listening = server;
      server = null;
      // The answer comes only when the last connection is gone; that the port is closed does not wait for it.
      listening?.close();
      await new Promise((resolve) => setImmediate(resolve));
    },
    async admit() {
      server ??= await listen(proxy.port);
    },
    killAll(how = "reset") {
      for (const connection of connections) connection.kill(how);
    },
    async heal() {
      Object.assign(faults, noFaults);
      for (const connection of connections) {
        for (const name of Object.keys(connection.faults)) delete connection.faults[name as keyof Faults];
        if (connection.lossy) connection.kill();
      }
      await proxy.admit();
    },
    async close() {
      proxy.killAll();
      await proxy.refuse();
    },
  };

  async function listen(port: number): Promise<Server> {
    const listening = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      accepted++;
      const connection = new Connection(client, proxy.target, faults, () => connections.delete(connection));
      connections.add(connection);
      setTimeout(() => {
        const held = [...connections].filter((each) => !each.clientGone).length;
        mostAtOnce = Math.max(mostAtOnce, held);
      }, settleMs).unref();
    });
    await new Promise<void>((resolve, reject) => {
      listening.once("error", reject);
      listening.listen(port, "127.0.0.1", resolve);
    });
    return listening;
  }

  server = await listen(0);
  return Object.assign(proxy, { port: (server.address() as AddressInfo).port });
}

/** Bytes on their way in one direction; null is the end. */
interface Travelling {
  readonly chunk: Buffer | null;
  readonly dueAt: number;
}

class Connection implements ProxiedConnection {
  readonly faults: Partial<Faults> = {};
  bytesToServer = 0;
  bytesToClient = 0;
  /** It has swallowed something. */
  lossy = false;
  open = true;
  /** The client has ended it. */
  clientGone = false;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #shared: Faults;
  readonly #onClosed: () => void;
  readonly #toServer: Travelling[] = [];
  readonly #toClient: Travelling[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(client: Socket, target: number, shared: Faults, onClosed: () => void) {
    this.#client = client;
    this.#shared = shared;
    this.#onClosed = onClosed;
    this.#server = connect({ host: "127.0.0.1", port: target, noDelay: true, allowHalfOpen: true });
    // Stalls and drips end without an event.
    this.#timer = setInterval(() => this.#move(), dripEveryMs);
    this.#listen(client, "toServer", this.#toServer);
    this.#listen(this.#server, "toClient", this.#toClient);
    for (const event of ["end", "close"]) client.on(event, () => (this.clientGone = true));
  }

  kill(how: "reset" | "close" = "reset"): void {
    if (!this.open) return;
    this.open = false;
    clearInterval(this.#timer);
    for (const socket of [this.#client, this.#server]) {
      if (how === "reset" && !socket.connecting) socket.resetAndDestroy();
      else socket.destroy();
    }
    this.#onClosed();
  }

  #fault<K extends keyof Faults>(name: K): Faults[K] {
    return this.faults[name] ?? this.#shared[name];
  }

  #listen(socket: Socket, direction: "toServer" | "toClient", way: Travelling[]): void {
    const travel = (chunk: Buffer | null): void => {
      const swallow = this.#fault("swallow");
      if (swallow === direction || swallow === "both") {
        this.lossy = true;
        return;
      }
      const latency = this.#fault("latencyMs");
      way.push({ chunk, dueAt: performance.now() + latency });
      if (latency === 0) this.#move();
      else setTimeout(() => this.#move(), latency);
    };
    socket.on("data", travel);
    socket.on("end", () => travel(null));
    socket.on("error", () => {
      const swallow = this.#fault("swallow");
      if (swallow === "nothing") this.kill();
      else this.lossy = true;
    });
  }

  #move(): void {
    if (!this.open || this.#fault("stalled")) return;
    this.bytesToServer += deliver(this.#toServer, this.#server, Infinity);
    const drip = this.#fault("repliesPerSecond");
    const cutAfter = this.#fault("cutAfter");
    const dripped = drip === null ? Infinity : Math.ceil((drip * dripEveryMs) / 1000);
    const passed = deliver(this.#toClient, this.#client, Math.min(dripped, cutAfter ?? Infinity));
    this.bytesToClient += passed;
    if (cutAfter !== null) this.faults.cutAfter = cutAfter - passed;
    if (cutAfter !== null && passed >= cutAfter) {
      // Politely, so that the bytes which passed arrive: a reset may overtake them.
      this.kill("close");
      return;
    }
    if (this.#client.writableEnded && this.#server.writableEnded) this.kill("close");
  }
}

/** Writes what is due, at most `most` bytes; answers how many. */
function deliver(way: Travelling[], socket: Socket, most: number): number {
  const now = performance.now();
  let passed = 0;
  for (let next = way[0]; next !== undefined && next.dueAt <= now && !socket.destroyed; next = way[0]) {
    if (next.chunk === null) {
      way.shift();
      socket.end();
      continue;
    }
    const left = most - passed;
    if (left <= 0) break;
    const chunk = next.chunk.subarray(0, left);
    if (chunk.length === next.chunk.length) way.shift();
    else way[0] = { ...next, chunk: next.chunk.subarray(chunk.length) };
    socket.write(chunk);
    passed += chunk.length;
  }
  return passed;
}
