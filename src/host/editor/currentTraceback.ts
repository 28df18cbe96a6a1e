import {
  commands,
  DecorationRangeBehavior,
  l10n,
  MarkdownString,
  Range,
  StatusBarAlignment,
  type StatusBarItem,
  type TextDocument,
  type TextDocumentChangeEvent,
  type TextEditor,
  type TextEditorDecorationType,
  ThemeColor,
  window,
  workspace,
  type Disposable,
} from "vscode";
import type { LocatedFrame } from "../../python/locatedFrame";
import type { FrameTarget } from "../contributions/commands";
import { oneLine } from "../views/texts";
import type { FrameStack, RaisedError } from "./frameStack";
import { failureText, frameNote, positionText } from "./frameNote";
import { lineAfterChanges, lineText } from "./lineAfterChange";

/** A frame of the traceback that is stepped through, where it is shown. */
export interface CurrentFrame {
  readonly stack: FrameStack;
  readonly index: number;
  readonly located: LocatedFrame;
}

/**
 * The traceback that the user is in: its frame is marked in the editor with what happened there, the status bar says how far it is, and the context key `arq.tracebackCurrent`
 * holds the keys for the next and the previous frame. The frame stays with its line while the file is edited. Makes nothing before the first one.
 */
export class CurrentTraceback implements Disposable {
  /** Whether another note beside this line (0-based) says that this was raised; then ours need not. Ask for `redraw` when that changes. */
  isTold: (document: TextDocument, line: number, raised: RaisedError) => boolean = () => false;
  #current: CurrentFrame | null = null;
  /** What its line read when the frame was opened; null where the file is not open. */
  #said: string | null = null;
  #mark: TextEditorDecorationType | null = null;
  #item: StatusBarItem | null = null;
  #subscriptions: readonly Disposable[] | null = null;

  get current(): CurrentFrame | null {
    return this.#current;
  }

  /** The current frame as commands take it; null while no traceback is current. */
  get target(): FrameTarget | null {
    if (this.#current === null) return null;
    const { stack, index } = this.#current;
    return { ...stack.frames[index]!, step: { stack, index } };
  }

  /** What stands beside the line now; null while no traceback is current. */
  get note(): string | null {
    return this.#current === null ? null : frameNote(this.#current);
  }

  /** What the status bar says; null while no traceback is current. */
  get status(): string | null {
    return this.#current === null ? null : (this.#item?.text ?? null);
  }

  enter(current: CurrentFrame): void {
    if (this.#current === null) void commands.executeCommand("setContext", "arq.tracebackCurrent", true);
    this.#current = current;
    const document = workspace.textDocuments.find((each) => this.#isOf(each));
    this.#said = document === undefined ? null : lineText(document, current.located.line - 1);
    this.#mark ??= window.createTextEditorDecorationType({
      isWholeLine: true,
      backgroundColor: new ThemeColor("editor.stackFrameHighlightBackground"),
      overviewRulerColor: new ThemeColor("editorError.foreground"),
      rangeBehavior: DecorationRangeBehavior.ClosedClosed,
      after: { color: new ThemeColor("editorCodeLens.foreground"), margin: "0 0 0 3ch", fontStyle: "italic" },
    });
    this.#subscriptions ??= [
      window.onDidChangeVisibleTextEditors(() => this.#draw()),
      workspace.onDidChangeTextDocument((event) => this.#follow(event)),
      // Who closes the file is done with it.
      workspace.onDidCloseTextDocument((document) => {
        if (this.#isOf(document)) this.leave();
      }),
    ];
    this.#draw();
    const item = (this.#item ??= window.createStatusBarItem("arq.traceback", StatusBarAlignment.Left, 90));
    item.name = l10n.t("ARQ Traceback");
    item.text = `$(debug-stackframe) ${positionText(current)}`;
    item.tooltip = [
      oneLine(failureText(current.stack.raised) ?? l10n.t("Stepping through a traceback"), 300),
      l10n.t("Next frame: Alt+F8. Previous: Shift+Alt+F8. Leave: Escape, or click here."),
    ].join("\n");
    item.accessibilityInformation = { label: l10n.t("Traceback, {0}", positionText(current)) };
    item.command = "arq.leaveTraceback";
    item.show();
  }

  redraw(): void {
    if (this.#current !== null) this.#draw();
  }

  leave(): void {
    if (this.#current === null) return;
    this.#current = null;
    void commands.executeCommand("setContext", "arq.tracebackCurrent", false);
    this.#item?.hide();
    this.#draw();
  }

  dispose(): void {
    this.leave();
    for (const subscription of this.#subscriptions ?? []) subscription.dispose();
    this.#mark?.dispose();
    this.#item?.dispose();
  }

  #isOf({ uri }: TextDocument): boolean {
    return uri.scheme === "file" && uri.fsPath === this.#current?.located.path;
  }

  /** An editor moves what is drawn in it by itself; but not what the note says of the line, and not beyond an edit of the line itself that is undone. */
  #follow({ document, contentChanges }: TextDocumentChangeEvent): void {
    const current = this.#current;
    if (current === null || !this.#isOf(document)) return;
    const { located } = current;
    const before = located.line - 1;
    const line = lineAfterChanges(before, contentChanges, document, this.#said);
    const isTouched = contentChanges.some(({ range }) => range.start.line <= before && range.end.line >= before);
    if (line === before && !isTouched) return;
    this.#current = { ...current, located: { ...located, line: line + 1 } };
    this.#draw();
  }

  #draw(): void {
    const mark = this.#mark;
    if (mark === null) return;
    for (const editor of window.visibleTextEditors) editor.setDecorations(mark, this.#decorationsOf(editor));
  }

  #decorationsOf({ document }: TextEditor) {
    const current = this.#current;
    if (current === null || !this.#isOf(document)) return [];
    const line = Math.min(current.located.line - 1, document.lineCount - 1);
    const { end } = document.lineAt(line).range;
    const { raised } = current.stack;
    const failure = failureText(raised);
    const isTold = raised !== null && this.isTold(document, line, raised);
    return [
      {
        range: new Range(line, 0, line, end.character),
        hoverMessage: new MarkdownString().appendCodeblock(
          [failure ?? frameNote(current), ...(raised?.values ?? [])].join("\n"),
          "python",
        ),
        renderOptions: { after: { contentText: frameNote(current, isTold) } },
      },
    ];
  }
}
