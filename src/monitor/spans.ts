/** A stretch of time, unix ms; `to` is not part of it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Spans this near to each other are one: clocks and timers are not finer than that. */
const joinMs = 1000;
/** A connection that breaks all the time leaves many; the oldest go first. */
const spansAtMost = 5000;

/** A set of moments, as spans that neither overlap nor touch. Adding is idempotent and its order does not matter. */
export class Spans {
  #spans: Span[] = [];

  /** Oldest first. */
  get all(): readonly Span[] {
    return this.#spans;
  }

  copy(): Spans {
    const copy = new Spans();
    copy.#spans = [...this.#spans];
    return copy;
  }

  add(from: number, to: number): void {
    if (!(from < to)) return;
    // Nearly always behind the last one, or part of it.
    let start = this.#spans.length;
    while (start > 0 && this.#spans[start - 1]!.to >= from - joinMs) start--;
    let end = start;
    let joined: Span = { from, to };
    for (; end < this.#spans.length && this.#spans[end]!.from <= to + joinMs; end++) {
      const { from: earlier, to: later } = this.#spans[end]!;
      joined = { from: Math.min(joined.from, earlier), to: Math.max(joined.to, later) };
    }
    this.#spans.splice(start, end - start, joined);
    if (this.#spans.length > spansAtMost) this.#spans.splice(0, this.#spans.length - spansAtMost);
  }

  /** Forgets every moment before `at`. */
  dropBefore(at: number): void {
    this.#spans = this.#spans.flatMap(({ from, to }) => (to <= at ? [] : [{ from: Math.max(from, at), to }]));
  }

  clear(): void {
    this.#spans = [];
  }

  /** What of `from` to `to` is in the set, oldest first. */
  within(from: number, to: number): Span[] {
    const found: Span[] = [];
    for (let i = this.#spans.length - 1; i >= 0; i--) {
      const span = this.#spans[i]!;
      if (span.to <= from) break;
      if (span.from < to) found.push({ from: Math.max(span.from, from), to: Math.min(span.to, to) });
    }
    return found.toReversed();
  }

  /** What of `from` to `to` is not in the set, oldest first. */
  gaps(from: number, to: number): Span[] {
    const gaps: Span[] = [];
    let at = from;
    for (const span of this.within(from, to)) {
      if (span.from > at) gaps.push({ from: at, to: span.from });
      at = span.to;
    }
    if (at < to) gaps.push({ from: at, to });
    return gaps;
  }

  covers(from: number, to: number): boolean {
    const [only, ...others] = this.within(from, to);
    return only !== undefined && others.length === 0 && only.from <= from && only.to >= to;
  }
}
