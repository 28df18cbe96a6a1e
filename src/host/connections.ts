import { homedir } from "node:os";
import { ConfigurationTarget, EventEmitter, workspace, type Disposable, type Event, type Memento } from "vscode";
import type { Logger } from "../monitor/ports";
import { withoutPassword } from "../redis/connectionUrl";
import { type Connection, type ConnectionList, readConnections } from "./connectionList";
import type { Secrets } from "./secrets";
import type { Settings } from "./settings";

/** A new entry for `arq.connections`. Its URL holds no password. */
export interface NewConnection {
  readonly name: string;
  readonly url: string;
  readonly environment?: string;
}

const activeKey = "arq.activeConnection";

/** The configured connections and which of them is active. The choice is remembered per workspace. */
export class Connections implements Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly #subscriptions: Disposable[];
  #list: ConnectionList;
  #warned = "";

  constructor(
    private readonly settings: Settings,
    private readonly secrets: Secrets,
    private readonly memory: Memento,
    private readonly logger: Logger,
  ) {
    this.#list = this.#read();
    this.#subscriptions = [
      settings.onDidChange((keys) => {
        if (keys.has("arq.connections")) this.#reread();
      }),
      // What ${workspaceFolder} stands for.
      workspace.onDidChangeWorkspaceFolders(() => this.#reread()),
      // Trust brings the workspace's own settings, and VS Code tells of them in either order.
      workspace.onDidGrantWorkspaceTrust(() => this.#reread()),
    ];
  }

  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  get all(): readonly Connection[] {
    return this.#list.connections;
  }

  /** One sentence per entry that is wrong, naming it. */
  get problems(): readonly string[] {
    return this.#list.problems;
  }

  /** The remembered one, else the first; null when none is configured. */
  get active(): Connection | null {
    const name = this.memory.get<string>(activeKey);
    return this.all.find((connection) => connection.name === name) ?? this.all[0] ?? null;
  }

  async activate(name: string): Promise<void> {
    await this.memory.update(activeKey, name);
    this.#changed.fire();
  }

  /** Adds (or replaces by name) an entry in the workspace's settings, or the user's when no folder is open, and activates it. */
  async save(connection: NewConnection): Promise<void> {
    const target =
      workspace.workspaceFolders === undefined ? ConfigurationTarget.Global : ConfigurationTarget.Workspace;
    const kept = this.#entriesAt(target).filter((entry) => nameOf(entry) !== connection.name);
    // Remembered first, so that the change of the setting connects to the new one at once.
    await this.memory.update(activeKey, connection.name);
    await workspace.getConfiguration().update("arq.connections", [...kept, connection], target);
    this.#reread();
  }

  /** Moves a password written into the setting over to SecretStorage, and rewrites the setting without it. */
  async movePassword(connection: Connection): Promise<void> {
    const inspected = workspace.getConfiguration().inspect<unknown[]>("arq.connections");
    const places = [
      { target: ConfigurationTarget.Workspace, value: inspected?.workspaceValue },
      { target: ConfigurationTarget.Global, value: inspected?.globalValue },
    ];
    for (const { target, value } of places) {
      if (!Array.isArray(value) || !value.some((entry) => nameOf(entry) === connection.name)) continue;
      const { password } = withoutPassword(connection.url);
      if (password === null) return;
      // Stored before it is taken out: a failure in between must not lose it.
      await this.secrets.set(connection, password);
      const rewritten = (value as readonly unknown[]).map((entry) => {
        if (nameOf(entry) !== connection.name) return entry;
        const { url, ...rest } = entry as { url?: unknown };
        return typeof url === "string" ? { ...rest, url: withoutPassword(url).url } : entry;
      });
      await workspace.getConfiguration().update("arq.connections", rewritten, target);
      this.#reread();
      return;
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #entriesAt(target: ConfigurationTarget): readonly unknown[] {
    const inspected = workspace.getConfiguration().inspect<unknown>("arq.connections");
    const value = target === ConfigurationTarget.Global ? inspected?.globalValue : inspected?.workspaceValue;
    return Array.isArray(value) ? value : [];
  }

  #reread(): void {
    this.#list = this.#read();
    this.#changed.fire();
  }

  #read(): ConnectionList {
    // VS Code withholds restricted settings of an untrusted workspace by itself; asked again here, because a password hangs on it.
    const configured = workspace.isTrusted
      ? this.settings.get("arq.connections")
      : this.#entriesAt(ConfigurationTarget.Global);
    const folders = { workspace: workspace.workspaceFolders?.[0]?.uri.fsPath ?? null, home: homedir() };
    const list = readConnections(configured, process.env, folders);
    const warning = list.problems.join("\n");
    if (warning !== this.#warned) {
      this.#warned = warning;
      for (const problem of list.problems) this.logger.warn(problem);
    }
    return list;
  }
}

function nameOf(entry: unknown): string | null {
  if (typeof entry !== "object" || entry === null) return null;
  const { name } = entry as { name?: unknown };
  return typeof name === "string" ? name.trim() : null;
}
