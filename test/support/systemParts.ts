import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runCommand } from "./runCommand";

/** A program that a test ring or the demo needs and npm cannot bring. */
export interface SystemPart {
  /** Names it may have on the PATH. */
  readonly programs: readonly string[];
  /** Environment variable that names another program to use instead. */
  readonly variable?: string;
  /** Debian's package. */
  readonly debianPackage: string;
  /** What to do where it cannot be installed from here: one sentence. */
  readonly advice: string;
}

export const redisPart: SystemPart = {
  programs: ["redis-server"],
  variable: "REDIS_SERVER",
  debianPackage: "redis-server",
  advice: "Install Redis 6 or newer so that `redis-server` is on the PATH (apt, brew, or a container with it).",
};

export const chromiumPart: SystemPart = {
  programs: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
  debianPackage: "chromium",
  advice: "Install Chromium or Chrome so that it is on the PATH, or run `npx playwright-core install chromium`.",
};

/** Full path of a program on the PATH, or null. */
export function findOnPath(program: string): string | null {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (folder === "") continue;
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here: try the next folder.
    }
  }
  return null;
}

/**
 * Full path of the part's program, or what the environment names instead; installs it with apt-get when this is Debian or a relative and we are root.
 * Rejects with one message that names the choices when it cannot be had.
 */
export async function ensureSystemPart(part: SystemPart, log: (line: string) => void): Promise<string> {
  const find = () => part.programs.map(findOnPath).find((path) => path !== null) ?? null;
  const chosen = part.variable === undefined ? undefined : process.env[part.variable];
  if (chosen !== undefined && chosen !== "") return chosen;
  const found = find();
  if (found !== null) return found;
  if (!canInstall()) throw new Error(`${part.programs[0]} is not on the PATH. ${part.advice}`);
  log(`Installing ${part.debianPackage} with apt-get …`);
  try {
    await aptInstall(part.debianPackage);
  } catch (error) {
    throw new Error(
      `${part.programs[0]} is missing and apt-get could not install it. ${part.advice}\n${String(error)}`,
      {
        cause: error,
      },
    );
  }
  const installed = find();
  if (installed === null)
    throw new Error(`apt-get installed ${part.debianPackage}, yet ${part.programs[0]} is not found.`);
  return installed;
}

function canInstall(): boolean {
  return process.platform === "linux" && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
}

async function aptInstall(name: string): Promise<void> {
  const options = { env: { DEBIAN_FRONTEND: "noninteractive" }, timeoutMs: 600_000 };
  await runCommand("apt-get", ["update", "-qq"], options);
  await runCommand("apt-get", ["install", "-y", "-qq", "--no-install-recommends", name], options);
}
