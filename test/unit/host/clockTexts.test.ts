import assert from "node:assert/strict";
import { dateTime, dayTime } from "../../../src/host/views/texts";

describe("Times in trees and hovers", () => {
  const [afternoon, nextMorning] = [
    new Date(2026, 10, 22, 19, 58, 5).getTime(),
    new Date(2026, 10, 23, 0, 2, 5).getTime(),
  ];

  it("are of 24 hours, as those of the pages, and have their date on another day", () => {
    assert.equal(dayTime(afternoon, afternoon), "19:58:05");
    assert.match(dateTime(afternoon), /2026.* 19:58:05$/);
    assert.match(dayTime(nextMorning, afternoon), /2026.* 00:02:05$/);
  });
});
