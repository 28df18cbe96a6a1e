import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands, Disposable, window, workspace } from "vscode";
import type { Redis } from "ioredis";
import type { ArqApi } from "../../src/host/api";
import type { JobLogView } from "../../src/protocol/jobLog";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { addFailed, connect, disconnect, set } from "./fixture";
import { type OverheardPage, overhear, Spies } from "./overhear";

const time = (): string => new Date().toTimeString().slice(0, 8);
const failure = (id: string): string =>
  `${time()}:   0.10s → ${id}:charge_card()\n${time()}: shop: ${id} goes wrong\n` +
  `${time()}:   0.90s ! ${id}:charge_card failed, KeyError: 'sku'\nTraceback (most recent call last):\n` +
  `  File "/srv/app/shop/charging.py", line 3, in charge_card\n    raise KeyError("sku")\nKeyError: 'sku'\n`;

describe("the logs of workers in the workspace", function () {
  this.timeout(120_000);
  const spies = new Spies();
  const pages: OverheardPage[] = [];
  let server: RedisServer;
  let redis: Redis;
  let api: ArqApi;
  let log = "";
  let watching: Disposable | null = null;

  before(async () => {
    server = await startRedis();
    redis = server.client();
    await addFailed(redis, "first-1");
    const folder = join(workspace.workspaceFolders?.[0]?.uri.fsPath ?? "", "logs");
    mkdirSync(folder, { recursive: true });
    log = join(folder, "of-this-test.log");
    writeFileSync(log, "");
    const create = window.createWebviewPanel.bind(window);
    spies.put(window, "createWebviewPanel", (...given) => overhear(create(...given), pages));
    api = await connect([{ name: "logs", url: server.url }]);
    const uses = [api.session.watch("view"), api.tracebacks.use()];
    watching = Disposable.from(...uses);
    await eventually(() => assert.ok(api.tracebacks.followed.includes(log)), { timeoutMs: 20_000 });
  });

  after(async () => {
    watching?.dispose();
    spies.restore();
    await set("arq.workerLogs", undefined);
    await commands.executeCommand("workbench.action.closeAllEditors");
    await disconnect();
    redis.disconnect();
    await server.stop();
    rmSync(log, { force: true });
  });

  const remembered = (id: string): string | null => {
    const history = api.session.monitor?.history;
    const failed = history?.failure(id) ?? null;
    return failed === null ? null : (history?.traceback(failed)?.source ?? null);
  };
  const open = async (id: string): Promise<OverheardPage> => {
    const before = pages.length;
    await commands.executeCommand("arq.openJob", id);
    await eventually(() => assert.equal(pages.length, before + 1));
    await eventually(async () => assert.notEqual((await api.jobs.current(id))?.kind, "unreachable"));
    return pages[before]!;
  };

  it("give a failed job that nobody opened its traceback, beyond Redis, the log and the session", async () => {
    await addFailed(redis, "kept-1", { finishedAgoMs: 0 });
    await eventually(() => assert.ok(api.session.monitor?.history.failure("kept-1")));
    appendFileSync(log, failure("kept-1"));
    assert.equal(remembered("kept-1"), null);
    await eventually(() => assert.match(remembered("kept-1") ?? "", /logs\/of-this-test\.log$/));
    // As it is the other way round: the log tells first.
    appendFileSync(log, failure("kept-2"));
    await addFailed(redis, "kept-2", { finishedAgoMs: 0 });
    await eventually(() => assert.match(remembered("kept-2") ?? "", /logs\/of-this-test\.log$/));

    writeFileSync(log, "");
    await redis.flushall();
    const before = api.session.monitor;
    api.session.reconnect("the test wants another session");
    await eventually(() => {
      assert.notEqual(api.session.monitor, before);
      assert.ok(api.session.snapshot()?.complete);
    });
    await eventually(() => assert.notEqual(remembered("kept-1"), null));
    await open("kept-1");
    const view = await api.jobs.current("kept-1");
    assert.ok(view?.kind === "job");
    assert.equal(view.row.rememberedSince, view.row.finishedAt);
    assert.equal(view.error?.type, "KeyError");
    assert.equal(view.error?.tracebacks[0]?.frames[0]?.function, "charge_card");
    assert.match(view.error?.tracebackSource ?? "", /^logs\/of-this-test\.log/);
    assert.deepEqual(view.keys, []);
  });

  it("tell the page of a job its lines, follow them, and open the file at the line", async () => {
    appendFileSync(log, failure("log-1"));
    await addFailed(redis, "log-1", { finishedAgoMs: 0 });
    const page = await open("log-1");
    const ask = async (more: object = {}): Promise<JobLogView> =>
      ((await page.ask("log", { level: null, text: "", guesses: null, ...more })) as { result: JobLogView }).result;
    await eventually(async () => assert.equal((await ask()).lines.length, 6 + 1));
    const view = await ask();
    assert.deepEqual([view.by, view.named, view.files.length], ["id", 7, 1]);
    assert.match(view.lines[1]?.text ?? "", /log-1 goes wrong/);
    assert.equal((await ask({ level: "error" })).lines.length, 5);
    assert.match(JSON.stringify(await page.ask("log", { level: "loud", text: "", guesses: null })), /level/);

    const line = view.lines[2]!;
    await page.ask("openLogLine", { file: line.file, line: line.line, offset: line.offset });
    await eventually(() => {
      const editor = window.activeTextEditor;
      assert.equal(editor?.document.uri.fsPath, log);
      assert.equal(editor.selection.active.line + 1, line.line);
      assert.match(editor.document.lineAt(editor.selection.active.line).text, /! log-1:charge_card failed/);
    });
    assert.match(JSON.stringify(await page.ask("openLogLine", { file: 7, line: 1, offset: 0 })), /no such log/);
    await commands.executeCommand("workbench.action.closeActiveEditor");
    await page.ask("openTracebackLog", null);
    await eventually(() => assert.equal((window.activeTextEditor?.selection.active.line ?? -1) + 1, line.line));
  });

  it("are followed among hundreds of others, where they are the ones that are written", async () => {
    const folder = mkdtempSync(join(tmpdir(), "arq-logs-"));
    try {
      for (let day = 100; day < 400; day++) {
        const path = join(folder, `worker.${day}.log`);
        writeFileSync(path, "12:00:00: Starting worker for 3 functions: a, b, c\n");
        utimesSync(path, day * 86_400, day * 86_400);
      }
      await set("arq.workerLogs", [`${folder}/*.log`]);
      await eventually(() => assert.equal(api.tracebacks.followed.length, 50), { timeoutMs: 20_000 });
      writeFileSync(join(folder, "worker.400.log"), failure("daily-1"));
      await addFailed(redis, "daily-1", { finishedAgoMs: 0 });
      await eventually(() => assert.match(remembered("daily-1") ?? "", /worker\.400\.log$/), { timeoutMs: 20_000 });
    } finally {
      await set("arq.workerLogs", undefined);
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("are followed outside of the workspace, too, where the setting names them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "arq-logs-"));
    try {
      await set("arq.workerLogs", [`${folder}/*.log`]);
      writeFileSync(join(folder, "elsewhere.log"), failure("far-1"));
      await addFailed(redis, "far-1", { finishedAgoMs: 0 });
      await eventually(() => assert.match(remembered("far-1") ?? "", /elsewhere\.log$/), { timeoutMs: 20_000 });
    } finally {
      await set("arq.workerLogs", undefined);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
