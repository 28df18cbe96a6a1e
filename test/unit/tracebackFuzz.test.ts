import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { flattenChain } from "../../src/python/frames";
import { parseTracebacks, type Traceback } from "../../src/python/traceback";
import { recordedTracebacks } from "../support/tracebackCorpus";
import { TracebackMutator } from "../support/tracebackMutator";
import { tracebackShapes } from "../support/tracebackShapes";

/** Printed on failure; set SEED to run the same mutations again, MUTATIONS for more of them. */
const seed = Number(process.env["SEED"] ?? 20_261_122);
const mutations = Number(process.env["MUTATIONS"] ?? 3000);

/** What holds for whatever was read. */
function check(traceback: Traceback, text: string): void {
  for (const { traceback: each } of flattenChain(traceback)) {
    assert.ok(each.cause === null || each.context === null);
    assert.deepEqual(each.notes, []);
    assert.ok(each.type.length + each.message.length <= text.length);
    for (const { file, line, repeat, source } of each.frames) {
      assert.ok(Number.isInteger(line) && line >= 0 && Number.isInteger(repeat) && repeat >= 0);
      assert.ok(file.length + (source?.length ?? 0) <= text.length);
    }
  }
}

describe("parseTracebacks, on texts that were cut, doubled, moved, mixed and made up", () => {
  it(`reads ${mutations} mutated tracebacks in some way, and always the whole one behind them`, () => {
    const recorded = recordedTracebacks();
    const mutator = new TracebackMutator(
      recorded.map(({ text }) => text),
      seed,
    );
    const whole = recorded.find(({ kind }) => kind === "mixed_chain") ?? assert.fail();
    for (let count = 0; count < mutations; count++) {
      const text = mutator.mutate();
      try {
        for (const traceback of parseTracebacks(text)) check(traceback, text);
        const all = parseTracebacks(`${text}\n12:00:00: the next record\n${whole.text}`);
        // Whatever stood above may be taken for what it was raised from, but nothing of itself is lost.
        const { type, message, frames } = whole.truth;
        assert.ok(
          all.some((found) => isDeepStrictEqual([found.type, found.message, found.frames], [type, message, frames])),
        );
      } catch (error) {
        throw new Error(`mutation ${count} of seed ${seed}: ${JSON.stringify(text)}`, { cause: error });
      }
    }
  });

  for (const [shape, make] of Object.entries(tracebackShapes())) {
    it(`survives ${shape}`, () => {
      const text = make(500_000);
      for (const traceback of parseTracebacks(text)) check(traceback, text);
    });
  }
});
