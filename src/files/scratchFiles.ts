import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Scripts kept, the newest. */
export const keptScripts = 20;

/**
 * Writes the script of a function into a new file of the folder, readable to its owner alone, and lets go of the oldest of many. Never one that is there:
 * the user may have filled it in. Answers its path.
 */
export async function writeScratch(folder: string, name: string, text: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (let number = 1; ; number++) {
    const file = join(folder, scratchName(name, number));
    try {
      await writeFile(file, text, { mode: 0o600, flag: "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw error;
    }
    await removeOldest(folder, file);
    return file;
  }
}

/** `debug_send_email.py`: a name that every file system takes, and a module of which none is imported by accident. */
function scratchName(name: string, number: number): string {
  return `debug_${name.replaceAll(/[^A-Za-z0-9]+/g, "_").slice(0, 80)}${number === 1 ? "" : `_${number}`}.py`;
}

async function removeOldest(folder: string, besides: string): Promise<void> {
  const files = (await readdir(folder))
    .filter((name) => /^debug_\w*\.py$/.test(name))
    .map((name) => join(folder, name));
  const ages = await Promise.all(files.map(async (file) => ({ file, at: (await stat(file)).mtimeMs })));
  const old = ages.filter(({ file }) => file !== besides).toSorted((a, b) => b.at - a.at);
  await Promise.all(old.slice(keptScripts - 1).map(({ file }) => rm(file, { force: true })));
}

/** Removes every script. */
export async function removeScratch(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
