import { TracebackLines } from "./tracebackLines";

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

const directCause = "The above exception was the direct cause of the following exception:";
const handling = "During handling of the above exception, another exception occurred:";

/** Older causes of a longer chain are dropped: consumers may recurse over `cause`, `context` and `group`. */
const maxChain = 200;
const maxGroupDepth = 50;

/** Dotted name, `<locals>` and `<unknown>` included, then nothing or `: message`. */
const exceptionLine = /^((?:[\p{L}\p{N}_]+|<[a-z]+>)(?:\.(?:[\p{L}\p{N}_]+|<[a-z]+>))*)(?::(?: ([^]*))?)?$/u;
const repeated = /^ {2}\[Previous line repeated (\d{1,15}) more times?\]$/;
const groupHeader = "Exception Group Traceback (most recent call last):";
const header = "Traceback (most recent call last):";
/** Where a message surely ends: the next record of a log, or the next report of a traceback. */
const nextRecord =
  /^(?:\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d|\[?\d\d:\d\d:\d\d\b|\[?(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\b[\]: ]|Stack \(most recent call last\):)/;

/**
 * Every traceback in a text, in order: chains, exception groups, SyntaxErrors, with or without carets, coloured or not, behind
 * log prefixes of one width. A traceback that breaks off is kept as far as it goes. Never throws; takes linear time.
 *
 * A message ends at the next traceback, at a line that begins like a log record, or at the end of the text, because nothing
 * else marks its end.
 */
export function parseTracebacks(text: string): Traceback[] {
  const lines = new TracebackLines(text);
  const found: Traceback[] = [];
  let searchedTo = 0;
  while (lines.seekHeader()) {
    const headerAt = lines.index;
    const first = bareCauseBefore(lines, searchedTo) ?? parseException(lines, 0);
    const traceback = parseChain(lines, 0, first);
    if (traceback.type !== "" || traceback.frames.length > 0) found.push(traceback);
    // Whatever the text, the search goes on behind this header.
    lines.index = Math.max(lines.index, headerAt + 1);
    searchedTo = lines.index;
  }
  return found;
}

/** Exceptions linked by the sentences that Python prints between them. */
function parseChain(lines: TracebackLines, depth: number, first: Traceback): Traceback {
  const chain: { exception: Traceback; link: "cause" | "context" | null }[] = [{ exception: first, link: null }];
  for (let link = takeLink(lines, depth); link !== null; link = takeLink(lines, depth)) {
    chain.push({ exception: parseException(lines, depth), link });
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
  for (let line = lines.text(depth); line !== null; line = lines.text(depth)) {
    if (line !== "" && !line.startsWith("  ")) break;
    if (line === "" && isLink(lines.textAfter(depth))) break;
    lines.next();
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

/** `function` is null for the place of a SyntaxError, which is printed without one. */
function parseFrameLine(line: string): { file: string; line: number; function: string | null } | null {
  const start = '  File "';
  if (!line.startsWith(start)) return null;
  // File names may hold quotes; names of functions cannot.
  const end = line.lastIndexOf('", line ');
  if (end < start.length) return null;
  const rest = /^(\d{1,9}|\?|None)(?:, in (.+))?$/.exec(line.slice(end + '", line '.length));
  if (rest === null) return null;
  const number = Number(rest[1]);
  return {
    file: line.slice(start.length, end),
    line: Number.isNaN(number) ? 0 : number,
    function: rest[2] ?? null,
  };
}

function parseTypeAndMessage(lines: TracebackLines, depth: number): Pick<Traceback, "type" | "message"> {
  const first = lines.text(depth);
  const match = first === null ? null : exceptionLine.exec(first);
  if (match === null) return { type: "", message: "" };
  lines.next();
  const message = [match[2] ?? ""];
  for (let line = lines.text(depth); line !== null; line = lines.text(depth)) {
    if (nextRecord.test(line) || lines.atHeader()) break;
    if (isLink(line) || (line.trim() === "" && isLink(lines.textAfter(depth)))) break;
    message.push(line);
    lines.next();
  }
  return { type: match[1] ?? "", message: message.join("\n").trimEnd() };
}

function parseMembers(lines: TracebackLines, depth: number): Traceback[] {
  const members: Traceback[] = [];
  if (depth === 0 || depth > maxGroupDepth) return members;
  while (lines.takeSeparator(depth)) {
    const before = lines.index;
    const exception = parseChain(lines, depth + 1, parseException(lines, depth + 1));
    // `... (max_group_depth is 10)` and `and 3 more exceptions` are no exceptions.
    if (exception.type !== "" || exception.frames.length > 0) members.push(exception);
    if (lines.index === before) lines.skipWithin(depth + 1);
  }
  lines.takeClose(depth + 1);
  return members;
}

function isLink(line: string | null): boolean {
  return line === directCause || line === handling;
}

/** Steps over `⏎ The above exception … ⏎⏎` and says what it was; null, and no step, when something else comes. */
function takeLink(lines: TracebackLines, depth: number): "cause" | "context" | null {
  const start = lines.index;
  while (lines.text(depth)?.trim() === "") lines.next();
  const line = lines.text(depth);
  if (line === null || !isLink(line)) {
    lines.index = start;
    return null;
  }
  lines.next();
  while (lines.text(depth)?.trim() === "") lines.next();
  return line === directCause ? "cause" : "context";
}

/**
 * A cause that was never raised is printed without a header: `ValueError: x ⏎⏎ The above exception …`. Called at a header;
 * looks back for one, and if it is there moves the lines to its end.
 */
function bareCauseBefore(lines: TracebackLines, floor: number): Traceback | null {
  const at = lines.index;
  let above = at - 1;
  while (above >= floor && lines.raw(above).trim() === "") above--;
  if (above < floor || !isLink(lines.raw(above))) return null;
  const link = above;
  above--;
  while (above >= floor && lines.raw(above).trim() === "") above--;
  const end = above;
  while (above >= floor && lines.raw(above).trim() !== "") above--;
  for (let start = above + 1; start <= end; start++) {
    const match = exceptionLine.exec(lines.raw(start));
    if (match === null || match[1] === undefined) continue;
    const message = [match[2] ?? ""];
    for (let index = start + 1; index <= end; index++) message.push(lines.raw(index));
    lines.index = link;
    return {
      frames: [],
      at: null,
      type: match[1],
      message: message.join("\n").trimEnd(),
      notes: [],
      cause: null,
      context: null,
      group: [],
    };
  }
  return null;
}
