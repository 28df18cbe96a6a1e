import type { Socket } from "node:net";
import type { SourceCost } from "../monitor/ports";
import type { CommandName } from "./readOnlyCommands";

/** What all connections of one source have cost so far. */
export class CostMeter {
  /** Commands sent, by name. */
  readonly commands = new Map<string, number>();
  readonly #since: number;
  readonly #open = new Set<Socket>();
  #sent = 0;
  #received = 0;
  #waited = 0;
  #unanswered = 0;
  #unansweredSince = 0;

  /** `now`: unix ms. */
  constructor(now: number) {
    this.#since = now;
  }

  count(name: CommandName, times: number): void {
    this.commands.set(name, (this.commands.get(name) ?? 0) + times);
  }

  /** Counts the bytes of this connection until it is closed. */
  watch(socket: Socket): void {
    this.#open.add(socket);
    socket.once("close", () => {
      this.#open.delete(socket);
      this.#sent += socket.bytesWritten;
      this.#received += socket.bytesRead;
    });
  }

  /** A reply is awaited, until `heard` is called. Those awaited at the same time are one wait. */
  asked(): void {
    if (this.#unanswered++ === 0) this.#unansweredSince = performance.now();
  }

  heard(): void {
    if (--this.#unanswered === 0) this.#waited += performance.now() - this.#unansweredSince;
  }

  read(): SourceCost {
    let bytesSent = this.#sent;
    let bytesReceived = this.#received;
    for (const socket of this.#open) {
      bytesSent += socket.bytesWritten;
      bytesReceived += socket.bytesRead;
    }
    const waiting = this.#unanswered === 0 ? 0 : performance.now() - this.#unansweredSince;
    const waitedMs = Math.round(this.#waited + waiting);
    return { commands: this.commands, bytesSent, bytesReceived, waitedMs, since: this.#since };
  }
}
