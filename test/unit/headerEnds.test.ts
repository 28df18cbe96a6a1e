import assert from "node:assert/strict";
import { decodeJobHeader, decodeResultHeader } from "../../src/arq/header";
import { decodeJobHeaderFromEnds, decodeResultHeaderFromEnds, unreadError } from "../../src/arq/headerEnds";
import { skimDict } from "../../src/arq/pickleSkimmer";
import { jobPayload, resultPayload, type ResultPayload } from "../demo/arqPayloads";
import { type Pickled, PyCall, tuple } from "../demo/pickle";
import { recordedPayloads } from "../support/recordedPayloads";

const large = "x".repeat(60_000);
/** Written in hundreds of frames. */
const many: Pickled = Array.from({ length: 20_000 }, (_, number) => ({ id: number, st: "st", et: [number, "ft"] }));

const ended: ResultPayload = {
  id: "abc",
  queue: "arq:queue",
  function: "work",
  args: tuple(1, "two"),
  kwargs: { three: 3 },
  enqueuedAt: 1_700_000_000_001,
  startedAt: 1_700_000_000_002,
  finishedAt: 1_700_000_000_003,
  tries: 2,
  success: true,
  result: null,
};

function resultFrom(bytes: Buffer, head = 3072, tail = 1024) {
  return decodeResultHeaderFromEnds(bytes.subarray(0, head), bytes.subarray(-tail), bytes.length);
}

function jobFrom(bytes: Buffer, head = 3072, tail = 1024) {
  return decodeJobHeaderFromEnds(bytes.subarray(0, head), bytes.subarray(-tail), bytes.length);
}

/** A recorded result with a long text in the place of its value. */
function grown(bytes: Buffer): { readonly bytes: Buffer; readonly head: number } | null {
  let place: [start: number, end: number] | null = null;
  const names = ["\x8c\x01r", "X\x01\0\0\0r", "U\x01r"];
  const isResult = (key: number): boolean =>
    names.some((name) => key >= 0 && bytes.toString("latin1", key, key + name.length) === name);
  skimDict(bytes, (key, _value, start, end) => {
    if (isResult(key)) place = [start, end];
  });
  if (place === null) return null;
  const size = Buffer.alloc(4);
  size.writeUInt32LE(large.length);
  const parts = [bytes.subarray(0, place[0]), Buffer.from("X"), size, Buffer.from(large), bytes.subarray(place[1])];
  return { bytes: Buffer.concat(parts), head: place[0] + 100 };
}

