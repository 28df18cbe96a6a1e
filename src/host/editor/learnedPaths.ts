import type { Memento } from "vscode";
import { readFramePath } from "../../python/framePath";
import { learnedMapping, type PathMapping, readMappings } from "../../python/pathMapping";

const key = "arq.learnedPaths";
/** Pairs that are kept: a workspace has a few services, not more. */
const maxPairs = 20;

/** Which folders of workers turned out to be which of this workspace, the last hit first. Kept with the workspace. */
export class LearnedPaths {
  constructor(private readonly memory: Memento) {}

  get all(): readonly PathMapping[] {
    return readMappings(this.memory.get<unknown>(key));
  }

  /** The frame's path turned out to be this file. */
  async learn(file: string, path: string): Promise<void> {
    const frame = readFramePath(file);
    const pair = frame.kind === "file" && frame.library === null ? learnedMapping(frame, path) : null;
    const [last] = this.all;
    if (pair === null || (last?.remote === pair.remote && last.local === pair.local)) return;
    const others = this.all.filter(({ remote }) => remote !== pair.remote);
    await this.memory.update(key, [pair, ...others].slice(0, maxPairs));
  }

  async forget(pairs: readonly PathMapping[]): Promise<void> {
    const gone = ({ remote, local }: PathMapping): boolean =>
      pairs.some((pair) => pair.remote === remote && pair.local === local);
    await this.memory.update(
      key,
      this.all.filter((pair) => !gone(pair)),
    );
  }
}
