import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  commands,
  DiagnosticSeverity,
  type Hover,
  languages,
  MarkdownString,
  Position,
  Range,
  Uri,
  ViewColumn,
  window,
  workspace,
  WorkspaceEdit,
  type Diagnostic,
  type TextDocument,
} from "vscode";
import type { Redis } from "ioredis";
import type { ArqApi } from "../../../src/host/api";
import { PyCall } from "../../demo/pickle";
import { eventually } from "../../support/eventually";
import { type RedisServer, startRedis } from "../../support/redisServer";
import { addFailed, connect, disconnect, set } from "../fixture";

const source = `"""What a basket costs."""


def price(line):
    return PRICES[line["sku"]] * line["quantity"]


async def check_out(ctx, lines):
    await settle(ctx)
    return sum(price(line) for line in lines)


async def settle(ctx):
    raise RuntimeError("closed")
`;
const priceLine = 5;
const sumLine = 10;
const settleLine = 14;

/** As a worker in a container logs it: \`source\` may be missing, or another one than today's. */
function traceback(line: number, name: string, printed: string | null, error = "KeyError: 'sku'"): string {
  const code = printed === null ? "" : `    ${printed}\n`;
  return `Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/arq/worker.py", line 594, in run_job
    result = await asyncio.wait_for(task, timeout_s)
  File "/app/shop/basket.py", line ${sumLine}, in check_out
    return sum(price(line) for line in lines)
  File "/app/shop/basket.py", line ${line}, in ${name}
${code}${error}
`;
}

const keyError = traceback(priceLine, "price", 'return PRICES[line["sku"]] * line["quantity"]');

function root(): string {
  const folder = workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return folder.uri.fsPath;
}

function problems(path = basket()): readonly Diagnostic[] {
  return languages.getDiagnostics(Uri.file(path)).filter((each) => each.source === "arq");
}

const basket = (): string => join(root(), "shop", "basket.py");
/** Fails, too, but no editor has shown it yet. */
const tariff = (): string => join(root(), "shop", "tariff.py");
const tariffSource = `def tariff_of(parcel):
    raise LookupError("no tariff")
`;

async function openBasket(): Promise<TextDocument> {
  const document = await workspace.openTextDocument(basket());
  await window.showTextDocument(document);
  return document;
}

async function change(range: Range, text: string): Promise<void> {
  const edit = new WorkspaceEdit();
  edit.replace(Uri.file(basket()), range, text);
  assert.ok(await workspace.applyEdit(edit));
}

