import {
  l10n,
  QuickPickItemKind,
  Range,
  Selection,
  TabInputText,
  type TextEditor,
  TextEditorRevealType,
  ThemeIcon,
  Uri,
  window,
  workspace,
  type QuickPick,
  type QuickPickItem,
} from "vscode";
import { isOwnFrame } from "../../python/frames";
import type { Frame, Traceback } from "../../python/traceback";
import { FrameStack } from "../editor/frameStack";
import type { FrameOpener } from "../editor/openFrame";
import { framesOf } from "../failureStack";
import { count, oneLine, plural } from "../views/texts";

/** What somebody chose from the frames of a traceback. */
export type PickedFrame =
  | { readonly kind: "frame"; readonly stack: FrameStack; readonly index: number; readonly toSide: boolean }
  | { readonly kind: "job"; readonly jobId: string };

interface Row extends QuickPickItem {
  readonly frame?: { readonly stack: FrameStack; readonly index: number };
  /** Number of the exception whose library frames this row stands for. */
  readonly folded?: number;
  readonly jobId?: string;
}

/** Exceptions of a chain or a group that a list shows, and frames of each: more than these nobody reads in a list. */
const maxExceptions = 30;
const maxFrames = 200;
/** It stands in the row of the first frame below it, and takes the room of that. Characters. */
const headingWidth = 48;

/**
 * The frames of a traceback as a list: the exception on top, then own frames, the line that failed first, library frames folded at the end, and below
 * them the exceptions that led to it. The row that is in front shows its line in the editor; who leaves without choosing is back where they were.
 */
export async function pickFrame(
  frames: FrameOpener,
  traceback: Traceback,
  jobs: readonly string[],
): Promise<PickedFrame | null> {
  const exceptions = exceptionsOf(traceback);
  const unfolded = new Set<number>();
  const picker = window.createQuickPick<Row>();
  const preview = new Preview(frames);
  picker.title = l10n.t("Traceback: {0}", errorOf(traceback));
  picker.placeholder = l10n.t("Enter opens the line");
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  picker.items = rowsOf(exceptions, unfolded, jobs);
  try {
    const chosen = await new Promise<PickedFrame | null>((resolve) => {
      const choose = (picked: PickedFrame): void => {
        resolve(picked);
        picker.hide();
      };
      picker.onDidChangeActive(([row]) => void preview.show(row?.frame));
      picker.onDidAccept(() => {
        const [row] = picker.activeItems;
        if (row?.folded !== undefined) unfold(picker, row.folded);
        else if (row?.jobId !== undefined) choose({ kind: "job", jobId: row.jobId });
        else if (row?.frame !== undefined) choose({ kind: "frame", ...row.frame, toSide: false });
      });
      picker.onDidTriggerItemButton(({ item }) => {
        if (item.frame !== undefined) choose({ kind: "frame", ...item.frame, toSide: true });
      });
      picker.onDidHide(() => resolve(null));
      picker.show();
    });
    await preview.end(chosen?.kind !== "frame");
    return chosen;
  } finally {
    picker.dispose();
  }

  function unfold(open: QuickPick<Row>, which: number): void {
    const at = open.items.findIndex(({ folded }) => folded === which);
    unfolded.add(which);
    open.items = rowsOf(exceptions, unfolded, jobs);
    open.activeItems = open.items.slice(at, at + 1);
  }
}

/** `KeyError: 'order'`, in one line and without what would be read as an icon. */
export function errorOf({ type, message }: Traceback): string {
  const text = type === "" ? l10n.t("the error is not in the text") : message === "" ? type : `${type}: ${message}`;
  return plain(text, 150);
}

/** The deepest own frame, else the deepest; -1 without frames. */
export function failedAt(stack: FrameStack): number {
  return stack.deepestOwn >= 0 ? stack.deepestOwn : stack.frames.length - 1;
}

export function stackOf(traceback: Traceback): FrameStack {
  const { frames, raised } = partsOf(traceback);
  return new FrameStack(frames, raised);
}

function partsOf(traceback: Traceback): Pick<FrameStack, "frames" | "raised"> {
  const { type, message } = traceback;
  return { frames: framesOf(traceback), raised: { type, message, values: [] } };
}

/** `payments.py:34` with the folder above it. */
export function placeOf({ file, line }: Frame): string {
  return plain(`${file.split(/[/\\]/).slice(-2).join("/")}:${line}`, 80);
}

/** One exception of those that a list shows. */
interface Exception {
  readonly heading: string | null;
  readonly stack: FrameStack;
  readonly error: string;
}

function exceptionsOf(whole: Traceback): readonly Exception[] {
  const found = [...inListOrder(whole)];
  const stacks = FrameStack.chained(found.map(({ traceback }) => partsOf(traceback)));
  return found.map(({ heading, traceback }, at) => ({ heading, stack: stacks[at]!, error: errorOf(traceback) }));
}

