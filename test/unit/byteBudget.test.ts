import assert from "node:assert/strict";
import { ByteBudget } from "../../src/redis/byteBudget";
import { ManualClock } from "../support/manualClock";

describe("A budget of bytes", () => {
  it("gives a second's worth at once, and what is above it when it has been earned", async () => {
    const clock = new ManualClock();
    const budget = new ByteBudget(clock, 1000);
    const given: string[] = [];
    const take = (name: string, bytes: number): void => void budget.take(bytes).then(() => given.push(name));
    take("first", 1000);
    take("second", 500);
    take("third", 100);
    await clock.advanceAsync(0);
    assert.deepEqual(given, ["first", "second"], "whoever has nothing left to pay goes ahead");
    await clock.advanceAsync(499);
    assert.deepEqual(given, ["first", "second"]);
    await clock.advanceAsync(2);
    assert.deepEqual(given, ["first", "second", "third"]);
  });

  it("saves up no more than a second's worth, also when the clock jumps", async () => {
    const clock = new ManualClock();
    const budget = new ByteBudget(clock, 1000);
    await clock.advanceAsync(3_600_000);
    await budget.take(1500);
    let given = false;
    void budget.take(1).then(() => (given = true));
    await clock.advanceAsync(400);
    assert.equal(given, false);
    await clock.advanceAsync(200);
    assert.equal(given, true);
  });
});
