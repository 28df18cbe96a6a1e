import { inRows } from "./inRows";
import type { JobTable } from "./jobTable";
import type { ArqSource } from "./ports";
import type { MemorySample } from "./queryModel";
import { rowClauses } from "./rowClauses";
import { Slices } from "./slices";

/** Jobs looked at, two `STRLEN` each, and so many in one round trip. */
const sampledAtMost = 500;
const idsAtOnce = 100;

/**
 * How many bytes the values of a queue's jobs take (null: of all jobs), from every n-th of them. Null where the user may not ask for lengths.
 * Rejects when the connection is lost, and with the signal's reason once that is aborted.
 */
export async function sampleMemory(
  table: JobTable,
  queue: string | null,
  source: Pick<ArqSource, "readSizes">,
  signal?: AbortSignal,
): Promise<MemorySample | null> {
  const slices = new Slices(signal);
  const clauses = rowClauses(table, { states: [], queue, function: null, errorGroup: null }, [], 0);
  const found = new Uint32Array(table.end);
  let of = 0;
  await inRows(
    () => found.length,
    slices,
    (rows, count, fresh) => {
      if (fresh) for (const clause of clauses) clause.begin();
      const left = clauses.reduce((matching, clause) => clause.keep(rows, matching), count);
      found.set(rows.subarray(0, left), of);
      of += left;
    },
  );
  const sampled = Math.min(of, sampledAtMost);
  const ids = Array.from({ length: sampled }, (_, index) => table.id(found[Math.floor((index * of) / sampled)]!));
  let bytes = 0;
  let largestBytes = 0;
  for (let from = 0; from < ids.length; from += idsAtOnce) {
    const sizes = await source.readSizes(ids.slice(from, from + idsAtOnce));
    signal?.throwIfAborted();
    if (sizes === null) return null;
    for (const size of sizes) {
      bytes += size;
      largestBytes = Math.max(largestBytes, size);
    }
  }
  return { sampled, of, bytes, estimatedBytes: sampled === 0 ? null : (bytes / sampled) * of, largestBytes };
}
