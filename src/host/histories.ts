import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Uri } from "vscode";
import { forgetTold, ToldOnce } from "../files/toldOnce";
import type { HistoryStore } from "../monitor/ports";
import type { Connection } from "./connectionList";
import type { Log } from "./log";
import type { Settings } from "./settings";

/**
 * Where the history of each connection is kept: a folder of its own in the extension's storage on this machine (of a remote window: the remote one). Its name is a
 * hash of address, prefix and name, so that no path tells where somebody's Redis is.
 */
export class Histories {
  readonly #root: string | null;
  readonly #told: string | null;

  constructor(
    storage: Uri,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {
    // VS Code for the Web keeps its storage in the browser, where no files are appended to.
    const folder = storage.scheme === "file" || storage.scheme === "vscode-remote" ? storage.fsPath : null;
    this.#root = folder === null ? null : join(folder, "history");
    this.#told = folder === null ? null : join(folder, "told");
  }

  /** What one window of all on this machine tells; the same may be told again after `restMs`. Where no history is kept, each window tells for itself. */
  toldOnce(restMs: number): ToldOnce {
    return new ToldOnce(() => (this.settings.get("arq.history.enabled") ? this.#told : null), restMs);
  }

  /** What was told may be told again: the names of its files do not say of which connection it was. */
  async forgetTold(): Promise<void> {
    if (this.#told !== null) await forgetTold(this.#told);
  }

  /** Null where nothing is to be kept. */
  async open(connection: Connection): Promise<HistoryStore | null> {
    return this.settings.get("arq.history.enabled") ? this.#store(connection) : null;
  }

  /** Removes what was kept of a connection that is not watched now. Rejects when files cannot be removed. */
  async clear(connection: Connection): Promise<void> {
    await (await this.#store(connection))?.clear(Date.now());
  }

  /** Removes what was kept of every other connection, also of those that are no longer in the settings. Rejects when files cannot be removed. */
  async clearAll(except: Connection | null): Promise<void> {
    if (this.#root === null) return;
    const { clearHistories } = await import("../files/historyStore");
    await clearHistories(this.#root, except === null ? null : folderOf(except), Date.now(), this.log);
  }

  async #store(connection: Connection): Promise<HistoryStore | null> {
    if (this.#root === null) return null;
    const { openHistoryStore } = await import("../files/historyStore");
    return openHistoryStore({ folder: join(this.#root, folderOf(connection)), logger: this.log });
  }
}

/** Stable, and without anything that could be read back. */
export function folderOf({ address, prefix, name }: Pick<Connection, "address" | "prefix" | "name">): string {
  return createHash("sha256")
    .update(JSON.stringify([address, prefix, name]))
    .digest("hex")
    .slice(0, 32);
}
