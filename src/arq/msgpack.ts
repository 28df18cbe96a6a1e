import { mergeEqualKeys } from "../python/equality";
import type { ReadLimits } from "../python/limits";
import { resolveLimits } from "../python/limits";
import type { PyDict, PySequence, PyValue } from "../python/value";
import { pyNone } from "../python/value";
import { partsOf } from "../python/walk";
import { ByteCursor } from "./byteCursor";
import { DecodeError } from "./decodeError";
import { describeBytes } from "./describeBytes";
import { newCall } from "./reduceBuiltin";
import { unpickle } from "./unpickle";

type Open = { readonly node: PySequence; left: number } | { readonly node: PyDict; left: number; key: PyValue | null };

/**
 * Reads MessagePack as Python's `msgpack.unpackb(raw=False)` does; bytes after the value are malformed, as there. Beyond that, text
 * that is no UTF-8 (the old specification had no other bytes) comes back as bytes, timestamps as a datetime in UTC (as
 * `msgpack.ext.Timestamp` where a datetime cannot hold them), an extension that holds a pickle as its value, and any other as opaque.
 * Iterative. Throws `DecodeError`.
 */
export function readMsgpack(bytes: Uint8Array, limits?: ReadLimits): PyValue {
  const reader = new MsgpackReader(bytes, resolveLimits(limits));
  return reader.run();
}

class MsgpackReader {
  private readonly input: ByteCursor;
  private readonly open: Open[] = [];
  private count = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly limits: Required<ReadLimits>,
  ) {
    this.input = new ByteCursor(bytes);
  }

  run(): PyValue {
    let value = this.begin();
    for (;;) {
      const top = this.open.at(-1);
      if (value !== null) {
        if (top === undefined) break;
        if ("key" in top && top.key === null) {
          top.key = value;
        } else {
          if ("key" in top) top.node.entries.push([top.key ?? pyNone, value]);
          else top.node.items.push(value);
          if ("key" in top) top.key = null;
          top.left -= 1;
        }
      }
      value = this.closeFull() ?? this.begin();
    }
    if (this.input.remaining > 0) throw new DecodeError("malformed", `${this.input.remaining} bytes after the value`);
    return value;
  }

  /** The container at the top if nothing more goes into it. */
  private closeFull(): PyValue | null {
    const top = this.open.at(-1);
    if (top === undefined || top.left > 0) return null;
    this.open.pop();
    if (top.node.kind === "dict") mergeEqualKeys(top.node.entries);
    return top.node;
  }

  /** Reads a scalar, or opens a container and answers null. */
  private begin(): PyValue | null {
    const { input } = this;
    this.count += 1;
    if (this.count > this.limits.items) throw new DecodeError("limit", `more than ${this.limits.items} values`);
    const code = input.u8();
    if (code <= 0x7f) return int(BigInt(code));
    if (code <= 0x8f) return this.openMap(code & 0x0f);
    if (code <= 0x9f) return this.openArray(code & 0x0f);
    if (code <= 0xbf) return this.text(code & 0x1f);
    if (code >= 0xe0) return int(BigInt(code - 0x100));
    switch (code) {
      case 0xc0:
        return pyNone;
      case 0xc2:
        return { kind: "bool", value: false };
      case 0xc3:
        return { kind: "bool", value: true };
      case 0xc4:
        return { kind: "bytes", value: input.take(input.u8()).slice() };
      case 0xc5:
        return { kind: "bytes", value: input.take(input.u16(false)).slice() };
      case 0xc6:
        return { kind: "bytes", value: input.take(input.u32(false)).slice() };
      case 0xc7:
        return this.extension(input.u8());
      case 0xc8:
        return this.extension(input.u16(false));
      case 0xc9:
        return this.extension(input.u32(false));
      case 0xca:
        return { kind: "float", value: input.f32() };
      case 0xcb:
        return { kind: "float", value: input.f64() };
      case 0xcc:
        return int(BigInt(input.u8()));
      case 0xcd:
        return int(BigInt(input.u16(false)));
      case 0xce:
        return int(BigInt(input.u32(false)));
      case 0xcf:
        return int(input.u64(false));
      case 0xd0:
        return int(BigInt(input.i8()));
      case 0xd1:
        return int(BigInt(input.i16(false)));
      case 0xd2:
        return int(BigInt(input.i32(false)));
      case 0xd3:
        return int(input.i64(false));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.extension(1 << (code - 0xd4));
      case 0xd9:
        return this.text(input.u8());
      case 0xda:
        return this.text(input.u16(false));
      case 0xdb:
        return this.text(input.u32(false));
      case 0xdc:
        return this.openArray(input.u16(false));
      case 0xdd:
        return this.openArray(input.u32(false));
      case 0xde:
        return this.openMap(input.u16(false));
      case 0xdf:
        return this.openMap(input.u32(false));
      default:
        throw new DecodeError("malformed", `0x${code.toString(16)} starts no MessagePack value`);
    }
  }

  private openArray(length: number): null {
    return this.push({ node: { kind: "list", items: [] }, left: length });
  }

  private openMap(length: number): null {
    return this.push({ node: { kind: "dict", entries: [] }, left: length, key: null });
  }

  private push(open: Open): null {
    if (this.open.length >= this.limits.depth)
      throw new DecodeError("limit", `nested more than ${this.limits.depth} levels deep`);
    this.open.push(open);
    return null;
  }

  private text(length: number): PyValue {
    const start = this.input.offset;
    if (length > this.input.remaining) this.input.take(length);
    try {
      return { kind: "str", value: this.input.text(length) };
    } catch {
      // The cursor stands behind it all the same.
      return { kind: "bytes", value: new Uint8Array(this.bytes.subarray(start, start + length)) };
    }
  }

  private extension(length: number): PyValue {
    const type = this.input.i8();
    const bytes = this.input.take(length);
    if (type === -1 && (length === 4 || length === 8 || length === 12)) return timestamp(bytes);
    if (bytes[0] === 0x80 && bytes.at(-1) === 0x2e) {
      const { depth, items, bytes: maxBytes } = this.limits;
      const pickled = unpickle(bytes, { depth: depth - this.open.length, items: items - this.count, bytes: maxBytes });
      if (pickled.ok) {
        this.count += countValues(pickled.value);
        return pickled.value;
      }
    }
    return { kind: "opaque", label: `MessagePack extension ${type}, ${describeBytes(bytes)}` };
  }
}

