import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type CodeLens,
  commands,
  type CompletionList,
  type Diagnostic,
  type Hover,
  languages,
  type Location,
  type LocationLink,
  Position,
  type TextDocument,
  Uri,
  window,
  workspace,
  WorkspaceEdit,
} from "vscode";
import type { Redis } from "ioredis";
import type { ArqApi } from "../../src/host/api";
import { plain } from "../../src/host/editor/markdownText";
import { jobPayload, resultPayload } from "../demo/arqPayloads";
import { PyCall, tuple } from "../demo/pickle";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { connect, disconnect, set } from "./fixture";

const billing = "shop:billing";

function path(...parts: string[]): string {
  const folder = workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return join(folder.uri.fsPath, ...parts);
}

async function show(...parts: string[]): Promise<TextDocument> {
  const document = await workspace.openTextDocument(path(...parts));
  await window.showTextDocument(document, { preview: false });
  return document;
}

/** The lenses of ours, by the name of the function below each. */
async function lensesOf(document: TextDocument): Promise<Map<string, CodeLens>> {
  const all = await commands.executeCommand<CodeLens[]>("vscode.executeCodeLensProvider", document.uri, 100);
  const own = all.filter(({ command }) => command?.command.startsWith("arq.") === true);
  return new Map(
    own.map((lens) => [/def (\w+)/.exec(document.lineAt(lens.range.start.line).text)?.[1] ?? "?", lens] as const),
  );
}

async function titleOf(document: TextDocument, name: string): Promise<string> {
  return (await lensesOf(document)).get(name)?.command?.title ?? "no lens";
}

/** Everything that hovers at the first place of this text say. */
async function hoverAt(document: TextDocument, text: string, inside = 0): Promise<string> {
  const at = document.positionAt(document.getText().indexOf(text) + inside);
  const hovers = await commands.executeCommand<Hover[]>("vscode.executeHoverProvider", document.uri, at);
  return hovers
    .flatMap(({ contents }) => contents)
    .map((each) => (typeof each === "string" ? each : each.value))
    .join("\n\n");
}

async function addJob(
  redis: Redis,
  id: string,
  options: { function: string; queue: string; args?: string[]; kwargs?: Record<string, string> },
): Promise<void> {
  const payload = jobPayload({
    function: options.function,
    args: tuple(...(options.args ?? ["1"])),
    kwargs: options.kwargs ?? {},
    enqueuedAt: Date.now() - 60_000,
  });
  await redis
    .multi()
    .psetex(`arq:job:${id}`, 86_400_000, payload)
    .zadd(options.queue, Date.now() - 20_000, id)
    .exec();
}

async function addEnded(
  redis: Redis,
  id: string,
  options: { function: string; queue: string; error?: PyCall; agoMs?: number; runMs?: number },
): Promise<void> {
  const finishedAt = Date.now() - (options.agoMs ?? 240_000);
  const bytes = resultPayload({
    function: options.function,
    args: tuple("1"),
    kwargs: {},
    enqueuedAt: finishedAt - 60_000,
    id,
    queue: options.queue,
    tries: 1,
    success: options.error === undefined,
    result: options.error ?? "done",
    startedAt: finishedAt - (options.runMs ?? 900),
    finishedAt,
  });
  await redis.set(`arq:result:${id}`, bytes, "PX", 3_600_000);
}

