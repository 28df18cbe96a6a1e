import { escapedTexts, hasEscapedTraceback } from "./escapedTexts";
import { logStreams } from "./logStreams";
import { beginsRecord, endsMessage } from "./messageEnd";
import { plainLines } from "./plainLines";
import { groupHeader, header } from "./tracebackHeader";
import { looksLikeClass, parseExceptionLine, parseFrameLine, surelyClass } from "./tracebackParts";
import { isLink, linkIn, TracebackLines, type Opening } from "./tracebackLines";

/** One frame as printed: `  File "…", line N, in name`. */
export interface Frame {
  readonly file: string;
  /** From 1; 0 where Python had no line number to print. */
  readonly line: number;
  readonly function: string;
  /** First line of the source as printed, without indentation; null where Python could not read the file. */
  readonly source: string | null;
  /** N of `[Previous line repeated N more times]`: how often this frame stood there besides this once. */
  readonly repeat: number;
}

/** One exception with its traceback, as `traceback.format_exception` prints it. Everything in it is untrusted text. */
export interface Traceback {
  /** Oldest first, as printed. Empty for an exception that was never raised (a bare cause, a member of a group). */
  readonly frames: readonly Frame[];
  /** Where the text of a SyntaxError is wrong; null for every other exception. */
  readonly at: { readonly file: string; readonly line: number } | null;
  /** As printed: `KeyError`, `shop.errors.CardDeclined`; "" where the text breaks off before it. */
  readonly type: string;
  /** May span lines. Notes cannot be told from it in text, so they are part of it. */
  readonly message: string;
  /** Always empty when read from text. */
  readonly notes: readonly string[];
  /** `raise … from cause`. */
  readonly cause: Traceback | null;
  /** The exception that was being handled. Never set together with `cause`. */
  readonly context: Traceback | null;
  /** Members of an exception group, as far as they were printed. */
  readonly group: readonly Traceback[];
}

/** Older causes of a longer chain are dropped: consumers may recurse over `cause`, `context` and `group`. */
const maxChain = 1000;
const maxGroupDepth = 50;
/** Text in a string in a string …: what JSON loggers, container runtimes and collectors make of one another. */
const maxEscapes = 3;
/** How far lines that somebody else printed into a traceback may part it. */
const maxForeign = 24;
/** How far above a link the cause that it names may begin. */
const maxBare = 60;

/** The frame that caught, as loguru prints it. */
const marked = /^> File "/;
const repeated = /^ {2}\[Previous line repeated (\d{1,15}) more times?\]$/;
/** What no exception's text is without. */
const anchors = [header, 'File "', "+-+----------------", "the above exception", "The above exception"];
/**
 * Every traceback in a text, in order: chains, exception groups, SyntaxErrors, with or without carets, coloured or not, indented, behind
 * log prefixes, of several processes in turns where prefixes tell them apart, escaped in lines of JSON. A traceback that breaks off is
 * kept as far as it goes. Never throws; takes linear time.
 *
 * A message ends at the next traceback, at a line that begins like a log record, or at the end of the text, because nothing
 * else marks its end.
 */
export function parseTracebacks(text: string): Traceback[] {
  return parseText(text, 0);
}

function parseText(text: string, escapes: number): Traceback[] {
  if (!anchors.some((anchor) => text.includes(anchor))) return [];
  const found: { line: number; traceback: Traceback }[] = [];
  for (const { lines, numbers } of logStreams(plainLines(text))) {
    const add = (from: number, to: number) => {
      for (let index = from; index < to; index++) {
        const line = lines[index] ?? "";
        if (escapes >= maxEscapes || !hasEscapedTraceback(line)) continue;
        for (const inner of escapedTexts(line)) {
          for (const traceback of parseText(inner, escapes + 1))
            found.push({ line: numbers?.[index] ?? index, traceback });
        }
      }
    };
    let searchedTo = 0;
    for (const { from, to, traceback } of parseStream(new TracebackLines(lines))) {
      // Source and message of a traceback may quote another one.
      add(searchedTo, from);
      found.push({ line: numbers?.[from] ?? from, traceback });
      searchedTo = to;
    }
    add(searchedTo, lines.length);
  }
  return found.sort((a, b) => a.line - b.line).map(({ traceback }) => traceback);
}

