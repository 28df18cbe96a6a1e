import assert from "node:assert/strict";
import { tabTitle } from "../../../src/host/panels/tabTitle";

describe("the title of a job's tab", () => {
  const table: [name: string | null, id: string, title: string][] = [
    ["place_order", "d8a5d39b51c64725843eb9ae2d56bb9f", "place_order · d8a5d39b…"],
    ["place_order", "order:80153", "place_order · order:80153"],
    ["cron:close_day", "cron:close_day:1795309705123", "cron:close_day · 1795309705123"],
    [null, "d8a5d39b51c64725843eb9ae2d56bb9f", "Job · d8a5d39b…"],
    ["a\nb", "x", "a b · x"],
  ];
  for (const [name, id, title] of table) {
    it(`is "${title}"`, () => assert.equal(tabTitle(name, id), title));
  }
});
