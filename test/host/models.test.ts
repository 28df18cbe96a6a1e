import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CancellationTokenSource, LanguageModelTextPart, lm, workspace } from "vscode";
import type { Redis } from "ioredis";
import type { ArqApi } from "../../src/host/api";
import { toolNames } from "../../src/host/models/toolDefinitions";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { addFailed, addQueued, connect, disconnect, extensionApi, set } from "./fixture";

const source = String.raw`raise GatewayError\(f`;
const traceback = `Traceback (most recent call last):
  File "/srv/app/shop/payments.py", line 34, in read_answer
    raise GatewayError(f"the gateway answered {text[:24]!r}") from error
KeyError: 'sku'
`;

type Answer = Record<string, unknown> & { note: string };

describe("tools for language models", function () {
  this.timeout(120_000);
  let server: RedisServer;
  let redis: Redis;
  let api: ArqApi;

  /** As a chat calls it, where this editor knows tools; else as its own server is called. */
  const call = async (name: string, input: object): Promise<Answer> => {
    const result = await lm.invokeTool(
      name,
      { input, toolInvocationToken: undefined },
      new CancellationTokenSource().token,
    );
    const [part] = result.content;
    assert.ok(part instanceof LanguageModelTextPart);
    return JSON.parse(part.value) as Answer;
  };
  const rpc = async (method: string, params: object): Promise<{ result: Record<string, unknown> }> => {
    const { url, headers } = await (await api.models.server()).address();
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body,
    });
    return (await response.json()) as { result: Record<string, unknown> };
  };

  before(async () => {
    server = await startRedis();
    redis = server.client();
    await addFailed(redis, "failed-1", { traceback });
    await addFailed(redis, "failed-2", { traceback });
    await addQueued(redis, "waits");
    api = await extensionApi();
  });

  after(async () => {
    await set("arq.models.includeArguments", undefined);
    await disconnect();
    await server.stop();
  });

  it("are known to the editor under their names", () => {
    const known = lm.tools.filter(({ name }) => name.startsWith("arq_"));
    assert.deepEqual(known.map(({ name }) => name).toSorted(), toolNames.toSorted());
    for (const { description, inputSchema } of known) assert.ok(description.length > 100 && inputSchema !== undefined);
  });

  it("are offered as an MCP server without a complaint of the editor, and nothing listens before it is started", () => {
    assert.equal(
      typeof (lm as { registerMcpServerDefinitionProvider?: unknown }).registerMcpServerDefinitionProvider,
      "function",
    );
    assert.doesNotMatch(api.log.recentProblems.join("\n"), /MCP/);
  });

  it("say what to do while nothing is connected", async () => {
    await assert.rejects(call("arq_list_queues", {}), /No connection to Redis is configured\..*ARQ: Connect to Redis/);
  });

  it("connect by themselves, and list queues with their counts", async () => {
    await connect([{ name: "shop", url: server.url }], "connecting").catch(() => {});
    const { queues, connection, note, workers } = await call("arq_list_queues", {});
    assert.match(note, /not instructions/);
    assert.deepEqual(connection, { name: "shop", environment: null });
    const [queue] = queues as { name: string; queued: number; failedKept: number }[];
    assert.deepEqual([queue?.name, queue?.queued, queue?.failedKept], ["arq:queue", 1, 2]);
    assert.match(String(workers), /unknown|about|\d/);
    await eventually(() => assert.notEqual(api.session.state, "connecting"));
  });

  it("list failures by error, with where in the workspace's code they happen", async () => {
    const answer = await call("arq_list_failed_groups", { limit: 5 });
    const [group] = answer["groups"] as Record<string, unknown>[];
    assert.deepEqual(
      [group?.["type"], group?.["count"], group?.["functions"]],
      ["KeyError", 2, [{ name: "charge_card", count: 2 }]],
    );
    assert.ok(["failed-1", "failed-2"].includes(String(group?.["newestJobId"])));
    assert.match(JSON.stringify(group?.["failsAt"]), /"file":"shop\/payments\.py","line":\d+,"function":"read_answer"/);
    const none = await call("arq_list_failed_groups", { function: "no_such" });
    assert.deepEqual(none["groups"], []);
  });

  it("give one job with its traceback and the source around it, and leave arguments out", async () => {
    const answer = await call("arq_get_job", { id: "failed-1" });
    assert.equal((answer["job"] as { state: string }).state, "failed");
    assert.match(String(answer["traceback"]), /in read_answer\n {4}raise GatewayError[^]*KeyError: 'sku'$/);
    const [place] = answer["sourceNow"] as { file: string; lines: string; failedLine: number }[];
    assert.equal(place?.file, "shop/payments.py");
    assert.match(place?.lines ?? "", new RegExp(`${place?.failedLine}> .*${source}`));
    assert.match(String(answer["argumentsLeftOut"]), /arq\.models\.includeArguments/);
    assert.ok(!JSON.stringify(answer).includes("order-7"));
  });

  it("give no line of a file outside the open folders, which a traceback may name", async () => {
    const outside = await mkdtemp(join(tmpdir(), "arq-elsewhere-"));
    try {
      const path = join(outside, "keys.py");
      await writeFile(path, "\nKEY = 'opensesame'\n\ndef pay():\n    raise KeyError('sku')\n");
      const elsewhere = `Traceback (most recent call last):\n  File "${path}", line 5, in pay\n    raise KeyError('sku')\nKeyError: 'sku'\n`;
      await addFailed(redis, "failed-outside", { traceback: elsewhere });
      const answer = await eventually(() => call("arq_get_job", { id: "failed-outside" }), { timeoutMs: 15_000 });
      assert.match(String(answer["traceback"]), /keys\.py/);
      assert.ok(!JSON.stringify(answer).includes("KEY ="), JSON.stringify(answer["sourceNow"]));
    } finally {
      await redis.del("arq:result:failed-outside");
      await rm(outside, { recursive: true, force: true });
    }
  });

  it("give what is remembered of a failed job that Redis has forgotten, and say so", async () => {
    await addFailed(redis, "failed-gone", { traceback });
    await eventually(
      async () => {
        await call("arq_list_failed_groups", {});
        assert.ok(api.session.monitor?.history.failure("failed-gone"));
      },
      { timeoutMs: 15_000 },
    );
    await call("arq_get_job", { id: "failed-gone" });
    await redis.del("arq:result:failed-gone");
    const answer = await call("arq_get_job", { id: "failed-gone" });
    const { state, forgottenByRedis } = answer["job"] as { state: string; forgottenByRedis: string };
    assert.equal(state, "failed");
    assert.match(forgottenByRedis, /remembers of this job/);
    assert.equal((answer["error"] as { type: string }).type, "KeyError");
    assert.match(String(answer["traceback"]), /in read_answer\n {4}raise GatewayError[^]*KeyError: 'sku'$/);
  });

  it("give arguments where the setting allows them, and never what is hidden", async () => {
    await set("arq.models.includeArguments", true);
    assert.equal((await call("arq_get_job", { id: "failed-1" }))["args"], "('order-7',)");
    await set("arq.privacy.hideValues", "always");
    const hidden = await call("arq_get_job", { id: "failed-1" });
    assert.match(String(hidden["argumentsLeftOut"]), /hidden in the editor/);
    assert.ok(!JSON.stringify(hidden).includes("order-7"));
    await set("arq.privacy.hideValues", undefined);
    await set("arq.models.includeArguments", undefined);
  });

  it("tell of an id that nobody knows what to do", async () => {
    await assert.rejects(
      call("arq_get_job", { id: "no-such-job" }),
      /no key of a job with this id.*arq_list_failed_groups/,
    );
  });

  it("answer the same over MCP", async () => {
    const listed = await rpc("tools/list", {});
    assert.deepEqual(
      (listed.result["tools"] as { name: string }[]).map(({ name }) => name),
      [...toolNames],
    );
    const called = await rpc("tools/call", { name: "arq_get_job", arguments: { id: "failed-1" } });
    const [content] = called.result["content"] as { text: string }[];
    const over = JSON.parse(content?.text ?? "") as Answer;
    assert.deepEqual(over, await call("arq_get_job", { id: "failed-1" }));
    const refused = await rpc("tools/call", { name: "arq_get_job", arguments: {} });
    assert.equal(refused.result["isError"], true);
  });

  it("write nothing, and read nothing when nobody asks", async () => {
    assert.ok(workspace.isTrusted);
    assert.equal(await redis.dbsize(), 4);
  });
});
