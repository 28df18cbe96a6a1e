/** A string sequence that is longer than this was never one, or is a picture: what follows is text, characters. */
const longestString = 65_536;
/** No sequence that is not a string is longer, characters. */
const longestSequence = 256;
/** ConPTY writes runs of blanks as cursor movements; none is wider than a terminal, columns. */
const widestJump = 500;

/* oxlint-disable no-control-regex -- they are what this is about */
const special = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** CSI, and escapes of two characters with what may stand between them. */
const sequence = /\u001b(?:\[([0-?]*)[ -/]*([@-~])|[ -/]+[0-~]|[0-OQ-WYZ\\`-~])/y;
/** OSC, DCS, SOS, PM, APC: a string follows, up to BEL or ST. */
const stringStart = /\u001b[\]PX^_]/y;
const stringEnd = /\u0007|\u009c|\u001b\\?/g;
/** The end of a chunk may lie within one. */
const unfinished = /\u001b(?:\[[0-?]*[ -/]*|[ -/]*)$/y;
/* oxlint-enable no-control-regex */

/**
 * Text as a terminal receives it, in chunks cut anywhere, without what only moves the cursor or colours: escape sequences (VS
 * Code's own marks `ESC]633;…` included) and control characters other than tab and line feed. `\r\n` is a line end, and so is a
 * carriage return alone, after which a progress bar writes its next state. Linear; keeps at most one unfinished short sequence.
 */
export class TerminalText {
  #held = "";
  /** Characters of a string sequence that were left out so far; null outside of one. */
  #string: number | null = null;

  push(chunk: string): string {
    const text = this.#held + chunk;
    this.#held = "";
    let plain = "";
    let from = this.#string === null ? 0 : this.#skipString(text, 0);
    special.lastIndex = from;
    for (let found = special.exec(text); found !== null; found = special.exec(text)) {
      const at = found.index;
      plain += text.slice(from, at);
      const { shown, next } = this.#control(text, at);
      plain += shown;
      from = special.lastIndex = next;
    }
    return plain + text.slice(from);
  }

  /** What is left when nothing more comes. */
  end(): string {
    const rest = this.#held.startsWith("\r") ? "\n" : "";
    this.#held = "";
    this.#string = null;
    return rest;
  }

  #control(text: string, at: number): { shown: string; next: number } {
    if (text[at] === "\r") {
      // Terminals within terminals write `\r\r\n`.
      let next = at;
      while (text[next] === "\r") next++;
      if (next === text.length) return this.#hold("\r");
      return { shown: text[next] === "\n" ? "" : "\n", next };
    }
    if (text[at] !== "\u001b") return { shown: "", next: at + 1 };
    stringStart.lastIndex = sequence.lastIndex = unfinished.lastIndex = at;
    if (stringStart.test(text)) {
      this.#string = 0;
      return { shown: "", next: this.#skipString(text, at + 2) };
    }
    const found = sequence.exec(text);
    if (found !== null) return { shown: shownFor(found[1], found[2]), next: at + found[0].length };
    if (text.length - at <= longestSequence && unfinished.test(text)) return this.#hold(text.slice(at));
    return { shown: "", next: at + 1 };
  }

  #hold(rest: string): { shown: string; next: number } {
    this.#held = rest;
    return { shown: "", next: Infinity };
  }

  /** Where the text goes on behind the string; the end of it all where the string goes on in the next chunk. */
  #skipString(text: string, from: number): number {
    const skipped = this.#string ?? 0;
    stringEnd.lastIndex = from;
    const end = stringEnd.exec(text);
    const length = (end?.index ?? text.length) - from;
    this.#string = null;
    if (skipped + length > longestString) return from + Math.max(0, longestString - skipped);
    if (end !== null && (end[0] !== "\u001b" || end.index + 1 < text.length)) {
      // An escape character that does not end the string begins another sequence.
      return end[0] === "\u001b" ? end.index : end.index + end[0].length;
    }
    this.#string = skipped + length;
    if (end !== null) this.#held = "\u001b";
    return Infinity;
  }
}

/** ConPTY repaints: it moves right instead of writing blanks, and to another row instead of ending a line. */
function shownFor(parameters: string | undefined, final: string | undefined): string {
  if (final === "C") return " ".repeat(Math.min(widestJump, Number(parameters) || 1));
  return final === "H" || final === "f" || final === "E" || final === "B" ? "\n" : "";
}
