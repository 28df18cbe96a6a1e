/**
 * Which element shows which line: a line keeps its own, and a new one takes that of a line that is gone. So a few new lines move a few elements, and a
 * storm in which all are new moves and makes none.
 */
export class LineSlots {
  #slots = new Map<string, number>();

  /** A number for each of these lines, no two the same. */
  assign(keys: readonly string[]): readonly number[] {
    const next = new Map<string, number>();
    const known = new Set(keys);
    const free = [...this.#slots].flatMap(([key, slot]) => (known.has(key) ? [] : slot));
    let unused = Math.max(-1, ...this.#slots.values()) + 1;
    let taken = 0;
    for (const key of keys) next.set(key, this.#slots.get(key) ?? free[taken++] ?? unused++);
    this.#slots = next;
    return [...next.values()];
  }
}
