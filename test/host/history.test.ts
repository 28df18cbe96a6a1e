import assert from "node:assert/strict";
import { commands, window } from "vscode";
import type { ArqApi } from "../../src/host/api";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { addFailed, connect, disconnect, set } from "./fixture";

describe("the history", () => {
  const ask = Object.getOwnPropertyDescriptor(window, "showWarningMessage");
  const asked: unknown[][] = [];
  let answer: string | undefined;
  let server: RedisServer;
  let api: ArqApi;

  before(async () => {
    server = await startRedis();
    const value = (...given: unknown[]): Promise<string | undefined> => {
      asked.push(given);
      return Promise.resolve(answer);
    };
    Object.defineProperty(window, "showWarningMessage", { value, configurable: true, writable: true });
  });

  beforeEach(async () => {
    asked.length = 0;
    // Now: what ended before a clearing is forgotten for good.
    await addFailed(server.client(), "order-17", { finishedAgoMs: 0 });
    api = await connect([{ name: "kept", url: server.url }]);
    await eventually(() => assert.equal(api.session.monitor?.history.failure("order-17")?.error.type, "KeyError"));
  });

  afterEach(async () => {
    await set("arq.history.enabled", undefined);
    await disconnect();
    await server.client().flushall();
  });

  after(async () => {
    if (ask !== undefined) Object.defineProperty(window, "showWarningMessage", ask);
    await server.stop();
  });

  /** Redis forgets everything, and another session begins. */
  async function forget(): Promise<void> {
    const before = api.session.monitor;
    await server.client().flushall();
    api.session.reconnect("the test wants another session");
    await eventually(() => {
      assert.notEqual(api.session.monitor, before);
      assert.ok(api.session.snapshot()?.complete);
    });
  }

  it("has a failed job that Redis forgot, until it is cleared by a command that asks first", async () => {
    assert.deepEqual(api.session.snapshot()?.history, { state: "on" });
    await forget();
    await eventually(() => assert.equal(api.session.monitor?.row("order-17")?.error?.message, "'sku'"));
    answer = undefined;
    await commands.executeCommand("arq.clearHistory");
    assert.match(String(asked[0]?.[0]), /^Clear the history of kept \(127\.0\.0\.1:\d+\/0\)\?$/);
    assert.equal((asked[0]?.[1] as { modal?: boolean } | undefined)?.modal, true);
    assert.notEqual(api.session.monitor?.row("order-17"), null, "nobody said yes");
    answer = "Clear";
    await commands.executeCommand("arq.clearHistory");
    assert.equal(api.session.monitor?.row("order-17"), null);
    await forget();
    assert.equal(api.session.monitor?.row("order-17"), null);
  });

  it("is off by its setting, and says so", async () => {
    await set("arq.history.enabled", false);
    await eventually(() => assert.equal(api.session.snapshot()?.history.state, "off"));
    await forget();
    assert.equal(api.session.monitor?.row("order-17"), null);
  });
});
