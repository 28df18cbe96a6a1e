import assert from "node:assert/strict";
import { filterConditions } from "../../../src/monitor/filterConditions";
import { parseDuration, parseMoment } from "../../../src/monitor/filterTimes";
import { type FilterToken, filterNames, formatFilter, parseFilter, quoteValue } from "../../../src/monitor/jobFilter";
import { readText } from "../../../src/monitor/query";
import { TextPattern } from "../../../src/monitor/textPattern";
import { randomNumbers, rowsNow } from "../../support/jobRows";

/** A token in short: `-status:failed|aborted@0-22`, a word as `"…"`. */
function short(token: FilterToken): string {
  const values = token.kind === "word" ? [token.value] : token.values;
  const shown = values.map(({ text, quoted }) => (quoted ? `'${text}'` : text)).join("|");
  const name = token.kind === "word" ? "" : `${token.name}:`;
  return `${token.negated ? "-" : ""}${name}${shown}@${token.from}-${token.to}`;
}

describe("The filter language", () => {
  const cases: readonly (readonly [text: string, tokens: readonly string[], notes?: RegExp])[] = [
    ["", []],
    ["   ", []],
    ["order late", ["order@0-5", "late@6-10"]],
    ["status:failed", ["status:failed@0-13"]],
    ["status:failed,aborted queue:mail", ["status:failed|aborted@0-21", "queue:mail@22-32"]],
    ["-status:complete -slow", ["-status:complete@0-16", "-slow@17-22"]],
    ['error:"no such" "two words"', ["error:'no such'@0-15", "'two words'@16-27"]],
    ['error:"a, b",c', ["error:'a, b'|c@0-14"]],
    [String.raw`error:"say \"hi\" \\"`, ["error:'say \"hi\" \\'@0-21"]],
    ["queue:arq:queue", ["queue:arq:queue@0-15"]],
    ["since:2026-11-22T10:00", ["since:2026-11-22T10:00@0-22"]],
    ["FN:Send_*", ["fn:Send_*@0-9"]],
    ["state:failed q:a function:f tries:2", ["status:failed@0-12", "queue:a@13-16", "fn:f@17-27", "try:2@28-35"]],
    ["status:", ["status:@0-7"]],
    ["status:failed,", ["status:failed@0-14"]],
    ["-", ["-@0-1"]],
    ["- x", ["-@0-1", "x@2-3"]],
    [
      "cron:tick:1700",
      ["cron:tick:1700@0-14"],
      /^"cron:" is no filter, so "cron:tick:1700" is looked for as text\. Filters are status: queue: /,
    ],
    ["stat:failed", ["stat:failed@0-11"], /Write status: to filter by it\.$/],
    ["errors:KeyError", ["errors:KeyError@0-15"], /Write error: to filter by it\.$/],
    ['"status:failed"', ["'status:failed'@0-15"]],
    [
      'error:"no such',
      ["error:'no such'@0-14"],
      /^The quote before "no such" is not closed: write another " where it ends\.$/,
    ],
    ["4711", ["4711@0-4"]],
  ];
  for (const [text, tokens, note] of cases) {
    it(`reads ${JSON.stringify(text)}${note === undefined ? "" : ", and says what is odd about it"}`, () => {
      const parsed = parseFilter(text);
      assert.deepEqual(parsed.tokens.map(short), tokens);
      assert.equal(parsed.notes.length, note === undefined ? 0 : 1, parsed.notes.map((each) => each.text).join());
      if (note !== undefined) assert.match(parsed.notes[0]!.text, note);
    });
  }

  const odd: readonly (readonly [text: string, note: RegExp])[] = [
    ["status:", /^status: has no value: write status:failed or/],
    ["status:fail", /^No job is ever "fail", so it is left out: write status:failed\.$/],
    ["status:done", /write status:queued, status:deferred, .*status:unknown\.$/],
    ["status:failed,done", /^No job is ever "done"/],
    ["try:abc", /^try:abc is left out: write try:2, try:>1 or try:2\.\.4\.$/],
    ["try:>", /^try:> is left out/],
    ["since:yesterday", /^since:yesterday is left out: write since:1h, since:2026-11-22 or since:2026-11-22T10:00\.$/],
    ["until:2026-02-30", /^until:2026-02-30 is left out/],
    ["ran:2s", /^ran:2s is left out: write ran:>2s/],
    ["waited:>2", /^waited:>2 is left out: write waited:>2s/],
    ["is:gone", /^is:gone is left out: write is:remembered or is:any\.$/],
    ["arg:", /^arg: has no value: write arg:4711/],
  ];
  for (const [text, note] of odd) {
    it(`says what to write instead of ${text}`, () => {
      const { notes } = readText(`queue:a ${text}`, rowsNow);
      assert.equal(notes.length, 1);
      assert.match(notes[0]!.text, note);
      assert.deepEqual([notes[0]!.from, notes[0]!.to], [8, 8 + text.length], "it says where");
    });
  }

  it("leaves out a value that means nothing and keeps the others", () => {
    const { conditions } = readText("status:failed,done try:x", rowsNow);
    assert.equal(conditions.length, 1);
    assert.deepEqual(conditions[0]?.kind === "states" && [...conditions[0].states], ["failed"]);
  });

  it("looks at thirty tokens and says so when there are more", () => {
    const parsed = parseFilter("x ".repeat(40));
    assert.equal(parsed.tokens.length, 30);
    assert.match(parsed.notes[0]!.text, /first 30/);
  });

  it("writes tokens so that they are read the same", () => {
    const random = randomNumbers(7);
    const pieces = ["a", " ", '"', "\\", ",", "*", ":", "-", "status:", "error:", "x:", "failed", "é", ">1", "\t"];
    for (let round = 0; round < 3000; round++) {
      const text = Array.from(
        { length: 1 + Math.floor(random() * 8) },
        () => pieces[Math.floor(random() * pieces.length)]!,
      ).join("");
      const { tokens } = parseFilter(text);
      const again = parseFilter(formatFilter(tokens)).tokens;
      const bare = (token: FilterToken): unknown => {
        const values = token.kind === "word" ? [token.value] : token.values;
        // Quotes that keep nothing together may go, and come where they are needed.
        return [token.kind, token.kind === "filter" && token.name, token.negated, values.map((value) => value.text)];
      };
      assert.deepEqual(again.map(bare), tokens.map(bare), JSON.stringify(text));
    }
  });

  it("quotes a value where it would be read otherwise", () => {
    for (const value of ["plain", "two words", 'say "x"', "a,b", "star*", "back\\slash", "", "tab\tbed"]) {
      const { tokens } = parseFilter(`fn:${quoteValue(value)}`);
      const [token] = tokens;
      assert.ok(token?.kind === "filter" && tokens.length === 1);
      assert.equal(token.values[0]?.text ?? "", value);
      const { conditions } = filterConditions(tokens, rowsNow);
      const pattern = conditions[0]?.kind === "name" ? conditions[0].patterns[0] : undefined;
      assert.equal(pattern?.isPlain ?? value === "", true, "a star in it is a star");
    }
  });

  it("knows every filter by its name", () => {
    for (const name of filterNames) {
      const [token] = parseFilter(`${name}:x`).tokens;
      assert.ok(token?.kind === "filter" && token.name === name);
    }
  });
});

