import { type LogTime, timeOfField } from "./logTime";

/** A record that is one line of named fields: JSON, or logfmt. */
export interface LogFields {
  readonly message: string;
  readonly time: LogTime | null;
  readonly level: string | null;
  readonly process: string | null;
  /** As Python prints it; null without one. */
  readonly traceback: string | null;
}

const messageKeys = ["message", "event", "msg", "text", "log", "body", "MESSAGE"];
const timeKeys = ["timestamp", "asctime", "time", "@timestamp", "ts", "created", "datetime"];
const levelKeys = ["level", "levelname", "severity", "log.level", "lvl", "log_level"];
const processKeys = ["process", "pid", "process_id", "processName"];
const tracebackKeys = [
  "exc_info",
  "exception",
  "stack_trace",
  "exc_text",
  "traceback",
  "stacktrace",
  "error.stack_trace",
  "error",
  "exc",
  "err",
];
const header = "Traceback (most recent call last):";
/** Frames of a structured traceback that are read. */
const maxFrames = 500;
/** No formatter nests a traceback deeper; a line that does is made to keep somebody busy. */
const maxNested = 5;

type Fields = Readonly<Record<string, unknown>>;

/** Null where the text is no such record. Linear; never throws. */
export function readLogFields(text: string): LogFields | null {
  const fields = text.startsWith("{") ? json(text) : logfmt(text);
  if (fields === null) return null;
  // Loguru's has everything below `record`, and the whole text beside it.
  const record = isFields(fields["record"]) ? fields["record"] : null;
  if (record !== null && typeof fields["text"] === "string") return ofLoguru(record, fields["text"]);
  const message = first(fields, messageKeys, (value) => (typeof value === "string" ? value : null));
  if (message === null) return null;
  // Google's agents take the traceback from the message.
  const at = message.indexOf(`\n${header}`);
  return {
    message: at < 0 ? message : message.slice(0, at),
    time: first(fields, timeKeys, timeOfField),
    level: first(fields, levelKeys, (value) => (typeof value === "string" ? value : null)),
    process: first(fields, processKeys, (value) =>
      typeof value === "string" || typeof value === "number" ? String(value).slice(0, 100) : null,
    ),
    traceback: first(fields, tracebackKeys, tracebackText) ?? (at < 0 ? null : message.slice(at + 1).trimEnd()),
  };
}

function ofLoguru(record: Fields, text: string): LogFields {
  const [time, level, process] = ["time", "level", "process"].map((key) => record[key]);
  const at = text.indexOf(header);
  return {
    message: typeof record["message"] === "string" ? record["message"] : text,
    time: isFields(time) ? timeOfField(time["timestamp"]) : null,
    level: isFields(level) && typeof level["name"] === "string" ? level["name"] : null,
    process: isFields(process) ? String(process["id"]).slice(0, 100) : null,
    traceback: at < 0 ? null : text.slice(at).trimEnd(),
  };
}

function first<T>(fields: Fields, keys: readonly string[], read: (value: unknown) => T | null): T | null {
  for (const key of keys) {
    const value = Object.hasOwn(fields, key) ? read(fields[key]) : null;
    if (value !== null) return value;
  }
  return null;
}

function json(text: string): Fields | null {
  if (!text.trimEnd().endsWith("}")) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

const pair = /([\w.@-]{1,100})=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))(?:\s+|$)/sy;

/** `key=value key="quoted \"value\""`, from the beginning to the end. */
function logfmt(text: string): Fields | null {
  if (!/^[\w.@-]{1,100}=/.test(text)) return null;
  const fields: Record<string, string> = {};
  pair.lastIndex = 0;
  for (let at = 0; at < text.length; at = pair.lastIndex) {
    const found = pair.exec(text);
    if (found === null) return null;
    const [, key = "", quoted, plain = ""] = found;
    fields[key] = quoted === undefined ? plain : quoted.replaceAll(/\\(.)/gs, (_, c: string) => (c === "n" ? "\n" : c));
  }
  return fields;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Text, or what structlog's `dict_tracebacks` makes of one, in fields within fields as formatters nest them. */
function tracebackText(value: unknown, depth = 0): string | null {
  if (typeof value === "string") return value.includes("\n") || value.includes(header) ? value.trimEnd() : null;
  if (isFields(value)) {
    const inner = value["stacktrace"] ?? value["traceback"] ?? value["stack_trace"];
    return depth < maxNested ? tracebackText(inner, depth + 1) : null;
  }
  if (!Array.isArray(value)) return null;
  const stacks: readonly unknown[] = value;
  if (stacks.every((part) => typeof part === "string")) return tracebackText(stacks.join("\n"));
  // The exception that was raised last stands first.
  const texts = stacks
    .slice(0, 50)
    .flatMap((stack) => (isFields(stack) ? [stackText(stack)] : []))
    .toReversed();
  const lines = texts.flatMap(({ text }, index) => {
    const before = texts[index - 1];
    return before === undefined ? [text] : ["", before.isCause ? causeLink : contextLink, "", text];
  });
  return lines.length === 0 ? null : lines.join("\n");
}

const causeLink = "The above exception was the direct cause of the following exception:";
const contextLink = "During handling of the above exception, another exception occurred:";

function stackText(stack: Fields): { text: string; isCause: boolean } {
  const text = (value: unknown): string =>
    typeof value === "string" ? value : typeof value === "number" ? `${value}` : "";
  const frames: readonly unknown[] = Array.isArray(stack["frames"]) ? stack["frames"] : [];
  const lines = frames.slice(0, maxFrames).flatMap((frame) => {
    if (!isFields(frame)) return [];
    const source = text(frame["line"]).trim();
    const place = `  File "${text(frame["filename"])}", line ${text(frame["lineno"])}, in ${text(frame["name"])}`;
    return source === "" ? [place] : [place, `    ${source}`];
  });
  const error = [text(stack["exc_type"]), text(stack["exc_value"])].filter((part) => part !== "").join(": ");
  return { text: [header, ...lines, error].join("\n"), isCause: stack["is_cause"] === true };
}
