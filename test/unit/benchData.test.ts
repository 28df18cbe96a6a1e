import assert from "node:assert/strict";
import { decodeResult } from "../../src/arq/payload";
import { jobOf, kinds, resultOf, Template, type Varying } from "../bench/resultTemplate";
import { PyCall, tuple } from "../demo/pickle";

const varying: Varying = {
  id: "53cf2f6c3b8a4a5c9d7e8f9012345678",
  number: 1_234_567,
  enqueuedAt: 1_795_000_000_123,
  startedAt: 1_795_000_000_500,
  finishedAt: 1_795_000_000_900,
};

describe("The payloads that the bench fills Redis with", () => {
  it("are byte for byte what ARQ writes", () => {
    const fixed = {
      function: "send_email",
      queue: "arq:queue",
      tries: 2,
      success: false,
      args: (number: number) => tuple("a@b.c", number),
      kwargs: {},
      result: (number: number) => new PyCall("builtins", "ValueError", [number]),
    };
    const template = new Template((values) => resultOf(fixed, values));
    const bytes = Buffer.alloc(template.size);
    template.write(varying, bytes, 0);
    // arq 0.28.0 on CPython 3.11: serialize_result("send_email", ("a@b.c", 1234567), {}, 2, 1795000000123, False, ValueError(1234567),
    // 1795000000500, 1795000000900, "ref", "arq:queue", "53cf2f6c3b8a4a5c9d7e8f9012345678").
    assert.equal(bytes.toString("hex"), recorded);
  });

  it("are what pickling each anew would give, whatever the kind of job", () => {
    for (const kind of kinds) {
      for (const make of [resultOf, jobOf]) {
        const template = new Template((values) => make(kind, values));
        const bytes = Buffer.alloc(template.size + 7, 0xee);
        template.write(varying, bytes, 3);
        assert.deepEqual(bytes.subarray(3, -4), make(kind, varying));
        assert.deepEqual(
          [...bytes.subarray(0, 3), ...bytes.subarray(-4)],
          Array.from({ length: 7 }, () => 0xee),
        );
      }
    }
  });

  it("hold successes, and failures of several kinds, of several functions and queues", () => {
    const results = kinds.map((kind) => {
      const decoded = decodeResult(resultOf(kind, varying));
      assert.ok(decoded.ok);
      return decoded;
    });
    const failed = results.filter(({ success }) => !success);
    assert.equal(failed.length, results.length / 20);
    assert.equal(new Set(results.map((result) => result.function)).size, 8);
    assert.equal(new Set(results.map(({ queue }) => queue)).size, 3);
    assert.ok(new Set(failed.map(({ error }) => error?.type)).size > 2);
  });
});

const recorded =
  "800495c0000000000000007d94288c0174944b028c0166948c0a73656e645f656d61696c948c0161948c056140622e63944a87d6120086948c016b947d948c026574948a067b5e56eea1018c017394898c0172948c086275696c74696e73948c0a56616c75654572726f729493944a87d61200859452948c027374948a06f45f56eea1018c026674948a06846156eea1018c0171948c096172713a7175657565948c026964948c20353363663266366333623861346135633964376538663930313233343536373894752e";
