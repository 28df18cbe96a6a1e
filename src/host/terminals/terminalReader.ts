import { window, type Disposable, type Terminal, type TerminalShellExecution } from "vscode";
import type { StreamPlace } from "../../files/logPlace";
import { WorkerOutput } from "../../python/workerOutput";
import type { Log } from "../log";
import type { Settings } from "../settings";
import type { Tracebacks } from "../tracebacks";
import { withoutRetaining } from "./withoutRetaining";

/**
 * Hears workers in the terminals of this window: ARQ's lines in the output of whatever command the shell integration reports (`arq …`, `docker compose up`,
 * `docker logs -f`, `kubectl logs -f`) go to the tracebacks; nothing of other output is kept. A command's output can be read from its start only, so
 * reading does not wait for a view. Nothing is read while `arq.terminals.read` is off, and where the editor has no such API (before VS Code 1.93, some forks).
 */
export class TerminalReader implements Disposable {
  readonly #subscriptions: Disposable[];
  #listening: Disposable | null = null;
  readonly #readings = new Set<Reading>();

  constructor(
    private readonly tracebacks: Pick<Tracebacks, "openStream">,
    private readonly settings: Pick<Settings, "get" | "onDidChange">,
    private readonly log: Pick<Log, "warn">,
  ) {
    this.#subscriptions = [
      settings.onDidChange((keys) => {
        if (keys.has("arq.terminals.read")) this.#follow();
      }),
      // Output that ends with its terminal never ends: the iteration would wait for ever (1.139).
      window.onDidCloseTerminal((terminal) => this.#stop((reading) => reading.terminal === terminal)),
    ];
    this.#follow();
  }

  /** Terminals whose running command is being read. */
  get read(): ReadonlySet<Terminal> {
    return new Set([...this.#readings].map(({ terminal }) => terminal));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#listening?.dispose();
    this.#stop(() => true);
  }

  #follow(): void {
    this.#listening?.dispose();
    this.#listening = null;
    if (!this.settings.get("arq.terminals.read")) this.#stop(() => true);
    else if (canReadTerminals()) {
      this.#listening = window.onDidStartTerminalShellExecution(({ terminal, execution }) => {
        void this.#read(terminal, execution);
      });
    }
  }

  async #read(terminal: Terminal, execution: TerminalShellExecution): Promise<void> {
    const reading = new Reading(terminal, this.tracebacks);
    this.#readings.add(reading);
    try {
      for await (const chunk of withoutRetaining(execution.read())) {
        if (!this.#readings.has(reading)) return;
        reading.hear(chunk);
      }
    } catch (error) {
      this.log.warn(`The output of a terminal could not be read: ${String(error)}`);
    } finally {
      this.#stop((each) => each === reading);
    }
  }

  #stop(which: (reading: Reading) => boolean): void {
    for (const reading of [...this.#readings].filter(which)) {
      this.#readings.delete(reading);
      reading.end();
    }
  }
}

/** Whether this editor can hand over what commands print. */
export function canReadTerminals(): boolean {
  return typeof (window as Partial<typeof window>).onDidStartTerminalShellExecution === "function";
}

/** The output of one command. */
class Reading {
  readonly #output = new WorkerOutput();
  #stream: ReturnType<Tracebacks["openStream"]> | null = null;

  constructor(
    readonly terminal: Terminal,
    private readonly tracebacks: Pick<Tracebacks, "openStream">,
  ) {}

  hear(chunk: string): void {
    const text = this.#output.take(chunk);
    if (text === "") return;
    const place: StreamPlace = { kind: "terminal", name: this.terminal.name };
    this.#stream ??= this.tracebacks.openStream(place);
    this.#stream.write(text);
  }

  end(): void {
    this.#stream?.end();
    this.#stream = null;
  }
}
