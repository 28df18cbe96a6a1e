/** A number or a text to sort by; null is not known. */
export type SortValue = number | string | null;

/**
 * A copy in this order. What is not known stands at the end whichever way it is sorted, and what is equal in the order of the names, so that no two
 * of them swap their places for nothing.
 */
export function sortLines<T extends { readonly name: string }>(
  lines: readonly T[],
  valueOf: (line: T) => SortValue,
  descending: boolean,
): T[] {
  const sign = descending ? -1 : 1;
  return lines
    .map((line) => ({ line, value: valueOf(line) }))
    .sort((a, b) => {
      const byName = compare(a.line.name, b.line.name);
      if (a.value === b.value) return byName;
      if (a.value === null) return 1;
      if (b.value === null) return -1;
      return sign * compare(a.value, b.value) || byName;
    })
    .map(({ line }) => line);
}

/** Where a page begins that is asked for at `offset`: the last one where there are no longer so many. */
export function pageOffset(offset: number, total: number, size: number): number {
  return total === 0 ? 0 : Math.min(offset - (offset % size), Math.floor((total - 1) / size) * size);
}

/** Names by their letters whatever their case, and then exactly. */
function compare(a: number | string, b: number | string): number {
  if (typeof a === "number" || typeof b === "number") return Number(a) - Number(b);
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x === y ? (a < b ? -1 : a > b ? 1 : 0) : x < y ? -1 : 1;
}
