import { type CancellationToken, l10n, ProgressLocation, window, workspace } from "vscode";
import { type DefinitionFound, findTaskDefinition } from "../../files/definitionLookup";
import { reveal } from "../editor/openFrame";
import { workspaceRoots } from "../editor/workspaceRoots";
import { count, oneLine, plural } from "../views/texts";
import type { HostParts } from "./parts";

/** A search that takes longer says so, and can be cancelled. */
const patienceMs = 500;

/** Opens the definition of the task function of this name; asks where several are as likely, and says what was looked for where there is none. */
export async function openFunction({ log }: HostParts, name: string): Promise<void> {
  const roots = workspaceRoots();
  const found = await withPatience(l10n.t("Looking for {0}…", oneLine(name, 60)), (isCancelled) =>
    findTaskDefinition(roots, name, isCancelled),
  );
  if (found === null) return;
  if (found.found.length === 0) {
    const text = notFound(name, found, roots.length);
    log.info(text);
    // Not waited for: the message may stay for long.
    void window.showWarningMessage(text);
    return;
  }
  const place = found.found.length === 1 ? found.found[0] : await pick(name, found);
  if (place !== undefined) await reveal(place.file, place.line, false);
}

function notFound(name: string, { names, files, complete }: DefinitionFound, roots: number): string {
  const shown = oneLine(name, 60);
  if (roots === 0) return l10n.t("{0} cannot be looked for: no folder is open.", shown);
  const what = names.map((each) => oneLine(each, 60)).join(", ");
  const where = plural(files, l10n.t("1 Python file"), l10n.t("{0} Python files", count(files)));
  return complete
    ? l10n.t(
        "{0} was not found. Looked for {1} in {2} of the open folders, and for func(…, name=…) with this name.",
        shown,
        what,
        where,
      )
    : l10n.t(
        "{0} was not found. Looked for {1} in the first {2} of the open folders; there are more.",
        shown,
        what,
        where,
      );
}

async function pick(name: string, { found }: DefinitionFound): Promise<DefinitionFound["found"][number] | undefined> {
  const items = found.map((place) => ({
    label: `${workspace.asRelativePath(place.file)}:${place.line}`,
    place,
  }));
  const title = l10n.t("Which {0} is it?", oneLine(name, 60));
  const choice = await window.showQuickPick(items, { title, placeHolder: l10n.t("Several functions have this name") });
  return choice?.place;
}

/** Runs it, with a progress message only where it takes a while. Null when it was cancelled. */
async function withPatience<T>(title: string, run: (isCancelled: () => boolean) => Promise<T>): Promise<T | null> {
  let token: CancellationToken | null = null;
  const isCancelled = () => token?.isCancellationRequested === true;
  const result = run(isCancelled);
  const slow = await Promise.race([
    result.then(() => false),
    new Promise<boolean>((done) => setTimeout(done, patienceMs, true)),
  ]);
  if (!slow) return result;
  return window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (_progress, given) => {
      token = given;
      const found = await result;
      return isCancelled() ? null : found;
    },
  );
}
