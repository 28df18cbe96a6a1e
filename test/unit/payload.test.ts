import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { DecodedResult, JobError } from "../../src/arq/jobModel";
import { decodeJob, decodeResult } from "../../src/arq/payload";
import { unpickle } from "../../src/arq/unpickle";
import { exceptionMessage } from "../../src/python/exceptionMessage";
import { pythonRepr } from "../../src/python/repr";
import libraries from "../fixtures/pickles/libraries.json";
import values from "../fixtures/pickles/values.json";

const recorded = new Map<string, string>(Object.entries(libraries));

/** A recorded payload of real ARQ, by its name in libraries.json. */
function payload(name: string): Uint8Array {
  const data = recorded.get(name);
  assert.ok(data !== undefined, name);
  return Buffer.from(data, "base64");
}

function result(name: string): DecodedResult {
  const decoded = decodeResult(payload(name));
  assert.ok(decoded.ok, decoded.ok ? "" : decoded.message);
  return decoded;
}

function failure(name: string): JobError {
  const { error } = result(`failure, ${name}`);
  assert.ok(error !== null);
  return error;
}

function json(fields: object): Uint8Array {
  return Buffer.from(JSON.stringify({ t: 1, f: "f", a: [], k: {}, et: 5, s: false, r: null, st: 6, ft: 7, ...fields }));
}

function jsonError(r: unknown, extra: object = {}): JobError {
  const decoded = decodeResult(json({ r, ...extra }));
  assert.ok(decoded.ok && decoded.error !== null);
  return decoded.error;
}

describe("decodeJob", () => {
  const encodings: [name: string, codec: string[], args: string][] = [
    ["protocol 0", ["pickle 0"], "('a@b.c',)"],
    ["protocol 1", ["pickle 1"], "('a@b.c',)"],
    ["protocol 2", ["pickle 2"], "('a@b.c',)"],
    ["protocol 3", ["pickle 3"], "('a@b.c',)"],
    ["protocol 4", ["pickle 4"], "('a@b.c',)"],
    ["protocol 5", ["pickle 5"], "('a@b.c',)"],
    ["json", ["json"], "['a@b.c']"],
    ["msgpack", ["msgpack"], "['a@b.c']"],
    ["gzip", ["gzip", "pickle 4"], "('a@b.c',)"],
    ["zlib json", ["zlib", "json"], "['a@b.c']"],
    ["base64", ["base64", "pickle 4"], "('a@b.c',)"],
  ];
  for (const [name, codec, args] of encodings) {
    it(`reads what ARQ's serialize_job writes as ${name}`, () => {
      const job = decodeJob(payload(`job, ${name}`));
      assert.ok(job.ok, job.ok ? "" : job.message);
      const { codec: found, function: called, enqueuedAt, try: tries } = job;
      assert.deepEqual(
        { found, called, enqueuedAt, tries },
        { found: codec, called: "send_email", enqueuedAt: 1_700_000_000_123, tries: null },
      );
      assert.equal(pythonRepr(job.args), args);
      assert.equal(pythonRepr(job.kwargs), "{'n': 3}");
    });
  }

  it("says that an encrypted payload cannot be read", () => {
    const job = decodeJob(payload("job, fernet"));
    assert.ok(!job.ok);
    assert.equal(job.reason, "unsupported");
    assert.match(job.message, /^encrypted \(a Fernet token of 2026-/);
  });

  it("keeps ints of JSON exact and reads what only Python's JSON writes", () => {
    const job = decodeJob(
      Buffer.from(
        '{"t":null,"f":"f","a":[12345678901234567890123, NaN, -Infinity, 1e3, "\\ud800\\u00e9"],"k":{"x":1,"x":2},"et":0}',
      ),
    );
    assert.ok(job.ok);
    assert.equal(pythonRepr(job.args), "[12345678901234567890123, nan, -inf, 1000.0, '\\ud800é']");
    assert.equal(pythonRepr(job.kwargs), "{'x': 2}");
    assert.equal(job.enqueuedAt, null);
  });

  const refused: [name: string, bytes: Uint8Array, reason: string][] = [
    ["nothing", new Uint8Array(), "malformed"],
    ["a JSON text cut short", Buffer.from('{"t":null,"f":"x'), "truncated"],
    ["a MessagePack map cut short", payload("job, msgpack").subarray(0, 20), "truncated"],
    ["a gzip stream cut short", payload("job, gzip").subarray(0, 40), "truncated"],
    [
      "a damaged gzip stream",
      Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from("no deflate in here")]),
      "malformed",
    ],
    ["a dict without ARQ's keys", Buffer.from('{"a":1}'), "malformed"],
    ["a function name that is no text", json({ f: 3 }), "malformed"],
    ["keyword arguments that are no dict", json({ k: [] }), "malformed"],
    ["a tuple, as ARQ 0.16 alphas wrote", Buffer.from("(I1\nI2\nt."), "unsupported"],
    ["LZ4", Buffer.from([4, 0x22, 0x4d, 0x18, 0, 0]), "unsupported"],
    ["plain text", Buffer.from("hello"), "unsupported"],
    [
      "wrapping without end",
      Array.from({ length: 8 }).reduce<Buffer>((inner) => gzipSync(inner), Buffer.from("{}")),
      "unsupported",
    ],
    ["brackets deeper than the limit", Buffer.from(`{"a":${"[".repeat(5000)}`), "limit"],
  ];
  for (const [name, bytes, reason] of refused) {
    it(`answers ${reason} for ${name}`, () => {
      const job = decodeJob(bytes);
      assert.equal(job.ok ? "ok" : job.reason, reason);
    });
  }

  it("does not inflate beyond the limit", () => {
    const bomb = gzipSync(Buffer.alloc(4_000_000));
    const job = decodeJob(bomb, { bytes: 1_000_000 });
    assert.equal(job.ok ? "ok" : job.reason, "limit");
  });
});

