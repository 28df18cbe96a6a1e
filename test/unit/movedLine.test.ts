import assert from "node:assert/strict";
import { definesFunction, standingLine } from "../../src/python/movedLine";

const text = `import os


class Orders:
    async def charge(self, ctx, order):
        gateway = ctx["gateway"]
        if order.total <= 0:
            raise ValueError("nothing to charge")
        return await gateway.charge(order.total)


async def refund(
    ctx,
    order,
):
    gateway = ctx["gateway"]
    if order.total <= 0:
        raise ValueError("nothing to charge")
    return None
`;

describe("standingLine", () => {
  const frame = (line: number, source: string | null, name = "charge") => ({ line, source, function: name });

  it("finds a line at its place", () => {
    assert.deepEqual(standingLine(text, frame(9, "return await gateway.charge(order.total)")), {
      line: 9,
      text: "same",
    });
    assert.deepEqual(standingLine(text, frame(1, "import os", "<module>")), { line: 1, text: "same" });
  });

  it("finds a line that has moved, in the function that the frame names", () => {
    assert.deepEqual(standingLine(text, frame(7, "return await gateway.charge(order.total)")), {
      line: 9,
      text: "moved",
    });
    // Line 18 says the same, but in another function.
    assert.deepEqual(standingLine(text, frame(18, 'raise ValueError("nothing to charge")')), {
      line: 8,
      text: "moved",
    });
    assert.deepEqual(standingLine(text, frame(8, 'raise ValueError("nothing to charge")', "refund")), {
      line: 18,
      text: "moved",
    });
  });

  it("says that a line is gone, and stays where the function is", () => {
    assert.deepEqual(standingLine(text, frame(8, "raise KeyError(order.id)")), { line: 8, text: "edited" });
    assert.deepEqual(standingLine(text, frame(90, "raise KeyError(order.id)")), { line: 5, text: "edited" });
    assert.deepEqual(standingLine(text, frame(90, "gone()", "unknown_function")), { line: 20, text: "edited" });
  });

  it("takes a line that only a formatter has changed for an edited one, at its place", () => {
    const printed = "raise ValueError( 'nothing to charge' )";
    assert.deepEqual(standingLine(text, frame(3, printed)), { line: 8, text: "edited" });
  });

  it("does not follow a line that says too little into other functions", () => {
    const many = `${"\n".repeat(400)}def other():\n    pass\n`;
    assert.deepEqual(standingLine(many, frame(3, "pass", "<lambda>")), { line: 3, text: "edited" });
    assert.deepEqual(standingLine(`def charge():\n    work()\n\n\ndef other():\n    pass\n`, frame(2, "pass")), {
      line: 2,
      text: "edited",
    });
  });

  it("knows nothing where nothing was printed, and stays within the file", () => {
    assert.deepEqual(standingLine(text, frame(7, null)), { line: 7, text: "unknown" });
    assert.deepEqual(standingLine("", frame(7, null)), { line: 1, text: "unknown" });
    assert.deepEqual(standingLine(text, frame(0, null)), { line: 1, text: "unknown" });
  });

  it("compares the first line of a statement that was printed whole, and any line ends", () => {
    assert.deepEqual(standingLine(text, frame(12, "async def refund(\n    ctx,\n    order,\n):", "<module>")), {
      line: 12,
      text: "same",
    });
    assert.deepEqual(standingLine(text.replaceAll("\n", "\r\n"), frame(7, 'gateway = ctx["gateway"]')), {
      line: 6,
      text: "moved",
    });
  });

  it("follows every line of a file through inserted, deleted and indented lines", () => {
    const random = generator(20_261_122);
    const lines = Array.from({ length: 60 }, (_, index) => `    value_${index} = compute(${index}, "text ${index}")`);
    const source = ["async def charge(ctx):", ...lines];
    for (let round = 0; round < 200; round++) {
      const at = 1 + Math.floor(random() * lines.length);
      const edited = [...source];
      const kept = source[at]!;
      for (let edit = 0; edit < 8; edit++) {
        const place = 1 + Math.floor(random() * (edited.length - 1));
        const kind = random();
        if (kind < 0.5) edited.splice(place, 0, `    # ${round} ${edit}`, "");
        else if (edited[place] !== kept) edited.splice(place, 1);
      }
      if (random() < 0.3) edited.unshift("import os", "", "");
      const now = edited.indexOf(kept) + 1;
      const expected = { line: now, text: now === at + 1 ? "same" : "moved" };
      const found = standingLine(edited.join("\n"), { line: at + 1, source: kept.trim(), function: "charge" });
      assert.deepEqual(found, expected, `round ${round}`);
      const gone = edited.filter((line) => line !== kept).join("\n");
      const lost = standingLine(gone, { line: at + 1, source: kept.trim(), function: "charge" });
      assert.equal(lost.text, "edited", `round ${round}`);
    }
  });
});

describe("definesFunction", () => {
  it("finds functions and classes by their own name", () => {
    assert.equal(definesFunction(text, "charge"), true);
    assert.equal(definesFunction(text, "Orders.charge"), true);
    assert.equal(definesFunction(text, "Orders"), true);
    assert.equal(definesFunction(text, "run_job"), false);
    assert.equal(definesFunction(text, "<module>"), null);
    assert.equal(definesFunction(text, ""), null);
  });
});

/** Numbers from 0 to 1, the same for a seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
