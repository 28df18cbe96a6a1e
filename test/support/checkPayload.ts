import assert from "node:assert/strict";
import { decodeBytes } from "../../src/arq/codecs";
import { decodeJobHeader, decodeResultHeader } from "../../src/arq/header";
import type { DecodedJob, DecodedResult, DecodeFailure } from "../../src/arq/jobModel";
import { decodeJob, decodeResult } from "../../src/arq/payload";
import { Redactor } from "../../src/arq/redact";
import { unpickle } from "../../src/arq/unpickle";
import { pythonRepr } from "../../src/python/repr";
import { valueChildren, valueKind } from "../../src/python/valueTree";

const reasons = new Set(["truncated", "malformed", "limit", "unsupported"]);
const redactor = new Redactor();

/** Small, so that a million payloads can be looked at; the rules are the same at any size. */
const limits = { depth: 200, items: 10_000, bytes: 1_000_000 };
const printed = { depth: 50, items: 1000, bytes: 20_000 };

/**
 * Reads bytes in every way the product does and holds each answer against what is promised: a value or a tagged failure, a header that
 * says what the full decode says, a value that can be printed, redacted and opened. Answers in short what came of it.
 */
export function checkPayload(bytes: Uint8Array): string {
  const read = unpickle(bytes, limits);
  if (!read.ok) assert.ok(reasons.has(read.reason), read.reason);
  const decoded = decodeBytes(bytes, limits);
  if (decoded.ok) {
    const redacted = redactor.value(decoded.value);
    assert.equal(typeof pythonRepr(decoded.value, printed), "string");
    assert.equal(typeof pythonRepr(redacted, printed), "string");
    for (const child of valueChildren(redacted).slice(0, 20)) assert.equal(typeof valueKind(child.value), "string");
  } else assert.ok(reasons.has(decoded.reason), decoded.reason);
  const job = decodeJob(bytes, limits);
  const result = decodeResult(bytes, limits);
  checkHeader(job, decodeJobHeader(bytes, limits));
  checkHeader(result, decodeResultHeader(bytes, limits));
  if (result.ok) redactor.result(result);
  const answers = [read, decoded, job, result].map((answer) => (answer.ok ? "ok" : answer.reason[0]));
  return `${answers.join(" ")} ${decoded.ok ? decoded.codec.join("+") : ""}`;
}

/** The header of what can be read says the same; what cannot be read may still have one. */
function checkHeader(full: DecodedJob | DecodedResult | DecodeFailure, header: object & { ok: boolean }): void {
  if (full.ok) assert.deepEqual(header, headerOf(full));
  else if (!header.ok) assert.deepEqual(header, full);
}

/** What a header says, taken from the full decode. */
export function headerOf(full: DecodedJob | DecodedResult): object {
  const { args: _args, kwargs: _kwargs, ...job } = full;
  if (!("error" in full)) return job;
  const { result: _result, error, ...header } = full;
  const { args: _a, kwargs: _k, ...rest } = header;
  if (error === null) return { ...rest, error: null };
  const { kind, type, message, notes, members, traceback } = error;
  return { ...rest, error: { kind, type, message, notes, members, hasTraceback: traceback !== null } };
}
