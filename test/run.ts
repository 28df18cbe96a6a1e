import { readFileSync } from "node:fs";
import { reportVariable, type RingReport } from "./support/testProtocol";
import { type RingName, ringNames, runRingHere } from "./support/rings";
import { runRingApart } from "./support/ringProcess";

/**
 * Runs the test rings one after the other, each in a process of its own:
 *   node dist/test/run.js [ring…]      all but `long` when none is named
 * Ends with the line `N passed, N failed, N skipped`; the exit code is 0 only when every ring ran tests and none failed.
 */
async function main(args: readonly string[]): Promise<number> {
  const inner = process.env[reportVariable];
  const [first] = args;
  if (inner !== undefined && first !== undefined) return runRingHere(asRing(first), inner);

  const rings = args.length > 0 ? args.map(asRing) : ringNames.filter((name) => name !== "long");
  const total = { passed: 0, failed: 0, skipped: 0 };
  const failures: { ring: string; name: string; message: string }[] = [];
  for (const ring of rings) {
    console.log(`\n── ${ring} ${"─".repeat(60 - ring.length)}`);
    const report = await runRingApart(ring, (path) => JSON.parse(readFileSync(path, "utf8")) as RingReport);
    total.passed += report.passed;
    total.failed += report.failed;
    total.skipped += report.skipped;
    failures.push(...report.failures.map((failure) => ({ ring, ...failure })));
    console.log(`   ${ring}: ${summary(report)}`);
  }
  if (failures.length > 0) console.log("\n── failures ────────────────────────────────────────");
  for (const [index, { ring, name, message }] of failures.entries()) {
    console.log(`\n${index + 1}) ${ring}: ${name}\n${message.replaceAll(/^/gm, "   ")}`);
  }
  console.log(`\n${summary(total)}`);
  return total.failed === 0 ? 0 : 1;
}

function summary({ passed, failed, skipped }: { passed: number; failed: number; skipped: number }): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function asRing(name: string): RingName {
  const ring = ringNames.find((known) => known === name);
  if (ring === undefined) throw new Error(`There is no test ring "${name}"; there are ${ringNames.join(", ")}.`);
  return ring;
}

main(process.argv.slice(2)).then(
  // Whatever a test forgot to close must not keep a finished run alive.
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    console.log("0 passed, 1 failed, 0 skipped");
    process.exit(1);
  },
);
