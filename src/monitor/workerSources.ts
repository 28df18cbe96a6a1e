import { numberText, t } from "../python/l10n";
import type { ConnectionSummary } from "./connections";
import type { KnownRecord } from "./healthRecords";
import type { WorkerStats } from "./model";
import type { ClientFacts } from "./ports";
import type { TaggedWorker } from "./taggedWorkers";
import type { KnownProcess } from "./workerProcesses";

/** By what a source of knowledge is judged. Times unix ms on Redis' clock. */
export interface Judge {
  readonly now: number;
  readonly staleAfterMs: number;
  /** Since when no connection may be a worker's; null while one may, or where connections cannot be listed. */
  readonly noneSince: number | null;
}

const nothingKnown = {
  queue: null,
  host: null,
  pid: null,
  lastSeenAt: null,
  stale: false,
  startedAt: null,
  intervalMs: null,
  maxJobs: null,
  jobs: null,
  release: null,
  python: null,
  arq: null,
  counters: null,
} as const;

const connectionName = /^arq:(.+):(\d+)$/;
/** ARQ's records, and the beats of the instrumentation, may come this much late. */
const lateMs = 1000;

/** A process that publishes its state. */
export function fromProcess({ process, lapsedAt }: KnownProcess, { now, staleAfterMs }: Judge): WorkerStats {
  const { key, host, pid, state, writtenAt } = process;
  const name = `${host}:${pid}`;
  const gone =
    lapsedAt === null
      ? []
      : [t("Its key lapsed without a clean stop: the process was killed, is blocked, or lost Redis.")];
  if (state === null) {
    const sentence = t(
      "{0} is written by a newer instrumentation than this ARQ Monitor reads: only that the process lives is known.",
      key,
    );
    return {
      ...nothingKnown,
      name,
      kind: "process",
      host,
      pid,
      lastSeenAt: writtenAt,
      stale: lapsedAt !== null,
      evidence: [sentence, ...gone],
    };
  }
  const { complete, failed, retried } = state;
  const counted = complete !== null && failed !== null && retried !== null;
  return {
    ...nothingKnown,
    name,
    kind: "process",
    queue: state.queue,
    host,
    pid,
    evidence: [t("Publishes its state every {0} (opt-in instrumentation).", seconds(state.intervalMs)), ...gone],
    lastSeenAt: writtenAt,
    stale: lapsedAt !== null || now - writtenAt > Math.max(staleAfterMs, state.intervalMs + lateMs),
    startedAt: state.startedAt,
    intervalMs: state.intervalMs,
    maxJobs: state.maxJobs,
    jobs: state.jobs.map(({ id, function: job, try: attempt, startedAt }) => ({
      id,
      function: job,
      try: attempt,
      startedAt,
    })),
    release: state.release,
    python: state.python,
    arq: state.arq,
    counters: counted ? { complete, failed, retried, ongoing: state.jobs.length } : null,
  };
}

/** A health record. `name`: of the process known to write this key. */
export function fromRecord(known: KnownRecord, judge: Judge, name: string | null): WorkerStats {
  const { record, writtenAt, lifeMs, lapsedAt } = known;
  const { now, staleAfterMs, noneSince } = judge;
  const process = name ?? record.process;
  const single = process !== "";
  const { complete, failed, retried, ongoing } = record;
  const intervalMs = lifeMs === null ? null : lifeMs - 1000;
  const evidence = [single ? t("Own health record {0}, {1}.", record.key, writtenHow(known)) : sharedSentence(known)];
  // Without a connection to support it, a record may be what a killed worker left behind.
  const unsupportedFor = noneSince === null ? null : now - noneSince;
  const old = writtenAt === null ? (unsupportedFor ?? 0) > staleAfterMs : now - writtenAt > staleAfterMs;
  const doubted = lapsedAt === null && unsupportedFor !== null && old;
  const overdue =
    writtenAt !== null && intervalMs !== null && now - writtenAt > Math.max(staleAfterMs, intervalMs + lateMs);
  if (known.severalWriters)
    evidence.push(
      t("Written more often than its interval: at least two workers write it in turn, so its counters jump."),
    );
  if (lapsedAt !== null) {
    evidence.push(
      single
        ? t("The record lapsed without a clean stop: the process was killed, or is blocked.")
        : t(
            "The record lapsed without a clean stop: whoever wrote it was killed, or is blocked, and no other worker of the queue renewed it.",
          ),
    );
  } else if (doubted)
    evidence.push(t("No connection looks like a worker's: a killed worker leaves its record behind."));
  else if (lifeMs !== null && lifeMs > staleAfterMs + lateMs) {
    evidence.push(t("Should its worker be killed, the record stays for up to {0}.", seconds(lifeMs)));
  }
  return {
    ...nothingKnown,
    name: single ? process : (record.queue ?? record.key),
    kind: single ? "process" : "shared",
    queue: record.queue,
    ...hostAndPid(process),
    evidence,
    lastSeenAt: writtenAt,
    stale: lapsedAt !== null || doubted || overdue,
    intervalMs,
    counters: { complete, failed, retried, ongoing },
  };
}

