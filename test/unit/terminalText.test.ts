import assert from "node:assert/strict";
import { TerminalText } from "../../src/python/terminalText";

function plain(text: string, chunk = text.length): string {
  const terminal = new TerminalText();
  let read = "";
  for (let at = 0; at < text.length; at += chunk) read += terminal.push(text.slice(at, at + chunk));
  return read + terminal.end();
}

const cases: [what: string, text: string, expected: string][] = [
  ["colours", "\u001b[1;31mTraceback\u001b[0m (most\u001b[38;5;4m recent\u001b[m", "Traceback (most recent"],
  ["VS Code's marks", "\u001b]633;C\u0007out\r\n\u001b]633;D;1\u0007\u001b]633;P;Cwd=/app\u001b\\", "out\n"],
  ["links", "\u001b]8;;file:///app/a.py\u001b\\a.py\u001b]8;;\u001b\\:1", "a.py:1"],
  ["a title and private modes", "\u001b]0;arq worker\u0007\u001b[?2004h\u001b[?25lx\u001b=\u001b>\u001b(B", "x"],
  ["device control strings", "a\u001bP1$r0m\u001b\\b\u001b_gone\u001b\\c", "abc"],
  ["line ends of terminals within terminals", "one\r\r\ntwo\r\nthree\n", "one\ntwo\nthree\n"],
  ["a progress bar", " 10%\r 20%\r\n", " 10%\n 20%\n"],
  ["blanks that are cursor movements", "a\u001b[3Cb\u001b[Cc", "a   b c"],
  ["rows that are cursor positions", "first\u001b[12;1Hsecond", "first\nsecond"],
  ["other control characters", "a\u0000b\u0008c\u000cd\u009be\tf", "abcde\tf"],
];

describe("TerminalText", () => {
  for (const [what, text, expected] of cases) {
    it(`reads ${what}, whole and in pieces`, () => {
      assert.equal(plain(text), expected);
      for (const size of [1, 2, 3, 5]) assert.equal(plain(text, size), expected, `pieces of ${size}`);
    });
  }

  it("leaves all other text as it is", () => {
    const text = "12:30:01:   0.05s ! zwölf:f failed, ValueError: 雪 🎉 [31m\n";
    assert.equal(plain(text), text);
  });

  it("goes on behind a sequence that never ends", () => {
    const endless = `before\u001b]633;E;${"x".repeat(100_000)}\nafter`;
    assert.match(plain(endless, 1000), /^before.*\nafter$/s);
  });

  it("takes time in proportion to the text, whatever it holds", () => {
    for (const part of ["\u001b", "\u001b]", "\u001b[", "\u001b[3", "\r", "\u001b]x\u001b"]) {
      assert.ok(plain(part.repeat(200_000), 4096).length <= part.length * 200_000);
    }
  });
});
