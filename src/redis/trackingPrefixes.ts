/**
 * What is announced. `all`: every key of ARQ. `outcomes`: results and queues, three keys for each job instead of nine. `none`: nothing.
 */
export type TrackingScope = "all" | "outcomes" | "none";

export interface TrackedNames {
  readonly queues: Iterable<string>;
  /** Keys of health records. */
  readonly health: Iterable<string>;
  /** Queues whose name as a prefix announces too many foreign keys. */
  readonly noisy: ReadonlySet<string>;
}

/**
 * Which key prefixes to ask Redis to announce. Redis refuses prefixes that overlap, and a prefix announces everything that begins with it, so
 * a queue outside ARQ's own prefix gets one only where that is possible; the others must be looked at.
 */
export function trackingPrefixes(
  arqPrefix: string,
  { queues, health, noisy }: TrackedNames,
  scope: TrackingScope = "all",
): { prefixes: string[]; polled: string[] } {
  if (scope === "none") return { prefixes: [], polled: [] };
  const prefixes = [scope === "all" ? `${arqPrefix}:` : `${arqPrefix}:result:`];
  const polled: string[] = [];
  const isCovered = (name: string): boolean => prefixes.some((prefix) => name.startsWith(prefix));
  const overlaps = (name: string): boolean => prefixes.some((prefix) => prefix.startsWith(name));
  // Shorter names first: `orders` then covers `orders:high`.
  for (const queue of [...queues].sort((a, b) => a.length - b.length)) {
    if (isCovered(queue)) continue;
    if (noisy.has(queue) || overlaps(queue)) polled.push(queue);
    else prefixes.push(queue);
  }
  // A health key that cannot be announced is read again now and then.
  if (scope === "all") {
    for (const key of [...health].sort((a, b) => a.length - b.length)) {
      if (!isCovered(key) && !overlaps(key)) prefixes.push(key);
    }
  }
  return { prefixes, polled };
}
