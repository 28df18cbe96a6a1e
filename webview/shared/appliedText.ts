import type { AppliedView } from "../../src/protocol/codeViews";
import { t } from "./l10n";

/** Where a limit comes from: `job_timeout, worker.py:12`. */
export function appliedFrom({ setting, place, assumed }: AppliedView): string {
  if (place === null)
    return assumed
      ? t("{0}: ARQ's default, unless set otherwise at run time", setting)
      : t("{0}: ARQ's default", setting);
  return assumed
    ? t("{0}: {1}, unless set otherwise at run time", setting, place.text)
    : t("{0}: {1}", setting, place.text);
}
