import { Uri, workspace, type Disposable, type TextDocument } from "vscode";
import type { LocatedFrame } from "../../python/locatedFrame";
import type { FailingFrame, GroupFrames } from "../groupFrames";
import { type GroupsNow, type LiveGroups, liveMs } from "../liveGroups";
import { byLine, type FailingGroup, type FailingLine } from "./failingLine";
import { isPythonFile } from "./failingNotes";
import { locateOwn } from "./locateOwn";
import type { FrameOpener } from "./openFrame";

/** Git, or another program, may write a file without anybody here hearing of it. Ms. */
const staleMs = 30_000;
/** Typing is over when nothing was typed for so long. Ms. */
const settleMs = 400;

/** Lines by `Uri.toString()` of their file. */
export type FailingFiles = ReadonlyMap<string, readonly FailingLine[]>;

/**
 * Where in the open folders live error groups fail: each at the deepest own frame, in the one file that it means, at the line where the printed text stands now. A group of
 * which no file or more than one may be meant has no place. A file is looked at again a moment after its text has changed. Works while `follow` was called and not disposed of.
 */
export class FailingPlaces implements Disposable {
  readonly #listeners = new Set<() => void>();
  readonly #located = new Map<string, { readonly at: number; readonly found: LocatedFrame | null }>();
  #files: FailingFiles = new Map();
  #groups: GroupsNow | null = null;
  #following: readonly Disposable[] | null = null;
  #settling: NodeJS.Timeout | null = null;
  /** Counts up with whatever makes an answer that is on its way an old one. */
  #version = 0;
  /** Counts up with whatever a lookup that is on its way may have read before it was so. */
  #sources = 0;

  constructor(
    private readonly groups: LiveGroups,
    private readonly frames: GroupFrames,
    private readonly opener: Pick<FrameOpener, "locateOne">,
  ) {}

  get files(): FailingFiles {
    return this.#files;
  }

  /** What the groups were when `files` was made; null without any. */
  get groupsNow(): GroupsNow | null {
    return this.#groups;
  }

  /** Told whenever the groups were looked at again, also when every line is where it was. */
  onDidChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  get following(): boolean {
    return this.#following !== null;
  }

  follow(): void {
    if (this.#following !== null) return;
    const moved = (): void => {
      this.#sources++;
      this.#located.clear();
      void this.#update();
    };
    this.#following = [
      this.groups.onDidChange(() => void this.#update()),
      this.frames.onDidFind(() => void this.#update()),
      this.groups.use(),
      this.frames.follow(this),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#textChanged(document);
      }),
      // From then on it is the editor's text that counts, or the disk's again.
      workspace.onDidOpenTextDocument((document) => this.#textChanged(document)),
      workspace.onDidCloseTextDocument((document) => this.#textChanged(document)),
      workspace.onDidChangeWorkspaceFolders(moved),
      workspace.onDidCreateFiles(moved),
      workspace.onDidDeleteFiles(moved),
      workspace.onDidRenameFiles(moved),
      workspace.onDidChangeConfiguration((event) => event.affectsConfiguration("arq") && moved()),
    ];
    void this.#update();
  }

  rest(): void {
    if (this.#following === null) return;
    for (const each of this.#following) each.dispose();
    this.#following = null;
    this.#located.clear();
    this.#version++;
    this.#sources++;
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#settling = null;
    this.#groups = null;
    this.#tell(new Map());
  }

  /** Lines of this file are looked for again once nothing was typed for a moment; for the one who types, that costs a look at what was located. */
  #textChanged(document: TextDocument): void {
    if (!isPythonFile(document)) return;
    this.#version++;
    this.#sources++;
    const path = document.uri.fsPath;
    for (const [key, { found }] of this.#located) {
      if (found?.path === path) this.#located.delete(key);
    }
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#settling = null;
      void this.#update();
    }, settleMs);
  }

  dispose(): void {
    this.#listeners.clear();
    this.rest();
  }

  async #update(): Promise<void> {
    const { now } = this.groups;
    const live = (now?.heard ?? []).filter(({ lastAt }) => now !== null && lastAt >= now.at - liveMs);
    this.frames.want(this, live);
    // While somebody types, `#textChanged` looks again afterwards.
    if (this.#settling !== null) return;
    const version = ++this.#version;
    const asked = new Set<string>();
    const placed = new Map<string, (FailingGroup & { readonly line: number })[]>();
    for (const group of live) {
      const frame = this.frames.of(group.key);
      const place = frame === null ? null : await this.#place(frame);
      if (version !== this.#version || this.#following === null) return;
      if (frame !== null) asked.add(keyOf(frame));
      if (frame === null || place === null) continue;
      const { path, line, text } = place;
      placed.set(path, [...(placed.get(path) ?? []), { group, frame, state: text, line }]);
    }
    for (const key of this.#located.keys()) if (!asked.has(key)) this.#located.delete(key);
    this.#groups = now;
    this.#tell(new Map([...placed].map(([path, groups]) => [Uri.file(path).toString(), byLine(path, groups)])));
  }

  async #place(frame: FailingFrame): Promise<LocatedFrame | null> {
    const key = keyOf(frame);
    const now = performance.now();
    const known = this.#located.get(key);
    if (known !== undefined && now - known.at <= staleMs) return known.found;
    const sources = this.#sources;
    const found = await locateOwn(this.opener, frame);
    if (sources === this.#sources) this.#located.set(key, { at: now, found });
    return found;
  }

  #tell(files: FailingFiles): void {
    if (files.size === 0 && this.#files.size === 0) return;
    this.#files = files;
    for (const listener of this.#listeners) listener();
  }
}

function keyOf({ file, line, function: name, source }: FailingFrame): string {
  return JSON.stringify([file, line, name, source]);
}
