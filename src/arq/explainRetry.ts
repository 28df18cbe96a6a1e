import { t } from "../python/l10n";
import type { JobState } from "./jobModel";
import type { JobTry } from "./tries";

/**
 * One sentence: why ARQ ran, or runs, a job more than once; null where it was tried at most once, and where the failure tells it. `tries`: those
 * that did not succeed, as an instrumented worker noted them.
 */
export function explainRetry(
  job: { readonly state: JobState; readonly tries: number | null },
  tries: readonly Pick<JobTry, "try" | "outcome" | "type">[],
): string | null {
  const started = job.tries ?? 0;
  const again = job.state === "retrying" ? started >= 1 : started >= 2;
  if (!again || job.state === "failed" || job.state === "aborted") return null;
  const before = job.state === "retrying" ? started : started - 1;
  const noted = tries.findLast((one) => one.try <= before);
  const runs = job.state === "retrying" ? t("ARQ will run it again") : t("ARQ ran it again");
  switch (noted?.outcome) {
    case "retry":
      return noted.type === ""
        ? t("{0}, because try {1} asked for it.", runs, noted.try)
        : t("{0}, because try {1} asked for it after {2}.", runs, noted.try, noted.type);
    case "cancelled":
      return t("{0}, because try {1} was cancelled by the shutdown of its worker.", runs, noted.try);
    default:
      // The count may also have begun higher, with _job_try, so nothing is said to have happened.
      return t("ARQ runs a job again after Retry and RetryJob, and where a worker was stopped or died while it ran.");
  }
}
