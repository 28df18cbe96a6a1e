import { type LogTime, readLogTime } from "./logTime";

export type LogLevel = "debug" | "info" | "warning" | "error" | "critical";

/** A log line without what logging put in front of it. */
export interface PrefixedLine {
  readonly body: string;
  /** The line begins a record: something in front of it is a time, a level or a logger's name. */
  readonly startsRecord: boolean;
  /** The body without a level in front of it, which alone begins no record: `ERROR: …` may be a line of a message. */
  readonly bare: string;
  readonly time: LogTime | null;
  readonly level: LogLevel | null;
  /** Id or name of the process or thread, as printed. */
  readonly process: string | null;
}

const levels: Readonly<Record<string, LogLevel>> = {
  trace: "debug",
  debug: "debug",
  info: "info",
  notice: "info",
  success: "info",
  warn: "warning",
  warning: "warning",
  error: "error",
  exception: "error",
  critical: "critical",
  fatal: "critical",
};
const level =
  /\[?(TRACE|DEBUG|INFO|NOTICE|SUCCESS|WARNING|WARN|ERROR|EXCEPTION|CRITICAL|FATAL|(?<=\[)(?:debug|info|warning|error|critical)|level=\w+)\b(?:\/([\w-]{1,60}))? {0,10}\]?/y;
/** A level begins a record only in these forms: `ERROR: …` may as well be a line of a database's message. */
const levelFirst = /(?:\[[A-Z]{4,9} *\] |[A-Z]{4,9}:[\w.]{1,100}:|[A-Z]{4,9} +\[|[A-Z]{4,9} *\| )/y;
const modules = "worker|connections|jobs|utils|cron|logs|cli";
const logger = new RegExp(String.raw`\[?arq(?:\.(?:${modules}))?(?=[\]: [])\]?`, "y");
/** The name of a logger of ARQ. A container may be called `arq`. */
export const arqLogger = new RegExp(String.raw`^arq\.(?:${modules})$`);
/** Somebody's logger before the level. */
const named = /[A-Za-z_][\w.:-]{0,149} {0,40}\| {0,10}(?=[A-Z]{4,9} {0,10}\| )/y;
/** A process or thread, alone or in brackets; a name only in brackets, `worker-1` or `MainProcess/MainThread`. */
const processId =
  /\[(\d{1,10})\]|(?:pid|process)[=:](\d{1,10})|(\d{1,10})(?= +[-|[])|\[((?:[A-Za-z]+Process|Process|MainThread|Thread|ThreadPool\w*|Dummy|worker|pid)[\w/.:-]{0,60})\]/iy;
const separator = /[ \t]*[-:|]+[ \t]+|[ \t]+|:/y;

/** The level that a word names; null for other words. */
export function levelOf(word: string): LogLevel | null {
  return levels[word.toLowerCase().trim()] ?? null;
}

/** Reads prefixes of the default `HH:MM:SS: ` and of the usual orders of time, level, logger and process. Linear. */
export function readLogPrefix(line: string): PrefixedLine {
  let at = 0;
  let time: LogTime | null = null;
  let found: LogLevel | null = null;
  let process: string | null = null;
  let startsRecord = false;
  let name = "";
  // At most a time, a level, a name, a process and a thread, each once, in any order.
  for (let part = 0; part < 6; part++) {
    const stamp: ReturnType<typeof readLogTime> = time === null ? readLogTime(line, at) : null;
    let end = stamp?.end ?? null;
    if (stamp !== null) {
      ({ time } = stamp);
      startsRecord = true;
    }
    if (end === null && match(logger, line, at) !== null) {
      end = logger.lastIndex;
      startsRecord = true;
    }
    if (end === null) {
      const word: RegExpExecArray | null = found === null ? match(level, line, at) : null;
      if (word !== null) {
        end = level.lastIndex;
        found = levelOf(word[1] ?? "");
        process ??= word[2] ?? null;
        startsRecord ||= match(levelFirst, line, at) !== null;
      }
    }
    if (end === null && part === 0) {
      name = match(named, line, at)?.[0] ?? "";
      if (name !== "") end = name.length;
    }
    if (end === null && part > 0) {
      const id: RegExpExecArray | null = match(processId, line, at);
      if (id !== null) {
        end = processId.lastIndex;
        process ??= id.slice(1).find((text) => text !== undefined) ?? null;
      }
    }
    if (end === null) break;
    at = end;
    at += match(separator, line, at)?.[0].length ?? 0;
  }
  const bare = name + line.slice(at);
  return { body: startsRecord ? bare : line, bare, startsRecord, time, level: found, process };
}

function match(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(line);
}
