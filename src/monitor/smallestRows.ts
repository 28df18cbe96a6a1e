/** Order of two rows of the table, as `Array.sort` takes it. */
export type CompareRows = (a: number, b: number) => number;

/** The `count` smallest rows in order. A bounded heap: a page of 50 out of 100,000 costs one pass, not a sort of everything. */
export function smallestRows(rows: Uint32Array, count: number, compare: CompareRows): Uint32Array {
  if (count >= rows.length / 4) return rows.slice().sort(compare).subarray(0, count);
  // The largest of the kept rows is at the top, to be thrown out for a smaller one.
  const heap = rows.slice(0, count);
  for (let parent = (count >> 1) - 1; parent >= 0; parent--) sink(heap, parent, compare);
  for (let index = count; index < rows.length && count > 0; index++) {
    if (compare(rows[index]!, heap[0]!) >= 0) continue;
    heap[0] = rows[index]!;
    sink(heap, 0, compare);
  }
  return heap.sort(compare);
}

function sink(heap: Uint32Array, from: number, compare: CompareRows): void {
  const moved = heap[from]!;
  let hole = from;
  for (let child = 2 * hole + 1; child < heap.length; child = 2 * hole + 1) {
    if (child + 1 < heap.length && compare(heap[child + 1]!, heap[child]!) > 0) child++;
    if (compare(heap[child]!, moved) <= 0) break;
    heap[hole] = heap[child]!;
    hole = child;
  }
  heap[hole] = moved;
}
