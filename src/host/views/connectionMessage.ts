import { l10n } from "vscode";
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
    // The cause once is enough; without rows the welcome view says that nothing is known.
    if (place === "other view")
      return asOf === null ? undefined : l10n.t("Not connected. What is shown is from {0}.", dateTime(asOf));
    const cause = `${connection.name}: ${problem.message} ${problem.advice}`;
    return asOf === null ? cause : `${cause} ${l10n.t("What is shown is from {0}.", dateTime(asOf))}`;
  }
  if (snapshot?.status.state !== "live") return undefined;
  const bounds = place === "first view" ? snapshot.status.limits : [];
  const lines = [...(snapshot.complete ? [] : [indexingText(snapshot.sweep)]), ...bounds];
  return lines.length === 0 ? undefined : lines.join(" ");
}
