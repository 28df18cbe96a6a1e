import { t } from "../arq/l10n";
import type { RefusedCommand } from "../monitor/ports";
import { commandName, type CommandName, type ReadCommand, ReplyError, type Reply } from "./readOnlyCommands";

/** What is not shown, or shown less well, without each command. Commands of the handshake are not here: without them there is no connection. */
const consequences: Partial<Record<CommandName, () => string>> = {
  info: () => t("The version of the server and how far a sweep has come are not known."),
  time: () => t("Times are judged by this machine's clock, not by Redis'."),
  scan: () => t("Jobs that finished before, and queues that are not named in the settings, are not found."),
  get: () => t("Payloads are read with GETRANGE."),
  mget: () => t("Claims of jobs are asked for one by one."),
  getrange: () => t("Payloads are always read whole."),
  strlen: () => t("Very large payloads are read in part before they are given up."),
  exists: () => t("Whether a sorted set holds jobs is told from lifetimes and values instead."),
  pttl: () => t("Start times of running jobs, lifetimes and the age of health records are not known."),
  zcard: () => t("Queues are counted by their members."),
  zcount: () => t("Due jobs are counted by the first members of a queue."),
  zscore: () => t("Jobs are looked up in the list of their queue; in very long queues not all are found."),
  zrange: () => t("The jobs of a queue are found only by their other keys."),
  zrangebyscore: () => t("In very long queues some new jobs are noticed late."),
  "client|id": () => t("Redis cannot announce changes, so it is asked for them."),
  "client|list": () => t("Workers are known only by their health records."),
  "client|tracking": () => t("Redis does not announce changes, so it is asked for them."),
  "client|trackinginfo": () => t("A break in the announcements of Redis is noticed only when the connection breaks."),
  subscribe: () => t("Redis does not announce changes, so it is asked for them."),
};

/** Remembers what the server refused us, so that it is asked once and said once. */
export class Refusals {
  readonly #commands = new Map<CommandName, RefusedCommand>();
  readonly #keys = new Map<string, RefusedCommand>();
  readonly #onChange: () => void;

  constructor(onChange: () => void = () => {}) {
    this.#onChange = onChange;
  }

  /** Notes every refusal among replies; true when one of them refused a command not known to be refused before. */
  note(replies: readonly Reply[]): boolean {
    let news = false;
    for (const reply of replies) if (reply instanceof ReplyError) news = this.#noteOne(reply) || news;
    return news;
  }

  has(name: CommandName): boolean {
    return this.#commands.has(name);
  }

  /** Every refusal, commands first. */
  list(): RefusedCommand[] {
    return [...this.#commands.values(), ...this.#keys.values()];
  }

  /** Neither payloads nor queues can be read: there is nothing left to show. */
  get blind(): boolean {
    const payloads = !this.has("get") || !this.has("getrange");
    const places = !this.has("scan") || !this.has("zrange");
    return !payloads || !places;
  }

  #noteOne(reply: ReplyError): boolean {
    const name = commandName(reply.command);
    if (reply.commandRefused) {
      if (this.#commands.has(name)) return false;
      const consequence = consequences[name]?.() ?? t("It is done without.");
      this.#commands.set(name, { command: name.replace("|", " ").toUpperCase(), consequence });
      this.#onChange();
      return true;
    }
    if (reply.keyRefused) this.#noteKey(name, reply.command);
    return false;
  }

  #noteKey(name: CommandName, command: ReadCommand): void {
    // Only queues are named: every other key is one of thousands that share a pattern.
    const key = name.startsWith("z") ? String(command[1]) : null;
    const text = key === null ? t("{0} (some keys)", name.toUpperCase()) : `${name.toUpperCase()} ${key}`;
    if (this.#keys.has(text) || this.#keys.size >= 50) return;
    const consequence =
      key === null ? t("Keys that this user may not read are not shown.") : t("The queue {0} cannot be read.", key);
    this.#keys.set(text, { command: text, consequence });
    this.#onChange();
  }
}
