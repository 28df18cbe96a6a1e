import type { EventLine } from "../../../src/protocol/tabs/activity";
import type { IconName } from "../../shared/icons";
import type { Tone } from "../../shared/jobStates";
import { t } from "../../shared/l10n";

export interface EventLook {
  readonly label: string;
  readonly icon: IconName;
  readonly tone: Tone;
  /** What happened, for a tooltip. */
  readonly meaning: string;
}

/** How each kind of event is shown: with the icon and the colour of the state that it leads to. In the order of a job's life. */
export const eventLooks: Readonly<Record<EventLine["kind"], EventLook>> = {
  enqueued: { label: t("Enqueued"), icon: "circle", tone: "busy", meaning: t("Put into its queue.") },
  started: { label: t("Started"), icon: "play", tone: "busy", meaning: t("A worker took it.") },
  retried: {
    label: t("Retried"),
    icon: "retry",
    tone: "busy",
    meaning: t("An attempt ended, and another one is to come."),
  },
  completed: { label: t("Completed"), icon: "check", tone: "good", meaning: t("Ended without an exception.") },
  failed: {
    label: t("Failed"),
    icon: "cross",
    tone: "bad",
    meaning: t("Ended with an exception, or could not be run."),
  },
  aborted: { label: t("Aborted"), icon: "stop", tone: "warn", meaning: t("Ended because it was asked to stop.") },
  expired: {
    label: t("Expired"),
    icon: "hourglass",
    tone: "warn",
    meaning: t("Redis dropped its payload before it could run."),
  },
  finished: {
    label: t("Finished"),
    icon: "dash",
    tone: "mute",
    meaning: t("Ended. Its result was not kept, so the outcome cannot be known."),
  },
};
