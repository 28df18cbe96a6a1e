import { beginsRecord } from "./messageEnd";
import { headerIn } from "./tracebackHeader";
import { isLink } from "./tracebackLines";

/** No terminal is narrower, columns. */
const narrowest = 40;
/** The pieces that one line of a traceback may have come apart into. */
const mostPieces = 8;
/** No path is longer, and no tool prints more than this before a line. Characters. */
const longestFrame = 20_000;
const longestPrefix = 300;

const frame = /^File ".+", line (?:-?\d+|\?|None), in \S/;
const syntaxPlace = /^File ".*", line (?:\d+|None)$/;
/** A line of its own in a traceback, whatever stands above it. */
const ownLine = /^\s*(?:File "|Traceback \(|\[Previous line repeated|[|+](?:[ -]|$))|^ {2}/;
const exception =
  /^(?:[\w.]|<[a-z]+>)+(?:Error|Exception|Group|Interrupt|Exit|Iteration|Warning|Timeout)(?::|$)|^(?:\w+\.)+[A-Z]\w*(?::|$)/;

/**
 * Undoes what a terminal, a mail or a web page did to long lines: those cut at one width are put together again, and so are frames that
 * were broken between words. Only where the lines themselves prove it: a text that was not wrapped comes back as it is. Linear.
 */
export function unwrap(text: string): string {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  const width = wrapWidth(lines);
  const prefix = prefixOf(lines);
  const begins = (line: string) =>
    prefix === "" ? ownLine.test(line) || exception.test(line) : line.startsWith(prefix);
  const whole: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    let line = lines[index] ?? "";
    let last = line;
    while (width > 0 && last.length === width && goesOn(lines[index + 1], begins)) {
      last = lines[++index] ?? "";
      line += last;
    }
    if (brokenFrame(line)) {
      const mended = mend(line, lines, index + 1);
      if (mended !== null) {
        line = mended.line;
        index = mended.last;
      }
    }
    whole.push(line);
  }
  return whole.join("\n");
}

function goesOn(next: string | undefined, begins: (line: string) => boolean): boolean {
  return (
    next !== undefined &&
    next.trim() !== "" &&
    !next.trimStart().startsWith("```") &&
    !begins(next) &&
    !beginsRecord(next) &&
    headerIn(next) < 0 &&
    !isLink(next)
  );
}

/** The width that lines were cut at: the greatest there is, where a line of just that length is surely cut, or several different ones have it. Else 0. */
function wrapWidth(lines: readonly string[]): number {
  const width = lines.reduce((most, line) => Math.max(most, line.length), 0);
  if (width < narrowest) return 0;
  const full = lines.flatMap((line, index) => (line.length === width ? [index] : []));
  // The same line twice is the source of two frames.
  const several = new Set(full.map((index) => lines[index])).size > 1;
  return several || full.some((index) => surelyCut(lines[index] ?? "", lines[index + 1] ?? "")) ? width : 0;
}

function surelyCut(line: string, next: string): boolean {
  const text = frameIn(line);
  if (brokenFrame(line) || (text !== null && syntaxPlace.test(text) && /^\d*, in \S/.test(next))) return true;
  // The end of a function's name, or of the sentence between two exceptions.
  return text !== null && frame.test(text)
    ? /^[\w>]+$/.test(next) && !exception.test(next)
    : isLink((line + next).trim());
}

/** What a line says of a frame, behind indentation or a prefix; null for any other line. */
function frameIn(line: string): string | null {
  const at = line.length > longestFrame ? -1 : line.slice(0, longestPrefix).indexOf('File "');
  return at === 0 || (at > 0 && line[at - 1]?.trim() === "") ? line.slice(at) : null;
}

function brokenFrame(line: string): boolean {
  const text = frameIn(line);
  return text !== null && !frame.test(text) && !syntaxPlace.test(text);
}

/** The frame with the pieces below it, as few as make it whole; null where they do not. */
function mend(line: string, lines: readonly string[], from: number): { line: string; last: number } | null {
  let joined = line;
  for (let index = from; index < Math.min(lines.length, from + mostPieces); index++) {
    const piece = (lines[index] ?? "").trim();
    if (piece === "" || headerIn(piece) >= 0 || frameIn(piece) !== null) return null;
    // Between words a blank is lost, within one none was there.
    const choices = [`${joined} ${piece}`, `${joined}${piece}`];
    const whole = choices.find((choice) => frame.test(frameIn(choice) ?? "") && !/", line \d+ \d/.test(choice));
    if (whole !== undefined) return { line: whole, last: index };
    joined = /["\w,]$/.test(joined) && /^(?:line|in)\b/.test(piece) ? choices[0]! : choices[1]!;
  }
  return null;
}

/** The first word of what stands before the header, where it stands before most lines: what goes on a line of its own has it too. */
function prefixOf(lines: readonly string[]): string {
  const header = lines.find((line) => headerIn(line) > 0);
  if (header === undefined) return "";
  const word = /^\S+/.exec(header.slice(0, headerIn(header)))?.[0] ?? "";
  const those = lines.filter((line) => line.startsWith(word)).length;
  return word !== "" && those * 3 > lines.length ? word : "";
}
