import { Disposable, languages, window, type Hover, type Position, type TextDocument } from "vscode";
import type { FrameOpener } from "./openFrame";
import type { LineHistory } from "../blame";
import type { GroupFrames } from "../groupFrames";
import type { LiveGroups } from "../liveGroups";
import type { Session } from "../session";
import type { Settings } from "../settings";
import { connectionText } from "./failingLine";
import { FailingNotes, isPythonFile, type ShownNote } from "./failingNotes";
import { FailingPlaces } from "./failingPlaces";
import { FailingProblems } from "./failingProblems";

/** A look at another kind of file does not end it: worker logs would be read from the beginning again. Ms. */
const lookAwayMs = 30_000;

export interface FailingLinesParts {
  readonly session: Session;
  readonly settings: Settings;
  readonly liveGroups: LiveGroups;
  readonly groupFrames: GroupFrames;
  readonly frames: FrameOpener;
  readonly lineHistory: LineHistory;
  /** For links into this window. */
  readonly extensionId: string;
}

/**
 * Tells of live error groups at the lines that fail: as notes in visible editors, and as entries of Problems where that is wanted. Asks for nothing before the first Python file, or a
 * view of ours, can be seen, and for no more than the status bar does: of Redis only what is announced or polled in the background, and one job of each group.
 */
export class FailingLines implements Disposable {
  readonly #places: FailingPlaces;
  readonly #subscriptions: readonly Disposable[];
  #notes: { readonly drawn: FailingNotes; readonly hovers: Disposable } | null = null;
  #problems: FailingProblems | null = null;
  #watch: Disposable | null = null;
  #release: NodeJS.Timeout | null = null;
  #woken = false;

  constructor(private readonly parts: FailingLinesParts) {
    const { session, settings, liveGroups, groupFrames, frames } = parts;
    this.#places = new FailingPlaces(liveGroups, groupFrames, frames);
    this.#places.onDidChange(() => this.#show());
    frames.traceback.isTold = (document, line, { type, message }) => {
      const note = this.#notes?.drawn.at(document, line) ?? null;
      if (note === null || note.state === "edited") return false;
      const [{ group }] = note.entry.groups;
      return group.type === type && group.sample === message;
    };
    this.#subscriptions = [
      window.onDidChangeVisibleTextEditors(() => this.#follow()),
      settings.onDidChange((keys) => {
        if (keys.has("arq.failingLines.enabled") || keys.has("arq.problems.enabled")) this.#follow();
      }),
      session.onDidChange(() => {
        if (!this.#woken) this.#follow();
      }),
    ];
    this.#follow();
  }

  /** What stands in visible editors now. */
  get shown(): readonly ShownNote[] {
    return this.#notes?.drawn.shown ?? [];
  }

  /** Whether anything is looked for at all. */
  get following(): boolean {
    return this.#places.following;
  }

  /** What the mouse finds here; null away from failing lines. */
  async hover(document: TextDocument, position: Position): Promise<Hover | null> {
    const found = this.#notes?.drawn.at(document, position.line) ?? null;
    const { connection } = this.parts.session;
    const now = this.#places.groupsNow;
    if (found === null || connection === null || now === null) return null;
    const { failingHover } = await import("./failingHover");
    const blame = await this.parts.lineHistory.of(document.uri.fsPath, position.line + 1);
    const where = connectionText(connection);
    const contents = failingHover(found.entry, found.state, { now: now.at, where, connection: now.connection, blame });
    return { contents: [contents], range: document.lineAt(position.line).range };
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    if (this.#release !== null) clearTimeout(this.#release);
    this.#setNotes(false);
    this.#setProblems(false);
    this.#watch?.dispose();
    this.#places.dispose();
  }

  #follow(): void {
    const { session, settings } = this.parts;
    const seen = window.visibleTextEditors.some(({ document }) => isPythonFile(document));
    this.#woken ||= seen || session.demand === "visible";
    const notes = settings.get("arq.failingLines.enabled");
    const problems = settings.get("arq.problems.enabled") && this.#woken;
    const another = [this.#setNotes(notes), this.#setProblems(problems)].includes(true);
    if (this.#release !== null) clearTimeout(this.#release);
    this.#release = null;
    if ((notes && seen) || problems) {
      this.#watch ??= session.watch("background");
      this.#places.follow();
      // Not without need: while somebody types, notes know better where their lines are.
      if (another) this.#show();
    } else if (!notes && !problems) {
      this.#rest();
      if (another) this.parts.frames.traceback.redraw();
    } else if (this.#watch !== null) this.#release = setTimeout(() => this.#rest(), lookAwayMs);
  }

  #rest(): void {
    this.#watch?.dispose();
    this.#watch = null;
    this.#places.rest();
  }

  /** False where it was so before. */
  #setNotes(on: boolean): boolean {
    if (on === (this.#notes !== null)) return false;
    if (this.#notes === null) {
      const drawn = new FailingNotes();
      const provideHover = (document: TextDocument, position: Position) => this.hover(document, position);
      const hovers = languages.registerHoverProvider({ language: "python", scheme: "file" }, { provideHover });
      this.#notes = { drawn, hovers };
    } else {
      Disposable.from(this.#notes.drawn, this.#notes.hovers).dispose();
      this.#notes = null;
    }
    return true;
  }

  /** False where it was so before. */
  #setProblems(on: boolean): boolean {
    if (on === (this.#problems !== null)) return false;
    this.#problems?.dispose();
    this.#problems = on ? new FailingProblems(this.parts.extensionId, this.parts.frames) : null;
    return true;
  }

  #show(): void {
    const { connection } = this.parts.session;
    const { files, groupsNow } = this.#places;
    const known = connection !== null && groupsNow?.connection === connection.name ? files : new Map<string, never>();
    this.#notes?.drawn.show(known, groupsNow?.at ?? 0, connection === null ? "" : connectionText(connection));
    this.parts.frames.traceback.redraw();
    if (connection === null) this.#problems?.clear();
    else void this.#problems?.show(known, connection);
  }
}
