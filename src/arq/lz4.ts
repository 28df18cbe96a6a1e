import { DecodeError } from "./decodeError";

/** Grows as it is written to, up to a length that may not be passed. */
class Output {
  private bytes: Uint8Array;
  length = 0;

  constructor(
    expected: number,
    private readonly maxLength: number,
  ) {
    this.bytes = new Uint8Array(Math.min(expected, maxLength));
  }

  /** Makes room for more; throws `limit` where that is too much. */
  reserve(more: number): void {
    const wanted = this.length + more;
    if (wanted > this.maxLength) throw new DecodeError("limit", `inflates to more than ${this.maxLength} bytes`);
    if (wanted <= this.bytes.length) return;
    const grown = new Uint8Array(Math.min(this.maxLength, Math.max(wanted, this.bytes.length * 2)));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  append(part: Uint8Array): void {
    this.reserve(part.length);
    this.bytes.set(part, this.length);
    this.length += part.length;
  }

  /** Repeats what stands `distance` back, also where it overlaps with what it makes. */
  repeat(distance: number, count: number): void {
    this.reserve(count);
    const start = this.length - distance;
    const end = this.length + count;
    // What was copied is copied along the next time, so that a long run of a short pattern takes few steps.
    for (let to = this.length; to < end;) {
      const step = Math.min(to - start, end - to);
      this.bytes.copyWithin(to, start, start + step);
      to += step;
    }
    this.length = end;
  }

  take(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

const frameMagic = 0x184d_2204;
const legacyMagic = 0x184c_2102;

/**
 * Inflates LZ4 frames, one after the other, skippable ones passed over (lz4_Frame_format.md 1.6.1). Checksums are not verified:
 * what is damaged shows in the payload itself. Throws `DecodeError`; allocates at most `maxLength` twice.
 */
export function inflateLz4(content: Uint8Array, maxLength: number): Uint8Array {
  const input = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const output = new Output(content.length * 3, maxLength);
  let at = 0;
  while (at < content.length) {
    const magic = word(input, at);
    at += 4;
    if (magic >>> 4 === 0x0184_d2a5) at += 4 + word(input, at);
    else if (magic === frameMagic) at = frame(content, input, at, output);
    else if (magic === legacyMagic) throw new DecodeError("unsupported", "compressed with LZ4's legacy frames");
    else throw new DecodeError("malformed", `no LZ4 frame at byte ${at - 4}`);
  }
  return output.take();
}

/** Inflates one block behind its size in four bytes. Throws `DecodeError`, also where it makes another size. */
export function inflateLz4Block(content: Uint8Array, size: number): Uint8Array {
  const output = new Output(size, size);
  inflateBlock(content.subarray(4), output);
  if (output.length !== size) throw new DecodeError("malformed", "compressed data is damaged");
  return output.take();
}

/** Reads one frame from behind its magic number; answers where it ends. */
function frame(content: Uint8Array, input: DataView, start: number, output: Output): number {
  const flags = content[start] ?? 0;
  if (flags >>> 6 !== 1) throw new DecodeError("unsupported", `LZ4 frame version ${flags >>> 6}`);
  const dictionary = (flags & 1) !== 0;
  if (dictionary) throw new DecodeError("unsupported", "compressed with LZ4 and a dictionary of its own");
  let at = start + 2 + ((flags & 0x08) === 0 ? 0 : 8) + 1;
  for (;;) {
    const header = word(input, at);
    at += 4;
    if (header === 0) break;
    const length = header & 0x7fff_ffff;
    if (at + length > content.length) throw endsEarly();
    const block = content.subarray(at, at + length);
    if (header >= 0x8000_0000) output.append(block);
    else inflateBlock(block, output);
    at += length + ((flags & 0x10) === 0 ? 0 : 4);
  }
  return at + ((flags & 0x04) === 0 ? 0 : 4);
}

function inflateBlock(block: Uint8Array, output: Output): void {
  let at = 0;
  const extended = (length: number): number => {
    let whole = length;
    if (length === 15) {
      for (let more = 255; more === 255; at += 1) {
        if (at >= block.length) throw endsEarly();
        more = block[at] ?? 0;
        whole += more;
      }
    }
    return whole;
  };
  while (at < block.length) {
    const token = block[at] ?? 0;
    at += 1;
    const literals = extended(token >>> 4);
    if (at + literals > block.length) throw endsEarly();
    output.append(block.subarray(at, at + literals));
    at += literals;
    // The last sequence has literals only.
    if (at === block.length) return;
    if (at + 2 > block.length) throw endsEarly();
    const distance = (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8);
    at += 2;
    const count = extended(token & 15) + 4;
    if (distance === 0 || distance > output.length) throw new DecodeError("malformed", "compressed data is damaged");
    output.repeat(distance, count);
  }
}

function word(input: DataView, at: number): number {
  if (at + 4 > input.byteLength) throw endsEarly();
  return input.getUint32(at, true);
}

function endsEarly(): DecodeError {
  return new DecodeError("truncated", "compressed data ends too early");
}
