import { stat } from "node:fs/promises";
import { PatientReads } from "./patientReads";

/** Order by age is asked of the disk again after so long, ms: a log may be written again that had rested. */
const chosenMs = 10_000;

/** The files that were written last, the last one first. Asks the disk only when other names come or a while has passed. */
export class NewestFiles {
  readonly #times = new PatientReads(timeOf, 0);
  #names = "";
  #chosen: readonly string[] = [];
  #at = -Infinity;

  constructor(private readonly most: number) {}

  /** Of these, as many as are wanted; files that are not there, or whose disk does not answer, count as oldest. Never rejects. */
  async of(paths: readonly string[]): Promise<readonly string[]> {
    const names = paths.join("\n");
    const now = performance.now();
    if (names === this.#names && now - this.#at < chosenMs) return this.#chosen;
    const aged = await Promise.all(paths.map(async (path) => ({ path, at: await this.#times.of(path) })));
    this.#chosen = aged
      .toSorted((a, b) => b.at - a.at)
      .slice(0, this.most)
      .map(({ path }) => path);
    this.#names = names;
    this.#at = now;
    return this.#chosen;
  }
}

async function timeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.mtimeMs ?? 0;
}
