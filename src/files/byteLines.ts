/** A line is kept up to this length, bytes; the rest of it is skipped. */
const maxLine = 131_072;

/** A line of a file, without its end. */
export interface ByteLine {
  readonly text: string;
  /** Where it begins, and where the next one does, bytes from the beginning of the file. */
  readonly from: number;
  readonly to: number;
}

/** Cuts the bytes of a file into lines, as they come. Keeps one unfinished line. Bytes that are no UTF-8 become U+FFFD. */
export class ByteLines {
  #parts: Buffer[] = [];
  #length = 0;
  #from: number;
  #position: number;
  #skipping: boolean;

  /** `skipping`: the position lies in the middle of a line, which is left out. */
  constructor(position: number, skipping: boolean) {
    this.#from = this.#position = position;
    this.#skipping = skipping;
  }

  /** Bytes from where the last ones ended; the lines that are whole now. The buffer may be used again afterwards. */
  *push(bytes: Buffer): Generator<ByteLine> {
    let from = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
      this.#keep(bytes.subarray(from, end), false);
      const to = this.#position + end + 1;
      const line = { text: this.#take(), from: this.#from, to };
      const skipped = this.#skipping;
      this.#skipping = false;
      this.#from = to;
      from = end + 1;
      if (!skipped) yield line;
    }
    this.#keep(bytes.subarray(from), true);
    this.#position += bytes.length;
  }

  #keep(part: Buffer, copied: boolean): void {
    const room = maxLine - this.#length;
    if (room <= 0 || part.length === 0 || this.#skipping) return;
    const kept = part.subarray(0, room);
    this.#parts.push(copied ? Buffer.from(kept) : kept);
    this.#length += kept.length;
  }

  #take(): string {
    const [first] = this.#parts;
    const whole = this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    return whole.toString("utf8");
  }
}
