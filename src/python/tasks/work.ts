import { t } from "../l10n";

/** How many expressions and names one question may look at: no list or text that somebody wrote by hand comes near it. */
const maxWork = 20_000;

/** The reason where a question ends for that. */
export function tooLong(): string {
  return t("it is too long to be followed");
}

/**
 * Bounds what one question costs, whatever it asks in turn: a few lines of Python, in which each name stands for several of the name before, ask for more than
 * could ever be followed, and none of them is deep.
 */
export class Work {
  #depth = 0;
  #done = 0;

  /** The answer; null where the question that it belongs to has looked at too much. What `ask` asks within it belongs to the same question. */
  within<T>(ask: () => T): T | null {
    if (this.#depth === 0) this.#done = 0;
    if (++this.#done > maxWork) return null;
    this.#depth++;
    try {
      return ask();
    } finally {
      this.#depth--;
    }
  }
}
