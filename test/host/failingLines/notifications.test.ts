import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands, window, workspace } from "vscode";
import type { Redis } from "ioredis";
import { ToldOnce } from "../../../src/files/toldOnce";
import type { ArqApi } from "../../../src/host/api";
import type { ErrorNewsItem } from "../../../src/host/errorNews";
import { NewErrorNotice } from "../../../src/host/newErrorNotice";
import { PyCall } from "../../demo/pickle";
import { eventually } from "../../support/eventually";
import { type RedisServer, startRedis } from "../../support/redisServer";
import { answering } from "../asking";
import { addFailed, connect, disconnect, set } from "../fixture";

const failed = (type: string, text: string) => ({ error: new PyCall("builtins", type, [text]), finishedAgoMs: 0 });

/** The only window. */
const toldOnce = { claim: () => Promise.resolve(true) };

function traceback(error: string): string {
  return `Traceback (most recent call last):
  File "/app/shop/refunds.py", line 2, in refund
    return amount / parts
${error}
`;
}

describe("messages about new errors", () => {
  let server: RedisServer;
  let redis: Redis;
  let api: ArqApi;
  const person = answering("showWarningMessage");
  const messages = () => person.asked.map(([text]) => String(text));
  const buttons = () => (person.asked.at(-1) ?? []).slice(1);

  const root = (): string => workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";

  before(async () => {
    await mkdir(join(root(), "shop"), { recursive: true });
    await writeFile(join(root(), "shop", "refunds.py"), "def refund(amount, parts):\n    return amount / parts\n");
    server = await startRedis();
    redis = server.client();
    await addFailed(redis, "known-1", failed("KeyError", "sku"));
    await commands.executeCommand("workbench.view.explorer");
    person.begin();
    api = await connect([{ name: "shop", url: server.url }]);
    // What there is has been looked at: from now on it is known.
    await eventually(() => assert.ok(api.liveGroups.now?.all.some(({ type }) => type === "KeyError")), {
      timeoutMs: 15_000,
    });
  });

  after(async () => {
    person.end();
    await set("arq.notifications.newErrors", undefined);
    await disconnect();
    await server.stop();
  });

  it("come once for an error that was not there, with the line and what leads to it", async () => {
    await addFailed(redis, "known-2", failed("KeyError", "sku"));
    await addFailed(redis, "div-1", {
      ...failed("ZeroDivisionError", "by zero"),
      traceback: traceback("ZeroDivisionError: by zero"),
    });
    await eventually(() => assert.equal(messages().length, 1), { timeoutMs: 20_000 });
    assert.match(messages()[0]!, /^New error in shop: ZeroDivisionError: by zero in charge_card\. shop.refunds\.py:2/);
    assert.deepEqual(buttons(), ["Open Line", "Open Job", "Mute"]);
    await addFailed(redis, "div-2", {
      ...failed("ZeroDivisionError", "by zero"),
      traceback: traceback("ZeroDivisionError: by zero"),
    });
    await eventually(
      () => assert.equal(api.liveGroups.now?.all.find(({ type }) => type === "ZeroDivisionError")?.count, 2),
      { timeoutMs: 20_000 },
    );
    assert.equal(messages().length, 1);
  });

  it("leave word on the badge and in the status bar, until somebody looks at the failures", async () => {
    const { view } = api.trees.failed;
    await eventually(() => assert.match(String(view.badge?.tooltip), /failed since you last looked, 1 new error$/), {
      timeoutMs: 15_000,
    });
    await eventually(() => assert.match(api.statusBar.item.text, /shop: .*, 1 new error$/));
    const { tooltip, command } = api.statusBar.item;
    assert.ok(typeof tooltip === "object" && tooltip.value.replaceAll(/\\|&nbsp;/g, " ").includes("ZeroDivisionError"));
    assert.ok(typeof command === "object" && command.command === "arq.showDashboard");
    assert.deepEqual(command.arguments, [{ tab: "failed" }]);
    await commands.executeCommand("arq.failed.focus");
    await eventually(() => assert.equal(view.badge, undefined));
    await eventually(() => assert.doesNotMatch(api.statusBar.item.text, /new error/));
    assert.equal(api.statusBar.item.command, "arq.showDashboard");
    await commands.executeCommand("workbench.view.explorer");
  });

  it("are held back for a while after one, and then told together; a choice does what it says", async () => {
    person.reset();
    let say: (news: readonly ErrorNewsItem[]) => void = () => undefined;
    const onDidChange = (listener: typeof say) => {
      say = listener;
      return { dispose: () => undefined };
    };
    const lineHistory = { of: () => Promise.resolve(null) };
    const parts = { ...api, toldOnce, errorNews: { onDidChange } as never, lineHistory: lineHistory as never };
    const notice = new NewErrorNotice(parts, { gapMs: 1500, behindMs: 0 });
    const group = api.liveGroups.now?.all.find(({ type }) => type === "ZeroDivisionError");
    assert.ok(group);
    const like = (type: string): ErrorNewsItem => ({ group: { ...group, type, key: `${type}\n` }, back: false });
    try {
      person.answer = undefined;
      say([{ group, back: true }]);
      say([like("A"), like("B")]);
      say([like("C"), like("D")]);
      await eventually(() => assert.equal(messages().length, 2), { timeoutMs: 10_000 });
      assert.match(messages()[0]!, /^Back again in shop: ZeroDivisionError: by zero/);
      assert.equal(messages()[1], "4 new errors in shop: A: by zero, B: by zero, C: by zero, and 1 more");
      assert.deepEqual(buttons(), ["Show Errors"]);
      // After another while without news, the next one is told at once again.
      await new Promise((resolve) => setTimeout(resolve, 1600));
      await set("arq.notifications.newErrors", "production");
      say([like("E")]);
      await set("arq.notifications.newErrors", "off");
      say([like("F")]);
      assert.equal(messages().length, 2, "shop is no production");
      await set("arq.notifications.newErrors", undefined);
      person.answer = "Open Line";
      say([{ group, back: false }]);
      await eventually(
        () => {
          assert.match(window.activeTextEditor?.document.uri.fsPath ?? "", /shop.refunds\.py$/);
          assert.equal(window.activeTextEditor?.selection.active.line, 1);
        },
        { timeoutMs: 10_000 },
      );
      assert.deepEqual(buttons(), ["Open Line", "Open Job", "Mute"]);
    } finally {
      notice.dispose();
    }
  });

  it("leave out what is muted while it waits, and come not at all once they are not wanted or another connection is current", async () => {
    person.reset();
    let say: (news: readonly ErrorNewsItem[]) => void = () => undefined;
    let changed: () => void = () => undefined;
    const onDidChange = (listener: typeof say) => {
      say = listener;
      return { dispose: () => undefined };
    };
    const session = {
      connection: api.session.connection,
      monitor: null,
      onDidChange: (listener: () => void) => {
        changed = listener;
        return { dispose: () => undefined };
      },
    };
    const lineHistory = { of: () => Promise.resolve(null) };
    // At once, so that it is so before the gap is over, however busy the machine is.
    let wanted = "on";
    const settings = { get: () => wanted };
    const parts = { ...api, toldOnce, session: session as never, settings: settings as never };
    const news = { errorNews: { onDidChange } as never, lineHistory: lineHistory as never };
    const notice = new NewErrorNotice({ ...parts, ...news }, { gapMs: 1500, behindMs: 0 });
    const group = api.liveGroups.now?.all.find(({ type }) => type === "ZeroDivisionError");
    assert.ok(group);
    const like = (type: string): ErrorNewsItem => ({ group: { ...group, type, key: `${type}\n` }, back: false });
    try {
      say([like("A"), like("B")]);
      await eventually(() => assert.equal(messages().length, 1));
      say([like("C"), like("D"), like("E")]);
      await api.mutedGroups.mute("shop", "D\n", true);
      await eventually(() => assert.equal(messages().length, 2), { timeoutMs: 10_000 });
      assert.equal(messages()[1], "2 new errors in shop: C: by zero, E: by zero");
      say([like("F"), like("G")]);
      wanted = "off";
      await new Promise((resolve) => setTimeout(resolve, 1700));
      wanted = "on";
      say([like("H"), like("I")]);
      await eventually(() => assert.equal(messages().length, 3));
      assert.match(messages()[2]!, /^2 new errors in shop: H: .*I: by zero$/);
      say([like("J"), like("K")]);
      const { connection } = session;
      session.connection = connection && { ...connection, name: "other" };
      changed();
      session.connection = connection;
      changed();
      await new Promise((resolve) => setTimeout(resolve, 1700));
      say([like("L"), like("M")]);
      await eventually(() => assert.equal(messages().length, 4));
      assert.match(messages()[3]!, /^2 new errors in shop: L: .*M: by zero$/);
    } finally {
      notice.dispose();
      await commands.executeCommand("arq.unmuteErrorGroup", { groupKey: "D\n" });
    }
  });

  it("act on the connection that they told of, whichever is current when somebody clicks", async () => {
    person.reset();
    let say: (news: readonly ErrorNewsItem[]) => void = () => undefined;
    const onDidChange = (listener: typeof say) => {
      say = listener;
      return { dispose: () => undefined };
    };
    const { connection, onDidChange: onSession } = api.session;
    const session = { connection: { ...connection, name: "other" }, monitor: null, onDidChange: onSession };
    const lineHistory = { of: () => Promise.resolve(null) };
    const parts = { ...api, toldOnce, session: session as never, errorNews: { onDidChange } as never };
    const notice = new NewErrorNotice({ ...parts, lineHistory: lineHistory as never }, { gapMs: 0, behindMs: 0 });
    const group = api.liveGroups.now?.all.find(({ type }) => type === "ZeroDivisionError");
    assert.ok(group);
    const { key } = group;
    try {
      person.answer = "Mute";
      say([{ group, back: false }]);
      await eventually(() => assert.ok(api.mutedGroups.has("other", key)), { timeoutMs: 10_000 });
      assert.equal(api.mutedGroups.has("shop", key), false);
      await commands.executeCommand("arq.unmuteErrorGroup", { groupKey: key, connection: "other" });
      assert.equal(api.mutedGroups.has("other", key), false);
      await new Promise((resolve) => setTimeout(resolve, 50));
      person.answer = "Open Job";
      say([{ group, back: false }]);
      await eventually(() => assert.match(person.said, /of the connection "other", which is not configured here/), {
        timeoutMs: 10_000,
      });
      assert.notEqual(api.jobs.active, group.latest?.id);
    } finally {
      notice.dispose();
    }
  });

  it("come in one of two windows on one Redis", async () => {
    person.reset();
    person.answer = undefined;
    const listeners: ((news: readonly ErrorNewsItem[]) => void)[] = [];
    const onDidChange = (listener: (news: readonly ErrorNewsItem[]) => void) => {
      listeners.push(listener);
      return { dispose: () => undefined };
    };
    const folder = mkdtempSync(join(tmpdir(), "arq-told-"));
    const lineHistory = { of: () => Promise.resolve(null) };
    const parts = { ...api, errorNews: { onDidChange } as never, lineHistory: lineHistory as never };
    const windows = [1, 2].map(
      () =>
        new NewErrorNotice(
          { ...parts, toldOnce: new ToldOnce(() => folder, 60_000, 60_000) },
          { gapMs: 0, behindMs: 0 },
        ),
    );
    const group = api.liveGroups.now?.all.find(({ type }) => type === "ZeroDivisionError");
    assert.ok(group);
    const like = (type: string): ErrorNewsItem => ({ group: { ...group, type, key: `${type}\n` }, back: false });
    try {
      for (const say of listeners) say([like("A")]);
      await eventually(() => assert.equal(messages().length, 1));
      await new Promise((resolve) => setTimeout(resolve, 300));
      // One after the other: of those that ask at once each may get one of the two.
      listeners[0]!([like("A"), like("C"), like("D")]);
      await eventually(() => assert.equal(messages().length, 2));
      listeners[1]!([like("A"), like("C"), like("D")]);
      assert.match(messages()[1]!, /^2 new errors in shop: C: .*D: by zero$/);
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(messages().length, 2);
    } finally {
      for (const each of windows) each.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
