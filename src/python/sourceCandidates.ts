/**
 * How many trailing segments two paths share, the file name being the first: 0 when they name different files. Both may be
 * POSIX or Windows paths; case is ignored where one of them is a Windows path.
 */
export function tailLength(framePath: string, file: string): number {
  return sharedTail(segmentsOf(framePath), segmentsOf(file), isWindowsPath(framePath) || isWindowsPath(file));
}

/**
 * Those of the files that have the frame's file name, longest matching tail first. Files of equal tails keep their order.
 * A path recorded in a container (`/app/shop/tasks.py`) so finds `/home/me/shop/tasks.py` before `/home/me/tasks.py`.
 */
export function rankByTail(framePath: string, files: readonly string[]): string[] {
  const frame = segmentsOf(framePath);
  const windows = isWindowsPath(framePath);
  return files
    .map((file) => ({ file, tail: sharedTail(frame, segmentsOf(file), windows || isWindowsPath(file)) }))
    .filter(({ tail }) => tail > 0)
    .sort((a, b) => b.tail - a.tail)
    .map(({ file }) => file);
}

/**
 * How many segments of a library's path have to match before a workspace file may stand for it: everything behind
 * `site-packages` or `lib/python3.x`, so that `…/site-packages/arq/worker.py` never opens the user's own `worker.py`. 1 for
 * paths that are no library's.
 */
export function requiredTail(framePath: string): number {
  const segments = segmentsOf(framePath);
  const folder = segments.findLastIndex((segment) =>
    /^(?:site-packages|dist-packages|(?:python|pypy)\d[\d.]*t?)$/i.test(segment),
  );
  return folder < 0 ? 1 : Math.max(1, segments.length - 1 - folder);
}

function sharedTail(a: readonly string[], b: readonly string[], ignoreCase: boolean): number {
  let shared = 0;
  while (shared < a.length && shared < b.length) {
    const left = a[a.length - 1 - shared] ?? "";
    const right = b[b.length - 1 - shared] ?? "";
    if (left !== right && !(ignoreCase && left.toLowerCase() === right.toLowerCase())) break;
    shared++;
  }
  return shared;
}

function segmentsOf(path: string): string[] {
  return path.split(isWindowsPath(path) ? /[\\/]+/ : /\/+/).filter((segment) => segment !== "" && segment !== ".");
}

/** A drive or a share, or backslashes and no slash: a POSIX file name may hold a backslash, a whole path hardly. */
function isWindowsPath(path: string): boolean {
  return /^(?:[a-z]:|\\\\)/i.test(path) || (path.includes("\\") && !path.includes("/"));
}
