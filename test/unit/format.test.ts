import assert from "node:assert/strict";
import {
  formatBytes,
  formatCountdown,
  formatCount,
  formatDateTime,
  formatDuration,
  formatElapsed,
  formatMoment,
  formatPercent,
  formatRate,
  formatRelative,
  formatShortDuration,
  formatUtc,
} from "../../webview/shared/format";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const now = new Date(2026, 10, 21, 14, 3, 12, 402).getTime();

describe("text of numbers and times", () => {
  const cases = (name: string, format: (n: number) => string, rows: readonly (readonly [number, string])[]) => {
    for (const [n, expected] of rows) it(`${name} of ${n} is "${expected}"`, () => assert.equal(format(n), expected));
  };

  cases("a count", formatCount, [
    [0, "0"],
    [10_500, "10,500"],
    [1_204_318, "1,204,318"],
  ]);
  cases("a duration in a column", formatShortDuration, [
    [340, "340 ms"],
    [4_230, "4.2 s"],
    [47_000, "47 s"],
    [59_500, "1 min"],
    [3 * minute + 12 * second, "3.2 min"],
    [9 * minute + 58 * second, "10 min"],
    [59 * minute + 40 * second, "1 h"],
    [2 * hour + 30 * minute, "2.5 h"],
    [47 * hour, "47 h"],
    [76 * hour, "3.2 d"],
    [400 * day, "400 d"],
  ]);
  cases("so many a minute", formatRate, [
    [0, "0"],
    [0.004, "<0.01"],
    [0.03, "0.03"],
    [0.5, "0.5"],
    [1, "1"],
    [4.23, "4.2"],
    [62.5, "62.5"],
    [99.96, "100"],
    [212.4, "212"],
    [12_500, "12,500"],
  ]);
  cases("a duration", formatDuration, [
    [0, "0 ms"],
    [340, "340 ms"],
    [999, "999 ms"],
    [1000, "1.0 s"],
    [4_230, "4.2 s"],
    [9_949, "9.9 s"],
    [9_950, "10 s"],
    [59_499, "59 s"],
    [59_500, "1 min"],
    [3 * minute + 12 * second, "3 min 12 s"],
    [59 * minute + 59.6 * second, "1 h"],
    [2 * hour + 5 * minute, "2 h 5 min"],
    [day, "24 h"],
    [3 * day + 4 * hour, "3 d 4 h"],
    [-1500, "−1.5 s"],
  ]);
  cases("a ticking duration", formatElapsed, [
    [-50, "0 s"],
    [999, "0 s"],
    [4_999, "4 s"],
    [61_999, "1 min 1 s"],
  ]);
  cases("a countdown", formatCountdown, [
    [-5, "0:00"],
    [8_001, "0:09"],
    [12 * minute + 40 * second, "12:40"],
    [hour + 2 * minute + 3 * second, "1:02:03"],
    [2 * day, "2 d"],
  ]);
  cases("a distance in time", (distance) => formatRelative(now + distance, now), [
    [0, "just now"],
    [500, "just now"],
    [-9_999, "just now"],
    [5_000, "in a moment"],
    [-29_000, "20 s ago"],
    [-3 * minute - 59_000, "3 min ago"],
    [4 * minute, "in 4 min"],
    [-5 * hour, "5 h ago"],
    [-day, "1 day ago"],
    [3 * day, "in 3 days"],
  ]);
  cases("a moment", (distance) => formatMoment(now + distance, now), [
    [0, "14:03:12"],
    [-day, "Nov 20 14:03"],
    [-400 * day, "2025 Oct 17"],
    [Number.MAX_SAFE_INTEGER, "–"],
  ]);
  cases("a size", formatBytes, [
    [812, "812 B"],
    [4_120, "4.1 kB"],
    [5_000, "5 kB"],
    [123_456, "123 kB"],
    [999_949, "1 MB"],
    [1_230_000, "1.2 MB"],
    [2_500_000_000, "2.5 GB"],
  ]);

  it("a date and time is local, its tooltip UTC, both to the millisecond", () => {
    assert.equal(formatDateTime(now), "2026 Nov 21 14:03:12.402");
    assert.equal(formatUtc(Date.UTC(2026, 10, 21, 13, 3, 12, 402)), "2026-11-21 13:03:12.402 UTC");
  });

  it("a time that no calendar knows is shown as unknown and never thrown at", () => {
    for (const format of [formatDateTime, formatUtc]) assert.equal(format(9e15), "–");
  });

  it("a share says 100 % only when it is all and 0 % only when it is none", () => {
    assert.equal(formatPercent(50, 50), "100 %");
    assert.equal(formatPercent(9_999, 10_000), ">99.9 %");
    assert.equal(formatPercent(972, 1000), "97.2 %");
    assert.equal(formatPercent(1, 10_000), "<0.1 %");
    assert.equal(formatPercent(0, 10_000), "0 %");
    assert.equal(formatPercent(0, 0), "–");
  });
});
