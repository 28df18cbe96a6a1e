import assert from "node:assert/strict";
import { commands, env, TreeItemCollapsibleState } from "vscode";
import type { Redis } from "ioredis";
import type { ArqApi } from "../../src/host/api";
import { PyCall } from "../demo/pickle";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { addFailed, addQueued, addRunning, connect, disconnect, labels, rows } from "./fixture";

const traceback = `Traceback (most recent call last):
  File "/srv/app/shop/payments.py", line 40, in charge_card
    status = read_answer(answer)
  File "/srv/app/shop/payments.py", line 34, in read_answer
    raise GatewayError(f"the gateway answered {text[:24]!r}") from error
shop.errors.GatewayError: declined
`;

describe("the trees on a real Redis", () => {
  let server: RedisServer;
  let redis: Redis;
  let api: ArqApi;

  before(async () => {
    server = await startRedis();
    redis = server.client();
    await addQueued(redis, "waits-1");
    await addQueued(redis, "waits-2");
    await addQueued(redis, "later-1", { inMs: 600_000 });
    await addRunning(redis, "runs-1");
    await addQueued(redis, "other-1", { queue: "shop:billing" });
    await addFailed(redis, "broken-1", { finishedAgoMs: 9_000 });
    await addFailed(redis, "broken-2", { finishedAgoMs: 8_000 });
    const declined = new PyCall("shop.errors", "GatewayError", ["declined"]);
    await addFailed(redis, "declined-1", { error: declined, traceback, finishedAgoMs: 1_000 });
    await commands.executeCommand("arq.failed.focus");
    await commands.executeCommand("arq.queues.focus");
    api = await connect([{ name: "shop", url: server.url }]);
  });

  after(async () => {
    await disconnect();
    await server.stop();
  });

  it("shows the queues with their numbers", async () => {
    const [first, second] = await rows(api.trees.queues);
    assert.deepEqual([first?.item.label, second?.item.label], ["arq:queue", "shop:billing"]);
    assert.match(String(first?.item.description), /^2 queued · 1 running · oldest under 1 min · 1 deferred$/);
    assert.match(String(second?.item.description), /^1 queued · 0 running/);
    assert.equal(first?.item.collapsibleState, TreeItemCollapsibleState.Collapsed);
  });

  it("shows a queue's jobs below it, the running one first", async () => {
    const [queue] = await rows(api.trees.queues);
    // Above them may stand what the source of the workspace says.
    const jobs = (await rows(api.trees.queues, queue?.element)).filter(({ element }) => element.jobId !== undefined);
    assert.deepEqual(
      jobs.map(({ element }) => element.jobId),
      ["runs-1", "waits-1", "waits-2", "later-1"],
    );
    assert.match(String(jobs[0]?.item.description), /^running/);
    assert.deepEqual(jobs[0]?.item.command?.arguments, ["runs-1"]);
  });

  it("shows more of a long queue when asked to, and leads from it into the dashboard", async () => {
    const ids = Array.from({ length: 70 }, (_, index) => `long-${index}`);
    for (const id of ids) await addQueued(redis, id, { queue: "shop:long" });
    const { queues } = api.trees;
    const long = await eventually(async () => {
      const found = (await rows(queues)).find(({ item }) => item.label === "shop:long");
      assert.match(String(found?.item.description), /^70 queued/);
      return found;
    });
    const first = await rows(queues, long?.element);
    assert.deepEqual([first.length, first.at(-1)?.item.label], [51, "Show 20 More"]);
    const { command } = first.at(-1)!.item;
    await commands.executeCommand(command!.command, ...(command!.arguments ?? []));
    assert.equal((await rows(queues, long?.element)).length, 70);
    assert.equal(long?.item.contextValue, "arq.item.queue");
    await commands.executeCommand("arq.openInDashboard", long?.element);
    const { body } = await api.dashboard.current();
    assert.ok(body?.tab === "jobs");
    assert.equal(body.view.total, 70);
    await commands.executeCommand("arq.copyName", long?.element);
    assert.equal(await env.clipboard.readText(), "shop:long");
    await redis.del("shop:long", ...ids.map((id) => `arq:job:${id}`));
    await commands.executeCommand("workbench.action.closeAllEditors");
  });

  it("groups failures by error, newest first, down to the frames", async () => {
    const groups = await rows(api.trees.failed);
    assert.deepEqual(labels(groups), ["GatewayError", "KeyError"]);
    assert.match(String(groups[1]?.item.description), /^2 · 'sku' · last/);
    const [job] = await rows(api.trees.failed, groups[0]?.element);
    assert.equal(job?.element.jobId, "declined-1");
    const frames = await rows(api.trees.failed, job?.element);
    assert.deepEqual(labels(frames), ["read_answer", "charge_card"]);
    const { file, line } = frames[0]?.element.frame ?? {};
    assert.deepEqual([file, line], ["/srv/app/shop/payments.py", 34]);
  });

  it("says below a failure without a traceback what would give one", async () => {
    const groups = await rows(api.trees.failed);
    const [job] = await rows(api.trees.failed, groups[1]?.element);
    const [hint] = await rows(api.trees.failed, job?.element);
    assert.match(hint?.element.node.label ?? "", /^No traceback/);
    assert.equal(hint?.item.command?.command, "arq.openJob");
  });

  it("says of workers only what is known", async () => {
    await redis.psetex(
      "arq:queue:health-check",
      3_601_000,
      "Nov-21 22:30:12 j_complete=6 j_failed=2 j_retried=0 j_ongoing=1 queued=4",
    );
    const workers = await eventually(
      async () => {
        const found = await rows(api.trees.workers);
        assert.ok(found.some(({ item }) => /at least 1 worker/.test(String(item.description))));
        return found;
      },
      { timeoutMs: 15_000 },
    );
    assert.ok(workers.some(({ element }) => element.node.tooltip?.includes("health_check_key")));
  });

  it("follows what happens in Redis, and keeps the rows it has", async () => {
    await commands.executeCommand("arq.queues.focus");
    const [before] = await rows(api.trees.queues);
    await addQueued(redis, "new-1");
    await eventually(async () => {
      const [queue] = await rows(api.trees.queues);
      assert.match(String(queue?.item.description), /^3 queued/);
      assert.equal(queue?.element, before?.element);
      assert.equal(queue?.item.id, before?.item.id);
    });
    await redis.multi().zrem("arq:queue", "new-1").del("arq:job:new-1").exec();
  });

  it("counts on the badge the failures since the view was last looked at", async () => {
    const { view } = api.trees.failed;
    await commands.executeCommand("arq.failed.focus");
    await eventually(() => assert.ok(view.visible && view.badge === undefined));
    await commands.executeCommand("workbench.view.explorer");
    await eventually(() => assert.ok(!view.visible));
    await addFailed(redis, "fresh-1", { finishedAgoMs: 0 });
    await addFailed(redis, "fresh-2", { finishedAgoMs: 0 });
    await eventually(() => assert.equal(view.badge?.value, 2), { timeoutMs: 15_000 });
    assert.equal(view.badge?.tooltip, "2 jobs failed since you last looked");
    await commands.executeCommand("arq.failed.focus");
    await eventually(() => assert.equal(view.badge, undefined));
  });

  it("shows name and health in the status bar, and opens the dashboard from there", async () => {
    const { item } = api.statusBar;
    await eventually(
      () => assert.match(item.text, /^\$\([a-z]+\) shop: (healthy|needs attention|in trouble|health unknown)$/),
      {
        timeoutMs: 15_000,
      },
    );
    assert.equal(item.command, "arq.showDashboard");
    const tooltip = item.tooltip;
    assert.ok(typeof tooltip === "object");
    assert.ok(!tooltip.isTrusted);
    assert.match(tooltip.value, /7\.\d|8\.\d|redis/);
  });

  it("empties the trees' data honestly when Redis stops, and heals when it is back", async () => {
    await commands.executeCommand("arq.queues.focus");
    await server.kill();
    await eventually(() => assert.equal(api.session.state, "down"), { timeoutMs: 15_000 });
    await eventually(() => assert.match(String(api.trees.queues.view.message), /^shop: .*What is shown is from/));
    await eventually(() => assert.match(api.statusBar.item.text, /shop: not connected/));
    const shown = labels(await rows(api.trees.failed));
    assert.notDeepEqual(shown, []);
    await commands.executeCommand("arq.refresh");
    assert.deepEqual(labels(await rows(api.trees.failed)), shown, "another try throws nothing away");
    assert.equal(api.session.state, "down");
    await server.restart();
    await addQueued(server.client(), "after-1");
    await eventually(
      async () => {
        assert.equal(api.session.state, "live");
        const [queue] = await rows(api.trees.queues);
        assert.match(String(queue?.item.description), /^1 queued/);
        assert.equal(api.trees.queues.view.message, undefined);
      },
      { timeoutMs: 30_000 },
    );
  });
});
