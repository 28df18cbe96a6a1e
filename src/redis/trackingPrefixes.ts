/**
 * Which key prefixes to ask Redis to announce. Redis refuses prefixes that overlap, and a prefix announces everything that begins with it, so
 * a queue outside ARQ's own prefix gets one only where that is possible; the others must be looked at.
 */
export function trackingPrefixes(
  arqPrefix: string,
  queues: Iterable<string>,
  noisy: ReadonlySet<string> = new Set(),
): { prefixes: string[]; polled: string[] } {
  const prefixes = [`${arqPrefix}:`];
  const polled: string[] = [];
  // Shorter names first: `orders` then covers `orders:high`.
  for (const queue of [...queues].sort((a, b) => a.length - b.length)) {
    if (prefixes.some((prefix) => queue.startsWith(prefix))) continue;
    if (noisy.has(queue) || prefixes.some((prefix) => prefix.startsWith(queue))) polled.push(queue);
    else prefixes.push(queue);
  }
  return { prefixes, polled };
}
