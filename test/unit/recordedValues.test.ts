import assert from "node:assert/strict";
import { unpickle } from "../../src/arq/unpickle";
import { exceptionMessage } from "../../src/python/exceptionMessage";
import { pythonRepr } from "../../src/python/repr";
import recorded from "../fixtures/pickles/python3.14.json";

describe("values pickled by CPython 3.14", () => {
  it("were recorded from 3.14, in every protocol", () => {
    assert.match(recorded.python, /^3\.14\./);
    assert.deepEqual([...new Set(recorded.values.map(({ protocol }) => protocol))], [0, 1, 2, 3, 4, 5]);
    assert.ok(recorded.values.length > 200);
  });

  for (const protocol of [0, 1, 2, 3, 4, 5]) {
    it(`print as CPython 3.13 prints them, protocol ${protocol}`, () => {
      for (const { pickle, repr, str } of recorded.values.filter((one) => one.protocol === protocol)) {
        const read = unpickle(Buffer.from(pickle, "base64"));
        assert.ok(read.ok, repr);
        assert.equal(pythonRepr(read.value), repr);
        if (str !== undefined && read.value.kind === "call") assert.equal(exceptionMessage(read.value), str);
      }
    });
  }
});
