import assert from "node:assert/strict";
import { type ArqKey, ArqKeys } from "../../src/arq/keys";

describe("ArqKeys", () => {
  const table: [key: string, parsed: ArqKey | null][] = [
    ["arq:job:abc", { kind: "job", id: "abc" }],
    ["arq:result:abc", { kind: "result", id: "abc" }],
    ["arq:in-progress:abc", { kind: "inProgress", id: "abc" }],
    ["arq:retry:abc", { kind: "retry", id: "abc" }],
    ["arq:job:cron:daily:1700000000123", { kind: "job", id: "cron:daily:1700000000123" }],
    ["arq:job:x:health-check", { kind: "job", id: "x:health-check" }],
    ["arq:job:", null],
    ["arq:abort", { kind: "abort" }],
    ["arq:queue", null],
    ["arq:queue:health-check", { kind: "health", queue: "arq:queue", process: "" }],
    ["mail out:health-check", { kind: "health", queue: "mail out", process: "" }],
    ["arq:queue:health-check:web-1:4711", { kind: "health", queue: "arq:queue", process: "web-1:4711" }],
    ["arq:queue:health-checks", null],
    ["arq:queue:health-check:", null],
    [":health-check", null],
    ["arq:monitor:worker:web-1:4711:a1", { kind: "worker", worker: "web-1:4711:a1" }],
    ["arq:monitor:worker:", null],
    ["arq:monitor:tries:cron:daily:123", { kind: "tries", id: "cron:daily:123" }],
    ["arq:monitor:hour:483000:web-1:4711", { kind: "hour", hour: 483_000, worker: "web-1:4711" }],
    ["arq:monitor:hour:soon:web-1", null],
    ["arq:monitor:other", null],
    ["session:job:abc", null],
    ["", null],
  ];
  for (const [key, parsed] of table) {
    it(`reads "${key}" as ${parsed === null ? "no key of a job, an abort list or a health record" : parsed.kind}`, () => {
      assert.deepEqual(new ArqKeys().parse(key), parsed);
    });
  }

  it("builds what it parses, under every prefix", () => {
    for (const keys of [new ArqKeys(), new ArqKeys("shop:arq")]) {
      const id = "a:b c";
      assert.deepEqual(keys.parse(keys.job(id)), { kind: "job", id });
      assert.deepEqual(keys.parse(keys.result(id)), { kind: "result", id });
      assert.deepEqual(keys.parse(keys.inProgress(id)), { kind: "inProgress", id });
      assert.deepEqual(keys.parse(keys.retry(id)), { kind: "retry", id });
      assert.deepEqual(keys.parse(keys.tries(id)), { kind: "tries", id });
      assert.deepEqual(keys.parse(keys.abort), { kind: "abort" });
      assert.deepEqual(keys.parse(keys.health("q")), { kind: "health", queue: "q", process: "" });
    }
    assert.equal(new ArqKeys().defaultQueue, "arq:queue");
    assert.equal(new ArqKeys("shop:arq").defaultQueue, "shop:arq:queue");
    assert.equal(new ArqKeys("shop:arq").parse("arq:job:x"), null);
  });
});
