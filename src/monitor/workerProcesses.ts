import type { WorkerProcess } from "./ports";

/** A worker process that published its state. Times unix ms on Redis' clock. */
export interface KnownProcess {
  readonly process: WorkerProcess;
  /** When its key lapsed without having been renewed or deleted: killed, blocked, or cut off from Redis. Null while it is there. */
  readonly lapsedAt: number | null;
}

/** The instrumentation lets its keys lapse after about so many intervals without a beat. */
export const aliveForIntervals = 3;
/** A worker that vanished is shown for so long. */
const lapsedKeptMs = 600_000;
/** A key that goes this long before its time was deleted: a clean stop. */
const deletedBeforeMs = 1500;

/** A clean stop is remembered for as long as a signed result would still tell of the process (`taggedKeptMs`). */
const stoppedKeptMs = 600_000;

/** Remembers processes over several readings, because a key that is gone tells only by its last TTL how it went. */
export class WorkerProcesses {
  readonly #known = new Map<string, KnownProcess>();
  /** When each `host:pid` was first missed after a clean stop. */
  readonly #stopped = new Map<string, number>();

  read(processes: readonly WorkerProcess[], readAt: number): void {
    const present = new Set(processes.map(({ key }) => key));
    for (const process of processes) this.#known.set(process.key, { process, lapsedAt: null });
    for (const [key, known] of this.#known) {
      if (present.has(key)) continue;
      const lapsedAt = known.lapsedAt ?? lapses(known.process);
      const deleted = known.lapsedAt === null && readAt < lapsedAt - deletedBeforeMs;
      if (deleted) this.#stopped.set(nameOf(known.process), readAt);
      if (deleted || readAt - lapsedAt > lapsedKeptMs) this.#known.delete(key);
      else this.#known.set(key, { ...known, lapsedAt });
    }
    for (const [name, at] of this.#stopped) if (readAt - at > stoppedKeptMs) this.#stopped.delete(name);
  }

  /** When a process was seen to have stopped cleanly, by its name `host:pid`, unix ms on Redis' clock: the last ten minutes. */
  get stopped(): ReadonlyMap<string, number> {
    return this.#stopped;
  }

  /** One per `host:pid`, the newest start of each: a container's worker has the same pid after every restart. */
  get all(): readonly KnownProcess[] {
    const newest = new Map<string, KnownProcess>();
    for (const known of this.#known.values()) {
      const name = nameOf(known.process);
      const other = newest.get(name);
      if (other === undefined || isNewer(known, other)) newest.set(name, known);
    }
    return [...newest.values()];
  }

  clear(): void {
    this.#known.clear();
    this.#stopped.clear();
  }
}

function nameOf({ host, pid }: WorkerProcess): string {
  return `${host}:${pid}`;
}

function lapses({ readAt, writtenAt, ttl, state }: WorkerProcess): number {
  if (ttl !== null) return readAt + ttl;
  return writtenAt + aliveForIntervals * (state?.intervalMs ?? 0);
}

function isNewer(a: KnownProcess, b: KnownProcess): boolean {
  const started = (known: KnownProcess): number => known.process.state?.startedAt ?? 0;
  return started(a) === started(b) ? a.process.writtenAt > b.process.writtenAt : started(a) > started(b);
}
