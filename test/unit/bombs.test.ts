import assert from "node:assert/strict";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { decodeBytes } from "../../src/arq/codecs";
import { decodeJobHeader, decodeResultHeader } from "../../src/arq/header";
import { jobError } from "../../src/arq/jobError";
import { decodeJob, decodeResult } from "../../src/arq/payload";
import { Redactor } from "../../src/arq/redact";
import { unpickle } from "../../src/arq/unpickle";
import { pythonRepr } from "../../src/python/repr";
import type { PyValue } from "../../src/python/value";
import { valueChildren } from "../../src/python/valueTree";

const unlimited = { depth: Infinity, items: Infinity, bytes: Infinity };
const million = 1_000_000;

function latin1(...parts: (string | Uint8Array)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
}

function repeat(part: string, count: number): Buffer {
  return Buffer.alloc(Buffer.byteLength(part, "latin1") * Math.floor(count), part, "latin1");
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function text(value: string): Buffer {
  return latin1("X", u32(value.length), value);
}

const longText = text("a".repeat(million));
const huge = "\xff\xff\xff\xff\xff\xff\xff\x7f";

/**
 * `answer` is what `unpickle` says at default limits. What reads at all must then print, be redacted and be opened within limits, which
 * the test sees in what comes out; how long each takes is measured by hand (`defaultLimits` tells), since a test of time fails by chance.
 */
interface Bomb {
  readonly name: string;
  readonly bytes: () => Buffer;
  readonly answer: "ok" | "limit" | "malformed" | "truncated" | "unsupported";
}

const bombs: readonly Bomb[] = [
  // Deep nesting
  {
    name: "a million lists in lists",
    bytes: () => latin1(repeat("]", million), repeat("a", million - 1), "."),
    answer: "limit",
  },
  { name: "a million tuples in tuples", bytes: () => latin1(")", repeat("\x85", million), "."), answer: "limit" },
  { name: "100,000 tuples in tuples", bytes: () => latin1(")", repeat("\x85", 100_000), "."), answer: "limit" },
  {
    name: "70,000 dicts in dicts",
    bytes: () => latin1(repeat("}N", 70_000), "N", repeat("s", 70_000), "."),
    answer: "limit",
  },
  { name: "50,000 calls of calls", bytes: () => latin1("cos\nx\n", repeat(")R", 50_000), "."), answer: "limit" },
  { name: "a million calls of calls", bytes: () => latin1("cos\nx\n", repeat(")R", million), "."), answer: "limit" },
  {
    name: "a million states on one object",
    bytes: () => latin1("cos\nx\n)R", repeat("}b", million), "."),
    answer: "limit",
  },
  {
    name: "40,000 states of objects in states",
    bytes: () => latin1("cos\nx\n)R", repeat("cos\nx\n)R", 40_000), repeat("b", 40_000), "."),
    answer: "limit",
  },
  { name: "a million marks", bytes: () => latin1(repeat("(", million), "."), answer: "limit" },
  {
    name: "four million memo entries",
    bytes: () => latin1("\x80\x04N", repeat("\x94", 4 * million), "."),
    answer: "limit",
  },
  { name: "a million protocol numbers", bytes: () => latin1(repeat("\x80\x04", million), "N."), answer: "limit" },
  // Amplification through the memo
  {
    name: "a fraction of 50,000 digits, made 23,000 times",
    bytes: () =>
      latin1(
        "\x80\x04cfractions\nFraction\n\x94",
        text("1".repeat(50_000)),
        "\x9400](",
        repeat("h\0h\x01\x85R", 23_000),
        "e.",
      ),
    answer: "ok",
  },
  {
    name: "a path of 200,000 characters, made 23,000 times",
    bytes: () =>
      latin1(
        "\x80\x04cpathlib\nPosixPath\n\x94",
        text("a/".repeat(100_000)),
        "\x9400](",
        repeat("h\0h\x01\x85R", 23_000),
        "e.",
      ),
    answer: "ok",
  },
  {
    name: "a secret of 119,000 parts",
    bytes: () => latin1("cpydantic.types\nSecretStr\n(", repeat("N", 119_000), "tR."),
    answer: "ok",
  },
  {
    name: "a billion laughs",
    bytes: () => {
      const levels = Array.from({ length: 40 }, (_, level) =>
        latin1("(", repeat(`h${String.fromCharCode(level)}`, 10), "l\x94"),
      );
      return latin1("\x80\x04(", repeat("N", 10), "l\x94", ...levels, ".");
    },
    answer: "ok",
  },
  {
    name: "a long text used 100,000 times",
    bytes: () => latin1("](", longText, "\x94", repeat("h\0", 100_000), "e."),
    answer: "ok",
  },
  {
    name: "a long text as key of 25,000 dicts",
    bytes: () => latin1("](", longText, "\x94", repeat("}h\0Nsh\0", 25_000), "e."),
    answer: "ok",
  },
  {
    name: "two equal long texts as keys of 20,000 dicts",
    bytes: () => latin1("](", longText, "\x94", longText, "\x94", repeat("}h\0Nsh\x01Ns", 20_000), "e."),
    answer: "ok",
  },
  {
    name: "tuples of a long text as 20,000 keys",
    bytes: () => latin1("}(", longText, "\x94", "N", repeat("h\0\x85N", 20_000), "u."),
    answer: "ok",
  },
  {
    name: "a tuple of 50,000 as key of 20,000 dicts",
    bytes: () => latin1("](", "(", repeat("N", 50_000), "t\x94", repeat("}h\0Ns", 20_000), "e."),
    answer: "ok",
  },
  {
    name: "an int of 20,000 digits used 100,000 times",
    bytes: () => latin1("](\x8b", u32(8000), repeat("\x7f", 8000), "\x94", repeat("h\0", 100_000), "e."),
    answer: "ok",
  },
  {
    name: "bytearray of a megabyte, called 40,000 times",
    bytes: () =>
      latin1(
        "cbuiltins\nbytearray\n\x94B",
        u32(million),
        repeat("a", million),
        "\x94\x85\x94](",
        repeat("h\0h\x02R", 40_000),
        "e.",
      ),
    answer: "limit",
  },
  {
    name: "encode of a megabyte, called 40,000 times",
    bytes: () =>
      latin1(
        "\x80\x02c_codecs\nencode\n\x94",
        longText,
        text("latin1"),
        "\x86\x94](",
        repeat("h\0h\x01R", 40_000),
        "e.",
      ),
    answer: "limit",
  },
  {
    name: "set of 50,000, called 40,000 times",
    bytes: () =>
      latin1("cbuiltins\nset\n\x94](", repeat("N", 50_000), "e\x85\x94](", repeat("h\0h\x01R", 40_000), "e."),
    answer: "limit",
  },
  {
    name: "a state of 20,000 entries, built 40,000 times",
    bytes: () =>
      latin1(
        "}\x94(",
        ...Array.from({ length: 20_000 }, (_, key) => latin1("J", u32(key), "N")),
        "u0cos\nx\n)R",
        repeat("h\0b", 40_000),
        ".",
      ),
    answer: "limit",
  },
  {
    name: "names put together by getattr again and again",
    bytes: () =>
      latin1(
        "cbuiltins\ngetattr\n\x94cos\nx\n",
        text("a".repeat(500)),
        "\x94\x86\x94",
        repeat("0h\0h\x02R", 20_000),
        ".",
      ),
    answer: "ok",
  },
  { name: "persistent ids of persistent ids", bytes: () => latin1("N", repeat("Q", 100_000), "."), answer: "limit" },
  // Lengths that are not there
  { name: "a text of 2^63 bytes", bytes: () => latin1("\x80\x04\x8d", huge, "a."), answer: "truncated" },
  { name: "bytes of 2^63 bytes", bytes: () => latin1("\x80\x04\x8e", huge, "a."), answer: "truncated" },
  { name: "a bytearray of 2^63 bytes", bytes: () => latin1("\x80\x05\x96", huge, "a."), answer: "truncated" },
  { name: "a text of 4 GB", bytes: () => latin1("X\xff\xff\xff\xff", "a."), answer: "truncated" },
  { name: "an int of 2 GB", bytes: () => latin1("\x80\x04\x8b\xff\xff\xff\x7f", "a."), answer: "truncated" },
  {
    name: "an int of less than no bytes",
    bytes: () => latin1("\x80\x04\x8b\xff\xff\xff\xff", "a."),
    answer: "malformed",
  },
  { name: "a frame of 2^63 bytes", bytes: () => latin1("\x80\x04\x95", huge, "N."), answer: "truncated" },
  { name: "memo entry 4 billion", bytes: () => latin1("Nr\xff\xff\xff\xff0j\xff\xff\xff\xff."), answer: "ok" },
  {
    name: "40,000 memo entries far apart",
    bytes: () => latin1("N", ...Array.from({ length: 40_000 }, (_, at) => `p${at * 9_999_991}\n`), "."),
    answer: "limit",
  },
  // Quadratic texts
  {
    name: "4 MB of digits that are no float",
    bytes: () => latin1("F", repeat("9", 4 * million), "x\n."),
    answer: "malformed",
  },
  { name: "4 MB of digits", bytes: () => latin1("I", repeat("9", 4 * million), "\n."), answer: "limit" },
  {
    name: "150 ints of 20,000 digits",
    bytes: () => latin1("(", repeat(`I${"9".repeat(20_000)}\n`, 150), "l."),
    answer: "limit",
  },
  { name: "4 MB of escapes in a STRING", bytes: () => latin1("S'", repeat("\\x41", million), "'\n."), answer: "ok" },
  { name: "4 MB of escapes in a UNICODE", bytes: () => latin1("V", repeat("\\u0041", 600_000), "\n."), answer: "ok" },
  {
    name: "4 MB of lone surrogates",
    bytes: () => latin1("X", u32(3_900_000), repeat("\xed\xa0\x80", 1_300_000), "."),
    answer: "ok",
  },
  { name: "a memo index of a megabyte", bytes: () => latin1("Ng", repeat("1", million), "\n."), answer: "malformed" },
  {
    name: "a module of a megabyte called 30,000 times",
    bytes: () => latin1("c", repeat("m", million), "\nx\n\x94](", repeat("h\0)R", 30_000), "e."),
    answer: "limit",
  },
  // Keys
  {
    name: "50,000 keys that Python hashes alike",
    bytes: () => {
      const keys = Array.from({ length: 50_000 }, (_, at) => {
        const key = Buffer.alloc(12);
        key.writeBigUInt64LE(BigInt.asUintN(64, BigInt(at) * (2n ** 61n - 1n)));
        key.writeUInt32LE(Number((BigInt(at) * (2n ** 61n - 1n)) >> 64n), 8);
        return latin1("\x8a\x0c", key, "N");
      });
      return latin1("\x80\x04}(", ...keys, "u.");
    },
    answer: "ok",
  },
  {
    name: "40,000 ints with the same lower 64 bits",
    bytes: () =>
      latin1(
        "\x80\x04}(",
        ...Array.from({ length: 40_000 }, (_, at) => latin1("\x8a\x0d", Buffer.alloc(8, 1), u32(at), "\0N")),
        "u.",
      ),
    answer: "ok",
  },
  { name: "50,000 equal keys", bytes: () => latin1("}(", repeat("K\x01N", 50_000), "u."), answer: "ok" },
  {
    name: "tuples 900 deep as keys",
    bytes: () => latin1("}()", repeat("\x85", 900), "N)", repeat("\x85", 900), "Nu."),
    answer: "ok",
  },
  { name: "a dict as its own key", bytes: () => latin1("}\x94h\0Ns."), answer: "ok" },
  { name: "a set that holds itself", bytes: () => latin1("\x80\x04\x8f\x94(h\0h\0\x90."), answer: "ok" },
  { name: "lists as keys", bytes: () => latin1("}(]N]Nu."), answer: "ok" },
  // Cycles
  { name: "a list in itself", bytes: () => latin1("]\x94h\0a."), answer: "ok" },
  { name: "a dict in itself", bytes: () => latin1("}\x94Nh\0s."), answer: "ok" },
  { name: "a tuple in itself", bytes: () => latin1("(]\x94h\0\x85at."), answer: "ok" },
  {
    name: "a call in its own state, items and entries",
    bytes: () => latin1("cshop\nE\n)R\x94h\0b(h\0e(Nh\0u."),
    answer: "ok",
  },
  { name: "a call of itself", bytes: () => latin1("](]\x94h\0)Rh\0e."), answer: "ok" },
  {
    name: "an exception in its own arguments",
    bytes: () => latin1("cbuiltins\nValueError\n]\x94\x85R\x94h\0h\x01a0."),
    answer: "ok",
  },
  { name: "appends to a shared list", bytes: () => latin1("(]\x94", repeat("h\0(Ne", 30_000), "l."), answer: "ok" },
  {
    name: "a deque that keeps nothing of 50,000, used 50,000 times",
    bytes: () => latin1("](ccollections\ndeque\n](", repeat("N", 50_000), "eK\0\x86R\x94", repeat("h\0", 50_000), "e."),
    answer: "ok",
  },
  {
    name: "a counter of 20,000, used 50,000 times",
    bytes: () =>
      latin1(
        "](ccollections\nCounter\n}(",
        ...Array.from({ length: 20_000 }, (_, key) => latin1("J", u32(key), "K\x01")),
        "u\x85R\x94",
        repeat("h\0", 50_000),
        "e.",
      ),
    answer: "ok",
  },
];

const redactor = new Redactor();

/** Everything that is done to a value that was read; each bounded, which shows in what comes out. */
function use(value: PyValue): void {
  const redacted = redactor.value(value);
  for (const shown of [value, redacted]) assert.ok(pythonRepr(shown).length <= 1024 * 1024 + 500);
  for (const child of valueChildren(redacted).slice(0, 10)) pythonRepr(child.value, { depth: 3, items: 20, bytes: 80 });
}

describe("A payload made to do harm", () => {
  for (const { name, bytes, answer } of bombs) {
    it(`is answered ${answer}: ${name}`, () => {
      const payload = bytes();
      const read = unpickle(payload);
      assert.equal(read.ok ? "ok" : read.reason, answer);
      if (read.ok) use(read.value);
      for (const decode of [decodeJob, decodeResult, decodeJobHeader, decodeResultHeader]) {
        assert.equal(decode(payload).ok, false);
      }
      // The same inside a failed result, where the value is also an error to be told.
      const inside = latin1(
        "\x80\x04}(\x8c\x01tK\x01\x8c\x01f\x8c\x01g\x8c\x01a)\x8c\x01k}\x8c\x02etK\x05\x8c\x01s\x89\x8c\x02stK\x06\x8c\x02ftK\x07\x8c\x01r",
        payload.subarray(payload[0] === 0x80 ? 2 : 0, -1),
        "u.",
      );
      const result = decodeResult(inside);
      if (result.ok && result.error !== null) assert.ok(result.error.message.length <= 2 * million);
      const header = decodeResultHeader(inside);
      if (result.ok) assert.equal(header.ok, true);
    }).timeout(60_000);
  }

  const wrapped: [name: string, bytes: () => Buffer][] = [
    ["100 MB of zeros in gzip", () => gzipSync(Buffer.alloc(100 * million))],
    ["100 MB of zeros in zlib", () => deflateSync(Buffer.alloc(100 * million))],
    ["100 MB of zeros in bare deflate", () => deflateRawSync(Buffer.alloc(100 * million))],
    ["gzip in gzip in gzip", () => gzipSync(gzipSync(gzipSync(Buffer.alloc(50 * million))))],
    ["a pickle of 30 million lists in gzip", () => gzipSync(latin1("\x80\x04](", repeat("]", 30 * million), "e."))],
    [
      "base64 in base64, 20 times",
      () =>
        Array.from({ length: 20 }).reduce<Buffer>(
          (inner) => Buffer.from(inner.toString("base64")),
          latin1("\x80\x04N."),
        ),
    ],
    ["brotli, which nobody announces", () => brotliCompressSync(Buffer.alloc(million))],
    ["4 MB of JSON brackets", () => Buffer.from(`{"a":${"[".repeat(4 * million)}`)],
    ["2 million JSON values", () => Buffer.from(`{"a":[${"1,".repeat(2 * million)}1]}`)],
    ["a JSON number of 4 million digits", () => Buffer.from(`{"a":${"9".repeat(4 * million)}}`)],
    ["a MessagePack array of 4 billion", () => latin1("\x81\xa1a\xdd\xff\xff\xff\xff", repeat("\xc0", million))],
    ["a million MessagePack arrays in arrays", () => latin1("\x81\xa1a", repeat("\x91", million), "\xc0")],
  ];
  for (const [name, bytes] of wrapped) {
    it(`is refused by name, or is no payload of ARQ: ${name}`, () => {
      const payload = bytes();
      const decoded = decodeBytes(payload);
      if (decoded.ok) use(decoded.value);
      for (const decode of [decodeJob, decodeResult, decodeJobHeader, decodeResultHeader]) {
        const answer = decode(payload);
        assert.ok(!answer.ok && answer.message !== "");
      }
    }).timeout(60_000);
  }

  it("keeps of a long text that is note after note only what anybody reads", () => {
    const note: PyValue = { kind: "str", value: "a".repeat(million) };
    const notes: PyValue = { kind: "list", items: Array.from({ length: 1000 }, () => note) };
    const failure = jobError(
      {
        kind: "call",
        via: "reduce",
        callee: { kind: "global", module: "builtins", qualname: "ValueError" },
        args: [],
        kwargs: [],
        state: { kind: "dict", entries: [[{ kind: "str", value: "__notes__" }, notes]] },
        items: [],
        entries: [],
      },
      null,
    );
    assert.equal(failure.notes.join("").length, 200_000);
  });

  it("overflows no stack and is read whole where the limits are lifted", () => {
    const nested: [name: string, bytes: Buffer, length: number][] = [
      ["lists", latin1(repeat("]", million), repeat("a", million - 1), "."), 2 * million],
      ["tuples", latin1(")", repeat("\x85", 300_000), "."), 3 * 300_000 + 2],
      ["dicts", latin1(repeat("}N", 300_000), "N", repeat("s", 300_000), "."), 300_000 * 8 + 4],
      ["keys", latin1("}(", ")", repeat("\x85", 300_000), "N)", repeat("\x85", 300_000), "Nu."), 3 * 300_000 + 10],
    ];
    for (const [name, bytes, length] of nested) {
      const read = unpickle(bytes, unlimited);
      assert.ok(read.ok, name);
      assert.equal(pythonRepr(read.value, unlimited).length, length, name);
    }
  }).timeout(120_000);
});
