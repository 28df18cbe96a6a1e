import type { FilterValue } from "./jobFilter";

/** Finds a value of a filter in texts, upper and lower case alike. `*` stands for anything, also nothing. Linear in the text. */
export class TextPattern {
  /** What stands between the stars, in lower case. */
  readonly #parts: readonly string[];

  constructor({ text, quoted }: Pick<FilterValue, "text" | "quoted">) {
    const lower = text.toLowerCase();
    this.#parts = quoted ? [lower] : lower.split("*");
  }

  /** The longest text that everything this matches holds, in lower case. */
  get literal(): string {
    return this.#parts.reduce((longest, part) => (part.length > longest.length ? part : longest), "");
  }

  /** Whether it is just a text, without a star. */
  get isPlain(): boolean {
    return this.#parts.length === 1;
  }

  /** Whether it matches the text from its beginning to its end. */
  matchesWhole(text: string): boolean {
    const lower = text.toLowerCase();
    const first = this.#parts[0]!;
    if (this.isPlain) return lower === first;
    const last = this.#parts.at(-1)!;
    if (lower.length < first.length + last.length || !lower.startsWith(first) || !lower.endsWith(last)) return false;
    return holds(lower.slice(0, lower.length - last.length), this.#parts.slice(1, -1), first.length);
  }

  /** Whether some part of the text matches. */
  matchesWithin(text: string): boolean {
    return holds(text.toLowerCase(), this.#parts, 0);
  }
}

/** Whether the parts stand in the text one after another. Taking each as early as it comes leaves most for the others. */
function holds(text: string, parts: readonly string[], from: number): boolean {
  let at = from;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}
