import type { Outcome } from "./instrumentedWorkers";

/** Where the instrumentation keeps what ARQ would have lost; everywhere else the outcome is that of a bare worker. */
export const improved = new Map([
  ["exception_that_cannot_be_pickled", "'Locked: cannot be pickled'"],
  ["json_serializer", "'ValueError: order 4711 has no items'"],
]);

/** An outcome without what the instrumentation adds, and without what differs from run to run. */
export function comparableOutcome(name: string, { registered, counters, crash, hooks, ...outcome }: Outcome): unknown {
  const keys = (all: Outcome["after"]): unknown =>
    Object.fromEntries(
      Object.entries(all).flatMap(([key, value]): [string, unknown][] => {
        if (/^arq:monitor:|:health-check|^mine$/.test(key)) return [];
        if (Array.isArray(value) || !key.startsWith("arq:result:")) return [[key, Array.isArray(value) ? value : ""]];
        const { tb: _tb, w: _w, rel: _rel, ttl: _ttl, ...stored } = value as Record<string, unknown>;
        return [[key, improved.has(name) ? { ...stored, r: "" } : stored]];
      }),
    );
  const lines = outcome.log
    // Kept as a text, it is no trouble of the serializer any more.
    .filter((line) => !(improved.has(name) && line.startsWith("error serializing result")))
    .filter((line) => !line.startsWith("shutdown on") && !line.startsWith("redis_version"))
    .map((line) => line.replaceAll(/ +[\d.]+s|0x[0-9a-f]+/g, ""))
    // Two jobs at once take turns as it happens; the lines of each keep their order.
    .sort((a, b) => jobOf(a).localeCompare(jobOf(b)));
  // The keys between a shutdown and its end are those of a moment.
  const during = name === "shutdown" ? null : keys(outcome.while);
  return { registered, counters, crash, hooks, while: during, after: keys(outcome.after), log: lines };
}

/** The id in a line about a job; empty in other lines. */
function jobOf(line: string): string {
  return /[→←!↻⊘] ([^:]+):/.exec(line)?.[1] ?? "";
}
