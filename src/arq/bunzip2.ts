import { DecodeError } from "./decodeError";

const blockMagic = 0x3141_5926_5359;
const endMagic = 0x1772_4538_5090;
/** Symbols per selector. */
const groupSize = 50;
const maxCodeLength = 20;

/**
 * Inflates bzip2 streams, one after the other (the format of bzip2 1.0.8's decompress.c). Checksums are not verified: what is
 * damaged shows in the payload itself. Throws `DecodeError`. Needs 4 bytes for each of at most 900,000 in a block, and the output twice.
 */
export function inflateBzip2(content: Uint8Array, maxLength: number): Uint8Array {
  const bits = new BitReader(content);
  const parts: Uint8Array[] = [];
  let left = maxLength;
  while (bits.hasBytes()) {
    if (bits.read(24) !== 0x42_5a68) throw damaged();
    const size = bits.read(8) - 0x30;
    if (size < 1 || size > 9) throw damaged();
    const buffer = new Block(size * 100_000);
    for (;;) {
      const magic = bits.read(24) * 0x100_0000 + bits.read(24);
      bits.read(32);
      if (magic === endMagic) break;
      if (magic !== blockMagic) throw damaged();
      const part = readBlock(bits, buffer, left, maxLength);
      left -= part.length;
      parts.push(part);
    }
    bits.align();
  }
  const whole = new Uint8Array(maxLength - left);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Reads bits, the highest first. */
class BitReader {
  private at = 0;
  private buffer = 0;
  private count = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** At most 32 bits. */
  read(length: number): number {
    if (length > 16) return this.read(length - 16) * 0x1_0000 + this.read(16);
    const value = this.peek() >>> (maxCodeLength - length);
    this.skip(length);
    return value;
  }

  /** The next 20 bits, zeros behind the end. */
  peek(): number {
    while (this.count < maxCodeLength) {
      // At most 27 bits are kept; what is shifted out at the top has been read.
      this.buffer = (this.buffer << 8) | (this.bytes[this.at] ?? 0);
      this.at += 1;
      this.count += 8;
    }
    return (this.buffer >>> (this.count - maxCodeLength)) & 0xf_ffff;
  }

  skip(length: number): void {
    this.count -= length;
    if (this.at * 8 - this.count > this.bytes.length * 8)
      throw new DecodeError("truncated", "compressed data ends too early");
  }

  align(): void {
    this.at -= this.count >>> 3;
    this.count = 0;
  }

  /** To be asked on a byte's boundary. */
  hasBytes(): boolean {
    return this.at < this.bytes.length;
  }
}

/** A block while it is read: grows to what it holds, because a small payload needs little of what its header allows. */
class Block {
  data = new Uint32Array(16 * 1024);

  constructor(readonly maxLength: number) {}

  reserve(length: number): void {
    if (length <= this.data.length) return;
    if (length > this.maxLength) throw damaged();
    const grown = new Uint32Array(Math.min(this.maxLength, Math.max(length, this.data.length * 2)));
    grown.set(this.data);
    this.data = grown;
  }
}

function readBlock(bits: BitReader, buffer: Block, left: number, maxLength: number): Uint8Array {
  if (bits.read(1) === 1) throw new DecodeError("unsupported", "compressed with bzip2 before 0.9.5");
  const origin = bits.read(24);
  const symbols = usedSymbols(bits);
  const selectors = readSelectors(bits);
  const tables = selectors.tables
    .map(() => readCodeLengths(bits, symbols.length + 2))
    .map((lengths) => new Huffman(lengths));
  const length = readSymbols(bits, buffer, symbols, selectors.order, tables);
  if (origin >= length) throw damaged();
  // Only a count of zero, one byte in five, makes nothing.
  if (length * 0.8 > left) throw tooLarge(maxLength);
  return expandRuns(buffer.data, length, origin, left, maxLength);
}

/** The byte values that occur, from a map of maps. */
function usedSymbols(bits: BitReader): number[] {
  const rows = bits.read(16);
  const used: number[] = [];
  for (let row = 0; row < 16; row += 1) {
    if ((rows & (0x8000 >>> row)) === 0) continue;
    const columns = bits.read(16);
    for (let column = 0; column < 16; column += 1)
      if ((columns & (0x8000 >>> column)) !== 0) used.push(row * 16 + column);
  }
  if (used.length === 0) throw damaged();
  return used;
}

/** Which table is for which group of symbols, as distances in a list that moves what was used to its front. */
function readSelectors(bits: BitReader): { tables: readonly number[]; order: Uint8Array } {
  const count = bits.read(3);
  if (count < 2 || count > 6) throw damaged();
  const tables = Array.from({ length: count }, (_, index) => index);
  const order = new Uint8Array(bits.read(15));
  if (order.length === 0) throw damaged();
  const recent = [...tables];
  for (let index = 0; index < order.length; index += 1) {
    let distance = 0;
    while (bits.read(1) === 1) {
      distance += 1;
      if (distance >= count) throw damaged();
    }
    const [table = 0] = recent.splice(distance, 1);
    recent.unshift(table);
    order[index] = table;
  }
  return { tables, order };
}

function readCodeLengths(bits: BitReader, symbols: number): Uint8Array {
  const lengths = new Uint8Array(symbols);
  let length = bits.read(5);
  for (let symbol = 0; symbol < symbols; symbol += 1) {
    for (;;) {
      if (length < 1 || length > maxCodeLength) throw damaged();
      if (bits.read(1) === 0) break;
      length += bits.read(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return lengths;
}

/** Codes of at most this length are looked up at once. */
const quickBits = 10;

/** Canonical Huffman codes: symbols sorted by length, then by value. */
class Huffman {
  private readonly counts = new Uint16Array(maxCodeLength + 1);
  private readonly symbols: Uint16Array;
  /** By the next 10 bits: the length of the code above 9 bits of its symbol; 0 where the code is longer. */
  private readonly quick = new Uint16Array(1 << quickBits);

  constructor(lengths: Uint8Array) {
    for (const length of lengths) this.counts[length] = (this.counts[length] ?? 0) + 1;
    const starts = new Uint16Array(maxCodeLength + 2);
    for (let length = 1; length <= maxCodeLength; length += 1)
      starts[length + 1] = (starts[length] ?? 0) + (this.counts[length] ?? 0);
    this.symbols = new Uint16Array(lengths.length);
    for (const [symbol, length] of lengths.entries()) {
      const at = starts[length] ?? 0;
      this.symbols[at] = symbol;
      starts[length] = at + 1;
    }
    for (let bits = 0; bits < this.quick.length; bits += 1) this.quick[bits] = this.find(bits << quickBits, quickBits);
  }

  decode(bits: BitReader): number {
    const next = bits.peek();
    const entry = this.quick[next >>> (maxCodeLength - quickBits)] || this.find(next, maxCodeLength);
    if (entry === 0) throw damaged();
    bits.skip(entry >>> 9);
    return entry & 0x1ff;
  }

  /** Length and symbol of the code that 20 bits begin with, looking at so many of them; 0 where there is none. */
  private find(bits: number, maxLength: number): number {
    let first = 0;
    let index = 0;
    for (let length = 1; length <= maxLength; length += 1) {
      const code = bits >>> (maxCodeLength - length);
      const count = this.counts[length] ?? 0;
      if (code - first < count) return (length << 9) | (this.symbols[index + code - first] ?? 0);
      index += count;
      first = (first + count) << 1;
    }
    return 0;
  }
}

/** Huffman codes, runs of the most recent byte and the move-to-front list, into the low bytes of `buffer`. Answers the length. */
function readSymbols(
  bits: BitReader,
  buffer: Block,
  symbols: readonly number[],
  order: Uint8Array,
  tables: readonly Huffman[],
): number {
  const recent = Uint8Array.from(symbols);
  const end = symbols.length + 1;
  let length = 0;
  let run = 0;
  let runBit = 1;
  for (let group = 0; group < order.length; group += 1) {
    const table = tables[order[group] ?? 0];
    if (table === undefined) throw damaged();
    for (let index = 0; index < groupSize; index += 1) {
      const symbol = table.decode(bits);
      if (symbol <= 1) {
        // RUNA and RUNB are the digits 1 and 2 of a number in base 2, the lowest first.
        run += runBit << symbol;
        runBit <<= 1;
        if (run > buffer.maxLength) throw damaged();
        continue;
      }
      if (run > 0) {
        buffer.reserve(length + run);
        buffer.data.fill(recent[0] ?? 0, length, length + run);
        length += run;
        run = 0;
        runBit = 1;
      }
      if (symbol === end) return length;
      buffer.reserve(length + 1);
      const byte = recent[symbol - 1] ?? 0;
      recent.copyWithin(1, 0, symbol - 1);
      recent[0] = byte;
      buffer.data[length] = byte;
      length += 1;
    }
  }
  throw damaged();
}

/** Undoes the Burrows-Wheeler transform, then the runs of four bytes and more, of which the fifth is a count. */
function expandRuns(buffer: Uint32Array, length: number, origin: number, left: number, maxLength: number): Uint8Array {
  const starts = new Uint32Array(257);
  for (let index = 0; index < length; index += 1) {
    const next = ((buffer[index] ?? 0) & 0xff) + 1;
    starts[next] = (starts[next] ?? 0) + 1;
  }
  for (let byte = 1; byte <= 256; byte += 1) starts[byte] = (starts[byte] ?? 0) + (starts[byte - 1] ?? 0);
  for (let index = 0; index < length; index += 1) {
    const byte = (buffer[index] ?? 0) & 0xff;
    const at = starts[byte] ?? 0;
    starts[byte] = at + 1;
    buffer[at] = ((buffer[at] ?? 0) & 0xff) | (index << 8);
  }
  let output = new Uint8Array(Math.min(left, length * 2));
  let size = 0;
  let position = (buffer[origin] ?? 0) >>> 8;
  let before = -1;
  let same = 0;
  for (let index = 0; index < length; index += 1) {
    const entry = buffer[position] ?? 0;
    const byte = entry & 0xff;
    position = entry >>> 8;
    const counted = same === 4;
    const count = counted ? byte : 1;
    if (size + count > output.length) {
      if (size + count > left) throw tooLarge(maxLength);
      const grown = new Uint8Array(Math.min(left, Math.max(output.length * 2, size + count)));
      grown.set(output.subarray(0, size));
      output = grown;
    }
    if (counted) output.fill(before, size, size + count);
    else output[size] = byte;
    size += count;
    if (counted) {
      same = 0;
      before = -1;
    } else {
      same = byte === before ? same + 1 : 1;
      before = byte;
    }
  }
  return output.subarray(0, size);
}

function damaged(): DecodeError {
  return new DecodeError("malformed", "compressed data is damaged");
}

function tooLarge(maxLength: number): DecodeError {
  return new DecodeError("limit", `inflates to more than ${maxLength} bytes`);
}
