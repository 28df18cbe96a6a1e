import assert from "node:assert/strict";
import { commands, env, Uri, ViewColumn, window } from "vscode";
import type { ArqApi } from "../../src/host/api";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { answering, panelTabs } from "./asking";
import { addFailed, addQueued, connect, disconnect } from "./fixture";

describe("links from outside", () => {
  const asking = answering("showWarningMessage", "showErrorMessage");
  let server: RedisServer;
  let other: RedisServer;
  let api: ArqApi;

  before(async () => {
    [server, other] = await Promise.all([startRedis(), startRedis()]);
    await addFailed(server.client(), "broken/1 & more");
    await addQueued(other.client(), "waits-elsewhere");
    asking.begin();
    api = await connect([
      { name: "shop", url: server.url },
      { name: "staging & co", url: other.url },
    ]);
  });

  afterEach(async () => {
    asking.reset();
    await commands.executeCommand("workbench.action.closeAllEditors");
    await eventually(() => assert.deepEqual([api.jobs.open.length, api.dashboard.open], [0, false]));
    await api.connections.activate("shop");
  });

  after(async () => {
    asking.end();
    await disconnect();
    await Promise.all([server.stop(), other.stop()]);
  });

  const follow = (link: string): Promise<void> => api.links.handleUri(Uri.parse(link, true));
  const copied = (): Thenable<string> => env.clipboard.readText();

  it("leads from a copied link back to the job", async () => {
    await commands.executeCommand("arq.copyJobLink", { jobId: "broken/1 & more" });
    const link = await copied();
    assert.equal(link, `${env.uriScheme}://arq-monitor.arq-monitor/job/broken%2F1%20%26%20more?connection=shop`);
    await follow(link);
    assert.deepEqual(api.jobs.open, ["broken/1 & more"]);
    const view = await eventually(async () => {
      const shown = await api.jobs.current("broken/1 & more");
      assert.equal(shown?.kind, "job");
      return shown;
    });
    assert.ok(view?.kind === "job");
    assert.equal(view.row.state, "failed");
    assert.deepEqual(asking.asked, []);
  });

  it("copies the link to the job whose panel is in front", async () => {
    await commands.executeCommand("arq.openJob", "broken/1 & more");
    await eventually(() => assert.equal(api.jobs.active, "broken/1 & more"));
    await commands.executeCommand("arq.copyJobLink");
    assert.match(await copied(), /\/job\/broken%2F1%20%26%20more\?connection=shop$/);
  });

  it("leads to the dashboard with the filter that it showed when the link was copied", async () => {
    await commands.executeCommand("arq.showDashboard", { filter: { states: ["failed"], queue: "arq:queue" } });
    await commands.executeCommand("arq.copyDashboardLink");
    const link = await copied();
    assert.match(decodeURIComponent(link), /dashboard\?tab=jobs&filter=status:failed queue:arq:queue&connection=shop$/);
    await commands.executeCommand("workbench.action.closeAllEditors");
    await follow(link);
    await eventually(async () => {
      const { body } = await api.dashboard.current();
      assert.ok(body?.tab === "jobs");
      assert.deepEqual(
        body.view.rows.map(({ id }) => id),
        ["broken/1 & more"],
      );
    });
  });

  it("opens the tab that a link names", async () => {
    await follow("vscode://arq-monitor.arq-monitor/dashboard?tab=functions&connection=shop");
    assert.equal(api.dashboard.look.tab, "functions");
    assert.equal(api.dashboard.open, true);
  });

  it("tells that the connection is another one, and opens nothing unless the user switches", async () => {
    const link = "vscode://arq-monitor.arq-monitor/job/waits-elsewhere?connection=staging%20%2526%20co";
    await follow(link);
    assert.match(asking.said, /This is of the connection "staging & co"\. The current one is "shop"\./);
    assert.deepEqual(api.jobs.open, []);
    asking.answer = "Switch to staging & co";
    await follow(link);
    assert.equal(api.connections.active?.name, "staging & co");
    await eventually(async () => assert.equal((await api.jobs.current("waits-elsewhere"))?.kind, "job"), {
      timeoutMs: 15_000,
    });
  });

  it("connects to nothing that is not configured, whatever a link names", async () => {
    await follow(`vscode://arq-monitor.arq-monitor/job/waits-elsewhere?connection=${encodeURIComponent(other.url)}`);
    assert.match(asking.said, /This is of the connection "redis:\/\/[^"]+", which is not configured here\./);
    assert.match(asking.said, /Configured here: shop, staging & co\./);
    assert.equal(api.connections.active?.name, "shop");
    assert.deepEqual(api.jobs.open, []);
  });

  for (const [what, path, why] of [
    ["that leads nowhere", "/settings", /neither to a job nor to the dashboard/],
    ["with a tab that is not there", "/dashboard?tab=secrets", /no tab of that name/],
    [
      "with an intent that the tab refuses",
      `/dashboard?tab=jobs&intent=${encodeURIComponent('{"query":{"sort":"x"}}')}`,
      /sort/,
    ],
  ] as const) {
    it(`says what is wrong with a link ${what}`, async () => {
      await follow(`vscode://arq-monitor.arq-monitor${path}`);
      assert.match(asking.said, /^ARQ: this link cannot be opened: /);
      assert.match(asking.said, why);
      assert.equal(api.dashboard.open, false);
    });
  }

  it("opens the dashboard beside", async () => {
    await commands.executeCommand("arq.showDashboard");
    await eventually(() => assert.equal(panelTabs("arq.dashboard")[0]?.group.viewColumn, ViewColumn.One));
    await commands.executeCommand("workbench.action.closeAllEditors");
    await eventually(() => assert.equal(api.dashboard.open, false));
    await commands.executeCommand("arq.openJob", "broken/1 & more");
    await commands.executeCommand("arq.showDashboardToSide", { tab: "workers" });
    await eventually(() => assert.equal(panelTabs("arq.dashboard")[0]?.group.viewColumn, ViewColumn.Two));
    assert.equal(api.dashboard.look.tab, "workers");
    assert.equal(window.tabGroups.all.length, 2);
  });

  it("moves an open dashboard beside what is in front of it, and leaves one that stands beside where it is", async () => {
    await commands.executeCommand("arq.showDashboard", { tab: "queues" });
    await commands.executeCommand("arq.openJob", "broken/1 & more");
    await eventually(() => assert.equal(panelTabs("arq.job")[0]?.isActive, true));
    const beside = () => {
      assert.deepEqual(
        panelTabs("arq.dashboard").map(({ group, isActive, isPreview }) => [group.viewColumn, isActive, isPreview]),
        [[ViewColumn.Two, true, false]],
      );
      assert.deepEqual(
        panelTabs("arq.job").map(({ group }) => group.viewColumn),
        [ViewColumn.One],
      );
    };
    await commands.executeCommand("arq.showDashboardToSide");
    await eventually(beside);
    assert.equal(api.dashboard.open, true);
    assert.equal(api.dashboard.look.tab, "queues", "it shows what it did");
    await commands.executeCommand("arq.openJob", "broken/1 & more");
    await commands.executeCommand("arq.showDashboardToSide");
    await eventually(beside);
  });
});
