import assert from "node:assert/strict";
import { ClaimWatch } from "../../src/redis/claimWatch";
import { QueueWatch } from "../../src/redis/queueWatch";
import type { ReadCommand, Reply } from "../../src/redis/readOnlyCommands";
import { contextOf } from "../support/sessionContext";

const start = 1_795_300_000_000;
const context = contextOf({ redis: { run: () => Promise.reject(new Error("one round trip is enough")) } });

describe("Looking again at a queue, where Redis announces nothing", () => {
  /** Members by score, as `ZRANGE` lists them. */
  const members = new Map<string, number>();
  const answer = (command: ReadCommand): Reply => {
    if (command[0] === "zcard") return members.size;
    const listed = [...members].sort(([, a], [, b]) => a - b);
    assert.ok(command[0] === "zrange" || command[0] === "zrangebyscore");
    const chosen =
      command[0] === "zrange"
        ? listed.slice(command[2], command[3] + 1)
        : listed.filter(([, score]) => score >= Number(command[2]) && score <= Number(command[3]));
    return chosen.flatMap(([id, score]) => [Buffer.from(id), Buffer.from(String(score))]);
  };
  const look = (queue: QueueWatch, now = start) => {
    const commands = queue.commands(now);
    assert.ok(commands.length <= 3);
    const seen = queue.take(commands.map(answer), now);
    assert.ok(seen !== null);
    return { ...seen, touched: [...seen.touched].sort() };
  };

  beforeEach(() => members.clear());

  it("sees members come, move and go, and counts them", () => {
    const queue = new QueueWatch(context, "arq:queue");
    members.set("a", start - 1).set("b", start + 60_000);
    assert.deepEqual(look(queue).touched, ["a", "b"]);
    assert.deepEqual(queue.due, ["a"]);
    members.set("b", start - 2).set("c", start);
    assert.deepEqual(look(queue), { touched: ["b", "c"], depth: 3, changed: true, missed: false });
    members.delete("a");
    assert.deepEqual(look(queue), { touched: ["a"], depth: 2, changed: true, missed: false });
    assert.deepEqual(look(queue), { touched: [], depth: 2, changed: false, missed: false });
  });

  it("sees what workers take from a long queue and what falls due in it, and says when that is not all", () => {
    const queue = new QueueWatch(context, "arq:queue");
    for (let i = 0; i < 1000; i++) members.set(`old ${i}`, start - 100_000 + i);
    look(queue);
    assert.equal(look(queue, start + 500).missed, true, "most of its members were not seen");
    members.delete("old 0");
    members.set("fresh", start + 600);
    const seen = look(queue, start + 1000);
    assert.deepEqual(
      seen.touched.filter((id) => !["old 300"].includes(id)),
      ["fresh", "old 0"],
    );
    assert.equal(seen.depth, 1000);
  });

  it("tells nothing of a key that is no sorted set", () => {
    const queue = new QueueWatch(context, "arq:queue");
    queue.commands(start);
    assert.equal(queue.take([null], start), null);
  });
});

describe("Looking again at claims, where Redis announces nothing", () => {
  /** PTTL of the claim of each job, and its attempts. */
  const claims = new Map<string, number>();
  const tries = new Map<string, number>();
  const idOf = (key: string): string => key.split(":").at(-1)!;
  const text = (value: number | undefined): Buffer | null => (value === undefined ? null : Buffer.from(`${value}`));
  const answer = (command: ReadCommand): Reply => {
    if (command[0] === "pttl") return claims.get(idOf(command[1])) ?? -2;
    assert.ok(command[0] === "mget");
    const [, ...keys] = command;
    return keys.map((key) => text((key.includes(":retry:") ? tries : claims).get(idOf(key))));
  };
  const look = (watch: ClaimWatch, now: number, due = ["a", "b"]): string[] => {
    const commands = watch.commands(due);
    assert.ok(commands.length <= 5);
    return [...watch.take(commands.map(answer), now)].sort();
  };

  beforeEach(() => {
    claims.clear();
    tries.clear();
  });

  it("sees claims come and go, and be taken anew", () => {
    const watch = new ClaimWatch(context);
    assert.deepEqual(look(watch, start), []);
    claims.set("a", 310_000);
    tries.set("a", 1);
    assert.deepEqual(look(watch, start + 1000), ["a"]);
    claims.set("a", 309_000);
    assert.deepEqual(look(watch, start + 2000), []);
    tries.set("a", 2);
    assert.deepEqual(look(watch, start + 3000), ["a"]);
    claims.delete("a");
    assert.deepEqual(look(watch, start + 4000), ["a"]);
    assert.deepEqual(look(watch, start + 5000), []);
  });

  it("sees that a claim was cut to the minute that ARQ gives an interrupted cron job", () => {
    const watch = new ClaimWatch(context);
    claims.set("a", 310_000).set("b", 310_000);
    look(watch, start);
    look(watch, start + 1);
    claims.set("a", 59_500).set("b", 305_200);
    assert.deepEqual(look(watch, start + 5000), ["a"]);
    claims.set("a", 54_500).set("b", 300_200);
    assert.deepEqual(look(watch, start + 10_000), []);
  });

  it("has a job read whose claim was cut before its lifetime was ever looked at", () => {
    const watch = new ClaimWatch(context);
    claims.set("a", 310_000).set("b", 310_000);
    look(watch, start);
    claims.set("a", 59_900);
    assert.deepEqual(look(watch, start + 500), ["a"]);
    claims.set("a", 59_400);
    assert.deepEqual(look(watch, start + 1000), []);
  });

  it("looks at the lifetimes of many claims one after the other", () => {
    const watch = new ClaimWatch(context);
    const due = Array.from({ length: 40 }, (_, i) => `j${i}`);
    for (const id of due) claims.set(id, 310_000);
    look(watch, start, due);
    for (let tick = 1; tick <= 10; tick++) look(watch, start + tick, due);
    claims.set("j17", 60_000);
    const touched = new Set(Array.from({ length: 10 }, (_, tick) => look(watch, start + 20 + tick, due)).flat());
    assert.deepEqual([...touched], ["j17"]);
  });
});
