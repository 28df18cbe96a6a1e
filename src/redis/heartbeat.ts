import type { Cancel, Clock } from "../monitor/ports";

/** Asks for a sign of life after every span in which nothing was heard, in turn from one and from the next. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #ask: readonly (() => Promise<void>)[];
  #gapMs: number;
  #next = 0;
  #heardAt: number;
  #timer: Cancel | null = null;
  #closed = false;

  /** `ask` handle their own failures. */
  constructor(clock: Clock, gapMs: number, ask: readonly (() => Promise<void>)[]) {
    this.#clock = clock;
    this.#gapMs = gapMs;
    this.#ask = ask;
    this.#heardAt = clock.now();
    this.#wait();
  }

  heard(): void {
    this.#heardAt = this.#clock.now();
  }

  setGap(gapMs: number): void {
    if (gapMs === this.#gapMs) return;
    this.#gapMs = gapMs;
    this.#wait();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.();
  }

  #wait(): void {
    this.#timer?.();
    if (this.#closed) return;
    const now = this.#clock.now();
    // A clock that was set back must not put it off for long.
    const left = Math.min(this.#gapMs, this.#heardAt + this.#gapMs - now);
    this.#timer = this.#clock.setTimeout(() => void this.#beat(), Math.max(1, left));
  }

  async #beat(): Promise<void> {
    if (this.#clock.now() - this.#heardAt >= this.#gapMs) {
      this.heard();
      const ask = this.#ask[this.#next++ % this.#ask.length];
      await ask?.();
    }
    this.#wait();
  }
}
