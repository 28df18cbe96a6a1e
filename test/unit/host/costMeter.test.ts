import assert from "node:assert/strict";
import { CostMeter } from "../../../src/host/costMeter";

const cost = (commands: number, bytes = 0) => ({
  commands: new Map([
    ["scan", commands - 1],
    ["ping", 1],
  ]),
  bytesSent: bytes,
  bytesReceived: 10 * bytes,
  waitedMs: commands,
  since: 1000,
});

describe("the cost meter", () => {
  it("tells what the last minute cost, and what all did", () => {
    const meter = new CostMeter();
    for (let second = 0; second <= 180; second += 5) meter.read(cost(100 + second, second), second * 1000);
    const { total, recent, since } = meter.read(cost(300, 200), 182_000);
    assert.equal(since, 1000);
    assert.deepEqual(total, { commands: 300, bytesSent: 200, bytesReceived: 2000, waitedMs: 300 });
    assert.deepEqual(recent, { spanMs: 62_000, commands: 80, bytesSent: 80, bytesReceived: 800, waitedMs: 80 });
  });

  it("says the span when it was not asked for longer than a minute", () => {
    const meter = new CostMeter();
    meter.read(cost(10), 0);
    assert.equal(meter.read(cost(14), 600_000).recent?.spanMs, 600_000);
  });

  it("says nothing of the last minute before there was one reading", () => {
    assert.equal(new CostMeter().read(cost(10), 5000).recent, null);
  });
});
