import assert from "node:assert/strict";
import { FloodGauge, floodPerSecond } from "../../src/redis/floodGauge";
import { Heartbeat } from "../../src/redis/heartbeat";
import { ManualClock } from "../support/manualClock";

describe("The gauge of announcements", () => {
  it("calls it a flood when it lasts, not when much comes at once", () => {
    const gauge = new FloodGauge();
    assert.equal(gauge.add(20_000, 1000), false);
    assert.equal(gauge.add(10, 2000), false);
    assert.equal(gauge.rate(2500), 20_000);
    for (let second = 3; second < 5; second++) assert.equal(gauge.add(floodPerSecond, second * 1000), false);
    assert.equal(gauge.add(floodPerSecond, 5000), true);
    assert.equal(gauge.add(1, 6000), true);
    assert.equal(gauge.add(1, 7000), false, "a calm second ends it");
  });

  it("needs no second look at a rate that leaves no doubt", () => {
    const gauge = new FloodGauge();
    gauge.add(90_000, 1000);
    assert.equal(gauge.add(1, 2000), true);
  });

  it("forgets what it knew when nothing came for a while, or the clock was set back", () => {
    const gauge = new FloodGauge();
    gauge.add(5000, 1000);
    assert.equal(gauge.rate(9000), 0);
    gauge.add(5000, 10_000);
    assert.equal(gauge.rate(3000), 0);
  });
});

describe("The heartbeat of a quiet connection", () => {
  it("asks in turn, at most four times a minute, and not while there is traffic", async () => {
    const clock = new ManualClock();
    const asked: string[] = [];
    const ask = (name: string) => () => {
      asked.push(name);
      return Promise.resolve();
    };
    const heartbeat = new Heartbeat(clock, 15_200, [ask("listener"), ask("tracking")]);
    await clock.advanceAsync(60_000);
    assert.deepEqual(asked, ["listener", "tracking", "listener"]);
    for (let second = 0; second < 60; second++) {
      heartbeat.heard();
      await clock.advanceAsync(1000);
    }
    assert.equal(asked.length, 3);
    heartbeat.setGap(60_000);
    await clock.advanceAsync(60_000);
    assert.equal(asked.length, 4);
    heartbeat.close();
    await clock.advanceAsync(600_000);
    assert.equal(asked.length, 4);
  });
});
