import { readdir } from "node:fs/promises";
import { isAbsolute, join, parse, sep } from "node:path";

/** A pattern may name half the disk: no more folders are looked into, and none this far below the part without wildcards. */
const maxFolders = 200;
const maxDepth = 6;
const maxPaths = 2000;

/**
 * Files that an absolute pattern names: `*` and `?` within a name, `**` for any folders. A path without wildcards is returned as
 * it is, whether the file is there or not (yet). Folders that cannot be read hold nothing. Bounded; never rejects.
 */
export async function globPaths(pattern: string): Promise<readonly string[]> {
  if (!isAbsolute(pattern)) return [];
  if (!/[*?]/.test(pattern)) return [pattern];
  const { root } = parse(pattern);
  const parts = pattern.slice(root.length).split(/[\\/]/);
  const first = parts.findIndex((part) => /[*?]/.test(part));
  const found: string[] = [];
  const pending = [{ folder: join(root, ...parts.slice(0, first)), parts: parts.slice(first), depth: 0 }];
  for (let looked = 0; pending.length > 0 && looked < maxFolders && found.length < maxPaths; looked++) {
    const { folder, parts: rest, depth } = pending.shift()!;
    const [part = "", ...below] = rest;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const anyDepth = part === "**";
    // Nothing between is one of any folders.
    if (anyDepth) pending.push({ folder, parts: below, depth });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (anyDepth) {
        if (entry.isDirectory() && depth < maxDepth) pending.push({ folder: path, parts: rest, depth: depth + 1 });
      } else if (matches(part, entry.name)) {
        if (below.length === 0 && !entry.isDirectory()) found.push(path);
        else if (below.length > 0 && !entry.isFile()) pending.push({ folder: path, parts: below, depth });
      }
    }
  }
  return found.slice(0, maxPaths);
}

/** `~` and `${workspaceFolder}` written out, for each folder; a pattern that names neither, nor the root, is null: it lies within the workspace. */
export function writtenOut(pattern: string, home: string, folders: readonly string[]): readonly string[] | null {
  if (/^~(?=[\\/])/.test(pattern)) return [home + pattern.slice(1).replaceAll("/", sep)];
  if (pattern.startsWith("${workspaceFolder}"))
    return folders.map((folder) => join(folder, pattern.slice("${workspaceFolder}".length)));
  return isAbsolute(pattern) ? [pattern] : null;
}

/** Names are short: at worst the square of their length. */
function matches(part: string, name: string): boolean {
  if (!part.startsWith(".") && name.startsWith(".")) return false;
  let [at, from, star, mark] = [0, 0, -1, 0];
  while (from < name.length) {
    if (at < part.length && (part[at] === "?" || (part[at] !== "*" && part[at] === name[from]))) {
      at++;
      from++;
    } else if (part[at] === "*") {
      star = at++;
      mark = from;
    } else if (star >= 0) {
      at = star + 1;
      from = ++mark;
    } else return false;
  }
  while (part[at] === "*") at++;
  return at === part.length;
}