function countValues(root: PyValue): number {
  const seen = new Set<PyValue>([root]);
  // A set hands out what is added while it is walked.
  for (const value of seen) for (const part of partsOf(value)) seen.add(part);
  return seen.size;
}

/** Seconds since 1970 with nanoseconds, in 4, 8 or 12 bytes. */
function timestamp(bytes: Uint8Array): PyValue {
  const data = new ByteCursor(bytes);
  let nanoseconds = bytes.length === 12 ? BigInt(data.u32(false)) : 0n;
  let seconds = bytes.length === 4 ? BigInt(data.u32(false)) : bytes.length === 12 ? data.i64(false) : 0n;
  if (bytes.length === 8) {
    const packed = data.u64(false);
    nanoseconds = packed >> 34n;
    seconds = packed & 0x3_ffff_ffffn;
  }
  return (
    utcDatetime(seconds, nanoseconds) ??
    newCall(
      "reduce",
      { kind: "global", module: "msgpack.ext", qualname: "Timestamp" },
      [],
      [
        [{ kind: "str", value: "seconds" }, int(seconds)],
        [{ kind: "str", value: "nanoseconds" }, int(nanoseconds)],
      ],
    )
  );
}

/** Years 1 to 9999, as unix seconds. */
const firstSecond = -62_135_596_800n;
const lastSecond = 253_402_300_799n;

/** `datetime.datetime(…, tzinfo=datetime.timezone.utc)` as a pickle spells it; null where it would lose something. */
function utcDatetime(seconds: bigint, nanoseconds: bigint): PyValue | null {
  if (seconds < firstSecond || seconds > lastSecond || nanoseconds % 1000n !== 0n || nanoseconds >= 1_000_000_000n)
    return null;
  const date = new Date(Number(seconds) * 1000);
  const micros = Number(nanoseconds / 1000n);
  const year = date.getUTCFullYear();
  const state = Uint8Array.of(
    year >>> 8,
    year & 0xff,
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    micros >>> 16,
    (micros >>> 8) & 0xff,
    micros & 0xff,
  );
  const call = (name: string, args: readonly PyValue[]): PyValue =>
    newCall("reduce", { kind: "global", module: "datetime", qualname: name }, args);
  const utc = call("timezone", [call("timedelta", [int(0n), int(0n), int(0n)])]);
  return call("datetime", [{ kind: "bytes", value: state }, utc]);
}

function int(value: bigint): PyValue {
  return { kind: "int", value };
}
