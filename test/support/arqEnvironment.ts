import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { findExactPython, findPython, lastLine } from "./pythons";
import { repositoryRoot } from "./repositoryRoot";

const run = promisify(execFile);

/** What the suites and the demo use unless they ask for another. */
export const defaultArqVersion = "0.28.0";
const minute = 60_000;

export interface ArqEnvironmentOptions {
  /** A release on PyPI; `defaultArqVersion` when absent. */
  readonly version?: string;
  /** A fork of arq on PyPI that installs the same module: `arq-optimus`, in this version. */
  readonly distribution?: string;
  /** `3.8`: exactly this Python, which is not installed when it is missing. Any that is new enough when absent. */
  readonly python?: string;
  /** More to install beside arq, as pip takes it: `["msgpack"]`. */
  readonly packages?: readonly string[];
  /** Part of the name of the environment's folder, so that one with other packages does not take its place. */
  readonly name?: string;
  /** Gets one line per slow step. */
  readonly log: (line: string) => void;
}

/** Where ARQ is. `missing` says whether this machine lacks the Python, or PyPI could not be reached. */
export type ArqEnvironment =
  | { readonly python: string }
  | { readonly unavailable: string; readonly missing: "python" | "packages" };

/**
 * A private virtual environment with real ARQ from PyPI, cached in `.vscode-test/python/arq-<version>[-py<python>]`. Safe to
 * call from several processes at once, and several times at once in one. Never throws for a missing part: `unavailable` then
 * says in one sentence what is missing.
 *
 * @returns the path of the environment's interpreter; start ARQ with `python -m arq`.
 */
export async function ensureArq(options: ArqEnvironmentOptions): Promise<ArqEnvironment> {
  const version = options.version ?? defaultArqVersion;
  const parent = join(repositoryRoot(), ".vscode-test", "python");
  const release = `${options.distribution ?? "arq"}-${version}`;
  const named = options.name === undefined ? release : `${release}-${options.name}`;
  const folder = join(parent, options.python === undefined ? named : `${named}-py${options.python}`);
  const python = interpreter(folder);
  const packages = [`${options.distribution ?? "arq"}==${version}`, ...(options.packages ?? [])];
  // Written last: a folder without it is a build that was interrupted.
  const marker = join(folder, "arq-installed");
  const isBuilt = (): boolean =>
    existsSync(marker) &&
    (options.packages === undefined || readFileSync(marker, "utf8") === `${packages.join(" ")}\n`);
  if (isBuilt()) return { python };

  mkdirSync(parent, { recursive: true });
  const lock = `${folder}.lock`;
  await takeLock(lock, options.log);
  try {
    if (isBuilt()) return { python };
    const base = await (options.python === undefined ? findPython(options.log) : findExactPython(options.python));
    if ("unavailable" in base) return { ...base, missing: "python" };
    options.log(
      `Installing ${options.distribution ?? "arq"} ${version} from PyPI (once; cached in .vscode-test/python) …`,
    );
    rmSync(folder, { recursive: true, force: true });
    try {
      await run(base.python, ["-m", "venv", folder], { timeout: 3 * minute });
    } catch (error) {
      const unavailable = `${base.python} could not make a virtual environment: ${lastLine(error)}`;
      return { unavailable, missing: "python" };
    }
    try {
      // Releases of arq name no upper bound for what they stand on, and were written for redis-py 4 and 5; up to 0.23, for the
      // first redis-py with asyncio, several commands at once on one connection, and for pydantic 1.
      const old = /^0\.(1\d|2[0-3])(\.|$)/.test(version);
      const all = [...packages, ...(old ? ["redis>=4.2,<4.3", "pydantic<2"] : ["redis[hiredis]>=4.2,<6"])];
      const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", ...all];
      await run(python, pip, { timeout: 10 * minute });
    } catch (error) {
      return {
        unavailable: `${options.distribution ?? "arq"} ${version} could not be installed from PyPI: ${lastLine(error)}`,
        missing: "packages",
      };
    }
    writeFileSync(marker, `${packages.join(" ")}\n`);
    return { python };
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * `ensureArq` for a mocha hook: skips the suite, saying why, when ARQ cannot be had; fails instead under `ARQ_LIVE=required`.
 * @returns the path of the interpreter.
 */
export async function requireArq(
  context: Mocha.Context,
  version?: string,
  beside: Pick<ArqEnvironmentOptions, "name" | "packages"> = {},
): Promise<string> {
  // Installing may take minutes on a slow line; the suite's own limit is for the tests.
  context.timeout(15 * minute);
  const log = (line: string): void => console.log(`      ${line}`);
  const environment = await ensureArq({ ...beside, ...(version === undefined ? {} : { version }), log });
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
