import assert from "node:assert/strict";
import { unpickle } from "../../src/arq/unpickle";
import { exceptionMessage } from "../../src/python/exceptionMessage";
import { pythonRepr } from "../../src/python/repr";
import { valueChildren } from "../../src/python/valueTree";
import recorded from "../fixtures/pickles/python3.14.json";
import thirdParty from "../fixtures/pickles/thirdParty.json";

describe("values pickled by CPython 3.14", () => {
  it("were recorded from 3.14, in every protocol", () => {
    assert.match(recorded.python, /^3\.14\./);
    assert.deepEqual([...new Set(recorded.values.map(({ protocol }) => protocol))], [0, 1, 2, 3, 4, 5]);
    assert.ok(recorded.values.length > 200);
  });

  for (const protocol of [0, 1, 2, 3, 4, 5]) {
    it(`print as CPython 3.13 prints them, protocol ${protocol}`, () => {
      for (const { pickle, repr, str } of recorded.values.filter((one) => one.protocol === protocol)) {
        const read = unpickle(Buffer.from(pickle, "base64"));
        assert.ok(read.ok, repr);
        assert.equal(pythonRepr(read.value), repr);
        if (str !== undefined && read.value.kind === "call") assert.equal(exceptionMessage(read.value), str);
      }
    });
  }
});

describe("what libraries and plain classes pickle", () => {
  const groups = new Map<string, (typeof thirdParty)[number][]>();
  for (const one of thirdParty) {
    // numpy 1.19.5: Fortran order -> numpy
    const library = one.name.replace(/( [\d.]+)?: .*$/, "");
    groups.set(library, [...(groups.get(library) ?? []), one]);
  }

  it("was recorded from several versions", () => {
    const libraries = [...new Set(thirdParty.map(({ name }) => name.replace(/: .*$/, "")))];
    for (const library of [
      "numpy 1.",
      "numpy 2.",
      "pydantic 1.10.",
      "pydantic 2.",
      "cloudpickle 2.",
      "dill 0.3.",
      "pandas ",
      "attrs ",
    ]) {
      assert.ok(
        libraries.some((name) => name.startsWith(library)),
        `${library} is missing`,
      );
    }
  });

  for (const [library, cases] of groups) {
    it(`prints readably: ${library}`, () => {
      for (const { name, python, pickle, text } of cases) {
        const read = unpickle(Buffer.from(pickle, "base64"));
        assert.ok(read.ok, name);
        assert.equal(pythonRepr(read.value, { bytes: 1000 }), text, `${name}, Python ${python.join(", ")}`);
      }
    });
  }

  it("never shows the secrets of pydantic's models", () => {
    for (const { name, pickle } of thirdParty.filter((one) => /^pydantic.*model/.test(one.name))) {
      const read = unpickle(Buffer.from(pickle, "base64"));
      assert.ok(read.ok, name);
      const rows = valueChildren(read.value);
      assert.deepEqual(
        rows.slice(0, 2).map(({ label }) => label),
        ["user", "password"],
      );
      assert.ok(!rows.some(({ value }) => pythonRepr(value).includes("hunter2")), name);
    }
  });
});
