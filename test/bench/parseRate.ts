import { parseTracebacks } from "../../src/python/traceback";
import { tracebackShapes } from "../support/tracebackShapes";
import { type Measure, round } from "./measure";

/** Runs of each text; the best counts, because others use the machine too. */
const runs = 2;

/**
 * Time per MB for `length` characters of everything that CPython printed for the tests; beside it a quarter of that, and the same pair for
 * the text made to cost the most. A reader that is linear takes as long per MB at either length. Less is better.
 */
export function parseRate(length: number, log: (line: string) => void): Measure {
  const shapes = Object.entries(tracebackShapes());
  const rates = shapes.map(([name, make]) => {
    const whole = perMegabyte(make(length));
    const quarter = perMegabyte(make(length / 4));
    log(`${name}: ${round(whole)} ms/MB, of a quarter ${round(quarter)}`);
    return { name, whole, quarter };
  });
  const [recorded] = rates;
  const dearest = rates.toSorted((a, b) => b.whole - a.whole)[0];
  if (recorded === undefined || dearest === undefined) throw new Error("No texts.");
  const against = {
    "a quarter of it": round(recorded.quarter),
    [`the dearest text (${dearest.name})`]: round(dearest.whole),
    "a quarter of that": round(dearest.quarter),
  };
  return { value: round(recorded.whole), unit: "ms/MB", against };
}

function perMegabyte(text: string): number {
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    parseTracebacks(text);
    best = Math.min(best, performance.now() - began);
  }
  return best / (text.length / 1_000_000);
}
