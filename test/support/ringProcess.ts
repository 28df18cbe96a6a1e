import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RingName, rings } from "./rings";
import { reportVariable, type RingReport } from "./testProtocol";

/**
 * Runs one ring in a child process with its output going straight to ours. A ring that leaves no report, reports no test,
 * or ends badly in spite of its report counts as one failure more.
 */
export async function runRingApart(ring: RingName, read: (path: string) => RingReport): Promise<RingReport> {
  const scratch = mkdtempSync(join(tmpdir(), "arq-ring-"));
  const path = join(scratch, "report.json");
  try {
    const end = await runChild(ring, path);
    let report: RingReport;
    try {
      report = read(path);
    } catch {
      return withFailure(nothing, `${ring} runs to its end`, `The ring left no report; it ended with ${end}.`);
    }
    if (report.failed === 0 && end !== "0") {
      return withFailure(report, `${ring} ends cleanly`, `All its tests passed, but its process ended with ${end}.`);
    }
    if (report.passed + report.failed + report.skipped === 0) {
      return withFailure(report, `${ring} has tests`, "The ring ran no test.");
    }
    return report;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const nothing: RingReport = { passed: 0, failed: 0, skipped: 0, failures: [] };

function withFailure(report: RingReport, name: string, message: string): RingReport {
  return { ...report, failed: report.failed + 1, failures: [...report.failures, { name, message }] };
}

/** @returns the exit code or what ended it, as text. */
function runChild(ring: RingName, reportPath: string): Promise<string> {
  return new Promise((resolve) => {
    // A group of its own, so that a ring that hangs can be ended with everything it started.
    const child = spawn(process.execPath, ["--enable-source-maps", process.argv[1] ?? "", ring], {
      env: { ...process.env, [reportVariable]: reportPath },
      stdio: ["ignore", "inherit", "inherit"],
      detached: process.platform !== "win32",
    });
    let late = false;
    const limit = rings[ring].limitMinutes;
    const timer = setTimeout(() => {
      late = true;
      stop(child);
    }, limit * 60_000);
    const interrupt = (signal: NodeJS.Signals) => {
      stop(child);
      child.once("exit", () => process.exit(signal === "SIGINT" ? 130 : 143));
    };
    process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
    const done = (end: string) => {
      clearTimeout(timer);
      process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
      resolve(late ? `a stop: it took longer than ${limit} minutes` : end);
    };
    child.once("error", (error) => done(error.message));
    child.once("exit", (code, signal) => done(String(code ?? signal)));
  });
}

function stop(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  const kill = (signal: NodeJS.Signals) => {
    try {
      process.kill(process.platform === "win32" ? pid : -pid, signal);
    } catch {
      // Ended already.
    }
  };
  kill("SIGTERM");
  const timer = setTimeout(() => kill("SIGKILL"), 8000);
  child.once("exit", () => clearTimeout(timer));
}
