import type { Cancel, Clock } from "./ports";

export interface PacemakerOptions {
  readonly clock: Clock;
  /** Redis' clock, unix ms. */
  readonly now: () => number;
  /** When time alone changes something next, on Redis' clock; null when it does not. */
  readonly nextDeadline: () => number | null;
  readonly onDeadline: () => void;
  /** At a calm pace, because ages move and connections come and go without a word. */
  readonly onBeat: () => void;
}

const beatMs = 5000;
/** A TTL that has just lapsed may take Redis a moment; a deadline already past is tried again after this. */
const shortestDelayMs = 20;
/** Timers longer than 24 days overflow in Node and browsers; a shorter one only looks again. */
const longestDelayMs = 3_600_000;

/** What happens by time alone, only while somebody looks. */
export class Pacemaker {
  readonly #options: PacemakerOptions;
  #awake = false;
  #beat: Cancel | null = null;
  #deadline: { readonly at: number; readonly cancel: Cancel } | null = null;

  constructor(options: PacemakerOptions) {
    this.#options = options;
  }

  wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    this.#startBeat();
    this.follow();
  }

  rest(): void {
    this.#awake = false;
    this.#beat?.();
    this.#deadline?.cancel();
    this.#deadline = null;
  }

  /** The next deadline may have moved. */
  follow(): void {
    const { clock, now, nextDeadline, onDeadline } = this.#options;
    const at = nextDeadline();
    if (!this.#awake || this.#deadline?.at === at) return;
    this.#deadline?.cancel();
    this.#deadline = null;
    if (at === null) return;
    const delay = Math.min(longestDelayMs, Math.max(shortestDelayMs, at - now()));
    const cancel = clock.setTimeout(() => {
      this.#deadline = null;
      onDeadline();
      this.follow();
    }, delay);
    this.#deadline = { at, cancel };
  }

  #startBeat(): void {
    this.#beat = this.#options.clock.setTimeout(() => {
      this.#startBeat();
      this.#options.onBeat();
    }, beatMs);
  }
}
