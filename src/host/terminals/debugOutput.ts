import type { debug, DebugAdapterTracker, DebugSession, Disposable } from "vscode";
import type { StreamPlace } from "../../files/logPlace";
import { WorkerOutput } from "../../python/workerOutput";
import type { Settings } from "../settings";
import type { Tracebacks } from "../tracebacks";

/**
 * Hears workers in debug consoles: what the debugged program writes to its output, of every kind of debugger, since a worker may run behind any
 * (debugpy, a container's). What the debugger itself says is not the program's. Off by `arq.terminals.read`.
 */
export class DebugOutput implements Disposable {
  readonly #subscriptions: readonly Disposable[];
  readonly #running = new Set<SessionOutput>();

  constructor(
    tracebacks: Pick<Tracebacks, "openStream">,
    settings: Pick<Settings, "get" | "onDidChange">,
    debuggers: Pick<typeof debug, "registerDebugAdapterTrackerFactory">,
  ) {
    const heard = () => (settings.get("arq.terminals.read") ? tracebacks : null);
    this.#subscriptions = [
      debuggers.registerDebugAdapterTrackerFactory("*", {
        createDebugAdapterTracker: (session) => {
          const output = new SessionOutput(session, heard, () => this.#running.delete(output));
          this.#running.add(output);
          return output;
        },
      }),
      // What was heard is forgotten then; what is written after it is turned on again begins anew.
      settings.onDidChange((keys) => {
        if (keys.has("arq.terminals.read")) for (const output of this.#running) output.end();
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

type Channel = "stdout" | "stderr";
type Stream = ReturnType<Tracebacks["openStream"]>;

/** The output of one debugged process. Its two channels come in pieces that may lie between one another's. */
class SessionOutput implements DebugAdapterTracker {
  readonly #channels: Record<Channel, { readonly output: WorkerOutput; stream: Stream | null }> = {
    stdout: { output: new WorkerOutput(), stream: null },
    stderr: { output: new WorkerOutput(), stream: null },
  };

  constructor(
    private readonly session: DebugSession,
    /** Null while nothing is to be read. Asked for a worker's lines only: reading a setting costs more than most messages. */
    private readonly tracebacks: () => Pick<Tracebacks, "openStream"> | null,
    private readonly onEnd: () => void,
  ) {}

  onDidSendMessage(message: unknown): void {
    const written = writtenBy(message);
    if (written === null) return;
    const channel = this.#channels[written.channel];
    const text = channel.output.take(written.text);
    const tracebacks = text === "" ? null : this.tracebacks();
    if (tracebacks === null) return;
    const place: StreamPlace = { kind: "debugConsole", name: this.session.name };
    channel.stream ??= tracebacks.openStream(place);
    channel.stream.write(text);
  }

  onWillStopSession(): void {
    this.end();
    // Adapters that run in the editor's own process tell no exit.
    this.onEnd();
  }

  onExit(): void {
    this.end();
  }

  /** What comes after it is a stream of its own: a program may write on while its session stops. */
  end(): void {
    for (const channel of Object.values(this.#channels)) {
      channel.stream?.end();
      channel.stream = null;
    }
  }
}

/** What the program wrote, of an `output` event of the Debug Adapter Protocol; null for every other message. */
function writtenBy(message: unknown): { readonly channel: Channel; readonly text: string } | null {
  const { type, event, body } = (message ?? {}) as Record<string, unknown>;
  if (type !== "event" || event !== "output" || typeof body !== "object" || body === null) return null;
  // Adapters that tell no channels say nothing of one.
  const { category = "stdout", output } = body as Record<string, unknown>;
  if (typeof output !== "string") return null;
  return category === "stdout" || category === "stderr" ? { channel: category, text: output } : null;
}
