import type { ReactiveController, ReactiveControllerHost } from "lit";

/**
 * Redis' clock in the page: the time the host last sent plus what has passed here since. Relative times hold even where this machine's clock is
 * wrong. Redraws its element once a second while the element is connected and the page is visible.
 */
export class RedisClock implements ReactiveController {
  #at = Date.now();
  #setAt = performance.now();
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  /** `at`: Redis' clock now, unix ms. */
  set(at: number): void {
    this.#at = at;
    this.#setAt = performance.now();
  }

  now(): number {
    return this.#at + performance.now() - this.#setAt;
  }

  hostConnected(): void {
    this.#timer = setInterval(() => {
      if (document.visibilityState === "visible") this.host.requestUpdate();
    }, 1000);
  }

  hostDisconnected(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
