import { html, nothing, type TemplateResult } from "lit";
import { firstIntents, lookAt, type Look } from "../../src/protocol/tabs";
import type { Health } from "../../src/protocol/viewModels";
import { assertNever } from "../shared/assertNever";
import { icon } from "../shared/icons";
import { t } from "../shared/l10n";
import type { Run } from "./notices";
import { jobsInQueue, longestWaiting } from "./overview/links";

type HealthReason = Health["reasons"][number];

const words = {
  green: t("Healthy"),
  yellow: t("Needs a look"),
  red: t("In trouble"),
  unknown: t("Health unknown"),
} as const;
const icons = { green: "check", yellow: "warning", red: "error", unknown: "question" } as const;
const tones = { green: "good", yellow: "warn", red: "bad", unknown: "mute" } as const;

/** Health in a word, for the header. Leads to its limits. */
export function healthChip(health: Health, run: Run): TemplateResult {
  const { level } = health;
  const why =
    level === "green"
      ? t("No limit is passed. Click to see the limits (settings arq.health).")
      : level === "unknown"
        ? t(
            "Health is judged once everything in Redis has been looked at. Click to see the limits (settings arq.health).",
          )
        : t("Why stands below. Click to see the limits (settings arq.health).");
  return html`<button
    class="plain health tone-${tones[level]}"
    data-health=${level}
    title=${why}
    @click=${() => run("healthSettings")}
  >
    ${icon(icons[level])}${words[level]}
  </button>`;
}

/** The rules that tripped, each with its number, what is behind it, and the setting that is its limit. Takes no room while there is none. */
export function healthStrip(health: Health, look: (look: Look) => void, run: Run): TemplateResult | typeof nothing {
  if (health.reasons.length === 0) return nothing;
  return html`<ul
    class="notice strip ${health.level === "red" ? "bad" : "warn"}"
    aria-label=${health.level === "red" ? t("Why the health is red") : t("Why the health is yellow")}
  >
    ${health.reasons.map((reason) => {
      const setting = settingOf(reason);
      return html`<li class="tone-${reason.level === "red" ? "bad" : "warn"}">
        ${icon(reason.level === "red" ? "error" : "warning")}<span
          ><button
            class="plain behind foreign"
            title=${t("Show what is behind it")}
            @click=${() => look(behind(reason))}
          >
            ${reason.text}</button
          >${
            setting === null
              ? nothing
              : html` <button
                  class="plain link limit mono"
                  title=${t("Change this limit in the settings")}
                  @click=${() => run("healthSettings")}
                >
                  ${setting}
                </button>`
          }</span
        >
      </li>`;
    })}
  </ul>`;
}

/** What to look at first. */
function behind({ rule, queue }: HealthReason): Look {
  switch (rule) {
    case "depth":
      return lookAt("jobs", { ...firstIntents.jobs, query: jobsInQueue(queue ?? "") });
    case "oldestDue":
    case "noneFinished":
      return lookAt("jobs", { ...firstIntents.jobs, query: longestWaiting(queue) });
    case "failed":
      return lookAt("failed");
    case "noWorker":
      return lookAt("workers");
    default:
      return assertNever(rule);
  }
}

/** The setting that is the limit; null where the rule has none. */
export function settingOf({ rule, level }: Pick<HealthReason, "rule" | "level">): string | null {
  switch (rule) {
    case "depth":
      return `arq.health.${level}.depth`;
    case "oldestDue":
      return `arq.health.${level}.oldestDueSeconds`;
    case "failed":
      return `arq.health.${level}.failedPercent`;
    case "noneFinished":
      return "arq.health.red.noneFinishedMinutes";
    case "noWorker":
      return null;
    default:
      return assertNever(rule);
  }
}
