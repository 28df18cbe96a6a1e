import {
  CodeLens,
  type CodeLensProvider,
  type Command,
  type Disposable,
  EventEmitter,
  l10n,
  Range,
  type TextDocument,
  window,
} from "vscode";
import type { TaskCode } from "../../python/tasks/taskCode";
import { assertNever } from "../../python/assertNever";
import type { TaskNumbers } from "../code/taskNumbers";
import type { JoinedTask } from "../code/taskJoin";
import { jobsOf, sumsOf, sumsText } from "../code/taskSummary";
import type { Session } from "../session";
import type { Settings } from "../settings";
import { Throttle } from "../throttle";
import { oneLine } from "../views/texts";
import { lineOf } from "./definitionLines";
import type { JoinedTasks } from "./joinedTasks";
import { type CodeSource, lastRead } from "../code/codeSource";

const redrawMs = 1000;
const decorated = /^[ \t]*@.+\n(?:[ \t]*@.+\n)*[ \t]*async[ \t]+def\b/m;

/** What the lenses are made of. */
export interface LensParts {
  readonly session: Session;
  readonly settings: Settings;
  readonly tasks: CodeSource;
  readonly numbers: TaskNumbers;
  readonly joined: JoinedTasks;
}

/**
 * One line above every task function: the connection, and what its jobs do. The line is there from the moment the function is known, whether
 * connected or not, so that only its text ever changes. A visible editor that shows one counts as somebody who looks.
 */
export class TaskLenses implements CodeLensProvider, Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly #redraw = new Throttle(redrawMs, () => this.#compare());
  readonly #subscriptions: Disposable[];
  /** What editors were given last, by document; forgotten with it. */
  readonly #given = new WeakMap<TextDocument, string>();
  #use: Disposable | null = null;

  constructor(private readonly parts: LensParts) {
    const { session, settings, tasks, numbers } = parts;
    const compare = (): void => this.#redraw.request();
    this.#subscriptions = [
      numbers.onDidChange(compare),
      session.onDidChange(({ change }) => (change === null || change.status) && compare()),
      tasks.onDidChange(compare),
      settings.onDidChange((keys) => keys.has("arq.codeLens.enabled") && this.#changed.fire()),
      window.onDidChangeVisibleTextEditors(() => this.#follow()),
    ];
  }

  get onDidChangeCodeLenses() {
    return this.#changed.event;
  }

  async provideCodeLenses(document: TextDocument): Promise<CodeLens[]> {
    const code = await lastRead(this.parts.tasks);
    const lenses = this.#lensesOf(document, code);
    this.#given.set(document, textOf(lenses));
    this.#follow();
    return lenses;
  }

  dispose(): void {
    this.#use?.dispose();
    this.#redraw.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #lensesOf(document: TextDocument, code: TaskCode): CodeLens[] {
    if (!this.parts.settings.get("arq.codeLens.enabled")) return [];
    return this.parts.joined.of(code, document).flatMap((task) => {
      const line = lineOf(document, task.definition);
      return line === null ? [] : [new CodeLens(new Range(line, 0, line, 0), this.#command(task))];
    });
  }

  #command(task: JoinedTask): Command {
    const { session, numbers } = this.parts;
    const { connection, state } = session;
    const name = connection === null ? "ARQ" : oneLine(connection.name, 40);
    const dashboard = { command: "arq.showDashboard", tooltip: l10n.t("Show the dashboard") };
    switch (state) {
      case "unconfigured":
      case "untrusted":
        return { title: l10n.t("ARQ: not connected"), command: "arq.connect", tooltip: l10n.t("Connect to Redis…") };
      case "connecting":
        return { title: l10n.t("{0}: connecting…", name), ...dashboard };
      case "down":
        return { title: l10n.t("{0}: not connected", name), ...dashboard };
      case "empty":
      case "live": {
        if (!numbers.isRead) return { title: l10n.t("{0}: reading…", name), ...dashboard };
        const text = sumsText(sumsOf(task.parts), session.monitor?.now() ?? Date.now());
        const isWhole = session.snapshot()?.complete !== false;
        return {
          title: isWhole ? `${name}: ${text}` : l10n.t("{0}: {1} · still counting", name, text),
          command: "arq.showDashboard",
          arguments: [{ ...jobsOf(task.parts), connection: connection?.name }],
          tooltip: l10n.t("Show its jobs in the dashboard"),
        };
      }
      default:
        return assertNever(state);
    }
  }

  /** Asks for new lenses only where an editor that can be seen shows another text. */
  #compare(): void {
    this.#follow();
    const code = this.parts.tasks.current;
    if (code === null) return;
    const isOther = window.visibleTextEditors.some(({ document }) => {
      const given = this.#given.get(document);
      return given !== undefined && given !== textOf(this.#lensesOf(document, code));
    });
    if (isOther) this.#changed.fire();
  }

  /** What a decorator registers while the program runs is known by the names that Redis has: for these somebody has to look. */
  #mayHaveTasks(document: TextDocument): boolean {
    const { settings, tasks } = this.parts;
    if (!this.#given.has(document) || !settings.get("arq.codeLens.enabled")) return false;
    const isOpen = tasks.current?.settings.some(({ unread }) => unread.length > 0) === true;
    return isOpen && decorated.test(document.getText());
  }

  #follow(): void {
    const shown = window.visibleTextEditors.some(
      ({ document }) => (this.#given.get(document) ?? "[]") !== "[]" || this.#mayHaveTasks(document),
    );
    if (shown === (this.#use !== null)) return;
    this.#use?.dispose();
    this.#use = shown ? this.parts.numbers.use() : null;
  }
}

function textOf(lenses: readonly CodeLens[]): string {
  return JSON.stringify(lenses.map(({ range, command }) => [range.start.line, command?.title]));
}