describe("decodeResult", () => {
  it("reads a success of real ARQ", () => {
    const {
      success,
      startedAt,
      finishedAt,
      queue,
      id,
      error,
      worker,
      try: tries,
      result: value,
    } = result("result, success");
    assert.deepEqual(
      { success, startedAt, finishedAt, queue, id, error, worker, tries },
      {
        success: true,
        startedAt: 1_700_000_000_500,
        finishedAt: 1_700_000_000_900,
        queue: "arq:queue",
        id: "abc123",
        error: null,
        worker: null,
        tries: 2,
      },
    );
    assert.equal(pythonRepr(value), "{'sent': True}");
  });

  it("reads results written before ARQ stored queue and id", () => {
    const decoded = decodeResult(json({ s: true }));
    assert.ok(decoded.ok);
    assert.deepEqual([decoded.queue, decoded.id], [null, null]);
  });

  const failures: [name: string, kind: string, type: string, message: string][] = [
    ["exception", "exception", "ValueError", "bad"],
    ["custom exception", "exception", "shop.CardDeclined", "42: nope"],
    ["missing key", "exception", "KeyError", "'order'"],
    ["missing file", "exception", "FileNotFoundError", "[Errno 2] No such file or directory: 'f.txt'"],
    ["timeout", "timeout", "TimeoutError", ""],
    ["cancelled", "aborted", "asyncio.exceptions.CancelledError", ""],
    ["retry", "retryRefused", "arq.worker.Retry", "<Retry defer 5.00s>"],
    ["group", "exception", "ExceptionGroup", "two (2 sub-exceptions)"],
    ["expired", "expired", "arq.worker.JobExecutionFailed", "job expired"],
    ["bad payload", "badPayload", "arq.jobs.DeserializationError", "unable to deserialize job"],
  ];
  for (const [name, kind, type, message] of failures) {
    it(`tells apart: ${name}`, () => {
      const error = failure(name);
      assert.deepEqual([error.kind, error.type, error.message], [kind, type, message]);
      assert.deepEqual([error.traceback, error.tracebackSource], [null, null]);
    });
  }

  it("gives every recorded builtin exception the message that Python's str() gives", () => {
    const wrong: string[] = [];
    const exceptions = values.filter((one) => one.str !== undefined);
    for (const { value, from, pickle, str } of exceptions) {
      const read = unpickle(Buffer.from(pickle, "base64"));
      const message = read.ok && read.value.kind === "call" ? exceptionMessage(read.value) : "unread";
      if (message !== str)
        wrong.push(`${value} (${from[0]}): ${JSON.stringify(message)}, Python ${JSON.stringify(str)}`);
    }
    assert.equal(wrong.join("\n"), "");
    assert.ok(exceptions.length > 100);
  });

  it("shows type, message and attributes of an exception that Python itself cannot unpickle", () => {
    const { result: value } = result("failure, custom exception");
    assert.equal(pythonRepr(value), "shop.CardDeclined('42: nope', code=42, detail='nope')");
  });

  for (const name of ["result, unserializable", "result, unserializable msgpack"]) {
    it(`knows a lost result: ${name}`, () => {
      const { error } = result(name);
      assert.deepEqual([error?.kind, error?.message], ["resultLost", "unable to serialize result"]);
    });
  }

  it("reads the notes of an exception", () => assert.deepEqual(failure("notes").notes, ["order 7"]));

  it("reads traceback and worker written by the opt-in serializer", () => {
    const stored = result("failure, stored traceback");
    assert.equal(stored.worker, "web-1:4242");
    assert.equal(stored.error?.tracebackSource, "stored with the result");
    assert.match(
      stored.error?.traceback ?? "",
      /^Traceback \(most recent call last\):\n  File "\/srv\/shop\/payments.py", line 7, in charge/,
    );
  });

  it("prints the traceback chain that tblib stored, cause first", () => {
    const { error } = result("failure, tblib");
    assert.equal(error?.tracebackSource, "tblib");
    assert.equal(pythonRepr(result("failure, tblib").result), "ValueError('no card')");
    assert.deepEqual([error?.type, error?.message], ["ValueError", "no card"]);
    assert.equal(
      error?.traceback,
      [
        "Traceback (most recent call last):",
        '  File "/srv/shop/payments.py", line 7, in charge',
        '  File "/srv/shop/payments.py", line 3, in card',
        "KeyError: 'card'",
        "",
        "The above exception was the direct cause of the following exception:",
        "",
        "Traceback (most recent call last):",
        '  File "/srv/shop/payments.py", line 13, in raised',
        '  File "/srv/shop/payments.py", line 9, in charge',
        "ValueError: no card",
        "",
      ].join("\n"),
    );
  });

  it("names a pydantic ValidationError, which pickles as a call of a method", () => {
    const error = failure("pydantic");
    assert.equal(error.type, "pydantic_core._pydantic_core.ValidationError");
    assert.equal(
      error.message,
      "1 validation error for Login\nuser\n  Input should be a valid string [type=string_type]",
    );
  });

  it("reads the errors that JSON serializers write", () => {
    const dict = jsonError({
      type: "shop.CardDeclined",
      message: "no",
      traceback: "Traceback (most recent call last):\n…",
    });
    assert.deepEqual(
      [dict.type, dict.message, dict.tracebackSource],
      ["shop.CardDeclined", "no", "stored with the error"],
    );
    const text = jsonError("ValueError: bad: worse");
    assert.deepEqual([text.kind, text.type, text.message], ["exception", "ValueError", "bad: worse"]);
    const other = jsonError("went wrong");
    assert.deepEqual([other.type, other.message], ["arq.jobs.SerializationError", "went wrong"]);
    assert.equal(jsonError("ValueError: bad", { tb: "Traceback…" }).tracebackSource, "stored with the result");
  });

  it("finds traceback text in the message", () => {
    const trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nshop.Broken​Error: no'.replace(
      "\u200b",
      "",
    );
    const error = jsonError(trace);
    assert.deepEqual([error.type, error.message, error.traceback], ["shop.BrokenError", "no", trace]);
  });
});
