import { header } from "./tracebackHeader";

/** A traceback inside a string literal: the header and an escaped line end. */
const escapedHeader = /Traceback \(most recent call last\):(?:\\{1,8}r)?\\{1,8}n/g;
/** Before a string that is a value; in `'sku'` the letter is no mark of one. */
const valueBegins = /(?:^|[\s=(:,[{]|(?:^|[^\w'"])[bru]{1,2})$/;
const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

export function hasEscapedTraceback(line: string): boolean {
  return line.includes(`${header}\\`);
}

/**
 * The texts that hold tracebacks within one line of a log, their escapes undone once: strings of JSON (`"exc_info":
 * "Traceback …\n  File \"…"`), Python's `repr`, or the rest of the line where nothing quotes it. Linear.
 */
export function escapedTexts(line: string): string[] {
  const texts: string[] = [];
  escapedHeader.lastIndex = 0;
  let floor = 0;
  for (let found = escapedHeader.exec(line); found !== null; found = escapedHeader.exec(line)) {
    const start = openingQuote(line, found.index, floor);
    const quote = start < floor ? "" : (line[start] ?? "");
    const from = quote === "" ? found.index : start + 1;
    // A file name in plain quotes where plain quotes were to end it: this text is not quoted so.
    const plain = quote === '"' && line.startsWith('  File "', escapedHeader.lastIndex);
    const end = plain || quote === "" ? line.length : closingQuote(line, quote, from);
    texts.push(unescaped(line.slice(plain ? found.index : from, end)));
    floor = escapedHeader.lastIndex = Math.max(end, escapedHeader.lastIndex);
  }
  return texts;
}

/**
 * Of the nearest quotation mark in front that opens a string: one that stands right before the traceback, or where a value may
 * begin. Below the floor where there is none.
 */
function openingQuote(line: string, at: number, floor: number): number {
  let closed = "";
  for (let index = at - 1; index >= floor; index--) {
    const char = line[index];
    if ((char !== '"' && char !== "'") || line[index - 1] === "\\") continue;
    if (closed.includes(char)) continue;
    if (valueBegins.test(line.slice(Math.max(0, index - 3), index)) || (index === at - 1 && line[index - 1] !== char))
      return index;
    // It would end a string that such a mark opened further in front.
    closed += char;
  }
  return floor - 1;
}

function closingQuote(line: string, quote: string, from: number): number {
  for (let index = from; index < line.length; index++) {
    if (line[index] === "\\") index++;
    else if (line[index] === quote) return index;
  }
  return line.length;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|(.))/g, (_, unicode, latin, char) => {
    const code: string | undefined = unicode ?? latin;
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return escapes[String(char)] ?? String(char);
  });
}
