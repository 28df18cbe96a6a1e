import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { jobPayload, resultPayload } from "../demo/arqPayloads";
import { type Pickled, PyCall, pickle, tuple } from "../demo/pickle";
import { specialJobs } from "../demo/simulatedJobs";
import { tracebackText } from "../demo/tracebackText";
import { repositoryRoot } from "../support/repositoryRoot";

const hex = (bytes: Buffer) => bytes.toString("hex");

describe("The demo's generator", () => {
  it("pickles a job byte for byte as ARQ does", () => {
    // arq 0.26.3 on CPython 3.11: send_email('a@b.c', n=3), enqueued at 1700000000123.
    const payload = jobPayload({
      function: "send_email",
      args: tuple("a@b.c"),
      kwargs: { n: 3 },
      enqueuedAt: 1700000000123,
    });
    assert.equal(
      hex(payload),
      "80049543000000000000007d94288c0174944e8c0166948c0a73656e645f656d61696c948c0161948c056140622e639485948c016b94" +
        "7d948c016e944b03738c026574948a067b68e5cf8b01752e",
    );
  });

  it("pickles a failed result byte for byte as ARQ does", () => {
    // arq 0.26.3 on CPython 3.11: ValueError('bad') in the second attempt of job abc123.
    const payload = resultPayload({
      id: "abc123",
      queue: "arq:queue",
      function: "send_email",
      args: tuple("a@b.c"),
      kwargs: {},
      enqueuedAt: 1700000000123,
      tries: 2,
      success: false,
      result: new PyCall("builtins", "ValueError", ["bad"]),
      startedAt: 1700000000500,
      finishedAt: 1700000000900,
    });
    assert.equal(
      hex(payload),
      "800495a2000000000000007d94288c0174944b028c0166948c0a73656e645f656d61696c948c0161948c056140622e639485948c016b94" +
        "7d948c026574948a067b68e5cf8b018c017394898c0172948c086275696c74696e73948c0a56616c75654572726f729493948c0362616494" +
        "859452948c027374948a06f469e5cf8b018c026674948a06846be5cf8b018c0171948c096172713a7175657565948c026964948c06616263" +
        "31323394752e",
    );
  });

  // What CPython 3.11 prints for `pickle.dumps(…, protocol=4).hex()`.
  const values: readonly [string, Pickled, string][] = [
    ["None", null, "80044e2e"],
    ["True", true, "8004882e"],
    ["255", 255, "80044bff2e"],
    ["256", 256, "80049504000000000000004d00012e"],
    ["-1", -1, "80049506000000000000004affffffff2e"],
    ["-2147483649", -2147483649, "80049508000000000000008a05ffffff7fff2e"],
    ["2**40", 2 ** 40, "80049509000000000000008a060000000000012e"],
    ["[]", [], "80045d942e"],
    ["['x', 'x']", ["x", "x"], "8004950b000000000000005d94288c0178946801652e"],
    ["(1, 2, 3, 4)", tuple(1, 2, 3, 4), "8004950c00000000000000284b014b024b034b0474942e"],
    ["()", tuple(), "8004292e"],
    ["{'a': ('b',)}", { a: tuple("b") }, "8004950e000000000000007d948c0161948c0162948594732e"],
    [
      "Decimal('57.40')",
      new PyCall("decimal", "Decimal", ["57.40"]),
      "80049523000000000000008c07646563696d616c948c07446563696d616c9493948c0535372e343094859452942e",
    ],
    [
      "an exception with a field",
      new PyCall("builtins", "Exception", ["x"], { code: 5 }),
      "8004952f000000000000008c086275696c74696e73948c09457863657074696f6e9493948c017894859452947d948c04636f6465944b0573622e",
    ],
  ];
  for (const [name, value, expected] of values) {
    it(`pickles ${name} as CPython does`, () => assert.equal(hex(pickle(value)), expected));
  }

  it("cuts a long pickle into frames and batches as CPython does", () => {
    const rows = Array.from({ length: 2500 }, (_, number) => ({
      sku: `ITEM-${String(number).padStart(5, "0")}`,
      title: `Catalogue item ${number}`,
      stock: number,
    }));
    const payload = jobPayload({
      function: "import_catalogue",
      args: tuple(rows),
      kwargs: {},
      enqueuedAt: 1700000000123,
    });
    assert.equal(payload.length, 118_736);
    const digest = createHash("sha256").update(payload).digest("hex");
    assert.equal(digest, "8fd96e7b9fce9278f01f0cc3a1e2ad7b334eccd5dde879ab552d5deb3d282281");
  });

  it("names lines of tracebacks that the demo project really has", () => {
    const workspace = join(repositoryRoot(), "test", "workspaces", "demo");
    const errors = specialJobs.flatMap((make) => {
      const outcome = make().attempt(1);
      return outcome.kind === "raise" ? [outcome.error] : [];
    });
    assert.ok(errors.length >= 4);
    for (const error of errors) assert.match(tracebackText(error, workspace), /^Traceback .*\n {2}File "/);
  });
});
