import assert from "node:assert/strict";
import { type Bench, benches } from "../bench/benches";
import { lineOf } from "../bench/measure";

/** What each bench needs, a thousandth of the size: that it works, not how fast. */
const tiny = (full: number): number => Math.max(2, Math.ceil(full / 1000));
const registry: Readonly<Record<string, Bench>> = benches;

describe("npm run bench", () => {
  for (const [name, { needs, run, target }] of Object.entries(registry)) {
    if (needs !== undefined) continue;
    it(`measures ${name} and tells it with its peers`, async function () {
      this.timeout(60_000);
      const measure = await run({ log() {}, size: tiny, python: () => Promise.resolve(null) });
      const line = JSON.parse(JSON.stringify(lineOf(measure))) as ReturnType<typeof lineOf>;
      assert.deepEqual(Object.keys(line).sort(), ["against", "ratio", "unit", "value"]);
      assert.ok(Number.isFinite(line.value), `${line.value} ${line.unit}`);
      assert.deepEqual(Object.keys(line.ratio), Object.keys(line.against));
      for (const ratio of Object.values(line.ratio)) assert.ok(Number.isFinite(ratio));
      assert.ok(target !== "");
    });
  }
});
