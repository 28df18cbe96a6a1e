import { strict as assert } from "node:assert";
import { frameNote } from "../../../src/host/editor/frameNote";
import { FrameStack } from "../../../src/host/editor/frameStack";
import type { Frame } from "../../../src/python/traceback";

describe("the note beside the frame of a traceback", () => {
  const frame = (line: number): Frame => ({ file: "shop/payments.py", line, function: "share", source: null, repeat: 0 });
  const stack = new FrameStack([frame(56), frame(52)], {
    type: "KeyError",
    message: "'sku'",
    values: ["order = 7"],
  });
  const located = { path: "/shop/payments.py", line: 52, text: "same", how: "path" } as const;

  it("names what was raised, with its values, and which frame it is", () => {
    assert.equal(frameNote({ stack, index: 1, located }), "KeyError: 'sku' · order = 7 · frame 2 of 2");
    assert.equal(frameNote({ stack, index: 0, located }), "frame 1 of 2");
  });

  it("does not name again what another note of the line names", () => {
    assert.equal(frameNote({ stack, index: 1, located }, true), "order = 7 · frame 2 of 2");
  });
});
