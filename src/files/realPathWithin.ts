import { realpath } from "node:fs/promises";
import { relative, sep } from "node:path";

/** Whether the path is the folder or lies below it, by their names alone. Both absolute. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !/^(?:[a-z]:|[\\/])/i.test(way));
}

/** Where a file really lies, if that is within one of these folders, whatever links lead there; null where it is not, or does not exist. */
export async function realPathWithin(path: string, folders: readonly string[]): Promise<string | null> {
  const real = await realpath(path).catch(() => null);
  if (real === null) return null;
  const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => null)));
  return roots.some((root) => root !== null && isWithin(root, real)) ? real : null;
}
