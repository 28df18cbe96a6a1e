import { arqLogger, levelOf } from "./logPrefix";
import { type LogTime, readLogTime, timeOfField } from "./logTime";

/** What carried a line put something in front of it, of every line, continuation lines included. */
export interface CarriedLine {
  /** Whose line it is, as the carrier names it: a container, a pod, a unit with its process. "" where nothing does. */
  readonly stream: string;
  /** When the carrier took it; null where it does not say. */
  readonly time: LogTime | null;
  /** The line as it was written. */
  readonly text: string;
}

/** `worker-1  | `, `worker_1 | `; Swarm's `shop_worker.1.x@node | `, pm2's `0|worker  | `, foreman's `12:30:01 worker.1 | `, supervisor's `group:worker_00 | `. */
const compose = /^(?:\d\d:\d\d:\d\d )?((?:\d{1,4}\|)?[\w.@:/-]{1,150}) {0,40}\| ?/;
/** `kubectl logs --prefix`. */
const pod = /^\[(pod\/[\w./-]{1,300})\] /;
/** Docker and Kubernetes: nanoseconds, which no program prints. */
const carried = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7,9}(?:Z|[+-]\d\d:\d\d) /;
const criStream = /^(?:stdout|stderr) [FP] /;
/** Heroku's and Cloud Foundry's `app[worker.1]: `. */
const dyno = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{2,6}(?:Z|[+-]\d\d:?\d\d) (\w{1,30}\[[\w./-]{1,100}\]): ?/;
/** Of the newer syslog: `<134>1 2026-01-02T12:30:01.123456Z host app 123 - - `. */
const syslog5424 = /^<\d{1,3}>1 (\S{10,40}) (\S{1,100} \S{1,100} \S{1,20}) \S{1,100} (?:-|\[[^\]]{0,300}\]) ?/;
/** `host unit[123]: ` behind the time of systemd and syslog. */
const unit = /\s(\S{1,100} [\w./@:-]{1,100}\[\d{1,10}\]): ?/y;

/** Docker's own files hold a line of the program in each line of JSON. */
function dockerFile(text: string): CarriedLine | null {
  if (!text.startsWith('{"log":"') || !text.endsWith("}")) return null;
  try {
    const { log, time } = JSON.parse(text) as { log?: unknown; time?: unknown };
    if (typeof log !== "string") return null;
    return { stream: "", time: timeOfField(time), text: log.replace(/\r?\n$/, "") };
  } catch {
    return null;
  }
}

/** One of many of one service, as carriers number them: `worker-1`, `worker_1`, `worker.1`, `shop_worker.1.x@node`, `0|worker`. */
const numbered = /[-_.]\d{1,4}$|[@|]/;

/** A formatter put it there, of records only: a time, a level, ARQ's logger, or a name before a level. */
function isFormatters(name: string, line: string): boolean {
  if (/^[\d:.-]+$/.test(name) || levelOf(name) !== null || arqLogger.test(name)) return true;
  // Docker compose puts two blanks behind its longest name.
  if (numbered.test(name) || !line.startsWith(`${name} | `)) return false;
  const next = /^([A-Z]{4,9}) {0,10}\| /.exec(line.slice(name.length + 3, name.length + 30))?.[1];
  return next !== undefined && levelOf(next) !== null;
}

/** What ends the name of a unit with its process. */
const unitEnd = "]: ";

/** Takes off what containers, systemd and syslog put in front of every line. Linear. */
export function readTransport(line: string): CarriedLine {
  const stored = dockerFile(line);
  if (stored !== null) return stored;
  let text = line;
  let stream = "";
  let time: LogTime | null = null;
  const take = (length: number): void => void (text = text.slice(length));

  const named = compose.exec(text) ?? pod.exec(text);
  if (named !== null && !isFormatters(named[1] ?? "", text)) {
    stream = named[1] ?? "";
    take(named[0].length);
  }
  const newer = syslog5424.exec(text);
  if (newer !== null) {
    time = readLogTime(newer[1] ?? "", 0)?.time ?? null;
    take(newer[0].length);
    return { stream: `${stream} ${newer[2] ?? ""}`.trim(), time, text };
  }
  const stamp = carried.exec(text);
  if (stamp !== null) {
    time = readLogTime(text, 0)?.time ?? null;
    take(stamp[0].length);
    take(criStream.exec(text)?.[0].length ?? 0);
    return { stream, time, text };
  }
  const platform = dyno.exec(text);
  if (platform !== null) {
    time = readLogTime(text, 0)?.time ?? null;
    take(platform[0].length);
    return { stream: `${stream} ${platform[1] ?? ""}`.trim(), time, text };
  }
  const end = text.indexOf(unitEnd, 10);
  if (end < 0 || end > 300) return { stream, time, text };
  const priority = /^<\d{1,3}>/.exec(text)?.[0].length ?? 0;
  // `journalctl -o short-full` puts the day of the week in front.
  const day = /^[A-Z][a-z]{2} (?=\d{4}-)/.exec(text)?.[0].length ?? 0;
  const at = readLogTime(text, priority + day);
  if (at !== null && at.time.date) {
    unit.lastIndex = at.end;
    const found = unit.exec(text);
    if (found !== null) {
      take(unit.lastIndex);
      // How rsyslog writes a record of many lines.
      return { stream: `${stream} ${found[1] ?? ""}`.trim(), time: at.time, text };
    }
  }
  return { stream, time, text };
}
