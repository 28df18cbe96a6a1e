import assert from "node:assert/strict";
import { unpickle } from "../../src/arq/unpickle";
import { pythonRepr } from "../../src/python/repr";
import type { PyValue } from "../../src/python/value";
import values from "../fixtures/pickles/values.json";

const unlimited = { depth: Infinity, items: Infinity, bytes: Infinity };

/** Bytes of a Latin-1 text, so that pickles can be written as they are read. */
function pickle(...parts: (string | number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === "string" ? Array.from(part, (c) => c.charCodeAt(0)) : part)),
  );
}

function read(bytes: Uint8Array, limits?: Parameters<typeof unpickle>[1]): PyValue {
  const answer = unpickle(bytes, limits);
  assert.ok(answer.ok, answer.ok ? "" : `${answer.reason}: ${answer.message}`);
  return answer.value;
}

function reasonOf(bytes: Uint8Array, limits?: Parameters<typeof unpickle>[1]): string {
  const answer = unpickle(bytes, limits);
  return answer.ok ? "ok" : answer.reason;
}

describe("unpickle", () => {
  it("reads every recorded pickle of CPython 3.6 to 3.13, protocols 0 to 5, as the value CPython 3.13 prints", () => {
    const wrong: string[] = [];
    // Exceptions of library modules print with their module and attributes, since their own repr cannot be known in general.
    for (const { value, from, pickle: data, repr } of values.filter((one) => !/^(json|subprocess)\./.test(one.value))) {
      const answer = unpickle(Buffer.from(data, "base64"));
      const printed = answer.ok ? pythonRepr(answer.value) : `${answer.reason}: ${answer.message}`;
      if (printed !== repr) wrong.push(`${value} (${from.join(", ")})\n  printed ${printed}\n  Python  ${repr}`);
    }
    assert.equal(wrong.slice(0, 20).join("\n"), "");
    assert.ok(values.length > 900);
  }).timeout(30_000);

  it("keeps two surrogates side by side apart from the one character that JavaScript takes them for", () => {
    // {'\\ud83d\\ude00': 1, '\\U0001f600': 2}, protocols 0 and 4 of CPython 3.11.
    for (const recorded of [
      "KGRwMApWXHVkODNkXHVkZTAwCnAxCkkxCnNWXFUwMDAxZjYwMApwMgpJMgpzLg==",
      "gASVGQAAAAAAAAB9lCiMBu2gve24gJRLAYwE8J+YgJRLAnUu",
    ]) {
      assert.equal(pythonRepr(read(Buffer.from(recorded, "base64"))), "{'\\ud83d\\ude00': 1, '\u{1f600}': 2}");
    }
    const long = `${"x".repeat(8191)}\xed\xa0\xbd\xed\xb8\x80`;
    const size = [long.length & 0xff, long.length >> 8, 0, 0];
    assert.ok(pythonRepr(read(pickle([0x80, 4], "X", size, long, "."))).endsWith("x\\ud83d\\ude00'"));
  });

  it("keeps shared values shared and cycles closed", () => {
    const shared = read(pickle("]q", [0], "(]q", [1], "h", [1], "h", [0], "e."));
    assert.ok(shared.kind === "list");
    assert.equal(shared.items[0], shared.items[1]);
    assert.equal(shared.items[2], shared);
  });

  const written: [name: string, bytes: Uint8Array, repr: string][] = [
    [
      "INT, LONG and FLOAT text",
      pickle("(I12\nI-3\nI01\nI00\nL99999999999999999999L\nF1.5\nFnan\nF-inf\nl."),
      "[12, -3, True, False, 99999999999999999999, 1.5, nan, -inf]",
    ],
    ["STRING with escapes", pickle("S'a\\x41\\n\\'\\101'\n."), '"aA\\n\'A"'],
    ["BINSTRING and SHORT_BINSTRING of Python 2", pickle("(T", [2, 0, 0, 0], "abU", [1], "\xfft."), "('ab', b'\\xff')"],
    ["UNICODE with raw escapes", pickle("V\\u00e9\\U0001f600\\n\xe9\n."), "'é😀\\\\né'"],
    ["DICT of a marked stretch", pickle("(I1\nI2\nI3\nI4\nd."), "{1: 2, 3: 4}"],
    ["POP and DUP", pickle("(K\x01K\x022K\x030l."), "[1, 2, 2]"],
    ["POP of a MARK", pickle("(0K\x05."), "5"],
    ["POP_MARK", pickle("K\x01(K\x02K\x031."), "1"],
    ["PUT and GET text", pickle("(K\x07p300\ng300\nl."), "[7, 7]"],
    ["LONG_BINPUT and LONG_BINGET", pickle("(K\x07r", [44, 1, 0, 0], "j", [44, 1, 0, 0], "l."), "[7, 7]"],
    ["LONG4 below zero", pickle([0x8b, 2, 0, 0, 0, 0, 0x80], "."), "-32768"],
    ["LONG1 of no bytes", pickle([0x8a, 0], "."), "0"],
    ["BININT and BININT2", pickle("(J", [255, 255, 255, 255], "M", [0, 1], "t."), "(-1, 256)"],
    ["INST and OBJ", pickle("((K\x01ishop\nOrder\n(cshop\nOrder\nK\x02ot."), "(shop.Order(1), shop.Order(2))"],
    ["NEWOBJ_EX", pickle([0x80, 4], "cshop\nOrder\n(K\x01t}", [0x8c, 1], "aK\x02s", [0x92], "."), "shop.Order(1, a=2)"],
    ["PERSID and BINPERSID", pickle("(Pabc\nK\x01Qt."), "(<persistent id 'abc'>, <persistent id 1>)"],
    [
      "EXT1, EXT2 and EXT4",
      pickle("(", [0x82, 1, 0x83, 0, 1, 0x84, 0, 0, 1, 0], "t."),
      "(<copyreg extension 1>, <copyreg extension 256>, <copyreg extension 65536>)",
    ],
    [
      "names of Python 2",
      pickle("(c__builtin__\nunicode\ncexceptions\nValueError\nt."),
      "(<class 'str'>, <class 'ValueError'>)",
    ],
    [
      "BINUNICODE8 and BINBYTES8",
      pickle("(", [0x8d, 1, 0, 0, 0, 0, 0, 0, 0], "a", [0x8e, 1, 0, 0, 0, 0, 0, 0, 0], "b", "t."),
      "('a', b'b')",
    ],
    ["BYTEARRAY8", pickle([0x80, 5, 0x96, 2, 0, 0, 0, 0, 0, 0, 0], "ab."), "bytearray(b'ab')"],
    [
      "a key written twice, and keys that are equal across types",
      pickle("(K\x01K\x02I01\nK\x03F1.0\nK\x04d."),
      "{1: 4}",
    ],
    ["items of a set that are equal", pickle([0x80, 4, 0x8f], "(K\x01", [0x88], "K\x02", [0x90], "."), "{1, 2}"],
    [
      "BUILD on an object, twice",
      pickle("cshop\nOrder\n)R}(", [0x8c, 1], "aK\x01u", "b}(", [0x8c, 1], "bK\x02ub."),
      "shop.Order(a=1, b=2)",
    ],
    ["bytes after STOP", pickle("K\x01.rest"), "1"],
  ];
  for (const [name, bytes, repr] of written) {
    it(`reads ${name}`, () => {
      const answer = unpickle(bytes);
      assert.equal(answer.ok ? pythonRepr(answer.value) : answer.reason, repr);
    });
  }

  it("says truncated for every beginning of a pickle", () => {
    const whole = Buffer.from(
      values.find(({ from, value }) => from[0]?.endsWith("protocol 4") && value.startsWith("datetime.datetime"))
        ?.pickle ?? "",
      "base64",
    );
    assert.ok(whole.length > 20);
    for (let length = 0; length < whole.length; length += 1)
      assert.equal(reasonOf(whole.subarray(0, length)), "truncated");
  });

  const refused: [name: string, bytes: Uint8Array, reason: string][] = [
    ["an unknown opcode", pickle([0xff], "."), "malformed"],
    ["a value taken from an empty stack", pickle("."), "malformed"],
    ["a memo entry never written", pickle("h", [3], "."), "malformed"],
    ["no MARK", pickle("K\x01t."), "malformed"],
    ["a key without a value", pickle("(K\x01d."), "malformed"],
    ["a call without a tuple", pickle("cos\nsystem\nK\x01R."), "malformed"],
    ["BUILD on a list", pickle("]}b."), "malformed"],
    ["APPEND to a dict", pickle("}K\x01a."), "malformed"],
    ["text that is not UTF-8", pickle([0x8c, 1, 0xff], "."), "malformed"],
    ["a negative length", pickle("T", [255, 255, 255, 255], "."), "malformed"],
    ["a length beyond the end", pickle("X", [255, 255, 255, 255], "."), "truncated"],
    ["a length of 64 bits beyond the end", pickle([0x8d, 255, 255, 255, 255, 255, 255, 255, 255], "."), "truncated"],
    ["a frame beyond the end", pickle([0x80, 4, 0x95, 99, 0, 0, 0, 0, 0, 0, 0], "N."), "truncated"],
    ["a protocol of the future", pickle([0x80, 6], "N."), "unsupported"],
    ["out-of-band buffers", pickle([0x80, 5, 0x97], "."), "unsupported"],
  ];
  for (const [name, bytes, reason] of refused) {
    it(`answers ${reason} for ${name}`, () => assert.equal(reasonOf(bytes), reason));
  }

  it("keeps a call to os.system as data", () => {
    const value = read(pickle("cos\nsystem\n(S'echo no'\ntR."));
    assert.deepEqual(value.kind === "call" && value.callee, { kind: "global", module: "os", qualname: "system" });
    assert.equal(pythonRepr(value), "os.system('echo no')");
  });

  it("bounds depth, items and bytes", () => {
    const deep = pickle(")", "\x85".repeat(60), ".");
    assert.equal(reasonOf(deep, { depth: 60 }), "limit");
    assert.equal(reasonOf(deep, { depth: 61 }), "ok");
    assert.equal(reasonOf(pickle("(NNNNl."), { items: 4 }), "limit");
    assert.equal(reasonOf(pickle("(NNNNl."), { items: 5 }), "ok");
    assert.equal(reasonOf(pickle("(NNNNl."), { bytes: 6 }), "limit");
    assert.equal(reasonOf(pickle(")", "\x85".repeat(5000), ".")), "limit");
    assert.equal(reasonOf(pickle("I", "9".repeat(200_000), "\n.")), "limit");
  });

  it("survives two hundred thousand levels of nesting with every limit lifted", () => {
    const levels = 200_000;
    const value = read(pickle("]".repeat(levels), "a".repeat(levels - 1), "."), unlimited);
    assert.equal(pythonRepr(value, unlimited).length, 2 * levels);
  }).timeout(30_000);

  it("never throws, whatever one byte of a pickle is turned into", () => {
    const whole = values.filter(({ value }) => /cyclic_in_many|OrderedDict\(\[|fold=1, tz/.test(value)).slice(0, 6);
    assert.equal(whole.length, 6);
    for (const { pickle: data } of whole) {
      const bytes = Buffer.from(data, "base64");
      for (let at = 0; at < bytes.length; at += 1) {
        const original = bytes[at] ?? 0;
        for (let byte = at % 11; byte < 256; byte += 11) {
          bytes[at] = byte;
          const answer = unpickle(bytes);
          if (answer.ok) pythonRepr(answer.value, { items: 1000, bytes: 10_000 });
        }
        bytes[at] = original;
      }
    }
  }).timeout(30_000);
});
