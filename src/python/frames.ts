import { isWindowsStandardLibrary } from "./framePath";
import type { Traceback } from "./traceback";

/** Folders that hold other people's code, on every platform and for every kind of environment. */
const foreignFolder = new RegExp(
  [
    "/(?:site-packages|dist-packages|node_modules|lib-python)/",
    String.raw`/lib(?:64)?/(?:python|pypy)\d[\d.]*t?/`,
    String.raw`/python\d+\.zip/`,
  ].join("|"),
);

/**
 * The frame is in the user's own code, judged by its path alone: not a library, not Python itself, not generated code
 * (`<string>`, `<frozen importlib._bootstrap>`), not a program in a `bin` folder.
 */
export function isOwnFrame(file: string): boolean {
  if (file === "" || file.startsWith("<")) return false;
  const path = file.replaceAll("\\", "/").toLowerCase();
  // Our worker instrumentation lies among the user's code.
  if (path.endsWith("/arq_monitor.py")) return false;
  return (
    !foreignFolder.test(path) && !isWindowsStandardLibrary(file) && !/\/(?:s?bin|scripts)\/[^/.]+(?:\.exe)?$/.test(path)
  );
}

/**
 * A chain as the list Python prints: causes first, the exception that reached ARQ last, each with the sentence that stands
 * above it. Members of a group follow their group.
 */
export function flattenChain(traceback: Traceback): { heading: string | null; traceback: Traceback }[] {
  const flat: { heading: string | null; traceback: Traceback }[] = [];
  append(flat, traceback, null);
  return flat;
}

function append(
  flat: { heading: string | null; traceback: Traceback }[],
  whole: Traceback,
  title: string | null,
): void {
  const newestFirst: { heading: string | null; traceback: Traceback }[] = [];
  let traceback: Traceback | null = whole;
  while (traceback !== null) {
    newestFirst.push({ heading: headingOf(traceback), traceback });
    traceback = traceback.cause ?? traceback.context;
  }
  for (const [index, entry] of newestFirst.toReversed().entries()) {
    flat.push(index === 0 ? { ...entry, heading: title } : entry);
    const members = entry.traceback.group;
    for (const [at, member] of members.entries())
      append(flat, member, `Exception ${at + 1} of ${members.length} in the group:`);
  }
}

function headingOf(traceback: Traceback): string | null {
  if (traceback.cause !== null) return "The above exception was the direct cause of the following exception:";
  if (traceback.context !== null) return "During handling of the above exception, another exception occurred:";
  return null;
}
