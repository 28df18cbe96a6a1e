import assert from "node:assert/strict";
import { parseHourCounters } from "../../src/arq/hourCounters";

const written =
  '{"v": 1, "queue": "arq:queue", "functions": {"send": {"complete": 12, "failed": 1, "retried": 2, "run_ms": 3400}}}';
const one = { complete: 1, failed: 0, retried: 0, run_ms: 5 };
const dump = (functions: unknown, more: object = {}): string =>
  JSON.stringify({ v: 1, queue: "arq:queue", functions, ...more });

describe("The hourly counters of an instrumented worker", () => {
  it("are read as the instrumentation writes them", () => {
    assert.deepEqual(parseHourCounters(written), {
      queue: "arq:queue",
      functions: [{ name: "send", complete: 12, failed: 1, retried: 2, runMs: 3400 }],
    });
  });

  const nothing: Record<string, string> = {
    "no JSON": "{",
    "no object": "[1]",
    "a newer layout": dump({}, { v: 2 }),
    "no layout": '{"queue":"q","functions":{}}',
    "no queue": dump({}, { queue: null }),
    "a queue without a name": dump({}, { queue: "" }),
    "functions in a list": dump([]),
    "too much text": dump({}, { more: "x".repeat(70_000) }),
  };
  for (const [what, text] of Object.entries(nothing)) {
    it(`are nothing where there is ${what}`, () => assert.equal(parseHourCounters(text), null));
  }

  for (const bad of [-1, 1.5, 1e30, "7", null, true, [], {}]) {
    it(`leave out a function that counts ${JSON.stringify(bad)}, not the others`, () => {
      const parsed = parseHourCounters(dump({ bad: { ...one, failed: bad }, good: one }));
      assert.deepEqual(
        parsed?.functions.map(({ name }) => name),
        ["good"],
      );
    });
  }

  it("take names of prototypes for names, and harm none", () => {
    const text = `{"v":1,"queue":"q","functions":{"__proto__":${JSON.stringify(one)},"constructor":${JSON.stringify(one)}},"__proto__":{"v":9}}`;
    assert.deepEqual(
      parseHourCounters(text)?.functions.map(({ name }) => name),
      ["__proto__", "constructor"],
    );
    assert.equal(({} as Record<string, unknown>)["complete"], undefined);
  });

  it("tell no more than 200 functions, and none with an endless name", () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}`, one]));
    assert.equal(parseHourCounters(dump(many))?.functions.length, 200);
    assert.equal(parseHourCounters(dump({ ["x".repeat(501)]: one }))?.functions.length, 0);
  });
});
