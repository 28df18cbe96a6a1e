import { Command, type Redis } from "ioredis";

/** One answer as the server gave it; an `Error` named `ReplyError` where it answered with an error. */
export type RawReply = unknown;

/** The commands are written at once, so what ioredis writes for each goes nowhere. */
const nowhere = (redis: Redis) => ({ isPipeline: true as const, destination: { redis }, write: () => true });

/**
 * Many commands in one write, their replies in order. Does what `redis.pipeline()` does: one object takes all replies, where a pipeline makes a
 * command, two promises and a dozen closures of each. Measured with 100,000 GETRANGE in batches of 500: 0.32 s of our CPU instead of 1.25 s, as
 * little as MGET takes of the same keys.
 */
export class CommandBatch extends Command {
  readonly #replies: RawReply[] = [];
  readonly #expected: number;
  readonly #settle: (replies: readonly RawReply[], broken: Error | null) => void;
  #settled = false;

  private constructor(
    name: string,
    args: readonly string[],
    expected: number,
    settle: (replies: readonly RawReply[], broken: Error | null) => void,
  ) {
    super(name, [...args]);
    this.#expected = expected;
    this.#settle = settle;
    // Or else ioredis builds what a tracer would want to know of each command.
    this.isTraced = true;
    this.resolve = (reply: RawReply) => this.#take(reply);
    this.reject = (error: Error) => {
      if (error.name === "ReplyError") this.#take(error);
      else this.#end(error);
    };
  }

  /**
   * Sends them over a connection that stands. Every reply is a Buffer, a number, null, an array of such, or a `ReplyError`. Rejects with what
   * ioredis says when the connection is lost first.
   */
  static send(redis: Redis, commands: readonly (readonly (string | number)[])[]): Promise<readonly RawReply[]> {
    return new Promise((resolve, reject) => {
      const [[name = "", ...args] = []] = commands;
      // ioredis looks at the name and the arguments only to notice a subscription, which is always alone.
      const batch = new CommandBatch(String(name), args.map(String), commands.length, (replies, broken) => {
        if (broken === null) resolve(replies);
        else reject(broken);
      });
      const sink = nowhere(redis);
      for (let i = 0; i < commands.length && !batch.#settled; i++) redis.sendCommand(batch, sink);
      if (!batch.#settled) redis.stream.write(encode(commands));
    });
  }

  override setReplyContext(): void {}

  override toWritable(): string {
    return "";
  }

  #take(reply: RawReply): void {
    this.#replies.push(reply);
    if (this.#replies.length === this.#expected) this.#end(null);
  }

  #end(broken: Error | null): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#settle(this.#replies, broken);
  }
}

/** As RESP has it: the number of parts, then each with its length in bytes. */
function encode(commands: readonly (readonly (string | number)[])[]): string {
  let text = "";
  for (const parts of commands) {
    text += `*${parts.length}\r\n${encodedName(parts[0]!)}`;
    for (let i = 1; i < parts.length; i++) {
      const part = parts[i]!;
      text += typeof part === "string" ? encoded(part) : encodedName(part);
    }
  }
  return text;
}

function encoded(part: string): string {
  return `$${Buffer.byteLength(part)}\r\n${part}\r\n`;
}

/** Names and numbers come again and again: written anew, those of 100,000 GETRANGE took 60 ms. */
const names = new Map<string | number, string>();
const namesAtMost = 1000;

function encodedName(part: string | number): string {
  let text = names.get(part);
  if (text === undefined) {
    text = encoded(String(part));
    if (names.size < namesAtMost) names.set(part, text);
  }
  return text;
}
