/** Rows of the table in no order, each found, added and removed at once. */
export class RowList {
  /** Place + 1 of each row in the list; 0: not in it. */
  readonly #places: () => Uint32Array;
  #rows = new Uint32Array(16);
  #size = 0;

  constructor(places: () => Uint32Array) {
    this.#places = places;
  }

  get size(): number {
    return this.#size;
  }

  /** The rows; valid until the list is changed. */
  get rows(): Uint32Array {
    return this.#rows.subarray(0, this.#size);
  }

  add(row: number): void {
    const places = this.#places();
    if (places[row] !== 0) return;
    if (this.#size === this.#rows.length) {
      const longer = new Uint32Array(this.#size < 65_536 ? 2 * this.#size : Math.ceil(1.25 * this.#size));
      longer.set(this.#rows);
      this.#rows = longer;
    }
    this.#rows[this.#size++] = row;
    places[row] = this.#size;
  }

  remove(row: number): void {
    const places = this.#places();
    const place = places[row]!;
    if (place === 0) return;
    const last = this.#rows[--this.#size]!;
    this.#rows[place - 1] = last;
    places[last] = place;
    places[row] = 0;
  }
}
