import {
  DecorationRangeBehavior,
  OverviewRulerLane,
  Position,
  Range,
  TabInputTextDiff,
  ThemeColor,
  window,
  workspace,
  type DecorationOptions,
  type Disposable,
  type TextDocument,
  type TextDocumentChangeEvent,
  type TextEditor,
} from "vscode";
import type { LineState } from "../../python/locatedFrame";
import { type FailingLine, noteText } from "./failingLine";
import type { FailingFiles } from "./failingPlaces";
import { lineAfterChanges, lineText } from "./lineAfterChange";

/** A note as it stands in an editor. */
export interface ShownNote {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly text: string;
  readonly state: LineState;
}

/** A failing line in an open document, kept at its place while somebody types. */
interface Tracked {
  /** 0-based. */
  line: number;
  state: LineState;
  readonly entry: FailingLine;
}

const after = { margin: "0 0 0 3em", fontStyle: "italic" } as const;

/**
 * Draws the notes behind failing lines, in every visible editor of a Python file; not in the older side of a comparison. While somebody types, a note stays with its line,
 * and turns to "edited since" in the same moment in which its line is another one. For a file without notes a keystroke costs one look into a map.
 */
export class FailingNotes implements Disposable {
  readonly #holds = window.createTextEditorDecorationType({
    isWholeLine: true,
    rangeBehavior: DecorationRangeBehavior.ClosedClosed,
    overviewRulerColor: new ThemeColor("editorOverviewRuler.errorForeground"),
    overviewRulerLane: OverviewRulerLane.Right,
    after: { ...after, color: new ThemeColor("editorError.foreground") },
  });
  readonly #doubtful = window.createTextEditorDecorationType({
    isWholeLine: true,
    rangeBehavior: DecorationRangeBehavior.ClosedClosed,
    after: { ...after, color: new ThemeColor("editorCodeLens.foreground") },
  });
  readonly #subscriptions: readonly Disposable[];
  /** By `Uri.toString()`, of every open document that has notes. */
  readonly #tracked = new Map<string, readonly Tracked[]>();
  /** What each editor was given last. */
  readonly #drawn = new WeakMap<TextEditor, string>();
  #files: FailingFiles = new Map();
  /** Redis' clock, unix ms, and the connection, as notes name it. */
  #when = 0;
  #where = "";

  constructor() {
    this.#subscriptions = [
      workspace.onDidChangeTextDocument((event) => this.#changed(event)),
      workspace.onDidOpenTextDocument((document) => this.#track(document)),
      workspace.onDidCloseTextDocument((document) => this.#tracked.delete(document.uri.toString())),
      window.onDidChangeVisibleTextEditors(() => this.#draw()),
      window.tabGroups.onDidChangeTabs(() => this.#draw()),
    ];
  }

  /** These lines, and no others. */
  show(files: FailingFiles, when: number, where: string): void {
    this.#files = files;
    this.#when = when;
    this.#where = where;
    this.#tracked.clear();
    for (const document of workspace.textDocuments) this.#track(document);
    this.#draw();
  }

  /** What stands in visible editors now. */
  get shown(): readonly ShownNote[] {
    return notedEditors().flatMap(({ document }) =>
      (this.#tracked.get(document.uri.toString()) ?? []).map((tracked) => ({
        path: document.uri.fsPath,
        line: tracked.line + 1,
        text: this.#text(tracked),
        state: tracked.state,
      })),
    );
  }

  /** The failing line that stands here (0-based) now, and whether it still says what it said; null where none does. */
  at(document: TextDocument, line: number): { readonly entry: FailingLine; readonly state: LineState } | null {
    return this.#tracked.get(document.uri.toString())?.find((tracked) => tracked.line === line) ?? null;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#tracked.clear();
    this.#holds.dispose();
    this.#doubtful.dispose();
  }

  #track(document: TextDocument): void {
    const key = document.uri.toString();
    const lines = this.#files.get(key);
    if (lines === undefined) return;
    const tracked = lines.map((entry): Tracked => {
      const line = entry.line - 1;
      // The text may be another one than that in which the line was found: `FailingPlaces` looks again in a moment.
      return { line, state: stateNow({ line, entry }, document), entry };
    });
    this.#tracked.set(key, tracked);
  }

  #changed({ document, contentChanges }: TextDocumentChangeEvent): void {
    const key = document.uri.toString();
    const all = this.#tracked.get(key);
    if (all === undefined || contentChanges.length === 0) return;
    let turned = false;
    for (const tracked of all) {
      tracked.line = lineAfterChanges(tracked.line, contentChanges, document, tracked.entry.printed);
      const state = stateNow(tracked, document);
      turned ||= state !== tracked.state;
      tracked.state = state;
    }
    if (turned) this.#draw(document);
  }

  #draw(only?: TextDocument): void {
    const shown = new Set(notedEditors());
    for (const editor of window.visibleTextEditors) {
      if (only !== undefined && editor.document !== only) continue;
      const { document } = editor;
      const tracked = shown.has(editor) ? (this.#tracked.get(document.uri.toString()) ?? []) : [];
      const holds: DecorationOptions[] = [];
      const doubtful: DecorationOptions[] = [];
      for (const each of tracked) {
        if (each.line >= document.lineCount) continue;
        const { range, firstNonWhitespaceCharacterIndex } = document.lineAt(each.line);
        const option: DecorationOptions = {
          range: new Range(new Position(each.line, firstNonWhitespaceCharacterIndex), range.end),
          renderOptions: { after: { contentText: this.#text(each) } },
        };
        (each.state === "same" || each.state === "moved" ? holds : doubtful).push(option);
      }
      const drawn = JSON.stringify([holds, doubtful]);
      if ((this.#drawn.get(editor) ?? "[[],[]]") === drawn) continue;
      this.#drawn.set(editor, drawn);
      editor.setDecorations(this.#holds, holds);
      editor.setDecorations(this.#doubtful, doubtful);
    }
  }

  #text({ entry, state }: Tracked): string {
    return noteText({ groups: entry.groups, state }, this.#when, this.#where);
  }
}

/** A note that claimed that its line fails claims it no longer when the line says something else, and again when that is undone. */
function stateNow({ line, entry }: Pick<Tracked, "line" | "entry">, document: TextDocument): LineState {
  if (entry.printed === null || entry.state === "edited") return entry.state;
  return lineText(document, line) === entry.printed ? entry.state : "edited";
}

/** Whether failing lines may be told of in it. Cells of notebooks and other revisions have schemes of their own. */
export function isPythonFile({ uri, languageId }: TextDocument): boolean {
  return uri.scheme === "file" && (languageId === "python" || /\.pyw?$/i.test(uri.path));
}

/** Visible editors of Python files, without the older side of a comparison of two files. */
function notedEditors(): readonly TextEditor[] {
  const older = new Set<string>();
  for (const { activeTab } of window.tabGroups.all) {
    if (activeTab?.input instanceof TabInputTextDiff) older.add(activeTab.input.original.toString());
  }
  return window.visibleTextEditors.filter(
    // In a comparison an editor has no column (measured, VS Code 1.139).
    ({ document, viewColumn }) =>
      isPythonFile(document) && !(viewColumn === undefined && older.has(document.uri.toString())),
  );
}
