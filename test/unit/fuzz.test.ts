import assert from "node:assert/strict";
import { checkPayload } from "../support/checkPayload";
import { PickleMutator } from "../support/pickleMutator";
import { everythingRecorded } from "../support/recordedPayloads";

const mutations = 20_000;
/** Printed on failure; set SEED to run the same mutations again. */
const seed = Number(process.env["SEED"] ?? 20_261_122);

describe("Twenty thousand mutated payloads", () => {
  it("are read or refused by name in every way, their headers say what the full decode says, and nothing throws", () => {
    const mutator = new PickleMutator(
      everythingRecorded().map(({ bytes }) => bytes),
      seed,
    );
    const started = mutator.corpusSize;
    const answers = new Map<string, number>();
    for (let count = 0; count < mutations; count += 1) {
      const bytes = mutator.mutate();
      try {
        const answer = checkPayload(bytes);
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
        mutator.keep(bytes, answer);
      } catch (error) {
        throw new Error(`mutation ${count} of seed ${seed}: ${bytes.toString("base64")}`, { cause: error });
      }
    }
    // The mutations must reach what they are made for: payloads that are still read, and each way to fail.
    const seen = [...answers.keys()].join("\n");
    for (const codec of [
      "ok ok ok ok pickle 4",
      "ok ok ok ok pickle 0",
      "ok .*msgpack",
      "ok .*json",
      "ok .*gzip",
      "ok .*base64",
    ]) {
      assert.match(seen, new RegExp(codec));
    }
    for (const reason of ["t", "m", "u"]) assert.match(seen, new RegExp(`^${reason} `, "m"));
    assert.ok(mutator.corpusSize > started + 500, "the corpus did not grow");
  }).timeout(300_000);
});