describe("A header from both ends of a payload", () => {
  const sameAsWhole: [what: string, bytes: Buffer][] = [
    ["a large return value", resultPayload({ ...ended, result: large })],
    ["a return value of many parts named like ARQ's fields", resultPayload({ ...ended, result: many })],
    ["large arguments", resultPayload({ ...ended, args: tuple(large, 2) })],
    ["large keyword arguments", resultPayload({ ...ended, kwargs: { many } })],
    ["many arguments", resultPayload({ ...ended, args: tuple(...(many as Pickled[])) })],
    ["the tags of the opt-in serializer", resultPayload({ ...ended, result: many, extra: { w: "host:1", rel: "v2" } })],
    ["fields that nobody knows", resultPayload({ ...ended, result: many, extra: { region: { st: 1, ft: 2 } } })],
  ];
  for (const [what, bytes] of sameAsWhole) {
    it(`says what the whole says, with ${what}`, () => {
      const whole = decodeResultHeader(bytes, { items: Infinity, bytes: Infinity });
      assert.ok(whole.ok && whole.success);
      assert.deepEqual(resultFrom(bytes), whole);
    });
  }

  it("says what the whole says, of a job with large arguments", () => {
    for (const args of [tuple(large), tuple(many), tuple(1, many, "f"), tuple(...(many as Pickled[]))]) {
      const bytes = jobPayload({ ...ended, args });
      assert.deepEqual(jobFrom(bytes), decodeJobHeader(bytes, { items: Infinity, bytes: Infinity }));
    }
  });

  it("says what the whole says, whatever Python and protocol 2 to 5 wrote it", () => {
    const codecs = new Set<string>();
    for (const { name, bytes } of recordedPayloads()) {
      const before = decodeResultHeader(bytes);
      const after = before.ok && before.success && bytes[0] === 0x80 ? grown(Buffer.from(bytes)) : null;
      if (after === null || !before.ok) continue;
      const header = resultFrom(after.bytes, after.head);
      assert.ok(header.ok, name);
      assert.deepEqual({ ...header, codec: before.codec }, before, name);
      for (const codec of before.codec) codecs.add(codec);
    }
    assert.deepEqual([...codecs].toSorted(), ["pickle 2", "pickle 3", "pickle 4", "pickle 5"]);
  });

  it("says what the whole says or that it takes more, wherever a payload is cut", () => {
    let told = 0;
    for (const { name, bytes } of recordedPayloads()) {
      const result = decodeResultHeader(bytes);
      const job = decodeJobHeader(bytes);
      for (const [head, tail] of [
        [8, 8],
        [20, 90],
        [40, 40],
        [64, 64],
        [90, 20],
        [100, 60],
        [150, 100],
      ] as const) {
        if (head + tail >= bytes.length) continue;
        const cut = [bytes.subarray(0, head), bytes.subarray(-tail), bytes.length] as const;
        const ends = decodeResultHeaderFromEnds(...cut);
        const what = `${name}: ${head} and ${tail} of ${bytes.length}`;
        if (ends.ok) {
          told++;
          assert.ok(result.ok, what);
          if (ends.error === unreadError) assert.equal(result.success, false, what);
          assert.deepEqual({ ...ends, error: null }, { ...result, error: null }, what);
          if (ends.error !== unreadError) assert.deepEqual(ends.error, result.error, what);
        } else assert.equal(ends.reason, "truncated", what);
        const ofJob = decodeJobHeaderFromEnds(...cut);
        if (ofJob.ok) assert.deepEqual(ofJob, job, what);
        else assert.equal(ofJob.reason, "truncated", what);
      }
    }
    assert.ok(told > 40, `only ${told}`);
  });

  it("says that more is needed where success stands in neither end", () => {
    const header = resultFrom(resultPayload({ ...ended, args: tuple(large), result: `${large}.` }));
    assert.ok(!header.ok);
    assert.equal(header.reason, "truncated");
  });

  it("says how a failed job went but for the exception, which it says was not read", () => {
    const error = new PyCall("builtins", "ValueError", ["bad"]);
    const failed = { ...ended, success: false, result: error };
    const traced = resultFrom(resultPayload({ ...failed, extra: { tb: large } }));
    assert.ok(!traced.ok && traced.reason === "truncated", "the end of the job stands before the traceback");
    for (const result of [new PyCall("builtins", "ValueError", [large]), new PyCall("shop", "Bad", ["no", many])]) {
      const header = resultFrom(resultPayload({ ...failed, result }));
      assert.ok(header.ok && !header.success);
      assert.equal(header.error, unreadError);
      assert.deepEqual([header.queue, header.finishedAt], ["arq:queue", ended.finishedAt]);
    }
    const behind = resultFrom(resultPayload({ ...failed, args: tuple(many) }));
    assert.ok(behind.ok);
    assert.equal(behind.error, unreadError);
  });

  it("is not taken in by arguments or results that look like the rest of a record", () => {
    for (const payload of [
      { ...ended, result: [many, "st", 1, "ft", 2] },
      { ...ended, args: tuple("k", {}, "et"), result: many },
      { ...ended, args: tuple([], "k"), kwargs: { et: 5, s: false }, result: [many, "st"] },
    ]) {
      const bytes = resultPayload(payload);
      assert.deepEqual(resultFrom(bytes), decodeResultHeader(bytes, { items: Infinity, bytes: Infinity }));
    }
    // The pickler refers to names that it has written before: where that was in what was not read, they are not known.
    const header = resultFrom(resultPayload({ ...ended, result: [many, { st: 1, ft: 2, q: "other", id: "other" }] }));
    assert.ok(!header.ok && header.reason === "truncated");
  });

  it("puts both parts together where they are all", () => {
    const bytes = resultPayload(ended);
    for (const [head, tail] of [
      [bytes.length - 10, 10],
      [60, bytes.length - 20],
      [bytes.length, bytes.length],
    ] as const) {
      assert.deepEqual(resultFrom(bytes, head, tail), decodeResultHeader(bytes));
    }
  });

  it("leaves what is no pickle to the whole reading", () => {
    const json = Buffer.from(
      JSON.stringify({ t: 1, f: "work", a: [large], k: {}, et: 1, s: true, r: 1, st: 2, ft: 3 }),
    );
    const header = resultFrom(json);
    assert.ok(!header.ok);
    assert.equal(header.reason, "truncated");
  });
});
