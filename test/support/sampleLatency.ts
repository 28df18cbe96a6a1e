import type { LatencyPoint } from "../../src/monitor/queryModel";

const minute = 60_000;

/** The last hour before `now`, unix ms: nothing known of its first minutes, and later five in which nothing started while the oldest job waited on. */
export function sampleLatency(now: number): LatencyPoint[] {
  const newest = now - (now % minute);
  return Array.from({ length: 60 }, (_, index) => {
    const wave = 1.6 + Math.sin(index / 6) + ((index * 37) % 7) / 9;
    const stalled = index > 38 && index < 44;
    const known = (ms: number): number | null => (index < 8 || stalled ? null : Math.round(ms));
    return {
      at: newest - (59 - index) * minute,
      waitP50Ms: known(180 * wave),
      waitP95Ms: known(1900 * wave),
      runP50Ms: known(90 * wave),
      runP95Ms: known(4200 * wave),
      oldestDueMs: index < 8 ? null : stalled ? (index - 38) * minute : Math.round(2400 * wave),
      estimated: index < 18,
    };
  });
}
