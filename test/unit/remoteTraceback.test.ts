import assert from "node:assert/strict";
import { readTraceback } from "../../src/host/jobTries";
import { withRemoteFrames } from "../../src/python/remoteTraceback";
import { parseTracebacks } from "../../src/python/traceback";
import { recordedTracebacks } from "../support/tracebackCorpus";

describe("withRemoteFrames", () => {
  for (const { versions, text, truth } of recordedTracebacks().filter(({ kind }) => kind === "other_process")) {
    it(`shows the frames of the other process that a pool of Python ${versions.join(", ")} only quotes`, () => {
      const [traceback] = parseTracebacks(text).map(withRemoteFrames);
      assert.deepEqual(traceback?.frames, truth.frames);
      assert.deepEqual([traceback?.cause?.type, traceback?.cause?.message], ["ValueError", "v4"]);
      assert.equal(traceback?.cause?.frames.at(-1)?.function, "charge");
      assert.deepEqual(
        readTraceback(text, "x")?.chain.map(({ traceback: { type } }) => type),
        ["ValueError", "ValueError"],
      );
    });
  }

  it("leaves every other traceback as it is", () => {
    for (const { kind, truth } of recordedTracebacks()) {
      if (kind !== "other_process") assert.equal(withRemoteFrames(truth), truth);
    }
  });
});
