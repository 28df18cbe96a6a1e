/** A log line without what logging and the transport put in front of it. */
export interface PrefixedLine {
  readonly body: string;
  /** The line begins a record: something in front of it is a time, a level or a logger's name. */
  readonly startsRecord: boolean;
  /** Time on the log's own clock as if it were UTC, ms; `date` false: only the time of day. Null without a time. */
  readonly time: { readonly ms: number; readonly date: boolean } | null;
}

/** What container tools put before every line, continuation lines included: a name, a time of nanoseconds, a stream. */
const transport =
  /^(?:[\w.-]{1,100} +\| ?)?(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6,9}(?:Z|[+-]\d\d:\d\d) )?(?:(?:stdout|stderr) [FP] )?/;

const dated =
  /\[?(\d{4})[-/](\d\d)[-/](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?(?:Z|[+-]\d\d:?\d\d|UTC))?\]?/y;
const clock = /\[?(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\]?/y;
const level = /\[?(?:DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|FATAL)\b\]?/y;
/** A level begins a record only in these forms: `ERROR: …` may as well be a line of a database's message. */
const levelFirst = /(?:\[[A-Z]{4,8}\] |[A-Z]{4,8}:[\w.]+:)/y;
const logger = /\[?arq(?:\.(?:worker|connections|jobs|utils|cron|logs|cli))?(?=[\]: ])\]?/y;
/** A process or thread id, alone or in brackets. */
const processId = /(?:\[\d{1,7}\]|pid[=:]\d{1,7}|\d{1,7}(?= +[-|[]))/iy;
const separator = /[ \t]*[-:|]+[ \t]+|[ \t]+|:/y;

/** Reads prefixes of the default `HH:MM:SS: ` and of the usual orders of time, level, logger and process. Linear. */
export function readLogPrefix(line: string): PrefixedLine {
  let at = transport.exec(line)?.[0].length ?? 0;
  const text = at;
  let time: PrefixedLine["time"] = null;
  let startsRecord = false;
  // At most a time, a level, a name and a process, each once, in any order.
  for (let part = 0; part < 5; part++) {
    const found = match(dated, line, at) ?? match(clock, line, at);
    const begins = found ?? match(logger, line, at);
    const known = begins ?? match(level, line, at) ?? (part > 0 ? match(processId, line, at) : null);
    if (known === null) break;
    if (found !== null) time ??= timeOf(found);
    if (begins !== null || match(levelFirst, line, at) !== null) startsRecord = true;
    at += known[0].length;
    at += match(separator, line, at)?.[0].length ?? 0;
  }
  return { body: line.slice(startsRecord ? at : text), startsRecord, time };
}

function match(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(line);
}

function timeOf(found: RegExpExecArray): { ms: number; date: boolean } {
  const numbers = found.slice(1);
  const date = numbers.length === 7;
  const fraction = Math.round(Number(`0.${numbers.at(-1) ?? "0"}`) * 1000);
  const [hour = 0, minute = 0, second = 0] = numbers.slice(date ? 3 : 0).map(Number);
  const [year = 0, month = 1, day = 1] = date ? numbers.map(Number) : [1970, 1, 1];
  return { ms: Date.UTC(year, month - 1, day, hour, minute, second, fraction), date };
}
