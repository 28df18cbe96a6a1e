import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Bounds of one walk: enough for large workspaces, small enough to end soon in a home folder that somebody opened. */
const maxFiles = 20_000;
const maxFolders = 50_000;
/** Folders that are read at once: waiting for the disk is most of it. */
const atOnce = 8;

const skipped = new Set(["node_modules", "__pycache__", "site-packages", "dist-packages", "venv", "env", "virtualenv"]);

export interface PythonFiles {
  /** Nearest to the root first. */
  readonly paths: readonly string[];
  /** False when the walk stopped at its bounds. */
  readonly complete: boolean;
}

/** What a walk takes from a folder: names. */
export interface PythonFolder {
  readonly files: readonly string[];
  /** Those that may hold more of the user's code. */
  readonly folders: readonly string[];
  /** It is a virtual environment, whatever its name is. */
  readonly environment: boolean;
  /** False: it could not be read, and is empty for now. */
  readonly read: boolean;
}

/**
 * Python files below a folder. Other people's code is left out: node_modules, virtual environments (known by name or by
 * their `pyvenv.cfg`), caches and hidden folders. Symbolic links are not followed. Folders that cannot be read are empty.
 */
export async function walkPythonFiles(root: string, read = readPythonFolder): Promise<PythonFiles> {
  const paths: string[] = [];
  const folders = [root];
  for (let next = 0; next < folders.length;) {
    const some = folders.slice(next, next + atOnce);
    next += some.length;
    for (const [index, found] of (await Promise.all(some.map((folder) => read(folder)))).entries()) {
      const folder = some[index] ?? root;
      if (folder !== root && found.environment) continue;
      if (folders.length + found.folders.length > maxFolders) return { paths, complete: false };
      if (paths.length + found.files.length > maxFiles) return { paths, complete: false };
      for (const name of found.folders) folders.push(join(folder, name));
      for (const name of found.files) paths.push(join(folder, name));
    }
  }
  return { paths, complete: true };
}

/** A folder of this name holds other people's code, or none. */
export function isForeignFolder(name: string): boolean {
  return name.startsWith(".") || skipped.has(name);
}

/** Never rejects: one that cannot be read is empty. */
export async function readPythonFolder(folder: string): Promise<PythonFolder> {
  const found = await readdir(folder, { withFileTypes: true }).catch(() => null);
  const entries = found ?? [];
  return {
    read: found !== null,
    files: entries.flatMap((entry) => (entry.isFile() && entry.name.endsWith(".py") ? [entry.name] : [])),
    folders: entries.flatMap((entry) => (entry.isDirectory() && !isForeignFolder(entry.name) ? [entry.name] : [])),
    environment: entries.some(({ name }) => name === "pyvenv.cfg"),
  };
}
