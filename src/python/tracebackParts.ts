const name = String.raw`(?:[\p{L}\p{N}_]+(?:\[[^\]:]{1,100}\])?|<[a-z]+>)`;
/** Dotted, `<locals>` and `<unknown>` included. */
const className = new RegExp(String.raw`^${name}(?:\.${name})*$`, "u");
/** Bounded, because a long text of dots and names is more than the engine of regular expressions can take back. */
const longestName = 1000;

/** Ends like the name of an exception, or names its module. */
export const surelyClass =
  /(?:Error|Exception|Group|Interrupt|Exit|Iteration|Warning|Timeout)$|\.\p{Lu}[\p{L}\p{N}_]*$/u;

/** `shop.errors.CardDeclined: no funds`, or the name alone; null for any other line. */
export function parseExceptionLine(line: string | null): { type: string; message: string } | null {
  const colon = line?.indexOf(":") ?? -1;
  const type = line === null ? "" : colon < 0 ? line.trimEnd() : line.slice(0, colon);
  if (line === null || type.length > longestName || !className.test(type)) return null;
  if (colon < 0 || colon + 1 === line.length) return { type, message: "" };
  return line[colon + 1] === " " ? { type, message: line.slice(colon + 2) } : null;
}

/** Not a word of a log line such as `worker: started`. */
export function looksLikeClass(type: string): boolean {
  const last = type.slice(type.lastIndexOf(".") + 1);
  return (
    !/^(?:\p{Ll}|\d)/u.test(last) || type.includes(".") || /(?:error|exception|timeout|interrupt|exit)$/.test(last)
  );
}

/** `function` is null for the place of a SyntaxError, which is printed without one. */
export function parseFrameLine(line: string): { file: string; line: number; function: string | null } | null {
  const start = '  File "';
  if (!line.startsWith(start)) return null;
  // File names may hold quotes; names of functions cannot.
  const end = line.lastIndexOf('", line ');
  if (end < start.length) return null;
  const rest = /^(-?\d{1,9}|\?|None)(?:, in (.+))?$/.exec(line.slice(end + '", line '.length).trimEnd());
  if (rest === null) return null;
  const number = Number(rest[1]);
  return {
    file: line.slice(start.length, end),
    line: Number.isNaN(number) ? 0 : Math.max(0, number),
    function: rest[2] ?? null,
  };
}
