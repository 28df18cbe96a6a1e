import assert from "node:assert/strict";
import { parseHealthRecord } from "../../src/arq/healthRecord";

const line = "Nov-21 22:30:12 j_complete=6 j_failed=5 j_retried=4 j_ongoing=3 queued=2";

describe("parseHealthRecord", () => {
  const counters = { complete: 6, failed: 5, retried: 4, ongoing: 3, queued: 2 };
  for (const text of [line, `${line}\n`, line.replace("Nov-21", "févr.-21"), ` ${line.slice(16)}`]) {
    it(`reads the counters of ${JSON.stringify(text)}`, () => assert.deepEqual(parseHealthRecord(text), counters));
  }
  const others = [
    "",
    "ok",
    line.replace("6", "x"),
    `${line} more`,
    line.replace("6", "9".repeat(30)),
    `${" ".repeat(600)}${line}`,
  ];
  for (const text of others) {
    it(`takes ${JSON.stringify(text.slice(0, 80))} for no record`, () => assert.equal(parseHealthRecord(text), null));
  }
});
