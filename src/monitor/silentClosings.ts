import type { ClientFacts } from "./ports";

/** From the opening of a connection to its last command, unix ms on Redis' clock. */
export interface SilentSpan {
  readonly from: number;
  readonly to: number;
}

/**
 * Servers close connections that were silent for some minutes (the setting `timeout`, 300 s at some hosts), and so do load balancers
 * (from 230 s on). Lists of connections are read at most a minute apart. Seconds.
 */
const silentSeconds = 165;
/** Redis cuts ages and idle times to whole seconds, ms. */
const roundingMs = 1500;
const spansKept = 100;

/**
 * Remembers connections that were closed after a long silence. A worker with all its places taken sends nothing while its jobs run, so
 * such a connection may have been closed although its worker lives: its end is no evidence against the jobs that were started over it.
 */
export class SilentClosings {
  #last: { readonly at: number; readonly clients: readonly ClientFacts[] } | null = null;
  #spans: readonly SilentSpan[] = [];

  /** Takes in one reading. `at` unix ms on Redis' clock. */
  read(clients: readonly ClientFacts[], at: number): void {
    const last = this.#last;
    this.#last = { at, clients };
    if (last === null || at <= last.at) return;
    const present = new Set(clients.map(({ id }) => id));
    const closed = last.clients
      .filter(({ id, idle }) => idle >= silentSeconds && !present.has(id))
      .map(({ age, idle }) => ({ from: last.at - age * 1000 - roundingMs, to: last.at - idle * 1000 + roundingMs }));
    if (closed.length > 0) this.#spans = [...this.#spans, ...closed].slice(-spansKept);
  }

  /** Jobs that were started within one of these may still be run by a worker that is no longer connected. */
  get spans(): readonly SilentSpan[] {
    return this.#spans;
  }

  clear(): void {
    this.#last = null;
    this.#spans = [];
  }
}
