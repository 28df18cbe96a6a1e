import { type CancellationToken, l10n, ProgressLocation, window, workspace } from "vscode";
import type { DefinitionMatch, TaskCode } from "../../python/tasks/taskCode";
import { reveal } from "../editor/openFrame";
import { workspaceRoots } from "../editor/workspaceRoots";
import { count, oneLine, plural } from "../views/texts";
import type { HostParts } from "./parts";

/** Reading that takes longer says so, and need not be waited for. */
const patienceMs = 500;

/**
 * Opens the definition of the task function that ARQ knows by this name, on this queue where one is given; asks where several are as likely, and says what was
 * looked for where there is none.
 */
export async function openFunction({ log, tasks }: HostParts, name: string, queue?: string): Promise<void> {
  const code = await withPatience(l10n.t("Looking for {0}…", oneLine(name, 60)), tasks.ready());
  if (code === null) return;
  const { found } = code.definitionsOf(name, queue);
  if (found.length === 0) {
    const text = notFound(name, code);
    log.info(text);
    // Not waited for: the message may stay for long.
    void window.showWarningMessage(text);
    return;
  }
  const match = found.length === 1 ? found[0] : await pick(name, found);
  if (match !== undefined) await reveal(match.definition.file, match.definition.line, false);
}

function notFound(name: string, { tasks, files, isComplete }: TaskCode): string {
  const shown = oneLine(name, 60);
  if (workspaceRoots().length === 0) return l10n.t("{0} cannot be looked for: no folder is open.", shown);
  const task = tasks.find((each) => each.name === name && each.definition === null);
  if (task !== undefined) {
    const { file, line } = task.registrations[0]?.place ?? { file: "", line: 0 };
    const place = `${workspace.asRelativePath(file)}:${line}`;
    return l10n.t("{0} is registered in {1}, but where it is defined is not known: {2}.", shown, place, task.why ?? "");
  }
  const own =
    name
      .replace(/^cron:/, "")
      .split(".")
      .at(-1) ?? name;
  const what = `async def ${oneLine(own, 60)}`;
  const where = plural(files, l10n.t("1 Python file"), l10n.t("{0} Python files", count(files)));
  return isComplete
    ? l10n.t(
        "{0} was not found. Looked for {1} in {2} of the open folders, and for what their workers register by this name.",
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

async function pick(name: string, found: readonly DefinitionMatch[]): Promise<DefinitionMatch | undefined> {
  const items = found.map((match) => {
    const { file, line, qualname } = match.definition;
    const workers = match.task?.registrations.map(({ settings }) => settings.module ?? settings.name) ?? [];
    return {
      label: `${workspace.asRelativePath(file)}:${line}`,
      description: [qualname, ...new Set(workers)].join(" · "),
      match,
    };
  });
  const title = l10n.t("Which {0} is it?", oneLine(name, 60));
  const choice = await window.showQuickPick(items, { title, placeHolder: l10n.t("Several functions have this name") });
  return choice?.match;
}

/** With a progress message only where it takes a while. Null where it was not waited for. */
async function withPatience(title: string, reading: Promise<TaskCode>): Promise<TaskCode | null> {
  const slow = await Promise.race([
    reading.then(() => false),
    new Promise<boolean>((done) => setTimeout(done, patienceMs, true)),
  ]);
  if (!slow) return reading;
  const location = ProgressLocation.Notification;
  return window.withProgress({ location, title, cancellable: true }, (_progress, token: CancellationToken) =>
    Promise.race([reading, new Promise<null>((done) => token.onCancellationRequested(() => done(null)))]),
  );
}
