/**
 * Why a frame has no file: it ran in a cell of a notebook, was typed at a prompt, was made from a string (`exec`, `eval`, `python -c`, generated methods), is
 * a part of Python that was frozen into the interpreter, or nothing was printed that could be a path.
 */
export type NoFile = "notebook" | "typed" | "generated" | "frozen" | "nothing";

/** A path that a traceback printed, taken apart. */
export interface FilePath {
  readonly kind: "file";
  /** As printed. */
  readonly file: string;
  readonly windows: boolean;
  readonly absolute: boolean;
  /** Without `.` and, as far as they can be, `..`. */
  readonly segments: readonly string[];
  /** How many of the last segments may be found elsewhere: those inside an archive or a library's folder, else all. At least 1. */
  readonly inside: number;
  /** Whose code it is, by its folders: a package's (`site-packages`), Python's own, or neither. */
  readonly library: "package" | "standard" | null;
  /** The zip, egg, wheel or the like that it ran from, as printed. */
  readonly archive: string | null;
}

/** What the `File "…"` of a frame names. A frozen module is looked for in the standard library. */
export type FramePath =
  | FilePath
  | { readonly kind: "frozen"; readonly module: string }
  | { readonly kind: "none"; readonly why: NoFile };

const notebook =
  /^(?:Cell In ?\[\d*\]|In(?:put)? ?(?:In )?\[\d*\]|<ipython-input-.*>|<command-\d+.*>)|[\\/]ipykernel_\d+[\\/][^\\/]*\.py$/is;
const typed = /^<(?:stdin|console|input|ipython console|python-input-\d+|stdin-\d+)>(?:-\d+)?$/i;
const archived = /\.(?:zip|egg|whl|pyz|pex|par|xar)$/i;

/** Tells paths from what only looks like one. Any text is taken. */
export function readFramePath(file: string): FramePath {
  if (file === "" || file.includes("\0") || file.length > 4096) return { kind: "none", why: "nothing" };
  if (notebook.test(file)) return { kind: "none", why: "notebook" };
  if (typed.test(file)) return { kind: "none", why: "typed" };
  const frozen = /^<frozen ([\w.]+)>$/.exec(file)?.[1];
  if (frozen !== undefined) return { kind: "frozen", module: frozen };
  if (/^<.*>$/s.test(file)) return { kind: "none", why: "generated" };
  const windows = isWindowsPath(file);
  const segments = segmentsOf(file, windows);
  if (segments.length === 0) return { kind: "none", why: "nothing" };
  const library = libraryIn(segments, windows);
  const archive = segments.findLastIndex((segment, index) => index < segments.length - 1 && archived.test(segment));
  const from = Math.max(library?.from ?? 0, archive + 1);
  return {
    kind: "file",
    file,
    windows,
    absolute: windows ? /^(?:[a-z]:)?[\\/]/i.test(file) : file.startsWith("/"),
    segments,
    inside: segments.length - from,
    library: library?.of ?? null,
    archive: archive < 0 ? null : segments[archive]!,
  };
}

/** The segments behind the archive or the folder of libraries: `arq/worker.py` of `/v/lib/python3.12/site-packages/arq/worker.py`. */
export function insideSegments({ segments, inside }: FilePath): readonly string[] {
  return segments.slice(segments.length - inside);
}

/** Files of the standard library that a frozen module can be: `importlib/_bootstrap.py`, `importlib/_bootstrap/__init__.py`. */
export function frozenFiles(module: string): string[][] {
  const steps = module.split(".").filter((step) => step !== "");
  if (steps.length === 0) return [];
  return [
    [...steps.slice(0, -1), `${steps.at(-1)!}.py`],
    [...steps, "__init__.py"],
  ];
}

/** Segments of a path of either kind, `.` and `..` taken out as far as they can be. */
export function segmentsOf(path: string, windows = isWindowsPath(path)): string[] {
  const segments: string[] = [];
  for (const segment of path.split(windows ? /[\\/]+/ : /\/+/)) {
    if (segment === "" || segment === ".") continue;
    if (segment === ".." && segments.length > 0 && segments.at(-1) !== "..") segments.pop();
    else segments.push(segment);
  }
  return segments;
}

/** A drive or a share, or backslashes and no slash: a POSIX file name may hold a backslash, a whole path hardly. */
export function isWindowsPath(path: string): boolean {
  return /^(?:[a-z]:|\\\\)/i.test(path) || (path.includes("\\") && !path.includes("/"));
}

/** Where a folder of libraries ends in the path, the innermost one. Eggs in `site-packages` count as folders. */
function libraryIn(segments: readonly string[], windows: boolean): { from: number; of: "package" | "standard" } | null {
  const lower = segments.map((segment) => segment.toLowerCase());
  const last = segments.length - 1;
  const packages = lower.findLastIndex((name, at) => at < last && /^(?:site|dist)-packages$/.test(name));
  if (packages >= 0) return { from: packages + 1, of: "package" };
  for (let at = last - 1; at > 0; at--) {
    const name = lower[at]!;
    const above = lower[at - 1]!;
    // …/lib/python3.12/…, …/lib/python312.zip/…
    if (/^lib(?:64)?$/.test(above) && /^(?:python|pypy)\d[\d.]*t?(?:\.zip)?$/.test(name))
      return { from: at + 1, of: "standard" };
    if (windows && isLibOfPython(lower, at)) return { from: at + 1, of: "standard" };
    if (/^python\d+\.zip$/.test(name)) return { from: at + 1, of: "standard" };
    if (above === "lib-python" && /^[\d.]+$/.test(name)) return { from: at + 1, of: "standard" };
  }
  return null;
}

/** `Python312`, `cpython-3.12.4-windows-x86_64-none` (uv), `pythoncore-3.14-64`, the Microsoft Store's, and `3.12.4` of pyenv-win and of CI. */
const pythonFolder =
  /^(?:(?:c?python|pythoncore|pypy)[-.]?\d[\d.]*(?:(?:a|b|rc)\d+)?t?(?:\+\w+)?(?:-(?:32|64|arm64|.*win.*))?|pythonsoftwarefoundation\..*|3\.\d+(?:\.\d+)?(?:-(?:win32|arm64))?)$/;

/** Whether this segment of a Windows path, in lower case, is the `Lib` of a Python, by the folders that it lies in. */
function isLibOfPython(lower: readonly string[], at: number): boolean {
  if (lower[at] !== "lib") return false;
  const [above, second] = [lower[at - 1] ?? "", lower[at - 2] ?? ""];
  // …\miniforge3\Lib\…, …\miniconda3\envs\shop\Lib\…
  if (/^(?:mini|ana|mamba)(?:conda|forge)\d?$/.test(above) || second === "envs") return true;
  return pythonFolder.test(/^(?:x64|x86|arm64)$/.test(above) ? second : above);
}

/** Whether a path is one of Python's own on Windows, where nothing else tells it than the folder around `Lib`. */
export function isWindowsStandardLibrary(file: string): boolean {
  if (!isWindowsPath(file)) return false;
  const lower = segmentsOf(file, true).map((segment) => segment.toLowerCase());
  return lower.some((_, at) => at < lower.length - 1 && isLibOfPython(lower, at));
}
