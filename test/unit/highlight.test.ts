import assert from "node:assert/strict";
import { highlightPython } from "../../src/python/highlight";

/** Tokens that have a colour, as `kind:text`. */
function coloured(line: string): string[] {
  return highlightPython(line)
    .filter(({ kind }) => kind !== "operator" && kind !== "name")
    .map(({ kind, text }) => `${kind}:${text}`);
}

describe("highlightPython", () => {
  const table: [line: string, tokens: string[]][] = [
    ["return pay(card)", ["keyword:return", "call:pay"]],
    ["async def charge(ctx, n=3):", ["keyword:async", "keyword:def", "call:charge", "number:3"]],
    ["class Card(Base):", ["keyword:class", "call:Card"]],
    ["x = self.print(len(y))", ["call:print", "builtin:len"]],
    ["a.class_", []],
    ["s = \"it's\" + '#no'  # yes", ['string:"it\'s"', "string:'#no'", "comment:# yes"]],
    ['f"{x!r}" rb\'\\\'\' """doc', ['string:f"{x!r}"', "string:rb'\\''", 'string:"""doc']],
    ["0xFF + 1_000 + 1.5e-3j + .5 + x1", ["number:0xFF", "number:1_000", "number:1.5e-3j", "number:.5"]],
    ["None is not True", ["keyword:None", "keyword:is", "keyword:not", "keyword:True"]],
    ["größe = straße(x)", ["call:straße"]],
    ['"unfinished', ['string:"unfinished']],
    ["@app.task", []],
  ];
  for (const [line, tokens] of table) {
    it(`colours ${line}`, () => assert.deepEqual(coloured(line), tokens));
  }

  it("gives back every character of every line", () => {
    const lines = [
      ...table.map(([line]) => line),
      "",
      "   ",
      "\ud800 \0 \u2028",
      "é = 'ü",
      "1..2...3",
      "\\".repeat(99),
      "'\\",
      "x".repeat(9999),
    ];
    for (const line of lines)
      assert.equal(
        highlightPython(line)
          .map(({ text }) => text)
          .join(""),
        line,
      );
  });
});
