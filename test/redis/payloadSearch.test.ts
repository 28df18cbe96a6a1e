import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import { pythonRepr } from "../../src/python/repr";
import { startRedis, type RedisServer } from "../support/redisServer";
import { closeSources, jobPayload, resultPayload, runSource } from "./sourceHarness";

const longest = 64 * 1024;

describe("Payloads read for a search", function () {
  this.timeout(60_000);
  let server: RedisServer;
  let redis: Redis;
  before(async () => {
    server = await startRedis();
    redis = server.client();
    await redis.set("arq:job:waits", jobPayload);
    await redis.set("arq:job:both", "not looked at, because there is a result");
    await redis.set("arq:result:both", resultPayload);
    await redis.set("arq:job:long", Buffer.alloc(longest + 1, "x"));
    await redis.set("arq:job:broken", "no payload");
    await redis.set("arq:job:json", '{"t":null,"f":"login","a":["bob"],"k":{"password":"hunter2!x"},"et":1}');
  });
  after(() => server.stop());
  afterEach(closeSources);

  it("are the result where there is one, else the job, and honest failures where there is neither", async () => {
    const running = runSource(server.url);
    await running.live();
    const read = await running.source.readPayloads(["waits", "both", "long", "broken", "gone"], longest);
    assert.deepEqual(
      read.map(({ id, job, result }) => [id, job?.decoded.ok ?? null, result?.decoded.ok ?? null]),
      [
        ["waits", true, null],
        ["both", null, true],
        ["long", false, null],
        ["broken", false, null],
        ["gone", null, null],
      ],
    );
    const decoded = read[0]!.job!.decoded;
    assert.equal(decoded.ok && `${pythonRepr(decoded.args)} ${pythonRepr(decoded.kwargs)}`, "('a@b.c',) {'n': 3}");
    assert.equal(read[0]!.job!.size, jobPayload.length);
    assert.deepEqual(!read[2]!.job!.decoded.ok && read[2]!.job!.decoded.reason, "limit");
    assert.match(!read[2]!.job!.decoded.ok ? read[2]!.job!.decoded.message : "", /longer than 64 kB/);
  });

  it("have passed the redactor: what is hidden on the screen is not found by searching for it", async () => {
    const running = runSource(server.url);
    await running.live();
    const [read] = await running.source.readPayloads(["json"], longest);
    const decoded = read!.job!.decoded;
    assert.ok(decoded.ok);
    const text = `${pythonRepr(decoded.args)} ${pythonRepr(decoded.kwargs)}`;
    assert.match(text, /bob.*password/);
    assert.doesNotMatch(text, /hunter2/);
  });

  it("can be sized without being read, and not at all by a user who may not ask", async () => {
    const running = runSource(server.url);
    await running.live();
    const both = "not looked at, because there is a result".length + resultPayload.length;
    const sizes = await running.source.readSizes(["waits", "both", "long", "gone"]);
    assert.deepEqual(sizes, [jobPayload.length, both, longest + 1, 0]);

    await redis.call("ACL", "SETUSER", "reader", "reset", "on", ">secret", "~*", "&*", "+@all", "-strlen");
    const poor = runSource(`redis://reader:secret@127.0.0.1:${server.port}/0`);
    await poor.live();
    assert.equal(await poor.source.readSizes(["waits"]), null);
  });
});
