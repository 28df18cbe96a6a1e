import assert from "node:assert/strict";
import { indexedPercent, indexingText } from "../../../src/host/indexingText";

describe("what is said of indexing", () => {
  it("names how far it has come, of about how much", () => {
    const sweep = { keysScanned: 340_000, keysTotal: 1_000_000, paused: false };
    assert.equal(
      indexingText(sweep),
      "Indexed 340,000 of about 1,000,000 keys: finished jobs are still being counted.",
    );
    assert.equal(indexedPercent(sweep), "34 %");
    assert.equal(
      indexingText({ ...sweep, paused: true }),
      "Indexing is paused at 340,000 of about 1,000,000 keys: finished jobs beyond are not counted.",
    );
  });

  it("claims no whole that is not known", () => {
    assert.equal(
      indexingText({ keysScanned: 12, keysTotal: null, paused: false }),
      "Indexed 12 keys: finished jobs are still being counted.",
    );
    assert.equal(indexedPercent({ keysScanned: 12, keysTotal: null, paused: false }), null);
    assert.equal(indexedPercent({ keysScanned: 120, keysTotal: 100, paused: false }), "99 %", "it has not ended");
    assert.equal(indexingText(null), "Reading what is in Redis…");
  });
});
