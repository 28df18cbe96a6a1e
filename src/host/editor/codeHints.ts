import {
  CodeAction,
  CodeActionKind,
  type CodeActionContext,
  type CodeActionProvider,
  Diagnostic,
  type DiagnosticCollection,
  DiagnosticSeverity,
  type Disposable,
  l10n,
  languages,
  Range,
  type TextDocument,
  window,
  workspace,
  WorkspaceEdit,
} from "vscode";
import { callMisfits } from "../../python/tasks/callFit";
import type { EnqueueCode, TaskCode } from "../../python/tasks/taskCode";
import { driftText, misfitText } from "../code/driftText";
import type { DriftWatch } from "../code/driftWatch";
import { nearName } from "../code/nearName";
import { likelyQueueOf } from "../code/settingsQueue";
import type { TaskNumbers } from "../code/taskNumbers";
import { registeredFor } from "../code/taskLimits";
import type { Settings } from "../settings";
import { Throttle } from "../throttle";
import { oneLine } from "../views/texts";
import { rangeOf } from "./codeHover";
import { lineOf } from "./definitionLines";
import { type CodeSource, lastRead } from "../code/codeSource";

const redrawMs = 1000;

/** What hints are made of. */
export interface HintParts {
  readonly settings: Settings;
  readonly tasks: CodeSource;
  readonly numbers: TaskNumbers;
  readonly drift: DriftWatch;
}

/** The name that was probably meant. */
const unknownName = "unknown-task";

/**
 * Quiet hints in visible Python files: names that nothing defines, calls that do not fit, and what of the source Redis does not know. They say what was found
 * in the workspace, and accuse nobody.
 */
export class CodeHints implements CodeActionProvider, Disposable {
  static readonly actions = [CodeActionKind.QuickFix];
  readonly #shown: DiagnosticCollection = languages.createDiagnosticCollection("arq.code");
  readonly #redraw = new Throttle(redrawMs, () => void this.#show());
  readonly #subscriptions: Disposable[];
  #use: Disposable | null = null;
  /** Counts up whenever hints are made anew, and when nobody wants any more. */
  #turn = 0;

  constructor(private readonly parts: HintParts) {
    const { settings, tasks, numbers, drift } = parts;
    const request = (): void => this.#redraw.request();
    this.#subscriptions = [
      this.#shown,
      tasks.onDidChange(request),
      numbers.onDidChange(request),
      drift.onDidChange(request),
      settings.onDidChange((keys) => keys.has("arq.codeHints.enabled") && request()),
      window.onDidChangeVisibleTextEditors(request),
      workspace.onDidCloseTextDocument(({ uri }) => this.#shown.delete(uri)),
    ];
    request();
  }

  provideCodeActions(document: TextDocument, _range: Range, { diagnostics }: CodeActionContext): CodeAction[] {
    const code = this.parts.tasks.current;
    return diagnostics.flatMap((diagnostic) => {
      if (code === null || diagnostic.source !== "arq" || diagnostic.code !== unknownName) return [];
      const written = document.getText(diagnostic.range);
      const name = meantName(code, written);
      // The hint may be of a moment ago: nothing is offered that it does not say.
      if (name === null || diagnostic.message !== unknownText(written, name)) return [];
      const action = new CodeAction(l10n.t("Change to “{0}”", name), CodeActionKind.QuickFix);
      action.edit = new WorkspaceEdit();
      action.edit.replace(document.uri, diagnostic.range, name);
      action.diagnostics = [diagnostic];
      action.isPreferred = true;
      return [action];
    });
  }