function* parseStream(lines: TracebackLines): Generator<{ from: number; to: number; traceback: Traceback }> {
  let floor = 0;
  for (let opening = lines.seek(floor); opening !== null; opening = lines.seek(floor)) {
    const at = lines.index;
    lines.learnAbove(at);
    const start = firstException(lines, opening, floor);
    if (start !== null) {
      if (start.from < at) lines.learnAbove(start.from);
      const traceback = parseChain(lines, 0, start.exception);
      const holds = traceback.type !== "" || (opening === "header" && traceback.frames.length > 0);
      if (holds) yield { from: start.from, to: lines.index, traceback };
    }
    // Whatever the text, the search goes on behind this line.
    lines.index = Math.max(lines.index, at + 1);
    floor = lines.index;
  }
}

function firstException(
  lines: TracebackLines,
  opening: Opening,
  floor: number,
): { from: number; exception: Traceback } | null {
  const from = lines.index;
  if (opening === "link") return bareCauseAbove(lines, floor);
  if (opening === "header") return remoteAround(lines, floor) ?? { from, exception: parseException(lines, 0) };
  const exception = parseException(lines, 0);
  // Without a header, only a class that looks like one proves that the frames are a traceback's.
  const proven = opening === "group" ? exception.group.length > 0 : looksLikeClass(exception.type);
  return proven ? { from, exception } : null;
}

/** Exceptions linked by the sentences that Python prints between them. */
function parseChain(lines: TracebackLines, depth: number, first: Traceback): Traceback {
  const chain: { exception: Traceback; link: "cause" | "context" | null }[] = [{ exception: first, link: null }];
  for (let link = takeLink(lines, depth); link !== null; link = takeLink(lines, depth)) {
    const exception = parseException(lines, depth);
    // The text breaks off behind the sentence.
    if (exception.type === "" && exception.frames.length === 0) break;
    chain.push({ exception, link });
  }
  let whole: Traceback | null = null;
  for (const { exception, link } of chain.slice(-maxChain)) {
    whole = whole === null || link === null ? exception : { ...exception, [link]: whole };
  }
  return whole ?? first;
}

/** One exception: header (missing when it was never raised), frames, type and message, members. */
function parseException(lines: TracebackLines, depth: number): Traceback {
  let inner = depth;
  const opening = lines.text(depth)?.trimEnd();
  if (opening === header || opening === groupHeader) {
    lines.next();
  } else if (depth === 0 && lines.text(1) !== null) {
    // A group at top level is printed with a margin, as if it were inside one.
    inner = 1;
    if (lines.text(1)?.trimEnd() === groupHeader) lines.next();
  }
  const { frames, at } = parseFrames(lines, inner);
  const { type, message } = parseTypeAndMessage(lines, inner);
  const group = parseMembers(lines, inner);
  return { frames, at, type, message, notes: [], cause: null, context: null, group };
}

function parseFrames(lines: TracebackLines, depth: number): Pick<Traceback, "frames" | "at"> {
  const frames: Frame[] = [];
  let at: Traceback["at"] = null;
  /** The line before was a frame, so this one is its source. */
  let sourceNext = false;
  for (; !lines.ended; lines.next()) {
    const printed = lines.text(depth) ?? foldedWithoutMargin(lines);
    const line = printed !== null && marked.test(printed) ? printed.replace(">", " ") : printed;
    if (line === null || (line !== "" && !line.startsWith("  "))) {
      if (endsFrames(lines, line, depth)) break;
      continue;
    }
    if (line.trim() === "") continue;
    const frame = parseFrameLine(line);
    if (frame !== null) {
      if (frame.function === null) at = { file: frame.file, line: frame.line };
      else frames.push({ file: frame.file, line: frame.line, function: frame.function, source: null, repeat: 0 });
      sourceNext = frame.function !== null;
      continue;
    }
    const last = frames.at(-1);
    const repeat = repeated.exec(line);
    if (last !== undefined && repeat !== null) {
      frames[frames.length - 1] = { ...last, repeat: last.repeat + Number(repeat[1]) };
    } else if (last !== undefined && sourceNext && line.startsWith("    ")) {
      frames[frames.length - 1] = { ...last, source: line.trim() };
    }
    // Everything else is decoration: carets, further lines of the statement, `...<3 lines>...`, captured locals.
    sourceNext = false;
  }
  return { frames, at };
}

