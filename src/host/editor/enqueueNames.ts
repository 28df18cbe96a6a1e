import {
  CompletionItem,
  CompletionItemKind,
  type CompletionItemProvider,
  type DefinitionProvider,
  l10n,
  type LocationLink,
  MarkdownString,
  type Position,
  Range,
  type TextDocument,
  Uri,
} from "vscode";
import type { FunctionDefinition, Parameter, TaskCode, TaskFunction } from "../../python/tasks/taskCode";
import { likelyQueueOf } from "../code/settingsQueue";
import type { TaskNumbers } from "../code/taskNumbers";
import { count, oneLine, plural } from "../views/texts";
import { enqueueAt, isAt, rangeOf } from "./codeHover";
import { plain, placeLink } from "./markdownText";
import { type CodeSource, lastRead } from "../code/codeSource";

/** Before the cursor: a call of `enqueue_job` whose first argument is a text that is being written. A call may have been broken into lines. */
const beforeCursor = /\benqueue_job\s*\(\s*(?:function\s*=\s*)?(["'])([^"'\\\n]*)$/;
const lookBack = 5;
/** What can be written between quotes as it is, and is a name of ARQ's. */
const writable = /^[^"'\\\p{Cc}]{1,200}$/u;
/** Names come from Redis, where anybody may write. */
const namesAtMost = 1000;

/** The names in calls of `enqueue_job`: from the name to the function, and which names there are. */
export class EnqueueNames implements DefinitionProvider, CompletionItemProvider {
  constructor(
    private readonly tasks: CodeSource,
    private readonly numbers: TaskNumbers,
  ) {}

  async provideDefinition(document: TextDocument, position: Position): Promise<LocationLink[]> {
    const code = await lastRead(this.tasks);
    const call = enqueueAt(code, document, position);
    if (call !== null && "value" in call.name) {
      const queue = call.queue !== null && "value" in call.queue ? call.queue.value : undefined;
      const origin = rangeOf(call.name.place);
      return code.definitionsOf(call.name.value, queue).found.map(({ definition }) => linkTo(definition, origin));
    }
    // A dotted string among the functions, also in func(…) and cron(…), names one as well.
    const dotted = stringAt(document, position);
    if (dotted === null) return [];
    const name = document.getText(dotted);
    for (const { definition, registrations } of code.tasks) {
      if (definition === null || !name.endsWith(`.${definition.qualname}`)) continue;
      if (registrations.some(({ place }) => isAt(place, document, position))) return [linkTo(definition, dotted)];
    }
    return [];
  }

  async provideCompletionItems(document: TextDocument, position: Position): Promise<CompletionItem[]> {
    const from = document.lineAt(Math.max(0, position.line - lookBack)).range.start;
    const [, , typed] = beforeCursor.exec(document.getText(new Range(from, position))) ?? [];
    if (typed === undefined) return [];
    const code = await lastRead(this.tasks);
    const rest = /^[^"'\\\n]*(?=["'])/.exec(document.lineAt(position).text.slice(position.character))?.[0] ?? "";
    const range = {
      inserting: new Range(position.translate(0, -typed.length), position),
      replacing: new Range(position.translate(0, -typed.length), position.translate(0, rest.length)),
    };
    return [...this.#items(code)].map((item) => {
      item.range = range;
      return item;
    });
  }

  *#items(code: TaskCode): Generator<CompletionItem> {
    const known = new Set<string>();
    for (const task of code.tasks) {
      const { name, registrations } = task;
      // A cron job's name can be enqueued, and hardly ever is meant.
      if (registrations.every(({ how }) => how === "cron") || !writable.test(name)) continue;
      known.add(name);
      const queues = [
        ...new Set(registrations.map(({ settings }) => likelyQueueOf(settings) ?? l10n.t("unknown queue"))),
      ];
      const item = new CompletionItem(
        { label: name, description: oneLine(queues.join(", "), 60) },
        CompletionItemKind.Function,
      );
      item.detail = signatureOf(task);
      if (task.definition !== null) item.documentation = new MarkdownString(placeLink(task.definition));
      item.sortText = `0${name}`;
      yield item;
    }
    for (const { function: name, queue, count: jobs } of this.numbers.stats) {
      if (known.size >= namesAtMost) return;
      if (known.has(name) || name.startsWith("cron:") || !writable.test(name)) continue;
      known.add(name);
      const item = new CompletionItem({ label: name, description: oneLine(queue ?? "", 60) }, CompletionItemKind.Text);
      item.detail = plural(jobs, l10n.t("1 job in Redis"), l10n.t("{0} jobs in Redis", count(jobs)));
      item.documentation = new MarkdownString(
        plain(l10n.t("Seen in Redis. Its function was not looked for in this workspace.")),
      );
      item.sortText = `1${name}`;
      yield item;
    }
  }
}

/** What stands between the quotes around the position, on its line. */
function stringAt(document: TextDocument, { line, character }: Position): Range | null {
  for (const found of document.lineAt(line).text.matchAll(/(["'])((?:(?!\1)[^\\])*)\1/g)) {
    const from = found.index + 1;
    const to = from + (found[2]?.length ?? 0);
    if (from <= character && character <= to) return new Range(line, from, line, to);
  }
  return null;
}

function linkTo(definition: FunctionDefinition, originSelectionRange: Range): LocationLink {
  const { line, column, endLine, name } = definition;
  const targetSelectionRange = new Range(line - 1, column, line - 1, column + name.length);
  const end = Math.max(line, endLine ?? line);
  return {
    originSelectionRange,
    targetUri: Uri.file(definition.file),
    targetRange: new Range(line - 1, 0, end - 1, end === line ? column + name.length : 0),
    targetSelectionRange,
  };
}

/** `send_email(to: str, *, urgent=…)`: what is to be given after the name. */
export function signatureOf({ name, parameters }: Pick<TaskFunction, "name" | "parameters">): string {
  if (parameters === null) return name;
  const parts: string[] = [];
  let before: Parameter["kind"] | null = null;
  for (const parameter of parameters) {
    const { kind } = parameter;
    if (before === "positionalOnly" && kind !== "positionalOnly") parts.push("/");
    if (kind === "keywordOnly" && before !== "keywordOnly" && before !== "args") parts.push("*");
    parts.push(parameterText(parameter));
    before = kind;
  }
  return `${name}(${parts.join(", ")})`;
}

function parameterText({ name, kind, annotation, hasDefault }: Parameter): string {
  const stars = kind === "args" ? "*" : kind === "kwargs" ? "**" : "";
  return `${stars}${name}${annotation === null ? "" : `: ${annotation}`}${hasDefault ? " = …" : ""}`;
}
