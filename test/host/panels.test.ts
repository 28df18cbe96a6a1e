import assert from "node:assert/strict";
import { commands, env, type Tab, TabInputWebview, window } from "vscode";
import type { ArqApi } from "../../src/host/api";
import type { JobView } from "../../src/protocol/viewModels";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { addFailed, addQueued, connect, disconnect, set } from "./fixture";
import { overhear, type OverheardPage, Spies } from "./overhear";

/** Tabs of our panels: VS Code prefixes their type. */
function tabs(type: string): Tab[] {
  return window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof TabInputWebview && input.viewType.endsWith(type));
}

describe("the panels", () => {
  let server: RedisServer;
  let api: ArqApi;

  before(async () => {
    server = await startRedis();
    const redis = server.client();
    await addQueued(redis, "waits-1");
    await addFailed(redis, "broken-1");
    api = await connect([{ name: "shop", url: server.url }]);
  });

  after(async () => {
    await disconnect();
    await server.stop();
  });

  async function job(id: string): Promise<Extract<JobView, { kind: "job" }>> {
    const view = await api.jobs.current(id);
    assert.ok(view?.kind === "job", view?.kind);
    return view;
  }

  it("opens one dashboard, and reveals it when asked for again", async () => {
    await commands.executeCommand("arq.showDashboard");
    await eventually(() => assert.equal(tabs("arq.dashboard").length, 1));
    await commands.executeCommand("arq.showDashboard");
    assert.equal(tabs("arq.dashboard").length, 1);
    const view = await api.dashboard.current();
    assert.deepEqual(view.connection?.name, "shop");
    assert.equal(view.snapshot?.counts.failed, 1);
  });

  it("shows in the dashboard what a tree asked for", async () => {
    await commands.executeCommand("arq.showDashboard", { filter: { states: ["failed"] } });
    const { body } = await api.dashboard.current();
    assert.ok(body?.tab === "jobs");
    assert.deepEqual(
      body.view.rows.map(({ id }) => id),
      ["broken-1"],
    );
  });

  it("stands still while it is paused, but not over another rule of what is hidden, or another connection", async () => {
    await commands.executeCommand("workbench.action.closeAllEditors");
    await eventually(() => assert.equal(api.dashboard.open, false));
    const pages: OverheardPage[] = [];
    const spies = new Spies();
    const create = window.createWebviewPanel.bind(window);
    spies.put(window, "createWebviewPanel", (...given: Parameters<typeof create>) => overhear(create(...given), pages));
    try {
      await commands.executeCommand("arq.showDashboard");
      const [page] = pages;
      assert.ok(page);
      const paused = async () => (await api.dashboard.current()).paused;
      await page.ask("pause", { paused: true });
      assert.equal(await paused(), true);
      await set("arq.redact", ["order-*"]);
      await eventually(async () => assert.equal(await paused(), false));
      await page.ask("pause", { paused: true });
      await connect([{ name: "other", url: server.url }]);
      await eventually(async () => assert.equal(await paused(), false));
    } finally {
      spies.restore();
      await set("arq.redact", undefined);
      await connect([{ name: "shop", url: server.url }]);
    }
  });

  it("opens one panel per job, named after it", async () => {
    await commands.executeCommand("arq.openJob", "broken-1");
    await commands.executeCommand("arq.openJob", { jobId: "waits-1" });
    await commands.executeCommand("arq.openJob", "broken-1");
    await eventually(() => assert.equal(tabs("arq.job").length, 2));
    assert.deepEqual([...api.jobs.open].sort(), ["broken-1", "waits-1"]);
    await eventually(() => assert.ok(tabs("arq.job").some(({ label }) => label === "charge_card · broken-1")));
  });

  it("tells everything of a failed job, and what would give a traceback", async () => {
    const view = await job("broken-1");
    assert.equal(view.row.state, "failed");
    assert.equal(view.args.state === "shown" && view.args.root.text, "('order-7',)");
    assert.equal(view.kwargs.state === "shown" && view.kwargs.root.text, "{'retry': False}");
    assert.equal(view.error?.type, "KeyError");
    assert.equal(view.error?.message, "'sku'");
    assert.ok((view.error?.missing?.remedies.length ?? 0) > 0);
    assert.ok(view.live);
    assert.ok(view.forgottenAt !== null && view.forgottenAt > Date.now());
  });

  it("says that a job is gone when Redis holds nothing of it", async () => {
    await commands.executeCommand("arq.openJob", "never-was");
    assert.equal((await api.jobs.current("never-was"))?.kind, "gone");
  });

  it("hides values in production until they are asked for", async () => {
    await connect([{ name: "prod", url: server.url, environment: "production" }]);
    await commands.executeCommand("arq.openJob", "broken-1");
    const view = await job("broken-1");
    assert.equal(view.args.state, "hidden");
    assert.equal(view.connection.production, true);
    assert.ok(!JSON.stringify(view).includes("order-7"));
    await connect([{ name: "shop", url: server.url }]);
  });

  it("keeps what it showed, and says that it is not live, while Redis is away", async () => {
    await commands.executeCommand("arq.openJob", "broken-1");
    assert.ok((await job("broken-1")).live);
    await server.kill();
    await eventually(() => assert.equal(api.session.state, "down"), { timeoutMs: 15_000 });
    const view = await job("broken-1");
    assert.equal(view.live, false);
    assert.equal(view.row.id, "broken-1");
    await server.restart();
  });

  it("copies a job's id and error from the trees", async () => {
    await commands.executeCommand("arq.copyJobId", { jobId: "broken-1" });
    assert.equal(await env.clipboard.readText(), "broken-1");
    await commands.executeCommand("arq.copyError", { errorText: "KeyError: 'sku'" });
    assert.equal(await env.clipboard.readText(), "KeyError: 'sku'");
  });

  it("asks for little while nothing of it can be seen, and for everything again when it can", async () => {
    await commands.executeCommand("workbench.action.closeAllEditors");
    await commands.executeCommand("workbench.view.explorer");
    await eventually(() => assert.equal(api.session.demand, "background"), { timeoutMs: 15_000 });
    await commands.executeCommand("arq.showDashboard");
    await eventually(() => assert.equal(api.session.demand, "visible"));
  });

  it("tells in the diagnostics what watching costs", async () => {
    await commands.executeCommand("arq.copyDiagnostics");
    const { cost } = JSON.parse(await env.clipboard.readText()) as {
      cost: { total: { commands: number; bytesReceived: number } };
    };
    assert.ok(cost.total.commands > 0 && cost.total.bytesReceived > 0);
  });
});
