import { l10n } from "vscode";
import { quoteValue } from "../../monitor/jobFilter";
import type { LastError } from "../../monitor/queryModel";
import type { DashboardArgument } from "../contributions/commands";
import { coarseAge, count, duration, oneLine } from "../views/texts";
import type { JoinedPart } from "./taskJoin";

/** What the jobs of one function add up to, over its names and queues. */
export interface TaskSums {
  readonly queued: number;
  readonly running: number;
  readonly deferred: number;
  readonly retrying: number;
  readonly complete: number;
  readonly failed: number;
  /** Of several queues the longest. */
  readonly runP95Ms: number | null;
  readonly lastError: LastError | null;
}

export function sumsOf(parts: readonly Pick<JoinedPart, "stats">[]): TaskSums {
  const all = parts.flatMap(({ stats }) => stats ?? []);
  const sum = (numberOf: (stats: (typeof all)[number]) => number): number =>
    all.reduce((total, each) => total + numberOf(each), 0);
  const runs = all.flatMap(({ runP95Ms }) => runP95Ms ?? []);
  const errors = all.flatMap(({ lastError }) => lastError ?? []).sort((a, b) => b.at - a.at);
  return {
    queued: sum(({ queued }) => queued),
    running: sum(({ running }) => running),
    deferred: sum(({ deferred }) => deferred),
    retrying: sum(({ retrying }) => retrying),
    complete: sum(({ completeLastHour }) => completeLastHour),
    failed: sum(({ failedLastHour }) => failedLastHour),
    runP95Ms: runs.length === 0 ? null : Math.max(...runs),
    lastError: errors[0] ?? null,
  };
}

/** `3 queued · 1 running · 12 failed (1 h) · p95 2.1 s · last KeyError 4 min ago`. `now`: Redis' clock, unix ms. */
export function sumsText(
  { queued, running, deferred, retrying, failed, runP95Ms, lastError }: TaskSums,
  now: number,
): string {
  return [
    l10n.t("{0} queued", count(queued)),
    l10n.t("{0} running", count(running)),
    ...(retrying > 0 ? [l10n.t("{0} retrying", count(retrying))] : []),
    ...(deferred > 0 ? [l10n.t("{0} deferred", count(deferred))] : []),
    ...(failed > 0 ? [l10n.t("{0} failed (1 h)", count(failed))] : []),
    ...(runP95Ms === null ? [] : [l10n.t("p95 {0}", duration(runP95Ms))]),
    ...(lastError === null ? [] : [lastErrorText(lastError, now)]),
  ].join(" · ");
}

function lastErrorText({ type, at }: LastError, now: number): string {
  return l10n.t("last {0} {1} ago", oneLine(shortType(type), 60), coarseAge(now - at));
}

/** Without its module. */
export function shortType(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1) || type;
}

/** The list of the jobs of these names and queues. */
export function jobsOf(parts: readonly JoinedPart[], failedLastHour = false): DashboardArgument {
  const names = [...new Set(parts.map(({ name }) => name))];
  const queues = [...new Set(parts.map(({ queue }) => queue))];
  const one = names.length === 1;
  const text = [
    ...(one ? [] : [`fn:${names.map(quoteValue).join(",")}`]),
    // Where a job does not tell its queue, a list of some queues would leave it out.
    ...(queues.length === 1 || queues.includes(null)
      ? []
      : [`queue:${queues.map((queue) => quoteValue(queue ?? "")).join(",")}`]),
    ...(failedLastHour ? ["since:1h"] : []),
  ].join(" ");
  return {
    tab: "jobs",
    filter: {
      function: one ? names[0]! : null,
      queue: queues.length === 1 ? queues[0]! : null,
      text,
      ...(failedLastHour ? { states: ["failed"], remembered: "also" } : {}),
    },
  };
}
