import assert from "node:assert/strict";
import { parseTries } from "../../src/arq/tries";

const entry = {
  try: 1,
  at: 1_700_000_000_000,
  type: "shop.errors.CardDeclined",
  message: "declined",
  traceback: "Traceback (most recent call last):\nshop.errors.CardDeclined: declined\n",
  worker: "web-1:4711",
  outcome: "retry",
  defer_ms: 5000,
};
const record = (...tries: unknown[]): string => JSON.stringify({ v: 1, tries });

describe("parseTries", () => {
  it("reads what the instrumentation writes, oldest try first", () => {
    const tries = parseTries(record({ ...entry, try: 2, outcome: "failed", defer_ms: null }, entry));
    const { defer_ms, ...rest } = entry;
    assert.deepEqual(tries, [
      { ...rest, deferMs: defer_ms },
      { ...rest, try: 2, outcome: "failed", deferMs: null },
    ]);
  });

  const refused: readonly (readonly [name: string, text: string])[] = [
    ["no JSON", "not json"],
    ["half a JSON", record(entry).slice(0, 100)],
    ["another version", JSON.stringify({ v: 2, tries: [entry] })],
    ["no list", JSON.stringify({ v: 1, tries: { length: 3 } })],
    ["a list of other things", record(null, 1, "x", [], { try: "1" }, { try: 0 }, { try: 1.5 })],
    ["far too much", record({ ...entry, message: "x".repeat(600_000) })],
    ["null", "null"],
  ];
  for (const [name, text] of refused) it(`finds nothing in ${name}`, () => assert.deepEqual(parseTries(text), []));

  it("takes nothing on trust: wrong types become unknown, long texts are cut, and only the last 20 tries count", () => {
    const odd = {
      try: 3,
      at: "now",
      type: 7,
      message: { toString: 1 },
      traceback: "",
      worker: 4,
      outcome: "won",
      defer_ms: -1,
    };
    assert.deepEqual(parseTries(record(odd)), [
      { try: 3, at: null, type: "Exception", message: "", traceback: null, worker: null, outcome: null, deferMs: null },
    ]);
    const many = parseTries(record(...Array.from({ length: 40 }, (_, i) => ({ ...entry, try: i + 1 }))));
    assert.deepEqual([many.length, many[0]?.try], [20, 21]);
    const long = parseTries(record({ ...entry, message: "m".repeat(20_000), type: "t".repeat(2000) }));
    assert.deepEqual([long[0]?.message.length, long[0]?.type.length], [8192, 500]);
  });
});
