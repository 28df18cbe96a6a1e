/** Moments at which something is due, earliest first: a binary heap of (time, row). Entries are never taken out early. */
export class Deadlines {
  #times: number[] = [];
  #rows: number[] = [];

  get size(): number {
    return this.#times.length;
  }

  /** The earliest time; null when nothing is due ever. */
  get next(): number | null {
    return this.#times[0] ?? null;
  }

  add(at: number, row: number): void {
    let child = this.#times.length;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (this.#times[parent]! <= at) break;
      this.#times[child] = this.#times[parent]!;
      this.#rows[child] = this.#rows[parent]!;
      child = parent;
    }
    this.#times[child] = at;
    this.#rows[child] = row;
  }

  /** Takes the earliest entry if it is due at `now`. */
  take(now: number): { readonly at: number; readonly row: number } | null {
    const at = this.#times[0];
    if (at === undefined || at > now) return null;
    const row = this.#rows[0]!;
    const lastAt = this.#times.pop()!;
    const lastRow = this.#rows.pop()!;
    if (this.#times.length > 0) this.#sink(lastAt, lastRow);
    return { at, row };
  }

  clear(): void {
    this.#times = [];
    this.#rows = [];
  }

  #sink(at: number, row: number): void {
    const end = this.#times.length;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= end) break;
      if (child + 1 < end && this.#times[child + 1]! < this.#times[child]!) child++;
      if (this.#times[child]! >= at) break;
      this.#times[hole] = this.#times[child]!;
      this.#rows[hole] = this.#rows[child]!;
      hole = child;
    }
    this.#times[hole] = at;
    this.#rows[hole] = row;
  }
}
