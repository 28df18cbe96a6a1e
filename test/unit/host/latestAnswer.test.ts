import assert from "node:assert/strict";
import { LatestAnswer } from "../../../src/host/panels/latestAnswer";

/** Answers when told to. */
function held() {
  const open: {
    question: string;
    signal: AbortSignal;
    answer: (text: string) => void;
    fail: (error: Error) => void;
  }[] = [];
  const latest = new LatestAnswer<string, string>(
    (question, signal) =>
      new Promise((answer, fail) => {
        open.push({ question, signal, answer, fail });
        signal.addEventListener("abort", () => fail(new Error("aborted")));
      }),
    (a, b) => a === b,
  );
  return { open, latest };
}

describe("The latest answer of a panel", () => {
  it("goes also to who asked before, in the order of the questions, and the older question is cancelled", async () => {
    const { open, latest } = held();
    const order: string[] = [];
    const asked = ["s", "st", "sta"].map(async (question) => order.push(`${question}: ${await latest.ask(question)}`));
    assert.deepEqual(
      open.map(({ signal }) => signal.aborted),
      [true, true, false],
    );
    open[2]!.answer("three");
    await Promise.all(asked);
    assert.deepEqual(order, ["s: three", "st: three", "sta: three"]);
  });

  it("is given to the last alone of those who need it once, and nothing to those before", async () => {
    const { open, latest } = held();
    const asked = Promise.all([latest.askAlone("s"), latest.ask("st"), latest.askAlone("sta")]);
    open[2]!.answer("three");
    assert.deepEqual(await asked, [null, "three", "three"]);
    const again = latest.askAlone("stat");
    open[3]!.answer("four");
    assert.equal(await again, "four");
  });

  it("is asked for once while the question is the same, and again afterwards", async () => {
    const { open, latest } = held();
    const both = Promise.all([latest.ask("a"), latest.ask("a")]);
    assert.equal(open.length, 1);
    open[0]!.answer("1");
    assert.deepEqual(await both, ["1", "1"]);
    const again = latest.ask("a");
    assert.equal(open.length, 2);
    open[1]!.answer("2");
    assert.equal(await again, "2");
  });

  it("fails for all who wait when the newest question fails, and not for the next one", async () => {
    const { open, latest } = held();
    const [first, second] = [latest.ask("a"), latest.ask("b")];
    open[1]!.fail(new Error("no answer"));
    await assert.rejects(first, /no answer/);
    await assert.rejects(second, /no answer/);
    const third = latest.ask("c");
    open[2]!.answer("3");
    assert.equal(await third, "3");
  });
});
