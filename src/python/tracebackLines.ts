/**
 * Lines of a text that may hold tracebacks, read with a cursor. Takes off what stands in front of them: colours, a log prefix
 * of one width, and the margin `  | ` that Python prints inside an exception group.
 */
export class TracebackLines {
  /** The line the cursor is on. */
  index = 0;
  readonly #lines: readonly string[];
  /** Width and shape of what stands before the header, and thus before every line of this traceback. */
  #prefix = { width: 0, shape: "" };

  constructor(text: string) {
    this.#lines = text.replaceAll(colours, "").split(/\r?\n/);
  }

  next(): void {
    this.index++;
  }

  /** Moves to the next line that opens a traceback and learns its prefix; false at the end of the text. */
  seekHeader(): boolean {
    for (; this.index < this.#lines.length; this.index++) {
      const line = this.#lines[this.index] ?? "";
      const at = line.indexOf(header);
      if (at < 0 || line.slice(at + header.length).trim() !== "") continue;
      const start = groupStart(line, at);
      this.#prefix = { width: start, shape: shapeOf(line.slice(0, start)) };
      if (!this.#continues(this.index + 1)) {
        // The prefix belongs to the header's line alone (`12:00:00: Traceback …`): what follows has none.
        this.#lead = { index: this.index, width: start };
        this.#prefix = { width: 0, shape: "" };
      } else {
        this.#lead = null;
      }
      return true;
    }
    return false;
  }

  /** The line at the cursor without prefix and without the margin of a group at this depth; null when it is outside it. */
  text(depth: number): string | null {
    return this.#textAt(this.index, depth);
  }

  /** The next line that is not blank, read as `text` would; null when it is outside. Looks a few lines ahead at most. */
  textAfter(depth: number): string | null {
    for (let index = this.index + 1; index < this.index + 4; index++) {
      const text = this.#textAt(index, depth);
      if (text === null || text.trim() !== "") return text;
    }
    return null;
  }

  /** A line by its number without the prefix; "" past the ends. */
  raw(index: number): string {
    return this.#textAt(index, 0) ?? "";
  }

  /** A traceback opens at the cursor, at any width. */
  atHeader(): boolean {
    return (this.#lines[this.index] ?? "").trimEnd().endsWith(header);
  }

  /** Steps over `+---------------- 1 ----------------` in front of a member of the group at this depth. */
  takeSeparator(depth: number): boolean {
    const match = separator.exec(this.raw(this.index));
    // The first stands one step to the left: `  +-+---`, then `    +---`.
    if (match === null || (match[1] ?? "").length !== depth * 2 + 2) return false;
    this.next();
    return true;
  }

  /** Steps over the line that closes the members printed at this depth, if it is there. */
  takeClose(depth: number): void {
    const match = close.exec(this.raw(this.index));
    if (match !== null && (match[1] ?? "").length === depth * 2) this.next();
  }

  /** Steps over every line at this depth. */
  skipWithin(depth: number): void {
    while (this.text(depth) !== null && separator.exec(this.raw(this.index)) === null) this.next();
  }

  #lead: { readonly index: number; readonly width: number } | null = null;

  #textAt(index: number, depth: number): string | null {
    const whole = this.#lines[index];
    if (whole === undefined) return null;
    let text = whole;
    if (this.#lead?.index === index) text = whole.slice(this.#lead.width);
    else if (this.#prefix.width > 0) {
      if (this.#continues(index)) text = whole.slice(this.#prefix.width);
      else if (whole.trim() === "") text = "";
      else return null;
    }
    return depth === 0 ? text : withoutMargin(text, depth);
  }

  /** The line begins as the header's line does, digits (times, counters) aside, or is blank behind a blank prefix. */
  #continues(index: number): boolean {
    const line = this.#lines[index];
    const { width, shape } = this.#prefix;
    if (line === undefined) return false;
    return width === 0 || (line.length >= width && shapeOf(line.slice(0, width)) === shape);
  }
}

const header = "Traceback (most recent call last):";
const separator = /^( +(?:\+-|))\+-{16} (?:\d+|\.\.\.) -{16}$/;
const close = /^( +)\+-{36}$/;
// oxlint-disable-next-line no-control-regex -- terminal colours begin with an escape character
const colours = /\u001b\[[0-9;]*m/g;

/** Where a traceback's own text begins: for a group that is its margin, two columns before the plus. */
function groupStart(line: string, at: number): number {
  const opening = "  + Exception Group ";
  const start = at - "Exception Group ".length;
  if (start < 0 || !line.startsWith("Exception Group ", start)) return at;
  return line.startsWith(opening, at - opening.length) ? at - opening.length : start;
}

function withoutMargin(text: string, depth: number): string | null {
  const at = depth * 2;
  if (text.length <= at || (text[at] !== "|" && text[at] !== "+") || text.slice(0, at).trim() !== "") return null;
  if (text.length === at + 1) return text[at] === "|" ? "" : null;
  // `+ ` opens a group, `+-` parts its members.
  return text[at + 1] === " " ? text.slice(at + 2) : null;
}

function shapeOf(prefix: string): string {
  return prefix.replaceAll(/\d/g, "0");
}
