import type { ActivityLog } from "./activityLog";
import type { Gap, JobEvent, MonitorChange } from "./model";
import type { Cancel, Clock, Logger } from "./ports";

type Listener = (change: MonitorChange) => void;

/**
 * What belongs to one change in Redis is read in two or three answers (the queue's counts, the job's facts). Views are drawn
 * anew at most four times a second, so a first half told alone would hold the second back by 250 ms (measured). Whoever knows that it is whole hastens it.
 */
const gatherMs = 25;

/** Tells listeners of changes: the first after silence when it is whole, then at most one per gap, everything in between merged. */
export class ChangeEmitter {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #gapMs: number;
  readonly #log: ActivityLog;
  readonly #listeners = new Set<Listener>();
  #gathered = new Gathered();
  #emittedAt = Number.NEGATIVE_INFINITY;
  #cancel: Cancel | null = null;
  /** When the change that waits is to be told, on our clock. */
  #dueAt = 0;

  /** `log` is told of everything, also while nobody listens. */
  constructor(clock: Clock, logger: Logger, gapMs: number, log: ActivityLog) {
    this.#log = log;
    this.#clock = clock;
    this.#logger = logger;
    this.#gapMs = gapMs;
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  /** @returns a function that removes the listener. */
  add(listener: Listener): () => void {
    // A wrapper of its own, so that the same function added twice is two listeners.
    const own: Listener = (change) => listener(change);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  note(part: Partial<MonitorChange>): void {
    this.#log.add(part);
    if (this.#listeners.size === 0) return;
    this.#gathered.add(part);
    if (this.#cancel === null) this.#wait(Math.max(gatherMs, this.#emittedAt + this.#gapMs - this.#clock.now()));
  }

  /** Nothing more belongs to the change that waits: it is told as soon as the gap allows. */
  hasten(): void {
    const now = this.#clock.now();
    const wait = Math.max(0, this.#emittedAt + this.#gapMs - now);
    if (this.#cancel === null || now + wait >= this.#dueAt) return;
    this.#cancel();
    this.#wait(wait);
  }

  /** Tells now what waits. */
  flush(): void {
    if (this.#cancel === null) return;
    this.#cancel();
    this.#emit();
  }

  #wait(ms: number): void {
    this.#dueAt = this.#clock.now() + ms;
    this.#cancel = this.#clock.setTimeout(() => this.#emit(), ms);
  }

  close(): void {
    this.#listeners.clear();
    this.#cancel?.();
    this.#cancel = null;
  }

  #emit(): void {
    this.#cancel = null;
    this.#emittedAt = this.#clock.now();
    const change = this.#gathered;
    this.#gathered = new Gathered();
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#logger.error(`A view failed to take a change: ${String(error)}`);
      }
    }
  }
}

class Gathered implements MonitorChange {
  readonly jobs = new Set<string>();
  readonly queues = new Set<string>();
  readonly events: JobEvent[] = [];
  readonly gaps: Gap[] = [];
  workers = false;
  status = false;
  all = false;

  add(part: Partial<MonitorChange>): void {
    for (const id of part.jobs ?? []) this.jobs.add(id);
    for (const name of part.queues ?? []) this.queues.add(name);
    for (const event of part.events ?? []) this.events.push(event);
    for (const gap of part.gaps ?? []) this.gaps.push(gap);
    this.workers ||= part.workers ?? false;
    this.status ||= part.status ?? false;
    this.all ||= part.all ?? false;
  }
}
