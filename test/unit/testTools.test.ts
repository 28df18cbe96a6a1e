import assert from "node:assert/strict";
import { eventually } from "../support/eventually";
import { ManualClock } from "../support/manualClock";

describe("ManualClock", () => {
  it("runs what falls due in order, each at its own moment, also what was set on the way", () => {
    const clock = new ManualClock(1000);
    const ran: string[] = [];
    const note = (name: string) => () => void ran.push(`${name}@${clock.now()}`);
    clock.setTimeout(note("late"), 50);
    clock.setTimeout(note("early"), 10);
    clock.setTimeout(() => clock.setTimeout(note("nested"), 5), 10);
    clock.setTimeout(note("never"), 20)();
    clock.setTimeout(note("beyond"), 51);
    clock.advance(50);
    assert.deepEqual(ran, ["early@1010", "nested@1015", "late@1050"]);
    assert.equal(clock.now(), 1050);
    assert.equal(clock.pending, 1);
  });

  it("lets promises settle between timers when asked to", async () => {
    const clock = new ManualClock(0);
    const ran: number[] = [];
    const again = async (): Promise<void> => {
      await Promise.resolve();
      ran.push(clock.now());
      if (ran.length < 3) clock.setTimeout(() => void again(), 10);
    };
    clock.setTimeout(() => void again(), 10);
    await clock.advanceAsync(100);
    assert.deepEqual(ran, [10, 20, 30]);
  });
});

describe("eventually", () => {
  it("asks until the check neither throws nor is false, and gives its answer", async () => {
    let asked = 0;
    const answer = await eventually(
      () => {
        asked++;
        if (asked === 1) throw new Error("not yet");
        return asked === 2 ? false : "done";
      },
      { intervalMs: 1 },
    );
    assert.equal(answer, "done");
    assert.equal(asked, 3);
  });

  it("fails with the last failure when the deadline has passed", async () => {
    const never = (): never => assert.equal(1, 2, "one is not two") as never;
    await assert.rejects(eventually(never, { timeoutMs: 5, intervalMs: 1 }), /one is not two/);
    await assert.rejects(
      eventually(() => false, { timeoutMs: 0 }),
      /still false/,
    );
  });
});
