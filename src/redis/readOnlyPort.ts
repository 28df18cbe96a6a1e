import type { Socket } from "node:net";
import { AbstractConnector, Redis } from "ioredis";
import { CommandBatch, type RawReply } from "./commandBatch";
import { ConnectError } from "./connectError";
import type { ConnectionSettings } from "./connectionUrl";
import type { CostMeter } from "./costMeter";
import { openSocket } from "./openSocket";
import {
  allowedCommands,
  commandName,
  type CommandName,
  type ReadCommand,
  type ReadOnlyRedis,
  type Reply,
  ReplyError,
} from "./readOnlyCommands";

export interface PortOptions {
  readonly settings: ConnectionSettings;
  /** Counts what is sent, received and waited for. */
  readonly cost: CostMeter;
  /** For each step until we are let in. */
  readonly connectTimeoutMs: number;
  /** Something was asked, and for this long not one byte came: the connection is dead. */
  readonly replyTimeoutMs: number;
  /** Gives up opening; what is open already is closed by its owner. */
  readonly signal?: AbortSignal;
}

/**
 * One connection: the only holder of an ioredis client. It never reconnects by itself: a lost port stays lost, and whoever owns it opens a new
 * one. That keeps ioredis' own traps out (silent re-subscription, resent commands, a failed SELECT that leaves database 0).
 */
export class ReadOnlyPort implements ReadOnlyRedis {
  readonly #redis: Redis;
  readonly #socket: Socket;
  readonly #options: PortOptions;
  #onLost: ((error: ConnectError) => void) | null = null;
  /** Rejections of what runs. */
  readonly #lostListeners = new Set<(error: ConnectError) => void>();
  #lost: ConnectError | null = null;
  #greeted = false;
  #cause: Error | null = null;
  #banner: Error | null = null;
  #firstBytes: Buffer | null = null;

