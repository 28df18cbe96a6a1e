import assert from "node:assert/strict";
import type { Bench } from "../bench/benches";
import { lineOf } from "../bench/measure";

/** A thousandth of the jobs and seconds that a bench wants: whether it works, not how fast. */
const tiny = (full: number): number => Math.max(2, Math.ceil(full / 1000));

/** Runs a bench as small as can be, and holds what it says against the form that `npm run bench -- --json` promises. */
export async function tryBench({ run }: Bench, python: string | null): Promise<void> {
  const measure = await run({ log() {}, size: tiny, python: () => Promise.resolve(python) });
  const line = JSON.parse(JSON.stringify(lineOf(measure))) as ReturnType<typeof lineOf>;
  assert.deepEqual(Object.keys(line).sort(), ["against", "ratio", "unit", "value"]);
  assert.ok(Number.isFinite(line.value) && line.value >= 0, `${line.value} ${line.unit}`);
  assert.deepEqual(Object.keys(line.ratio), Object.keys(line.against));
  for (const [peer, value] of Object.entries(line.against)) {
    assert.ok(Number.isFinite(value) && Number.isFinite(line.ratio[peer]), `${peer}: ${value}`);
  }
}
