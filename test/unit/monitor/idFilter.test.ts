import assert from "node:assert/strict";
import { jobRow, randomNumbers, tableOf } from "../../support/jobRows";

describe("A search through ids", () => {
  it("finds what a plain search finds, in ARQ's own ids and in others, wherever it stands", () => {
    const random = randomNumbers(21);
    const digits = (count: number): string =>
      Array.from({ length: count }, () => Math.floor(random() * 16).toString(16)).join("");
    const ids = Array.from({ length: 500 }, (_, n) => {
      if (n % 5 === 0) return `cron:Tick:${n}`;
      return n % 5 === 1 ? `${"0".repeat(20)}${digits(12)}` : digits(32);
    });
    const table = tableOf(ids.map((id) => jobRow(id)));
    const wanted = ["", "0", "00", "f", "0000000", "00000000", "000000000", "deadbeef", "g", "TICK", "cron:", "é"];
    for (const id of ids.slice(0, 200)) {
      const from = Math.floor(random() * 32);
      const part = id.slice(from, from + 1 + Math.floor(random() * 12));
      wanted.push(part, `${part}0`, part.toUpperCase(), id.slice(-3), id);
    }
    for (const text of wanted) {
      const matches = table.idFilter(text);
      const lower = text.toLowerCase();
      const expected = ids.filter((id) => id.toLowerCase().includes(lower));
      assert.deepEqual(
        ids.filter((id) => matches(table.find(id))),
        expected,
        text,
      );
    }
  });
});
