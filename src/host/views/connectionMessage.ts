import type { Session } from "../session";
import { count, dateTime } from "./texts";

/**
 * What stands above the rows of a tree while they are not the whole truth: not connected (with the cause and what to try),
 * or still reading. Undefined when there is nothing to say.
 */
export function connectionMessage(session: Session, place: "first view" | "other view"): string | undefined {
  const { connection, problem } = session;
  if (connection === null) return undefined;
  const snapshot = session.snapshot();
  if (problem !== null) {
    const { status } = snapshot ?? {};
    const since = status?.state === "down" ? status.since : null;
    const stale = since === null ? "" : ` What is shown is from ${dateTime(since)}.`;
    // The cause once is enough; without rows the welcome view says that nothing is known.
    if (place === "other view") return stale === "" ? undefined : `Not connected.${stale}`;
    return `${connection.name}: ${problem.message} ${problem.advice}${stale}`;
  }
  if (snapshot?.status.state !== "live" || snapshot.complete) return undefined;
  const { sweep } = snapshot;
  if (sweep === null || sweep.keysScanned === 0) return "Reading what is in Redis…";
  const of = sweep.keysTotal === null ? "" : ` of ${count(sweep.keysTotal)}`;
  return `Reading what is in Redis: ${count(sweep.keysScanned)}${of} keys so far.`;
}
