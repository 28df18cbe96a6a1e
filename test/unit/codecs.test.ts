import assert from "node:assert/strict";
import { deflateRawSync, gzipSync } from "node:zlib";
import { inflateBzip2 } from "../../src/arq/bunzip2";
import { decodeBytes } from "../../src/arq/codecs";
import type { DecodeFailure } from "../../src/arq/jobModel";
import { decodeJob, decodeResult } from "../../src/arq/payload";
import { inflatePortably } from "../../src/arq/zstd";
import { pythonRepr } from "../../src/python/repr";
import rows from "../fixtures/codecs/payloads.json";

function bytesOf(name: string): Buffer {
  const row = rows.find((candidate) => candidate.name === name);
  assert.ok(row !== undefined, name);
  return Buffer.from(row.data, "base64");
}

function refusal(bytes: Uint8Array, limits?: { bytes?: number }): DecodeFailure {
  const job = decodeJob(bytes, limits);
  assert.ok(!job.ok);
  return job;
}

describe("decodeJob, on what real serializers and compressors write", () => {
  for (const { name, data, codec, args, reason, message } of rows) {
    if (codec === null) {
      it(`refuses ${name} by name, with its size and first bytes`, () => {
        const failure = refusal(Buffer.from(data, "base64"));
        assert.equal(failure.reason, reason);
        assert.ok(failure.message.includes(message ?? "?"), failure.message);
      });
      continue;
    }
    it(`reads ${name}`, () => {
      const job = decodeJob(Buffer.from(data, "base64"));
      assert.ok(job.ok, job.ok ? "" : job.message);
      assert.deepEqual(job.codec, codec);
      const printed = pythonRepr(job.args);
      if (args === "long") assert.ok(printed.length > 2000);
      else assert.equal(printed, args);
      assert.deepEqual([job.function, job.try, job.enqueuedAt], ["send_email", null, 1_700_000_000_123]);
    });
  }

  it("inflates zstd without Node's own, as older hosts must", () => {
    for (const name of [
      "zstd of a long pickle",
      "zstd with a checksum, its size unknown",
      "zstd of two frames",
      "zstd streamed",
    ]) {
      const job = decodeJob(inflatePortably(bytesOf(name), 1_000_000));
      assert.ok(job.ok, name);
    }
  });
});

describe("decodeJob, on damaged and hostile encodings", () => {
  const compressed = rows.filter(({ codec, name }) => codec?.length === 2 && name.includes("long"));

  it("calls compressed payloads that break off truncated or damaged, wherever they do", () => {
    for (const { name, data } of compressed) {
      const whole = Buffer.from(data, "base64");
      for (const share of [0.01, 0.1, 0.5, 0.9, 0.99]) {
        const { reason } = refusal(whole.subarray(0, Math.max(5, Math.floor(whole.length * share))));
        assert.ok(reason === "truncated" || reason === "malformed", `${name} at ${share}: ${reason}`);
      }
    }
  });

  it("never throws on a flipped byte", function () {
    this.timeout(60_000);
    for (const { data } of rows) {
      const whole = Buffer.from(data, "base64");
      for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 15)) {
        const flipped = Buffer.from(whole);
        flipped[at] = (flipped[at] ?? 0) ^ 0x55;
        const job = decodeJob(flipped);
        assert.equal(typeof job.ok, "boolean");
      }
    }
  });

  const zeros = Buffer.alloc(64 * 1024 * 1024);
  const bombs: [name: string, bytes: Uint8Array][] = [
    ["gzip", gzipSync(zeros)],
    ["gzip inside gzip", gzipSync(gzipSync(zeros))],
    ["deflate without a header", deflateRawSync(Buffer.concat([Buffer.from("{}"), zeros]))],
    // One block of a byte repeated 128 KiB, without end.
    [
      "zstd",
      Buffer.concat([
        Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]),
        ...Array.from({ length: 2000 }, () => Buffer.from([0x02, 0x00, 0x10, 0x7b])),
        Buffer.from([3, 0, 0x10, 0x7b]),
      ]),
    ],
    ["a zstd frame that declares 2^60 bytes", Buffer.from("28b52ffde000000000000000100100000000", "hex")],
    ["a zstd window of 2 GiB", Buffer.from("28b52ffd00a8010000", "hex")],
    // A run of 255 * 200,000 bytes from few literals.
    [
      "lz4",
      Buffer.concat([
        Buffer.from("04224d18604082", "hex"),
        sizeLe(60_005),
        Buffer.from([0x1f, 0x41, 1, 0]),
        Buffer.alloc(60_000, 0xff),
        Buffer.from([0]),
      ]),
    ],
  ];
  for (const [name, bytes] of bombs) {
    it(`does not inflate beyond the limit: ${name}`, () => {
      const { reason } = refusal(bytes, { bytes: 8_000_000 });
      assert.ok(reason === "limit" || reason === "unsupported", reason);
    });
  }

  it("bounds bzip2, whose blocks grow most of all", () => {
    assert.throws(() => inflateBzip2(bytesOf("bzip2 of equal bytes"), 50_000), /inflates to more than 50000 bytes/);
  });

  it("lets a small payload grow to 4 MiB, and to more only in proportion", function () {
    this.timeout(60_000);
    const job = (size: number): Buffer =>
      gzipSync(JSON.stringify({ t: null, f: "f", a: ["x".repeat(size)], k: {}, et: 1 }));
    assert.ok(decodeJob(job(4_000_000)).ok);
    assert.equal(refusal(job(6_000_000)).reason, "limit");
    assert.ok(decodeJob(job(6_000_000), { bytes: Infinity }).ok);
  });

  it("takes off six layers and no more", () => {
    const wrapped = (layers: number): Uint8Array =>
      Array.from({ length: layers }).reduce<Buffer>((inner) => gzipSync(inner), bytesOf("orjson"));
    assert.ok(decodeJob(wrapped(6)).ok);
    assert.match(refusal(wrapped(7)).message, /wrapped more than 6 times/);
  });

  it("shows a text that holds no other encoding as what it is", () => {
    assert.equal(
      refusal(Buffer.from('"just a text of some length"')).message,
      "not what ARQ stores: a str instead of a dict",
    );
    const plain = decodeBytes(Buffer.from('"just a text of some length"'));
    assert.ok(plain.ok && plain.value.kind === "str");
  });
});