/** CPython 3.11 and 3.12 print this line without the margin of the group that it is in. */
function foldedWithoutMargin(lines: TracebackLines): string | null {
  const line = lines.raw(lines.index);
  return repeated.test(line) ? line : null;
}

/** The line that is not part of the frames is what comes behind them; false where somebody else printed it in between. */
function endsFrames(lines: TracebackLines, line: string | null, depth: number): boolean {
  if (lines.atHeader() || isLink(line)) return true;
  if (line === null && depth > 0 && !lines.withoutMargin()) return true;
  const exception = line === null || beginsRecord(line) ? null : parseExceptionLine(line);
  if (exception !== null && looksLikeClass(exception.type)) return true;
  return !goesOn(lines, depth);
}

/** The traceback at hand goes on a few lines further: another frame, or a class that is one by its name. */
function goesOn(lines: TracebackLines, depth: number): boolean {
  for (let index = lines.index + 1; index <= lines.index + maxForeign; index++) {
    if (lines.atHeader(index)) return false;
    const text = lines.textAt(index, depth);
    if (text === null || text.trim() === "" || beginsRecord(text)) continue;
    if (endsMessage(text)) return false;
    // Nobody else prints a margin.
    if (depth > 0 || text.startsWith("    ") || parseFrameLine(text) !== null) return true;
    const exception = parseExceptionLine(text);
    if (exception !== null && surelyClass.test(exception.type)) return true;
  }
  return false;
}

function parseTypeAndMessage(lines: TracebackLines, depth: number): Pick<Traceback, "type" | "message"> {
  const first = parseExceptionLine(lines.text(depth));
  if (first === null) return { type: "", message: "" };
  lines.next();
  const message = [first.message];
  const opened = new Set<string>();
  lines.closesBox(first.message, opened);
  let blank = false;
  let quotes = false;
  for (; !lines.ended; lines.next()) {
    const line = lines.text(depth);
    if (line === null) {
      if (depth === 0 || !lines.withoutMargin() || !lines.marginBelow(maxForeign)) break;
      // Up to 3.12, the interpreter prints the margin of a member's message before its first line only.
      const bare = lines.raw(lines.index);
      if (!lines.endsMessage(bare)) message.push(bare);
      continue;
    }
    // Right below the message and further to the right, a traceback is what the message quotes: of a service, of another process.
    const quoted: boolean = (quotes || !blank) && lines.quotesHeader(depth);
    if (!quoted && (lines.atHeader() || lines.endsMessage(line) || isLink(line) || lines.closesBox(line, opened)))
      break;
    quotes ||= quoted;
    blank ||= line === "";
    message.push(line);
  }
  return { type: first.type, message: message.join("\n").trimEnd() };
}

function parseMembers(lines: TracebackLines, depth: number): Traceback[] {
  const members: Traceback[] = [];
  if (depth === 0 || depth > maxGroupDepth) return members;
  while (takeSeparator(lines, depth)) {
    const before = lines.index;
    const exception = parseChain(lines, depth + 1, parseException(lines, depth + 1));
    // `... (max_group_depth is 10)` and `and 3 more exceptions` are no exceptions.
    if (exception.type !== "" || exception.frames.length > 0) members.push(exception);
    if (lines.index === before) lines.skipWithin(depth + 1);
  }
  lines.takeClose(depth + 1);
  return members;
}

