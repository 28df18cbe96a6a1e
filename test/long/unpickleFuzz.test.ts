import assert from "node:assert/strict";
import { decodeJob, decodeResult } from "../../src/arq/payload";
import { Redactor } from "../../src/arq/redact";
import { unpickle } from "../../src/arq/unpickle";
import { pythonRepr } from "../../src/python/repr";
import values from "../fixtures/pickles/values.json";

const mutations = 1_000_000;
/** Printed on failure; set SEED to run the same mutations again. */
const seed = Number(process.env["SEED"] ?? 20_261_121);

/** mulberry32: small, and the same numbers for the same seed everywhere. */
function random(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe("A million mutated pickles", () => {
  it("are read or refused by name, and never throw, hang or answer anything else", () => {
    const next = random(seed);
    const at = (length: number) => Math.floor(next() * length);
    const recorded = values.map(({ pickle }) => Buffer.from(pickle, "base64"));
    const redactor = new Redactor();
    const reasons = new Set(["truncated", "malformed", "limit", "unsupported"]);
    let read = 0;
    for (let count = 0; count < mutations; count++) {
      const bytes = Buffer.from(recorded[at(recorded.length)] ?? []);
      for (let change = at(4); change >= 0 && bytes.length > 0; change--) bytes[at(bytes.length)] = at(256);
      const cut = next() < 0.1 ? bytes.subarray(0, at(bytes.length)) : bytes;
      try {
        const answer = unpickle(cut, { depth: 200, items: 10_000, bytes: 1_000_000 });
        if (answer.ok) {
          read++;
          assert.equal(typeof pythonRepr(redactor.value(answer.value), { items: 1000 }), "string");
        } else assert.ok(reasons.has(answer.reason), answer.reason);
        for (const decoded of [decodeJob(cut), decodeResult(cut)]) {
          assert.ok(decoded.ok || reasons.has(decoded.reason));
        }
      } catch (error) {
        throw new Error(`mutation ${count} of seed ${seed}: ${cut.toString("base64")}`, { cause: error });
      }
    }
    assert.ok(read > mutations / 20, `only ${read} could be read: the mutations test too little`);
  });
});
