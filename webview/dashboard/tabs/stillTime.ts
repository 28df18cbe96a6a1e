/** The clock by which a tab draws: it stands still while what is shown is not kept current, or what waits would seem to wait on, and what was due to be overdue. */
export class StillTime {
  #stood: number | null = null;

  /** `now`: Redis' clock, unix ms. */
  at(now: number, stale: boolean): number {
    this.#stood = stale ? (this.#stood ?? now) : null;
    return this.#stood ?? now;
  }

  /** Nobody looks any more, so it is not told when what is shown goes on. */
  leave(): void {
    this.#stood = null;
  }
}
