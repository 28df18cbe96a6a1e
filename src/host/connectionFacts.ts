import type { MonitorSnapshot } from "../monitor/model";
import { indexingText } from "./indexingText";
import type { Cost } from "./costMeter";
import type { Session } from "./session";
import { byteText, coarseAge, dateTime, duration, plural } from "./views/texts";

/** What there is to tell of the connection, a line each: trouble, health, feed, server, what is refused, what we cost. Never a secret. */
export function connectionFacts(session: Session): string[] {
  const { connection, problem } = session;
  if (connection === null) return [];
  const snapshot = session.snapshot();
  return [
    ...(connection.environment === null ? [] : [`Environment: ${connection.environment}`]),
    ...(problem === null ? [] : [problem.message, problem.advice]),
    ...(snapshot === null ? [] : facts(snapshot)),
    ...costLines(session),
  ];
}

/** What watching costs, in the last minute and in all. */
function costLines({ cost }: Session): string[] {
  if (cost === null || cost.total.commands === 0) return [];
  const { total, recent, since } = cost;
  const lately = recent === null ? null : duration(recent.spanMs);
  return [
    ...(recent === null ? [] : [`What watching cost in the last ${lately}: ${costText(recent)}`]),
    `In all, for ${coarseAge(Date.now() - since)}: ${costText(total)}. All of them only read.`,
  ];
}

function costText({ commands, bytesSent, bytesReceived, waitedMs }: Cost): string {
  return `${plural(commands, "command")}, ${byteText(bytesSent)} sent, ${byteText(bytesReceived)} received, ${duration(waitedMs)} of waiting for replies`;
}

function facts({ status, health, workerCount, complete, sweep, history }: MonitorSnapshot): string[] {
  if (status.state === "down" && status.since !== null) return [`Last connected: ${dateTime(status.since)}`];
  if (status.state !== "live") return [];
  const { feed, feedReason, server, refused, limits } = status;
  const told =
    feed === "push" ? "Live: Redis tells what changed" : `Live by looking regularly: ${feedReason ?? "as set"}`;
  return [
    ...health.reasons.map(({ level, text }) => `${level === "red" ? "Red" : "Yellow"}: ${text}`),
    ...(health.level === "green" ? ["Healthy: no rule tripped"] : []),
    ...(workerCount.kind === "unknown" ? [`Workers unknown: ${workerCount.reason}`] : []),
    told,
    ...limits,
    ...(complete ? [] : [indexingText(sweep)]),
    ...(history.state === "off" ? [`No history is kept: ${history.why}`] : []),
    `${server.kind.slice(0, 1).toUpperCase()}${server.kind.slice(1)} ${server.version ?? "(version not readable)"}`,
    ...refused.map(({ command, consequence }) => `${command} is refused: ${consequence}`),
  ];
}
