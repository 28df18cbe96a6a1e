import { headerIn } from "./tracebackHeader";

/** Lines that stand behind the same prefix, in order, without it. */
export interface LogStream {
  readonly lines: readonly string[];
  /** Where each line stands in the whole text, from 0; null where these are all its lines. */
  readonly numbers: readonly number[] | null;
}

/** No tool prints more than this before a line, characters. */
const longestPrefix = 300;
/** How far below a header its first frame is looked for, lines: other processes may print in between. */
const near = 64;
/** More services than this in one text are read as one. */
const mostPrefixes = 200;
/** A prefix under which no frame was found so often is none. */
const mostTries = 8;
/** So many different ones that are none make a text that is not worth the search: one costs 60 µs. */
const mostFailures = 2000;
/** Times and numbers in one prefix. */
const mostHoles = 8;

const month = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
/** What differs from line to line although one process printed them all. */
const time = [
  String.raw`\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d|UTC))?)?`,
  String.raw`(?:[A-Z][a-z]{2} )?${month} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,9})?`,
  String.raw`\d\d/(?:\d\d|${month})/\d{2,4}[ :T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: [+-]\d{4})?`,
  String.raw`\d\d:\d\d:\d\d(?:[.,]\d{1,9})?`,
  String.raw`\d+\.\d{3,9}`,
  String.raw`\d{10,19}`,
].join("|");
/** Words that stand before the margin of a group's member, or of none at all. */
const margin = /^[\s|+]*$/;
/** Parts of a traceback that ran together. */
const ofTraceback = /^\s*(?:File|Traceback)\b/;
const frameStart = '  File "';

/**
 * Parts a text by what container tools and log shippers print before every line, times in it aside: `web-1  | `,
 * `[pod/web-7d9f/app] `, `Nov 22 12:40:49 host python[123]: `, `> `. Prefixes are learnt from tracebacks: they stand before a header and before
 * its frames. So `web-1` and `web-2`, printed line by line in turns, come out as two. What has no such prefix is one stream. Linear.
 */
export function logStreams(lines: readonly string[]): LogStream[] {
  const prefixes = new Prefixes(lines);
  for (let index = 0; index < lines.length; index++) prefixes.learn(index);
  if (prefixes.none) return [{ lines, numbers: null }];
  const streams = new Map<number, { lines: string[]; numbers: number[] }>();
  for (let number = 0; number < lines.length; number++) {
    const { stream, text } = prefixes.part(lines[number] ?? "");
    let parts = streams.get(stream);
    if (parts === undefined) streams.set(stream, (parts = { lines: [], numbers: [] }));
    parts.lines.push(text);
    parts.numbers.push(number);
  }
  return [...streams.values()];
}

interface Prefix {
  readonly pattern: string;
  /** Between the prefix and the text: a blank, a tab or nothing. */
  readonly separator: string;
}

class Prefixes {
  #known: Prefix[] = [];
  #any: RegExp | null = null;
  #failures = 0;
  readonly #tries = new Map<string, number>();

  constructor(private readonly lines: readonly string[]) {}

  get none(): boolean {
    return this.#any === null;
  }

