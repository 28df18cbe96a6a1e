import assert from "node:assert/strict";
import { unpickle } from "../../src/arq/unpickle";
import { pythonRepr } from "../../src/python/repr";
import type { PyValue } from "../../src/python/value";
import { valueChildren, valueKind } from "../../src/python/valueTree";
import libraries from "../fixtures/pickles/libraries.json";
import values from "../fixtures/pickles/values.json";

function load(data: string | undefined): PyValue {
  const read = unpickle(Buffer.from(data ?? "", "base64"));
  assert.ok(read.ok);
  return read.value;
}

/** A value recorded from Python, by its source text. */
function value(source: string): PyValue {
  return load(
    values.find((one) => one.value === source && one.from.some((from) => from.endsWith("protocol 4")))?.pickle,
  );
}

function object(name: string): PyValue {
  return load(new Map<string, string>(Object.entries(libraries)).get(`${name}, protocol 4`));
}

function shown(node: PyValue): string[] {
  return valueChildren(node).map(({ label, value }) => `${label ?? "·"} ${pythonRepr(value)}`);
}

const int = (value: number): PyValue => ({ kind: "int", value: BigInt(value) });
const list = (...items: number[]): PyValue => ({ kind: "list", items: items.map(int) });

function call(module: string, qualname: string, args: PyValue[], state: PyValue | null = null): PyValue {
  const callee: PyValue = { kind: "global", module, qualname };
  return { kind: "call", via: "reduce", callee, args, kwargs: [], state, items: [], entries: [] };
}

function wrapper(qualname: string, data: PyValue): PyValue {
  return call("collections", qualname, [], { kind: "dict", entries: [[{ kind: "str", value: "data" }, data]] });
}

const userDict = wrapper("UserDict", { kind: "dict", entries: [[{ kind: "str", value: "a" }, int(1)]] });
const userList = wrapper("UserList", list(1, 2));
const bounded = call("collections", "deque", [list(1, 2, 3), int(2)]);

describe("valueChildren", () => {
  const cases: [name: string, node: () => PyValue, children: string[]][] = [
    ["a list", () => value("[[]]"), ["0 []"]],
    ["a tuple", () => value("(1, 2)"), ["0 1", "1 2"]],
    ["a set", () => value("{1, 2, 3}"), ["· 1", "· 2", "· 3"]],
    ["a dict", () => value("{1: 'x', (1, 2): None}"), ["1 'x'", "(1, 2) None"]],
    ["a deque", () => value("collections.deque([1, 2])"), ["0 1", "1 2"]],
    ["an OrderedDict", () => value("collections.OrderedDict([('a', 1), ('b', [])])"), ["'a' 1", "'b' []"]],
    ["a defaultdict", () => value("collections.defaultdict(list, {'a': [1]})"), ["'a' [1]"]],
    ["a namespace", () => value("types.SimpleNamespace(a=1, b='x')"), ["a 1", "b 'x'"]],
    ["what wraps a dict", () => userDict, ["'a' 1"]],
    ["what wraps a list", () => userList, ["0 1", "1 2"]],
    ["a deque that keeps the last two", () => bounded, ["0 2", "1 3"]],
    ["an exception", () => value("ValueError('a', 1)"), ["0 'a'", "1 1"]],
    ["a dataclass", () => object("dataclass"), ["id 1", "total 2.5"]],
    ["slots", () => object("slots"), ["a 1", "b 'two'"]],
    ["a datetime, which shows whole", () => value("datetime.datetime(2024, 1, 2, 3, 4)"), []],
    ["a secret", () => object("secret"), []],
    ["a number", () => value("255"), []],
    ["a list that holds itself", () => value("cyclic_list()"), ["0 1", "1 [1, [...]]"]],
  ];
  for (const [name, node, children] of cases) it(`opens ${name}`, () => assert.deepEqual(shown(node()), children));
});

describe("valueKind", () => {
  const kinds: [source: string, kind: string][] = [
    ["None", "none"],
    ["True", "bool"],
    ["255", "number"],
    ["0.1", "number"],
    ["decimal.Decimal('1.10')", "number"],
    ["'a'", "string"],
    ["b'a'", "bytes"],
    ["bytearray()", "bytes"],
    ["{'a': 1}", "container"],
    ["collections.deque()", "container"],
    ["uuid.UUID(int=0)", "object"],
    ["len", "object"],
  ];
  for (const [source, kind] of kinds) it(`calls ${source} ${kind}`, () => assert.equal(valueKind(value(source)), kind));

  it("calls what is hidden opaque", () => assert.equal(valueKind({ kind: "opaque", label: "hidden" }), "opaque"));
});
