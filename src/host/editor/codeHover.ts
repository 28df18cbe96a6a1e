import { Hover, type HoverProvider, l10n, MarkdownString, type Position, Range, type TextDocument } from "vscode";
import {
  arqDefaults,
  type CodePlace,
  type EnqueueCode,
  type SettingsCode,
  type SettingsValues,
  type TaskCode,
} from "../../python/tasks/taskCode";
import { adviseRegistration, adviseSettings } from "../code/settingsAdvice";
import { queueOf } from "../code/settingsQueue";
import { definitionKey, definitionsFor, type JoinedTask } from "../code/taskJoin";
import type { TaskNumbers } from "../code/taskNumbers";
import type { Session } from "../session";
import type { Settings } from "../settings";
import { count } from "../views/texts";
import { lineOf } from "./definitionLines";
import type { JoinedTasks } from "./joinedTasks";
import { plain } from "./markdownText";
import { cronLine, taskHover } from "./taskHover";
import { type CodeSource, lastRead } from "../code/codeSource";

/** What hovers are made of. */
export interface CodeHoverParts {
  readonly session: Session;
  readonly settings: Settings;
  readonly tasks: CodeSource;
  readonly numbers: TaskNumbers;
  readonly joined: JoinedTasks;
}

/** Tells of the jobs of a task function, where it is defined, registered or enqueued, and of what a worker's setting does. */
export class CodeHover implements HoverProvider {
  constructor(private readonly parts: CodeHoverParts) {}

  async provideHover(document: TextDocument, position: Position): Promise<Hover | null> {
    const { settings, tasks } = this.parts;
    if (!settings.get("arq.hover.enabled")) return null;
    const code = await lastRead(tasks);
    return (
      this.#ofDefinition(code, document, position) ??
      this.#ofEnqueue(code, document, position) ??
      this.#ofCron(code, document, position) ??
      this.#ofRegistration(code, document, position) ??
      ofSetting(code, document, position)
    );
  }

  #ofDefinition(code: TaskCode, document: TextDocument, position: Position): Hover | null {
    for (const task of this.parts.joined.of(code, document)) {
      const { definition } = task;
      const line = lineOf(document, definition);
      if (line !== position.line) continue;
      const column = document
        .lineAt(line)
        .text.search(new RegExp(String.raw`(?<=\bdef[ \t]+)${definition.name}(?![\p{L}\p{N}_])`, "u"));
      const range = new Range(line, column, line, column + definition.name.length);
      if (column >= 0 && range.contains(position)) return new Hover(this.#told(task, code), range);
    }
    return null;
  }

  #ofEnqueue(code: TaskCode, document: TextDocument, position: Position): Hover | null {
    const call = enqueueAt(code, document, position);
    if (call === null || !("value" in call.name)) return null;
    const queue = call.queue !== null && "value" in call.queue ? call.queue.value : null;
    const [task] = this.#tasksOf(code, call.name.value, queue);
    return task === undefined ? null : new Hover(this.#told(task, code), rangeOf(call.name.place));
  }

  #ofCron(code: TaskCode, document: TextDocument, position: Position): Hover | null {
    const cron = code.crons.find(({ place }) => isAt(place, document, position));
    if (cron === undefined) return null;
    const [task] = this.#tasksOf(code, cron.name, queueOf(cron.settings));
    if (task !== undefined) return new Hover(this.#told(task, code), rangeOf(cron.place));
    const now = this.parts.session.monitor?.now() ?? Date.now();
    const registration = cron.task.registrations.find(({ settings }) => settings === cron.settings);
    const advice = registration === undefined ? [] : adviseRegistration(registration);
    const schedule = [cronLine(cron, now), ...advice.map(({ text }) => `*${plain(text, 400)}*`)].join("\n\n");
    return new Hover(new MarkdownString(schedule), rangeOf(cron.place));
  }

  #ofRegistration(code: TaskCode, document: TextDocument, position: Position): Hover | null {
    for (const { name, registrations } of code.tasks) {
      const at = registrations.find(({ place }) => isAt(place, document, position));
      if (at === undefined) continue;
      const [task] = this.#tasksOf(code, name, queueOf(at.settings));
      return task === undefined ? null : new Hover(this.#told(task, code), rangeOf(at.place));
    }
    return null;
  }

