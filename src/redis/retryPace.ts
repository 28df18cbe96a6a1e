import type { ConnectionProblem, Demand } from "../monitor/ports";

const firstMs = 250;
/** At most so long between two attempts. What is visible heals within 2 s after the cause is gone; an attempt that is refused costs the server nothing to speak of. */
const longestMs: Readonly<Record<Demand, number>> = { visible: 1000, background: 10_000, none: 60_000 };
/** Trying again soon will change nothing about these, unless somebody is at work on them, who will then look. */
const stubborn: ReadonlySet<ConnectionProblem["reason"]> = new Set([
  "passwordNeeded",
  "passwordWrong",
  "noPermission",
  "badDatabase",
  "notRedis",
  "tlsExpected",
  "tlsFailed",
]);

/** How long to wait until the next attempt, ms. `failures`: attempts that failed in a row before this one. */
export function retryDelay(reason: ConnectionProblem["reason"], failures: number, demand: Demand): number {
  const longest = longestMs[demand];
  if (stubborn.has(reason)) return longest;
  // A server that loads says itself that it will soon be there.
  if (reason === "loading") return Math.min(longest, demand === "visible" ? firstMs : 4 * firstMs);
  return Math.min(longest, firstMs * 2 ** Math.min(failures, 10));
}
