import type { ClientFacts } from "../monitor/ports";

/** How our own command connection came about, to hold `CLIENT LIST` against. */
export interface OwnHistory {
  /** Opening it took from … to …, unix ms on our clock. */
  readonly openedFrom: number;
  readonly openedTo: number;
  /** Redis' clock minus ours, ms. */
  readonly clockOffset: number;
  /** When the server was started, unix ms on Redis' clock; null where it does not say. */
  readonly serverStartedAt: number | null;
  /** When our connection before this one broke, unix ms on our clock; null when there was none. */
  readonly cutAt: number | null;
}

/** Ages are whole seconds, and a busy event loop looks at its clock late, ms. */
const slackMs = 5000;

/**
 * Since when connections in `CLIENT LIST` tell of the programs that opened them, unix ms on Redis' clock: a program that was
 * connected at a moment after that and still runs is in the list with a connection as old.
 *
 * Our own connection is the witness. It has to be in the list, as old as we know it to be; a proxy that shares or renews
 * connections does not pass that, and then the answer is null. A restart of the server cuts all connections, and whatever cut
 * ours may have cut others, so that younger connections prove nothing of what was before.
 *
 * `own` is our command connection as the list has it; `now` is our clock, unix ms.
 */
export function connectionsTellSince(own: ClientFacts | undefined, history: OwnHistory, now: number): number | null {
  const { openedFrom, openedTo, clockOffset, serverStartedAt, cutAt } = history;
  if (own === undefined || serverStartedAt === null) return null;
  const openedAt = now - own.age * 1000;
  if (openedAt < openedFrom - slackMs || openedAt > openedTo + slackMs) return null;
  return Math.max(serverStartedAt, cutAt === null ? 0 : cutAt + clockOffset);
}
