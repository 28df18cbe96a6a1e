import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { PyCall } from "../demo/pickle";
import { resultPayload } from "../demo/arqPayloads";
import { tuple } from "../demo/pickle";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { repositoryRoot } from "../support/repositoryRoot";
import { TempFolder } from "../support/tempFolder";
import { windowThemes } from "../support/vscode/openShopWindow";
import { openVsCode, type OpenedVsCode } from "../support/vscode/openVsCode";

const patient = { timeoutMs: 60_000 };
const patience = { timeout: 60_000 };
/** `picked = inventory.reserve(lines)` of the demo shop. */
const failingLine = 30;
const pictures = join(repositoryRoot(), ".vscode-test", "pictures");

function traceback(error: string): string {
  return `Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/arq/worker.py", line 594, in run_job
    result = await asyncio.wait_for(task, timeout_s)
  File "/srv/app/shop/orders.py", line ${failingLine}, in place_order
    picked = inventory.reserve(lines)
${error}
`;
}

describe("Failing lines in a window", function () {
  this.timeout(240_000);
  const folder = new TempFolder();
  let server: RedisServer;
  let redis: Redis;
  let vscode: OpenedVsCode;

  const settings = (more: object = {}) =>
    writeFileSync(
      join(folder.path, ".vscode", "settings.json"),
      JSON.stringify({ "arq.connections": [{ name: "shop", url: server.url, environment: "staging" }], ...more }),
    );

  const fail = async (id: string, type: string, text: string, agoMs: number, tb = true) => {
    const finishedAt = Date.now() - agoMs;
    const bytes = resultPayload({
      function: "place_order",
      args: tuple(7),
      kwargs: {},
      enqueuedAt: finishedAt - 5000,
      id,
      queue: "arq:queue",
      tries: 1,
      success: false,
      result: new PyCall("builtins", type, [text]),
      startedAt: finishedAt - 900,
      finishedAt,
      extra: tb ? { tb: traceback(`${type}: ${text}`) } : {},
    });
    await redis.set(`arq:result:${id}`, bytes, "PX", 3_600_000);
  };

  /** What is drawn behind the lines of the editor, which is made by style sheets: each text with its colour. */
  const drawn = () =>
    vscode.page.locator(".monaco-editor .view-line span span").evaluateAll((spans) =>
      spans.flatMap((span) => {
        // Types of the browser are none of this project's.
        const { getComputedStyle } = globalThis as unknown as {
          getComputedStyle: (this: void, of: unknown, part: string) => { content: string; color: string };
        };
        const { content, color } = getComputedStyle(span, "::after");
        return content === "none" || content === "normal" || content === "" ? [] : [{ content, color }];
      }),
    );
  const notes = async () => (await drawn()).filter(({ content }) => /Error/.test(content));

  before(async () => {
    server = await startRedis();
    redis = server.client();
    for (let n = 0; n < 12; n++) await fail(`sku-${n}`, "KeyError", "sku", 3 * 60_000 + n);
    cpSync(join(repositoryRoot(), "test", "workspaces", "demo"), folder.path, { recursive: true });
    const at = new Date(Date.now() - 2.5 * 86_400_000).toISOString();
    const env = { ...process.env, GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at };
    for (const args of [
      ["init", "-q"],
      ["add", "."],
      ["commit", "-qm", "Begin the shop"],
    ]) {
      execFileSync("git", ["-c", "user.name=Jane Doe", "-c", "user.email=j@example.com", ...args], {
        cwd: folder.path,
        env,
      });
    }
    mkdirSync(join(folder.path, ".vscode"), { recursive: true });
    mkdirSync(pictures, { recursive: true });
    settings();
    vscode = await openVsCode({ workspace: folder.path, width: 1360, height: 860 });
    const found = vscode.page.locator(".quick-input-list .monaco-list-row", { hasText: "orders.py" }).first();
    // Again where the workbench does not listen to keys yet.
    await eventually(
      async () => {
        await vscode.page.keyboard.press("Control+P");
        await vscode.page.locator(".quick-input-widget:visible input").fill("shop/orders.py", { timeout: 5000 });
        await found.waitFor({ timeout: 10_000 });
      },
      { timeoutMs: 90_000 },
    );
    await vscode.page.keyboard.press("Enter");
    await vscode.page.locator(".tab.active", { hasText: "orders.py" }).waitFor();
  });

  after(async () => {
    await vscode?.close();
    await server?.stop();
    folder.remove();
  });

  afterEach(async function () {
    if (this.currentTest?.state !== "failed") return;
    await vscode.screenshot(join(pictures, `failed: ${this.currentTest.title.slice(0, 60)}.png`));
  });

  it("are drawn behind the line, and nowhere else", async () => {
    await eventually(async () => {
      const found = await notes();
      assert.equal(found.length, 1, JSON.stringify(await drawn()));
      assert.match(found[0]!.content, /^"KeyError 'sku' × 12, \d min ago, shop \(staging\)"$/);
    }, patient);
    const line = vscode.page.locator(".view-line", { hasText: "inventory.reserve" });
    assert.equal(await line.count(), 1);
    await vscode.screenshot(join(pictures, "note.png"));
  });

  it("tell all in a hover over the note itself, with links and who changed the line last", async () => {
    const line = vscode.page.locator(".view-line", { hasText: "inventory.reserve" }).locator("> span");
    const hover = vscode.page.locator(".monaco-hover:visible", { hasText: "Open Latest Job" });
    await eventually(async () => {
      // Lines move while lenses come.
      const box = await line.boundingBox();
      assert.ok(box);
      await vscode.page.mouse.move(box.x + 5, box.y + 200);
      await vscode.page.mouse.move(box.x + box.width - 40, box.y + box.height / 2, { steps: 5 });
      await hover.first().waitFor({ timeout: 8000 });
    }, patient);
    const text = await hover.first().innerText();
    assert.match(text, /KeyError: 'sku'/);
    assert.match(text, /12 jobs in the last hour/);
    assert.match(text, /changed 2 days ago by Jane Doe, first failure/);
    await vscode.screenshot(join(pictures, "note-hover.png"));
    await hover.first().getByText("Open Latest Job").click();
    await vscode.page.locator(".tab.active", { hasText: "place_order" }).waitFor();
    await vscode.runCommand("View: Close Editor");
  });

  it("can be read in light and high contrast themes", async () => {
    const colours = new Set<string>();
    for (const [name, [label]] of Object.entries(windowThemes)) {
      settings({ "workbench.colorTheme": label });
      const note = await eventually(async () => {
        const [found] = await notes();
        assert.ok(found);
        const theme = (await vscode.page.locator(".monaco-workbench").first().getAttribute("class")) ?? "";
        const light = name.includes("light");
        assert.equal(/(?:^| )(?:vs|hc-light)(?: |$)/.test(theme), light, theme);
        assert.equal(/(?:^| )hc-/.test(theme), name.includes("contrast"), theme);
        return found;
      }, patient);
      colours.add(note.color);
      await vscode.screenshot(join(pictures, `note-${name.replaceAll(" ", "-")}.png`));
    }
    assert.ok(colours.size >= 2, "the colour is the theme's");
    settings();
  });

  it('turn to "edited since" while somebody types, at the end of the line as anywhere', async () => {
    await vscode.page.locator(".view-line", { hasText: "inventory.reserve" }).click();
    await vscode.page.keyboard.press("End");
    await vscode.page.keyboard.type("  # soon", { delay: 10 });
    await eventually(async () =>
      assert.deepEqual(
        (await notes()).map(({ content }) => content),
        ['"KeyError × 12 · edited since"'],
      ),
    );
    await vscode.screenshot(join(pictures, "note-edited.png"));
    // Word by word, as it was typed.
    for (let step = 0; step < 3; step++) await vscode.page.keyboard.press("Control+Z");
    await eventually(async () => assert.match((await notes())[0]?.content ?? "", /× 12, /), patient);
  });

  it("are followed by one quiet message for a new error, with the way to its line", async () => {
    await fail("new-1", "ValueError", "no such parcel", 0);
    await vscode.page.locator(".statusbar-item", { hasText: "1 new error" }).waitFor(patience);
    // Under VS Code's own test driver no message pops up by itself.
    await vscode.runCommand("Notifications: Show Notifications");
    const message = vscode.page.locator(".notifications-center .notification-list-item", { hasText: "New error in" });
    await message.first().waitFor(patience);
    const text = await message.first().innerText();
    assert.match(text, /New error in shop \(staging\): ValueError: no such parcel in place_order/);
    assert.match(text, /orders\.py:30, changed 2 days ago by Jane Doe, first failure/);
    assert.equal(await message.count(), 1);
    for (const action of ["Open Line", "Open Job", "Mute"]) await message.first().getByText(action).waitFor(patience);
    await vscode.screenshot(join(pictures, "note-message.png"));
    await message.first().getByText("Open Line").click();
    await vscode.page.locator(".statusbar-item", { hasText: "Ln 30," }).waitFor(patience);
  });
});
