import assert from "node:assert/strict";
import { pythonCall, reenqueueSnippet } from "../../src/python/pythonCall";
import { pythonSource } from "../../src/python/pythonSource";
import type { PyCall, PyValue } from "../../src/python/value";

const mask = "********";
const str = (value: string): PyValue => ({ kind: "str", value });
const int = (value: number): PyValue => ({ kind: "int", value: BigInt(value) });
const tuple = (...items: PyValue[]): PyValue => ({ kind: "tuple", items });
const dict = (...entries: [PyValue, PyValue][]): PyValue => ({ kind: "dict", entries });
const call = (module: string, qualname: string, ...args: PyValue[]): PyCall => ({
  kind: "call",
  via: "reduce",
  callee: { kind: "global", module, qualname },
  args,
  kwargs: [],
  state: null,
  items: [],
  entries: [],
});
const decimal = call("decimal", "Decimal", str("1.5"));

describe("a job as a Python call", () => {
  it("is one line that a person would write", () => {
    const job = { function: "send_email", args: tuple(str("x")), kwargs: dict([str("retries"), int(3)]) };
    assert.deepEqual(pythonCall(job, mask), { ok: true, text: "await send_email(ctx, 'x', retries=3)" });
  });

  it("has the imports it needs above it, and one argument a line where it is long", () => {
    const job = { function: "Orders.charge", args: tuple(decimal, str("x".repeat(80))), kwargs: dict() };
    const written = pythonCall(job, mask);
    assert.equal(
      written.ok && written.text,
      `from decimal import Decimal\n\nawait Orders.charge(\n    ctx,\n    Decimal('1.5'),\n    '${"x".repeat(80)}',\n)`,
    );
  });

  it("calls a cron job by the name of its function, and refuses a name that Python cannot call", () => {
    const of = (name: string) => pythonCall({ function: name, args: tuple(), kwargs: dict() }, mask);
    assert.deepEqual(of("cron:send_report"), { ok: true, text: "await send_report(ctx)" });
    for (const name of ["send-email", "class", "", "a..b", "x(); import os"]) {
      const written = of(name);
      assert.ok(!written.ok && written.message.includes("is no name that Python can call"), name);
    }
  });

  it("refuses a keyword argument that enqueue_job would take for itself", () => {
    const job = { function: "f", args: tuple(), kwargs: dict([str("_job_id"), str("mine")]), queue: null };
    const written = reenqueueSnippet(job, "arq:queue", mask);
    assert.ok(!written.ok);
    assert.match(written.message, /^kwargs\['_job_id'\] cannot be written: enqueue_job has a parameter of that name/);
  });

  it("says in the snippet that the queue is not known", () => {
    const written = reenqueueSnippet({ function: "f", args: tuple(), kwargs: dict(), queue: null }, "arq:queue", mask);
    assert.ok(written.ok);
    assert.match(written.text, /# Its queue is not known/);
    assert.doesNotMatch(written.text, /_queue_name/);
  });
});

describe("a value as Python source", () => {
  it("writes nothing that a payload could run when it is pasted", () => {
    const hostile = "1'); __import__('os').system('x";
    const source = pythonSource(call("decimal", "Decimal", str(hostile)), mask);
    assert.equal(source.ok && source.text, `Decimal("1'); __import__('os').system('x")`);
    const day = call("datetime", "date", str(hostile));
    assert.deepEqual(pythonSource(day, mask), {
      ok: false,
      at: "",
      why: "is no datetime.date that Python could have made",
    });
    const path = pythonSource(call("pathlib", "PurePosixPath", str(`/${hostile}`)), mask);
    assert.equal(path.ok && path.text, `PurePosixPath("/1'); __import__('os').system('x")`);
  });

  it("refuses what was masked, also inside bytes", () => {
    const bytes: PyValue = { kind: "bytes", value: new TextEncoder().encode(`token=${mask};`) };
    for (const value of [bytes, str(`redis://:${mask}@x`), { kind: "opaque", label: "hidden" } as const]) {
      const source = pythonSource(tuple(int(1), value), mask);
      assert.ok(!source.ok && source.at === "[1]" && source.why.includes("may be a secret"));
    }
  });

  it("refuses what is nested deeper than Python's parser goes, and what would not end", () => {
    let deep: PyValue = int(1);
    for (let level = 0; level < 90; level++) deep = tuple(deep);
    assert.ok(pythonSource(deep, mask).ok);
    for (let level = 0; level < 10_000; level++) deep = tuple(deep);
    const tooDeep = pythonSource(deep, mask);
    assert.ok(!tooDeep.ok && tooDeep.why === "is nested too deep for Python source");
    let wide: PyValue = tuple(str("x".repeat(100)));
    for (let level = 0; level < 40; level++) wide = tuple(wide, wide);
    const tooLong = pythonSource(wide, mask);
    assert.ok(!tooLong.ok && tooLong.why === "makes more than 1 MB of Python");
  });
});