  #tasksOf(code: TaskCode, name: string, queue: string | null): readonly JoinedTask[] {
    const all = this.parts.joined.all(code);
    return definitionsFor(code, name, queue).flatMap((definition) => all.get(definitionKey(definition)) ?? []);
  }

  #told(task: JoinedTask, code: TaskCode): MarkdownString {
    const { session, numbers } = this.parts;
    return taskHover(task, code, { session, isRead: numbers.isRead });
  }
}

/** The call of `enqueue_job` whose literal name is at the position. */
export function enqueueAt(code: TaskCode, document: TextDocument, position: Position): EnqueueCode | null {
  return (
    code.enqueues.find(
      ({ name, isLiteral }) =>
        isLiteral &&
        isAt(name.place, document, position) &&
        // What is known of the source may be some keystrokes old.
        "value" in name &&
        document.getText(rangeOf(name.place)) === name.value,
    ) ?? null
  );
}

function ofSetting(code: TaskCode, document: TextDocument, position: Position): Hover | null {
  for (const settings of code.settings) {
    if (settings.place.file !== document.uri.fsPath) continue;
    for (const [key, read] of Object.entries(settings.values) as [
      keyof SettingsValues,
      SettingsValues[keyof SettingsValues],
    ][]) {
      if (read === null || !isOnName(key, read.place, document, position)) continue;
      return new Hover(new MarkdownString(settingText(settings, key).join("\n\n")));
    }
  }
  return null;
}

/** On the name of the setting, or on its value. */
function isOnName(key: string, place: CodePlace, document: TextDocument, position: Position): boolean {
  if (isAt(place, document, position)) return true;
  const word = document.getWordRangeAtPosition(position);
  return (
    place.file === document.uri.fsPath &&
    position.line === place.line - 1 &&
    word !== undefined &&
    document.getText(word) === key
  );
}

function settingText(settings: SettingsCode, key: keyof SettingsValues): string[] {
  const read = settings.values[key];
  const meaning = meaningOf(key);
  const byDefault = key in arqDefaults ? arqDefaults[key as keyof typeof arqDefaults] : null;
  const advice = adviseSettings(settings).filter(({ setting }) => setting === key);
  const queue = queueOf(settings);
  return [
    ...(meaning === null ? [] : [plain(meaning, 400)]),
    ...(read !== null && "unknown" in read ? [l10n.t("Its value cannot be read: {0}", plain(read.unknown, 200))] : []),
    ...(byDefault === null ? [] : [l10n.t("ARQ's default: {0}.", plain(pythonText(byDefault)))]),
    ...(queue === null ? [] : [l10n.t("These workers read the queue {0}.", plain(queue, 100))]),
    ...advice.map(({ text }) => `*${plain(text, 400)}*`),
  ];
}

function pythonText(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "number" ? count(value) : `"${value}"`;
}

/** What it does, for the settings that matter when something goes wrong. */
function meaningOf(key: keyof SettingsValues): string | null {
  switch (key) {
    case "max_jobs":
      return l10n.t("How many jobs one worker runs at once.");
    case "job_timeout":
      return l10n.t("After so many seconds a job is cancelled, unless its function has its own timeout.");
    case "max_tries":
      return l10n.t("A job that was started so often is not started again: it fails.");
    case "keep_result":
      return l10n.t("How many seconds Redis keeps the result, or the error, of a job.");
    case "keep_result_forever":
      return l10n.t("Redis never forgets results.");
    case "retry_jobs":
      return l10n.t("Whether a job runs again after Retry, and after its worker was stopped.");
    case "allow_abort_jobs":
      return l10n.t("Whether Job.abort() reaches a job that runs.");
    case "health_check_interval":
      return l10n.t("How often, in seconds, a worker gives a sign of life.");
    case "log_results":
      return l10n.t("Whether the worker's log tells what jobs returned.");
    case "queue_name":
      return l10n.t("The sorted set in Redis from which these workers take jobs.");
    default:
      return null;
  }
}

export function isAt(place: CodePlace, document: TextDocument, position: Position): boolean {
  return place.file === document.uri.fsPath && rangeOf(place).contains(position);
}

export function rangeOf({ line, column, endLine, endColumn }: CodePlace): Range {
  return new Range(line - 1, column, endLine - 1, endColumn);
}
