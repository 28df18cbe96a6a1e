import type { Slices } from "./slices";
import { sortInSlices } from "./sortInSlices";

/** Rows to have at once before the late ones are thrown out: that takes half a millisecond. */
const room = 16_384;
/** Where more are wanted, nothing is thrown out before the end. */
const prunedUpTo = room / 4;

/**
 * Collects rows by key and keeps the first `wanted` in order. Rows that come late in the order are let go as soon as that is
 * known, so a page of 50 out of a million costs one comparison for most rows, whatever order they come in. Among equal keys
 * `compareTies` decides, and is asked nothing else.
 */
export class FirstRows {
  readonly #wanted: number;
  readonly #compareTies: (a: number, b: number) => number;
  #rows = new Uint32Array(room);
  #keys = new Float64Array(room);
  #count = 0;
  /** Where `wanted` rows are known to come before or to be it. */
  #limit: { readonly key: number; readonly row: number } | null = null;

  constructor(wanted: number, compareTies: (a: number, b: number) => number) {
    this.#wanted = wanted;
    this.#compareTies = compareTies;
  }

  add(row: number, key: number): void {
    if (this.#wanted === 0) return;
    const limit = this.#limit;
    if (limit !== null) {
      if (key > limit.key) return;
      if (key === limit.key && this.#compareTies(row, limit.row) >= 0) return;
    }
    this.#rows[this.#count] = row;
    this.#keys[this.#count++] = key;
    if (this.#count < this.#rows.length) return;
    if (this.#wanted <= prunedUpTo) this.#prune();
    else this.#grow();
  }

  /** Rows `from` to `wanted`, in order. */
  async sorted(from: number, slices: Slices): Promise<Uint32Array> {
    await this.#part(0, this.#count, this.#wanted, slices);
    const to = Math.min(this.#count, this.#wanted);
    if (from >= to) return new Uint32Array();
    await this.#part(0, to, from, slices);
    const places = Array.from({ length: to - from }, (_, index) => from + index);
    const compare = (a: number, b: number): number => this.#compare(a, this.#keys[b]!, this.#rows[b]!);
    const inOrder = await sortInSlices(places, compare, slices);
    return Uint32Array.from(inOrder, (place) => this.#rows[place]!);
  }

  #grow(): void {
    const [rows, keys] = [this.#rows, this.#keys];
    this.#rows = new Uint32Array(2 * rows.length);
    this.#keys = new Float64Array(2 * keys.length);
    this.#rows.set(rows);
    this.#keys.set(keys);
  }

  #prune(): void {
    let [low, high] = [0, this.#count];
    while (high - low > 1) [low, high] = this.#narrow(low, high, this.#wanted - 1);
    this.#limit = { key: this.#keys[this.#wanted - 1]!, row: this.#rows[this.#wanted - 1]! };
    this.#count = this.#wanted;
  }

  /** The first `place` of rows `low` to `high` stand before the others afterwards. */
  async #part(low: number, high: number, place: number, slices: Slices): Promise<void> {
    if (place <= low || place >= high) return;
    while (high - low > 1) {
      [low, high] = this.#narrow(low, high, place);
      if (slices.isOver) await slices.rest();
    }
  }

  /** One step of Hoare's selection. @returns the part in which the row of this place now is. */
  #narrow(low: number, high: number, place: number): [low: number, high: number] {
    const rows = this.#rows;
    const keys = this.#keys;
    const middle = this.#median(low, (low + high) >>> 1, high - 1);
    const key = keys[middle]!;
    const row = rows[middle]!;
    let i = low;
    let j = high - 1;
    while (i <= j) {
      while (this.#compare(i, key, row) < 0) i++;
      while (this.#compare(j, key, row) > 0) j--;
      if (i > j) break;
      const [keyI, rowI] = [keys[i]!, rows[i]!];
      keys[i] = keys[j]!;
      rows[i++] = rows[j]!;
      keys[j] = keyI;
      rows[j--] = rowI;
    }
    if (place <= j) return [low, j + 1];
    return place >= i ? [i, high] : [place, place + 1];
  }

  #median(a: number, b: number, c: number): number {
    const before = (left: number, right: number): boolean =>
      this.#compare(left, this.#keys[right]!, this.#rows[right]!) < 0;
    if (before(a, b)) return before(b, c) ? b : before(a, c) ? c : a;
    return before(a, c) ? a : before(b, c) ? c : b;
  }

  #compare(place: number, key: number, row: number): number {
    const own = this.#keys[place]!;
    return own === key ? this.#compareTies(this.#rows[place]!, row) : own - key;
  }
}
