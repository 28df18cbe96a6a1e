import { type FilePath, insideSegments, isWindowsPath, segmentsOf } from "./framePath";
import type { FoundBy, LineState, LocatedFrame } from "./locatedFrame";
import { sameName } from "./pathMapping";

/** Files whose paths end most like a frame's. */
export interface TailMatch {
  /** Segments that they share with the frame's path, the file name included; 0 without files. */
  readonly tail: number;
  readonly files: readonly string[];
}

/**
 * Those of the files whose paths share the longest tail with the frame's, in their order: `/app/shop/tasks.py` is rather `/home/me/shop/tasks.py` than
 * `/home/me/tasks.py`. No more of the frame's path is compared than what lies inside its archive or library. Case is ignored where one of the two is a Windows path.
 */
export function longestTail(frame: FilePath, files: Iterable<string>): TailMatch {
  const wanted = insideSegments(frame);
  let tail = 1;
  let best: string[] = [];
  for (const file of files) {
    const shared = sharedTail(wanted, segmentsOf(file), frame.windows || isWindowsPath(file));
    if (shared < tail) continue;
    if (shared > tail) best = [];
    tail = shared;
    best.push(file);
  }
  return best.length === 0 ? { tail: 0, files: [] } : { tail, files: best };
}

/** A file that may be meant, before it is known which of them is. */
export interface RatedFrame extends LocatedFrame {
  /** Shared segments where it was found by its tail, else 0. */
  readonly tail: number;
}

/**
 * Best first. What was said (the path itself, a mapping of the user's) stands before everything that was concluded; then, a file that has the printed line
 * before one that has not; then how it was found; then the line at its place before a moved one.
 */
export function ranked<T extends RatedFrame>(found: readonly T[]): T[] {
  return found
    .map((each, at) => ({ each, at, rank: rankOf(each) }))
    .sort((a, b) => compare(a.rank, b.rank) || a.at - b.at)
    .map(({ each }) => each);
}

/** How many of the first ones are equally good: more than one, and only a person can tell. */
export function equallyGood(found: readonly RatedFrame[]): number {
  const [first] = found;
  if (first === undefined) return 0;
  const best = rankOf(first);
  const others = found.findIndex((each) => compare(rankOf(each), best) !== 0);
  return others < 0 ? found.length : others;
}

const order: { readonly [K in FoundBy]: number } = {
  path: 0,
  mapping: 1,
  launch: 2,
  compose: 3,
  learned: 4,
  tail: 5,
  library: 6,
};
const standing: { readonly [K in LineState]: number } = { same: 0, moved: 1, unknown: 1, edited: 2 };

function rankOf({ how, text, tail }: RatedFrame): readonly number[] {
  const said = how === "path" || how === "mapping";
  return [said ? 0 : 1, said || text !== "edited" ? 0 : 1, order[how], -tail, standing[text]];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) if (value !== b[index]) return value - (b[index] ?? 0);
  return 0;
}

function sharedTail(a: readonly string[], b: readonly string[], ignoreCase: boolean): number {
  let shared = 0;
  while (
    shared < a.length &&
    shared < b.length &&
    sameName(a[a.length - 1 - shared] ?? "", b[b.length - 1 - shared] ?? "", ignoreCase)
  )
    shared++;
  return shared;
}
