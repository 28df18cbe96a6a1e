import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const minute = 60_000;
/** Lowest Python of arq 0.26 and later, as [major, minor]. */
const lowestPython: readonly [number, number] = [3, 9];

/** A Python that can make virtual environments, or why there is none. */
export type FoundPython = { readonly python: string } | { readonly unavailable: string };

/** A Python that is new enough and can make virtual environments; installs Debian's when that is possible. */
export async function findPython(log: (line: string) => void): Promise<FoundPython> {
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

/**
 * The Python of exactly this version, `3.8`: on the PATH, or among those that pyenv has installed. Nothing is installed.
 */
export async function findExactPython(version: string): Promise<FoundPython> {
  const names = [`python${version}`, "python3", "python", "/usr/bin/python3", ...pyenvPythons(version)];
  for (const name of names) {
    try {
      const { major, minor, executable } = await ask(name);
      if (`${major}.${minor}` === version) return { python: executable };
    } catch {
      // Not there, or without venv: the next one.
    }
  }
  return { unavailable: `Python ${version} is not on this machine` };
}

/** Versions of Python on this machine that can make virtual environments, `3.8` to `3.14`, oldest first; installs Debian's when there is none. */
export async function availablePythons(log: (line: string) => void): Promise<string[]> {
  await findPython(log);
  const versions = Array.from({ length: 7 }, (_each, i) => `3.${8 + i}`);
  const found = await Promise.all(versions.map((version) => findExactPython(version)));
  return versions.filter((_version, i) => "python" in found[i]!);
}

/** `~/.pyenv/versions/3.8.18/bin/python` and the like, newest first. */
function pyenvPythons(version: string): string[] {
  const folder = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(`${version}.`))
      .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
      .map((name) => join(folder, name, "bin", "python"));
  } catch {
    return [];
  }
}

/** Rejects when there is no such Python, or it cannot make virtual environments. */
async function ask(name: string): Promise<{ major: number; minor: number; executable: string }> {
  // ensurepip is what Debian splits off into python3-venv.
  const probe = "import sys, venv, ensurepip; print(*sys.version_info[:2], sys.executable, sep='\\n')";
  const { stdout } = await run(name, ["-c", probe], { timeout: minute });
  const [major, minor, executable] = stdout.split(/\r?\n/);
  if (!executable) throw new Error(`${name} does not say where it is`);
  return { major: Number(major), minor: Number(minor), executable };
}

async function tryPythons(): Promise<{ usable: string | null; why: string }> {
  const [, lowestMinor] = lowestPython;
  const names = ["python3", "python", "/usr/bin/python3"];
  for (let minor = 14; minor >= lowestMinor; minor--) names.push(`python3.${minor}`);
  const reasons: string[] = [];
  for (const name of names) {
    try {
      const { major, minor, executable } = await ask(name);
      if (major === lowestPython[0] && minor >= lowestMinor) return { usable: executable, why: "" };
      reasons.push(`${name} is ${major}.${minor}, older than ${lowestPython.join(".")}`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") reasons.push(`${name}: ${lastLine(error)}`);
    }
  }
  return { usable: null, why: reasons[0] ?? "none found on the PATH" };
}

/** What a failed command said last, which for pip and Python is the reason. */
export function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  const lines = (stderr ?? "").split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("[notice]"));
  return (lines.at(-1) ?? message ?? String(error)).trim().slice(0, 300);
}
