import assert from "node:assert/strict";
import { parseWorkerName, parseWorkerState } from "../../src/arq/workerState";

/** Written by media/arq_monitor.py in a worker of ARQ 0.28 under Python 3.13. */
const recorded =
  '{"v": 1, "name": "vm:19965", "host": "vm", "pid": 19965, "queue": "arq:queue", "started": 1795319769157, "at": 1795319772241, "interval": 15, ' +
  '"max_jobs": 3, "job_timeout": 300, "max_tries": 5, "functions": ["nap"], "release": "2026.11.3", "python": "3.13.0", "arq": "0.28.0", ' +
  '"health_key": "arq:queue:health-check:vm:19965", "jobs": [{"id": "7d35", "function": "nap", "try": 1, "started": 1795319772213}], ' +
  '"complete": 0, "failed": 0, "retried": 0}';
const least = { v: 1, host: "h", pid: 1, started: 1, at: 2, interval: 15 };

function parsed(value: unknown): ReturnType<typeof parseWorkerState> {
  return parseWorkerState(typeof value === "string" ? value : JSON.stringify(value));
}

describe("The state that a worker publishes", () => {
  it("is read as the instrumentation writes it", () => {
    assert.deepEqual(parseWorkerState(recorded), {
      ok: true,
      state: {
        host: "vm",
        pid: 19965,
        queue: "arq:queue",
        startedAt: 1795319769157,
        at: 1795319772241,
        intervalMs: 15_000,
        maxJobs: 3,
        jobTimeoutMs: 300_000,
        maxTries: 5,
        functions: ["nap"],
        release: "2026.11.3",
        python: "3.13.0",
        arq: "0.28.0",
        healthKey: "arq:queue:health-check:vm:19965",
        jobs: [{ id: "7d35", function: "nap", try: 1, startedAt: 1795319772213 }],
        complete: 0,
        failed: 0,
        retried: 0,
      },
    });
  });

  it("may leave out all but who, since when and how often", () => {
    const result = parsed(least);
    assert.ok(result.ok);
    assert.deepEqual([result.state.queue, result.state.maxJobs, result.state.jobs], [null, null, []]);
  });

  it("of another version is told apart from what is no state at all", () => {
    assert.deepEqual(parsed({ ...least, v: 2 }), { ok: false, reason: "unknownVersion" });
    for (const version of ["1", null, undefined, [1]]) {
      assert.deepEqual(parsed({ ...least, v: version }), { ok: false, reason: "malformed" });
    }
  });

  const refused: Readonly<Record<string, unknown>> = {
    "no JSON": "{",
    nothing: "",
    "a list": [least],
    "a number": "7",
    "deep nesting": "[".repeat(200_000),
    "too many bytes": { ...least, functions: ["x".repeat(300_000)] },
    "a host that is a number": { ...least, host: 5 },
    "no pid": { ...least, pid: undefined },
    "a fraction of a process": { ...least, pid: 1.5 },
    "a time before 1970": { ...least, at: -1 },
    "a time that is no number": { ...least, started: "1" },
    "no interval": { ...least, interval: 0 },
    "an interval of years": { ...least, interval: 1e9 },
  };
  for (const [name, value] of Object.entries(refused)) {
    it(`is refused with ${name}`, () => assert.deepEqual(parsed(value), { ok: false, reason: "malformed" }));
  }

  it("keeps what is right where parts are wrong", () => {
    const jobs = [null, "j", [], { id: "" }, { id: 5 }, { id: "x".repeat(6000) }, { id: "j1", function: {}, try: -1 }];
    const result = parsed({
      ...least,
      jobs,
      functions: ["f", 1, null],
      max_jobs: "10",
      job_timeout: null,
      complete: 1e300,
    });
    assert.ok(result.ok);
    const { state } = result;
    assert.deepEqual(state.jobs, [{ id: "j1", function: null, try: null, startedAt: null }]);
    assert.deepEqual([state.functions, state.maxJobs, state.jobTimeoutMs, state.complete], [["f"], null, null, null]);
  });

  it("is not led astray by names that objects have by themselves", () => {
    assert.equal(parsed('{"__proto__": {"v": 1}, "constructor": 1}').ok, false);
  });
});

describe("The name in the key of a worker's state", () => {
  const cases: readonly (readonly [string, ReturnType<typeof parseWorkerName>])[] = [
    ["web-1:4711:ab12", { host: "web-1", pid: 4711 }],
    ["fe80::1:4711:ab12ff", { host: "fe80::1", pid: 4711 }],
    ["web-1:4711", null],
    ["web-1:x:ab12", null],
    [":1:ab12", null],
    ["web-1:4711:xyz", null],
  ];
  for (const [name, expected] of cases) {
    it(`of ${name} is ${expected === null ? "none" : `${expected.host}, ${expected.pid}`}`, () =>
      assert.deepEqual(parseWorkerName(name), expected));
  }
});