  private constructor(socket: Socket, options: PortOptions) {
    this.#socket = socket;
    this.#options = options;
    options.cost.watch(socket);
    socket.once("data", (data: Buffer) => {
      const first = String.fromCharCode(data[0] ?? 0);
      // Redis begins every reply with one of these; what else answers first is not Redis.
      if (!"+-:$*".includes(first)) this.#firstBytes = data.subarray(0, 16);
      // "-DENIED" and "-ERR max number of clients" come before any command, perhaps before ioredis listens.
      if (first === "-") this.#banner = new Error(data.toString("utf8", 1, 500).split("\r\n")[0]);
    });
    this.#redis = new Redis({
      Connector: connectorOf(socket),
      protocol: 2,
      lazyConnect: true,
      enableReadyCheck: false,
      enableOfflineQueue: false,
      disableClientInfo: true,
      autoResubscribe: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 1,
      retryStrategy: null,
    });
    this.#redis.on("error", (error: Error) => (this.#cause ??= error));
    this.#redis.on("end", () => this.#fail(false));
  }

  /** Connects, signs in and selects the database. Rejects with a `ConnectError`. */
  static async open(options: PortOptions): Promise<ReadOnlyPort> {
    const { settings, connectTimeoutMs, signal = new AbortController().signal } = options;
    const socket = await openSocket(settings, connectTimeoutMs, signal);
    const port = new ReadOnlyPort(socket, options);
    const giveUp = (): void => port.close();
    signal.addEventListener("abort", giveUp);
    try {
      await port.#redis.connect();
      await port.#greet();
    } catch (error) {
      port.close();
      throw error instanceof ConnectError
        ? error
        : new ConnectError("greeting", false, asError(error), port.#firstBytes);
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
    return port;
  }

  /** `host:port` of our side, as `CLIENT LIST` shows it where nothing stands in between; null for a Unix socket. */
  get localAddress(): string | null {
    const { localAddress, localPort } = this.#socket;
    if (localAddress === undefined || localPort === undefined) return null;
    return localAddress.includes(":") ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`;
  }

  /** `silenceMs`: how long the other side may say nothing at all; unless told, as the options have it. */
  async run(commands: readonly ReadCommand[], silenceMs?: number): Promise<readonly Reply[]> {
    if (commands.length === 0) return [];
    if (this.#lost !== null) throw this.#lost;
    this.#count(commands);
    // One timer for all of them: ioredis' commandTimeout would start one for each of thousands of commands.
    const { connectTimeoutMs, replyTimeoutMs, cost } = this.#options;
    const stopWatching = this.#endOnSilence(silenceMs ?? (this.#greeted ? replyTimeoutMs : connectTimeoutMs));
    let onLost = (_error: ConnectError): void => {};
    const lost = new Promise<never>((_resolve, reject) => this.#lostListeners.add((onLost = reject)));
    cost.asked();
    try {
      const replies = await Promise.race([this.#send(commands), lost]);
      const failed = replies.some((reply) => reply instanceof Error);
      // What is no error is a reply by ioredis' word.
      if (!failed) return replies as readonly Reply[];
      return replies.map((reply, i) =>
        reply instanceof Error ? new ReplyError(reply.message, commands[i]!) : reply,
      ) as Reply[];
    } finally {
      cost.heard();
      stopWatching();
      this.#lostListeners.delete(onLost);
    }
  }

  /** A long reply over a slow line is no silence: only when not one byte has come, the connection is given up. */
  #endOnSilence(ms: number): () => void {
    let heard = this.#socket.bytesRead;
    let timer: NodeJS.Timeout;
    let stopped = false;
    const listen = (): void => {
      timer = setTimeout(() => {
        // What came while this process itself was busy has not been read yet.
        setImmediate(() => {
          if (stopped) return;
          const { bytesRead } = this.#socket;
          if (bytesRead === heard) this.#fail(true);
          else {
            heard = bytesRead;
            listen();
          }
        });
      }, ms);
    };
    listen();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }

  /** Enters subscriber mode: from then on only `ping` may be run. Messages are lists of keys, or null when everything may have changed. */
  async subscribeInvalidations(listener: (keys: readonly Buffer[] | null) => void): Promise<ReplyError | null> {
    this.#redis.on("messageBuffer", (_channel: Buffer, message: unknown) => {
      listener(Array.isArray(message) ? message.filter((key): key is Buffer => Buffer.isBuffer(key)) : null);
    });
    const [answer] = await this.run([["subscribe", "__redis__:invalidate"]]);
    return answer instanceof ReplyError ? answer : null;
  }

  /** Calls back once when the connection is lost; at once if it is already. Not for our own `close`. */
  onLost(listener: (error: ConnectError) => void): void {
    if (this.#lost === null) this.#onLost = listener;
    else listener(this.#lost);
  }

  /** Hangs up. Whatever still runs is rejected. */
  close(): void {
    if (this.#lost !== null) return;
    this.#onLost = null;
    this.#cause = new Error("closed by us");
    this.#fail(false);
  }

  async #greet(): Promise<void> {
    const { username, password, db } = this.#options.settings;
    if (username !== null || password !== null) await this.#signIn(username, password ?? "");
    // Also the first sign that this is Redis, and that it lets us in: NOAUTH, LOADING and DENIED come here. Where the user may not
    // PING, the refusal itself is the sign.
    const [greeting] = await this.run([["ping"]]);
    if (greeting instanceof ReplyError && !greeting.commandRefused) {
      throw new ConnectError("greeting", false, new Error(greeting.message));
    }
    if (db !== 0) {
      const [selected] = await this.run([["select", db]]);
      if (selected instanceof ReplyError) throw new ConnectError("greeting", false, new Error(selected.message));
    }
    this.#greeted = true;
  }

  async #signIn(username: string | null, password: string): Promise<void> {
    const first = await this.#auth(username, password);
    if (first === null) return;
    // A server without a password for the default user: ARQ would fail here, for reading it does not matter.
    if (/no password is set|without any password configured/i.test(first)) return;
    // ARQ sends the password as written in its URL, other libraries decode it: what the server takes is right.
    const decoded = decodePercent(password);
    const decodedName = username === null ? null : decodePercent(username);
    if (decoded !== password || decodedName !== username) {
      if ((await this.#auth(decodedName, decoded)) === null) return;
    }
    throw new ConnectError("greeting", false, new Error(first));
  }

  async #auth(username: string | null, password: string): Promise<string | null> {
    const [answer] = await this.run([username === null ? ["auth", password] : ["auth", username, password]]);
    return answer instanceof ReplyError ? answer.message : null;
  }

  /** Throws before anything is sent when a command is none of ours. */
  #count(commands: readonly ReadCommand[]): void {
    const counts = new Map<CommandName, number>();
    let last: CommandName | null = null;
    let times = 0;
    const note = (): void => {
      if (last !== null) counts.set(last, (counts.get(last) ?? 0) + times);
    };
    for (const command of commands) {
      const name = commandName(command);
      // Hundreds of the same come in a row.
      if (name === last) times++;
      else {
        if (!allowedCommands.has(name)) throw new Error(`${name} is not a command of the read-only port`);
        note();
        last = name;
        times = 1;
      }
    }
    note();
    for (const [name, sent] of counts) this.#options.cost.count(name, sent);
  }

  /** Only an error that Redis itself sent is an answer; every other one means that the connection is gone or talks nonsense. */
  async #send(commands: readonly ReadCommand[]): Promise<readonly RawReply[]> {
    try {
      return await CommandBatch.send(this.#redis, commands);
    } catch (error) {
      this.#cause ??= asError(error);
      this.#fail(false);
      throw this.#lost ?? new ConnectError("established", false, this.#cause);
    }
  }

  #fail(timedOut: boolean): void {
    if (this.#lost !== null) return;
    this.#lost = this.#greeted
      ? new ConnectError("established", timedOut, this.#cause)
      : new ConnectError("greeting", timedOut, this.#banner ?? this.#cause, this.#firstBytes);
    const listeners = [...this.#lostListeners];
    this.#lostListeners.clear();
    this.#redis.disconnect();
    this.#socket.destroy();
    for (const listener of listeners) listener(this.#lost);
    this.#onLost?.(this.#lost);
  }
}

/** Hands ioredis the socket that is already open (and already speaks TLS). */
function connectorOf(socket: Socket): new () => AbstractConnector {
  return class extends AbstractConnector {
    constructor() {
      super(1000);
    }
    override async connect(): Promise<Socket> {
      this.stream = socket;
      return socket;
    }
  };
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
