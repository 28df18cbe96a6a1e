import assert from "node:assert/strict";
import { join, relative } from "node:path";
import {
  type CodeLens,
  commands,
  type CompletionList,
  type Hover,
  languages,
  type Location,
  type LocationLink,
  type TextDocument,
  window,
  workspace,
} from "vscode";
import type { Redis } from "ioredis";
import type { ArqApi } from "../../../src/host/api";
import { lookAt } from "../../../src/protocol/tabs";
import { jobPayload } from "../../demo/arqPayloads";
import { tuple } from "../../demo/pickle";
import { eventually } from "../../support/eventually";
import { type RedisServer, startRedis } from "../../support/redisServer";
import { connect, disconnect, rows } from "../fixture";

const patience = { timeoutMs: 20_000 };

function root(): string {
  const folder = workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return folder.uri.fsPath;
}

async function show(path: string): Promise<TextDocument> {
  const document = await workspace.openTextDocument(join(root(), path));
  await window.showTextDocument(document, { preview: false });
  return document;
}

async function lensesOf(document: TextDocument): Promise<Record<string, string>> {
  const all = await commands.executeCommand<CodeLens[]>("vscode.executeCodeLensProvider", document.uri, 100);
  const own = all.filter(({ command }) => command?.command.startsWith("arq.") === true);
  return Object.fromEntries(
    own.map(({ range, command }) => [
      /def (\w+)/.exec(document.lineAt(range.start.line).text)?.[1] ?? "?",
      command?.title ?? "",
    ]),
  );
}

async function hoverAt(document: TextDocument, text: string, inside = 0): Promise<string> {
  const at = document.positionAt(document.getText().indexOf(text) + inside);
  const hovers = await commands.executeCommand<Hover[]>("vscode.executeHoverProvider", document.uri, at);
  return hovers
    .flatMap(({ contents }) => contents)
    .map((each) => (typeof each === "string" ? each : each.value))
    .join("\n\n");
}

/** `path:line` of what the name at this text leads to. */
async function definitionsAt(document: TextDocument, text: string): Promise<string[]> {
  const at = document.positionAt(document.getText().indexOf(text) + 2);
  const all = await commands.executeCommand<(Location | LocationLink)[]>(
    "vscode.executeDefinitionProvider",
    document.uri,
    at,
  );
  return all.map((each) => {
    const [uri, range] = "targetUri" in each ? [each.targetUri, each.targetSelectionRange] : [each.uri, each.range];
    return `${relative(root(), uri.fsPath).replaceAll("\\", "/")}:${(range?.start.line ?? -1) + 1}`;
  });
}

async function addJob(redis: Redis, id: string, name: string, queue: string, args: readonly string[]): Promise<void> {
  const payload = jobPayload({ function: name, args: tuple(...args), kwargs: {}, enqueuedAt: Date.now() - 60_000 });
  await redis
    .multi()
    .psetex(`arq:job:${id}`, 86_400_000, payload)
    .zadd(queue, Date.now() - 20_000, id)
    .exec();
}

