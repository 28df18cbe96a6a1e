import assert from "node:assert/strict";
import { StillTime } from "../../webview/dashboard/tabs/stillTime";

describe("the clock of what is not kept current", () => {
  it("stands from the moment on at which it ceased to be, and goes on with the others afterwards", () => {
    const time = new StillTime();
    assert.equal(time.at(1_000, false), 1_000);
    assert.equal(time.at(2_000, true), 2_000);
    assert.equal(time.at(9_000, true), 2_000);
    assert.equal(time.at(10_000, false), 10_000);
    assert.equal(time.at(11_000, true), 11_000);
    time.leave();
    assert.equal(time.at(90_000, true), 90_000, "nobody told it that what was shown had gone on meanwhile");
  });
});
