/**
 * Strings as small numbers, so that a row of the index holds four bytes where many jobs share a name. Counts uses: a string
 * that no row uses any more is let go, however many different ones a long session has met. 0 stands for null.
 */
export class Interner {
  readonly #ids = new Map<string, number>();
  readonly #strings: (string | null)[] = [null];
  readonly #uses: number[] = [0];
  readonly #free: number[] = [];
  /** The last string that was held: often the same again. */
  #last: string | null = null;
  #lastId = 0;

  /** One more than the highest number in use. */
  get end(): number {
    return this.#strings.length;
  }

  /** The number of the string, with one use more. */
  hold(text: string | null): number {
    if (text === null) return 0;
    const known = text === this.#last ? this.#lastId : this.#ids.get(text);
    if (known !== undefined) {
      this.#last = text;
      this.#lastId = known;
      this.#uses[known]! += 1;
      return known;
    }
    const id = this.#free.pop() ?? this.#strings.length;
    this.#ids.set(text, id);
    this.#strings[id] = text;
    this.#uses[id] = 1;
    return id;
  }

  /** Takes one use back. */
  release(id: number): void {
    if (id === 0) return;
    this.#uses[id]! -= 1;
    if (this.#uses[id]! > 0) return;
    if (id === this.#lastId) this.#last = null;
    this.#ids.delete(this.#strings[id]!);
    this.#strings[id] = null;
    this.#free.push(id);
  }

  text(id: number): string | null {
    return this.#strings[id] ?? null;
  }

  /** The number of a string in use; -1 when no row has it. */
  find(text: string): number {
    return this.#ids.get(text) ?? -1;
  }
}
