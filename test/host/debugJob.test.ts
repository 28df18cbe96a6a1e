import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  commands,
  debug,
  type DebugConfiguration,
  type DebugSession,
  type Disposable,
  env,
  type QuickPickItem,
  SourceBreakpoint,
  window,
  workspace,
} from "vscode";
import type { Redis } from "ioredis";
import type { ArqApi } from "../../src/host/api";
import { resultPayload } from "../demo/arqPayloads";
import { PyCall, tuple } from "../demo/pickle";
import { requireArq } from "../support/arqEnvironment";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { connect, disconnect, extensionApi, set } from "./fixture";
import { Spies } from "./overhear";

const code = `from dataclasses import dataclass


@dataclass
class Order:
    number: int


async def weigh(ctx, order, unit="kg"):
    scale = ctx["scale"]
    return scale[unit]
`;
const worker = `from . import tasks


async def startup(ctx):
    ctx["scale"] = {"lb": 2}


class WorkerSettings:
    functions = [tasks.weigh]
    on_startup = startup
    queue_name = "scales"
`;
/** Of \`return scale[unit]\`, 1-based. */
const failingLine = 11;
const traceback = `Traceback (most recent call last):
  File "/app/scales/tasks.py", line ${failingLine}, in weigh
    return scale[unit]
KeyError: 'kg'
`;

