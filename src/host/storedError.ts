import type { JobError } from "../arq/jobModel";
import type { JobDetail } from "../monitor/model";

/** The failure as the stored result tells it; null without one. */
export function storedError({ result }: JobDetail): JobError | null {
  return result?.decoded.ok ? result.decoded.error : null;
}
