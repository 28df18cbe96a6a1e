import assert from "node:assert/strict";
import type { DebugAdapterTracker, DebugAdapterTrackerFactory, DebugSession, Disposable } from "vscode";
import type { SettingKey } from "../../../src/host/contributions/settings";
import { DebugOutput } from "../../../src/host/terminals/debugOutput";

const line = (id: string): string => `12:30:01:   0.05s → ${id}:charge()\n`;

describe("what a debugged worker writes", () => {
  let isRead: boolean;
  let streams: { name: string; text: string; ended: boolean }[];
  let listeners: ((keys: ReadonlySet<SettingKey>) => void)[];
  let tracker: DebugAdapterTracker;
  let listening: DebugOutput;
  const gone: Disposable = { dispose: () => undefined };

  beforeEach(() => {
    isRead = true;
    streams = [];
    listeners = [];
    let factory: DebugAdapterTrackerFactory | null = null;
    const tracebacks = {
      openStream: ({ name }: { name: string }) => {
        const stream = { name, text: "", ended: false };
        streams.push(stream);
        return { write: (text: string) => void (stream.text += text), end: () => void (stream.ended = true) };
      },
    };
    const settings = {
      get: () => isRead,
      onDidChange: (listener: (keys: ReadonlySet<SettingKey>) => void) => {
        listeners.push(listener);
        return gone;
      },
    };
    const registerDebugAdapterTrackerFactory = (_: string, made: DebugAdapterTrackerFactory) => {
      factory = made;
      return gone;
    };
    listening = new DebugOutput(tracebacks, settings as never, { registerDebugAdapterTrackerFactory });
    const made: DebugAdapterTrackerFactory = factory!;
    tracker = made.createDebugAdapterTracker({ name: "worker" } as DebugSession) as DebugAdapterTracker;
  });
  afterEach(() => listening.dispose());

  const write = (output: string, category = "stdout") =>
    tracker.onDidSendMessage?.({ type: "event", event: "output", body: { category, output } });
  const turn = (on: boolean) => {
    isRead = on;
    for (const listener of listeners) listener(new Set<SettingKey>(["arq.terminals.read"]));
  };

  it("is heard as one stream for each channel, until its session ends", () => {
    write(line("a"));
    write(line("b"), "stderr");
    write("debugpy says hello", "telemetry");
    tracker.onExit?.(0, undefined);
    assert.deepEqual(streams, [
      { name: "worker", text: line("a"), ended: true },
      { name: "worker", text: line("b"), ended: true },
    ]);
  });

  it("is heard anew where terminals were not read for a while, since what was heard before is forgotten", () => {
    write(line("a"));
    turn(false);
    write(line("unheard"));
    turn(true);
    write(line("b"));
    assert.deepEqual(
      streams.map(({ text, ended }) => [text, ended]),
      [
        [line("a"), true],
        [line("b"), false],
      ],
    );
  });
});
