import { groupStart } from "./logStreams";
import { beginsRecord, closesBox, endsMessage, headsStack, noteBoxes, recordsLike } from "./messageEnd";
import { header, headerIn } from "./tracebackHeader";

/** How a traceback begins: with its header; with a frame or the members of a group, never raised or cut off above; with the sentence that links causes. */
export type Opening = "header" | "frames" | "group" | "link";

const directCause = "The above exception was the direct cause of the following exception:";
const handling = "During handling of the above exception, another exception occurred:";

/**
 * Lines of a text that may hold tracebacks, read with a cursor. Takes off what stands in front of every line of one: its
 * indentation, and the margin `  | ` that Python prints inside an exception group.
 */
export class TracebackLines {
  /** The line the cursor is on. */
  index = 0;
  /** What stands before every line of the traceback at hand. */
  #indent = "";
  /** The line whose beginning does not belong to the traceback: `12:00:00: Traceback …`. */
  #lead: { readonly index: number; readonly width: number } | null = null;

  /** How records of this log begin, where the one above the traceback at hand tells it. */
  #record: RegExp | null = null;

  /** What the traceback at hand may stand in, and how far down that was looked for. */
  readonly #boxes = new Set<string>();
  #boxesTo = -1;

  #found = -1;
  /** The last line that a group was looked for above. */
  #climbed = -1;

  constructor(private readonly lines: readonly string[]) {}

  next(): void {
    this.index++;
  }

