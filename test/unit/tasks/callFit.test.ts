import assert from "node:assert/strict";
import { callMisfits, type GivenArguments } from "../../../src/python/tasks/callFit";
import type { Parameter } from "../../../src/python/tasks/taskCode";

function parameter(name: string, kind: Parameter["kind"] = "positional", hasDefault = false): Parameter {
  return { name, kind, hasDefault, annotation: null };
}

function given(
  positional: number,
  keywords: readonly string[] = [],
  more: Partial<GivenArguments> = {},
): GivenArguments {
  return { positional, keywords, hasMorePositional: false, hasMoreKeywords: false, ...more };
}

/** `async def send(ctx, to, body, copies=1, *, urgent=False, key)` without `ctx`. */
const send = [
  parameter("to"),
  parameter("body"),
  parameter("copies", "positional", true),
  parameter("urgent", "keywordOnly", true),
  parameter("key", "keywordOnly"),
];

describe("A call against a signature", () => {
  it("fits where Python would take it", () => {
    assert.deepEqual(callMisfits(send, given(2, ["key"])), []);
    assert.deepEqual(callMisfits(send, given(3, ["key", "urgent"])), []);
    assert.deepEqual(callMisfits(send, given(0, ["to", "body", "key"])), []);
    assert.deepEqual(callMisfits([], given(0)), []);
  });

  it("misses what has no default", () => {
    assert.deepEqual(callMisfits(send, given(1)), [{ kind: "missing", names: ["body", "key"] }]);
    assert.deepEqual(callMisfits([parameter("a", "positionalOnly")], given(0, ["a"])), [
      { kind: "unknownKeyword", names: ["a"] },
      { kind: "missing", names: ["a"] },
    ]);
  });

  it("has too many, unknown, or twice the same", () => {
    assert.deepEqual(callMisfits(send, given(4, ["key"])), [{ kind: "tooMany", atMost: 3, given: 4 }]);
    assert.deepEqual(callMisfits(send, given(2, ["key", "colour"])), [{ kind: "unknownKeyword", names: ["colour"] }]);
    assert.deepEqual(callMisfits(send, given(2, ["key", "to"])), [{ kind: "twice", names: ["to"] }]);
  });

  it("takes anything where the function does", () => {
    const any = [parameter("args", "args"), parameter("kwargs", "kwargs")];
    assert.deepEqual(callMisfits(any, given(9, ["whatever"])), []);
  });

  it("says nothing of what a star may bring", () => {
    assert.deepEqual(callMisfits(send, given(0, [], { hasMorePositional: true, hasMoreKeywords: true })), []);
    assert.deepEqual(callMisfits(send, given(0, [], { hasMorePositional: true })), [
      { kind: "missing", names: ["key"] },
    ]);
    assert.deepEqual(callMisfits(send, given(0, [], { hasMoreKeywords: true })), []);
  });
});
