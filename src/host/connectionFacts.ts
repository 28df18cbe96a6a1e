import type { MonitorSnapshot } from "../monitor/model";
import type { Session } from "./session";
import { count, dateTime } from "./views/texts";

/** What there is to tell of the connection, a line each: trouble, health, feed, server, what is refused, what we cost. Never a secret. */
export function connectionFacts(session: Session): string[] {
  const { connection, problem } = session;
  if (connection === null) return [];
  const snapshot = session.snapshot();
  const sent = [...session.commandsSent.values()].reduce((sum, n) => sum + n, 0);
  return [
    ...(connection.environment === null ? [] : [`Environment: ${connection.environment}`]),
    ...(problem === null ? [] : [problem.message, problem.advice]),
    ...(snapshot === null ? [] : facts(snapshot)),
    ...(sent === 0 ? [] : [`Read-only: ${count(sent)} commands sent on this connection`]),
  ];
}

function facts({ status, health, workerCount }: MonitorSnapshot): string[] {
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
    `${server.kind.slice(0, 1).toUpperCase()}${server.kind.slice(1)} ${server.version ?? "(version not readable)"}`,
    ...refused.map(({ command, consequence }) => `${command} is refused: ${consequence}`),
  ];
}
