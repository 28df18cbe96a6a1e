import assert from "node:assert/strict";
import { decodeJobHeader, decodeResultHeader } from "../../src/arq/header";
import { decodeJob, decodeResult } from "../../src/arq/payload";
import { skimDict } from "../../src/arq/pickleSkimmer";
import { headerOf } from "../support/checkPayload";
import { recordedPayloads } from "../support/recordedPayloads";

function latin1(...parts: (string | number[])[]): Buffer {
  return Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part))),
  );
}

/** A result as Python writes it, with this for its arguments and its result. */
function result(args: string, r: string, success: boolean): Buffer {
  return latin1(
    "\x80\x04}\x94(\x8c\x01t\x94K\x01\x8c\x01f\x94\x8c\x04work\x94\x8c\x01a\x94",
    args,
    "\x8c\x01k\x94}\x94\x8c\x02et\x94K\x05\x8c\x01s\x94",
    success ? "\x88" : "\x89",
    "\x8c\x01r\x94",
    r,
    "\x8c\x02st\x94K\x06\x8c\x02ft\x94K\x07u.",
  );
}

describe("A header", () => {
  it("says what the full decode says, for every payload that Pythons 3.6 to 3.13, ARQ and other serializers wrote", () => {
    const payloads = recordedPayloads();
    let jobs = 0;
    let failed = 0;
    for (const { name, bytes } of payloads) {
      const job = decodeJob(bytes);
      const ended = decodeResult(bytes);
      assert.deepEqual(decodeJobHeader(bytes), job.ok ? headerOf(job) : job, name);
      assert.deepEqual(decodeResultHeader(bytes), ended.ok ? headerOf(ended) : ended, name);
      if (job.ok) jobs += 1;
      if (ended.ok && ended.error !== null) failed += 1;
    }
    assert.ok(jobs > 400 && failed > 150, `only ${jobs} read and ${failed} failed of ${payloads.length}`);
  });

  it("is skimmed, not read in full, for nearly all that Python's pickler has written since protocol 2", () => {
    const pickled = recordedPayloads().filter(({ bytes }) => bytes[0] === 0x80);
    const skimmed = pickled.filter(({ bytes }) => skimDict(bytes, () => {}));
    assert.equal(skimmed.length, pickled.length);
  });

  it("takes fields from the memo that were first written inside the arguments", () => {
    const header = decodeResultHeader(
      latin1(
        "\x80\x04}(\x8c\x01tK\x01\x8c\x01a(\x8c\x04work\x94\x8c\x01q\x94\x8c\x02id\x94t\x8c\x01fh\0",
        "\x8c\x01k}\x8c\x02etK\x05\x8c\x01s\x88\x8c\x01rN\x8c\x02stK\x06\x8c\x02ftK\x07h\x01h\0h\x02h\x01u.",
      ),
    );
    assert.ok(header.ok);
    assert.deepEqual([header.function, header.queue, header.id], ["work", "work", "q"]);
  });

  it("reads an exception whose class and message were first written inside the arguments", () => {
    const args = "(\x8c\x08builtins\x94\x8c\x0aValueError\x94\x8c\x03bad\x94t";
    // Memo: 0 the dict, 1 t, 2 f, 3 work, 4 a, 5 to 7 the arguments.
    const header = decodeResultHeader(result(args, "h\x05h\x06\x93h\x07\x85R", false));
    assert.ok(header.ok && header.error !== null);
    assert.deepEqual([header.error.type, header.error.message], ["ValueError", "bad"]);
  });

  it("reads an exception that shares an object with the arguments", () => {
    const args = "]\x94(K\x01K\x02e\x85";
    const bytes = result(args, "cbuiltins\nValueError\nh\x05\x85R", false);
    const header = decodeResultHeader(bytes);
    assert.ok(header.ok && header.error !== null);
    assert.equal(header.error.message, "[1, 2]");
  });

  const unusual: [name: string, bytes: Buffer][] = [
    ["a result that is changed after it was stored", result(")", "cshop\nE\n)R\x94", false)],
    ["a dict changed through the memo", latin1("\x80\x04}\x94(\x8c\x01tK\x01u0h\0(\x8c\x01f\x8c\x01gu.")],
    ["a second dict in the place of the first", latin1("\x80\x04}(\x8c\x01tK\x01u0}(\x8c\x01tK\x02u.")],
    [
      "a key written twice",
      latin1("\x80\x04}(\x8c\x01f\x8c\x01a\x8c\x01f\x8c\x01b\x8c\x01tN\x8c\x01a)\x8c\x01k}\x8c\x02etK\x01u."),
    ],
    [
      "memo entries out of order",
      latin1(
        "\x80\x02}q\x05(X\x01\0\0\0tq\x09NX\x01\0\0\0fq\x07X\x01\0\0\0gX\x01\0\0\0a)X\x01\0\0\0k}X\x02\0\0\0etK\x01u.",
      ),
    ],
    [
      "a tuple from the memo for arguments",
      latin1("\x80\x04}(\x8c\x01x)\x94\x8c\x01ah\0\x8c\x01f\x8c\x01g\x8c\x01tN\x8c\x01k}\x8c\x02etK\x01u."),
    ],
    [
      "an enum for a number",
      latin1("\x80\x04}(\x8c\x01tcshop\nN\nK\x01\x85R\x8c\x01f\x8c\x01g\x8c\x01a)\x8c\x01k}\x8c\x02etK\x01u."),
    ],
    [
      "a float for a time",
      latin1("\x80\x04}(\x8c\x01tN\x8c\x01f\x8c\x01g\x8c\x01a)\x8c\x01k}\x8c\x02etG\x42\x70\0\0\0\0\0\0u."),
    ],
    ["no dict", latin1("\x80\x04].")],
    ["bytes for a name", latin1("\x80\x04}(\x8c\x01tN\x8c\x01fC\x01g\x8c\x01a)\x8c\x01k}\x8c\x02etK\x01u.")],
    ["an empty payload", Buffer.alloc(0)],
  ];
  for (const [name, bytes] of unusual) {
    it(`leaves to the full decode: ${name}`, () => {
      const job = decodeJob(bytes);
      assert.deepEqual(decodeJobHeader(bytes), job.ok ? headerOf(job) : job);
      const ended = decodeResult(bytes);
      assert.deepEqual(decodeResultHeader(bytes), ended.ok ? headerOf(ended) : ended);
    });
  }

  it("is told also where the arguments are too large to be read", () => {
    const args = `(${"N".repeat(200)}t`;
    const bytes = result(args, "N", true);
    assert.equal(decodeResult(bytes, { items: 100 }).ok, false);
    const header = decodeResultHeader(bytes, { items: 100 });
    assert.ok(header.ok);
    assert.deepEqual([header.function, header.enqueuedAt, header.finishedAt], ["work", 5, 7]);
  });

  it("says truncated for every beginning of a payload", () => {
    const whole = recordedPayloads().find(({ name }) => name.startsWith("tagged, protocol 4"))?.bytes;
    assert.ok(whole !== undefined && decodeResultHeader(whole).ok);
    for (let length = 3; length < whole.length; length += 1) {
      const header = decodeResultHeader(whole.subarray(0, length));
      assert.equal(header.ok ? "ok" : header.reason, "truncated");
    }
  });
});
