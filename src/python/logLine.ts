import { readLogFields } from "./logFields";
import { levelOf, type LogLevel, readLogPrefix } from "./logPrefix";
import type { LogTime } from "./logTime";
import { readTransport } from "./logTransport";

/** One line of a log, whoever wrote and carried it. Untrusted text. */
export interface LogLine {
  /** Whose line it is where several write into one log: a container's, pod's or unit's name; "" where nothing names one. */
  readonly stream: string;
  /** As printed; null where it is not. */
  readonly process: string | null;
  readonly time: LogTime | null;
  readonly level: LogLevel | null;
  /** The line begins a record. */
  readonly startsRecord: boolean;
  /** What was logged, without prefixes. */
  readonly body: string;
  /** The same without a level in front of it that alone begins no record. */
  readonly bare: string;
  /** The line with its prefix, without the carrier's. */
  readonly text: string;
  /** The line is a record of named fields (JSON, logfmt): nothing that follows belongs to it. Its traceback, if it has one. */
  readonly fields: { readonly traceback: string | null } | null;
}

// oxlint-disable-next-line no-control-regex -- terminal colours begin with an escape character
const colours = /\u001b\[[0-9;]*m/g;

/** How rsyslog writes a line end within a record. */
const escapedEnd = "#012";
const opening = "Traceback (most recent call last):";

/** Linear; never throws. */
export function readLogLine(raw: string): LogLine {
  const { stream, time: carried, text } = readTransport(raw.includes("\u001b") ? raw.replaceAll(colours, "") : raw);
  const fields = /^\s*(?:\{|[\w.@-]+=)/.test(text) ? readLogFields(text.trim()) : null;
  if (fields !== null) {
    // What is logged as text may have a prefix of its own: a record that was formatted before it became a field.
    const inner = readLogPrefix(fields.message);
    return {
      stream,
      process: fields.process ?? inner.process,
      time: fields.time ?? inner.time ?? carried,
      level: (fields.level === null ? null : levelOf(fields.level)) ?? inner.level,
      startsRecord: true,
      body: inner.body,
      bare: inner.bare,
      text,
      fields: { traceback: fields.traceback },
    };
  }
  const lines = stream !== "" && text.includes(escapedEnd) ? text.split(escapedEnd) : null;
  if (lines !== null) {
    const at = lines.findIndex((line) => line.endsWith(opening));
    const { time, ...prefixed } = readLogPrefix(lines.slice(0, at < 0 ? undefined : at).join("\n"));
    const traceback = at < 0 ? null : lines.slice(at).join("\n").trimEnd();
    return { stream, ...prefixed, startsRecord: true, time: time ?? carried, text, fields: { traceback } };
  }
  const { time, ...prefixed } = readLogPrefix(text);
  return { stream, ...prefixed, time: time ?? carried, text, fields: null };
}
