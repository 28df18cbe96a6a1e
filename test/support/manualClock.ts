import type { Cancel, Clock } from "../../src/monitor/ports";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until the test advances it. */
export class ManualClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  /** Unix ms. */
  constructor(now = Date.UTC(2026, 0, 2, 3, 4, 5)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, ms: number): Cancel {
    const timer = { at: this.#now + Math.max(0, ms), callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Timers that have neither run nor been cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets time pass and runs what falls due on the way, in order, each at its own moment. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let timer = this.#nextUntil(end); timer !== null; timer = this.#nextUntil(end)) this.#run(timer);
    this.#now = end;
  }

  /** Lets time pass without running what falls due: that is late then, as after a computer's sleep. */
  sleep(ms: number): void {
    this.#now += ms;
  }

  /** As `advance`, and lets promises settle before the first timer, after each one and at the end. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let timer = this.#nextUntil(end); timer !== null; timer = this.#nextUntil(end)) {
      this.#run(timer);
      await settle();
    }
    this.#now = end;
    await settle();
  }

  #run(timer: Timer): void {
    this.#timers.delete(timer);
    this.#now = Math.max(this.#now, timer.at);
    timer.callback();
  }

  /** The earliest timer due by then; of two at the same moment the one set first. */
  #nextUntil(end: number): Timer | null {
    let next: Timer | null = null;
    for (const timer of this.#timers) if (timer.at <= end && (next === null || timer.at < next.at)) next = timer;
    return next;
  }
}

/** Promises that are already resolved, and what hangs on them, run before this goes on. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