describe("Debug this job", function () {
  this.timeout(180_000);
  const spies = new Spies();
  const asked: { question: string; detail: string; buttons: string[] }[] = [];
  const said: string[] = [];
  let clicked: readonly string[] = [];
  let hooks: readonly string[] = [];
  let server: RedisServer;
  let redis: Redis;
  let api: ArqApi;
  let folder = "";
  let stored: string[] = [];
  const subscriptions: Disposable[] = [];

  const root = (): string => workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  const tasks = (): string => join(folder, "tasks.py");
  const everything = async (): Promise<string[]> => {
    const keys = (await redis.keys("*")).toSorted();
    return Promise.all(keys.map(async (key) => `${key} ${(await redis.dumpBuffer(key)).toString("hex")}`));
  };
  const fail = (id: string, args = tuple(7)): Promise<unknown> => {
    const finishedAt = Date.now() - 5000;
    const job = { function: "weigh", args, kwargs: { unit: "kg" }, enqueuedAt: finishedAt - 2000 };
    const end = {
      success: false,
      result: new PyCall("builtins", "KeyError", ["kg"]),
      startedAt: finishedAt - 900,
      finishedAt,
    };
    return redis.set(
      `arq:result:${id}`,
      resultPayload({ ...job, id, queue: "scales", tries: 2, ...end, extra: { tb: traceback } }),
    );
  };
  /** Lines of breakpoints in the task's file, 1-based. */
  const ours = (): number[] =>
    debug.breakpoints.flatMap((each) =>
      each instanceof SourceBreakpoint && each.location.uri.fsPath === tasks()
        ? [each.location.range.start.line + 1]
        : [],
    );
  const shown = (): string => window.activeTextEditor?.document.getText() ?? "";

  before(async () => {
    server = await startRedis();
    redis = server.client();
    await fail("plain");
    await fail("object", tuple(new PyCall("scales.tasks", "Order", [7])));
    stored = await everything();
    folder = join(root(), "scales");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "__init__.py"), "");
    await writeFile(tasks(), code);
    await writeFile(join(folder, "worker.py"), worker);
    api = await extensionApi();
    for (const name of ["showWarningMessage", "showErrorMessage", "showInformationMessage"] as const)
      spies.put(window, name, (question: string, options: unknown, ...buttons: string[]) => {
        const modal = typeof options === "object" && options !== null;
        if (!modal) said.push(question);
        else asked.push({ question, detail: (options as { detail?: string }).detail ?? "", buttons });
        return Promise.resolve(modal ? buttons.find((each) => clicked.includes(each)) : undefined);
      });
    spies.put(window, "showQuickPick", ((items: readonly QuickPickItem[]) =>
      Promise.resolve(items.filter(({ label }) => hooks.includes(label)))) as never);
    await connect([{ name: "scales", url: server.url }]);
    await eventually(
      async () => {
        const { found } = await api.tasks.definitionsOf("weigh", "scales");
        assert.equal(found[0]?.how, "registered");
      },
      { timeoutMs: 20_000 },
    );
  });

  beforeEach(() => {
    asked.length = 0;
    said.length = 0;
    clicked = [];
    hooks = [];
  });

  afterEach(async () => {
    for (const subscription of subscriptions.splice(0)) subscription.dispose();
    await commands.executeCommand("workbench.action.closeAllEditors");
    assert.deepEqual(await everything(), stored, "something in Redis was changed");
  });

  after(async () => {
    spies.restore();
    await rm(folder, { recursive: true, force: true });
    await disconnect();
    await server.stop();
  });

  it("warns that the function's effects are real, and does nothing where nobody agrees", async () => {
    await commands.executeCommand("arq.debugJob", "plain");
    const [question] = asked;
    assert.match(question?.question ?? "", /^Call weigh with the arguments of this job\?$/);
    assert.match(question?.detail ?? "", /really runs[^]*The job in Redis stays as it is/);
    assert.deepEqual(question?.buttons, ["Start Debugging", "Only Write the Script"]);
    assert.equal(window.activeTextEditor, undefined);
  });

  it("writes a script out of the repository and shows it, with the arguments, the ctx and the hooks that were chosen", async () => {
    clicked = ["Only Write the Script"];
    hooks = ["on_startup"];
    await commands.executeCommand("arq.debugJob", { jobId: "plain" });
    const { fsPath } = window.activeTextEditor!.document.uri;
    assert.ok(/debug_weigh(_\d+)?\.py$/.test(fsPath) && !fsPath.startsWith(root()), fsPath);
    for (const line of [
      `sys.path[:0] = ['${root()}']`,
      "from scales.tasks import weigh as function",
      "from scales.worker import startup as on_startup",
      "args = (7,)",
      "kwargs = {'unit': 'kg'}",
      "        job_try=2,",
      "    await on_startup(ctx)",
      "USE_REAL_REDIS = False",
    ])
      assert.ok(shown().includes(`${line.startsWith(" ") ? "" : "\n"}${line}`), `${line} is not in\n${shown()}`);
    assert.ok(!shown().includes("breakpoint()"));
    const lenses = await commands.executeCommand<{ command?: { command: string; arguments?: unknown[] } }[]>(
      "vscode.executeCodeLensProvider",
      window.activeTextEditor!.document.uri,
      10,
    );
    assert.ok(
      lenses.some(({ command }) => command?.command === "arq.startDebugScript" && command.arguments?.[0] === fsPath),
    );
  });

  it("stops real debugpy at the failing line, and takes its breakpoint away when the session has ended", async function () {
    const python = await requireArq(this, undefined, { name: "debug", packages: ["debugpy==1.8.22", "tblib==3.2.2"] });
    const seen: DebugConfiguration[] = [];
    const stopped: { session: DebugSession; body: { reason?: string; threadId?: number } }[] = [];
    subscriptions.push(
      debug.registerDebugConfigurationProvider("debugpy", {
        // What the Python extension does: the chosen interpreter.
        resolveDebugConfiguration: (_folder, configuration) => {
          seen.push({ ...configuration });
          return { ...configuration, python };
        },
      }),
      debug.registerDebugAdapterTrackerFactory("debugpy", {
        createDebugAdapterTracker: (session) => ({
          onDidSendMessage: (message: { event?: string; body?: { reason?: string; threadId?: number } }) => {
            if (message.event === "stopped" && message.body) stopped.push({ session, body: message.body });
          },
        }),
      }),
    );
    clicked = ["Start Debugging"];
    hooks = ["on_startup"];
    await commands.executeCommand("arq.debugJob", "plain");
    const script = seen[0]?.["program"] as string;
    const { type, request, cwd, justMyCode, name } = seen[0]!;
    assert.deepEqual([type, request, cwd, justMyCode, name], ["debugpy", "launch", root(), false, "Debug weigh"]);
    assert.match(script, /debug_weigh_\d+\.py$/);
    assert.deepEqual(ours(), [failingLine]);
    const { session, body } = await eventually(
      () => {
        assert.ok(stopped[0], "nothing has stopped");
        return stopped[0];
      },
      { timeoutMs: 60_000 },
    );
    assert.equal(body.reason, "breakpoint");
    const trace = (await session.customRequest("stackTrace", { threadId: body.threadId })) as {
      stackFrames: { id: number; line: number; source: { path: string } }[];
    };
    const top = trace.stackFrames[0]!;
    // A remote window has its paths as URIs.
    assert.ok(top.source.path.endsWith(tasks()), top.source.path);
    assert.equal(top.line, failingLine);
    const asks = async (expression: string): Promise<string> =>
      (
        (await session.customRequest("evaluate", { expression, frameId: top.id, context: "hover" })) as {
          result: string;
        }
      ).result;
    assert.equal(await asks("(order, unit, ctx['job_id'], scale)"), "(7, 'kg', 'plain', {'lb': 2})");
    await debug.stopDebugging(session);
    await eventually(() => assert.deepEqual(ours(), []), { timeoutMs: 15_000 });
  });

  it("stops where the failing line stands when the script is started again, and leaves no breakpoint where nothing starts", async () => {
    clicked = ["Only Write the Script"];
    await commands.executeCommand("arq.debugJob", "plain");
    const { fsPath } = window.activeTextEditor!.document.uri;
    const spy = new Spies();
    let lines: number[] = [];
    const starting = async (answer: () => Promise<boolean>): Promise<number[]> => {
      lines = [];
      spy.put(debug, "startDebugging", () => {
        lines = ours();
        return answer();
      });
      await Promise.resolve(commands.executeCommand("arq.startDebugScript", fsPath)).catch(() => undefined);
      spy.restore();
      return lines;
    };
    try {
      assert.deepEqual(await starting(() => Promise.resolve(false)), [failingLine]);
      assert.deepEqual(ours(), []);
      await writeFile(tasks(), `import sys\nimport time\n${code}`);
      await eventually(
        async () => assert.deepEqual(await starting(() => Promise.reject(new Error("no debugger"))), [failingLine + 2]),
        { timeoutMs: 15_000 },
      );
      assert.deepEqual(ours(), []);
    } finally {
      spy.restore();
      await writeFile(tasks(), code);
    }
  });

  it("offers the original only where parts could not be written, and lists all that unpickling it would import", async () => {
    clicked = ["Only Write the Script"];
    await commands.executeCommand("arq.debugJob", "object");
    assert.match(shown(), /args = \(\n {4}\.\.\., {2}# not written: it is an object of scales\.tasks\.Order/);
    assert.match(asked[0]?.detail ?? "", /One part of the arguments could not be written/);
    assert.deepEqual(asked[0]?.buttons, ["Start Debugging", "Only Write the Script", "Unpickle the Original…"]);

    asked.length = 0;
    clicked = ["Unpickle the Original…"];
    await commands.executeCommand("arq.debugJob", "object");
    assert.equal(asked.length, 2);
    assert.match(
      asked[1]?.detail ?? "",
      /secrets in it will stand in the script[^]*refuses anything else:\nscales\.tasks\.Order$/,
    );
    assert.doesNotMatch(shown(), /PICKLED/, "it was written though nobody agreed");

    clicked = ["Unpickle the Original…", "Write the Pickle into the Script"];
    let started = false;
    subscriptions.push(debug.onDidStartDebugSession(() => (started = true)));
    await commands.executeCommand("arq.debugJob", "object");
    assert.match(
      shown(),
      /IMPORTED = \[\n {4}\('scales\.tasks', 'Order'\),\n\]\nPICKLED = \(\n {4}"gASV|IMPORTED = \[\n {4}\('scales\.tasks', 'Order'\),\n\]\nPICKLED = \(\n {4}"gAR/,
    );
    assert.ok(!started, "it was started though the list is to be read first");
  });

  it("copies a pytest of the job", async () => {
    await commands.executeCommand("arq.copyAsPytest", "plain");
    const text = await env.clipboard.readText();
    assert.match(text, /^def test_weigh\(\):$/m);
    assert.match(text, /^ {4}args = \(7,\)$/m);
    assert.deepEqual(said, ["A pytest of weigh is on the clipboard."]);
  });

  it("writes hidden arguments only where the user says so", async () => {
    await set("arq.privacy.hideValues", "always");
    try {
      await commands.executeCommand("arq.copyAsPytest", "plain");
      assert.match(asked[0]?.question ?? "", /are hidden\. Write them/);
      assert.deepEqual(asked[0]?.buttons, ["Write Them", "Leave Them Out"]);
      await env.clipboard.writeText("");
      clicked = ["Leave Them Out"];
      await commands.executeCommand("arq.copyAsPytest", "plain");
      assert.match(await env.clipboard.readText(), /# Write them here: they were left out[^]*args = \(\)/);
      clicked = ["Write Them"];
      await commands.executeCommand("arq.copyAsPytest", "plain");
      assert.match(await env.clipboard.readText(), /args = \(7,\)/);
    } finally {
      await set("arq.privacy.hideValues", undefined);
    }
  });

  it("says which function cannot be found", async () => {
    const job = { function: "nobody_has_it", args: tuple(), kwargs: {}, enqueuedAt: 1 };
    const end = { success: true, result: null, startedAt: Date.now(), finishedAt: Date.now() };
    await redis.set("arq:result:lost", resultPayload({ ...job, id: "lost", queue: "scales", tries: 1, ...end }));
    try {
      await commands.executeCommand("arq.debugJob", "lost");
      assert.match(said.join(), /The code of nobody_has_it was not found/);
    } finally {
      await redis.del("arq:result:lost");
    }
  });

  it("keeps the script to its owner", async () => {
    clicked = ["Only Write the Script"];
    await commands.executeCommand("arq.debugJob", "plain");
    const { fsPath } = window.activeTextEditor!.document.uri;
    const { stat } = await import("node:fs/promises");
    assert.equal((await stat(fsPath)).mode & 0o777, 0o600);
    assert.equal(await readFile(fsPath, "utf8"), shown());
  });
});
