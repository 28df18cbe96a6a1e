import assert from "node:assert/strict";
import { jobError } from "../../src/arq/jobError";
import { unpickle } from "../../src/arq/unpickle";
import values from "../fixtures/pickles/values.json";

describe("jobError", () => {
  it("says the same of a plain builtin exception as of one that may carry something, for every recorded one", () => {
    let compared = 0;
    for (const { value, pickle, str } of values) {
      const read = unpickle(Buffer.from(pickle, "base64"));
      if (str === undefined || !read.ok || read.value.kind !== "call" || read.value.state !== null) continue;
      // A state without anything in it takes the long way round.
      const carrying = { ...read.value, state: { kind: "dict" as const, entries: [] } };
      assert.deepEqual(jobError(read.value, null), jobError(carrying, null), value);
      compared += 1;
    }
    assert.ok(compared > 100, `only ${compared} compared`);
  });
});
