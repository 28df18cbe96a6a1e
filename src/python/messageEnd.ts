/** How the records of logs begin, in the usual orders of time, level and name. */
const record = new RegExp(
  `^(?:${[
    // 2026-11-22, [2026-11-22T…], 12:40:49, 22/Nov/2026:…, 11/22/26 …, [I 261122 12:40:49 web:1], E1122 12:40:49.1 7
    String.raw`[\[(]?(?:[A-Z] )?\d{4}[-/]\d\d[-/]\d\d(?:\b|T\d)`,
    String.raw`[\[(]?\d\d:\d\d:\d\d\b`,
    String.raw`[\[(]?\d\d/(?:\d\d|[A-Z][a-z]{2})/\d\d`,
    String.raw`\[?[DIWECF] ?\d{4,6} \d\d:\d\d:\d\d\b`,
    // Nov 22 12:40:49, Sun Nov 22 12:40:49 2026
    String.raw`[\[(]?(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\b`,
    String.raw`[\[(]?\d\d-[A-Z][a-z]{2}-\d{4}\b`,
    String.raw`\d{10}\.\d{3,9}\b`,
    String.raw`[\[(<]?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)\b[\]:)>| ]`,
    // Flush right in eight columns, and below the time that rich prints once. Other indentation is a message's: `  ERROR: no such file`.
    String.raw`(?: WARNING| {2}NOTICE| {3}(?:TRACE|DEBUG|ERROR|FATAL)| {4}(?:INFO|WARN)| {8,}(?:DEBUG|INFO|WARNING|ERROR|CRITICAL))\b[\]:)>| ]`,
    String.raw`\[(?:trace|debug|info|notice|warn|warning|error|critical|fatal) *\]`,
    // A web server's: 127.0.0.1 - - [22/Nov/2026 …
    String.raw`\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d+)? - `,
    String.raw`(?:time|ts|level|lvl|timestamp)=\S`,
    String.raw`\{.{0,2000}"(?:level|levelname|log_level|severity|timestamp|asctime|time|ts|exc_info|log)"\s*:`,
    // What container tools print before a line: [pod/web-7d9f/app] …
    String.raw`\[pod/[^\]\s]+\] `,
    // A worker whose records have no prefix at all.
    String.raw`\s*\d+\.\d\ds [→←!↻⊘] `,
  ].join("|")})`,
);

/** What docker compose prints before a line: web-1  | … */
const service = /^[\w.-]{1,100}[-_]\d+ +\| /;

/** What Python itself prints before another report. */
const report = new RegExp(
  `^(?:${[
    "Call stack:$",
    "--- Logging error ---",
    "Exception ignored (?:in|while|on)",
    "Exception in (?:thread|callback) ",
    "Unhandled exception in ",
    "(?:Task|Future) exception was never retrieved",
    "Executing <(?:Task|Handle|TimerHandle) ",
    "an error occurred during closing of asynchronous generator ",
    "Task was destroyed but it is pending",
    "Fatal Python error: ",
    "Error in (?:sys\\.excepthook|atexit\\._run_exitfuncs):",
    "Original exception was:$",
    String.raw`Process \S{1,100}:$`,
    // aiohttp, asyncpg and others when their objects are collected.
    "Unclosed (?:client session|connector|connection|transport)",
    // Between the reports of unittest.
    "-{70}$",
    "={70}$",
    String.raw`make(?:\[\d+\])?: \*\*\* `,
    // Of pytest, and what `tail` prints between files.
    String.raw`={3,} .{1,200} ={3,}$`,
    "-{3,} Captured .{1,60} -{3,}$",
    "==> .{1,500} <==$",
    // What a program that ran the program prints when that has ended.
    "(?:command terminated|Process finished) with exit code ",
    "npm (?:ERR!|error) ",
    String.raw`##\[[a-z]+\]`,
    ">>> ",
    String.raw`In \[\d+\]: `,
    String.raw`\$ `,
    "[❯➜λ] ",
    String.raw`(?:PS )?[A-Za-z]:\\[^<>|?*"]{0,200}>`,
  ].join("|")})`,
);
const warning = /^\S{1,500}:\d+: \w{0,100}Warning: /;
/** What a shell prints when the program has ended. */
const prompt = /^(?:\([\w .-]{1,60}\) )?[\w.-]{1,60}@[\w.-]{1,100}:.{0,200}[$#%](?: |$)/;
const stack = /\(most recent call (?:last|first)\):\s*$/;

/** The line begins a record of a log, so no message of an exception goes on with it. Linear. */
export function beginsRecord(line: string): boolean {
  return record.test(line) || (line.includes(" | ") && service.test(line));
}

/** The message of an exception is over before this line, although nothing in a traceback says so. */
export function endsMessage(line: string): boolean {
  if (beginsRecord(line) || report.test(line) || headsStack(line)) return true;
  return (line.includes("@") && prompt.test(line)) || (line.includes("Warning: ") && warning.test(line));
}

const boxes = /```|"""|'''|<\/?(?:pre|textarea)\b|\{(?:noformat|code)\b/g;
const boxEnd = /^\s*(?:<\/code>)?(```|"""|'''|<\/(?:pre|textarea)\b|\{(?:noformat|code)\b)(?:[>}].{0,100})?\s*$/;

/** Adds the marks of boxes that stand in the line. */
export function noteBoxes(line: string, seen: Set<string>): void {
  for (const mark of line.match(boxes) ?? []) seen.add(mark.replace("/", ""));
}

/**
 * What people and pages put a traceback into ends with this line of its message: Markdown's fence, a docstring, a web page's `<pre>`. Only
 * where such a mark stands `above` the traceback, and not where the message itself opened it, which is kept in `own`.
 */
export function closesBox(line: string, above: ReadonlySet<string>, own: Set<string>): boolean {
  if (above.size === 0) return false;
  const mark = boxEnd.exec(line)?.[1]?.replace("/", "");
  if (mark !== undefined && above.has(mark)) return !own.delete(mark);
  noteBoxes(line, own);
  return false;
}

const levels = "TRACE|DEBUG|INFO|NOTICE|SUCCESS|WARN|WARNING|ERROR|EXCEPTION|CRITICAL|FATAL";
const levelOrTime = new RegExp(String.raw`\b(?:${levels})\b|\b\d\d:\d\d:\d\d\b`);
/** No formatter puts more before level and time, characters. */
const longestBeginning = 200;

/**
 * How further records of a log begin whose format nobody knows, told from one of them by what stands before its level or time: `[MainThread]
 * ERROR`, `worker.py:12 [job=7f] WARNING`. Words with digits in them may differ. Null where it has neither. Linear.
 */
export function recordsLike(line: string): RegExp | null {
  const before = levelOrTime.exec(line.slice(0, longestBeginning));
  if (before === null || line.slice(0, before.index).trim() === "") return null;
  const pattern = line
    .slice(0, before.index)
    .split(/([\w.-]*\d[\w.-]*| +)/)
    .map((part, index) => {
      if (index % 2 === 1) return part.startsWith(" ") ? " +" : String.raw`(?=[A-Za-z_.-]*\d)[\w.-]+`;
      return part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
    })
    .join("");
  return new RegExp(`^${pattern}(?:${levelOrTime.source})`);
}

/** The frames below this line are no traceback: `logging`'s `stack_info`, asyncio's `source_traceback`, a thread's stack. */
export function headsStack(line: string): boolean {
  return line.includes("(most recent call ") ? stack.test(line.slice(-300)) : /^\s*Call stack:\s*$/.test(line);
}
