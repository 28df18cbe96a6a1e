import { EventEmitter, type Disposable, type Event, type SecretStorage } from "vscode";
import type { Connection } from "./connectionList";

/**
 * Passwords of connections, in VS Code's SecretStorage. Never in settings, never logged.
 * Kept by name *and* address: a workspace that reuses a name for its own server must not be handed another server's password.
 */
export class Secrets implements Disposable {
  readonly #changed = new EventEmitter<string>();
  readonly #subscription: Disposable;

  constructor(private readonly storage: SecretStorage) {
    this.#subscription = storage.onDidChange(({ key }) => this.#changed.fire(key));
  }

  /** Fires also for changes made in other windows. */
  get onDidChange(): Event<string> {
    return this.#changed.event;
  }

  keyOf(connection: Pick<Connection, "name" | "address">): string {
    return `arq.password:${connection.name}@${connection.address}`;
  }

  async get(connection: Pick<Connection, "name" | "address">): Promise<string | null> {
    return (await this.storage.get(this.keyOf(connection))) ?? null;
  }

  /** An empty password removes what is stored. */
  async set(connection: Pick<Connection, "name" | "address">, password: string): Promise<void> {
    if (password === "") await this.storage.delete(this.keyOf(connection));
    else await this.storage.store(this.keyOf(connection), password);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
