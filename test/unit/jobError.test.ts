import assert from "node:assert/strict";
import { decodeResultHeader } from "../../src/arq/header";
import type { DecodedResult, FailureKind, JobError } from "../../src/arq/jobModel";
import { decodeResult } from "../../src/arq/payload";
import { pythonRepr } from "../../src/python/repr";
import { parseTracebacks } from "../../src/python/traceback";
import recorded from "../fixtures/errors/errors.json";

interface Recorded {
  readonly source: string;
  readonly name: string;
  readonly result: string;
  /** As Python prints them. */
  readonly type?: string;
  readonly message?: string;
  readonly notes?: readonly string[];
  readonly traceback?: string | null;
}
const rows: readonly Recorded[] = recorded;
const from = (source: RegExp): readonly Recorded[] => rows.filter((row) => source.test(row.source));

function read({ result }: Recorded): DecodedResult & { error: JobError } {
  const decoded = decodeResult(Buffer.from(result, "base64"));
  assert.ok(decoded.ok, decoded.ok ? "" : decoded.message);
  const { error } = decoded;
  assert.ok(error !== null);
  return { ...decoded, error };
}

function find(source: RegExp, name: string): Recorded {
  const row = rows.find((candidate) => candidate.name === name && source.test(candidate.source));
  assert.ok(row !== undefined, name);
  return row;
}

