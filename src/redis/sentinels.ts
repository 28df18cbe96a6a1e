import { ConnectError } from "./connectError";
import { type ConnectionSettings, hostAndPort, type SentinelSettings } from "./connectionUrl";
import { type PortOptions, ReadOnlyPort } from "./readOnlyPort";
import { ReplyError } from "./readOnlyCommands";
import { asText, asTexts } from "./replies";
import { infoFields } from "./serverInfo";

/** A sentinel does nothing but answer: one that has not after this is passed over, so that two dead ones do not keep from healing in time. */
const askMs = 800;

/**
 * Finds the master by asking the sentinels, one after the other, which of them answers first being asked first the next time. As ARQ does
 * (`RedisSettings(host=[…], sentinel=True)`) without a password and without TLS; where a sentinel asks for a password it is given that of the
 * connection, and where it answers only in TLS, in TLS.
 */
export class Sentinels {
  readonly #settings: ConnectionSettings;
  readonly #master: string;
  #nodes: SentinelSettings["nodes"];

  constructor(settings: ConnectionSettings, sentinel: SentinelSettings) {
    this.#settings = settings;
    this.#master = sentinel.master;
    this.#nodes = sentinel.nodes;
  }

  /** Where the master is now. Rejects with a `ConnectError` of phase `asking`. No connection to a sentinel is left open. */
  async find(options: Omit<PortOptions, "settings">): Promise<ConnectionSettings> {
    let failure: ConnectError | null = null;
    for (const node of this.#nodes) {
      try {
        const { host, port } = await this.#ask(node, options);
        this.#nodes = [node, ...this.#nodes.filter((other) => other !== node)];
        return { ...this.#settings, host, port, address: `${hostAndPort(host, port)}/${this.#settings.db}` };
      } catch (error) {
        const cause = error instanceof ConnectError ? error : new ConnectError("asking", false, asError(error));
        // What a sentinel says is better known than that another one is silent.
        if (failure === null || cause.phase === "asking") failure = cause;
        if (options.signal?.aborted === true) break;
      }
    }
    throw failure?.phase === "asking"
      ? failure
      : new ConnectError("asking", failure?.timedOut ?? false, failure?.cause ?? null);
  }

  async #ask(node: SentinelSettings["nodes"][number], options: Omit<PortOptions, "settings">) {
    const { password, tls } = this.#settings;
    const plain = { ...this.#settings, ...node, path: null, db: 0, username: null, password: null, tls: null };
    const attempts: ConnectionSettings[] = [plain];
    if (tls !== null) attempts.push({ ...plain, tls });
    // It does not travel in the clear to where TLS is asked for.
    if (password !== null) attempts.push({ ...plain, tls, password });
    let failure: ConnectError | null = null;
    for (const settings of attempts) {
      if (failure !== null && !worthAnother(failure, settings)) continue;
      try {
        return await this.#askOver({
          ...options,
          settings,
          connectTimeoutMs: Math.min(askMs, options.connectTimeoutMs),
        });
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error;
        failure = error;
        if (error.phase === "asking") break;
      }
    }
    throw failure ?? new ConnectError("asking", false, null);
  }

  async #askOver(options: PortOptions): Promise<{ host: string; port: number }> {
    const port = await ReadOnlyPort.open(options);
    try {
      const [answer] = await port.run([["sentinel", "get-master-addr-by-name", this.#master]]);
      if (answer instanceof ReplyError) throw new ConnectError("asking", false, new Error(answer.message));
      const [host, number] = asTexts(answer) ?? [];
      if (host === undefined || !(Number(number) > 0)) {
        throw new ConnectError("asking", false, new Error(`no master called ${this.#master}`));
      }
      return { host, port: Number(number) };
    } finally {
      port.close();
    }
  }
}

/** A sentinel that was not asked anew, or whose failover goes on, may still name the old master. Rejects with a `ConnectError` when it is none. */
export async function assertMaster(port: ReadOnlyPort): Promise<void> {
  const [info] = await port.run([["info", "replication"]]);
  if (infoFields(asText(info)).get("role") === "slave") {
    throw new ConnectError("greeting", false, new Error("role:slave where the sentinels name the master"));
  }
}

/** A password after NOAUTH, TLS after a server that hung up on plain text. */
function worthAnother(failure: ConnectError, next: ConnectionSettings): boolean {
  const wantsPassword = failure.cause?.message.startsWith("NOAUTH") === true;
  if (next.password !== null) return wantsPassword;
  return next.tls !== null && failure.phase === "greeting" && !wantsPassword;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