describe("A project of several services, as people lay it out", () => {
  let server: RedisServer;
  let redis: Redis;
  let api: ArqApi;

  before(async () => {
    server = await startRedis();
    redis = server.client();
    await addJob(redis, "b1", "send_email", "storefront:billing", ["1", "A-1"]);
    await addJob(redis, "n1", "send_email", "storefront:notify", ["a@example.com"]);
    await addJob(redis, "n2", "send_email", "storefront:notify", ["b@example.com"]);
    await addJob(redis, "i1", "Invoices.render", "storefront:billing", ["1"]);
    await addJob(redis, "i2", "charge_card", "storefront:billing", ["1"]);
    await show("services/billing/billing/tasks.py");
    api = await connect([{ name: "staging", url: server.url }]);
  });

  after(async () => {
    await disconnect();
    await server.stop();
  });

  it("keeps two services' functions of one name apart in their lenses", async () => {
    const billing = await show("services/billing/billing/tasks.py");
    await eventually(async () => {
      const lenses = await lensesOf(billing);
      assert.match(lenses["send_email"] ?? "", /^staging: 1 queued · 0 running/);
      assert.match(lenses["charge_card"] ?? "", /^staging: 1 queued/);
    }, patience);
    const notify = await show("services/notify/notify/tasks/email.py");
    await eventually(async () => {
      const lenses = await lensesOf(notify);
      assert.match(lenses["send_email"] ?? "", /^staging: 2 queued · 0 running/);
      assert.match(lenses["send_sms"] ?? "", /^staging: 0 queued/);
    }, patience);
  });

  it("has lenses at methods, by their qualified names", async () => {
    const invoices = await show("services/billing/billing/invoices.py");
    await eventually(
      async () => assert.match((await lensesOf(invoices))["render"] ?? "", /^staging: 1 queued/),
      patience,
    );
  });

  it("joins a function that only a decorator registers by the name that Redis has, and keeps its line after that", async () => {
    const jobs = await show("services/reports/reports/jobs.py");
    assert.deepEqual(Object.keys(await lensesOf(jobs)), []);
    await addJob(redis, "r1", "build_report", "storefront:reports", ["2026-10"]);
    await eventually(
      async () => assert.match((await lensesOf(jobs))["build_report"] ?? "", /^staging: 1 queued/),
      patience,
    );
    await redis.multi().zrem("storefront:reports", "r1").del("arq:job:r1").exec();
    await eventually(
      async () => assert.match((await lensesOf(jobs))["build_report"] ?? "", /^staging: 0 queued/),
      patience,
    );
  });

  it("leads from a name in enqueue_job to the function of its queue", async () => {
    const ask = await show("services/reports/reports/ask.py");
    await eventually(
      async () =>
        assert.deepEqual(await definitionsAt(ask, '"send_email"'), ["services/notify/notify/tasks/email.py:13"]),
      patience,
    );
    assert.deepEqual(await definitionsAt(ask, '"build_report"'), ["services/reports/reports/jobs.py:5"]);
    const images = await show("backend/src/app/api/v1/images.py");
    assert.deepEqual(await definitionsAt(images, '"resize_image"'), ["backend/src/app/core/worker/functions.py:10"]);
    const worker = await show("services/notify/notify/worker.py");
    assert.deepEqual(await definitionsAt(worker, '"notify.tasks.digest.weekly_digest", name'), [
      "services/notify/notify/tasks/digest.py:1",
    ]);
  });

  it("completes the names of all services, each with its queue", async () => {
    const images = await show("backend/src/app/api/v1/images.py");
    const at = images.positionAt(images.getText().indexOf('"rotate_image"') + 1);
    const { items } = await commands.executeCommand<CompletionList>(
      "vscode.executeCompletionItemProvider",
      images.uri,
      at,
    );
    const own = items.flatMap(({ label }) =>
      typeof label === "string" ? [] : [`${label.label} ${label.description ?? ""}`],
    );
    for (const name of [
      "send_email storefront:billing",
      "send_email storefront:notify",
      "Invoices.render storefront:billing",
    ])
      assert.ok(own.includes(name), own.join());
  });

  it("hints at a name that nobody has written a function for, and at no other", async () => {
    const images = await show("backend/src/app/api/v1/images.py");
    await eventually(() => {
      const hints = languages.getDiagnostics(images.uri).filter(({ source }) => source === "arq");
      assert.deepEqual(
        hints.map(({ message }) => message),
        ["rotate_image was not found among the tasks of this workspace."],
      );
    }, patience);
  });

  it("tells of a cron job in the time zone of its worker, and of settings that work against debugging", async () => {
    const worker = await show("services/notify/notify/worker.py");
    const cron = await hoverAt(worker, 'name="weekly"', 2);
    assert.match(cron, /on Monday and Thursday at 09\\:15 and 09\\:45/);
    assert.match(cron, /in Europe\\\/Berlin/);
    assert.match(await hoverAt(worker, "retry_jobs", 2), /is not run again\\: it fails at once/);
  });

  it("shows every schedule beside the runs seen, and limits that only the source knows", async () => {
    api.dashboard.show(lookAt("scheduled"));
    await eventually(async () => {
      const { body } = await api.dashboard.current();
      assert.ok(body?.tab === "scheduled");
      const weekly = body.view.cron.find(({ function: name }) => name === "weekly");
      assert.equal(weekly?.schedule?.words, "on Monday and Thursday at 09:15 and 09:45");
      assert.equal(weekly.schedule.zone, "Europe/Berlin");
      assert.equal(weekly.schedule.next.length, 3);
    }, patience);
    api.dashboard.show(lookAt("functions"));
    await eventually(async () => {
      const { body } = await api.dashboard.current();
      assert.ok(body?.tab === "functions");
      const charge = body.view.functions.find(({ name }) => name === "charge_card");
      assert.deepEqual([charge?.limits?.timeout?.value, charge?.limits?.maxTries?.value], [300, 5]);
    }, patience);
    await commands.executeCommand("workbench.action.closeActiveEditor");
  });

  it("says in the tree where a job's arguments no longer fit its function", async () => {
    await commands.executeCommand("arq.queues.focus");
    await eventually(async () => {
      const queue = (await rows(api.trees.queues)).find(({ item }) => item.label === "storefront:billing");
      const drift = (await rows(api.trees.queues, queue?.element)).find(({ element }) =>
        element.node.id.endsWith("/drift"),
      );
      const below = await rows(api.trees.queues, drift?.element);
      const misfit = below.find(({ item }) => item.label === "charge_card: arguments that no longer fit");
      assert.match(String(misfit?.item.description), /amount is missing/);
    }, patience);
  });
});
