import { DecodeError } from "./decodeError";
import { decodeUtf8 } from "./utf8";

/** Reads forward through bytes. Every read past the end throws a `DecodeError` with reason `truncated`. */
export class ByteCursor {
  private readonly view: DataView;
  private readonly bytes: Uint8Array;
  private position = 0;

  constructor(bytes: Uint8Array) {
    // A Buffer's slice() shares memory, and its subarray() is several times slower than a plain array's.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get offset(): number {
    return this.position;
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  /** Goes on from there. */
  seek(offset: number): void {
    this.position = offset;
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }

  i8(): number {
    return this.view.getInt8(this.advance(1));
  }

  u16(littleEndian: boolean): number {
    return this.view.getUint16(this.advance(2), littleEndian);
  }

  i16(littleEndian: boolean): number {
    return this.view.getInt16(this.advance(2), littleEndian);
  }

  u32(littleEndian: boolean): number {
    return this.view.getUint32(this.advance(4), littleEndian);
  }

  i32(littleEndian: boolean): number {
    return this.view.getInt32(this.advance(4), littleEndian);
  }

  u64(littleEndian: boolean): bigint {
    return this.view.getBigUint64(this.advance(8), littleEndian);
  }

  i64(littleEndian: boolean): bigint {
    return this.view.getBigInt64(this.advance(8), littleEndian);
  }

  f32(): number {
    return this.view.getFloat32(this.advance(4), false);
  }

  /** Big-endian IEEE 754 double, as pickle and msgpack store it. */
  f64(): number {
    return this.view.getFloat64(this.advance(8), false);
  }

  /** A view on the next bytes, not a copy. */
  take(length: number | bigint): Uint8Array {
    const start = this.advance(Number(length));
    return this.bytes.subarray(start, this.position);
  }

  /** UTF-8 with lone surrogates allowed (Python's `surrogatepass`). */
  text(length: number | bigint): string {
    const start = this.position;
    // Most texts are short ASCII names: faster read here than through a view and a decoder.
    if (length < 48 && length <= this.remaining) {
      const end = start + Number(length);
      let text = "";
      let index = start;
      for (; index < end; index += 1) {
        const byte = this.bytes[index] ?? 0;
        if (byte > 0x7f) break;
        text += String.fromCharCode(byte);
      }
      if (index === end) {
        this.position = end;
        return text;
      }
    }
    return decodeUtf8(this.take(length));
  }

  /** The bytes up to the next newline, which is consumed and left out. */
  line(): Uint8Array {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) throw new DecodeError("truncated", `no end of line after byte ${this.position}`);
    const line = this.bytes.subarray(this.position, end);
    this.position = end + 1;
    return line;
  }

  private advance(length: number): number {
    const start = this.position;
    if (length > this.bytes.length - start) {
      throw new DecodeError(
        "truncated",
        `ends at byte ${this.bytes.length}, ${length} more wanted after byte ${start}`,
      );
    }
    this.position = start + length;
    return start;
  }
}
