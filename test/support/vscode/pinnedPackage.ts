import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../runCommand";

/** One exact npm package, unpacked outside node_modules because it is a tool as large as an application, not a dependency. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** `sha512-…` of the tarball, as the registry states it. */
  readonly integrity: string;
}

/**
 * The folder that holds the unpacked package: `<parent>/package`. Downloads it through npm when it is not there, checks
 * the tarball against the pin, runs `prepare` on the unpacked folder, and moves it into place only when all went well: a
 * folder that exists is complete. One broken download is tried again; the second failure rejects.
 */
export async function ensurePackage(
  pinned: PinnedPackage,
  parent: string,
  log: (line: string) => void,
  prepare: (folder: string) => Promise<void> = async () => {},
): Promise<string> {
  const folder = join(parent, "package");
  if (isVersion(folder, pinned)) return folder;
  mkdirSync(parent, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    // Beside the target, so that the last step is a rename inside one file system.
    const scratch = mkdtempSync(join(parent, "download-"));
    try {
      log(`Downloading ${pinned.name} ${pinned.version} through npm …`);
      const unpacked = await download(pinned, scratch);
      await prepare(unpacked);
      if (!isVersion(folder, pinned)) {
        rmSync(folder, { recursive: true, force: true });
        renameSync(unpacked, folder);
      }
      return folder;
    } catch (error) {
      // Another process that wanted the same package was faster.
      if (isVersion(folder, pinned)) return folder;
      if (attempt === 2) {
        throw new Error(`${pinned.name} ${pinned.version} cannot be had through npm: ${String(error)}`, {
          cause: error,
        });
      }
      log(`That failed (${String(error).split("\n")[0]}); trying once more …`);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
}

async function download(pinned: PinnedPackage, scratch: string): Promise<string> {
  await runCommand("npm", ["pack", `${pinned.name}@${pinned.version}`, "--silent", "--pack-destination", scratch], {
    cwd: scratch,
    timeoutMs: 900_000,
  });
  const tarball = readdirSync(scratch).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack left no tarball");
  const path = join(scratch, tarball);
  const integrity = `sha512-${createHash("sha512").update(readFileSync(path)).digest("base64")}`;
  if (integrity !== pinned.integrity)
    throw new Error(`${tarball} is not the pinned one (its integrity is ${integrity})`);
  await runCommand("tar", ["-xzf", path, "-C", scratch], { timeoutMs: 300_000 });
  rmSync(path);
  const unpacked = join(scratch, "package");
  if (!existsSync(unpacked)) throw new Error(`${tarball} holds no package`);
  return unpacked;
}

function isVersion(folder: string, pinned: PinnedPackage): boolean {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version?: string };
    return version === pinned.version;
  } catch {
    return false;
  }
}
