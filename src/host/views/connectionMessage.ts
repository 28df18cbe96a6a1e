import type { Session } from "../session";
import { indexingText } from "../indexingText";
import { dateTime } from "./texts";

/**
 * What stands above the rows of a tree while they are not the whole truth: not connected (with the cause and what to try),
 * still reading, or a sample. Undefined when there is nothing to say.
 */
export function connectionMessage(session: Session, place: "first view" | "other view"): string | undefined {
  const { connection, problem } = session;
  if (connection === null) return undefined;
  const snapshot = session.snapshot();
  if (problem !== null) {
    const { asOf } = session;
    const stale = asOf === null ? "" : ` What is shown is from ${dateTime(asOf)}.`;
    // The cause once is enough; without rows the welcome view says that nothing is known.
    if (place === "other view") return stale === "" ? undefined : `Not connected.${stale}`;
    return `${connection.name}: ${problem.message} ${problem.advice}${stale}`;
  }
  if (snapshot?.status.state !== "live") return undefined;
  const bounds = place === "first view" ? snapshot.status.limits : [];
  const lines = [...(snapshot.complete ? [] : [indexingText(snapshot.sweep)]), ...bounds];
  return lines.length === 0 ? undefined : lines.join(" ");
}
