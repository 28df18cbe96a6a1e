import { stat } from "node:fs/promises";

/** Order by age is asked of the disk again after so long, ms: a log may be written again that had rested. */
const chosenMs = 10_000;

/** The files that were written last, the last one first. Asks the disk only when other names come or a while has passed. */
export class NewestFiles {
  #names = "";
  #chosen: readonly string[] = [];
  #at = -Infinity;

  constructor(private readonly most: number) {}

  /** Of these, as many as are wanted; files that are not there count as oldest. Never rejects. */
  async of(paths: readonly string[]): Promise<readonly string[]> {
    const names = paths.join("\n");
    const now = performance.now();
    if (names === this.#names && now - this.#at < chosenMs) return this.#chosen;
    const aged = await Promise.all(
      paths.map(async (path) => ({ path, at: (await stat(path).catch(() => null))?.mtimeMs ?? 0 })),
    );
    this.#chosen = aged
      .toSorted((a, b) => b.at - a.at)
      .slice(0, this.most)
      .map(({ path }) => path);
    this.#names = names;
    this.#at = now;
    return this.#chosen;
  }
}
