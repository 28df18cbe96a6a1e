import type { ReactiveController, ReactiveControllerHost } from "lit";

const second = 1000;

/**
 * Redis' clock in the page: the time the host last sent plus what has passed here since. Relative times hold even where this machine's clock is
 * wrong. Redraws its element once a second while the element is connected and the page is visible. `now` stands still in between, so that what shows
 * ages is drawn once a second and not with every update.
 */
export class RedisClock implements ReactiveController {
  #at = Date.now();
  #setAt = performance.now();
  #timer: ReturnType<typeof setInterval> | null = null;
  #ticked = Date.now();

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  /** `at`: Redis' clock now, unix ms. */
  set(at: number): void {
    this.#at = at;
    this.#setAt = performance.now();
    // The host's clock and this one drift apart by less than this, unless one of them was set.
    if (Math.abs(this.#ticked - at) > second) this.#ticked = at;
  }

  /** As of the last tick. */
  now(): number {
    return this.#ticked;
  }

  hostConnected(): void {
    this.#timer = setInterval(() => {
      if (document.visibilityState !== "visible") return;
      this.#ticked = this.#at + performance.now() - this.#setAt;
      this.host.requestUpdate();
    }, second);
  }

  hostDisconnected(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
