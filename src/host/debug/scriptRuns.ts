import {
  debug,
  type DebugConfiguration,
  type Disposable,
  env,
  extensions,
  l10n,
  Location,
  Position,
  SourceBreakpoint,
  Uri,
  window,
  workspace,
} from "vscode";

/** A line of a file, 1-based. */
interface Stop {
  readonly path: string;
  readonly line: number;
}

/** How a script is run. */
export interface ScriptRun {
  /** The script. */
  readonly file: string;
  /** For the list of sessions. */
  readonly name: string;
  readonly cwd: string;
  /** Where to stop, as the source stands at that moment; null where the script stops by itself. */
  readonly stop: (() => Promise<Stop>) | null;
}

/** A session that is restarted ends first, and needs its breakpoint again. Ms. */
const restartMs = 2000;

/** Starts scripts under the debugger, and takes the breakpoints that it set for them away when they have ended. */
export class ScriptRuns implements Disposable {
  readonly #runs = new Map<string, ScriptRun>();
  readonly #breakpoints = new Map<string, SourceBreakpoint>();
  readonly #running = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #subscriptions: Disposable[] = [
    debug.onDidStartDebugSession(({ configuration }) => this.#count(configuration, 1)),
    debug.onDidTerminateDebugSession(({ configuration }) => this.#count(configuration, -1)),
  ];

  /** How this script is run, from the code lens above it, too. */
  remember(run: ScriptRun): void {
    this.#runs.set(run.file, run);
  }

  /** Whether it is a script that was written since the window was opened. */
  knows(file: string): boolean {
    return this.#runs.has(file);
  }

  /** False where nothing can debug Python here; that is said, with what can be done instead. */
  async start(file: string): Promise<boolean> {
    const run = this.#runs.get(file);
    if (run === undefined)
      throw new Error(l10n.t("Debug the job again: how this script is run is not known any more."));
    const type = debuggerType();
    if (type === null) {
      void tellNoDebugger(run);
      return false;
    }
    const document = workspace.textDocuments.find(({ uri }) => uri.fsPath === file);
    if (document?.isDirty === true) await document.save();
    const stop = (await run.stop?.()) ?? null;
    this.#setBreakpoint(file, stop);
    const configuration: DebugConfiguration = {
      type,
      request: "launch",
      name: run.name,
      program: file,
      cwd: run.cwd,
      console: "integratedTerminal",
      justMyCode: false,
    };
    let started = false;
    try {
      started = await debug.startDebugging(folderOf(run, stop), configuration);
    } finally {
      if (!started) this.#removeBreakpoint(file);
    }
    return started;
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const file of this.#breakpoints.keys()) this.#removeBreakpoint(file);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #setBreakpoint(file: string, stop: Stop | null): void {
    this.#removeBreakpoint(file);
    if (stop === null) return;
    const uri = Uri.file(stop.path);
    const line = stop.line - 1;
    const there = debug.breakpoints.some(
      (each) =>
        each instanceof SourceBreakpoint &&
        each.enabled &&
        each.location.uri.toString() === uri.toString() &&
        each.location.range.start.line === line,
    );
    // The user's own stays the user's.
    if (there) return;
    const breakpoint = new SourceBreakpoint(new Location(uri, new Position(line, 0)), true);
    this.#breakpoints.set(file, breakpoint);
    debug.addBreakpoints([breakpoint]);
  }

  #removeBreakpoint(file: string): void {
    const breakpoint = this.#breakpoints.get(file);
    if (breakpoint === undefined) return;
    this.#breakpoints.delete(file);
    debug.removeBreakpoints([breakpoint]);
  }

  #count({ program }: DebugConfiguration, by: 1 | -1): void {
    if (typeof program !== "string" || !this.#runs.has(program)) return;
    const running = Math.max(0, (this.#running.get(program) ?? 0) + by);
    this.#running.set(program, running);
    if (running > 0) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#running.get(program) === 0) this.#removeBreakpoint(program);
    }, restartMs);
    this.#timers.add(timer);
  }
}

/** `debugpy` is what the Python extensions call it since 2023; null where no extension brings either. */
function debuggerType(): string | null {
  const types = new Set(
    extensions.all.flatMap(({ packageJSON }) => {
      const { contributes } = (packageJSON ?? {}) as { contributes?: { debuggers?: unknown } };
      const debuggers: unknown[] = Array.isArray(contributes?.debuggers) ? contributes.debuggers : [];
      return debuggers.map((each) => (each as { type?: unknown } | null)?.type);
    }),
  );
  return ["debugpy", "python"].find((type) => types.has(type)) ?? null;
}

/** The folder of the failing line, so that its settings and its `.env` hold. */
function folderOf({ cwd }: ScriptRun, stop: Stop | null) {
  const [first] = workspace.workspaceFolders ?? [];
  return (
    (stop === null ? undefined : workspace.getWorkspaceFolder(Uri.file(stop.path))) ??
    workspace.getWorkspaceFolder(Uri.file(cwd)) ??
    first
  );
}

async function tellNoDebugger({ file, cwd }: ScriptRun): Promise<void> {
  const copy = l10n.t("Copy Command");
  const message = l10n.t(
    "No extension here can debug Python: install Python Debugger (ms-python.debugpy). The script can also be run in a terminal, from {0}.",
    cwd,
  );
  if ((await window.showWarningMessage(message, copy)) === copy) await env.clipboard.writeText(`python "${file}"`);
}
