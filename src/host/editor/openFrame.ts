import {
  commands,
  l10n,
  Location,
  Position,
  Range,
  Selection,
  TextEditorRevealType,
  Uri,
  ViewColumn,
  window,
  workspace,
  type Disposable,
  type Memento,
  type TextEditor,
} from "vscode";
import { type FrameToFind, SourceLookup } from "../../files/sourceLookup";
import { isOwnFrame } from "../../python/frames";
import type { LocatedFrame } from "../../python/locatedFrame";
import type { Frame } from "../../python/traceback";
import type { FrameTarget } from "../contributions/commands";
import type { Log } from "../log";
import type { Settings } from "../settings";
import { oneLine } from "../views/texts";
import { CurrentTraceback } from "./currentTraceback";
import { documentText } from "./documentText";
import { stateText } from "./frameNote";
import { FrameStack } from "./frameStack";
import { LearnedPaths } from "./learnedPaths";
import { PathHints } from "./pathHints";
import { userMappings } from "./pathSettings";
import { PythonEnvironment } from "./pythonEnvironment";
import { tellNoSource } from "./tellNoSource";
import { workspaceRoots } from "./workspaceRoots";

/** How long a word in the status bar stays, ms. */
const wordMs = 10_000;
/** A recursion that went too deep has a thousand frames; a peek with more than this serves nobody. */
const maxPeeked = 100;

/** From a frame to the line: finds the file that a traceback means, asks when several fit, says when none does, and steps through whole tracebacks. */
export class FrameOpener implements Disposable {
  readonly learned: LearnedPaths;
  readonly traceback = new CurrentTraceback();
  readonly #hints = new PathHints();
  readonly #environment: PythonEnvironment;
  readonly #lookup: SourceLookup;
  readonly #subscriptions: Disposable[];

