import type { ClientFacts } from "../monitor/ports";
import { connectionsTellSince } from "./connectionWitness";
import { type ListedClient, mayServe, parseClientList } from "./clientList";
import type { ReadCommand, Reply } from "./readOnlyCommands";
import { asText, isError } from "./replies";
import type { OwnConnections } from "./workerReader";

/** The first readings come quickly, because the estimate lives from several. */
const quickSamples = 3;
const quickGapMs = 900;
const gapMs = 4500;
/** Where nothing has changed for a minute, the end of a worker may be told half a minute late. */
const calmMs = 60_000;
const calmGapMs = 29_000;
/** Where nothing runs, connections come and go without consequence. */
const idleGapMs = 110_000;
/** A line has about 350 bytes: from some 300 connections on the list is read less often, from some 3,000 on once a minute. */
const sizedGaps: readonly (readonly [bytes: number, gapMs: number])[] = [
  [1_000_000, 60_000],
  [100_000, 15_000],
];

export interface ClientReading {
  readonly clients: readonly ClientFacts[];
  /** Redis' TIME when it was read, unix ms: the same for as long as the reading holds. */
  readonly readAt: number;
  /** As in `WorkerFacts.clientsTellSince`. */
  readonly tellSince: number | null;
}

/** Reads `CLIENT LIST` no more often than its size allows; in between the last reading holds. */
export class ClientSampler {
  #readings = 0;
  /** `at`: on our clock. */
  #last: (ClientReading & { readonly at: number; readonly bytes: number }) | null = null;
  /** Redis before 5 knows no TYPE. */
  #typed = true;
  /** Our own connection as the last reading shows it; null where it does not. */
  own: ListedClient | null = null;

  /**
   * The command to send now; null while the last reading still holds. `now` is our clock, unix ms, as is when something last changed in Redis. `idle`: nobody has a
   * reason to ask.
   */
  due(now: number, changedAt = now, idle = false): ReadCommand | null {
    const held = this.#last;
    if (held !== null) {
      const [, sized] = sizedGaps.find(([bytes]) => held.bytes >= bytes) ?? [0, gapMs];
      const asked = this.#readings < quickSamples && sized === gapMs ? quickGapMs : sized;
      const gap = Math.max(asked, idle ? idleGapMs : now - changedAt > calmMs ? calmGapMs : 0);
      // A clock that was set back must not keep the list for ever.
      if (now >= held.at && now - held.at < gap) return null;
    }
    return this.#typed ? ["client", "list", "TYPE", "normal"] : ["client", "list"];
  }

  /** Takes the reply to `due`. False: it has to be asked again, in another way. */
  take(reply: Reply | undefined, now: number, readAt: number, own: OwnConnections, db: number): boolean {
    if (isError(reply) && this.#typed && !reply.commandRefused) {
      this.#typed = false;
      return false;
    }
    const text = asText(reply);
    if (text === null) this.#last = null;
    else {
      const listed = parseClientList(text);
      const clients = listed.filter((client) => !isOwn(client, own) && mayServe(client, db));
      const witness = listed.find((client) => isOwn(client, own));
      const tellSince = own.history === null ? null : connectionsTellSince(witness, own.history, now);
      this.#last = { clients, at: now, readAt, tellSince, bytes: text.length };
      this.own = witness ?? null;
      this.#readings++;
    }
    return true;
  }

  /** Refused from now on. */
  forget(): void {
    this.#last = null;
  }

  /** As read last; `at` is our clock. */
  get reading(): (ClientReading & { readonly at: number }) | null {
    return this.#last;
  }
}

function isOwn({ id, addr }: ClientFacts, own: OwnConnections): boolean {
  return own.ids.has(id) || (own.ids.size === 0 && own.addresses.has(addr));
}