/** The exception that was printed last, its members, and what led to it, nearest first. */
function* inListOrder(traceback: Traceback): Generator<{ heading: string | null; traceback: Traceback }> {
  const waiting: { heading: string | null; traceback: Traceback }[] = [{ heading: null, traceback }];
  for (let shown = 0; shown < maxExceptions; shown++) {
    const next = waiting.shift();
    if (next === undefined) return;
    const { group, cause, context } = next.traceback;
    yield next;
    const before = cause ?? context;
    waiting.unshift(
      ...group.slice(0, maxExceptions).map((member, index) => ({
        heading: l10n.t("exception {0} of {1} in the group", index + 1, group.length),
        traceback: member,
      })),
      ...(before === null ? [] : [{ heading: l10n.t("led to this"), traceback: before }]),
    );
  }
}

function rowsOf(exceptions: readonly Exception[], unfolded: ReadonlySet<number>, jobs: readonly string[]): Row[] {
  const rows = exceptions.flatMap(({ heading, stack, error }, which): Row[] => {
    const at = failedAt(stack);
    const top: Row =
      heading === null
        ? {
            label: `$(error) ${error}`,
            description: at < 0 ? "" : placeOf(stack.frames[at]!),
            ...(at < 0 ? {} : { frame: { stack, index: at } }),
          }
        : { label: oneLine(`${heading}: ${error}`, headingWidth), kind: QuickPickItemKind.Separator };
    const deepestFirst = [...stack.frames.keys()].toReversed().slice(0, maxFrames);
    const own = deepestFirst.filter((index) => isOwnFrame(stack.frames[index]!.file));
    const library = deepestFirst.filter((index) => !isOwnFrame(stack.frames[index]!.file));
    const folded: Row = {
      label: `$(library) ${plural(library.length, l10n.t("1 library frame"), l10n.t("{0} library frames", count(library.length)))}`,
      description: l10n.t("Enter shows them"),
      folded: which,
    };
    const rest = library.length > 0 && !unfolded.has(which) ? [folded] : library.map((index) => frameRow(stack, index));
    return [top, ...own.map((index) => frameRow(stack, index)), ...rest];
  });
  if (jobs.length > 0) rows.push({ label: l10n.t("The log names the job"), kind: QuickPickItemKind.Separator });
  for (const jobId of jobs) rows.push({ label: `$(go-to-file) ${l10n.t("Open Job {0}", plain(jobId, 100))}`, jobId });
  return rows;
}

function frameRow(stack: FrameStack, index: number): Row {
  const frame = stack.frames[index]!;
  const name = plain(frame.function, 80);
  const label = frame.repeat > 0 ? l10n.t("{0} ({1} times)", name, count(frame.repeat + 1)) : name;
  return {
    label: `${isOwnFrame(frame.file) ? "$(symbol-method)" : "$(library)"} ${label}`,
    description: placeOf(frame),
    ...(frame.source === null ? {} : { detail: plain(frame.source, 200) }),
    frame: { stack, index },
    buttons: [{ iconPath: new ThemeIcon("split-horizontal"), tooltip: l10n.t("Open to the Side") }],
  };
}

/** `$(` would be read as an icon. */
function plain(text: string, width: number): string {
  return oneLine(text, width).replaceAll("$(", "$ (");
}

/** Shows lines while a list has the keyboard, and puts back what was there. */
class Preview {
  readonly #before = window.activeTextEditor;
  readonly #selection = this.#before?.selection;
  readonly #visible = this.#before?.visibleRanges[0];
  readonly #tabs = new Set(openFiles());
  #shown: TextEditor | null = null;
  #newest = 0;

  constructor(private readonly frames: FrameOpener) {}

  /** Nothing where the frame has no file here, or more than one. */
  async show(target: { readonly stack: FrameStack; readonly index: number } | undefined): Promise<void> {
    const mine = ++this.#newest;
    const frame = target?.stack.frames[target.index];
    const located = frame === undefined ? null : await this.frames.locateOne(frame).catch(() => null);
    if (located === null || mine !== this.#newest) return;
    try {
      const document = await workspace.openTextDocument(Uri.file(located.path));
      if (mine !== this.#newest) return;
      const { range } = document.lineAt(Math.min(located.line, document.lineCount) - 1);
      const editor = await window.showTextDocument(document, { preview: true, preserveFocus: true, selection: range });
      editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
      this.#shown = editor;
    } catch {
      // A file that cannot be shown is said to be so when it is opened.
    }
  }

  /** `back`: nothing was opened, so the editor is as it was before. */
  async end(back: boolean): Promise<void> {
    this.#newest++;
    if (!back || this.#shown === null) return;
    const before = this.#before;
    const opened = window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(
        ({ input, isPreview }) => isPreview && input instanceof TabInputText && !this.#tabs.has(String(input.uri)),
      );
    await window.tabGroups.close(opened, true);
    if (before?.viewColumn === undefined || before.document.isClosed) return;
    const start = this.#selection ?? new Selection(0, 0, 0, 0);
    const editor = await window.showTextDocument(before.document, { viewColumn: before.viewColumn, selection: start });
    editor.selection = start;
    if (this.#visible !== undefined) editor.revealRange(new Range(this.#visible.start, this.#visible.end));
  }
}

function openFiles(): string[] {
  return window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) => (input instanceof TabInputText ? [String(input.uri)] : []));
}