/** Where more, or less, can be said than Python's `str()` does, and why. */
const knownBetter: Readonly<Record<string, { type?: string; message?: RegExp }>> = {
  // urllib3 does not pickle the connections whose names start its messages.
  "requests 2.34.2, ConnectionError": {
    message: /^Max retries exceeded with url: \/ \(Caused by NewConnectionError\("Failed to establish a new connection/,
  },
  // The link at the end depends on the installed version.
  "sqlalchemy 2.1.9, OperationalError": {
    message:
      /^\(sqlite3\.OperationalError\) no such table: orders\n\[SQL: SELECT \* FROM orders WHERE id = \?\]\n\[parameters: \(7,\)\]$/,
  },
  // The values that were refused are left out: nothing tells a password among them.
  "pydantic 2.14.3, ValidationError": {
    message: /^2 validation errors for Login\nuser\n {2}Input should be a valid string/,
  },
  // The exception that celery could not pickle, instead of what stands in for it.
  "celery 5.7.0, UnpickleableExceptionWrapper": { type: "ValueError", message: /^no card$/ },
  // Where in a function a class was made is not in the pickle of cloudpickle.
  "cloudpickle 3.1.2, class of __main__": { type: "Declined" },
};

describe("jobError, on exceptions as real libraries and Pythons pickle them", () => {
  for (const row of rows) {
    if (row.type === undefined) continue;
    it(`gives type, message and notes of ${row.name} (${row.source})`, () => {
      const { error } = read(row);
      const better = knownBetter[`${row.source}, ${row.name}`];
      assert.equal(error.type, better?.type ?? row.type);
      if (better?.message === undefined) assert.equal(error.message, row.message);
      else assert.match(error.message, better.message);
      assert.deepEqual(error.notes, row.notes);
    });
  }

  it("tells the index the same as a job's page", () => {
    for (const row of rows) {
      const header = decodeResultHeader(Buffer.from(row.result, "base64"));
      assert.ok(header.ok && header.error !== null, row.name);
      const { traceback, tracebackSource: _, ...error } = read(row).error;
      assert.deepEqual(header.error, { ...error, hasTraceback: traceback !== null }, `${row.source}, ${row.name}`);
    }
  });

  it("lists the members of a group, nested groups indented", () => {
    assert.deepEqual(read(find(/^python/, "group")).error.members, [
      "ValueError: a",
      "ExceptionGroup: inner (2 sub-exceptions)",
      "  KeyError: 'b'",
      "  FileNotFoundError: [Errno 2] No such file or directory",
    ]);
    assert.deepEqual(read(find(/^python/, "partial")).error.members, []);
  });

  const carried: [name: string, source: string][] = [
    ["concurrent.futures wrapper", "the process that raised it"],
    ["multiprocessing wrapper", "the process that raised it"],
    ["wrapper", "the process that raised it"],
    ["ExceptionInfo", "the process that raised it"],
    ["traceback in a note", "exception notes"],
    ["traceback in an argument", "exception arguments"],
    ["traceback in an attribute", "exception attributes"],
    ["traceback lines deep in an attribute", "exception attributes"],
    ["RemoteTraceback", "exception arguments"],
  ];
  for (const [name, source] of carried) {
    it(`finds the traceback text that ${name} carries`, () => {
      const { error } = read(find(/./, name));
      assert.equal(error.tracebackSource, source);
      const [traceback] = parseTracebacks(error.traceback ?? "");
      assert.ok(traceback !== undefined && traceback.frames.length > 0 && traceback.type !== "");
    });
  }
});

describe("jobError, on what every version of tblib pickles", () => {
  for (const row of from(/^tblib/)) {
    if (row.traceback === undefined) continue;
    it(`prints the traceback of "${row.name}" as Python does (${row.source})`, () => {
      const { error } = read(row);
      // Before 3.0 tblib kept no context.
      const withoutContext = /^tblib [12]\./.test(row.source) && row.name === "context";
      const whole = row.traceback ?? null;
      const wanted = withoutContext && whole !== null ? whole.slice(whole.lastIndexOf("Traceback (")) : whole;
      assert.equal(error.traceback, wanted);
      assert.equal(error.tracebackSource, wanted === null ? null : "tblib");
    });
  }

  it("shows the exception itself as the value, without what tblib adds", () => {
    for (const row of from(/^tblib/)) {
      if (row.name === "cause") assert.equal(pythonRepr(read(row).result), "ValueError('no card')");
    }
  });
});

/** What each failure is, that every ARQ and its forks write themselves, or pass on from a task. */
const kinds: Readonly<Record<string, FailureKind>> = {
  expired: "expired",
  "not found": "notFound",
  "tries exhausted": "maxRetries",
  "cron tries exhausted": "maxRetries",
  "bad payload": "badPayload",
  aborted: "aborted",
  timeout: "timeout",
  retry: "retryRefused",
  "retry at once": "retryRefused",
  "retry job": "retryRefused",
  "result lost": "resultLost",
  exception: "exception",
  "another job expired": "exception",
  "another job used up its tries": "exception",
  "another job's function not found": "exception",
  "another job's result unreadable": "exception",
  "expired under JSON": "expired",
  "exception under JSON": "resultLost",
};

describe("jobError, on every failure that an ARQ writes itself", () => {
  for (const row of from(/^d?arq /)) {
    it(`tells apart: ${row.name} (${row.source})`, () => assert.equal(read(row).error.kind, kinds[row.name]));
  }

  it("knows the classes of a fork by its package", () => {
    const message = "function 'f' not found";
    for (const [type, kind] of [
      ["akq.worker.JobExecutionFailed", "notFound"],
      ["shop.worker.JobExecutionFailed", "exception"],
    ])
      assert.equal(jsonFailure({ r: { type, message } }).kind, kind);
  });

  it("was recorded from ARQ 0.16.1 to 0.28.0 and its forks", () => {
    const sources = new Set(from(/^d?arq /).map(({ source }) => source.replace(/,.*/, "")));
    for (const wanted of ["arq 0.16.1", "arq 0.17", "arq 0.17.1", "arq 0.22", "arq 0.23", "arq 0.28.0", "darq 0.11.2"])
      assert.ok(sources.has(wanted), wanted);
  });
});

function jsonFailure(fields: object): JobError {
  const result = { t: 1, f: "f", a: [], k: {}, et: 5, s: false, r: null, st: 6, ft: 7, ...fields };
  return read({ source: "", name: "", result: Buffer.from(JSON.stringify(result)).toString("base64") }).error;
}

const trace = (...files: string[]): string =>
  ["Traceback (most recent call last):", ...files.map((file) => `  File "${file}", line 1, in f`), "TimeoutError"].join(
    "\n",
  );
const worker = "/usr/lib/python3.12/site-packages/arq/worker.py";
const tasks = "/usr/lib/python3.12/asyncio/tasks.py";

describe("jobError, where exceptions look alike", () => {
  it("takes a TimeoutError for ARQ's own, unless its traceback leads into the function", () => {
    const bare = { type: "TimeoutError", message: "" };
    assert.equal(jsonFailure({ r: bare }).kind, "timeout");
    assert.equal(jsonFailure({ r: bare, tb: trace(worker, tasks) }).kind, "timeout");
    assert.equal(jsonFailure({ r: bare, tb: trace(worker, tasks, "/srv/shop/tasks.py", tasks) }).kind, "exception");
    assert.equal(jsonFailure({ r: { type: "TimeoutError", message: "of the bank" } }).kind, "exception");
  });

  it("knows that only a task can raise what concurrent.futures cancels, since Python 3.8", () => {
    assert.equal(read(find(/^python/, "futures cancelled")).error.kind, "exception");
    assert.equal(read(find(/^arq 0\.16\.1/, "aborted")).error.type, "concurrent.futures._base.CancelledError");
    assert.equal(read(find(/^arq 0\.16\.1/, "aborted")).error.kind, "aborted");
  });
});

describe("jobError, on what serializers of plain data write for an exception", () => {
  const text = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nshop.BrokenError: no';
  const table: [r: unknown, type: string, message: string, traceback: string | null][] = [
    [{ type: "shop.CardDeclined", message: "no" }, "shop.CardDeclined", "no", null],
    [{ exc_type: "builtins.ValueError", exc_message: ["bad"], traceback: text }, "ValueError", "bad", text],
    [{ error: { type: "<class 'shop.Declined'>", args: ["a", 1], tb: text } }, "shop.Declined", "('a', 1)", text],
    [{ exc_type: "Declined", exc_message: ["no"], exc_module: "shop.errors" }, "shop.errors.Declined", "no", null],
    [{ "py/reduce": [{ "py/type": "builtins.ValueError" }, { "py/tuple": ["bad"] }] }, "ValueError", "bad", null],
    ['{"type": "shop.Declined", "message": "no"}', "shop.Declined", "no", null],
    // base64 of a pickle of ValueError("bad")
    ["gASVJQAAAAAAAACMCGJ1aWx0aW5zlIwKVmFsdWVFcnJvcpSTlIwDYmFklIWUUpQu", "ValueError", "bad", null],
    [{ __class__: "ValueError", args: [] }, "ValueError", "", null],
    [
      {
        type: "ValueError",
        message: "bad",
        stack: ["Traceback (most recent call last):\n", '  File "a.py", line 1, in f\n', "ValueError: bad\n"],
      },
      "ValueError",
      "bad",
      'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: bad\n',
    ],
    [
      { detail: { deep: [text] }, code: 3 },
      "arq.jobs.SerializationError",
      "{'deep': ['Traceback (most recent call last):\\n  File \"a.py\", line 1, in f\\nshop.BrokenError: no']}",
      text,
    ],
    ["ValueError: bad: worse", "ValueError", "bad: worse", null],
    ["ValueError('bad')", "ValueError", "bad", null],
    [text, "shop.BrokenError", "no", text],
    [`${text}\nof two lines`, "shop.BrokenError", "no\nof two lines", `${text}\nof two lines`],
    ["went wrong", "arq.jobs.SerializationError", "went wrong", null],
    [["went", "wrong"], "arq.jobs.SerializationError", "['went', 'wrong']", null],
    [null, "arq.jobs.SerializationError", "None", null],
  ];
  for (const [r, type, message, traceback] of table) {
    it(`reads ${JSON.stringify(r).slice(0, 60)}`, () => {
      const error = jsonFailure({ r });
      assert.deepEqual([error.type, error.message, error.traceback], [type, message, traceback]);
    });
  }

  it("tells ARQ's own failures apart in them too", () => {
    assert.equal(jsonFailure({ r: "JobExecutionFailed: max 1 retries exceeded", t: 2 }).kind, "maxRetries");
    assert.equal(jsonFailure({ r: { type: "CancelledError", message: "" } }).kind, "aborted");
    assert.equal(jsonFailure({ r: { type: "arq.worker.Retry", message: "" } }).kind, "retryRefused");
  });
});

describe("jobError, on hostile exceptions", () => {
  /** A result whose `r` is written by `r` in pickle opcodes, protocol 2. */
  const result = (r: string): Uint8Array =>
    Buffer.concat([
      Buffer.from("\x80\x02}(U\x01tK\x01U\x01fU\x01fU\x01a)U\x01k}U\x02etK\x05U\x01s\x89U\x01r", "latin1"),
      Buffer.from(r, "latin1"),
      Buffer.from("U\x02stK\x06U\x02ftK\x07u.", "latin1"),
    ]);
  const group = "cbuiltins\nExceptionGroup\n";
  const big = `(${"U\x05hello".repeat(2000)}tq\x01`;

  it("answers soon for nested groups that share their members, exceptions inside exceptions, and repeated lines", () => {
    // Each level holds the level below a hundred times.
    let nested = "cbuiltins\nValueError\nU\x01x\x85R";
    for (let level = 0; level < 12; level += 1)
      nested = `${group}(U\x01g(${nested}q${String.fromCharCode(10 + level)}${`h${String.fromCharCode(10 + level)}`.repeat(100)}ltR`;
    let wrapped = "cbuiltins\nValueError\nU\x01x\x85R";
    for (let level = 0; level < 900; level += 1) wrapped = `cshop\nError\n${wrapped}\x85R`;
    const line = `U\xf0${"Traceback (most recent call last):".padEnd(240)}q\x02`;
    const lines = `cbuiltins\nValueError\n](${line}${"h\x02".repeat(50_000)}e\x85R`;
    for (const [name, r] of Object.entries({
      nested,
      wrapped,
      lines,
      large: `${group}(U\x01g(${big}0${"cbuiltins\nValueError\nh\x01R".repeat(300)}ltR`,
    })) {
      const decoded = decodeResult(result(r));
      assert.ok(decoded.ok && decoded.error !== null, `${name}: ${decoded.ok ? "" : decoded.message}`);
      assert.ok(JSON.stringify(decoded.error).length < 3_000_000, name);
      assert.ok(decoded.error.members.length <= 100);
    }
  });
});