  constructor(
    private readonly log: Log,
    settings: Settings,
    memory: Memento,
  ) {
    this.learned = new LearnedPaths(memory);
    this.#environment = new PythonEnvironment(log);
    this.#lookup = new SourceLookup({
      roots: workspaceRoots,
      mappings: () => userMappings(settings),
      hints: () => this.#hints.all(),
      learned: () => this.learned.all,
      environments: () => this.#environment.all(),
      read: documentText,
    });
    this.#subscriptions = [
      workspace.onDidChangeWorkspaceFolders(() => this.#forget()),
      workspace.onDidGrantWorkspaceTrust(() => this.#forget()),
      workspace.onDidChangeConfiguration((event) => {
        if (["launch", "python"].some((section) => event.affectsConfiguration(section))) this.#forget();
      }),
    ];
  }

  /**
   * The files that a frame may mean, best first, and where the line that ran stands in them now. Text that is open and not saved counts before the disk. Empty
   * where there is none. Cheap enough to be asked for every frame that is shown.
   */
  async locate(frame: FrameToFind): Promise<readonly LocatedFrame[]> {
    return (await this.#lookup.find(frame)).found;
  }

  /** As `locate`, but only what can be said without asking anybody: null where there is none, or several fit equally well. */
  async locateOne(frame: FrameToFind): Promise<LocatedFrame | null> {
    const { found, equal } = await this.#lookup.find(frame);
    return equal === 1 ? found[0]! : null;
  }

  /** True when an editor stands on the line. The frame of a whole traceback makes that the current one. */
  async open(target: FrameTarget, toSide: boolean): Promise<boolean> {
    const frame = frameOf(target);
    const located = await this.#choose(frame, true);
    if (located === null || !(await this.#show(located, toSide))) return false;
    if (target.step === undefined) {
      this.traceback.leave();
      const [state] = stateText(located, frame.line);
      if (state !== undefined) window.setStatusBarMessage(`$(info) ${state}`, wordMs);
    } else this.traceback.enter({ ...target.step, located });
    return true;
  }

  /**
   * Makes these the frames that "next frame" and "previous frame" step through, and opens the one of this index. True when an editor stands on its line. With a
   * `FrameStack`, what it knows of the failure is said beside the line.
   */
  async openTraceback(frames: readonly Frame[] | FrameStack, index: number, toSide = false): Promise<boolean> {
    const stack = "steps" in frames ? frames : new FrameStack(frames);
    const frame = stack.frames[index];
    return frame === undefined ? false : this.open({ ...frame, step: { stack, index } }, toSide);
  }

  /** To the next frame (1, towards the failure, and on to what led to it) or the previous one (-1) that has a file. Says so where there is none. */
  async step(by: 1 | -1): Promise<boolean> {
    const { current } = this.traceback;
    if (current === null) throw new Error(l10n.t("Open a frame of a traceback first."));
    const steps = current.stack.steps(current.index);
    for (let at = current.stack.placeIn(steps, current.index) + by; at >= 0 && at < steps.length; at += by) {
      const { stack, index } = steps[at]!;
      const located = await this.#choose(stack.frames[index]!, false);
      if (located === null || !(await this.#show(located, false))) continue;
      this.traceback.enter({ stack, index, located });
      return true;
    }
    const end =
      by === 1
        ? l10n.t("This is the last frame that has a file here.")
        : l10n.t("This is the first frame that has a file here.");
    window.setStatusBarMessage(`$(debug-stackframe) ${end}`, wordMs);
    return false;
  }

  /** All frames of the traceback in a peek, at the given one; without one, of the current traceback. */
  async peek(target?: FrameTarget): Promise<boolean> {
    const wanted = target ?? this.traceback.target;
    if (wanted === null) throw new Error(l10n.t("Open a frame of a traceback first."));
    if (!(await this.open(wanted, false))) return false;
    const editor = window.activeTextEditor;
    const frames = wanted.step?.stack.everyFrame.map(({ stack, index }) => stack.frames[index]!) ?? [frameOf(wanted)];
    const ownFirst = [
      ...frames.filter(({ file }) => isOwnFrame(file)),
      ...frames.filter(({ file }) => !isOwnFrame(file)),
    ];
    const places = new Map<string, Location>();
    for (const frame of ownFirst.slice(0, maxPeeked)) {
      const [located] = await this.locate(frame);
      if (located === undefined) continue;
      const at = new Location(Uri.file(located.path), new Position(located.line - 1, 0));
      places.set(`${located.path}:${located.line}`, at);
    }
    if (editor === undefined) return false;
    await commands.executeCommand(
      "editor.action.peekLocations",
      editor.document.uri,
      editor.selection.active,
      [...places.values()],
      "peek",
    );
    return true;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#hints.dispose();
    this.traceback.dispose();
  }

  #forget(): void {
    this.#lookup.files.forget();
    this.#hints.forget();
    this.#environment.forget();
  }

  /** The one file that is meant; the user is asked where several fit equally well. Null where there is none, which is said if `aloud`, or nobody chose. */
  async #choose(frame: FrameToFind, aloud: boolean): Promise<LocatedFrame | null> {
    const source = await this.#lookup.find(frame, true);
    const { found, equal } = source;
    if (found.length === 0) {
      // A disk that tells no times of change is read anew at the next question.
      this.#lookup.files.forget();
      if (aloud) tellNoSource(frame.file, source, this.log);
      return null;
    }
    const located = equal === 1 ? found[0]! : await pick(frame.file, found.slice(0, equal));
    // What was said, or is plain, teaches nothing.
    const concluded = located !== null && (located.how === "tail" || located.how === "compose" || equal > 1);
    if (concluded) await this.learned.learn(frame.file, located.path);
    return located;
  }

  /** False, after saying why, where the file cannot be opened. */
  async #show({ path, line }: LocatedFrame, toSide: boolean): Promise<boolean> {
    try {
      await reveal(path, line, toSide);
      return true;
    } catch (error) {
      // Deleted since it was found, or no text.
      this.#lookup.files.forget();
      const why = error instanceof Error ? error.message : String(error);
      void window.showErrorMessage(l10n.t("{0} could not be opened: {1}", path, why));
      return false;
    }
  }
}

/** The frame that a target names, with nothing where it says nothing. */
export function frameOf({ file, line, source, function: name }: FrameTarget): FrameToFind {
  return { file, line, source: source ?? null, function: name ?? "" };
}

async function pick(file: string, found: readonly LocatedFrame[]): Promise<LocatedFrame | null> {
  const items = found.map((located) => ({
    label: workspace.asRelativePath(located.path),
    description: stateText(located, 0).length === 0 ? located.path : `${located.path} · ${l10n.t("another text")}`,
    located,
  }));
  const choice = await window.showQuickPick(items, {
    title: l10n.t("Which file is {0}?", oneLine(file)),
    placeHolder: l10n.t("Several files fit equally well. The choice is remembered for this folder."),
    matchOnDescription: true,
  });
  return choice?.located ?? null;
}

/** Shows the line (1-based) in an editor. Rejects where the file cannot be opened. */
export async function reveal(path: string | Uri, line: number, toSide: boolean): Promise<TextEditor> {
  const document = await workspace.openTextDocument(typeof path === "string" ? Uri.file(path) : path);
  // The file may be shorter than it was when it ran.
  const { range } = document.lineAt(Math.min(Math.max(0, line - 1), document.lineCount - 1));
  const start = range.start.translate(0, document.lineAt(range.start.line).firstNonWhitespaceCharacterIndex);
  const editor = await window.showTextDocument(document, {
    viewColumn: toSide ? ViewColumn.Beside : ViewColumn.Active,
    preview: true,
    selection: new Selection(start, start),
  });
  editor.revealRange(new Range(start, start), TextEditorRevealType.InCenterIfOutsideViewport);
  return editor;
}