describe("Task functions in the editor", () => {
  let server: RedisServer;
  let redis: Redis;
  let api: ArqApi;

  before(async () => {
    server = await startRedis();
    redis = server.client();
    for (const id of ["q1", "q2", "q3"])
      await addJob(redis, id, { function: "charge_card", queue: billing, args: ["1", "2", "3"] });
    await addEnded(redis, "e1", { function: "charge_card", queue: billing, runMs: 2_100 });
    for (const id of ["f1", "f2"])
      await addEnded(redis, id, {
        function: "charge_card",
        queue: billing,
        error: new PyCall("builtins", "KeyError", ["sku"]),
      });
    // The same name on another queue is another service's.
    await addJob(redis, "other", { function: "charge_card", queue: "arq:queue" });
  });

  after(async () => {
    await disconnect();
    await server.stop();
  });

  it("have their line also while nothing is connected, which leads to a connection", async () => {
    const document = await show("shop", "payments.py");
    await eventually(
      async () =>
        assert.deepEqual(
          [...(await lensesOf(document)).keys()],
          ["charge_card", "issue_invoice", "pay_out", "close_day"],
        ),
      { timeoutMs: 15_000 },
    );
    const lens = (await lensesOf(document)).get("charge_card");
    assert.equal(lens?.command?.title, "ARQ: not connected");
    assert.equal(lens?.command?.command, "arq.connect");
  });

  it("tell what their jobs do on the queue of their worker, naming the connection", async () => {
    const document = await show("shop", "payments.py");
    const before = [...(await lensesOf(document)).values()].map(({ range }) => range.start.line);
    api = await connect([{ name: "shop", url: server.url }]);
    await eventually(
      async () =>
        assert.match(
          await titleOf(document, "charge_card"),
          /^shop: 3 queued · 0 running · 2 failed \(1 h\) · p95 2\.1 s · last KeyError \d min ago$/,
        ),
      { timeoutMs: 15_000 },
    );
    assert.equal(await titleOf(document, "issue_invoice"), "shop: 0 queued · 0 running");
    const after = [...(await lensesOf(document)).values()].map(({ range }) => range.start.line);
    assert.deepEqual(after, before, "no line of code moved");
  });

  it("follow what happens in Redis while they can be seen", async () => {
    const document = await show("shop", "payments.py");
    await addJob(redis, "q4", { function: "charge_card", queue: billing, args: ["1", "2", "3"] });
    await eventually(async () => assert.match(await titleOf(document, "charge_card"), /^shop: 4 queued/), {
      timeoutMs: 15_000,
    });
    assert.equal(api.session.demand, "visible", "an editor with lenses is somebody who looks");
    await redis.multi().zrem(billing, "q4").del("arq:job:q4").exec();
  });

  it("open the list of their jobs", async () => {
    const document = await show("shop", "payments.py");
    const { command } = (await lensesOf(document)).get("charge_card")!;
    await commands.executeCommand(command!.command, ...(command!.arguments ?? []));
    const { body } = await api.dashboard.current();
    assert.ok(body?.tab === "jobs");
    assert.equal(body.intent.query.function, "charge_card");
    assert.equal(body.intent.query.queue, billing);
    await commands.executeCommand("workbench.action.closeActiveEditor");
  });

  it("stay with their function while lines above it come and go", async () => {
    const document = await show("shop", "payments.py");
    const line = (await lensesOf(document)).get("pay_out")!.range.start.line;
    const edit = new WorkspaceEdit();
    edit.insert(document.uri, new Position(2, 0), "\n\n\n");
    await workspace.applyEdit(edit);
    assert.equal((await lensesOf(document)).get("pay_out")?.range.start.line, line + 3);
    await commands.executeCommand("undo");
    await eventually(async () => assert.equal((await lensesOf(document)).get("pay_out")?.range.start.line, line));
    await commands.executeCommand("workbench.action.files.revert");
  });

  it("are gone by the setting, and so is who looks", async () => {
    const document = await show("shop", "payments.py");
    await set("arq.codeLens.enabled", false);
    await eventually(async () => assert.equal((await lensesOf(document)).size, 0));
    await set("arq.codeLens.enabled", undefined);
    await eventually(async () => assert.equal((await lensesOf(document)).size, 4));
  });

  it("count as nobody who looks when no editor with one can be seen", async () => {
    await commands.executeCommand("workbench.view.explorer");
    await commands.executeCommand("workbench.action.closeAllEditors");
    await eventually(() => assert.notEqual(api.session.demand, "visible"), { timeoutMs: 15_000 });
    const document = await show("shop", "payments.py");
    await eventually(() => assert.equal(api.session.demand, "visible"), { timeoutMs: 15_000 });
    await eventually(async () => assert.match(await titleOf(document, "charge_card"), /^shop: 3 queued/), {
      timeoutMs: 15_000,
    });
  });

  it("show what comes from Redis as text: no link, picture, HTML, table or icon is made of it", () => {
    const hostile = "[x](command:a) ![i](//b.c/d) <img src=e> https://f.g h@i.j $(zap) |k| `l` **m** &amp; \\n";
    const shown = plain(hostile);
    assert.equal(shown.replaceAll(/\\([!-/:-@[-`{-~])/g, "$1"), hostile);
    assert.doesNotMatch(shown, /(?:^|[^\\])(?:\\\\)*[[\](){}<>!|`*_$&:@.]/);
    assert.doesNotMatch(plain("two\nlines"), /\n/);
  });

  it("tell on hover the same by queue, with links, their settings and where these stand", async () => {
    const document = await show("shop", "payments.py");
    await eventually(async () => {
      const text = await hoverAt(document, "charge_card(ctx", 3);
      assert.match(text, /\| shop\\:billing \| 3 \| 0 \| 2 \| 1 \| 2\\\.1 s \|/);
      assert.match(text, /\[KeyError\\, \d min ago\]\(command:arq\.openJob\?/);
      assert.match(text, /\[Jobs\]\(command:arq\.showDashboard\?/);
      assert.match(text, /timeout 5 min \(ARQ's default\) · tries 5 \(ARQ's default\)/);
    });
    const orders = await show("shop", "orders.py");
    await eventually(async () =>
      assert.match(await hoverAt(orders, "book_parcel(ctx", 3), /timeout 4 s \(\[worker\\\.py\\:\d+\]\(file:/),
    );
  });

  it("tell on hover a cron schedule in words with its next runs", async () => {
    const worker = await show("shop", "worker.py");
    const text = await hoverAt(worker, "cron(expire_baskets", 1);
    assert.match(text, /every 30 s\\, at \\:10 and \\:40/);
    assert.match(text, /Next/);
    assert.match(text, /keep\\_result\\=3600/);
    assert.equal(text.split("Schedule").length, 2, "the schedule is told once");
  });

  it("tell on hover what a setting of the worker does", async () => {
    const worker = await show("shop", "worker.py");
    assert.match(await hoverAt(worker, "max_jobs = 6", 2), /How many jobs one worker runs at once/);
    assert.match(await hoverAt(worker, "health_check_interval = 30", 2), /sign of life[^]*default: 3\\,600/);
  });

  it("are found from their name in enqueue_job", async () => {
    const producer = await show("shop", "producer.py");
    const at = producer.positionAt(producer.getText().indexOf('"pay_out"') + 3);
    const found = await eventually(async () => {
      const all = await commands.executeCommand<(Location | LocationLink)[]>(
        "vscode.executeDefinitionProvider",
        producer.uri,
        at,
      );
      assert.equal(all.length, 1);
      return all[0]!;
    });
    const [uri, range] =
      "targetUri" in found ? [found.targetUri, found.targetSelectionRange] : [found.uri, found.range];
    assert.equal(uri.fsPath, path("shop", "payments.py"));
    const target = await workspace.openTextDocument(uri);
    assert.match(target.lineAt(range!.start.line).text, /^async def pay_out/);
    assert.match(await hoverAt(producer, '"pay_out"', 3), /shop\\:billing/);
  });

  it("are offered where a name in enqueue_job is written, with queue and signature", async () => {
    const producer = await show("shop", "producer.py");
    const at = producer.positionAt(producer.getText().indexOf('"pay_out"') + 1);
    const { items } = await commands.executeCommand<CompletionList>(
      "vscode.executeCompletionItemProvider",
      producer.uri,
      at,
    );
    const item = items.find(({ label }) => typeof label !== "string" && label.label === "charge_card");
    assert.ok(item);
    assert.ok(typeof item.label !== "string");
    assert.equal(item.label.description, billing);
    assert.equal(item.detail, "charge_card(order: int, amount: Decimal, card: str)");
    const elsewhere = producer.positionAt(producer.getText().indexOf('"clayworks"') + 1);
    const none = await commands.executeCommand<CompletionList>(
      "vscode.executeCompletionItemProvider",
      producer.uri,
      elsewhere,
    );
    assert.ok(!none.items.some(({ label }) => typeof label !== "string" && label.label === "charge_card"));
  });

  describe("in a file with mistakes", () => {
    const file = () => path("shop", "mistakes.py");
    let document: TextDocument;

    before(async () => {
      await writeFile(
        file(),
        `from arq.connections import ArqRedis


async def enqueue(redis: ArqRedis) -> None:
    await redis.enqueue_job("chrage_card", 1, 2, card="4242", _queue_name="shop:billing")
    await redis.enqueue_job("pay_out", 1, _queue_name="shop:billing")
    await redis.enqueue_job("pay_out", 1, 2, ["a"], _queue_name="shop:billing", _defer_by=3)
    await redis.enqueue_job("place_order", 1, [], colour="red")
`,
      );
      document = await show("shop", "mistakes.py");
    });

    after(async () => {
      await commands.executeCommand("workbench.action.closeActiveEditor");
      await workspace.fs.delete(Uri.file(file()));
    });

    const hints = (): Diagnostic[] => languages.getDiagnostics(document.uri).filter(({ source }) => source === "arq");

    it("are hinted at: names that nobody has, and calls that do not fit", async () => {
      await eventually(
        () => {
          const texts = hints().map(({ message, range }) => `${range.start.line + 1}: ${message}`);
          assert.deepEqual(texts, [
            "5: chrage_card was not found among the tasks of this workspace. Did you mean charge_card?",
            "6: pay_out: cents, sellers are missing.",
            "8: place_order: It has no parameter colour.",
          ]);
        },
        { timeoutMs: 15_000 },
      );
    });

    it("are not told of while the file cannot be seen: nobody keeps current what is said of it then", async () => {
      for (const away of [path("shop", "payments.py"), path("README.md")]) {
        await window.showTextDocument(await workspace.openTextDocument(away), { preview: false });
        await eventually(() => assert.deepEqual(hints(), []), { timeoutMs: 15_000 });
        await commands.executeCommand("workbench.action.closeActiveEditor");
        await window.showTextDocument(document, { preview: false });
        await eventually(() => assert.equal(hints().length, 3), { timeoutMs: 15_000 });
      }
    });

    it("are corrected by a quick fix", async () => {
      const [unknown] = hints();
      const actions = await commands.executeCommand<{ title: string; edit?: WorkspaceEdit }[]>(
        "vscode.executeCodeActionProvider",
        document.uri,
        unknown!.range,
      );
      const fix = actions.find(({ title }) => title === "Change to “charge_card”");
      assert.ok(fix?.edit);
      await workspace.applyEdit(fix.edit);
      await eventually(() => assert.ok(!hints().some(({ message }) => message.startsWith("chrage_card"))), {
        timeoutMs: 15_000,
      });
      assert.match(document.lineAt(4).text, /"charge_card"/);
      await document.save();
    });

    it("are not hinted at by the setting", async () => {
      await set("arq.codeHints.enabled", false);
      await eventually(() => assert.deepEqual(hints(), []), { timeoutMs: 15_000 });
      await set("arq.codeHints.enabled", undefined);
      await eventually(() => assert.equal(hints().length, 2), { timeoutMs: 15_000 });
    });
  });
});
