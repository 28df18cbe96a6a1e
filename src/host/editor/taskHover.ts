import { l10n, type MarkdownString } from "vscode";
import { formatDuration } from "../../arq/duration";
import type { LastError } from "../../monitor/queryModel";
import type { CronCode, Registration, TaskCode } from "../../python/tasks/taskCode";
import { hangsOnTimeZone, nextRuns } from "../../python/tasks/nextRuns";
import { adviseRegistration } from "../code/settingsAdvice";
import { known } from "../code/settingsQueue";
import type { JoinedPart, JoinedTask } from "../code/taskJoin";
import { type Applied, limitsOfRegistration } from "../code/taskLimits";
import { jobsOf, shortType, sumsOf } from "../code/taskSummary";
import { cronText } from "../cronText";
import type { Session } from "../session";
import { coarseAge, count, dayTime, oneLine } from "../views/texts";
import { commandLink, placeLink, plain, trusting } from "./markdownText";

/** More queues of one function are told of as a number. */
const partsShown = 12;
const runsShown = 3;

/** Commands that links of hovers may run. */
export const hoverCommands = ["arq.showDashboard", "arq.openJob", "arq.connect", "arq.refresh"] as const;

/** What hovers are made of. */
export interface HoverParts {
  readonly session: Session;
  /** Jobs were looked at, so that none known means none. */
  readonly isRead: boolean;
}

/** What is known of a task function: its schedule, its jobs by queue, and what its settings hold it to, with where they stand. */
export function taskHover(task: JoinedTask, code: TaskCode, { session, isRead }: HoverParts): MarkdownString {
  const crons = code.crons.filter((cron) => cron.task.definition === task.definition);
  const now = session.monitor?.now() ?? Date.now();
  return trusting(
    [
      // Settings that are started in several ways have it several times.
      ...new Set(crons.map((cron) => cronLine(cron, now))),
      ...connectionParts(session),
      ...(isRead ? [table(task.parts, now), links(task.parts, session)] : []),
      ...task.parts.flatMap(({ registrations }) => registrations).map(settingsLine),
    ].join("\n\n"),
    hoverCommands,
  );
}

function connectionParts({ view, state }: Session): string[] {
  if (view === null) return [`${l10n.t("Not connected.")} ${commandLink(l10n.t("Connect to Redis…"), "arq.connect")}`];
  const name = [plain(view.name, 60), ...(view.environment === null ? [] : [plain(view.environment, 40)])].join(" · ");
  if (state === "live" || state === "empty") return [`**${name}**`];
  if (state === "connecting") return [`**${name}**: ${l10n.t("connecting…")}`];
  return [`**${name}**: ${l10n.t("not connected.")} ${commandLink(l10n.t("Try Again"), "arq.refresh")}`];
}

function table(parts: readonly JoinedPart[], now: number): string {
  const named = new Set(parts.map(({ name }) => name)).size > 1;
  const heads = [
    ...(named ? [l10n.t("Name")] : []),
    l10n.t("Queue"),
    l10n.t("Queued"),
    l10n.t("Running"),
    l10n.t("Failed (1 h)"),
    l10n.t("Complete (1 h)"),
    l10n.t("p95 (1 h)"),
    l10n.t("Last error"),
  ];
  const rows = parts.slice(0, partsShown).map((part) => {
    const { queued, running, failed, complete, runP95Ms, lastError } = sumsOf([part]);
    return [
      ...(named ? [plain(part.name, 60)] : []),
      part.queue === null ? l10n.t("not known") : plain(part.queue, 60),
      count(queued),
      count(running),
      count(failed),
      count(complete),
      runP95Ms === null ? "–" : plain(formatDuration(runP95Ms)),
      lastError === null ? "–" : commandLink(plain(errorText(lastError, now), 80), "arq.openJob", lastError.id),
    ];
  });
  const rest = parts.length - rows.length;
  return [
    // A head that breaks pulls the columns apart.
    line(heads.map((head) => head.replaceAll(" ", "\u00A0"))),
    line(heads.map((_, at) => (at < (named ? 2 : 1) || at === heads.length - 1 ? ":--" : "--:"))),
    ...rows.map(line),
    ...(rest > 0 ? ["", l10n.t("{0} more queues", count(rest))] : []),
  ].join("\n");
}

/** Under a heading that says "last". */
function errorText({ type, at }: LastError, now: number): string {
  return l10n.t("{0}, {1} ago", oneLine(shortType(type), 60), coarseAge(now - at));
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function links(parts: readonly JoinedPart[], { connection }: Session): string {
  const at = connection === null ? {} : { connection: connection.name };
  return [
    commandLink(l10n.t("Jobs"), "arq.showDashboard", { ...jobsOf(parts), ...at }),
    commandLink(l10n.t("Failed in the last hour"), "arq.showDashboard", { ...jobsOf(parts, true), ...at }),
    commandLink(l10n.t("All functions"), "arq.showDashboard", { tab: "functions", ...at }),
  ].join(" · ");
}

/** `Schedule: every 30 s. Next: …`. */
export function cronLine({ schedule, settings, place }: CronCode, now: number): string {
  const read = known(schedule);
  if (read === null) return l10n.t("Schedule ({0}): cannot be read without running the code.", placeLink(place));
  const zone = settings.values.timezone === null ? null : (known(settings.values.timezone)?.value ?? null);
  const runs = nextRuns(read.value, now, runsShown, zone).map((at) => plain(dayTime(at, now)));
  const words = plain(cronText(read.value), 300);
  const where = placeLink(place);
  if (runs.length === 0) return l10n.t("Schedule ({0}): {1}. It never comes.", where, words);
  if (!hangsOnTimeZone(read.value)) return l10n.t("Schedule ({0}): {1}. Next: {2}.", where, words, runs.join(", "));
  return zone === null
    ? l10n.t(
        "Schedule ({0}): {1}. Next, if the worker's clock is in the time zone of this machine: {2}.",
        where,
        words,
        runs.join(", "),
      )
    : l10n.t("Schedule ({0}): {1}, in {2}. Next, in local time: {3}.", where, words, plain(zone, 60), runs.join(", "));
}

function settingsLine(registration: Registration): string {
  const { settings, place } = registration;
  const { maxTries, timeout, keepResult } = limitsOfRegistration(registration);
  const parts = [
    `${plain(settings.name, 60)} (${placeLink(place)})`,
    l10n.t("timeout {0}", appliedText(timeout)),
    l10n.t("tries {0}", appliedText(maxTries, "count")),
    l10n.t("result kept {0}", appliedText(keepResult)),
  ];
  const advice = adviseRegistration(registration).map(({ text }) => `*${plain(text, 400)}*`);
  return [parts.join(" · "), ...advice].join("  \n");
}

/** `5 min (worker.py:12)`. */
export function appliedText(applied: Applied | null, unit: "seconds" | "count" = "seconds"): string {
  if (applied === null) return l10n.t("not known");
  const { value, place, assumed } = applied;
  const text =
    unit === "count"
      ? count(value)
      : value === Infinity
        ? l10n.t("for ever")
        : value === 0
          ? l10n.t("not at all")
          : formatDuration(value * 1000);
  if (place === null) return l10n.t("{0} (ARQ's default)", plain(text));
  return assumed
    ? l10n.t("{0} ({1}, unless set otherwise at run time)", plain(text), placeLink(place))
    : `${plain(text)} (${placeLink(place)})`;
}
