import {
  EventEmitter,
  RelativePattern,
  type Disposable,
  type Event,
  type TextDocument,
  workspace,
  type WorkspaceFolder,
} from "vscode";
import type { TaskFiles } from "../../files/taskFiles";
import type { DefinitionsFound, TaskCode } from "../../python/tasks/taskCode";
import type { Log } from "../log";
import { workspaceRoots } from "./workspaceRoots";

/** What changes is read this long after the last change, ms: a burst of keystrokes, or a checkout of another branch, is one. */
const quietMs = 300;
/** A burst that does not end is read in between. */
const longestMs = 2000;

/**
 * What the Python files in the open folders say about tasks. Reads and watches nothing until it is asked for the first time; then keeps itself current, unsaved
 * text included. A keystroke costs a note of the file's name; all else is done later, in slices of a few milliseconds.
 */
export class WorkspaceTasks implements Disposable {
  readonly #changed = new EventEmitter<TaskCode>();
  readonly #subscriptions: Disposable[] = [];
  #watchers: Disposable[] = [];
  #files: Promise<TaskFiles> | null = null;
  #current: TaskCode | null = null;
  #reading: Promise<TaskCode> | null = null;
  /** Changes that are not read yet. */
  readonly #pending = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #pendingSince = 0;
  #disposed = false;

  constructor(private readonly log: Log) {}

  /** The snapshot that was read last; null before the first. */
  get current(): TaskCode | null {
    return this.#current;
  }

  /** There is another snapshot. */
  get onDidChange(): Event<TaskCode> {
    return this.#changed.event;
  }

  /** What is known with all that changed until now; the first call reads the open folders. */
  async ready(): Promise<TaskCode> {
    const isCurrent = this.#files !== null && this.#pending.size === 0 && this.#reading === null;
    return isCurrent && this.#current !== null ? this.#current : this.#read();
  }

  /** Where the function may be defined that ARQ knows by this name; on this queue, where one is given. */
  async definitionsOf(name: string, queue?: string): Promise<DefinitionsFound> {
    return (await this.ready()).definitionsOf(name, queue);
  }

  dispose(): void {
    this.#disposed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const subscription of [...this.#subscriptions, ...this.#watchers]) subscription.dispose();
    this.#changed.dispose();
  }

  /** Reads until nothing is pending. Those who ask meanwhile get the same. */
  #read(): Promise<TaskCode> {
    this.#reading ??= this.#readAll().finally(() => (this.#reading = null));
    return this.#reading;
  }

  async #readAll(): Promise<TaskCode> {
    const began = performance.now();
    const isFirst = this.#current === null;
    let code: TaskCode;
    do {
      // Before the files are read: what changes from now on is pending again.
      const from = (this.#files ??= this.#open());
      const changed = [...this.#pending];
      this.#pending.clear();
      const files = await from;
      for (const path of changed) files.change(path);
      code = await files.read();
    } while ((this.#pending.size > 0 || this.#files === null) && !this.#disposed);
    if (isFirst) {
      const { files, tasks, settings } = code;
      const took = (performance.now() - began).toFixed(0);
      this.log.info(
        `Read ${files} Python files in ${took} ms: ${tasks.length} tasks, ${settings.length} worker settings.`,
      );
    }
    this.#current = code;
    if (!this.#disposed) this.#changed.fire(code);
    return code;
  }

  async #open(): Promise<TaskFiles> {
    this.#watch();
    const module = await import("../../files/taskFiles");
    return new module.TaskFiles({ roots: workspaceRoots(), openText });
  }

  #watch(): void {
    // Somebody still asks while the window closes.
    if (this.#disposed) return;
    this.#watchFolders(workspace.workspaceFolders ?? []);
    if (this.#subscriptions.length > 0) return;
    this.#subscriptions.push(
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#noteDocument(document);
      }),
      // What was typed and not saved is gone then.
      workspace.onDidCloseTextDocument((document) => this.#noteDocument(document)),
      workspace.onDidDeleteFiles(({ files }) => files.forEach(({ fsPath }) => void this.#noteGone(fsPath))),
      workspace.onDidRenameFiles(({ files }) => files.forEach(({ oldUri }) => void this.#noteGone(oldUri.fsPath))),
      workspace.onDidChangeWorkspaceFolders(() => {
        this.#files = null;
        this.#later();
      }),
    );
  }

  #watchFolders(folders: readonly WorkspaceFolder[]): void {
    for (const watcher of this.#watchers) watcher.dispose();
    this.#watchers = folders.flatMap((folder) => {
      if (folder.uri.scheme !== "file") return [];
      const written = workspace.createFileSystemWatcher(new RelativePattern(folder, "**/*.py"), false, false, true);
      // Of a folder that is deleted or moved in with all that is in it, VS Code tells the folder alone; and it may miss what is made at once with its folder.
      const folders = workspace.createFileSystemWatcher(new RelativePattern(folder, "**"), false, true, false);
      const note = ({ fsPath }: { readonly fsPath: string }): void => this.#note(fsPath);
      return [
        written,
        written.onDidCreate(note),
        written.onDidChange(note),
        folders,
        folders.onDidCreate(({ fsPath }) => void this.#noteMade(fsPath)),
        folders.onDidDelete(({ fsPath }) => void this.#noteGone(fsPath)),
      ];
    });
  }

  #noteDocument({ uri, languageId }: TextDocument): void {
    if (languageId === "python" && uri.scheme === "file") this.#note(uri.fsPath);
  }

  /** All that is made comes here, so nothing is read again for what is no folder of the user's code. */
  async #noteMade(path: string): Promise<void> {
    const files = path.endsWith(".py") ? undefined : await this.#files?.catch(() => undefined);
    if ((await files?.mayHold(path)) === true) this.#note(path);
  }

  /** All that is deleted comes here, so nothing is read again for what holds no Python. */
  async #noteGone(path: string): Promise<void> {
    // That they could not be opened is told to who asked for them.
    const files = path.endsWith(".py") ? null : await this.#files?.catch(() => undefined);
    if (files === null || files?.hasFolder(path)) this.#note(path);
  }

  #note(path: string): void {
    if (this.#disposed) return;
    this.#pending.add(path);
    this.#later();
  }

  #later(): void {
    const now = performance.now();
    if (this.#timer === null) this.#pendingSince = now;
    else if (now - this.#pendingSince > longestMs - quietMs) return;
    else clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#read().catch((error: unknown) => this.log.error(`Python files could not be read: ${String(error)}`));
    }, quietMs);
  }
}

/** The text of a file that is open. Saved ones are read from the disk, where they are the same. */
function openText(file: string): string | undefined {
  return workspace.textDocuments
    .find(({ isDirty, uri }) => isDirty && uri.scheme === "file" && uri.fsPath === file)
    ?.getText();
}
