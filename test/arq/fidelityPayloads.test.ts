import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeJob, decodeResult } from "../../src/arq/payload";
import { pythonRepr } from "../../src/python/repr";
import { repositoryRoot } from "../support/repositoryRoot";

interface Head {
  readonly version: string;
  readonly python: string;
  readonly protocol: number;
}

/** What test/arq/recordings/record314.py wrote. */
interface Recorded {
  readonly name: string;
  readonly payload: string;
  readonly args?: string;
  readonly kwargs?: string;
  readonly jobTry?: number | null;
  /** Whether ARQ could read the job. */
  readonly known?: boolean;
  readonly kind?: string | null;
  readonly type?: string | null;
  readonly message?: string | null;
  readonly result?: string;
}

function read(name: string): { head: Head; payloads: Recorded[] } {
  const lines = readFileSync(join(repositoryRoot(), "test", "arq", "recordings", name), "utf8")
    .trimEnd()
    .split("\n");
  const [head, ...payloads] = lines.map((line) => JSON.parse(line) as unknown);
  return { head: head as Head, payloads: payloads as Recorded[] };
}

const bytesOf = ({ payload }: Recorded): Buffer => Buffer.from(payload, "base64");

const newest = read("python-3.14.jsonl");
describe(`What ARQ ${newest.head.version} stores under Python ${newest.head.python}`, () => {
  const codec = [`pickle ${newest.head.protocol}`];

  for (const recorded of newest.payloads) {
    it(`is read: ${recorded.name}`, () => {
      if (recorded.args !== undefined) {
        const job = decodeJob(bytesOf(recorded));
        assert.ok(job.ok, job.ok ? "" : job.message);
        assert.deepEqual(
          [job.codec, job.function, job.try, job.enqueuedAt],
          [codec, "shop.orders.pay", recorded.jobTry, 1_795_318_500_000],
        );
        assert.equal(pythonRepr(job.args), recorded.args);
        assert.equal(pythonRepr(job.kwargs), recorded.kwargs);
        return;
      }
      const result = decodeResult(bytesOf(recorded));
      assert.ok(result.ok, result.ok ? "" : result.message);
      const { codec: found, function: name, try: tries, startedAt, finishedAt, queue, id, success, error } = result;
      assert.deepEqual(
        [found, name, tries, startedAt, finishedAt, queue, id],
        [
          codec,
          recorded.known === true ? "shop.orders.pay" : "<unknown>",
          2,
          1_795_318_500_125,
          1_795_318_501_750,
          "arq:queue",
          "order:4711",
        ],
      );
      assert.equal(success, recorded.kind === null);
      assert.deepEqual(error === null ? [null, null, null] : [error.kind, error.type, error.message], [
        recorded.kind,
        recorded.type,
        recorded.message,
      ]);
      if (recorded.result !== undefined) assert.equal(pythonRepr(result.result), recorded.result);
    });
  }

  it("is of protocol 5, the default since 3.14", () => assert.equal(newest.head.protocol, 5));
});

const alpha = read("alpha.jsonl");
describe(`What the alpha release ${alpha.head.version} of ARQ stores`, () => {
  for (const recorded of alpha.payloads) {
    it(`is refused by name: its ${recorded.name}`, () => {
      const decoded = (recorded.name === "job" ? decodeJob : decodeResult)(bytesOf(recorded));
      assert.ok(!decoded.ok);
      assert.equal(decoded.reason, "unsupported");
      assert.match(decoded.message, /tuple.*alpha.*0\.16/);
    });
  }
});