  /** Looks for a prefix before the header or the frame in this line. */
  learn(index: number): void {
    const line = this.lines[index] ?? "";
    const headerAt = headerIn(line);
    const at = headerAt >= 0 ? groupStart(line, headerAt) : line.indexOf(frameStart);
    if (at <= 0 || at > longestPrefix || this.#known.length >= mostPrefixes) return;
    const before = this.#withoutMargin(index, line.slice(0, at).trimEnd());
    if (margin.test(before) || ofTraceback.test(before)) return;
    const known = this.#match(line);
    if (known !== null && margin.test(line.slice(known.length, at))) return;
    const shape = before.replaceAll(/\d+/g, "0");
    const tries = this.#tries.get(shape) ?? 0;
    if (tries >= mostTries || this.#failures >= mostFailures) return;
    const pattern = headerAt >= 0 ? this.#underHeader(index, before, known !== null) : this.#aroundFrame(index, before);
    if (pattern === null) {
      this.#failures++;
      this.#tries.set(shape, tries + 1);
      return;
    }
    const length = new RegExp(pattern, "y").exec(line)?.[0].length ?? at;
    const between = line.slice(length, at);
    const separator = /^[ \t]?/.exec(between)?.[0] ?? "";
    // A margin is indented by steps of two.
    const none = /^(?: {2})+\|/.test(between);
    this.#known.push({ pattern, separator: none ? "" : separator });
    // The longest first: `web-1  | app: ` before `web-1  | `.
    this.#known.sort((a, b) => b.pattern.length - a.pattern.length);
    this.#any = new RegExp(this.#known.map((prefix) => `(${prefix.pattern})`).join("|"), "y");
  }

  /** Number of the stream (0: no known prefix) and the line without its prefix. */
  part(line: string): { stream: number; text: string } {
    const known = this.#match(line);
    if (known === null) return { stream: 0, text: line };
    const { separator } = this.#known[known.index] ?? { separator: "" };
    const from = known.length + (line.startsWith(separator, known.length) ? separator.length : 0);
    return { stream: known.index + 1, text: line.slice(from) };
  }

  #match(line: string): { index: number; length: number } | null {
    if (this.#any === null) return null;
    this.#any.lastIndex = 0;
    const found = this.#any.exec(line);
    return found === null ? null : { index: found.indexOf(found[0], 1) - 1, length: found[0].length };
  }

  /** `web-1  |` where `web-1  |     |` stands before the first header within a group that has none itself, as the members' lines above prove. */
  #withoutMargin(index: number, before: string): string {
    const outer = before.replace(/[ \t]{2,}\|$/, "");
    if (outer === before || margin.test(outer)) return before;
    const member = new RegExp(String.raw`(?:${patternsOf(outer).join("|")})[ \t]+\+[-+]{17,18} \d+ -{16}`, "y");
    for (let above = index - 1; above >= index - near && above >= 0; above--) {
      member.lastIndex = 0;
      if (member.test(this.lines[above] ?? "")) return outer;
    }
    return before;
  }

  /** The whole of what stands before the header where it stands before a frame too, else as much of it as does. */
  #underHeader(index: number, before: string, known: boolean): string | null {
    for (const pattern of patternsOf(before)) {
      if (this.#someBelow(index, new RegExp(`${pattern}(?=[ \\t]+(?:File "|[|+] ))`, "y"))) return pattern;
    }
    // Behind a known prefix: a message that quotes a header, `web-1  | ValueError: Traceback …`.
    if (known) return null;
    for (let below = index + 1; below <= index + near && below < this.lines.length; below++) {
      const line = this.lines[below] ?? "";
      const at = line.indexOf(frameStart);
      if (at <= 0 || at > longestPrefix) continue;
      const whole = line.slice(0, at).trimEnd();
      // The frames of a group have its margin in front of them too.
      for (const shorter of [whole, whole.replace(/\s*\|$/, "")]) {
        if (margin.test(shorter) || shorter.length > before.length) continue;
        const fits = patternsOf(shorter).find((pattern) => new RegExp(pattern, "y").test(before));
        if (fits !== undefined) return fits;
      }
    }
    return null;
  }

  /** Without a header, where a text begins in the middle of a traceback: the next line has to have the prefix too. */
  #aroundFrame(index: number, before: string): string | null {
    const frame = /^ {2}File ".+", line \d+(?:, in .+)?$/;
    if (!frame.test((this.lines[index] ?? "").slice((this.lines[index] ?? "").indexOf(frameStart)))) return null;
    const [pattern] = patternsOf(before);
    // A line of source, whose string looks like a frame.
    if (pattern === undefined || /\(.*["']/.test(before)) return null;
    return this.#someBelow(index, new RegExp(`${pattern}(?=[ \\t])`, "y")) ? pattern : null;
  }

  #someBelow(index: number, pattern: RegExp): boolean {
    for (let below = index + 1; below <= index + near && below < this.lines.length; below++) {
      pattern.lastIndex = 0;
      if (pattern.test(this.lines[below] ?? "")) return true;
    }
    return false;
  }
}

/**
 * Times aside, as it is; and with every number aside, for prefixes that count their lines. None where it is full of them: no two
 * holes touch and there are few, so that no line can be read in many ways. Last, as `grep` numbers lines: `9:` where it found, `10-` around.
 */
function patternsOf(prefix: string): string[] {
  const anyTime = String.raw`(?<!\d)(?:${time})(?!\d)`;
  const grep = new RegExp(anyTime).test(prefix)
    ? null
    : /^(?:(\S+\.[a-z]+)[:-])?\d+[:-]$|^(\S+\.[a-z]+)[:-]$/.exec(prefix);
  if (grep !== null) {
    const [, numbered, plain] = grep;
    if (plain !== undefined) return [`${literal(plain)}[:-]`];
    return [String.raw`${numbered === undefined ? "" : `${literal(numbered)}[:-]`}\d+[:-]`];
  }
  return [anyTime, String.raw`${anyTime}|^ *\d+|(?<!\d)\d+`].flatMap((hole) => {
    const holes = [...prefix.matchAll(new RegExp(hole, "g"))];
    if (holes.length > mostHoles) return [];
    let pattern = "";
    let from = 0;
    for (const found of holes) {
      const counter = found.index === 0 ? String.raw` *\d+` : String.raw`\d+`;
      pattern += literal(prefix.slice(from, found.index)) + (/^ *\d{1,9}$/.test(found[0]) ? counter : anyTime);
      from = found.index + found[0].length;
    }
    return [pattern + literal(prefix.slice(from))];
  });
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

/** Where a traceback's own text begins: for a group that is its margin, two columns before the plus. */
export function groupStart(line: string, at: number): number {
  const opening = "  + Exception Group ";
  const start = at - "Exception Group ".length;
  if (start < 0 || !line.startsWith("Exception Group ", start)) return at;
  return line.startsWith(opening, at - opening.length) ? at - opening.length : start;
}
