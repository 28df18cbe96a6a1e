import assert from "node:assert/strict";
import { commands, ConfigurationTarget, extensions, workspace, type TreeItem } from "vscode";
import type { Redis } from "ioredis";
import type { ArqApi } from "../../src/host/api";
import type { SettingKey } from "../../src/host/contributions/settings";
import type { LiveTree, TreeElement } from "../../src/host/views/liveTree";
import { jobPayload, resultPayload } from "../demo/arqPayloads";
import { type Pickled, PyCall, tuple } from "../demo/pickle";
import { eventually } from "../support/eventually";

/** The live parts of the extension under test. */
export async function extensionApi(): Promise<ArqApi> {
  const extension = extensions.getExtension<ArqApi>("arq-monitor.arq-monitor");
  assert.ok(extension, "the extension is installed");
  return extension.activate();
}

/** Writes a setting of the workspace, as a person would. */
export async function set(key: SettingKey, value: unknown): Promise<void> {
  await workspace.getConfiguration().update(key, value, ConfigurationTarget.Workspace);
}

/** Configures these connections and waits until the first is in the given state. */
export async function connect(
  entries: readonly { name: string; url: string; environment?: string }[],
  state: ArqApi["session"]["state"] = "live",
): Promise<ArqApi> {
  const api = await extensionApi();
  await set("arq.connections", entries);
  await eventually(
    () => {
      assert.equal(api.session.connection?.name, entries[0]?.name);
      assert.equal(api.session.state, state);
      if (state === "live") assert.ok(api.session.snapshot()?.complete);
    },
    { timeoutMs: 15_000 },
  );
  return api;
}

/** Leaves no setting behind for the next test. */
export async function disconnect(): Promise<void> {
  const api = await extensionApi();
  for (const key of ["arq.connections", "arq.feed", "arq.privacy.hideValues"] as const) await set(key, undefined);
  await eventually(() => assert.equal(api.session.state, "unconfigured"));
  await commands.executeCommand("workbench.action.closeAllEditors");
}

/** The rows of a tree below `element`, as VS Code gets them. */
export async function rows(tree: LiveTree, element?: TreeElement): Promise<{ element: TreeElement; item: TreeItem }[]> {
  const elements = await tree.getChildren(element);
  return elements.map((each) => ({ element: each, item: tree.getTreeItem(each) }));
}

export function labels(items: readonly { item: TreeItem }[]): unknown[] {
  return items.map(({ item }) => item.label);
}

const payload = (name: string) => ({
  function: name,
  args: tuple("order-7"),
  kwargs: { retry: false },
  enqueuedAt: Date.now() - 60_000,
});

/** A job that waits, as `enqueue_job` leaves it. */
export async function addQueued(
  redis: Redis,
  id: string,
  options: { queue?: string; inMs?: number } = {},
): Promise<void> {
  await redis
    .multi()
    .psetex(`arq:job:${id}`, 86_400_000, jobPayload(payload("send_email")))
    .zadd(options.queue ?? "arq:queue", Date.now() + (options.inMs ?? -20_000), id)
    .exec();
}

/** A job that a worker has claimed. */
export async function addRunning(redis: Redis, id: string): Promise<void> {
  await addQueued(redis, id);
  await redis.multi().psetex(`arq:in-progress:${id}`, 310_000, "1").setex(`arq:retry:${id}`, 88_400, "1").exec();
}

/** A failed job, as `finish_job` leaves it. */
export async function addFailed(
  redis: Redis,
  id: string,
  options: { error?: PyCall; traceback?: string; finishedAgoMs?: number } = {},
): Promise<void> {
  const finishedAt = Date.now() - (options.finishedAgoMs ?? 5_000);
  const extra: Record<string, Pickled> = options.traceback === undefined ? {} : { tb: options.traceback };
  const bytes = resultPayload({
    ...payload("charge_card"),
    id,
    queue: "arq:queue",
    tries: 1,
    success: false,
    result: options.error ?? new PyCall("builtins", "KeyError", ["sku"]),
    startedAt: finishedAt - 900,
    finishedAt,
    extra,
  });
  await redis.set(`arq:result:${id}`, bytes, "PX", 3_600_000);
}
