import assert from "node:assert/strict";
import { Coverage } from "../../../src/monitor/coverage";

describe("What is covered of Redis", () => {
  it("is whole when the sweep has ended, whatever progress is told afterwards", () => {
    const coverage = new Coverage();
    coverage.sweepStarted();
    const progress = { keysScanned: 5000, keysTotal: 12_000, paused: false };
    coverage.sweepProgress(progress);
    assert.deepEqual(coverage.progress, progress);
    assert.equal(coverage.isWhole, false);
    coverage.sweepEnded(1);
    assert.equal(coverage.isWhole, true);
    coverage.sweepProgress(progress);
    assert.equal(coverage.progress, null);
    assert.equal(coverage.isWhole, true);
  });
});
