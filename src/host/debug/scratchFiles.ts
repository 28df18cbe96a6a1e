import { chmod, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Scripts kept; the one of a function is written anew for each of its jobs. */
const kept = 20;

/** Writes the script of a function into the folder, readable to its owner alone, and lets go of the oldest of many. Answers its path. */
export async function writeScratch(folder: string, name: string, text: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, scratchName(name));
  await writeFile(file, text, { mode: 0o600 });
  // The mode above is for a file that is new.
  await chmod(file, 0o600);
  await removeOldest(folder, file);
  return file;
}

/** `debug_send_email.py`: a name that every file system takes, and a module of which none is imported by accident. */
function scratchName(name: string): string {
  return `debug_${name.replaceAll(/[^A-Za-z0-9]+/g, "_").slice(0, 80)}.py`;
}

async function removeOldest(folder: string, besides: string): Promise<void> {
  const files = (await readdir(folder))
    .filter((name) => /^debug_\w*\.py$/.test(name))
    .map((name) => join(folder, name));
  const ages = await Promise.all(files.map(async (file) => ({ file, at: (await stat(file)).mtimeMs })));
  const old = ages.filter(({ file }) => file !== besides).toSorted((a, b) => b.at - a.at);
  await Promise.all(old.slice(kept - 1).map(({ file }) => rm(file, { force: true })));
}

/** Removes every script. */
export async function removeScratch(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
