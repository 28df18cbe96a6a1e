import assert from "node:assert/strict";
import { readPasted } from "../../src/python/pastedTraceback";
import { unwrap } from "../../src/python/unwrap";
import { recordedTracebacks } from "../support/tracebackCorpus";
import { tracebackShapes } from "../support/tracebackShapes";

const recorded = recordedTracebacks().filter(({ kind }) => !kind.startsWith("logged "));

function wrapped(text: string, width: number): string {
  return text
    .split("\n")
    .flatMap((line) => line.match(new RegExp(`.{1,${width}}`, "gu")) ?? [""])
    .join("\n");
}

const text = `Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/arq/worker.py", line 594, in run_job
    result = await asyncio.wait_for(task, timeout_s)
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/app/shop/services/payments/gateway/client_with_a_long_name.py", line 1207, in charge_or_refund
    raise CardDeclined("the bank refused the card of this customer for the fifth time in one single day")
shop.errors.CardDeclined: the bank refused the card of this customer for the fifth time in one single day
`;
const [read] = readPasted(text);

describe("readPasted", () => {
  it("leaves what was not wrapped as it is", () => {
    for (const { kind, text: printed, truth } of recorded) {
      if (kind.endsWith("coloured")) continue;
      assert.deepEqual(readPasted(printed), [truth], kind);
    }
  });

  for (const width of [60, 80, 100, 120]) {
    it(`puts lines together that a terminal of ${width} columns cut`, () => {
      assert.deepEqual(readPasted(wrapped(text, width)), [read]);
    });

    it(`finds every frame of what was recorded in a terminal of ${width} columns`, () => {
      for (const { kind, text: printed, truth } of recorded) {
        if (kind.endsWith("coloured") || kind.startsWith("message_like") || printed.includes("  | ")) continue;
        const [found] = readPasted(wrapped(printed, width));
        assert.deepEqual(
          found?.frames.map(({ file, line, function: name }) => [file, line, name]),
          truth.frames.map(({ file, line, function: name }) => [file, line, name]),
          kind,
        );
      }
    });
  }

  it("puts lines together that were cut behind the prefix of a container", () => {
    const prefixed = text.trimEnd().replaceAll(/^/gm, "worker-1  | ");
    assert.deepEqual(readPasted(wrapped(prefixed, 80)), [read]);
  });

  it("puts frames together that a mail broke between words", () => {
    const mailed = text
      .replace("line 594, in run_job", "line 594,\nin run_job")
      .replace('client_with_a_long_name.py", line', 'client_with_a_long_name.py",\nline');
    assert.deepEqual(readPasted(mailed), [read]);
  });

  const marks: [sentence: string, change: (text: string) => string][] = [
    ["between fences", (all) => `\`\`\`python-traceback\n${all}\`\`\`\n`],
    ["between fences, indented in a list", (all) => `* it says\n  \`\`\`\n${all.replaceAll(/^/gm, "  ")}  \`\`\`\n`],
    ["quoted as in a mail", (all) => all.trimEnd().replaceAll(/^/gm, "> ")],
    ["quoted twice", (all) => all.trimEnd().replaceAll(/^/gm, "> > ")],
    ["between quotation marks", (all) => `"${all.trimEnd()}"`],
    ["as a string of a program", (all) => JSON.stringify(all)],
    ["as a field of a log in JSON", (all) => JSON.stringify({ level: "error", exc_info: all })],
    ["with blanks that do not break", (all) => all.replaceAll(/^ +/gm, (blanks) => "\u00a0".repeat(blanks.length))],
    ["with invisible characters", (all) => all.replaceAll("File", "\u200bFile")],
    ["without its indentation", (all) => all.replaceAll(/^ +/gm, "")],
    ["without its header", (all) => all.slice(all.indexOf("\n") + 1)],
    ["from the middle of a word on", (all) => all.slice(20)],
  ];
  for (const [sentence, change] of marks) {
    it(`reads a traceback ${sentence}`, () => assert.deepEqual(readPasted(change(text)), [read]));
  }

  it("reads frames that were copied without header and error", () => {
    const [found] = readPasted(text.split("\n").slice(1, 6).join("\n"));
    assert.deepEqual([found?.frames, found?.type], [read?.frames, ""]);
  });

  it("finds none where there is none", () => {
    for (const none of ["", "hello", 'print("File")', "ValueError: x", '"""doc"""', '  File "\n'])
      assert.deepEqual(readPasted(none), []);
  });

  it("survives texts that were made to cost much", () => {
    for (const make of Object.values(tracebackShapes())) readPasted(make(200_000));
  });
});

describe("unwrap", () => {
  it("does not touch a text without a broken line", () => {
    const log = "12:00:00: a line of a log that is the longest one in this text here\n12:00:01: short\nother\n";
    assert.equal(unwrap(log), log);
  });
});