describe("A pattern of the filter language", () => {
  const cases: readonly (readonly [pattern: string, text: string, whole: boolean, within: boolean])[] = [
    ["send", "send", true, true],
    ["send", "SEND_mail", false, true],
    ["send_*", "send_", true, true],
    ["send_*", "resend_x", false, true],
    ["*mail", "send_mail", true, true],
    ["a*a", "a", false, false],
    ["a*b*c", "a1b2c", true, true],
    ["a*b*c", "acb", false, false],
    ["*", "", true, true],
    ["**", "anything", true, true],
    ["ab*ba", "aba", false, false],
  ];
  for (const [pattern, text, whole, within] of cases) {
    it(`"${pattern}" and "${text}"`, () => {
      const made = new TextPattern({ text: pattern, quoted: false });
      assert.deepEqual([made.matchesWhole(text), made.matchesWithin(text)], [whole, within]);
    });
  }

  it("takes a star for a star between quotes", () => {
    const made = new TextPattern({ text: "a*", quoted: true });
    assert.deepEqual([made.matchesWhole("a*"), made.matchesWhole("ab")], [true, false]);
  });
});

describe("Times of the filter language", () => {
  const durations: readonly (readonly [string, number | null])[] = [
    ["90s", 90_000],
    ["1h30m", 5_400_000],
    ["1.5h", 5_400_000],
    ["500ms", 500],
    ["2d", 172_800_000],
    ["1w", 604_800_000],
    ["5", null],
    ["h", null],
    ["1h x", null],
    ["", null],
    ["-1h", null],
  ];
  for (const [text, ms] of durations) it(`read "${text}"`, () => assert.equal(parseDuration(text), ms));

  it("reach from the first to the last millisecond of what they name", () => {
    const local = (year: number, month: number, day: number): number => new Date(year, month, day).getTime();
    assert.deepEqual(parseMoment("1h", rowsNow), { from: rowsNow - 3_600_000, to: rowsNow - 3_600_000 });
    assert.deepEqual(parseMoment("2026-11-22", 0), { from: local(2026, 10, 22), to: local(2026, 10, 23) - 1 });
    const tenLocal = new Date(2026, 10, 22, 10, 0).getTime();
    assert.deepEqual(parseMoment("2026-11-22T10:00", 0), { from: tenLocal, to: tenLocal + 59_999 });
    const ten = Date.UTC(2026, 10, 22, 10);
    assert.deepEqual(parseMoment("2026-11-22T10:00Z", 0), { from: ten, to: ten + 59_999 });
    assert.deepEqual(parseMoment("2026-11-22T12:00:05+02:00", 0), { from: ten + 5000, to: ten + 5999 });
    for (const wrong of ["2026-13-01", "2026-02-29", "2026-11-22T24:00", "2026-11-22T10", "22.11.2026", "now"]) {
      assert.equal(parseMoment(wrong, 0), null, wrong);
    }
  });
});
