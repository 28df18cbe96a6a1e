import { once } from "node:events";
import { parseArgs } from "node:util";
import { Redactor } from "./arq/redact";
import { defaultThresholds } from "./monitor/health";
import { createMonitor } from "./monitor/liveMonitor";
import type { JobEvent, JobRow, Monitor } from "./monitor/model";
import type { ArqSource, Logger } from "./monitor/ports";
import { systemClock } from "./monitor/systemClock";
import { openRedisSource } from "./redis/openRedisSource";

/**
 * The monitor without VS Code:
 *
 *     inspect <redis url> [--watch seconds] [--queue name]… [--prefix p]
 *
 * Looks at everything once and streams one JSON document (one line) to standard output; with `--watch` it then prints what
 * happens for so many seconds, one JSON object a line. A failure prints `{ error: { reason, message } }` and ends with code 2.
 * The password may stand in the URL or in ARQ_REDIS_PASSWORD; neither is ever printed.
 */
interface Arguments {
  readonly url: string;
  /** Null: do not watch. */
  readonly watchSeconds: number | null;
  readonly queues: readonly string[];
  readonly prefix: string;
}

class InspectError extends Error {
  constructor(
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

const usage = "Usage: npm run --silent inspect -- <redis url> [--watch seconds] [--queue name]… [--prefix p]";
/** Tracebacks are not in the index; so many jobs are read at a time for theirs. */
const readAtOnce = 50;
const staleAfterMs = 60_000;
/** Standard output belongs to the document. */
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

function readArguments(given: readonly string[]): Arguments {
  const options = {
    watch: { type: "string" },
    queue: { type: "string", multiple: true },
    prefix: { type: "string" },
  } as const;
  const parsed = (() => {
    try {
      return parseArgs({ args: [...given], options, allowPositionals: true });
    } catch {
      // The error of parseArgs repeats what was given, which may hold a password.
      throw new InspectError("usage", usage);
    }
  })();
  const { values, positionals } = parsed;
  const watchSeconds = values.watch === undefined ? null : Number(values.watch);
  const [url] = positionals;
  if (url === undefined || positionals.length > 1) throw new InspectError("usage", usage);
  if (watchSeconds !== null && !(watchSeconds > 0)) {
    throw new InspectError("usage", `--watch takes a number of seconds greater than 0. ${usage}`);
  }
  return { url, watchSeconds, queues: values.queue ?? [], prefix: values.prefix ?? "arq" };
}

async function main(): Promise<void> {
  const started = performance.now();
  const given = readArguments(process.argv.slice(2));
  const source = openRedisSource({
    url: given.url,
    password: process.env["ARQ_REDIS_PASSWORD"] ?? null,
    prefix: given.prefix,
    queues: given.queues,
    feed: "auto",
    redactor: new Redactor(),
    clock: systemClock,
    logger: silent,
  });
  const monitor = createMonitor({
    source,
    clock: systemClock,
    logger: silent,
    thresholds: defaultThresholds,
    staleAfterMs,
    queues: given.queues,
  });
  const later = new LaterEvents(monitor);
  try {
    await firstSweep(monitor);
    for await (const piece of document(monitor, source, started)) await write(piece);
    if (given.watchSeconds !== null) await later.print(given.watchSeconds * 1000);
  } finally {
    await monitor.close();
  }
}

/** Starts the monitor and resolves when it has seen everything. Rejects as soon as the connection fails. */
function firstSweep(monitor: Monitor): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = monitor.onChange(() => {
      const { status, complete } = monitor.snapshot();
      if (status.state === "down") {
        const { reason, message, advice } = status.problem;
        reject(new InspectError(reason, `${message} ${advice}`));
      } else if (!complete) return;
      else resolve();
      stop();
    });
    monitor.start();
  });
}

/** Events that come once the first sweep has ended, held back until the document is out. */
class LaterEvents {
  #held: JobEvent[] = [];
  /** The first sweep has ended. After FLUSHDB a look is the first one again, and what happens meanwhile is told all the same. */
  #begun = false;
  #print: ((events: readonly JobEvent[]) => void) | null = null;