/** The line in front of a member; also between records that somebody else printed into the group. */
function takeSeparator(lines: TracebackLines, depth: number): boolean {
  const start = lines.index;
  skipRecords(lines);
  if (!lines.takeSeparator(depth)) {
    lines.index = start;
    return false;
  }
  skipRecords(lines);
  return true;
}

function skipRecords(lines: TracebackLines): void {
  while (beginsRecord(lines.raw(lines.index)) && lines.marginBelow(maxForeign)) lines.next();
}

/** Steps over `⏎ The above exception … ⏎⏎` and says what it was; null, and no step, when something else comes. */
function takeLink(lines: TracebackLines, depth: number): "cause" | "context" | null {
  const start = lines.index;
  skipBetween(lines, depth);
  const link = linkIn(lines.text(depth));
  if (link === null) {
    lines.index = start;
    return null;
  }
  lines.next();
  skipBetween(lines, depth);
  return link;
}

/** Blank lines, and records that somebody else printed into the traceback. */
function skipBetween(lines: TracebackLines, depth: number): void {
  for (let skipped = 0; skipped < maxForeign && !lines.ended && !lines.atHeader(); lines.next()) {
    const outside = depth > 0 && lines.marginBelow(maxForeign) ? lines.raw(lines.index) : null;
    const line = lines.text(depth) ?? (outside !== null && beginsRecord(outside) ? outside : null);
    if (line === null || (line.trim() !== "" && !beginsRecord(line))) return;
    if (line.trim() !== "") skipped++;
  }
}

/**
 * A cause that was never raised is printed without a header: `ValueError: x ⏎⏎ The above exception …`. Called at the link;
 * looks for one above and leaves the lines at the link.
 */
function bareCauseAbove(lines: TracebackLines, floor: number): { from: number; exception: Traceback } | null {
  const link = lines.index;
  const lowest = Math.max(floor, link - maxBare);
  let end = link - 1;
  while (end >= lowest && (lines.raw(end).trim() === "" || beginsRecord(lines.raw(end)))) end--;
  let start = -1;
  let named = false;
  for (let index = end; index >= lowest && !endsMessage(lines.raw(index)); index--) {
    const exception = parseExceptionLine(lines.raw(index));
    if (exception === null || !looksLikeClass(exception.type)) continue;
    const sure = surelyClass.test(exception.type);
    // `Note: x` is one only where nothing above is one by its name.
    if (sure || !named) start = index;
    named ||= sure;
    // The first line of a paragraph is where it begins; further down, a line of the message may look like one.
    if (!named) continue;
    if (index === lowest || lines.raw(index - 1).trim() === "" || endsMessage(lines.raw(index - 1))) break;
  }
  return start < 0 ? null : { from: start, exception: bareException(lines, start, end) };
}

/**
 * What a process pool prints of an exception in another process: `…RemoteTraceback: ⏎ """ ⏎ Traceback … ⏎ """`, whose message is that
 * whole text. Called at the header inside; null where this is an ordinary one.
 */
function remoteAround(lines: TracebackLines, floor: number): { from: number; exception: Traceback } | null {
  const start = lines.index - 2;
  if (start < floor || lines.raw(start + 1) !== remoteQuote) return null;
  const opening = parseExceptionLine(lines.raw(start).trimEnd());
  if (opening === null || opening.message !== "" || !opening.type.endsWith("RemoteTraceback")) return null;
  const end = lines.find(remoteQuote);
  if (end < 0) return null;
  lines.index = end + 1;
  return { from: start, exception: bareException(lines, start, end) };
}

const remoteQuote = '"""';

function bareException(lines: TracebackLines, start: number, end: number): Traceback {
  const { type, message: firstLine } = parseExceptionLine(lines.raw(start)) ?? { type: "", message: "" };
  const rest = [firstLine];
  for (let index = start + 1; index <= end; index++) rest.push(lines.raw(index));
  const message = rest.join("\n").trimEnd();
  return { frames: [], at: null, type, message, notes: [], cause: null, context: null, group: [] };
}
