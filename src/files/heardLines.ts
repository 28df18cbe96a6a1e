import type { ByteLine } from "./byteLines";

/** A line is cut here, characters: as a worker's log is read. */
const maxLine = 131_072;
/** Of what one stream said, characters; a worker's day of jobs without tracebacks. The oldest lines go first. */
const maxKept = 524_288;
/** What a line takes besides its characters, of which it may have none. */
const lineCost = 64;

/** The last lines of a text that comes in pieces cut anywhere, each with where it stood, characters. */
export class HeardLines {
  #kept: ByteLine[] = [];
  #size = 0;
  #unfinished = "";
  #from = 0;
  #position = 0;

  /** Where the first line begins that is still kept. */
  get begin(): number {
    return this.#kept[0]?.from ?? this.#from;
  }

  /** Where the line ends that has an end. */
  get position(): number {
    return this.#from;
  }

  /** A line has begun that has no end yet. */
  get isWithin(): boolean {
    return this.#position > this.#from;
  }

  /** The lines that are whole now. */
  push(text: string): ByteLine[] {
    const whole: ByteLine[] = [];
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      const to = this.#position + end + 1;
      const line = { text: this.#withEnd(text, from, end), from: this.#from, to };
      this.#unfinished = "";
      this.#from = to;
      from = end + 1;
      whole.push(line);
      this.#kept.push(line);
      this.#size += line.text.length + lineCost;
    }
    this.#unfinished = this.#withEnd(text, from, text.length);
    this.#position += text.length;
    this.#forget();
    return whole;
  }

  /** Those between two places that are still kept. */
  between(from: number, to: number): readonly ByteLine[] {
    return this.#kept.filter((line) => line.from >= from && line.to <= to);
  }

  #withEnd(text: string, from: number, to: number): string {
    const room = maxLine - this.#unfinished.length;
    return room <= 0 ? this.#unfinished : this.#unfinished + text.slice(from, Math.min(to, from + room));
  }

  #forget(): void {
    let gone = 0;
    while (this.#size > maxKept && gone < this.#kept.length) this.#size -= this.#kept[gone++]!.text.length + lineCost;
    if (gone > 0) this.#kept = this.#kept.slice(gone);
  }
}
