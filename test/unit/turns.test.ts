import assert from "node:assert/strict";
import { nextTurn } from "../../src/redis/turns";

const wholeTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("Turns of the event loop", () => {
  it("go round, one to each of those who wait, in their order", async () => {
    const order: number[] = [];
    const waiting = [1, 2, 3].map(async (each) => {
      await nextTurn();
      order.push(each);
    });
    const lengths: number[] = [];
    while (order.length < 3) {
      await wholeTurn();
      lengths.push(order.length);
    }
    await Promise.all(waiting);
    assert.deepEqual(order, [1, 2, 3]);
    assert.ok(
      lengths.every((length, i) => length - (lengths[i - 1] ?? 0) <= 1),
      `${lengths.join()} had gone on by the end of each turn`,
    );
  });

  it("are given to whoever comes later, too, once nobody waits any more", async () => {
    await nextTurn();
    let done = false;
    const waiting = nextTurn().then(() => (done = true));
    await Promise.resolve();
    assert.equal(done, false);
    await waiting;
    assert.equal(done, true);
  });
});
