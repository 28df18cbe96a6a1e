import assert from "node:assert/strict";
import { PatientReads } from "../../../src/files/patientReads";

describe("PatientReads", () => {
  it("answers as the disk did last while it is silent, and asks it once", async () => {
    const answers: ((found: number) => void)[] = [];
    const reads = new PatientReads(() => new Promise<number>((resolve) => answers.push(resolve)), 0, 10);
    assert.equal(await reads.of("/gone"), 0);
    assert.deepEqual(await Promise.all([reads.of("/gone"), reads.of("/gone")]), [0, 0]);
    assert.equal(answers.length, 1);
    answers[0]!(7);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await reads.of("/gone"), 7, "known from before");
    assert.equal(answers.length, 2);
    assert.equal(await reads.of("/gone"), 7);
    assert.equal(answers.length, 2, "that question has no answer yet");
  });

  it("answers each path as soon as it does", async () => {
    const reads = new PatientReads((path) => Promise.resolve(path.length), 0, 60_000);
    assert.deepEqual(await Promise.all([reads.of("a"), reads.of("bc"), reads.of("a")]), [1, 2, 1]);
    assert.equal(await reads.of("a"), 1);
  });
});
