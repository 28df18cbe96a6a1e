import type { ClientFacts } from "../monitor/ports";
import { connectionsTellSince } from "./connectionWitness";
import { mayServe, parseClientList } from "./clientList";
import type { ReadCommand, Reply } from "./readOnlyCommands";
import { asText, isError } from "./replies";
import type { OwnConnections } from "./workerReader";

/** The first readings come quickly, because the estimate lives from several. */
const quickSamples = 3;
const quickGapMs = 900;
const gapMs = 4500;
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

  /** The command to send now; null while the last reading still holds. `now` is our clock, unix ms. */
  due(now: number): ReadCommand | null {
    const held = this.#last;
    if (held !== null) {
      const [, sized] = sizedGaps.find(([bytes]) => held.bytes >= bytes) ?? [0, gapMs];
      const gap = this.#readings < quickSamples && sized === gapMs ? quickGapMs : sized;
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
      this.#readings++;
    }
    return true;
  }

  /** Refused from now on. */
  forget(): void {
    this.#last = null;
  }

  get reading(): ClientReading | null {
    return this.#last;
  }
}

function isOwn({ id, addr }: ClientFacts, own: OwnConnections): boolean {
  return own.ids.has(id) || (own.ids.size === 0 && own.addresses.has(addr));
}
