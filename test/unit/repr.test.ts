import assert from "node:assert/strict";
import { unpickle } from "../../src/arq/unpickle";
import { pythonRepr } from "../../src/python/repr";
import type { PyCall, PyValue } from "../../src/python/value";
import libraries from "../fixtures/pickles/libraries.json";

function str(value: string): PyValue {
  return { kind: "str", value };
}

function list(...items: PyValue[]): PyValue {
  return { kind: "list", items };
}

function call(dotted: string, args: PyValue[], more: Partial<PyCall> = {}): PyCall {
  const at = dotted.lastIndexOf(".");
  const callee = { kind: "global", module: dotted.slice(0, at), qualname: dotted.slice(at + 1) } as const;
  return { kind: "call", via: "reduce", callee, args, kwargs: [], state: null, items: [], entries: [], ...more };
}

const int = (value: number): PyValue => ({ kind: "int", value: BigInt(value) });
const one = int(1);

describe("pythonRepr", () => {
  const recorded = new Map<string, string>(Object.entries(libraries));
  const objects: [name: string, repr: string][] = [
    ["dataclass", "shop.Order(id=1, total=2.5)"],
    ["enum", "shop.Colour(1)"],
    ["namedtuple", "shop.Point(1, 2)"],
    ["slots", "shop.Slotted(a=1, b='two')"],
    ["nested class", "shop.Outer.Inner(n=1)"],
    ["own state", "shop.OwnState(state=(1, 2))"],
    ["keyword new", "shop.Keywords(1, unit='EUR')"],
    ["list subclass", "shop.IntList([1, 2])"],
    ["pydantic model", "shop.models.Login(user='ann', password=pydantic.types.SecretStr('**********'))"],
    ["secret", "pydantic.types.SecretStr('**********')"],
    ["numpy array", "numpy.ndarray(shape=(2, 3), dtype=float64, values=[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])"],
    ["numpy scalar", "np.int64(5)"],
    ["pytz utc", "datetime.datetime(2024, 1, 2, 0, 0, tzinfo=<UTC>)"],
    ["pytz zone", "datetime.datetime(2024, 1, 2, 0, 0, tzinfo=<DstTzInfo 'Europe/Paris' CET+1:00:00 STD>)"],
    ["zoneinfo", "datetime.datetime(2024, 1, 2, 0, 0, tzinfo=zoneinfo.ZoneInfo(key='Europe/Paris'))"],
  ];
  for (const [name, repr] of objects) {
    // Before protocol 4 keyword arguments of __new__ hide in a functools.partial.
    for (const protocol of name === "keyword new" ? [4, 5] : [2, 4, 5]) {
      it(`prints a recorded ${name}, protocol ${protocol}`, () => {
        const read = unpickle(Buffer.from(recorded.get(`${name}, protocol ${protocol}`) ?? "", "base64"));
        assert.ok(read.ok);
        assert.equal(pythonRepr(read.value), repr);
      });
    }
  }

  const printed: [name: string, value: PyValue, repr: string][] = [
    ["a hidden value", { kind: "opaque", label: "hidden" }, "'********'"],
    ["something unreadable", { kind: "opaque", label: "Fernet token" }, "<Fernet token>"],
    ["a class", { kind: "global", module: "shop.models", qualname: "Order" }, "<class 'shop.models.Order'>"],
    ["a function", { kind: "global", module: "shop.tasks", qualname: "send" }, "<function shop.tasks.send>"],
    ["an OSError made with a number", call("builtins.OSError", [int(2), str("No")]), "FileNotFoundError(2, 'No')"],
    ["a datetime that Python would refuse", call("datetime.datetime", [str("x")]), "datetime.datetime('x')"],
    ["a signal", call("signal.Signals", [int(9)]), "<Signals.SIGKILL: 9>"],
    [
      "what a function takes and gives",
      call("collections.abc._CallableGenericAlias", [
        { kind: "global", module: "collections.abc", qualname: "Callable" },
        {
          kind: "tuple",
          items: [
            list({ kind: "global", module: "builtins", qualname: "int" }),
            call("builtins.type", [{ kind: "none" }]),
          ],
        },
      ]),
      "collections.abc.Callable[[int], NoneType]",
    ],
    [
      "a flag of two members stored by name",
      call("_operator.or_", [call("shop.Perm", [one]), { kind: "global", module: "shop", qualname: "Perm.WRITE" }]),
      "shop.Perm(1) | shop.Perm.WRITE",
    ],
    ["what a method of a class made", call("shop.Order.load", [one]), "shop.Order.load(1)"],
  ];
  for (const [name, value, repr] of printed) it(`prints ${name}`, () => assert.equal(pythonRepr(value), repr));

  it("prints objects that hold themselves", () => {
    const state: PyValue = { kind: "dict", entries: [] };
    const object = call("shop.Node", [], { state });
    state.entries.push([str("next"), object]);
    assert.equal(pythonRepr(object), "shop.Node(next=shop.Node(...))");
  });

  it("prints an exception that holds itself as Python does: by its name where it has several arguments", () => {
    const inner = list();
    const error = call("builtins.ValueError", [inner, one]);
    if (inner.kind === "list") inner.items.push(error);
    assert.equal(pythonRepr(error), "ValueError([ValueError(...)], 1)");
    const single = list();
    if (single.kind === "list") single.items.push(call("builtins.KeyError", [single]));
    assert.equal(pythonRepr(single), "[KeyError([...])]");
  });

  it("prints a value that is shared, but not cyclic, each time", () => {
    const shared = list(one);
    assert.equal(pythonRepr(list(shared, shared)), "[[1], [1]]");
  });

  it("shows with … what a limit leaves out", () => {
    const object = call("shop.Order", [], {
      state: { kind: "dict", entries: ["a", "b", "c"].map((name) => [str(name), one]) },
    });
    const entries: [PyValue, PyValue][] = [1, 2, 3].map((key) => [int(key), list(one, one)]);
    const bytes: PyValue = { kind: "bytes", value: new Uint8Array(100) };
    const rest: [value: PyValue, limits: Parameters<typeof pythonRepr>[1], text: string][] = [
      [list(list(list(one))), { depth: 2 }, "[[… list of 1]]"],
      [list(list(list())), { depth: 2 }, "[[[]]]"],
      [list(list(object)), { depth: 2 }, "[[… shop.Order]]"],
      [list(...Array.from({ length: 10_000 }, () => one)), { items: 3 }, "[1, 1, 1, … 9,997 more]"],
      [{ kind: "dict", entries }, { items: 4 }, "{1: [1, 1], … 2 more}"],
      [{ kind: "dict", entries }, { items: 3 }, "{1: [1, … 1 more], … 2 more}"],
      [object, { items: 2 }, "shop.Order(a=1, b=1, … 1 more)"],
      [call("collections.OrderedDict", [], { entries }), { items: 0 }, "OrderedDict({… 3 more})"],
      [str("a".repeat(100)), { bytes: 10 }, "'aaaaaaaaaa'… 90 more characters"],
      [str("😀".repeat(100)), { bytes: 6 }, "'😀😀😀'… 97 more characters"],
      [str(`${"a".repeat(10)}'`), { bytes: 10 }, '"aaaaaaaaaa"… 1 more character'],
      [str("\n".repeat(2000)), { bytes: 4 }, "'\\n\\n'… 1,998 more characters"],
      [list(str("a".repeat(100)), one, one), { bytes: 11 }, "['aaaaaaaaaa'… 90 more characters, … 2 more]"],
      [bytes, { bytes: 8 }, "b'\\x00\\x00'… 98 more bytes"],
      [{ kind: "int", value: 10n ** 400n }, { bytes: 4 }, "1000… 397 more digits"],
      [{ kind: "int", value: 10n ** 150_000n }, undefined, "<int of about 150,001 digits>"],
    ];
    for (const [value, limits, text] of rest) assert.equal(pythonRepr(value, limits), text);
    assert.equal(pythonRepr({ kind: "int", value: 10n ** 5000n }).length, 5001);
  });

  it("prints at most 150 characters more than it may, however deep a value nests", () => {
    let deep = list(one);
    for (let level = 0; level < 900; level += 1) deep = list(deep, one, one);
    const text = pythonRepr(deep, { bytes: 100 });
    assert.ok(text.length <= 250, `${text.length} characters`);
    assert.match(text, /^\[{100}… 3 more\], … 2 more\], … 2 more/);
    assert.match(text, / … \d+ levels open$/);
  });

  it("cuts the name of a class and other notation that is too long", () => {
    const text = pythonRepr(call(`shop.${"A".repeat(5000)}`, [one]), { bytes: 100 });
    assert.ok(text.length < 250, `${text.length} characters`);
    assert.match(text, /A… 4,\d\d\d more characters/);
  });

  it("prints an object of very many attributes, and lays it out once however often it is shared", () => {
    const attributes: [PyValue, PyValue][] = Array.from({ length: 200_000 }, (_, index) => [str(`a${index}`), one]);
    const object = call("shop.Wide", [], { state: { kind: "dict", entries: attributes } });
    assert.equal(pythonRepr(list(object, object), { items: 3 }), "[shop.Wide(a0=1, a1=1, … 199,998 more), … 1 more]");
    // Ends only where the object is not looked through again in each of its places.
    const unreadable = call("uuid.UUID", [one], { state: { kind: "dict", entries: attributes } });
    assert.ok(pythonRepr(list(...Array.from({ length: 20_000 }, () => unreadable)), { depth: 1 }).length > 20_000);
  });

  it("ends in good time for lists shared over and over", () => {
    let value = list(one);
    for (let level = 0; level < 60; level += 1) value = list(value, value);
    assert.ok(pythonRepr(value, { items: 1000 }).length < 10_000);
  });
});