  constructor(monitor: Monitor) {
    monitor.onChange(({ events }) => {
      this.#begun ||= monitor.snapshot().complete;
      if (!this.#begun) return;
      if (this.#print === null) this.#held.push(...events);
      else this.#print(events);
    });
  }

  async print(forMs: number): Promise<void> {
    let written = Promise.resolve();
    this.#print = (events) => {
      const lines = events.map((each) => `${JSON.stringify(lineOf(each))}\n`).join("");
      if (lines !== "") written = written.then(() => write(lines));
    };
    this.#print(this.#held);
    this.#held = [];
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, forMs);
      for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.once(signal, () => {
          clearTimeout(timer);
          resolve();
        });
      }
    });
    await written;
  }
}

function lineOf({ at, event, id, function: name, queue, inferred }: JobEvent): unknown {
  return { at, event, id, function: name, queue, inferred };
}

/** The document in pieces, so that a million jobs are never one string. */
async function* document(monitor: Monitor, source: ArqSource, started: number): AsyncGenerator<string> {
  const { status, queues, counts, workers } = monitor.snapshot();
  // Of the same moment as the counts.
  const ids = idsOf(monitor);
  const head = {
    feed: status.state === "live" ? status.feed : null,
    queues: queues.map(({ name, depth, queued, deferred, running, retrying, oldestDueMs }) => {
      return { name, depth, queued, deferred, running, retrying, oldestDueMs };
    }),
    counts,
    workers,
    functions: (await monitor.functions()).map(({ name, count, failed, runP50Ms, runP95Ms, waitP95Ms }) => {
      return { name, count, failed, runP50Ms, runP95Ms, waitP95Ms };
    }),
    errorGroups: (await monitor.errorGroups()).map(({ type, message, sample, count, firstAt, lastAt }) => {
      return { type, message, sample, count, firstAt, lastAt };
    }),
  };
  yield `${JSON.stringify(head).slice(0, -1)},"jobs":[`;
  let isFirst = true;
  for (let from = 0; from < ids.length; from += readAtOnce) {
    // A job that has gone since is in no document.
    const rows = ids.slice(from, from + readAtOnce).flatMap((id) => monitor.row(id) ?? []);
    const jobs = await Promise.all(rows.map((row) => jobOf(row, monitor)));
    if (jobs.length > 0) yield `${isFirst ? "" : ","}${jobs.map((job) => JSON.stringify(job)).join(",")}`;
    isFirst &&= jobs.length === 0;
  }
  const { commands, bytesSent, bytesReceived, waitedMs } = source.cost();
  const tail = {
    commands: Object.fromEntries(commands),
    cost: { bytesSent, bytesReceived, waitedMs: Math.round(waitedMs) },
    elapsedMs: Math.round(performance.now() - started),
  };
  yield `],${JSON.stringify(tail).slice(1)}\n`;
}

/** Of all jobs that Redis holds, in order. Ids only: a million rows at once would take ten times the memory. */
function idsOf(monitor: Monitor): readonly string[] {
  const ids: string[] = [];
  for (const { id, rememberedSince } of monitor.rows()) if (rememberedSince === null) ids.push(id);
  return ids.sort((a, b) => (a < b ? -1 : 1));
}

async function jobOf(row: JobRow, monitor: Monitor): Promise<unknown> {
  const { id, function: name, queue, state, tries, enqueuedAt, scheduledAt, startedAt, finishedAt } = row;
  const error =
    row.error === null
      ? null
      : { type: row.error.type, message: row.error.message, traceback: await tracebackOf(row, monitor) };
  return { id, function: name, queue, state, tries, enqueuedAt, scheduledAt, startedAt, finishedAt, error };
}

async function tracebackOf({ id, error }: JobRow, monitor: Monitor): Promise<string | null> {
  if (error === null || !error.hasTraceback) return null;
  // The result may be forgotten by now: then there is none.
  const decoded = (await monitor.open(id))?.result?.decoded;
  return decoded?.ok === true ? (decoded.error?.traceback ?? null) : null;
}

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

// A reader that has seen enough closes the pipe (`… | head`): that is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));

main().then(
  // Sockets that linger must not keep the process; what was written is out when the callback comes.
  () => process.stdout.write("", () => process.exit(0)),
  (error: unknown) => {
    const reason = error instanceof InspectError ? error.reason : "other";
    const message = error instanceof Error ? error.message : String(error);
    process.stdout.write(`${JSON.stringify({ error: { reason, message } })}\n`, () => process.exit(2));
  },
);
