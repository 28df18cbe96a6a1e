import type { Slices } from "./slices";

/** A growing list of numbers, eight bytes each, that can tell its percentiles. */
export class Numbers {
  #values: Float64Array;
  #count = 0;

  /** `room`: for so many without growing. */
  constructor(room = 64) {
    this.#values = new Float64Array(room);
  }

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const longer = new Float64Array(2 * this.#count);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.#count++] = value;
  }

  /**
   * By nearest rank: the smallest value that at least so many percent of all do not exceed, exactly. Null of no values. `percents` go up.
   * Puts the values in another order.
   */
  async percentiles<const P extends readonly number[]>(
    percents: P,
    slices: Slices,
  ): Promise<{ [I in keyof P]: number | null }> {
    const found: (number | null)[] = [];
    let from = 0;
    for (const percent of percents) {
      const place = Math.max(0, Math.ceil((percent / 100) * this.#count) - 1);
      if (this.#count > 0) await this.#select(place, from, slices);
      found.push(this.#count === 0 ? null : this.#values[place]!);
      // Everything before is smaller: the next one is not to be looked for there.
      from = place;
    }
    return found as { [I in keyof P]: number | null };
  }

  /** Hoare's selection: afterwards the value that sorting would put at `place` is there, and none after it is smaller. */
  async #select(place: number, from: number, slices: Slices): Promise<void> {
    const values = this.#values;
    let low = from;
    let high = this.#count - 1;
    while (low < high) {
      const pivot = median(values[low]!, values[(low + high) >>> 1]!, values[high]!);
      let i = low;
      let j = high;
      while (i <= j) {
        while (values[i]! < pivot) i++;
        while (values[j]! > pivot) j--;
        if (i > j) break;
        const value = values[i]!;
        values[i++] = values[j]!;
        values[j--] = value;
      }
      if (place <= j) high = j;
      else if (place >= i) low = i;
      else return;
      if (slices.isOver) await slices.rest();
    }
  }
}

function median(a: number, b: number, c: number): number {
  return a < b ? (b < c ? b : Math.max(a, c)) : a < c ? a : Math.max(b, c);
}