export function isNamedConnection({ name }: ClientFacts): boolean {
  return connectionName.test(name);
}

export function fromNamedConnection({ name, idle }: ClientFacts, readAt: number): WorkerStats {
  const worker = name.slice("arq:".length);
  return {
    ...nothingKnown,
    name: worker,
    kind: "process",
    ...hostAndPid(worker),
    evidence: [t("Connection named {0} (CLIENT LIST).", name)],
    lastSeenAt: readAt - idle * 1000,
  };
}

export function fromTag({ tag, queue, lastAt }: TaggedWorker, { now, staleAfterMs }: Judge): WorkerStats {
  return {
    ...nothingKnown,
    name: tag,
    kind: "process",
    queue,
    ...hostAndPid(tag),
    evidence: [t("Signed results (opt-in serializer). It signs when a job ends: an idle worker is silent.")],
    lastSeenAt: lastAt,
    stale: now - lastAt > staleAfterMs,
  };
}

/** Connections that poll, or that fell silent when a job was started. */
export function fromConnections(
  { polling, silent, busyHosts }: ConnectionSummary,
  readAt: number | null,
): WorkerStats[] {
  if (polling > 0) {
    const sentence =
      polling === 1
        ? t(
            "1 connection polls as an ARQ worker with free places does (CLIENT LIST). Full workers do not poll, and connections cannot be told to queues or processes.",
          )
        : t(
            "{0} connections poll as an ARQ worker with free places does (CLIENT LIST). Full workers do not poll, and connections cannot be told to queues or processes.",
            polling,
          );
    return [connections(`~${plural(polling)}`, sentence, readAt)];
  }
  if (silent === 0) return [];
  const doubt =
    busyHosts > 0
      ? t("How many workers they belong to is not told.")
      : t("So does a program that enqueued the job then: whether they are a worker's is not told.");
  const many = plural(silent);
  const name = busyHosts > 0 ? t("{0} at work", many) : t("{0}, perhaps at work", many);
  const fell = t(
    "{0} fell silent just when a job that runs was started, as a worker with all its places taken does (CLIENT LIST).",
    many,
  );
  return [connections(name, `${fell} ${doubt}`, readAt)];
}

function connections(name: string, sentence: string, lastSeenAt: number | null): WorkerStats {
  return { ...nothingKnown, name, kind: "connections", evidence: [sentence], lastSeenAt };
}

function sharedSentence(known: KnownRecord): string {
  const { queue, key } = known.record;
  const how = writtenHow(known);
  return queue === null
    ? t(
        "Health record {0}, {1}. Its counters are those of the worker that wrote last, since that worker's start.",
        key,
        how,
      )
    : t(
        "Health record of {0}, shared by all its workers, {1}. Its counters are those of the worker that wrote last, since that worker's start.",
        queue,
        how,
      );
}

/** Without ages: a text that ticks would draw its row again and again. */
function writtenHow({ lifeMs, assumed, record }: KnownRecord): string {
  if (record.ttl < 0) return t("written at a time that is not known (its TTL cannot be read)");
  if (lifeMs === null) return t("written at an interval that is not known before it is renewed");
  const every = seconds(lifeMs - 1000);
  return assumed
    ? t("as old as shown if it is written every {0}, ARQ's default", every)
    : t("written every {0}", every);
}

/** `3,600 s`. */
function seconds(ms: number): string {
  return t("{0} s", numberText(Math.max(0, Math.round(ms / 1000))));
}

function plural(n: number): string {
  return n === 1 ? t("1 connection") : t("{0} connections", n);
}

/** `host:pid`, where the name has that form. */
function hostAndPid(name: string): { host: string | null; pid: number | null } {
  const match = /^(.+):(\d+)$/.exec(name);
  return match === null ? { host: null, pid: null } : { host: match[1]!, pid: Number(match[2]) };
}
