import { l10n, type QuickPickItem, window, workspace } from "vscode";
import { mask } from "../../arq/secretTokens";
import type { DecodeFailure, OriginalArguments } from "../../arq/jobModel";
import type { JobDetail, Monitor } from "../../monitor/model";
import { type HookName, hookNames, type JobScript, type ScriptArguments } from "../../python/debugScript";
import type { DefinitionMatch, TaskCode } from "../../python/tasks/taskCode";
import type { Session } from "../session";
import { errorText } from "../views/jobNode";
import { oneLine, plural } from "../views/texts";
import { type ScriptTarget, scriptTarget } from "./scriptTarget";

/** What asking needs of the house. */
export interface AskParts {
  readonly session: Pick<Session, "hiddenBy" | "connection">;
  readonly tasks: { ready(): Promise<TaskCode> };
}

/** A job as it will be called. */
export interface AskedScript {
  readonly detail: JobDetail;
  readonly target: ScriptTarget;
  readonly script: JobScript;
}

/** Names that a question can list; a pickle with more is not offered. */
const listedGlobals = 200;

/** Reads the job and its function, and asks what only a person can decide. Null: that person went away. Throws, in words for people, where it cannot be called. */
export async function askScript(parts: AskParts, monitor: Monitor, id: string): Promise<AskedScript | null> {
  const detail = await monitor.open(id);
  if (detail === null)
    throw new Error(l10n.t("Redis holds no key of this job: it is forgotten by now, or its id is another one."));
  const name = detail.row.function;
  if (name === null) throw new Error(l10n.t("The function of this job is not known."));
  const found = await chooseTarget(parts, name, detail.row.queue);
  if (found === null) return null;
  const args = await askArguments(parts, detail);
  if (args === null) return null;
  const hooks = await askHooks(found, name);
  if (hooks === null) return null;
  return { detail, target: found, script: scriptOf(detail, name, found, args, hooks) };
}

async function chooseTarget(parts: AskParts, name: string, queue: string | null): Promise<ScriptTarget | null> {
  const code = await parts.tasks.ready();
  const { found, why } = code.definitionsOf(name, queue ?? undefined);
  if (found.length === 0) {
    const text = l10n.t("The code of {0} was not found in the open folders.", oneLine(name, 60));
    throw new Error(why === null ? text : `${text} ${why}`);
  }
  const match = found.length === 1 ? found[0] : await pick(name, found);
  if (match === undefined) return null;
  const target = scriptTarget(match, queue);
  if (target === null) {
    throw new Error(
      l10n.t(
        "{0} cannot be imported: it is defined as {1}, and no worker settings that could be imported have it.",
        oneLine(name, 60),
        oneLine(match.definition.qualname, 80),
      ),
    );
  }
  return target;
}

async function pick(name: string, found: readonly DefinitionMatch[]): Promise<DefinitionMatch | undefined> {
  const items = found.map((match) => ({
    label: `${workspace.asRelativePath(match.definition.file)}:${match.definition.line}`,
    description: oneLine(match.definition.qualname, 80),
    match,
  }));
  const title = l10n.t("Which {0} is it?", oneLine(name, 60));
  const choice = await window.showQuickPick(items, { title, placeHolder: l10n.t("Several functions have this name") });
  return choice?.match;
}

/** The arguments as they came through the redactor. What is hidden is written into no file unless the user says so. */
async function askArguments({ session }: AskParts, { result, job }: JobDetail): Promise<ScriptArguments | null> {
  const decoded = [result, job].find((read) => read?.decoded.ok === true)?.decoded;
  if (decoded?.ok !== true) {
    const failure = [result, job].find((read) => read !== null)?.decoded;
    const why =
      failure === undefined ? l10n.t("Redis no longer holds its payload.") : (failure as DecodeFailure).message;
    return { kind: "leftOut", why };
  }
  const { args, kwargs } = decoded;
  if (session.hiddenBy === null) return { kind: "values", args, kwargs };
  const write = l10n.t("Write Them");
  const leave = l10n.t("Leave Them Out");
  const choice = await window.showWarningMessage(
    l10n.t("The arguments of this job are hidden. Write them into a Python file on this machine?"),
    {
      modal: true,
      detail: l10n.t("Arguments on {0} may be those of real people.", session.connection?.name ?? "Redis"),
    },
    write,
    leave,
  );
  if (choice === undefined) return null;
  return choice === write
    ? { kind: "values", args, kwargs }
    : { kind: "leftOut", why: l10n.t("they were left out, because values are hidden.") };
}

