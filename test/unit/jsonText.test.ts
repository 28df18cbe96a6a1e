import assert from "node:assert/strict";
import { jsonText } from "../../src/python/jsonText";
import type { PyCall, PyValue } from "../../src/python/value";

const str = (value: string): PyValue => ({ kind: "str", value });
const int = (value: bigint | number): PyValue => ({ kind: "int", value: BigInt(value) });
const tuple = (...items: PyValue[]): PyValue => ({ kind: "tuple", items });
const call = (module: string, qualname: string, args: PyValue[], more: Partial<PyCall> = {}): PyCall => ({
  kind: "call",
  via: "reduce",
  callee: { kind: "global", module, qualname },
  args,
  kwargs: [],
  state: null,
  items: [],
  entries: [],
  ...more,
});

/** 2026-11-21 14:03:12.402 */
const packed: PyValue = { kind: "bytes", value: Uint8Array.of(0x07, 0xea, 11, 21, 14, 3, 12, 0x06, 0x22, 0x50) };
const hour = call("datetime", "timedelta", [int(0), int(3600)]);

const texts: readonly (readonly [value: PyValue, json: string])[] = [
  [{ kind: "none" }, "null"],
  [{ kind: "float", value: 1 }, "1.0"],
  [{ kind: "float", value: Number.NaN }, '"nan"'],
  [int(2n ** 70n), "1180591620717411303424"],
  [str('"\n\ud800'), '"\\"\\n\\ud800"'],
  [{ kind: "bytes", value: Uint8Array.of(0, 65) }, "\"b'\\\\x00A'\""],
  [{ kind: "opaque", label: "hidden" }, '"********"'],
  [tuple(), "[]"],
  [call("decimal", "Decimal", [str("74.90")]), '"74.90"'],
  [call("datetime", "datetime", [packed]), '"2026-11-21T14:03:12.402000"'],
  [call("datetime", "datetime", [packed, call("datetime", "timezone", [hour])]), '"2026-11-21T14:03:12.402000+01:00"'],
  [call("datetime", "date", [{ kind: "bytes", value: Uint8Array.of(0x07, 0xea, 2, 3) }]), '"2026-02-03"'],
  [call("collections", "Counter", [{ kind: "dict", entries: [[str("a"), int(2)]] }]), '{\n  "a": 2\n}'],
  [
    call("shop.models", "Order", [], { via: "new", state: { kind: "dict", entries: [[str("id"), int(7)]] } }),
    '{\n  "__class__": "shop.models.Order",\n  "id": 7\n}',
  ],
  [
    {
      kind: "dict",
      entries: [
        [int(1), tuple(int(2), tuple())],
        [{ kind: "none" }, { kind: "bool", value: true }],
        [tuple(int(1), int(2)), int(3)],
      ],
    },
    '{\n  "1": [\n    2,\n    []\n  ],\n  "null": true,\n  "(1, 2)": 3\n}',
  ],
];

describe("a value as JSON", () => {
  for (const [value, json] of texts)
    it(`writes ${json.replaceAll(/\s+/g, " ")}`, () => assert.equal(jsonText(value), json));

  it("can be read by every reader of JSON, whatever the value contains", () => {
    const list: PyValue = { kind: "list", items: [] };
    list.items.push(list, int(1));
    assert.deepEqual(JSON.parse(jsonText(list) ?? ""), ["[[...], 1]", 1]);
    let deep: PyValue = int(1);
    for (let level = 0; level < 5000; level++) deep = tuple(deep);
    assert.ok(JSON.parse(jsonText(deep) ?? "") !== null);
  });

  it("is refused where it would not end", () => {
    let wide: PyValue = tuple(str("x".repeat(1000)));
    for (let level = 0; level < 40; level++) wide = tuple(wide, wide);
    assert.equal(jsonText(wide), null);
  });
});
