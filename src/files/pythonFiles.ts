import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Bounds of one walk: enough for large workspaces, small enough to end soon in a home folder that somebody opened. */
const maxFiles = 20_000;
const maxFolders = 50_000;

const skipped = new Set(["node_modules", "__pycache__", "site-packages", "dist-packages", "venv", "env", "virtualenv"]);

export interface PythonFiles {
  /** Nearest to the root first. */
  readonly paths: readonly string[];
  /** False when the walk stopped at its bounds. */
  readonly complete: boolean;
}

/**
 * Python files below a folder. Other people's code is left out: node_modules, virtual environments (known by name or by
 * their `pyvenv.cfg`), caches and hidden folders. Symbolic links are not followed. Folders that cannot be read are empty.
 */
export async function walkPythonFiles(root: string): Promise<PythonFiles> {
  const paths: string[] = [];
  const folders = [root];
  for (let next = 0; next < folders.length; next++) {
    const folder = folders[next] ?? root;
    const entries = await list(folder);
    if (folder !== root && entries.some(({ name }) => name === "pyvenv.cfg")) continue;
    for (const entry of entries) {
      if (entry.isDirectory() && !isForeignFolder(entry.name)) {
        if (folders.length >= maxFolders) return { paths, complete: false };
        folders.push(join(folder, entry.name));
      } else if (entry.isFile() && entry.name.endsWith(".py")) {
        if (paths.length >= maxFiles) return { paths, complete: false };
        paths.push(join(folder, entry.name));
      }
    }
  }
  return { paths, complete: true };
}

/** A folder of this name holds other people's code, or none. */
export function isForeignFolder(name: string): boolean {
  return name.startsWith(".") || skipped.has(name);
}

async function list(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
