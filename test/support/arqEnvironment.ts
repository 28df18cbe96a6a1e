import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { repositoryRoot } from "./repositoryRoot";

const run = promisify(execFile);

/** What the suites and the demo use unless they ask for another. */
export const defaultArqVersion = "0.28.0";
/** Lowest Python of arq 0.26 and later, as [major, minor]. */
const lowestPython: readonly [number, number] = [3, 9];
const minute = 60_000;

export interface ArqEnvironmentOptions {
  /** A release on PyPI; `defaultArqVersion` when absent. */
  readonly version?: string;
  /** Gets one line per slow step. */
  readonly log: (line: string) => void;
}

/**
 * A private virtual environment with real ARQ from PyPI, cached in `.vscode-test/python/arq-<version>`. Safe to call from
 * several processes at once. Never throws for a missing part: `unavailable` then says in one sentence what is missing.
 *
 * @returns the path of the environment's interpreter; start ARQ with `python -m arq`.
 */
export async function ensureArq(
  options: ArqEnvironmentOptions,
): Promise<{ readonly python: string } | { readonly unavailable: string }> {
  const version = options.version ?? defaultArqVersion;
  const parent = join(repositoryRoot(), ".vscode-test", "python");
  const folder = join(parent, `arq-${version}`);
  const python = interpreter(folder);
  // Written last: a folder without it is a build that was interrupted.
  const marker = join(folder, "arq-installed");
  if (existsSync(marker)) return { python };

  mkdirSync(parent, { recursive: true });
  const lock = `${folder}.lock`;
  await takeLock(lock, options.log);
  try {
    if (existsSync(marker)) return { python };
    const base = await findPython(options.log);
    if ("unavailable" in base) return base;
    options.log(`Installing arq ${version} from PyPI (once; cached in .vscode-test/python) …`);
    rmSync(folder, { recursive: true, force: true });
    try {
      await run(base.python, ["-m", "venv", folder], { timeout: 3 * minute });
    } catch (error) {
      return { unavailable: `${base.python} could not make a virtual environment: ${lastLine(error)}` };
    }
    try {
      // Older releases of arq name no upper bound for redis-py, and were written for 4 and 5.
      const packages = [`arq==${version}`, "redis[hiredis]>=4.2,<6"];
      const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", ...packages];
      await run(python, pip, { timeout: 10 * minute });
    } catch (error) {
      return { unavailable: `arq ${version} could not be installed from PyPI: ${lastLine(error)}` };
    }
    writeFileSync(marker, `${version}\n`);
    return { python };
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * `ensureArq` for a mocha hook: skips the suite, saying why, when ARQ cannot be had; fails instead under `ARQ_LIVE=required`.
 * @returns the path of the interpreter.
 */
export async function requireArq(context: Mocha.Context, version?: string): Promise<string> {
  // Installing may take minutes on a slow line; the suite's own limit is for the tests.
  context.timeout(15 * minute);
  const log = (line: string): void => console.log(`      ${line}`);
  const environment = await ensureArq(version === undefined ? { log } : { version, log });
  if ("python" in environment) return environment.python;
  if (process.env["ARQ_LIVE"] === "required") {
    throw new Error(`ARQ_LIVE=required, but: ${environment.unavailable}`);
  }
  console.log(`      skipped: ${environment.unavailable}`);
  return context.skip();
}

function interpreter(folder: string): string {
  return process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}

/** Waits for another process that is building the same environment. The lock of a process that died counts for nothing. */
async function takeLock(lock: string, log: (line: string) => void): Promise<void> {
  for (let told = false; ; told = true) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      return;
    } catch {
      if (!isHeld(lock)) rmSync(lock, { force: true });
      else if (!told) log("Waiting for another process that is installing arq …");
      await sleep(500);
    }
  }
}

function isHeld(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(lock, "utf8")), 0);
    return true;
  } catch (error) {
    // EPERM: alive, under another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A Python that is new enough and can make virtual environments; installs Debian's when that is possible. */
async function findPython(log: (line: string) => void): Promise<{ python: string } | { unavailable: string }> {
  const found = await tryPythons();
  if (found.usable !== null) return { python: found.usable };
  if (process.platform === "linux" && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    log("Installing python3-venv with apt-get …");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    try {
      await run("apt-get", ["update", "-qq"], { timeout: 5 * minute, env });
      await run("apt-get", ["install", "-y", "-qq", "python3-venv"], { timeout: 10 * minute, env });
    } catch (error) {
      return { unavailable: `No usable Python (${found.why}), and apt-get could not install one: ${lastLine(error)}` };
    }
    const { usable, why } = await tryPythons();
    return usable === null
      ? { unavailable: `No usable Python, also after installing python3-venv: ${why}` }
      : { python: usable };
  }
  return { unavailable: `No usable Python: ${found.why}. Install Python 3.9 or newer with its venv module.` };
}

async function tryPythons(): Promise<{ usable: string | null; why: string }> {
  const [, lowestMinor] = lowestPython;
  const names = ["python3", "python", "/usr/bin/python3"];
  for (let minor = 14; minor >= lowestMinor; minor--) names.push(`python3.${minor}`);
  // ensurepip is what Debian splits off into python3-venv.
  const probe = "import sys, venv, ensurepip; print(*sys.version_info[:2], sys.executable, sep='\\n')";
  const reasons: string[] = [];
  for (const name of names) {
    try {
      const { stdout } = await run(name, ["-c", probe], { timeout: minute });
      const [major, minor, executable] = stdout.split(/\r?\n/);
      if (Number(major) === lowestPython[0] && Number(minor) >= lowestMinor && executable) {
        return { usable: executable, why: "" };
      }
      reasons.push(`${name} is ${major}.${minor}, older than ${lowestPython.join(".")}`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") reasons.push(`${name}: ${lastLine(error)}`);
    }
  }
  return { usable: null, why: reasons[0] ?? "none found on the PATH" };
}

/** What a failed command said last, which for pip and Python is the reason. */
function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  const lines = (stderr ?? "").split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("[notice]"));
  return (lines.at(-1) ?? message ?? String(error)).trim().slice(0, 300);
}
