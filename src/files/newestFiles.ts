import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { PatientReads } from "./patientReads";

/** Order by age is asked of the disk again after so long, ms: a log may be written again that had rested. */
const chosenMs = 10_000;
/** Files written within the same span are of one age, so that those which are all being written do not take each other's place. Ms. */
const sameAgeMs = 5 * 60_000;

/** The files that were written last, the last one first. Asks the disk only when other names come or a while has passed. */
export class NewestFiles {
  /** By folder: of one that does not answer a single file is asked for. */
  readonly #times = new PatientReads<ReadonlyMap<string, number>>((folder) => this.#timesIn(folder), new Map());
  #folders: ReadonlyMap<string, readonly string[]> = new Map();
  #names = "";
  #chosen: readonly string[] = [];
  #at = -Infinity;

  constructor(private readonly most: number) {}

  /** Of these, as many as are wanted; files that are not there, or whose disk does not answer, count as oldest. Never rejects. */
  async of(paths: readonly string[]): Promise<readonly string[]> {
    const names = paths.join("\n");
    const now = performance.now();
    if (names === this.#names && now - this.#at < chosenMs) return this.#chosen;
    const folders = new Map<string, string[]>();
    for (const path of paths) {
      const inIt = folders.get(dirname(path)) ?? [];
      inIt.push(path);
      folders.set(dirname(path), inIt);
    }
    this.#folders = folders;
    const aged: { path: string; at: number; age: number; kept: number }[] = [];
    const before = new Set(this.#chosen);
    for (const [folder, inIt] of folders) {
      const times = await this.#times.of(folder);
      for (const path of inIt) {
        const at = times.get(path) ?? 0;
        aged.push({ path, at, age: Math.floor(at / sameAgeMs), kept: Number(before.has(path)) });
      }
    }
    this.#chosen = aged
      .toSorted((a, b) => b.age - a.age || b.kept - a.kept || b.at - a.at)
      .slice(0, this.most)
      .map(({ path }) => path);
    this.#names = names;
    this.#at = now;
    return this.#chosen;
  }

  async #timesIn(folder: string): Promise<ReadonlyMap<string, number>> {
    const times = new Map<string, number>();
    for (const path of this.#folders.get(folder) ?? []) {
      times.set(path, (await stat(path).catch(() => null))?.mtimeMs ?? 0);
    }
    return times;
  }
}
