import assert from "node:assert/strict";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Redis } from "ioredis";
import type { Frame } from "playwright-core";
import { allowedCommands } from "../../src/redis/readOnlyCommands";
import { jobPayload, resultPayload } from "../demo/arqPayloads";
import { PyCall, tuple } from "../demo/pickle";
import { seriousFindings } from "../support/accessibility";
import { composedText } from "../support/composedText";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { repositoryRoot } from "../support/repositoryRoot";
import { TempFolder } from "../support/tempFolder";
import { darkTheme, openVsCode, type OpenedVsCode } from "../support/vscode/openVsCode";

/** The line of `payments.py` in the demo shop on which the seeded job failed. */
const failingLine = 56;
const traceback = `Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/arq/worker.py", line 594, in run_job
    result = await asyncio.wait_for(task, timeout_s)
  File "/app/shop/payments.py", line 63, in pay_out
    return split(cents, sellers)
  File "/app/shop/payments.py", line ${failingLine}, in split
    part = share(cents, sellers)
ZeroDivisionError: integer division or modulo by zero
`;

describe("The pages inside VS Code", function () {
  this.timeout(240_000);
  const folder = new TempFolder();
  const pictures = join(repositoryRoot(), ".vscode-test", "pictures");
  let server: RedisServer;
  let redis: Redis;
  let monitor: Redis;
  let vscode: OpenedVsCode;
  let dashboard: Frame;
  const refusedByPolicy: string[] = [];
  /** Every command that reached the server from somebody else than this test. */
  const monitored: string[] = [];

  const settings = (more: object = {}) =>
    writeFileSync(
      join(folder.path, ".vscode", "settings.json"),
      JSON.stringify({ "arq.connections": [{ name: "Shop", url: server.url }], ...more }),
    );

  before(async () => {
    server = await startRedis();
    redis = server.client();
    await seed(redis);
    monitor = await watchCommands(server, redis, monitored);
    cpSync(join(repositoryRoot(), "test", "workspaces", "demo"), folder.path, { recursive: true });
    mkdirSync(join(folder.path, ".vscode"), { recursive: true });
    rmSync(pictures, { recursive: true, force: true });
    mkdirSync(pictures, { recursive: true });
    settings();
    vscode = await openVsCode({ workspace: folder.path, theme: darkTheme, width: 1360, height: 900 });
    vscode.page.on("console", (message) => {
      if (/Content Security Policy/i.test(message.text())) refusedByPolicy.push(message.text());
    });
    await vscode.openContainer("ARQ");
    await vscode.runCommand("ARQ: Show Dashboard");
    dashboard = await vscode.webview("ARQ Dashboard");
  });

  after(async () => {
    await vscode?.close();
    monitor?.disconnect();
    await server?.stop();
    folder.remove();
  });

  afterEach(async function () {
    if (this.currentTest?.state === "failed") await picture(`failed: ${this.currentTest.title.slice(0, 60)}`);
  });

  const card = (state: string) => dashboard.locator(`button.card[data-state="${state}"] .number`);
  const openTab = (name: RegExp) => dashboard.getByRole("tab", { name }).click();
  const sidebar = (text: string | RegExp) =>
    vscode.page.locator(".part.sidebar .monaco-list-row").filter({ hasText: text });

  it("shows the true numbers of the queue in the dashboard", async () => {
    await eventually(async () => assert.equal(await card("queued").innerText(), "60"), { timeoutMs: 20_000 });
    assert.equal(await card("complete").innerText(), "78");
    assert.equal(await card("failed").innerText(), "2");
    await openTab(/^Jobs/);
    await eventually(async () => assert.equal(await dashboard.locator("arq-job-table .job").count(), 50));
    assert.match(await dashboard.locator("body").evaluate(composedText), /1–50 of 140/);
  });

  it("shows the same queue in the sidebar's trees and in the status bar", async () => {
    await sidebar(/^arq:queue\s*60 queued/).waitFor();
    await sidebar(/ZeroDivisionError/).waitFor();
    await vscode.page.locator(".statusbar-item", { hasText: "Shop" }).waitFor();
  });

  it("changes the number in the page when a job is enqueued", async () => {
    await openTab(/^Overview/);
    await enqueue(redis, "late-0");
    await eventually(async () => assert.equal(await card("queued").innerText(), "61"), { timeoutMs: 10_000 });
  });

  it("tells of a job that is enqueued without moving what is read, and shows it when asked to", async () => {
    await openTab(/^Jobs/);
    const read = dashboard.locator("arq-job-table .job", { hasText: "waits-30" });
    await read.scrollIntoViewIfNeeded();
    const top = async () => Math.round((await read.boundingBox())?.y ?? -1);
    const before = await top();
    await enqueue(redis, "late-1");
    await dashboard.locator(".news", { hasText: "1 new job" }).waitFor();
    assert.ok(Math.abs((await top()) - before) <= 1, `the row stood at ${before} and is at ${await top()}`);
    await dashboard.locator(".news").click();
    await dashboard.locator("arq-job-table .job", { hasText: "late-1" }).waitFor();
  });

  it("finds a job by text and by status, and pages through the rest", async () => {
    await dashboard.getByRole("button", { name: /next/i }).first().click();
    await eventually(async () => assert.match(await dashboard.locator("body").evaluate(composedText), /51–100 of 142/));
    await openTab(/^Overview/);
    await dashboard.locator('button.card[data-state="failed"]').click();
    await eventually(async () => assert.equal(await dashboard.locator("arq-job-table .job").count(), 2));
  });

  it("opens the job that is clicked, and the line of code from its traceback", async () => {
    await dashboard.locator("arq-job-table .job", { hasText: "pay_out" }).click();
    const job = await vscode.webview(/^pay_out|^ARQ Job|^Job /);
    await job.locator("arq-traceback-list").waitFor();
    const text = await job.locator("body").evaluate(composedText);
    assert.match(text, /ZeroDivisionError/);
    assert.match(text, /stored with the result/);
    assert.match(text, /\(20197, 5740, \[\]\)/);
    await eventually(async () => assert.deepEqual(await seriousFindings(job), []), { timeoutMs: 15_000 });
    await picture(`job-dark`);
    await job.locator("button.go", { hasText: "in split" }).click();
    await vscode.page.locator(".tab.active", { hasText: "payments.py" }).waitFor();
    await vscode.page.locator(".statusbar-item", { hasText: `Ln ${failingLine},` }).waitFor();
  });

  it("opens the line from the tree of failed jobs as well", async () => {
    await closeEditors();
    await sidebar(/^ZeroDivisionError/).click();
    await sidebar(/^pay_out.*split-1/)
      .locator(".monaco-tl-twistie")
      .click();
    // VS Code uses the rows' elements again when it draws the tree anew, so a click may meet its neighbour.
    await eventually(
      async () => {
        // The innermost frame of our own code comes first.
        await sidebar(/^split\s*shop\/payments\.py:56/).click();
        await vscode.page.locator(".tab.active", { hasText: "payments.py" }).waitFor({ timeout: 3000 });
        await vscode.page.locator(".statusbar-item", { hasText: `Ln ${failingLine},` }).waitFor({ timeout: 3000 });
      },
      { timeoutMs: 30_000 },
    );
  });

  it("comes back with its search after the window is reloaded", async () => {
    await closeEditors();
    await vscode.runCommand("ARQ: Show Dashboard");
    dashboard = await vscode.webview("ARQ Dashboard");
    await openTab(/^Jobs/);
    await dashboard.getByRole("combobox", { name: "Filter jobs" }).fill("done-7");
    const found = () => dashboard.locator("arq-job-table .job").count();
    // done-7 and done-70 to done-77.
    await eventually(async () => assert.equal(await found(), 9), { timeoutMs: 10_000 });
    await vscode.reload();
    dashboard = await vscode.webview("ARQ Dashboard", { timeoutMs: 60_000 });
    await eventually(async () => assert.equal(await found(), 9), { timeoutMs: 30_000 });
    await openTab(/^Overview/);
    await eventually(async () => assert.equal(await card("queued").innerText(), "62"));
  });

  for (const [name, theme] of [
    ["light", "Light Modern"],
    ["high-contrast", "Default High Contrast"],
    ["dark", "Dark Modern"],
  ] as const) {
    it(`is accessible in VS Code's ${name} theme`, async () => {
      settings({ "workbench.colorTheme": theme });
      const wanted = { dark: "vscode-dark", light: "vscode-light", "high-contrast": "vscode-high-contrast" }[name];
      await eventually(
        async () => assert.ok((await dashboard.locator("body").getAttribute("class"))?.split(" ").includes(wanted)),
        { timeoutMs: 20_000 },
      );
      await eventually(async () => assert.deepEqual(await seriousFindings(dashboard), []), { timeoutMs: 15_000 });
      await picture(`dashboard-${name}`);
    });
  }

  it("says that it is not live while Redis is away, and heals by itself", async () => {
    await server.kill();
    await eventually(
      async () => assert.match(await dashboard.locator("body").evaluate(composedText), /Not live since/),
      { timeoutMs: 20_000 },
    );
    // The one that heard is gone with the server, and knew this test by its old connection.
    monitor.disconnect();
    await server.restart();
    redis = server.client();
    monitor = await watchCommands(server, redis, monitored);
    await enqueue(redis, "after-restart");
    await eventually(async () => assert.equal(await card("queued").innerText(), "1"), { timeoutMs: 30_000 });
    assert.doesNotMatch(await dashboard.locator("body").evaluate(composedText), /Not live since/);
  });

  it("was refused nothing by the pages' content security policy, which is heard when it refuses", async () => {
    assert.deepEqual(refusedByPolicy, []);
    await dashboard.evaluate(`document.body.insertAdjacentHTML("beforeend", '<b style="color: red"></b>')`);
    await eventually(() => assert.equal(refusedByPolicy.length, 1));
  });

  it("has sent Redis nothing but the commands it may send", () => {
    assert.ok(monitored.length > 100, `only ${monitored.length} commands were seen`);
    assert.deepEqual([...new Set(monitored)].filter((name) => !allowedCommands.has(name)).sort(), []);
  });

  async function closeEditors(): Promise<void> {
    await vscode.runCommand("View: Close All Editors");
    await eventually(async () => assert.equal(await vscode.page.locator(".tabs-container .tab").count(), 0));
  }

  async function picture(name: string): Promise<void> {
    await vscode.screenshot(join(pictures, `${name}.png`));
  }
});

