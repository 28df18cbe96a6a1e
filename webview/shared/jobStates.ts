import type { JobState } from "../../src/protocol/viewModels";
import type { IconName } from "./icons";

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
  queued: { label: "Queued", icon: "circle", tone: "busy", meaning: "In its queue and due: waits for a worker." },
  deferred: { label: "Deferred", icon: "clock", tone: "busy", meaning: "In its queue, to be run later." },
  running: { label: "Running", icon: "play", tone: "busy", meaning: "A worker has taken it." },
  retrying: { label: "Retrying", icon: "retry", tone: "busy", meaning: "Tried before, back in its queue." },
  orphaned: {
    label: "Orphaned",
    icon: "broken",
    tone: "warn",
    meaning: "Marked as in progress, but its worker seems to be gone.",
  },
  expired: {
    label: "Expired",
    icon: "hourglass",
    tone: "warn",
    meaning: "Still in its queue, but Redis has dropped its payload: it can no longer run.",
  },
  complete: { label: "Complete", icon: "check", tone: "good", meaning: "Ended without an exception." },
  failed: { label: "Failed", icon: "cross", tone: "bad", meaning: "Ended with an exception, or could not be run." },
  aborted: { label: "Aborted", icon: "stop", tone: "warn", meaning: "Ended because it was asked to stop." },
  finished: {
    label: "Finished",
    icon: "dash",
    tone: "mute",
    meaning: "Ended. Its result was not kept, so the outcome cannot be known.",
  },
  unknown: { label: "Unknown", icon: "question", tone: "mute", meaning: "Has a payload, but is in no known queue." },
};

/** Every state, in the order of a job's life. */
export const jobStates = Object.keys(stateLooks) as readonly JobState[];
