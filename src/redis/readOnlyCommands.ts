/**
 * Every command this program can send, with its arguments. A command that is not a member of this type cannot be written down;
 * the port checks names again at run time against `allowedCommands`. None of them changes a key.
 */
export type ReadCommand =
  | readonly ["auth", password: string]
  | readonly ["auth", username: string, password: string]
  | readonly ["select", db: number]
  | readonly ["info", section: "server" | "keyspace" | "replication"]
  | readonly ["time"]
  | readonly ["ping"]
  | readonly ["scan", cursor: string, "COUNT", count: number]
  | readonly ["scan", cursor: string, "MATCH", pattern: string, "COUNT", count: number]
  | readonly ["scan", cursor: string, "COUNT", count: number, "TYPE", type: "zset"]
  | readonly ["get", key: string]
  | readonly ["mget", ...keys: string[]]
  | readonly ["getrange", key: string, start: number, end: number]
  | readonly ["strlen", key: string]
  | readonly ["exists", key: string]
  | readonly ["pttl", key: string]
  | readonly ["zcard", key: string]
  | readonly ["zcount", key: string, min: ScoreBound, max: ScoreBound]
  | readonly ["zscore", key: string, member: string]
  | readonly ["zrange", key: string, start: number, stop: number, "WITHSCORES"]
  | readonly ["zrangebyscore", key: string, min: ScoreBound, max: ScoreBound, "WITHSCORES", "LIMIT", 0, count: number]
  | readonly ["client", "id"]
  | readonly ["client", "list"]
  | readonly ["client", "list", "TYPE", "normal"]
  | readonly ["client", "tracking", "on", "redirect", clientId: number, "bcast", ...prefixes: string[]]
  | readonly ["client", "tracking", "off"]
  | readonly ["client", "trackinginfo"]
  | readonly ["subscribe", channel: "__redis__:invalidate"]
  // Only to a sentinel, never to Redis: it answers where the master is, and changes nothing there either.
  | readonly ["sentinel", "get-master-addr-by-name", master: string];

export type ScoreBound = number | "-inf" | "+inf";

/** Name as counted and as the server names it: container commands with their subcommand, `client|tracking`. */
export type CommandName =
  | Exclude<ReadCommand[0], "client" | "sentinel">
  | "client|id"
  | "client|list"
  | "client|tracking"
  | "client|trackinginfo"
  | "sentinel|get-master-addr-by-name";

/** The same list for the check at run time. The record makes a forgotten name a compile error. */
const names: Record<CommandName, true> = {
  auth: true,
  select: true,
  info: true,
  time: true,
  ping: true,
  scan: true,
  get: true,
  mget: true,
  getrange: true,
  strlen: true,
  exists: true,
  pttl: true,
  zcard: true,
  zcount: true,
  zscore: true,
  zrange: true,
  zrangebyscore: true,
  "client|id": true,
  "client|list": true,
  "client|tracking": true,
  "client|trackinginfo": true,
  subscribe: true,
  "sentinel|get-master-addr-by-name": true,
};
export const allowedCommands: ReadonlySet<string> = new Set(Object.keys(names));

export function commandName(command: ReadCommand): CommandName {
  if (command[0] === "client") return `client|${command[1]}`;
  return command[0] === "sentinel" ? "sentinel|get-master-addr-by-name" : command[0];
}

/** What Redis answered to one command. Strings are bytes, because payloads are. */
export type Reply = Buffer | number | null | ReplyError | readonly Reply[];

/** An error reply: one answer among others, not an exception. */
export class ReplyError {
  constructor(
    readonly message: string,
    readonly command: ReadCommand,
  ) {}

  /** The user may not run this command at all, or the server does not have it. */
  get commandRefused(): boolean {
    return (
      (this.message.startsWith("NOPERM") && !this.keyRefused) ||
      /^ERR (unknown (command|subcommand)|.*(not (allowed|supported|permitted)|unsupported|is disabled))/i.test(
        this.message,
      )
    );
  }

  /** The user may run the command, but not on this key or channel. */
  get keyRefused(): boolean {
    return (
      this.message.startsWith("NOPERM") &&
      /access (one of )?(a|the) (key|channel)|keys? used|channels? used/i.test(this.message)
    );
  }
}

/** The one way to Redis. */
export interface ReadOnlyRedis {
  /**
   * Sends the commands as one pipeline and answers their replies in order. Error replies are `ReplyError` values.
   * Rejects with a `ConnectError` only when the connection is lost or does not answer in time, which is when nothing at all is heard for `silenceMs`.
   */
  run(commands: readonly ReadCommand[], silenceMs?: number): Promise<readonly Reply[]>;
}
