import assert from "node:assert/strict";
import { commands, env, workspace } from "vscode";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { addQueued, connect, disconnect, extensionApi, rows, set } from "./fixture";

const password = "s3cret-Pa55word";

describe("connections", () => {
  let open: RedisServer;
  let locked: RedisServer;

  before(async () => {
    open = await startRedis();
    locked = await startRedis({ args: ["--requirepass", password] });
    await addQueued(open.client(), "open-1");
    await addQueued(locked.client({ password }), "locked-1");
  });

  afterEach(disconnect);

  after(async () => {
    await open.stop();
    await locked.stop();
  });

  it("a changed setting connects to the other server", async () => {
    const second = await startRedis();
    try {
      await addQueued(second.client(), "second-1", { queue: "second" });
      const api = await connect([{ name: "first", url: open.url }]);
      assert.deepEqual(
        api.session.snapshot()?.queues.map(({ name }) => name),
        ["arq:queue"],
      );
      await connect([{ name: "second", url: second.url }]);
      assert.deepEqual(
        api.session.snapshot()?.queues.map(({ name }) => name),
        ["second"],
      );
    } finally {
      await second.stop();
    }
  });

  it("the feed follows its setting, and a value that is none counts as not set", async () => {
    await set("arq.feed", "poll");
    const api = await connect([{ name: "open", url: open.url }]);
    const feed = () => {
      const status = api.session.snapshot()?.status;
      return status?.state === "live" ? status.feed : status?.state;
    };
    assert.equal(feed(), "poll");
    await set("arq.feed", "carrier pigeon");
    await eventually(() => assert.equal(feed(), "push"), { timeoutMs: 15_000 });
    assert.ok(api.log.recentProblems.some((line) => line.includes("arq.feed is not one of")));
  });

  it("switches to another configured connection by name, and refuses one that is not there", async () => {
    const api = await connect([
      { name: "one", url: open.url },
      { name: "two", url: `${open.url.replace(/\/0$/, "")}/5` },
    ]);
    await commands.executeCommand("arq.switchConnection", "two");
    await eventually(() => assert.equal(api.session.connection?.name, "two"));
    await eventually(() => assert.equal(api.session.state, "empty"), { timeoutMs: 15_000 });
    await commands.executeCommand("arq.switchConnection", "one");
    await eventually(() => assert.equal(api.session.state, "live"), { timeoutMs: 15_000 });
  });

  it("a refused connection shows its cause and what can be done about it", async () => {
    await commands.executeCommand("arq.queues.focus");
    const api = await connect([{ name: "nowhere", url: "redis://127.0.0.1:1/0" }], "down");
    assert.equal(api.session.problem?.reason, "refused");
    await eventually(() => assert.match(String(api.trees.queues.view.message), /^nowhere: .+\. .+\.$/));
    assert.deepEqual(
      (await rows(api.trees.queues)).map(({ item }) => item.command?.command),
      ["arq.refresh", "arq.connect", "arq.showLog"],
    );
    await eventually(() => assert.match(api.statusBar.item.text, /not connected/));
  });

  it("a URL that cannot be read, or names an unset variable, is down at once and says why", async () => {
    for (const [url, reason] of [
      ["http://127.0.0.1/0", /http/],
      ["redis://${env:ARQ_TEST_SURELY_UNSET}/0", /ARQ_TEST_SURELY_UNSET/],
    ] as const) {
      const api = await connect([{ name: url, url }], "down");
      assert.match(api.session.problem?.message ?? "", reason);
      assert.equal(api.session.monitor, null);
    }
  });

  it("a host name that does not resolve but is a compose service of the workspace gets that hint", async function () {
    const api = await connect([{ name: "compose", url: "redis://redis:6379/0" }], "down");
    if (api.session.problem?.reason !== "hostUnknown") this.skip();
    await eventually(() =>
      assert.match(api.session.problem?.advice ?? "", /"redis" is a service of docker-compose\.yml/),
    );
  });

  it("asks for a password where one is needed, uses the stored one, and notices when it is removed", async () => {
    const api = await connect([{ name: "locked", url: locked.url }], "down");
    assert.equal(api.session.problem?.reason, "passwordNeeded");
    const { connection } = api.session;
    assert.ok(connection);
    await api.secrets.set(connection, password);
    await eventually(() => assert.equal(api.session.state, "live"), { timeoutMs: 15_000 });
    await api.secrets.set(connection, "wrong");
    await eventually(() => assert.equal(api.session.problem?.reason, "passwordWrong"), { timeoutMs: 15_000 });
    await api.secrets.set(connection, "");
    await eventually(() => assert.equal(api.session.problem?.reason, "passwordNeeded"), { timeoutMs: 15_000 });
    assert.equal(await api.secrets.get(connection), null);
  });

  it("a password written into the setting works, and moves to the secret storage without it ceasing to work", async () => {
    const written = locked.url.replace("redis://", `redis://:${password}@`);
    const api = await connect([{ name: "written", url: written, environment: "staging" }]);
    const { connection } = api.session;
    assert.ok(connection?.passwordInSetting);
    await api.connections.movePassword(connection);
    assert.deepEqual(workspace.getConfiguration().get("arq.connections"), [
      { name: "written", url: locked.url, environment: "staging" },
    ]);
    assert.equal(await api.secrets.get(connection), password);
    await eventually(
      () => {
        assert.equal(api.session.connection?.passwordInSetting, false);
        assert.equal(api.session.state, "live");
      },
      { timeoutMs: 15_000 },
    );
    await api.secrets.set(connection, "");
  });

  it("adds a connection to the workspace's settings and makes it the active one", async () => {
    const api = await connect([{ name: "one", url: open.url }]);
    await api.connections.save({ name: "added", url: `${open.url.replace(/\/0$/, "")}/3`, environment: "production" });
    await eventually(() => assert.equal(api.session.connection?.name, "added"));
    assert.equal(api.session.connection?.production, true);
    assert.equal(api.session.hiddenBy, "production");
    const inspected = workspace.getConfiguration().inspect<unknown[]>("arq.connections");
    assert.equal(inspected?.workspaceValue?.length, 2);
  });

  it("copies diagnostics that hold versions and counts, and no secret", async () => {
    const written = locked.url.replace("redis://", `redis://admin-user:${password}@`);
    const api = await connect([
      { name: "open", url: open.url },
      { name: "written", url: written },
    ]);
    const [, second] = api.connections.all;
    assert.ok(second);
    await api.secrets.set(second, "another-secret");
    api.log.warn("something failed: another-secret");
    await commands.executeCommand("arq.copyDiagnostics");
    const text = await env.clipboard.readText();
    const facts = JSON.parse(text) as Record<string, unknown>;
    assert.equal(facts.state, "live");
    assert.match(String(facts.vscode), /^\d+\.\d+/);
    assert.match(text, /"arq\.feed": "auto"/);
    assert.match(text, /something failed: \*{8}/);
    for (const secret of [password, "another-secret", "admin-user"]) assert.ok(!text.includes(secret), secret);
    await api.secrets.set(second, "");
  });

  it("reads nothing and writes nothing when the commands are asked for without a connection", async () => {
    const api = await extensionApi();
    await commands.executeCommand("arq.refresh");
    await commands.executeCommand("arq.copyDiagnostics");
    assert.equal((JSON.parse(await env.clipboard.readText()) as { state: string }).state, "unconfigured");
    assert.equal(api.session.monitor, null);
  });
});
