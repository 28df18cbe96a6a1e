import { commands, EventEmitter, type Disposable, type Event, type Memento } from "vscode";
import type { Settings } from "./settings";

/** Why arguments and results stay behind one click. */
export type HiddenBy = "switch" | "production" | "setting";

const key = "arq.valuesHidden";

/**
 * Whether arguments and results are shown: the setting `arq.privacy.hideValues`, and a switch for a moment, such as a shared screen. The switch only hides:
 * off, the setting counts again. It is remembered in the workspace, so that a reload in the middle of a call shows nothing.
 */
export class ValuePrivacy implements Disposable {
  readonly #changed = new EventEmitter<void>();
  /** Counts up whenever the switch hides: what was opened by hand before is hidden with all the rest. */
  #hidings = 0;

  constructor(
    private readonly settings: Settings,
    private readonly memory: Memento,
  ) {
    this.#announce();
  }

  /** The switch was used. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  get switchedOn(): boolean {
    return this.memory.get<boolean>(key) === true;
  }

  get hidings(): number {
    return this.#hidings;
  }

  /** Null: values are shown. */
  hiddenBy(production: boolean): HiddenBy | null {
    if (this.switchedOn) return "switch";
    const setting = this.settings.get("arq.privacy.hideValues");
    if (setting === "always") return "setting";
    return setting === "production" && production ? "production" : null;
  }

  async set(hidden: boolean): Promise<void> {
    // The memory answers with the new value at once, and is written in its own time.
    const written = this.memory.update(key, hidden ? true : undefined);
    if (hidden) this.#hidings++;
    this.#announce();
    this.#changed.fire();
    await written;
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #announce(): void {
    void commands.executeCommand("setContext", key, this.switchedOn);
  }
}
