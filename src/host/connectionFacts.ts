import { l10n } from "vscode";
import type { MonitorSnapshot } from "../monitor/model";
import { indexingText } from "./indexingText";
import type { Cost } from "./costMeter";
import type { Session } from "./session";
import { byteText, coarseAge, count, dateTime, duration, plural } from "./views/texts";

/** What there is to tell of the connection, a line each: trouble, health, feed, server, what is refused, what we cost. Never a secret. */
export function connectionFacts(session: Session): string[] {
  const { connection, problem } = session;
  if (connection === null) return [];
  const snapshot = session.snapshot();
  return [
    ...(connection.environment === null ? [] : [l10n.t("Environment: {0}", connection.environment)]),
    ...(problem === null ? [] : [problem.message, problem.advice]),
    ...(snapshot === null ? [] : facts(snapshot)),
    ...costLines(session),
  ];
}

/** What watching costs, in the last minute and in all. */
function costLines({ cost }: Session): string[] {
  if (cost === null || cost.total.commands === 0) return [];
  const { total, recent, since } = cost;
  const lately =
    recent === null
      ? []
      : [l10n.t("What watching cost in the last {0}: {1}", duration(recent.spanMs), costText(recent))];
  const span = coarseAge(Date.now() - since);
  return [...lately, l10n.t("In all, for {0}: {1}. All of them only read.", span, costText(total))];
}

function costText({ commands, bytesSent, bytesReceived, waitedMs }: Cost): string {
  const [sent, received, waited] = [byteText(bytesSent), byteText(bytesReceived), duration(waitedMs)];
  return plural(
    commands,
    l10n.t("1 command, {0} sent, {1} received, {2} of waiting for replies", sent, received, waited),
    l10n.t("{0} commands, {1} sent, {2} received, {3} of waiting for replies", count(commands), sent, received, waited),
  );
}

function facts({ status, health, workerCount, complete, sweep, history }: MonitorSnapshot): string[] {
  if (status.state === "down" && status.since !== null) return [l10n.t("Last connected: {0}", dateTime(status.since))];
  if (status.state !== "live") return [];
  const { feed, feedReason, server, refused, limits } = status;
  const told =
    feed === "push"
      ? l10n.t("Live: Redis tells what changed")
      : l10n.t("Live by looking regularly: {0}", feedReason ?? l10n.t("as set"));
  return [
    ...health.reasons.map(({ level, text }) =>
      level === "red" ? l10n.t("Red: {0}", text) : l10n.t("Yellow: {0}", text),
    ),
    ...(health.level === "green" ? [l10n.t("Healthy: no rule tripped")] : []),
    ...(workerCount.kind === "unknown" ? [l10n.t("Workers unknown: {0}", workerCount.reason)] : []),
    told,
    ...limits,
    ...(complete ? [] : [indexingText(sweep)]),
    ...(history.state === "off" ? [l10n.t("No history is kept: {0}", history.why)] : []),
    `${server.kind.slice(0, 1).toUpperCase()}${server.kind.slice(1)} ${server.version ?? l10n.t("(version not readable)")}`,
    ...refused.map(({ command, consequence }) => l10n.t("{0} is refused: {1}", command, consequence)),
  ];
}
