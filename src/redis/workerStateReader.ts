import { parseWorkerName, parseWorkerState, workerStateMaxBytes, type WorkerState } from "../arq/workerState";
import type { WorkerProcess } from "../monitor/ports";
import type { ReadCommand, Reply } from "./readOnlyCommands";
import { asNumber, asText, isError } from "./replies";
import type { SessionContext } from "./sessionContext";

/** Between two readings of a key whose changes nobody announces. */
const readAgainMs = 4500;
/** Busy workers write every second: however many there are, no more than 25 a second are read. */
const gapPerWorkerMs = 40;
const fewWorkers = 25;
/** Nobody has more workers on one queue server; whoever writes more keys wants to keep us busy. */
const atMost = 500;
/** The instrumentation lets its keys live for about so many intervals. */
const lifeIntervals = 3;
/** Up to here the worker's clock and Redis' agree: what remains is the way and the rounding. */
const skewAllowedMs = 2000;

/** Reads the keys in which the opt-in instrumentation publishes worker processes: those that changed, and those that are not announced every few seconds. */
export class WorkerStateReader {
  readonly #context: SessionContext;
  /** When each was read, on our clock; null where the key holds nothing we can read. */
  readonly #read = new Map<string, { readonly at: number; readonly process: WorkerProcess | null }>();

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /** Keys to read now. `now` is our clock, unix ms. */
  due(now: number): string[] {
    const { found, announces } = this.#context;
    const { workers, changed } = found;
    const gap = workers.size > fewWorkers ? workers.size * gapPerWorkerMs : 0;
    const keys: string[] = [];
    for (const key of workers) {
      if (keys.length >= atMost) break;
      const last = this.#read.get(key)?.at;
      const again = changed.has(key) ? gap : announces(key) ? Number.POSITIVE_INFINITY : Math.max(readAgainMs, gap);
      if (last === undefined || now - last >= again || now < last) keys.push(key);
    }
    return keys;
  }

  /** Two commands for each key, one where PTTL is refused. */
  commands(keys: readonly string[]): ReadCommand[] {
    const { refusals } = this.#context;
    return keys.flatMap((key): ReadCommand[] => [
      refusals.has("getrange") ? ["get", key] : ["getrange", key, 0, workerStateMaxBytes - 1],
      ...(refusals.has("pttl") ? [] : ([["pttl", key]] as const)),
    ]);
  }

  /** Takes the replies to `commands`. `readAt` is Redis' TIME, unix ms. */
  take(keys: readonly string[], replies: readonly Reply[], now: number, readAt: number): void {
    const { found, refusals, logger } = this.#context;
    const perKey = refusals.has("pttl") ? 1 : 2;
    keys.forEach((key, i) => {
      found.changed.delete(key);
      const reply = replies[i * perKey];
      const ttl = perKey === 2 ? asNumber(replies[i * perKey + 1]) : null;
      const text = asText(reply);
      // GETRANGE answers nothing at all for a key that is not there.
      if (!isError(reply) && (text === null || text === "")) return this.#forget(key);
      const process = text === null || ttl === -2 ? null : processOf(this.#context, key, text, ttl, readAt);
      if (process === null && !this.#read.has(key)) {
        logger.debug("A key of the worker instrumentation holds something else.");
      }
      this.#read.set(key, { at: now, process });
      // Its own health record may have any name.
      const healthKey = process?.state?.healthKey ?? null;
      if (healthKey !== null) found.health.add(healthKey);
    });
  }

  get processes(): readonly WorkerProcess[] {
    return [...this.#read.values()].flatMap(({ process }) => (process === null ? [] : [process]));
  }

  #forget(key: string): void {
    this.#context.found.workers.delete(key);
    this.#read.delete(key);
  }
}

function processOf(
  { keys }: SessionContext,
  key: string,
  text: string,
  ttl: number | null,
  readAt: number,
): WorkerProcess | null {
  const place = keys.parse(key);
  const parsed = parseWorkerState(text);
  if (parsed.ok) {
    const { state } = parsed;
    const { writtenAt, clockAhead } = written(state, ttl, readAt);
    return {
      key,
      host: state.host,
      pid: state.pid,
      readAt,
      writtenAt,
      ttl: ttl !== null && ttl >= 0 ? ttl : null,
      state: clockAhead === 0 ? state : shifted(state, clockAhead),
    };
  }
  const name = place?.kind === "worker" ? parseWorkerName(place.worker) : null;
  if (parsed.reason === "malformed" || name === null) return null;
  return { key, ...name, readAt, writtenAt: readAt, ttl: ttl !== null && ttl >= 0 ? ttl : null, state: null };
}

/** When it was written on Redis' clock. The TTL says so even if the worker's clock is wrong; the worker's own word is exact if it is not. */
function written(
  { at, intervalMs }: WorkerState,
  ttl: number | null,
  readAt: number,
): { writtenAt: number; clockAhead: number } {
  const lifeMs = lifeIntervals * intervalMs;
  const byTtl = ttl === null || ttl < 0 || ttl > lifeMs + skewAllowedMs ? null : readAt - Math.max(0, lifeMs - ttl);
  if (byTtl === null || Math.abs(at - byTtl) <= skewAllowedMs)
    return { writtenAt: Math.min(at, readAt), clockAhead: 0 };
  return { writtenAt: byTtl, clockAhead: at - byTtl };
}

function shifted(state: WorkerState, ahead: number): WorkerState {
  return {
    ...state,
    at: state.at - ahead,
    startedAt: state.startedAt - ahead,
    jobs: state.jobs.map((job) => ({ ...job, startedAt: job.startedAt === null ? null : job.startedAt - ahead })),
  };
}
