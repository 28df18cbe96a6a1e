import { parseTracebacks, type Traceback } from "./traceback";
import { header } from "./tracebackHeader";
import { unwrap } from "./unwrap";

const frame = /^\s*File ".+", line (?:-?\d+|None|\?), in \S/;
/** Those of backquotes are read as ends of a message. */
const fence = /^ {0,3}~~~[\w-]*$/;
// oxlint-disable-next-line no-misleading-character-class -- invisible characters that pages and chats put into code
const invisible = /[\u200b-\u200d\u2060\ufeff\u00ad]/g;

/**
 * The tracebacks in a text that a person copied from somewhere, in order: beyond what `parseTracebacks` reads, lines wrapped by a terminal or
 * a mail, marks of Markdown, quotation marks around it all, indentation that got lost, and frames copied without the header above them. Linear.
 */
export function readPasted(text: string): Traceback[] {
  const plain = unwrap(withoutMarks(text));
  const found = parseTracebacks(plain);
  if (found.some(({ frames, at }) => frames.length > 0 || at !== null)) return found;
  const lines = plain.split("\n");
  if (!lines.some((line) => frame.test(line))) return found;
  const indented = indent(lines);
  const mended = parseTracebacks(indented.join("\n"));
  if (mended.some(({ frames }) => frames.length > 0)) return mended;
  return parseTracebacks([header, ...indented.slice(indented.findIndex((line) => frame.test(line)))].join("\n"));
}

function withoutMarks(text: string): string {
  const lines = text
    .replaceAll(invisible, "")
    .replaceAll("\u00a0", " ")
    .split("\n")
    .filter((line) => !fence.test(line));
  const all = lines.join("\n").trimEnd();
  const quoted = /^\s*(["'`])\s*(?:Traceback|Exception Group)/.exec(all)?.[1];
  // With escapes in it, it is a string of a program, and is read as one.
  if (quoted === undefined || !all.endsWith(quoted) || all.includes(`${header}\\`)) return all;
  return all.slice(all.indexOf(quoted) + 1, -1);
}

/** Frames, and the source below each, as Python indents them. */
function indent(lines: readonly string[]): string[] {
  let source = false;
  return lines.map((line) => {
    const text = line.trim();
    if (frame.test(text)) {
      source = true;
      return `  ${text}`;
    }
    const below = source && text !== "" && !/^(?:[\w.]+(?:Error|Exception|Exit|Interrupt)\b|[\w.]+: )/.test(text);
    source = false;
    if (below) return `    ${text}`;
    return /^[~^\s]+$/.test(line) || text.startsWith("[Previous line") ? `  ${text}` : text;
  });
}
