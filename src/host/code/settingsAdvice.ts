import { l10n } from "vscode";
import {
  arqDefaults,
  type CodePlace,
  type Registration,
  type SettingsCode,
  type SettingsValues,
} from "../../python/tasks/taskCode";
import { duration } from "../views/texts";
import { known } from "./settingsQueue";

/** A setting of a worker that works against finding out what went wrong. */
export interface SettingAdvice {
  readonly setting: keyof SettingsValues | "functions" | "cron";
  /** Where it is set; where it is not set at all, the settings themselves. */
  readonly place: CodePlace;
  readonly settings: SettingsCode;
  /** Why, and what to write instead: one or two sentences. */
  readonly text: string;
}

/** Someone who looks after lunch still finds what failed. Seconds. */
const shortKept = 15 * 60;
/** A worker that died is missed after two intervals. Seconds. */
const longInterval = 10 * 60;

/** What to change so that failures can be looked into. None of settings that cannot be read. */
export function adviseSettings(settings: SettingsCode): readonly SettingAdvice[] {
  const { values, place: own } = settings;
  const advice: SettingAdvice[] = [];
  const add = (setting: SettingAdvice["setting"], place: CodePlace, text: string): void => {
    advice.push({ setting, place, settings, text });
  };
  const { keep_result, keep_result_forever, log_results, retry_jobs, health_check_interval } = values;
  const forever = keep_result_forever !== null && known(keep_result_forever)?.value === true;
  const kept = keep_result === null ? null : known(keep_result);
  if (keep_result !== null && kept !== null && !forever) {
    const text = adviseKept(kept.value);
    if (text !== null) add("keep_result", keep_result.place, text);
  }
  if (forever)
    add(
      "keep_result_forever",
      keep_result_forever.place,
      l10n.t("Results are never forgotten: Redis grows with every job. keep_result = 86400 keeps them for a day."),
    );
  if (log_results !== null && known(log_results)?.value === false)
    add(
      "log_results",
      log_results.place,
      l10n.t(
        "The worker's log does not tell what jobs returned. log_results = True does, also after Redis has forgotten it.",
      ),
    );
  if (retry_jobs !== null && known(retry_jobs)?.value === false)
    add(
      "retry_jobs",
      retry_jobs.place,
      l10n.t("A job that raises Retry, or whose worker is stopped while it runs, is not run again: it fails at once."),
    );
  const interval = health_check_interval === null ? null : known(health_check_interval);
  if (
    (interval?.value ?? arqDefaults.health_check_interval) > longInterval &&
    (health_check_interval === null || interval !== null)
  ) {
    const every = duration((interval?.value ?? arqDefaults.health_check_interval) * 1000);
    add(
      "health_check_interval",
      health_check_interval?.place ?? own,
      health_check_interval === null
        ? l10n.t(
            "health_check_interval is not set: the worker gives a sign of life every {0}, so one that died is missed late. 30 would tell within a minute.",
            every,
          )
        : l10n.t(
            "The worker gives a sign of life every {0}, so one that died is missed late. 30 would tell within a minute.",
            every,
          ),
    );
  }
  for (const { name, place } of settings.ignored)
    add(
      "functions",
      place,
      l10n.t("ARQ reads what stands in the settings class itself: {0} of a base class is ignored.", name),
    );
  return advice;
}

/** For a function or cron job with its own `keep_result`, and for cron jobs, which keep none by themselves. */
export function adviseRegistration({
  how,
  keepResult,
  keepResultForever,
  place,
  settings,
}: Registration): readonly SettingAdvice[] {
  if (keepResultForever !== null && known(keepResultForever)?.value !== false) return [];
  if (keepResult === null) {
    if (how !== "cron") return [];
    const text = l10n.t(
      "A cron job keeps no result by itself: whether a run failed cannot be told. keep_result=3600 in cron(…) keeps it for an hour.",
    );
    return [{ setting: "cron", place, settings, text }];
  }
  const kept = known(keepResult);
  const text = kept === null ? null : adviseKept(kept.value);
  return text === null ? [] : [{ setting: "keep_result", place: keepResult.place, settings, text }];
}

function adviseKept(seconds: number): string | null {
  if (seconds === 0)
    return l10n.t(
      "Results are not kept: of a failed job nothing is left, neither its error nor its arguments. keep_result = 3600 keeps them for an hour.",
    );
  if (seconds < shortKept)
    return l10n.t(
      "Results are kept for {0}: a failed job is gone before anybody can look. keep_result = 3600 keeps it for an hour.",
      duration(seconds * 1000),
    );
  return null;
}
