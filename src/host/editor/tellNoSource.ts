import { commands, l10n, window } from "vscode";
import type { SourceFound } from "../../files/sourceLookup";
import { readFramePath } from "../../python/framePath";
import type { Log } from "../log";
import { oneLine } from "../views/texts";
import { noFileText } from "./noFileText";

/** How many of the places that were tried a message names; the log has all of them. */
const namedPlaces = 2;

/** Says that there is no file for a frame, why or what was tried, and what would help. */
export function tellNoSource(file: string, { why, tried }: Pick<SourceFound, "why" | "tried">, log: Log): void {
  log.info(`No file for ${oneLine(file)}. Tried: ${tried.join("; ")}`);
  if (why !== null) {
    void window.showInformationMessage(noFileText(file, why));
    return;
  }
  const path = readFramePath(file);
  const places = tried.slice(0, namedPlaces).map((place) => oneLine(place, 150));
  if (tried.length > namedPlaces) places.push(l10n.t("{0} more", tried.length - namedPlaces));
  const sentences = [
    places.length === 0
      ? l10n.t("{0} is not in the open folders. No folder is open to look in.", oneLine(file))
      : l10n.t("{0} is not in the open folders. Tried: {1}.", oneLine(file), places.join("; ")),
    ...(path.kind === "file" && path.archive !== null
      ? [l10n.t("It ran from inside the archive {0}.", oneLine(path.archive, 60))]
      : []),
  ];
  const map = l10n.t("Map Path…");
  const open = l10n.t("Open Folder…");
  // Not waited for: the message may stay for long.
  void window.showWarningMessage(sentences.join(" "), map, open).then((choice) => {
    if (choice === map) void commands.executeCommand("arq.mapPath", { file });
    if (choice === open) void commands.executeCommand("workbench.action.files.openFolder");
  });
}
