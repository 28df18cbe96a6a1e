import type { Slices } from "./slices";

/** Sorted at once: some 2 ms of strings. */
const runLength = 4096;

/** Sorts like `Array.sort`, resting between slices: runs are sorted, then merged two by two. */
export async function sortInSlices<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  slices: Slices,
): Promise<T[]> {
  let runs: T[][] = [];
  for (let from = 0; from < items.length; from += runLength) {
    runs.push(items.slice(from, from + runLength).sort(compare));
    if (slices.isOver) await slices.rest();
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let i = 0; i < runs.length; i += 2) {
      merged.push(runs[i + 1] === undefined ? runs[i]! : await merge(runs[i]!, runs[i + 1]!, compare, slices));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<T>(a: T[], b: T[], compare: (a: T, b: T) => number, slices: Slices): Promise<T[]> {
  const merged: T[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const takesA = j >= b.length || (i < a.length && compare(a[i]!, b[j]!) <= 0);
    merged.push(takesA ? a[i++]! : b[j++]!);
    if (merged.length % runLength === 0 && slices.isOver) await slices.rest();
  }
  return merged;
}
