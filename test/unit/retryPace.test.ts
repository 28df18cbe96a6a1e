import assert from "node:assert/strict";
import { watchClock } from "../../src/redis/clockWatch";
import { retryDelay } from "../../src/redis/retryPace";
import { ManualClock } from "../support/manualClock";

describe("The pause between two attempts to connect", () => {
  const reasons = [
    "refused",
    "timeout",
    "passwordWrong",
    "noPermission",
    "tlsFailed",
    "loading",
    "lost",
    "other",
  ] as const;

  it("is never longer than a second while somebody looks, whatever is wrong", () => {
    for (const reason of reasons) {
      for (const failures of [0, 1, 5, 1000]) assert.ok(retryDelay(reason, failures, "visible") <= 1000);
    }
  });

  it("is short at first and grows, calmer in the background, and once a minute for nobody", () => {
    const pauses = [0, 1, 2, 3, 20].map((failures) => retryDelay("refused", failures, "background"));
    assert.deepEqual(pauses, [250, 500, 1000, 2000, 10_000]);
    assert.equal(retryDelay("refused", 20, "none"), 60_000);
    assert.equal(retryDelay("passwordWrong", 0, "background"), 10_000);
  });

  it("does not grow while the server says that it is loading", () => {
    assert.equal(retryDelay("loading", 50, "visible"), 250);
    assert.equal(retryDelay("loading", 50, "background"), 1000);
  });
});

describe("A jump of the clock", () => {
  /** A manual clock that can jump without running timers, as a machine does that sleeps. */
  class JumpingClock extends ManualClock {
    by = 0;
    override now(): number {
      return super.now() + this.by;
    }
  }

  it("is told once, forwards and back, and a delay of seconds is none", () => {
    const clock = new JumpingClock();
    const jumps: number[] = [];
    const stop = watchClock(clock, (by) => jumps.push(by));
    clock.advance(60_000);
    assert.deepEqual(jumps, []);
    clock.by += 5000;
    clock.advance(10_000);
    assert.deepEqual(jumps, []);
    clock.by += 3_600_000;
    clock.advance(10_000);
    assert.deepEqual(jumps, [3_600_000]);
    clock.by -= 7_200_000;
    clock.advance(10_000);
    assert.deepEqual(jumps, [3_600_000, -7_200_000]);
    stop();
    assert.equal(clock.pending, 0);
  });
});