/** Nothing is chosen beforehand: what a worker does when it starts may reach out far. */
async function askHooks({ hooks }: ScriptTarget, name: string): Promise<readonly HookName[] | null> {
  const items = hookNames.flatMap((hook): (QuickPickItem & { hook: HookName })[] => {
    const from = hooks[hook];
    if (from === undefined) return [];
    const place =
      "qualname" in from ? `${from.module}.${from.qualname}` : [from.module, from.name].filter(Boolean).join(".");
    return [{ label: hook, description: place, hook }];
  });
  if (items.length === 0) return [];
  const chosen = await window.showQuickPick(items, {
    canPickMany: true,
    title: l10n.t("What of its worker is to run around {0}?", oneLine(name, 60)),
    placeHolder: l10n.t("on_startup often fills ctx; nothing runs that is not chosen"),
  });
  return chosen?.map(({ hook }) => hook) ?? null;
}

function scriptOf(
  { row }: JobDetail,
  name: string,
  target: ScriptTarget,
  args: ScriptArguments,
  chosen: readonly HookName[],
): JobScript {
  return {
    job: {
      id: row.id,
      function: name,
      tries: row.tries,
      enqueuedAt: row.enqueuedAt,
      score: row.scheduledAt,
      error: row.error === null ? null : oneLine(errorText(row.error), 300),
    },
    function: target.function,
    arguments: args,
    hooks: Object.fromEntries(chosen.map((hook) => [hook, target.hooks[hook]])),
    timeout: target.timeout,
    settings: target.settings,
    mask,
  };
}

/** The original arguments, once the user has seen every name that unpickling them imports. Null: no. Throws where there is nothing to unpickle. */
export async function askOriginal(monitor: Monitor, id: string): Promise<ScriptArguments | null> {
  if (!workspace.isTrusted) throw new Error(l10n.t("This runs code of the folder: trust the workspace first."));
  const read = await monitor.original(id);
  if (read === null) throw new Error(l10n.t("Redis no longer holds its payload."));
  if (!read.ok)
    throw new Error(l10n.t("The original arguments cannot be unpickled: {0}.", read.message.replace(/\.$/, "")));
  const { globals } = read;
  if (globals.length > listedGlobals)
    throw new Error(l10n.t("The pickle imports {0} names, more than can be looked through.", globals.length));
  const unpickle = l10n.t("Write the Pickle into the Script");
  const choice = await window.showWarningMessage(
    l10n.t("Unpickle the original arguments of this job when the script runs?"),
    { modal: true, detail: originalDetail(read) },
    unpickle,
  );
  if (choice !== unpickle) return null;
  return { kind: "original", pickle: Buffer.from(read.pickle).toString("base64"), globals };
}

function originalDetail({ globals, pickle }: OriginalArguments): string {
  const names = globals.map(({ module, qualname }) => oneLine(`${module}.${qualname}`, 120));
  return [
    l10n.t(
      "Whoever can write to Redis decides what a pickle does. Nothing of it is masked: secrets in it will stand in the script.",
    ),
    globals.length === 0
      ? l10n.t("It imports nothing ({0} bytes).", pickle.length)
      : plural(
          globals.length,
          l10n.t("Your Python will import and may call this, and refuses anything else:"),
          l10n.t("Your Python will import and may call these {0}, and refuses anything else:", globals.length),
        ),
    ...names,
  ].join("\n");
}
