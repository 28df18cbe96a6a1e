/** Due times are exact; where only the enqueuing is known, that is up to a second before. */
const slackMs = 1500;
/** So much of the distances between runs must be the interval: others are gaps, in which runs were not seen. */
const leastShare = 2 / 3;
const leastDistances = 2;

/**
 * How far apart the runs of a cron job are, ms, told from when they were due, newest first. Null when that is unclear: of fewer than three runs, or of
 * runs that are not evenly apart, as of `hour={9, 12, 18}`.
 */
export function cronInterval(times: readonly number[]): number | null {
  const distances: number[] = [];
  for (let i = 1; i < times.length; i++) {
    const distance = times[i - 1]! - times[i]!;
    // The same run of several workers, or seen twice.
    if (distance > slackMs) distances.push(distance);
  }
  if (distances.length < leastDistances) return null;
  const shortest = Math.min(...distances);
  const regular = distances.filter((each) => Math.abs(each - shortest) <= slackMs);
  const isMultiple = (each: number): boolean => Math.abs(each - Math.round(each / shortest) * shortest) <= slackMs;
  if (regular.length < leastShare * distances.length || !distances.every(isMultiple)) return null;
  const mean = regular.reduce((sum, each) => sum + each, 0) / regular.length;
  return Math.round(mean / 1000) * 1000;
}