describe("decodeJob and decodeResult, on dicts that are not ARQ's", () => {
  const job = { t: null, f: "f", a: [], k: {}, et: 1 };
  const result = { ...job, s: true, r: null, st: 2, ft: 3 };
  const encode = (fields: object): Buffer => Buffer.from(JSON.stringify(fields));

  for (const key of Object.keys(result)) {
    it(`names a missing '${key}'`, () => {
      const { [key as keyof typeof result]: _, ...rest } = result;
      const decoded = decodeResult(encode(rest));
      assert.deepEqual(decoded, { ok: false, reason: "malformed", message: `not what ARQ stores: it has no '${key}'` });
    });
  }

  it("names all keys that are missing, and knows a job from a result", () => {
    const nothing = decodeJob(encode({ hello: 1 }));
    assert.equal(nothing.ok ? "" : nothing.message, "not what ARQ stores: it has no 't', 'f', 'a', 'k', 'et'");
    const given = decodeResult(encode(job));
    assert.equal(
      given.ok ? "" : given.message,
      "not what ARQ stores: it has no 's', 'r', 'st', 'ft': it is a job, not a result",
    );
  });

  const wrong: [key: keyof typeof result, values: unknown[]][] = [
    ["t", ["1", [], {}, true, 1e300]],
    ["f", [null, 1, [], {}]],
    ["a", [null, 1, "a", {}]],
    ["k", [null, 1, "k", []]],
    ["et", [null, "1", [], {}, 1e300]],
    ["s", [null, 1, "true", []]],
    ["st", [null, "1", [], {}]],
    ["ft", [null, "1", [], {}]],
  ];
  for (const [key, values] of wrong) {
    it(`names '${key}' when it has another type than ARQ's`, () => {
      for (const value of values) {
        const decoded = decodeResult(encode({ ...result, [key]: value }));
        assert.ok(!decoded.ok && decoded.reason === "malformed", String(value));
        assert.match(decoded.message, new RegExp(`^'${key}' is .+ where ARQ stores .+`));
      }
    });
  }

  it("needs no q, id, w, rel or tb, and takes none of another type", () => {
    const bare = decodeResult(encode(result));
    assert.ok(bare.ok);
    assert.deepEqual([bare.queue, bare.id, bare.worker, bare.release], [null, null, null, null]);
    const odd = decodeResult(encode({ ...result, q: 1, id: {}, w: [], rel: 2, tb: 3, more: "ignored" }));
    assert.ok(odd.ok);
    assert.deepEqual([odd.queue, odd.id, odd.worker, odd.release], [null, null, null, null]);
  });

  it("reads the release that the opt-in serializer adds", () => {
    const decoded = decodeResult(encode({ ...result, w: "web-1:7", rel: "2024.11-3f9c2ab" }));
    assert.ok(decoded.ok);
    assert.deepEqual([decoded.worker, decoded.release], ["web-1:7", "2024.11-3f9c2ab"]);
  });

  it("refuses the tuples of ARQ's alpha releases by that name", () => {
    const decoded = decodeJob(Buffer.from("(I1556000000000\nVf\n(t(dt."));
    assert.ok(!decoded.ok && decoded.reason === "unsupported");
    assert.match(decoded.message, /^a tuple of 4, as only the alpha releases of ARQ 0\.16 wrote/);
  });
});

function sizeLe(size: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(size);
  return bytes;
}