  dispose(): void {
    this.#turn++;
    this.#use?.dispose();
    this.#redraw.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #show(): Promise<void> {
    const turn = ++this.#turn;
    const code = this.#documents().length === 0 ? null : await lastRead(this.parts.tasks);
    if (turn !== this.#turn) return;
    // The documents are asked for again: the first reading takes a while.
    const hinted =
      code === null
        ? []
        : this.#documents().map((document) => ({
            uri: document.uri,
            hints: this.#hints(code, document),
            isOwn: isOwn(code, document),
          }));
    const visible = new Set(hinted.map(({ uri }) => uri.toString()));
    for (const [uri] of this.#shown) if (!visible.has(uri.toString())) this.#shown.delete(uri);
    for (const { uri, hints } of hinted) {
      const before = this.#shown.get(uri) ?? [];
      // Every setting of hints is a message to the window.
      if (textOf(before) !== textOf(hints)) this.#shown.set(uri, hints);
    }
    this.#look(hinted.some((each) => each.isOwn));
  }

  /** Those that hints are wanted for: what cannot be seen is not kept current, and says nothing. */
  #documents(): TextDocument[] {
    if (!this.parts.settings.get("arq.codeHints.enabled")) return [];
    return window.visibleTextEditors.flatMap(({ document }) => (isPython(document) ? [document] : []));
  }

  /** Drift is looked for while a file with tasks, settings or calls can be seen. */
  #look(own: boolean): void {
    if (own === (this.#use !== null)) return;
    this.#use?.dispose();
    this.#use = own ? this.parts.drift.use() : null;
  }

  #hints(code: TaskCode, document: TextDocument): Diagnostic[] {
    const file = document.uri.fsPath;
    const calls = code.enqueues.filter(({ name }) => name.place.file === file);
    return [...calls.flatMap((call) => this.#ofCall(code, call, document)), ...this.#ofDrift(document)];
  }

  #ofCall(code: TaskCode, call: EnqueueCode, document: TextDocument): Diagnostic[] {
    // Without any worker's settings nobody can say what is known.
    if (!("value" in call.name) || !call.isLiteral || code.settings.length === 0) return [];
    const range = rangeOf(call.name.place);
    const { value: name } = call.name;
    // What is known of the source may be some keystrokes old.
    if (document.getText(range) !== name) return [];
    const queue = call.queue !== null && "value" in call.queue ? call.queue.value : null;
    const { found } = code.definitionsOf(name, queue ?? undefined);
    if (found.length === 0) return this.#unknown(code, name, range);
    if (queue !== null && found.every(({ how }) => how === "otherQueue")) {
      const others = found.flatMap(({ task }) => task?.registrations ?? []);
      const queues = [...new Set(others.map(({ settings }) => likelyQueueOf(settings)))].join(", ");
      const readers = code.settings.filter((each) => likelyQueueOf(each) === queue);
      if (readers.length > 0 && readers.every(({ unread }) => unread.length === 0))
        return [
          hint(
            range,
            l10n.t(
              "The workers of {0} are not given {1} in this workspace; those of {2} are.",
              oneLine(queue, 60),
              name,
              oneLine(queues, 120),
            ),
          ),
        ];
    }
    const fits = registeredFor(code, name, queue).map(({ task: { parameters } }) =>
      parameters === null ? [] : callMisfits(parameters, call),
    );
    // Where several services have it, one that takes the call is enough.
    if (fits.length === 0 || fits.some((misfits) => misfits.length === 0)) return [];
    return [hint(range, `${name}: ${fits[0]!.map(misfitText).join(" ")}`)];
  }

  #unknown(code: TaskCode, name: string, range: Range): Diagnostic[] {
    // What ran somewhere is known there.
    if (this.parts.numbers.stats.some((each) => each.function === name && each.completeLastHour > 0)) return [];
    if (code.tasks.some((task) => task.name === name)) return [];
    const found = hint(range, unknownText(name, meantName(code, name)));
    found.code = unknownName;
    return [found];
  }

  *#ofDrift(document: TextDocument): Generator<Diagnostic> {
    const file = document.uri.fsPath;
    for (const drift of this.parts.drift.findings) {
      const { label, detail } = driftText(drift);
      const text = `${label}. ${detail}`;
      if (drift.kind === "arguments" || drift.kind === "notRegistered") {
        const { definition } = drift;
        const line = definition.file === file ? lineOf(document, definition) : null;
        if (line !== null) yield hint(nameRange(document, line, definition.name), text);
      } else if (drift.kind === "neverRun" && drift.registration.place.file === file) {
        yield hint(rangeOf(drift.registration.place), text, DiagnosticSeverity.Hint);
      } else if (drift.kind === "cronUnseen" && drift.cron.place.file === file) {
        yield hint(rangeOf(drift.cron.place), text);
      } else if (drift.kind === "queueUnseen") {
        // The name may be given in another file than that of the settings.
        const place = drift.settings.values.queue_name?.place ?? drift.settings.place;
        if (place.file === file) yield hint(rangeOf(place), text, DiagnosticSeverity.Hint);
      }
    }
  }
}

/** The task that was probably meant by a name that none has; null where none is near. */
function meantName({ tasks }: TaskCode, written: string): string | null {
  return nearName(
    written,
    tasks.map(({ name }) => name),
  );
}

function unknownText(name: string, meant: string | null): string {
  const text = l10n.t("{0} was not found among the tasks of this workspace.", oneLine(name, 80));
  return meant === null ? text : `${text} ${l10n.t("Did you mean {0}?", meant)}`;
}

function hint(range: Range, text: string, severity = DiagnosticSeverity.Information): Diagnostic {
  const diagnostic = new Diagnostic(range, text, severity);
  diagnostic.source = "arq";
  return diagnostic;
}

function nameRange(document: TextDocument, line: number, name: string): Range {
  const column = Math.max(0, document.lineAt(line).text.indexOf(name));
  return new Range(line, column, line, column + name.length);
}

function isPython({ languageId, uri }: TextDocument): boolean {
  return languageId === "python" && uri.scheme === "file";
}

function isOwn(code: TaskCode, { uri: { fsPath } }: TextDocument): boolean {
  return (
    code.tasks.some(({ definition }) => definition?.file === fsPath) ||
    code.settings.some(({ place }) => place.file === fsPath) ||
    code.enqueues.some(({ place }) => place.file === fsPath)
  );
}

function textOf(diagnostics: readonly Diagnostic[]): string {
  return JSON.stringify(diagnostics.map(({ range, message, severity }) => [range, message, severity]));
}
