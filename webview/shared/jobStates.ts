import type { JobState } from "../../src/protocol/viewModels";
import type { IconName } from "./icons";
import { t } from "./l10n";

/** Colour group of a state: green complete, blue on its way, red failed, yellow to look at, grey without an outcome. */
export type Tone = "good" | "busy" | "bad" | "warn" | "mute";

export interface StateLook {
  readonly label: string;
  readonly icon: IconName;
  readonly tone: Tone;
  /** What the state means, for a tooltip. */
  readonly meaning: string;
}

/** How each state is shown everywhere. The shape of the icon tells states apart without colour. */
export const stateLooks: Readonly<Record<JobState, StateLook>> = {
  queued: { label: t("Queued"), icon: "circle", tone: "busy", meaning: t("In its queue and due: waits for a worker.") },
  deferred: { label: t("Deferred"), icon: "clock", tone: "busy", meaning: t("In its queue, to be run later.") },
  running: { label: t("Running"), icon: "play", tone: "busy", meaning: t("A worker has taken it.") },
  retrying: { label: t("Retrying"), icon: "retry", tone: "busy", meaning: t("Tried before, back in its queue.") },
  orphaned: {
    label: t("Orphaned"),
    icon: "broken",
    tone: "warn",
    meaning: t("Marked as in progress, but its worker seems to be gone."),
  },
  expired: {
    label: t("Expired"),
    icon: "hourglass",
    tone: "warn",
    meaning: t("Still in its queue, but Redis has dropped its payload: it can no longer run."),
  },
  complete: { label: t("Complete"), icon: "check", tone: "good", meaning: t("Ended without an exception.") },
  failed: {
    label: t("Failed"),
    icon: "cross",
    tone: "bad",
    meaning: t("Ended with an exception, or could not be run."),
  },
  aborted: { label: t("Aborted"), icon: "stop", tone: "warn", meaning: t("Ended because it was asked to stop.") },
  finished: {
    label: t("Finished"),
    icon: "dash",
    tone: "mute",
    meaning: t("Ended. Its result was not kept, so the outcome cannot be known."),
  },
  unknown: {
    label: t("Unknown"),
    icon: "question",
    tone: "mute",
    meaning: t("Has a payload, but is in no known queue."),
  },
};

/** Every state, in the order of a job's life. */
export const jobStates = Object.keys(stateLooks) as readonly JobState[];