describe("notes at failing lines", () => {
  let server: RedisServer;
  let redis: Redis;
  let api: ArqApi;

  const notes = () => api.failingLines.shown.map(({ line, state, text }) => ({ line, state, text }));
  /** Waits until these notes stand in the editor, and no others. */
  const stand = (expected: readonly { line: number; state: string; text: RegExp }[]) =>
    eventually(
      () => {
        const found = notes();
        assert.deepEqual(
          found.map(({ line, state }) => ({ line, state })),
          expected.map(({ line, state }) => ({ line, state })),
          JSON.stringify(found),
        );
        for (const [index, { text }] of expected.entries()) assert.match(found[index]?.text ?? "", text);
      },
      { timeoutMs: 20_000 },
    );

  /** As a person would in a terminal, two days ago. */
  const really = (...args: string[]) => {
    const at = new Date(Date.now() - 2.5 * 86_400_000).toISOString();
    const env = { ...process.env, GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at };
    execFileSync("git", ["-c", "user.name=Jane *Doe*", "-c", "user.email=j@example.com", ...args], {
      cwd: root(),
      env,
    });
  };

  before(async () => {
    await mkdir(join(root(), "shop"), { recursive: true });
    await writeFile(basket(), source);
    await writeFile(tariff(), tariffSource);
    really("init", "-q");
    really("add", "shop/basket.py");
    really("commit", "-qm", "Price baskets");
    server = await startRedis();
    redis = server.client();
    for (let n = 0; n < 12; n++)
      await addFailed(redis, `sku-${n}`, { traceback: keyError, finishedAgoMs: 3 * 60_000 + n });
    await addFailed(redis, "long-ago", {
      error: new PyCall("builtins", "RuntimeError", ["closed"]),
      traceback: traceback(settleLine, "settle", 'raise RuntimeError("closed")', "RuntimeError: closed"),
      finishedAgoMs: 61 * 60_000,
    });
    // Messages have a test of their own, which comes next and begins without one on the screen.
    await set("arq.notifications.newErrors", "off");
    api = await connect([{ name: "shop", url: server.url, environment: "staging" }]);
  });

  after(async () => {
    for (const key of ["arq.failingLines.enabled", "arq.problems.enabled", "arq.notifications.newErrors"] as const)
      await set(key, undefined);
    await disconnect();
    await server.stop();
  });

  it("ask for nothing before a Python file can be seen", async () => {
    await commands.executeCommand("workbench.action.closeAllEditors");
    await window.showTextDocument(await workspace.openTextDocument(join(root(), "README.md")));
    assert.equal(api.failingLines.following, false);
    assert.deepEqual(api.tracebacks.followed, []);
  });

  it("name error, number, age and connection at the deepest own frame, and leave out what has been quiet for an hour", async () => {
    await openBasket();
    await stand([{ line: priceLine, state: "same", text: /^KeyError 'sku' × 12, [3-9] min ago, shop \(staging\)$/ }]);
    assert.equal(api.failingLines.following, true);
  });

  it('turn to "edited since" with the keystroke that edits the line, and back when it is undone', async () => {
    const document = await openBasket();
    await change(new Range(priceLine - 1, 4, priceLine - 1, 10), "yield");
    // Not waited for: the note must not claim for a moment what is no longer so.
    assert.deepEqual(notes(), [{ line: priceLine, state: "edited", text: "KeyError × 12 · edited since" }]);
    await commands.executeCommand("undo");
    assert.equal(document.getText(), source);
    await stand([{ line: priceLine, state: "same", text: /^KeyError 'sku' × 12/ }]);
  });

  it("go with their line when lines are added above it, and find it again where the file is another one", async () => {
    const document = await openBasket();
    await change(new Range(2, 0, 2, 0), "import math\n\n\n");
    assert.deepEqual(notes()[0]?.line, priceLine + 3);
    await stand([{ line: priceLine + 3, state: "moved", text: /^KeyError 'sku' × 12/ }]);
    await commands.executeCommand("workbench.action.files.revert");
    await eventually(() => assert.equal(document.isDirty, false));
    await stand([{ line: priceLine, state: "same", text: /./ }]);
  });

  it("stay while the line is gone, and say so", async () => {
    await openBasket();
    await change(new Range(priceLine - 1, 0, priceLine, 0), "    return 0\n");
    await stand([{ line: priceLine, state: "edited", text: /edited since$/ }]);
    await commands.executeCommand("workbench.action.files.revert");
    await stand([{ line: priceLine, state: "same", text: /./ }]);
  });

  it("tell of several errors at one line by the newest, with the number of the others", async () => {
    await openBasket();
    await addFailed(redis, "typed-1", {
      error: new PyCall("builtins", "TypeError", ["can't multiply"]),
      traceback: keyError.replace("KeyError: 'sku'", "TypeError: can't multiply"),
      finishedAgoMs: 0,
    });
    await stand([
      {
        line: priceLine,
        state: "same",
        text: /^TypeError: can't multiply, under 1 min ago, shop \(staging\) · 1 more error$/,
      },
    ]);
    // It is remembered, though Redis has forgotten it.
    await commands.executeCommand("arq.muteErrorGroup", { groupKey: "TypeError\ncan't multiply" });
    await stand([{ line: priceLine, state: "same", text: /^KeyError/ }]);
  });

  it("do not claim what no traceback printed", async () => {
    await openBasket();
    await addFailed(redis, "bare-1", {
      error: new PyCall("builtins", "RuntimeError", ["closed again"]),
      traceback: traceback(settleLine, "settle", null, "RuntimeError: closed again"),
      finishedAgoMs: 0,
    });
    await eventually(
      () => {
        const note = notes().find(({ line }) => line === settleLine);
        assert.equal(note?.state, "unknown");
        assert.match(note.text, /^RuntimeError: closed again, .* · this line, if the file is as it was$/);
      },
      { timeoutMs: 20_000 },
    );
    await commands.executeCommand("arq.muteErrorGroup", { groupKey: "RuntimeError\nclosed again" });
    await eventually(() => assert.ok(!notes().some(({ line }) => line === settleLine), "a muted error is not shown"));
    await commands.executeCommand("arq.unmuteErrorGroup", { groupKey: "RuntimeError\nclosed again" });
  });

  it("stand in both editors of one file, but not in the older side of a comparison", async () => {
    const document = await openBasket();
    const there = () => api.failingLines.shown.filter(({ line }) => line === priceLine);
    await window.showTextDocument(document, { viewColumn: ViewColumn.Two });
    await eventually(() => assert.equal(there().length, 2));
    await commands.executeCommand("workbench.action.closeAllEditors");
    const other = join(root(), "shop", "other.py");
    await writeFile(other, `${source}\n# newer\n`);
    await commands.executeCommand("vscode.diff", Uri.file(basket()), Uri.file(other), "older and newer");
    await eventually(() => assert.equal(window.visibleTextEditors.length, 2));
    assert.deepEqual(there(), []);
    await commands.executeCommand("vscode.diff", Uri.file(other), Uri.file(basket()), "the other way");
    await eventually(() => assert.equal(there().length, 1));
    await commands.executeCommand("workbench.action.closeAllEditors");
    await workspace.fs.delete(Uri.file(other));
  });

  it("say all of it in a hover: the whole error, counts, commands, and since when the line is as it is; never as Markdown of others", async () => {
    const bait = "[gift](command:arq.clearHistory) <b> $(x)";
    await openBasket();
    await addFailed(redis, "bait-1", {
      error: new PyCall("builtins", "ValueError", [bait]),
      traceback: keyError.replace("KeyError: 'sku'", "ValueError: bait"),
      finishedAgoMs: 0,
    });
    const text = await eventually(
      async () => {
        const found = await hoverText(priceLine);
        assert.match(found, /ValueError/);
        return found;
      },
      { timeoutMs: 20_000 },
    );
    assert.match(text, /12 jobs in the last hour/);
    assert.match(text, /\[Open Latest Job\]\(command:arq\.openJob\?[^)]*connection%22%3A%22shop%22/);
    assert.match(text, /\[Show Jobs\]\(command:arq\.showDashboard\?/);
    assert.match(text, /\[Mute\]\(command:arq\.muteErrorGroup\?[^)]*connection%22%3A%22shop%22/);
    assert.ok(!text.includes("[gift](command:"), text);
    assert.ok(!text.includes("<b>"), text);
    assert.match(text.replaceAll("\\", ""), /changed 2 days ago by Jane \*Doe\*, first failure/);
    await commands.executeCommand("arq.muteErrorGroup", { groupKey: `ValueError\n${bait}` });
  });

  it("say of a line that is not committed that it is not", async () => {
    const document = await openBasket();
    await change(new Range(priceLine - 1, 0, priceLine - 1, 0), "  ");
    await document.save();
    await eventually(
      async () => {
        const text = (await hoverText(priceLine)).replaceAll("\\", "");
        assert.match(text, /changed and not committed yet, first failure/);
      },
      { timeoutMs: 20_000 },
    );
    await change(new Range(priceLine - 1, 0, priceLine - 1, 2), "");
    await document.save();
    assert.equal(document.getText(), source);
  });

  it("stand as problems, too, by a setting, also of files that are not open", async () => {
    await openBasket();
    await stand([
      { line: priceLine, state: "same", text: /KeyError/ },
      { line: settleLine, state: "unknown", text: /RuntimeError/ },
    ]);
    assert.deepEqual(problems(), [], "off by default");
    await set("arq.problems.enabled", true);
    const found = await eventually(() => {
      const entry = problems().find(({ message }) => message.startsWith("KeyError"));
      assert.ok(entry);
      return entry;
    });
    assert.equal(found.message, "KeyError: 'sku' (12 jobs in the last hour on shop (staging))");
    assert.equal(found.severity, DiagnosticSeverity.Error);
    assert.ok(
      found.range.isEqual(new Range(priceLine - 1, 4, priceLine - 1, source.split("\n")[priceLine - 1]!.length)),
    );
    assert.ok(typeof found.code === "object");
    assert.equal(found.code.value, "KeyError");
    assert.match(found.code.target.path, /^\/job\/sku-\d+$/);
    assert.deepEqual(
      found.relatedInformation?.map(({ location, message }) => [location.range.start.line, message]),
      [[sumLine - 1, "called from check_out"]],
    );
    const bare = problems().find(({ message }) => message.startsWith("RuntimeError"));
    assert.equal(bare?.severity, DiagnosticSeverity.Warning);
    await commands.executeCommand("workbench.action.closeAllEditors");
    await addFailed(redis, "sku-more", { traceback: keyError, finishedAgoMs: 0 });
    await eventually(() => assert.ok(problems().some(({ message }) => message.includes("13 jobs"))), {
      timeoutMs: 20_000,
    });
    await set("arq.problems.enabled", undefined);
    await eventually(() => assert.deepEqual(problems(), []));
  });

  it("stand at their lines as problems while the file is edited, also without notes", async () => {
    await openBasket();
    const at = (line: number) =>
      eventually(
        () => {
          const entry = problems().find(({ message }) => message.startsWith("KeyError"));
          assert.equal(entry?.range.start.line, line - 1);
        },
        { timeoutMs: 15_000 },
      );
    await set("arq.problems.enabled", true);
    // Every change of our settings has all lines looked for again: what follows is not due to the age of an answer.
    await set("arq.failingLines.enabled", false);
    await at(priceLine);
    await change(new Range(2, 0, 2, 0), "import math\n\n\n");
    await at(priceLine + 3);
    await commands.executeCommand("workbench.action.files.revert");
    await at(priceLine);
    await set("arq.failingLines.enabled", undefined);
    await set("arq.problems.enabled", undefined);
    await stand([
      { line: priceLine, state: "same", text: /KeyError/ },
      { line: settleLine, state: "unknown", text: /RuntimeError/ },
    ]);
  });

  it("claim nothing of a file that is another one by the time that it is opened", async () => {
    await openBasket();
    await addFailed(redis, "tariff-1", {
      error: new PyCall("builtins", "LookupError", ["no tariff"]),
      traceback: `Traceback (most recent call last):
  File "/app/shop/tariff.py", line 2, in tariff_of
    raise LookupError("no tariff")
LookupError: no tariff
`,
      finishedAgoMs: 0,
    });
    await set("arq.problems.enabled", true);
    const at = (line: number) =>
      eventually(
        () =>
          assert.deepEqual(
            problems(tariff()).map(({ range }) => range.start.line),
            [line - 1],
          ),
        { timeoutMs: 20_000 },
      );
    await at(2);
    await writeFile(tariff(), `import math\n\n\n${tariffSource}`);
    // Opened as a person does it: nothing of the file has been in the editor before.
    await commands.executeCommand("vscode.open", Uri.file(tariff()));
    await eventually(() => assert.equal(window.activeTextEditor?.document.uri.fsPath, tariff()));
    assert.ok(!notes().some(({ state }) => state === "same"), JSON.stringify(notes()));
    await stand([{ line: 5, state: "moved", text: /^LookupError: no tariff/ }]);
    await at(5);
    await set("arq.problems.enabled", undefined);
    await commands.executeCommand("arq.muteErrorGroup", { groupKey: "LookupError\nno tariff" });
    await commands.executeCommand("workbench.action.closeActiveEditor");
    await workspace.fs.delete(Uri.file(tariff()));
  });

  it("are gone when they are switched off, and when their jobs are", async () => {
    await openBasket();
    await stand([
      { line: priceLine, state: "same", text: /× 13/ },
      { line: settleLine, state: "unknown", text: /./ },
    ]);
    await set("arq.failingLines.enabled", false);
    await eventually(() => assert.deepEqual(notes(), []));
    await eventually(() => assert.equal(api.failingLines.following, false));
    await set("arq.failingLines.enabled", undefined);
    await eventually(() => assert.equal(notes().length, 2), { timeoutMs: 20_000 });
    await set("arq.connections", []);
    await eventually(() => assert.deepEqual(notes(), []));
  });

  async function hoverText(line: number): Promise<string> {
    const hovers = await commands.executeCommand<Hover[]>(
      "vscode.executeHoverProvider",
      Uri.file(basket()),
      new Position(line - 1, 8),
    );
    const contents = hovers.flatMap((hover) => hover.contents);
    return contents.map((each) => (each instanceof MarkdownString ? each.value : "")).join("\n");
  }
});
