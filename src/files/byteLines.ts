import { isUtf8 } from "node:buffer";

/** A line is kept up to this length, bytes; the rest of it is skipped. */
const maxLine = 131_072;
const lineEnd = 0x0a;
/** What Windows writes where nobody asks for UTF-8. */
const latin = new TextDecoder("windows-1252");

/** PowerShell writes `>` in UTF-16. */
export type LineEncoding = "utf8" | "utf16le";

/** A line of a file, without its end. */
export interface ByteLine {
  readonly text: string;
  /** Where it begins, and where the next one does, bytes from the beginning of the file. */
  readonly from: number;
  readonly to: number;
}

/**
 * Cuts the bytes of a file into lines, as they come. Keeps one unfinished line. A line that is no UTF-8 is read as Windows' western alphabet, and where that cannot be
 * either, what is wrong becomes U+FFFD.
 */
export class ByteLines {
  #parts: Buffer[] = [];
  #length = 0;
  #from: number;
  #position: number;
  #skipping: boolean;
  readonly #width: 1 | 2;

  /** `skipping`: the position lies in the middle of a line, which is left out. Of UTF-16 the position is even. */
  constructor(
    position: number,
    skipping: boolean,
    private readonly encoding: LineEncoding = "utf8",
  ) {
    this.#from = this.#position = position;
    this.#skipping = skipping;
    this.#width = encoding === "utf8" ? 1 : 2;
  }

  /** Bytes from where the last ones ended, of UTF-16 an even number; the lines that are whole now. The buffer may be used again afterwards. */
  *push(bytes: Buffer): Generator<ByteLine> {
    let from = 0;
    for (let end = this.#endFrom(bytes, 0); end >= 0; end = this.#endFrom(bytes, from)) {
      this.#keep(bytes.subarray(from, end), false);
      const to = this.#position + end + this.#width;
      const line = { text: this.#textOf(this.#kept()), from: this.#from, to };
      this.#parts = [];
      this.#length = 0;
      const skipped = this.#skipping;
      this.#skipping = false;
      this.#from = to;
      from = end + this.#width;
      if (!skipped) yield line;
    }
    this.#keep(bytes.subarray(from), true);
    this.#position += bytes.length;
  }

  /** The line that has no end yet; null where there is none. */
  get unfinished(): ByteLine | null {
    if (this.#length === 0) return null;
    return { text: this.#textOf(this.#kept()), from: this.#from, to: this.#position };
  }

  #endFrom(bytes: Buffer, from: number): number {
    let end = bytes.indexOf(lineEnd, from);
    if (this.#width === 2)
      while (end >= 0 && (end % 2 === 1 || bytes[end + 1] !== 0)) end = bytes.indexOf(lineEnd, end + 1);
    return end;
  }

  #keep(part: Buffer, copied: boolean): void {
    const room = maxLine - this.#length;
    if (room <= 0 || part.length === 0 || this.#skipping) return;
    const kept = part.subarray(0, room);
    this.#parts.push(copied ? Buffer.from(kept) : kept);
    this.#length += kept.length;
  }

  #kept(): Buffer {
    const [first] = this.#parts;
    return this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts);
  }

  #textOf(line: Buffer): string {
    const text = line.toString(this.encoding);
    const whole = this.#from === 0 ? text.replace(/^\uFEFF/, "") : text;
    // With letters of UTF-8 beside it, it is damage; Python itself writes U+FFFD for what it could not read.
    const isOther =
      this.encoding === "utf8" && whole.includes("\uFFFD") && !/[^\0-\x7F\uFFFD]/.test(whole) && !isUtf8(line);
    return isOther ? latin.decode(line) : whole;
  }
}

/** By the first bytes of a file: a byte order mark, and letters of which most have an empty half. */
export function encodingOf(head: Buffer): LineEncoding {
  if (head[0] !== 0xff || head[1] !== 0xfe) return "utf8";
  const letters = head.subarray(2);
  let empty = 0;
  for (let at = 1; at < letters.length; at += 2) if (letters[at] === 0) empty++;
  return empty * 4 >= letters.length - 1 ? "utf16le" : "utf8";
}
