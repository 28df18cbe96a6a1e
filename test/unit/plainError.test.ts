import assert from "node:assert/strict";
import { jobError } from "../../src/arq/jobError";
import { unpickle } from "../../src/arq/unpickle";
import type { PyCall, PyValue } from "../../src/python/value";
import values from "../fixtures/pickles/values.json";

describe("jobError", () => {
  it("says the same of a plain builtin exception as of one that may carry something, for every recorded one", () => {
    let compared = 0;
    for (const { value, pickle, str } of values) {
      const read = unpickle(Buffer.from(pickle, "base64"));
      if (str === undefined || !read.ok || read.value.kind !== "call" || read.value.state !== null) continue;
      // A state without anything in it takes the long way round.
      const carrying = { ...read.value, state: { kind: "dict" as const, entries: [] } };
      assert.deepEqual(jobError(read.value, null), jobError(carrying, null), value);
      compared += 1;
    }
    assert.ok(compared > 100, `only ${compared} compared`);
  });

  it("says the same of an exception of any other class, made of texts and numbers", () => {
    const text = (value: string): PyValue => ({ kind: "str", value });
    const names = [
      ["shop.errors", "CardDeclined"],
      ["__main__", "Outer.Inner"],
      ["arq.worker", "JobExecutionFailed"],
      ["arq.worker", "Retry"],
      ["asyncio.exceptions", "CancelledError"],
      ["concurrent.futures._base", "TimeoutError"],
      ["json.decoder", "JSONDecodeError"],
      ["celery.exceptions", "Retry"],
      ["celery.utils.serialization", "UnpickleableExceptionWrapper"],
      ["billiard.einfo", "ExceptionInfo"],
      ["concurrent.futures.process", "_rebuild_exc"],
      ["botocore.exceptions", "NoCredentialsError"],
      ["tblib.pickling_support", "unpickle_exception"],
      ["exceptiongroup", "ExceptionGroup"],
      ["functools", "partial"],
    ] as const;
    const given: readonly (readonly PyValue[])[] = [
      [],
      [text("max 5 retries exceeded")],
      [text("shop.errors"), text("CardDeclined"), text("declined")],
      [text("Expecting value"), text("{"), { kind: "int", value: 1n }],
      [{ kind: "none" }, { kind: "bool", value: true }],
    ];
    for (const [module, qualname] of names) {
      for (const args of given) {
        for (const via of ["reduce", "new"] as const) {
          const callee = { kind: "global", module, qualname } as const;
          const plain: PyCall = { kind: "call", via, callee, args, kwargs: [], state: null, items: [], entries: [] };
          const carrying: PyCall = { ...plain, state: { kind: "dict", entries: [] } };
          assert.deepEqual(jobError(plain, null), jobError(carrying, null), `${module}.${qualname}, ${args.length}`);
        }
      }
    }
  });
});
