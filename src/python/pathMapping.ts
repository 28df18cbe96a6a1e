import { type FilePath, isWindowsPath, segmentsOf } from "./framePath";

/** A folder as the traceback names it, and the same folder on this machine. Both may be POSIX or Windows paths. */
export interface PathMapping {
  readonly remote: string;
  /** Absolute. */
  readonly local: string;
}

/**
 * Where the mappings lead for a path: the one of the longest remote folder first, equal ones in their order. A mapping whose remote folder is "" stands for
 * paths that are not absolute. No path leads out of the local folder.
 */
export function mappedPaths(file: FilePath, mappings: readonly PathMapping[]): string[] {
  const { segments, windows, absolute } = file;
  if (segments.includes("..")) return [];
  const fitting = mappings.flatMap(({ remote, local }) => {
    const folder = segmentsOf(remote);
    const ignoreCase = windows || isWindowsPath(remote);
    if (folder.length >= segments.length || isAbsolutePath(remote) !== absolute) return [];
    if (!folder.every((name, at) => sameName(name, segments[at] ?? "", ignoreCase))) return [];
    return [{ depth: folder.length, path: joined(local, segments.slice(folder.length)) }];
  });
  return [...new Set(fitting.sort((a, b) => b.depth - a.depth).map(({ path }) => path))];
}

/** What a hit teaches: the folders above the tail that both paths share. Null where the paths are the same, or share nothing. */
export function learnedMapping(file: FilePath, path: string): PathMapping | null {
  const local = segmentsOf(path);
  const ignoreCase = file.windows || isWindowsPath(path);
  let tail = 0;
  while (
    tail < file.segments.length &&
    tail < local.length - 1 &&
    sameName(file.segments.at(-1 - tail) ?? "", local.at(-1 - tail) ?? "", ignoreCase)
  )
    tail++;
  if (tail === 0) return null;
  const remote = prefix(file.file, file.segments.slice(0, -tail), file.windows, file.absolute);
  const folder = prefix(path, local.slice(0, -tail), isWindowsPath(path), true);
  return remote === folder ? null : { remote, local: folder };
}

/** Pairs of folders as a setting or a stored value has them; everything else is left out. */
export function readMappings(value: unknown): PathMapping[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    if (typeof entry !== "object" || entry === null) return [];
    const { remote, local } = entry as { remote?: unknown; local?: unknown };
    return typeof remote === "string" && typeof local === "string" && local !== "" ? [{ remote, local }] : [];
  });
}

/** A folder and what lies in it, with the separator of the folder. */
export function joined(folder: string, segments: readonly string[]): string {
  const separator = isWindowsPath(folder) ? "\\" : "/";
  const base = folder.length > 1 ? folder.replace(/(?<![\\/])[\\/]+$/, "") : folder;
  return `${base}${base.endsWith(separator) ? "" : separator}${segments.join(separator)}`;
}

/** Names of files and folders are the same; on Windows whatever their case. */
export function sameName(a: string, b: string, ignoreCase: boolean): boolean {
  return a === b || (ignoreCase && a.toLowerCase() === b.toLowerCase());
}

function isAbsolutePath(path: string): boolean {
  return /^(?:[a-z]:)?[\\/]/i.test(path) || /^[a-z]:$/i.test(path);
}

function prefix(path: string, segments: readonly string[], windows: boolean, absolute: boolean): string {
  if (!windows) return `${absolute ? "/" : ""}${segments.join("/")}`;
  const share = /^[\\/]{2}/.test(path) ? "\\\\" : /^[\\/]/.test(path) ? "\\" : "";
  return `${share}${segments.join("\\")}`;
}
