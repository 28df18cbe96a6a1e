import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis, type RedisOptions } from "ioredis";
import { ensureSystemPart, redisPart } from "./systemParts";

/** A real redis-server of our own: on loopback, without persistence, gone when stopped. */
export interface RedisServer {
  readonly port: number;
  /** `redis://127.0.0.1:<port>/0`. */
  readonly url: string;
  /** A connected client for writing test data; closed by `stop`. */
  client(options?: RedisOptions): Redis;
  /** Kills the process but keeps the port for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>;
  /** Stops it, closes its clients and removes its folder. */
  stop(): Promise<void>;
}

export interface RedisServerOptions {
  /** More arguments of redis-server, for example `["--requirepass", "x"]`. */
  readonly args?: string[];
}

/** Folders and processes to clean up when this process ends, also by Ctrl-C. */
const leftovers = new Set<() => void>();
let watching = false;

/** Starts a redis-server found on PATH; as root on Debian or Ubuntu it is installed when missing. Throws with a clear message otherwise. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const executable = await ensureSystemPart(redisPart, console.log);
  const folder = await mkdtemp(join(tmpdir(), "arq-redis-"));
  const clients = new Set<Redis>();
  let child: ChildProcess | null = null;
  let port = 0;

  const cleanUp = (): void => {
    child?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  watchExit();
  leftovers.add(cleanUp);

  const kill = async (): Promise<void> => {
    const dying = child;
    child = null;
    if (dying === null || dying.exitCode !== null || dying.signalCode !== null) return;
    const exited = new Promise((resolve) => dying.once("exit", resolve));
    // Whoever waits for this must not be ended by node because nothing else is left to do.
    dying.ref();
    dying.kill("SIGKILL");
    await exited;
  };
  const start = async (): Promise<void> => {
    const base = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
    const log = join(folder, "redis.log");
    const started = spawn(executable, [...base, "--logfile", log, ...(options.args ?? [])], { stdio: "ignore" });
    // A test that failed to stop its server must not keep the test run from ending; the exit handler stops it then.
    started.unref();
    child = started;
    const output = (): string => readFileSync(log, "utf8").slice(-2000);
    const deadline = Date.now() + 15_000;
    while (!(await answers(port))) {
      if (started.exitCode !== null) throw new Error(`redis-server ended at once:\n${output()}`);
      if (Date.now() > deadline) throw new Error(`redis-server did not answer on port ${port}:\n${output()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  // Another process may take the free port before redis-server does.
  for (let attempt = 1; ; attempt++) {
    port = await freePort();
    try {
      await start();
      break;
    } catch (error) {
      await kill();
      if (attempt === 3) {
        cleanUp();
        leftovers.delete(cleanUp);
        throw error;
      }
    }
  }

  return {
    get port() {
      return port;
    },
    get url() {
      return `redis://127.0.0.1:${port}/0`;
    },
    client(clientOptions = {}) {
      const client = new Redis({ host: "127.0.0.1", port, protocol: 2, maxRetriesPerRequest: 3, ...clientOptions });
      // Tests kill the server on purpose; the awaited command reports what matters.
      client.on("error", () => {});
      clients.add(client);
      return client;
    },
    kill,
    async restart() {
      await kill();
      await start();
    },
    async stop() {
      for (const client of clients) client.disconnect();
      clients.clear();
      await kill();
      cleanUp();
      leftovers.delete(cleanUp);
    },
  };
}

/** A loopback port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no loopback port");
  return address.port;
}

/** Any answer will do: a server that asks for a password is up. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    const settle = (up: boolean): void => {
      socket.destroy();
      resolve(up);
    };
    socket.once("data", () => settle(true));
    socket.once("error", () => settle(false));
    socket.once("close", () => settle(false));
    socket.setTimeout(1000, () => settle(false));
  });
}

function watchExit(): void {
  if (watching) return;
  watching = true;
  const cleanUpAll = (): void => {
    for (const cleanUp of leftovers) cleanUp();
    leftovers.clear();
  };
  process.once("exit", cleanUpAll);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      cleanUpAll();
      process.kill(process.pid, signal);
    });
  }
}
