import { rowsAtOnce, type Slices } from "./slices";

/** Calls `look` with every row below `end`, some at a time, and rests between slices. `fresh`: something may have changed since the last call. */
export async function inRows(
  end: () => number,
  slices: Slices,
  look: (rows: Uint32Array, count: number, fresh: boolean) => void,
): Promise<void> {
  const rows = new Uint32Array(rowsAtOnce);
  let fresh = true;
  for (let from = 0; from < end(); from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, end() - from);
    for (let i = 0; i < count; i++) rows[i] = from + i;
    look(rows, count, fresh);
    fresh = slices.isOver;
    if (fresh) await slices.rest();
  }
}
