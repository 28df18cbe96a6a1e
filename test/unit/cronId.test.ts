import assert from "node:assert/strict";
import { type CronId, parseCronId } from "../../src/arq/cronId";

describe("parseCronId", () => {
  const table: [id: string, parsed: CronId | null][] = [
    ["cron:report:1700000000123", { name: "cron:report", dueAt: 1_700_000_000_123 }],
    ["nightly clean:1700000000000", { name: "nightly clean", dueAt: 1_700_000_000_000 }],
    ["cron:report", null],
    ["order:42", null],
    [":1700000000123", null],
    ["1700000000123", null],
    ["cron:report:17000000001234", null],
    ["cron:report:1700000000123 ", null],
    ["0123456789abcdef0123456789abcdef", null],
    ["", null],
  ];
  for (const [id, parsed] of table) {
    it(`reads "${id}" as ${parsed === null ? "no cron id" : parsed.name}`, () =>
      assert.deepEqual(parseCronId(id), parsed));
  }
});