const enqueuedAt = Date.now() - 120_000;

async function enqueue(redis: Redis, id: string): Promise<void> {
  const payload = jobPayload({ function: "send_confirmation", args: tuple(id), kwargs: {}, enqueuedAt: Date.now() });
  await redis.multi().psetex(`arq:job:${id}`, 86_400_000, payload).zadd("arq:queue", Date.now(), id).exec();
}

/** 60 jobs that wait, 78 that succeeded, 2 that failed: one with a stored traceback. */
async function seed(redis: Redis): Promise<void> {
  for (let n = 0; n < 60; n++) await enqueue(redis, `waits-${n}`);
  const finish = async (
    id: string,
    name: string,
    args: ReturnType<typeof tuple>,
    result: PyCall | null,
    tb?: string,
  ) => {
    const finishedAt = Date.now() - 60_000;
    const bytes = resultPayload({
      function: name,
      args,
      kwargs: {},
      enqueuedAt,
      id,
      queue: "arq:queue",
      tries: 1,
      success: result === null,
      result,
      startedAt: finishedAt - 400,
      finishedAt,
      ...(tb === undefined ? {} : { extra: { tb, w: "shop-1:4711" } }),
    });
    await redis.set(`arq:result:${id}`, bytes, "PX", 3_600_000);
  };
  for (let n = 0; n < 78; n++) await finish(`done-${n}`, "place_order", tuple(n), null);
  await finish("lost-1", "place_order", tuple(7), new PyCall("builtins", "KeyError", ["MUG-GREEN"]));
  const zero = new PyCall("builtins", "ZeroDivisionError", ["integer division or modulo by zero"]);
  await finish("split-1", "pay_out", tuple(20197, 5740, []), zero, traceback);
}

/** Collects what MONITOR shows of other clients than `own`, by the names of `allowedCommands`. */
async function watchCommands(server: RedisServer, own: Redis, seen: string[]): Promise<Redis> {
  const address = /laddr=\S+|addr=(\S+)/.exec(await own.client("INFO"))?.[1];
  const monitor = await server.client().monitor();
  monitor.on("monitor", (_time: string, args: string[], source: string) => {
    if (source === address) return;
    const [name = "", sub = ""] = args.map((word) => word.toLowerCase());
    seen.push(name === "client" ? `client|${sub}` : name);
  });
  monitor.on("error", () => {});
  return monitor;
}
