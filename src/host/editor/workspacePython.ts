import { workspace, type Disposable } from "vscode";
import type { PythonFileList } from "../../files/pythonFileList";

/** Keeps a list of Python files to what is created, deleted and renamed, from the first question on. */
export class WorkspacePython implements Disposable {
  #subscriptions: Disposable[] | null = null;

  constructor(private readonly files: PythonFileList) {}

  watch(): void {
    if (this.#subscriptions !== null) return;
    const { files } = this;
    const watcher = workspace.createFileSystemWatcher("**/*.py", false, true, false);
    this.#subscriptions = [
      watcher,
      watcher.onDidCreate(({ fsPath }) => files.created(fsPath)),
      watcher.onDidDelete(({ fsPath }) => files.deleted(fsPath)),
      // What happens to folders is not told file by file.
      workspace.onDidDeleteFiles(({ files: gone }) => gone.forEach(({ fsPath }) => files.deleted(fsPath))),
      workspace.onDidRenameFiles(() => files.forget()),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions ?? []) subscription.dispose();
  }
}