  /** Moves to the next line that may open a traceback and learns its indentation; null at the end of the text. */
  seek(floor: number): Opening | null {
    for (; this.index < this.lines.length; this.index++) {
      const line = this.lines[this.index] ?? "";
      // Most lines of a log have nothing of all this.
      if (line.includes(header)) {
        const at = headerIn(line);
        if (at < 0) continue;
        this.#open(groupStart(line, at));
        return "header";
      }
      if (line.length <= longestFrame && line.includes('  File "')) {
        const indent = /^(\s*) {2}File ".*", line \S+$|^(\s*) {2}File ".*", line \S+, in /.exec(line);
        if (indent === null) continue;
        this.#indent = indent[1] ?? indent[2] ?? "";
        this.#lead = null;
        return "frames";
      }
      if (line.includes("+-+----") && this.#toGroup(floor)) return "group";
      if (isLink(line.trim())) {
        this.#indent = line.slice(0, line.length - line.trimStart().length);
        this.#lead = null;
        return "link";
      }
      if (headsStack(line)) this.#skipStack();
    }
    return null;
  }

  /** The line at the cursor without indentation and without the margin of a group at this depth; null when it is outside it. */
  text(depth: number): string | null {
    return this.textAt(this.index, depth);
  }

  /** A line by its number without indentation; "" past the ends. */
  raw(index: number): string {
    return this.textAt(index, 0) ?? "";
  }

  /** Learns from what stands above the traceback that begins with this line how far its message may go: how records begin, and what it was put into. */
  learnAbove(from: number): void {
    while (this.#boxesTo < from) noteBoxes(this.lines[++this.#boxesTo] ?? "", this.#boxes);
    this.#record = null;
    const above = this.#lead?.index === from ? from : from - 1;
    for (let index = above; index > from - maxRecord && index >= 0 && this.#record === null; index--) {
      const line = this.#lead?.index === index ? this.lines[index]?.slice(0, this.#lead.width) : this.raw(index);
      if (line === undefined || beginsRecord(line)) return;
      this.#record = recordsLike(line);
    }
  }

  /** The message of an exception is over before this line. */
  endsMessage(line: string): boolean {
    return endsMessage(line) || (this.#record?.test(line) ?? false);
  }

  /** What the traceback was put into ends with this line of its message; `own` are what the message has opened itself. */
  closesBox(line: string, own: Set<string>): boolean {
    return closesBox(line, this.#boxes, own);
  }

  /** A traceback opens at the line, at any width. */
  atHeader(index = this.index): boolean {
    return headerIn(this.lines[index] ?? "") >= 0;
  }

  /** A traceback opens at the cursor that stands further right than the text of this depth, as the message of an exception quotes one. */
  quotesHeader(depth: number): boolean {
    const text = this.text(depth);
    return (
      text !== null &&
      /^\s/.test(text) &&
      headerIn(text) >= 0 &&
      /^(?:Exception Group )?Traceback/.test(text.trimStart())
    );
  }

  /** The next line from the cursor on that is this text; -1 where none is. Found once, asked for often: linear over a whole text. */
  find(text: string): number {
    if (this.#found < this.index) {
      this.#found = this.index;
      while (this.#found < this.lines.length && this.raw(this.#found) !== text) this.#found++;
    }
    return this.#found < this.lines.length ? this.#found : -1;
  }

  get ended(): boolean {
    return this.index >= this.lines.length;
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

  /** The line at the cursor has no margin although it is within a group: somebody else printed it. */
  withoutMargin(): boolean {
    const line = this.textAt(this.index, 0);
    return line === null || !/^ *[|+]/.test(line);
  }

  /** A margin follows a few lines below, before another traceback opens without one. */
  marginBelow(lines: number): boolean {
    for (let index = this.index + 1; index <= this.index + lines; index++) {
      const line = this.textAt(index, 0);
      if (line === null) continue;
      if (/^ {2,}(?:\|(?: |$)|\+-)/.test(line)) return true;
      if (this.atHeader(index)) return false;
    }
    return false;
  }

  textAt(index: number, depth: number): string | null {
    const whole = this.lines[index];
    if (whole === undefined) return null;
    let text = whole;
    if (this.#lead?.index === index) text = whole.slice(this.#lead.width);
    else if (this.#indent !== "") {
      if (whole.startsWith(this.#indent)) text = whole.slice(this.#indent.length);
      else if (whole.trim() === "" || whole.trimEnd() === this.#indent.trimEnd()) text = "";
      else return null;
    }
    return depth === 0 ? text : insideMargin(text, depth);
  }

  /** What stands before the header stands before every line, or only before this one. */
  #open(at: number): void {
    const line = this.lines[this.index] ?? "";
    const before = line.slice(0, at);
    const below = this.lines[this.index + 1] ?? "";
    this.#lead = null;
    const frame = /^(\s*) {2}(?:File "|[|+] )/.exec(below)?.[1];
    const continued = before.trim() === "" ? frame === undefined || frame === before : below.startsWith("  ", at);
    if (continued && below.startsWith(before)) {
      this.#indent = before;
      return;
    }
    this.#lead = { index: this.index, width: at };
    this.#indent = frame ?? "";
  }

  /**
   * From the line above the first member to the line of the group's type; false, and no step, where there is none. Once for each
   * first member: where what stands above proved to be no group, every line further down would lead to the same one again.
   */
  #toGroup(floor: number): boolean {
    if (this.index <= this.#climbed) return false;
    const indent = /^(\s*) {2}\+-\+-{16} 1 -{16}$/.exec(this.lines[this.index] ?? "")?.[1];
    if (indent === undefined) return false;
    let first = this.index;
    while (first > floor && /^ {2}\|(?: |$)/.test((this.lines[first - 1] ?? "").slice(indent.length))) first--;
    if (first === this.index) return false;
    this.#climbed = this.index;
    this.index = first;
    this.#indent = indent;
    this.#lead = null;
    return true;
  }

  #skipStack(): void {
    while ((this.lines[this.index + 1] ?? "").startsWith("  ") && !this.atHeader(this.index + 1)) this.index++;
  }
}

/** Lines of a record above its traceback that are looked at for its level or time. */
const maxRecord = 3;
/** No path is longer, characters. */
const longestFrame = 20_000;

/** The sentence that links two exceptions; some print blanks behind it to the edge of the terminal. */
export function linkIn(line: string | null): "cause" | "context" | null {
  const sentence = line?.trimEnd();
  if (sentence === directCause) return "cause";
  return sentence === handling ? "context" : null;
}

export function isLink(line: string | null): boolean {
  return linkIn(line) !== null;
}

const separator = /^( +(?:\+-|))\+-{16} (?:\d+|\.\.\.) -{16}$/;
const close = /^( +)\+-{36}$/;

function insideMargin(text: string, depth: number): string | null {
  const at = depth * 2;
  if (text.length <= at || (text[at] !== "|" && text[at] !== "+") || text.slice(0, at).trim() !== "") return null;
  if (text.length === at + 1) return text[at] === "|" ? "" : null;
  // `+ ` opens a group, `+-` parts its members.
  return text[at + 1] === " " ? text.slice(at + 2) : null;
}
