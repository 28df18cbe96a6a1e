import type { Gap } from "./model";
import type { SweepProgress } from "./ports";

interface OpenGap {
  readonly from: number;
  readonly why: string;
  /** The sweep or look around that was under way: what it met may have changed since. */
  readonly sweep: number;
}

/** How much of Redis the index covers, and since when it is not sure to. Times unix ms on Redis' clock. */
export class Coverage {
  /** Number of the sweep, or of the look around, that is under way or was the last. */
  sweep = 0;
  /** A whole sweep has ended since the start or the last flush. */
  complete = false;
  sweptAt: number | null = null;
  #progress: SweepProgress | null = null;
  #gap: OpenGap | null = null;

  /** How far the sweep has come; null when none is under way. */
  get progress(): SweepProgress | null {
    return this.#progress;
  }

  /** Nothing is being looked at for the first time, or again because something was missed. */
  get isWhole(): boolean {
    return this.complete && this.#progress === null && this.#gap === null;
  }

  sweepStarted(): void {
    this.sweep++;
    this.#progress = { keysScanned: 0, keysTotal: null, paused: false };
  }

  /** Outside a sweep it means nothing: nobody would ever say that it has ended. */
  sweepProgress(progress: SweepProgress): void {
    if (this.#progress !== null) this.#progress = progress;
  }

  /** @returns the span that was not observed and has ended now, if any. */
  sweepEnded(now: number): Gap | null {
    this.#progress = null;
    this.complete = true;
    this.sweptAt = now;
    const gap = this.#gap;
    if (gap === null || gap.sweep >= this.sweep) return null;
    this.#gap = null;
    return { kind: "gap", from: gap.from, to: now, why: gap.why };
  }

  roundStarted(): void {
    this.sweep++;
  }

  /** From now on something may be missed, until the end of a sweep that begins later. What was said first holds. */
  missed(now: number, why: string): void {
    this.#gap = { from: this.#gap?.from ?? now, why: this.#gap?.why ?? why, sweep: this.sweep };
  }

  /** Everything may be gone. */
  clear(): void {
    this.complete = false;
    this.sweptAt = null;
    this.#gap = null;
  }
}
