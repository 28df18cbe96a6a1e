import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commands, debug, Position, window } from "vscode";
import { LedgerProcess, removeLedger, workerCommand, workerCommandLine } from "../support/ledgerProject";
import { assertLeadsTo, changeOutside, FailureScene, layLedger, tell, workspaceRoot } from "./failureScene";
import { openTerminal } from "./openTerminal";

const settings = "ledger.worker.WorkerSettings";

describe("from a failure of a real worker to the line", () => {
  let scene: FailureScene;
  let folder: string;
  const stops: (() => Promise<unknown> | void)[] = [];

  before(async function () {
    scene = await FailureScene.open(this);
    folder = workspaceRoot();
    await layLedger(folder);
  });

  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  });

  after(async () => {
    await scene?.close();
    removeLedger(workspaceRoot());
  });

  const rates = (): string => join(folder, "ledger", "rates.py");
  const start = (name: string, log: string | null = null, inside?: string): void => {
    const worker = { python: scene.python, port: scene.server.port, folder, settings: name };
    const process = new LedgerProcess(inside === undefined ? worker : { ...worker, inside }, log);
    stops.push(() => process.stop());
  };

  for (const [kind, name] of [
    ["a serializer of its own", "ledger.worker.Serialized"],
    ["tblib", "ledger.pickled.WorkerSettings"],
    ["the worker instrumentation", "ledger.instrumented.WorkerSettings"],
  ] as const) {
    it(`by the data, with the traceback stored by ${kind}`, async () => {
      start(name);
      const frame = await scene.fail(`data-${name}`, "socks");
      tell(`data, ${kind}`, frame);
      await assertLeadsTo(frame, rates());
    });
  }

  it("by the worker's log", async () => {
    const log = join(folder, "logs", "ledger.log");
    stops.push(() => rm(log, { force: true }));
    start(settings, log);
    for (const sku of ["ink", "glue", "tape"]) {
      const frame = await scene.fail(`log-${sku}`, sku);
      tell("log", frame);
      await assertLeadsTo(frame, rates());
    }
  });

  it("by the terminal that the worker runs in", async () => {
    const terminal = await openTerminal("ledger worker");
    stops.push(() => terminal.dispose());
    const worker = { python: scene.python, port: scene.server.port, folder, settings };
    terminal.shellIntegration?.executeCommand(workerCommandLine(worker));
    for (const sku of ["ink", "glue", "tape"]) {
      const frame = await scene.fail(`terminal-${sku}`, sku);
      tell("terminal", frame);
      await assertLeadsTo(frame, rates());
    }
  });

  it("by the debug console of debugpy", async () => {
    const { args, env } = workerCommand({ python: scene.python, port: scene.server.port, folder, settings });
    const ended = new Promise<void>((resolve) => {
      const listening = debug.onDidTerminateDebugSession(() => {
        listening.dispose();
        resolve();
      });
    });
    assert.ok(
      await debug.startDebugging(undefined, {
        type: "debugpy",
        request: "launch",
        name: "ledger",
        python: scene.python,
        module: args[1],
        args: args.slice(2),
        env,
        cwd: folder,
        console: "internalConsole",
        justMyCode: true,
      }),
    );
    stops.push(async () => {
      await debug.stopDebugging();
      await ended;
    });
    const frame = await scene.fail("debugged", "chalk");
    tell("debug console", frame);
    await assertLeadsTo(frame, rates());
  });

  describe("by the log of a container", () => {
    const log = (): string => join(folder, "logs", "ledger.log");

    beforeEach(async () => {
      await commands.executeCommand("workbench.action.closeAllEditors");
      stops.push(() => rm(log(), { force: true }));
    });

    it("in the workspace's file for a path below /app", async () => {
      start(settings, log(), "/app");
      const frame = await scene.fail("contained", "foil");
      assert.deepEqual(frame.command.arguments?.[0]?.file, "/app/ledger/rates.py");
      await assertLeadsTo(frame, rates());
    });

    it("on the line where it stands now, when lines were put above it since, saved or not", async () => {
      start(settings, log(), "/app");
      const frame = await scene.fail("moved", "string");
      const before = await readFile(rates(), "utf8");
      stops.push(() => changeOutside(rates(), before));
      await changeOutside(rates(), before.replace("\ndef", "# Rounded half up.\n# Taxes are not in it.\n\n\ndef"));
      await assertLeadsTo(frame, rates());
      assert.equal(window.activeTextEditor?.selection.active.line, 7);

      await window.activeTextEditor?.edit((edit) => edit.insert(new Position(0, 0), "# Cents.\n\n"));
      await assertLeadsTo(frame, rates());
      assert.equal(window.activeTextEditor?.selection.active.line, 9);
      await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    });

    it("in the file that has the line, when two end the same way", async () => {
      const copy = join(folder, "archive");
      stops.push(() => rm(copy, { recursive: true, force: true }));
      await layLedger(copy);
      await writeFile(join(copy, "ledger", "rates.py"), "def rate_of(prices, sku):\n    return prices.get(sku)\n");
      start(settings, log(), "/app");
      await assertLeadsTo(await scene.fail("twins", "clips"), rates());
    });
  });
});
