import assert from "node:assert/strict";
import { parseTracebacks } from "../../src/python/traceback";
import { recordedTracebacks } from "../support/tracebackCorpus";

const recorded = recordedTracebacks();

describe("parseTracebacks, on what every CPython from 3.6 to 3.14 printed", () => {
  for (const { kind, versions, text, truth } of recorded) {
    it(`reads ${kind} of ${versions.join(", ")} as Python itself knows it`, () => {
      assert.deepEqual(parseTracebacks(text), [truth]);
    });
  }
});
