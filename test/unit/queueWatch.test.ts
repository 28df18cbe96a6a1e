import assert from "node:assert/strict";
import { QueueWatch } from "../../src/redis/queueWatch";
import type { ReadCommand, Reply } from "../../src/redis/readOnlyCommands";
import { contextOf } from "../support/sessionContext";

const start = 1_795_300_000_000;

describe("Looking again at a queue, where Redis announces nothing", () => {
  /** PTTL of the claim of each member. */
  const claims = new Map<string, number>();
  const redis = {
    run: (commands: readonly ReadCommand[]): Promise<readonly Reply[]> =>
      Promise.resolve(
        commands.map((command): Reply => {
          if (command[0] === "zrange") return ["a", "b"].flatMap((id) => [Buffer.from(id), Buffer.from(String(start))]);
          assert.equal(command[0], "pttl");
          return claims.get(command[1].replace("arq:in-progress:", "")) ?? -2;
        }),
      ),
  };
  const watch = (): QueueWatch => new QueueWatch(contextOf({ redis }), "arq:queue");
  const look = async (queue: QueueWatch, now: number): Promise<string[]> => [...(await queue.look(now))].sort();

  beforeEach(() => claims.clear());

  it("sees claims come and go, and be taken anew", async () => {
    const queue = watch();
    assert.deepEqual(await look(queue, start), ["a", "b"]);
    claims.set("a", 310_000);
    assert.deepEqual(await look(queue, start + 1000), ["a"]);
    claims.set("a", 309_000);
    assert.deepEqual(await look(queue, start + 2000), []);
    claims.set("a", 310_000);
    assert.deepEqual(await look(queue, start + 3000), ["a"]);
    claims.delete("a");
    assert.deepEqual(await look(queue, start + 4000), ["a"]);
  });

  it("sees that a claim was cut to the minute that ARQ gives an interrupted cron job", async () => {
    const queue = watch();
    claims.set("a", 310_000).set("b", 310_000);
    await look(queue, start);
    claims.set("a", 59_500).set("b", 305_200);
    assert.deepEqual(await look(queue, start + 5000), ["a"]);
    claims.set("a", 54_500).set("b", 300_200);
    assert.deepEqual(await look(queue, start + 10_000), []);
  });
});
