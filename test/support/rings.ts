import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runChecks } from "./checks";
import { runHostTests } from "./hostTests";
import { repositoryRoot } from "./repositoryRoot";
import { runMocha, testFiles } from "./runMocha";
import { chromiumPart, ensureSystemPart, redisPart, type SystemPart } from "./systemParts";
import type { RingReport } from "./testProtocol";
import { ensureChromium } from "./vscode/browser";

export const ringNames = ["check", "unit", "redis", "arq", "host", "webview", "long"] as const;
export type RingName = (typeof ringNames)[number];

interface Ring {
  /** System parts to have before the first test. */
  readonly needs: readonly SystemPart[];
  /** Limit of one test that sets none itself. */
  readonly testTimeoutMs: number;
  /** A ring that takes longer hangs: several times what it takes on two quiet cores (redis, measured: 8 min), and on busy ones it takes longer. */
  readonly limitMinutes: number;
}

export const rings: Readonly<Record<RingName, Ring>> = {
  check: { needs: [], testTimeoutMs: 0, limitMinutes: 20 },
  unit: { needs: [], testTimeoutMs: 20_000, limitMinutes: 20 },
  redis: { needs: [redisPart], testTimeoutMs: 60_000, limitMinutes: 30 },
  arq: { needs: [redisPart], testTimeoutMs: 300_000, limitMinutes: 40 },
  host: { needs: [redisPart, chromiumPart], testTimeoutMs: 120_000, limitMinutes: 40 },
  webview: { needs: [redisPart, chromiumPart], testTimeoutMs: 300_000, limitMinutes: 60 },
  long: { needs: [redisPart, chromiumPart], testTimeoutMs: 60 * 60_000, limitMinutes: 240 },
};

/** Runs one ring in this process and leaves its report. @returns the exit code. */
export async function runRingHere(name: RingName, reportPath: string): Promise<number> {
  const report = await run(name).catch((error: unknown): RingReport => ({
    passed: 0,
    failed: 1,
    skipped: 0,
    failures: [
      { name: `${name} can run`, message: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    ],
  }));
  writeFileSync(reportPath, JSON.stringify(report));
  return report.failed === 0 ? 0 : 1;
}

async function run(name: RingName): Promise<RingReport> {
  const log = (line: string) => console.log(`   ${line}`);
  const { needs, testTimeoutMs } = rings[name];
  for (const part of needs) {
    // Playwright's own browser will do as well.
    if (part === chromiumPart) await ensureChromium(log);
    else await ensureSystemPart(part, log);
  }
  if (name === "check") return runChecks(log);
  if (name === "host") return runHostTests(log);
  const files = testFiles(join(repositoryRoot(), "dist", "test", name));
  return runMocha({ files, timeoutMs: testTimeoutMs, print: log });
}
