/** Place + 1 of each row in its heap; 0: in none. */
type Places = () => Uint32Array;

/** Rows of the table by a number each, the smallest first. Takes about 12 bytes a row, and log n steps for any change. */
export class RowHeap {
  readonly #places: Places;
  #rows = new Uint32Array(16);
  #keys = new Float64Array(16);
  #size = 0;

  /** Several heaps may share places if no row is in two of them. */
  constructor(places: Places) {
    this.#places = places;
  }

  get size(): number {
    return this.#size;
  }

  /** The row with the smallest key; -1 when there is none. */
  get first(): number {
    return this.#size === 0 ? -1 : this.#rows[0]!;
  }

  /** The smallest key; null when there is none. */
  get firstKey(): number | null {
    return this.#size === 0 ? null : this.#keys[0]!;
  }

  has(row: number): boolean {
    const place = this.#places()[row]!;
    return place !== 0 && place <= this.#size && this.#rows[place - 1] === row;
  }

  /** The key of a row; null when it is not in this heap. */
  key(row: number): number | null {
    return this.has(row) ? this.#keys[this.#places()[row]! - 1]! : null;
  }

  /** Puts the row in, or gives it another key. */
  set(row: number, key: number): void {
    if (this.has(row)) {
      const at = this.#places()[row]! - 1;
      const before = this.#keys[at]!;
      if (key < before) this.#rise(at, row, key);
      else if (key > before) this.#sink(at, row, key);
      return;
    }
    if (this.#size === this.#rows.length) this.#grow();
    this.#rise(this.#size++, row, key);
  }

  remove(row: number): void {
    if (!this.has(row)) return;
    const at = this.#places()[row]! - 1;
    const key = this.#keys[at]!;
    this.#places()[row] = 0;
    const last = --this.#size;
    if (at === last) return;
    const lastRow = this.#rows[last]!;
    const lastKey = this.#keys[last]!;
    if (lastKey < key) this.#rise(at, lastRow, lastKey);
    else this.#sink(at, lastRow, lastKey);
  }

  /** Every row, in no order. */
  *rows(): Iterable<number> {
    for (let at = 0; at < this.#size; at++) yield this.#rows[at]!;
  }

  #rise(from: number, row: number, key: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#keys[parent]! <= key) break;
      this.#put(at, this.#rows[parent]!, this.#keys[parent]!);
      at = parent;
    }
    this.#put(at, row, key);
  }

  #sink(from: number, row: number, key: number): void {
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#keys[child + 1]! < this.#keys[child]!) child++;
      if (this.#keys[child]! >= key) break;
      this.#put(at, this.#rows[child]!, this.#keys[child]!);
      at = child;
    }
    this.#put(at, row, key);
  }

  #put(at: number, row: number, key: number): void {
    this.#rows[at] = row;
    this.#keys[at] = key;
    this.#places()[row] = at + 1;
  }

  #grow(): void {
    const length = this.#size < 65_536 ? 2 * this.#size : Math.ceil(1.25 * this.#size);
    const rows = new Uint32Array(length);
    const keys = new Float64Array(length);
    rows.set(this.#rows);
    keys.set(this.#keys);
    this.#rows = rows;
    this.#keys = keys;
  }
}
