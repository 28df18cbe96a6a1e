import { TerminalText } from "./terminalText";

/** Docker cuts what it keeps into pieces of 16 kB, characters. */
const longestRecord = 100_000;
// oxlint-disable-next-line no-control-regex -- terminals mark colours with it
const ofTerminal = /[\u001b\u009b\r]/;

/** The lines of a text as a process printed them: without what terminals do with them, and out of the records of Docker's files. Linear. */
export function plainLines(text: string): string[] {
  const lines: string[] = [];
  for (const line of text.replace(/^\ufeff/, "").split("\n")) {
    const whole = withoutRecord(withoutReturns(line));
    if (!ofTerminal.test(whole)) lines.push(whole);
    else {
      // Line by line: a sequence that is cut off must not take what stands below with it.
      const terminal = new TerminalText();
      for (const shown of (terminal.push(whole) + terminal.end()).split("\n")) lines.push(shown);
    }
  }
  return lines;
}

/** What a process printed, where Docker keeps every line of it as a record: `{"log":"Traceback …\n","stream":"stderr","time":"…"}`. */
function withoutRecord(line: string): string {
  if (!line.startsWith('{"log":"') || line.length > longestRecord) return line;
  try {
    const { log } = JSON.parse(line) as { log?: unknown };
    const end = typeof log === "string" ? log.indexOf("\n") : -1;
    return typeof log === "string" && end === log.length - 1 ? withoutReturns(log.slice(0, end)) : line;
  } catch {
    return line;
  }
}

function withoutReturns(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === "\r") end--;
  return end === line.length ? line : line.slice(0, end);
}
