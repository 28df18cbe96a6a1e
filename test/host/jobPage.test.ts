import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commands, env, window, workspace } from "vscode";
import type { Redis } from "ioredis";
import type { ArqApi } from "../../src/host/api";
import { resultPayload } from "../demo/arqPayloads";
import { tuple } from "../demo/pickle";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { addFailed, addQueued, addRunning, connect, disconnect, set } from "./fixture";
import { type OverheardPage, overhear, Spies } from "./overhear";

/** A message with its buttons, and a way to press one. */
interface Told {
  readonly text: string;
  press(button: string): void;
}

describe("the page of a job, from the host's side", function () {
  this.timeout(120_000);
  const spies = new Spies();
  const pages: OverheardPage[] = [];
  const told: Told[] = [];
  let server: RedisServer;
  let redis: Redis;
  let api: ArqApi;
  let folder = "";

  const traceback = () => `Traceback (most recent call last):
  File "/venv/lib/python3.13/site-packages/arq/worker.py", line 594, in run_job
    result = await task
  File "/srv/app/jobs_of_page/charging.py", line 3, in charge_card
    raise KeyError("sku")
KeyError: 'sku'
`;

  before(async () => {
    server = await startRedis();
    redis = server.client();
    await addFailed(redis, "broken-1", { traceback: traceback() });
    await addFailed(redis, "broken-2", { finishedAgoMs: 60_000 });
    await addQueued(redis, "waits-1", { queue: "reports: slow" });
    folder = join(workspace.workspaceFolders?.[0]?.uri.fsPath ?? "", "jobs_of_page");
    await mkdir(folder, { recursive: true });
    const code = 'async def charge_of_page(ctx, order, retry=True):\n    # no such key\n    raise KeyError("sku")\n';
    await writeFile(join(folder, "charging.py"), code);
    const create = window.createWebviewPanel.bind(window);
    spies.put(window, "createWebviewPanel", (...given) => overhear(create(...given), pages));
    for (const name of ["showInformationMessage", "showWarningMessage"] as const)
      spies.put(window, name, (text: string) => new Promise((resolve) => told.push({ text, press: resolve })));
    api = await connect([{ name: "shop", url: server.url }]);
    await commands.executeCommand("arq.openJob", "broken-1");
    await eventually(() => assert.equal(pages.length, 1));
  });

  after(async () => {
    spies.restore();
    await set("arq.links", undefined);
    await disconnect();
    redis.disconnect();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const page = () => pages[0]!;
  const result = async (name: string, params: unknown) =>
    ((await page().ask(name, params)) as { result: unknown }).result;
  const refusal = async (name: string, params: unknown) =>
    ((await page().ask(name, params)) as { message?: string }).message ?? "";
  const copied = async (name: string, params: unknown) => {
    await env.clipboard.writeText("");
    assert.equal(await result(name, params), null);
    return env.clipboard.readText();
  };
  const job = async (id: string) => {
    const view = await api.jobs.current(id);
    assert.ok(view?.kind === "job", id);
    return view;
  };

  it("copies the job as a call, as a snippet and as a summary", async () => {
    assert.equal(await copied("copy", { what: "call", index: 0 }), "await charge_card(ctx, 'order-7', retry=False)");
    assert.match(
      await copied("copy", { what: "snippet", index: 0 }),
      /^async def enqueue_again\(redis\):\n {4}#.*\n {4}return await redis\.enqueue_job\('charge_card', 'order-7', retry=False\)\n$/,
    );
    const summary = await copied("copy", { what: "incident", index: 0 });
    assert.match(summary, /### `charge_card`: `KeyError`/);
    assert.match(summary, /`\/srv\/app\/jobs_of_page\/charging\.py:3` in `charge_card`/);
    assert.match(summary, /- Open in VS Code: <.*:\/\/arq-monitor\.arq-monitor\/job\/broken-1\?connection=shop>/);
    assert.ok(!summary.includes("order-7"));
  });

  it("names the queue in the snippet where it is not the default", async () => {
    await commands.executeCommand("arq.openJob", "waits-1");
    const other = await eventually(() => {
      assert.equal(pages.length, 2);
      return pages[1]!;
    });
    await eventually(async () => assert.equal((await job("waits-1")).row.queue, "reports: slow"));
    await other.ask("copy", { what: "snippet", index: 0 });
    assert.match(await env.clipboard.readText(), /_queue_name='reports: slow',?\s*\)/);
  });

  it("copies values and their parts as Python and as JSON", async () => {
    assert.equal(await copied("copyValue", { root: "args", path: [], as: "python" }), "('order-7',)");
    assert.equal(await copied("copyValue", { root: "args", path: [0], as: "json" }), '"order-7"');
    assert.equal(await copied("copyValue", { root: "kwargs", path: [], as: "json" }), '{\n  "retry": false\n}');
    assert.match(await refusal("copyValue", { root: "args", path: [9], as: "json" }), /no such part/);
  });

  it("gives the lines around a frame of the open folders, and none of a file that is not there", async () => {
    const source = (await result("source", { traceback: 0, frame: 1 })) as {
      place: string;
      first: number;
      lines: string[];
      line: number;
      text: string;
    };
    assert.equal(source.place, "jobs_of_page/charging.py");
    assert.deepEqual([source.first, source.lines.length, source.line, source.text], [1, 3, 3, "same"]);
    assert.equal(await result("source", { traceback: 0, frame: 0 }), null);
    assert.match(await refusal("source", { traceback: 0, frame: 7 }), /no such frame/);
  });

  it("opens the definition of the function, and says what was looked for where there is none", async () => {
    await result("openFunction", null);
    await eventually(() => {
      const { document, selection } = window.activeTextEditor ?? {};
      assert.match(document?.lineAt(selection?.active.line ?? 0).text ?? "", /^async def charge_card\(ctx/);
    });
    await commands.executeCommand("arq.openFunction", "no_such_task");
    await eventually(() =>
      assert.match(
        told.map(({ text }) => text).join("\n"),
        /^no_such_task was not found\. Looked for async def no_such_task in \d+ Python files/m,
      ),
    );
  });

  it("hides values everywhere by the switch, also those that were opened, until they are shown again", async () => {
    await set("arq.privacy.hideValues", "always");
    await eventually(async () => assert.equal((await job("broken-1")).args.state, "hidden"));
    await result("loadPayload", { root: "args" });
    assert.equal((await job("broken-1")).args.state, "shown");
    page().sent.length = 0;
    await commands.executeCommand("arq.hideValues");
    const hidden = await job("broken-1");
    assert.deepEqual([hidden.args.state, hidden.args.state === "hidden" && hidden.args.by], ["hidden", "switch"]);
    assert.equal(hidden.valuesHidden, true);
    assert.match(await refusal("copyValue", { root: "args", path: [], as: "python" }), /Show the value first/);
    assert.match(await refusal("copy", { what: "call", index: 0 }), /The arguments are hidden/);
    await commands.executeCommand("arq.showValues");
    const left = await job("broken-1");
    assert.equal(left.args.state === "hidden" && left.args.by, "setting");
    await set("arq.privacy.hideValues", undefined);
    await eventually(async () => assert.equal((await job("broken-1")).args.state, "shown"));
  });

  it("has the links of the setting, and those only that lead to web servers", async () => {
    await set("arq.links", [
      { label: "Logs", url: "https://logs.example.com/?q={id}" },
      { label: "Evil", url: "command:workbench.action.quit" },
    ]);
    await eventually(async () => assert.deepEqual((await job("broken-1")).links, ["Logs"]));
    assert.match(await refusal("openLink", { index: 1 }), /no such link/);
  });

  it("tells the page of other jobs of the same function", async () => {
    await commands.executeCommand("arq.openJob", "broken-1");
    page().sent.length = 0;
    await page().ask("ready", { id: null });
    await eventually(
      () => {
        const runs = page().sent.find((message) => (message as { name?: string }).name === "runs") as
          | { params: { rows: { id: string }[]; total: number } }
          | undefined;
        assert.deepEqual(
          runs?.params.rows.map(({ id }) => id),
          ["broken-2"],
        );
        assert.equal(runs?.params.total, 1);
      },
      { timeoutMs: 15_000 },
    );
  });

  it("tells when a watched job ends, though its page is closed, and opens it", async () => {
    await addRunning(redis, "runs-1");
    await commands.executeCommand("arq.openJob", "runs-1");
    await eventually(async () => assert.equal((await job("runs-1")).row.state, "running"));
    await commands.executeCommand("arq.watchJob", { jobId: "runs-1" });
    assert.equal((await job("runs-1")).watched, true);
    await commands.executeCommand("workbench.action.closeAllEditors");
    await eventually(() => assert.deepEqual(api.jobs.open, []));
    told.length = 0;
    const now = Date.now();
    const bytes = resultPayload({
      function: "send_email",
      args: tuple("order-7"),
      kwargs: {},
      enqueuedAt: now - 60_000,
      id: "runs-1",
      queue: "arq:queue",
      tries: 1,
      success: true,
      result: true,
      startedAt: now - 4_200,
      finishedAt: now,
      extra: {},
    });
    await redis
      .multi()
      .set("arq:result:runs-1", bytes, "PX", 60_000)
      .del("arq:job:runs-1", "arq:in-progress:runs-1", "arq:retry:runs-1")
      .zrem("arq:queue", "runs-1")
      .exec();
    const message = await eventually(
      () => {
        const ends = told.filter(({ text }) => text.includes("runs-1"));
        assert.equal(ends.length, 1);
        return ends[0]!;
      },
      { timeoutMs: 20_000 },
    );
    assert.match(message.text, /^send_email is complete after 4\.2 s \(job runs-1\)\.$/);
    assert.equal(api.watched.has("runs-1"), false);
    message.press("Open");
    await eventually(() => assert.deepEqual(api.jobs.open, ["runs-1"]));
  });

  it("tells nothing of a job that is no longer watched", async () => {
    await addRunning(redis, "runs-2");
    await commands.executeCommand("arq.openJob", "runs-2");
    await eventually(async () => assert.equal((await job("runs-2")).row.state, "running"));
    await commands.executeCommand("arq.watchJob", "runs-2");
    await commands.executeCommand("arq.unwatchJob", "runs-2");
    assert.equal((await job("runs-2")).watched, false);
    assert.equal(api.watched.has("runs-2"), false);
  });
});
