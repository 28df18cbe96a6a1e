import assert from "node:assert/strict";
import { join } from "node:path";
import { commands, languages, window, workspace } from "vscode";
import type { Redis } from "ioredis";
import type { ArqApi } from "../../src/host/api";
import { lookAt, type TabName, type TabViews } from "../../src/protocol/tabs";
import { jobPayload, resultPayload } from "../demo/arqPayloads";
import { PyCall, tuple } from "../demo/pickle";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { connect, disconnect, rows } from "./fixture";

const billing = "shop:billing";
const patience = { timeoutMs: 20_000 };

function path(...parts: string[]): string {
  const folder = workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return join(folder.uri.fsPath, ...parts);
}

async function addJob(redis: Redis, id: string, name: string, queue: string, args: readonly string[]): Promise<void> {
  const payload = jobPayload({ function: name, args: tuple(...args), kwargs: {}, enqueuedAt: Date.now() - 60_000 });
  await redis
    .multi()
    .psetex(`arq:job:${id}`, 86_400_000, payload)
    .zadd(queue, Date.now() - 20_000, id)
    .exec();
}

describe("Source and Redis side by side", () => {
  let server: RedisServer;
  let redis: Redis;
  let api: ArqApi;

  before(async () => {
    server = await startRedis();
    redis = server.client();
    await addJob(redis, "unknown", "send_reciept", "arq:queue", ["1"]);
    await addJob(redis, "wrong queue", "charge_card", "arq:queue", ["1", "2", "3"]);
    await addJob(redis, "misfit", "place_order", "arq:queue", ["1"]);
    await addJob(redis, "fits", "pay_out", billing, ["1", "2", "3"]);
    await addJob(redis, "elsewhere", "resize_image", "media:queue", ["1"]);
    const now = Date.now();
    await redis.set(
      "arq:result:failed-1",
      resultPayload({
        function: "book_parcel",
        args: tuple("1"),
        kwargs: {},
        enqueuedAt: now - 60_000,
        id: "failed-1",
        queue: "arq:queue",
        tries: 2,
        success: false,
        result: new PyCall("builtins", "TimeoutError", []),
        startedAt: now - 9_000,
        finishedAt: now - 5_000,
      }),
      "PX",
      3_600_000,
    );
    // A worker that has claimed a job: its second try.
    await addJob(redis, "runs", "send_confirmation", "arq:queue", ["1", "to"]);
    await redis.multi().psetex("arq:in-progress:runs", 310_000, "1").setex("arq:retry:runs", 88_400, "2").exec();
    await commands.executeCommand("arq.queues.focus");
    api = await connect([{ name: "shop", url: server.url }]);
  });

  after(async () => {
    await disconnect();
    await server.stop();
  });

  async function tabView<T extends TabName>(tab: T): Promise<TabViews[T]> {
    api.dashboard.show(lookAt(tab));
    const { body } = await api.dashboard.current();
    assert.equal(body?.tab, tab);
    return body?.view as TabViews[T];
  }

  it("is told in a calm row of the queue, with the way to the place in the source", async () => {
    const drift = await eventually(async () => {
      const queues = await rows(api.trees.queues);
      const queue = queues.find(({ item }) => item.label === "arq:queue");
      const below = await rows(api.trees.queues, queue?.element);
      assert.match(below[0]?.element.node.label ?? "", /^\d+ differences from the code$/);
      const found = await rows(api.trees.queues, below[0]?.element);
      assert.ok(found.length >= 3);
      return found;
    }, patience);
    const labels = drift.map(({ element }) => element.node.label);
    assert.ok(labels.includes("send_reciept: not found in this workspace"), labels.join());
    assert.ok(labels.includes("charge_card: not given to the workers of this queue"), labels.join());
    assert.ok(labels.includes("place_order: arguments that no longer fit"), labels.join());
    const misfit = drift.find(({ element }) => element.node.label.startsWith("place_order"));
    assert.match(String(misfit?.item.description), /^1 of 1 waiting jobs that were looked at: lines is missing\.$/);
    const { command } = misfit!.item;
    await commands.executeCommand(command!.command, ...(command!.arguments ?? []));
    const editor = window.activeTextEditor;
    assert.equal(editor?.document.uri.fsPath, path("shop", "orders.py"));
    assert.match(editor?.document.lineAt(editor.selection.active.line).text ?? "", /^async def place_order/);
  });

  it("leaves the queues of other projects alone", async () => {
    const queues = await rows(api.trees.queues);
    const other = queues.find(({ item }) => item.label === "media:queue");
    const below = await rows(api.trees.queues, other?.element);
    assert.deepEqual(
      below.map(({ element }) => element.jobId),
      ["elsewhere"],
    );
  });

  it("is told as a hint at the function whose waiting jobs no longer fit", async () => {
    const document = await workspace.openTextDocument(path("shop", "orders.py"));
    await window.showTextDocument(document, { preview: false });
    await eventually(() => {
      const hints = languages.getDiagnostics(document.uri).filter(({ source }) => source === "arq");
      const misfit = hints.find(({ message }) => message.startsWith("place_order: arguments that no longer fit."));
      assert.ok(misfit, hints.map(({ message }) => message).join());
      assert.match(document.lineAt(misfit.range.start.line).text, /^async def place_order/);
    }, patience);
  });

  it("is told below the queues of the dashboard, with what to change in the settings", async () => {
    await eventually(async () => {
      const { notes } = await tabView("queues");
      const titles = notes.map(({ title }) => title);
      assert.ok(titles.includes("send_reciept: not found in this workspace"), titles.join());
      // Of the shop's two workers this one does not set it.
      const advised = notes
        .filter(({ kind, title }) => kind === "advice" && title === "WorkerSettings.health_check_interval")
        .map(({ place }) => place?.text.split(":")[0]);
      assert.ok(advised.includes("billing_worker.py"), advised.join());
    }, patience);
  });

  it("gives the list of jobs how many tries they have, and the list of functions their timeouts", async () => {
    const { limits } = await tabView("jobs");
    const id = JSON.stringify(["book_parcel", "arq:queue"]);
    const found = limits.find((each) => each.id === id);
    assert.deepEqual([found?.maxTries?.value, found?.maxTries?.place, found?.timeout?.value], [5, null, 4]);
    assert.match(found?.timeout?.place?.text ?? "", /^worker\.py:\d+$/);
    const { functions, notes } = await tabView("functions");
    assert.equal(functions.find(({ name }) => name === "book_parcel")?.limits?.timeout?.value, 4);
    const cron = notes.find(({ title }) => title === "cron:expire_baskets");
    assert.match(cron?.text ?? "", /keeps no result by itself/);
  });

  it("gives workers the number of places of their queue", async () => {
    await redis.psetex(
      "arq:queue:health-check",
      3_601_000,
      "Nov-21 22:30:12 j_complete=6 j_failed=2 j_retried=0 j_ongoing=1 queued=4",
    );
    await eventually(async () => {
      const { workers } = await tabView("workers");
      const line = workers.find(({ queue }) => queue === "arq:queue");
      assert.equal(line?.places?.value, 6);
      assert.match(line?.places?.place?.text ?? "", /^worker\.py:\d+$/);
    }, patience);
  });

  it("gives cron jobs their schedule in words and their next runs, also those of which no run was seen", async () => {
    const asked = Date.now();
    const { cron } = await tabView("scheduled");
    const line = cron.find(({ function: name }) => name === "cron:expire_baskets");
    assert.equal(line?.count, 0);
    assert.equal(line?.schedule?.words, "every 30 s, at :10 and :40");
    const [next, later] = line?.schedule?.next ?? [];
    assert.ok(next !== undefined && later !== undefined && next > asked - 1000);
    assert.equal(later - next, 30_000);
    assert.ok([10, 40].includes(new Date(next).getUTCSeconds()));
  });

  it("gives the page of a job its tries and its deadline, with where they stand", async () => {
    await commands.executeCommand("arq.openJob", "runs");
    const view = await api.jobs.current("runs");
    assert.ok(view?.kind === "job");
    assert.deepEqual([view.row.tries, view.limits?.maxTries?.value, view.limits?.timeout?.value], [2, 5, 300]);
    await commands.executeCommand("arq.openJob", "failed-1");
    const failed = await api.jobs.current("failed-1");
    assert.ok(failed?.kind === "job");
    assert.equal(failed.limits?.timeout?.value, 4);
    assert.match(failed.limits?.timeout?.place?.text ?? "", /^worker\.py:\d+$/);
  });
});
