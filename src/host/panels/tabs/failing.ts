import type { HealthThresholds } from "../../../monitor/health";
import type { FailureMark } from "../../../protocol/tabs/queues";

export type FailureThresholds = Pick<HealthThresholds, "yellowFailedPercent" | "redFailedPercent" | "minimumJobs">;

/** Judges all that Redis still holds by the rule that the health judges the last minutes by. */
export function failing(
  { complete, failed }: { readonly complete: number; readonly failed: number },
  { yellowFailedPercent, redFailedPercent, minimumJobs }: FailureThresholds,
): FailureMark {
  if (complete + failed < minimumJobs || failed === 0) return null;
  const percent = (100 * failed) / (complete + failed);
  return percent > redFailedPercent ? "red" : percent > yellowFailedPercent ? "yellow" : null;
}
