import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { readSmallFile } from "./smallFile";

/** A `pyvenv.cfg` has a few lines. */
const maxConfigBytes = 64_000;

/** Where the modules of a Python environment lie. Existing folders, the likelier first. */
export interface PythonLibraries {
  /** Installed packages: `site-packages`, `dist-packages`. */
  readonly packages: readonly string[];
  /** Python's own. */
  readonly standard: readonly string[];
}

/**
 * The library folders of an environment, which is given as its folder or as its `python`. A virtual environment has the standard library of the Python that
 * it was made with. Runs nothing; whatever is missing is left out.
 */
export async function pythonLibraries(environment: string): Promise<PythonLibraries> {
  const folder = await prefixOf(environment);
  if (folder === null) return { packages: [], standard: [] };
  const config = await readConfig(folder);
  const own = await foldersOf(folder);
  const home = config?.get("home");
  if (config === null || home === undefined) return own;
  const version = /^\d+\.\d+/.exec(config.get("version_info") ?? config.get("version") ?? "")?.[0];
  const base = await foldersOf(prefixOfBin(home));
  // Several Pythons share `/usr`.
  const exact = base.standard.filter((path) => version !== undefined && basename(path) === `python${version}`);
  const shared = config.get("include-system-site-packages")?.toLowerCase() === "true" ? base.packages : [];
  return { packages: [...own.packages, ...shared], standard: exact.length > 0 ? exact : base.standard };
}

/** True for the folder of a virtual environment. */
export async function isVirtualEnvironment(folder: string): Promise<boolean> {
  return exists(join(folder, "pyvenv.cfg"));
}

async function prefixOf(environment: string): Promise<string | null> {
  try {
    if ((await stat(environment)).isDirectory()) return environment;
    const near = prefixOfBin(dirname(environment));
    // The `python` of a virtual environment is a link to another one, so the link itself is looked at first.
    if (await isVirtualEnvironment(near)) return near;
    return prefixOfBin(dirname(await realpath(environment)));
  } catch {
    return null;
  }
}

/** `/usr/bin` belongs to `/usr`; `C:\Python312`, which has its `python.exe` beside everything else, to itself. */
function prefixOfBin(folder: string): string {
  return /^(?:bin|scripts)$/i.test(basename(folder)) ? dirname(folder) : folder;
}

async function readConfig(folder: string): Promise<Map<string, string> | null> {
  const file = await readSmallFile(join(folder, "pyvenv.cfg"), maxConfigBytes);
  if (file.kind !== "text") return null;
  const pairs = file.text.split(/\r?\n/).map((line) => /^\s*([\w-]+)\s*=(.*)$/.exec(line));
  return new Map(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1]!.toLowerCase(), pair[2]!.trim()] as const])));
}

async function foldersOf(prefix: string): Promise<PythonLibraries> {
  const versions = (
    await Promise.all(["lib", "lib64", join("local", "lib")].map((name) => pythonsIn(join(prefix, name))))
  ).flat();
  const windows = join(prefix, "Lib");
  const packages = [
    ...versions.flatMap((path) => [join(path, "site-packages"), join(path, "dist-packages")]),
    join(windows, "site-packages"),
    // Debian and Ubuntu install packages for all versions together.
    join(prefix, "lib", "python3", "dist-packages"),
  ];
  const standard = [...versions, windows];
  return {
    packages: await distinct(await existing(packages, (path) => path)),
    standard: await distinct(await existing(standard, (path) => join(path, "os.py"))),
  };
}

/** `python3.12`, `pypy3.10`, … in a folder, the newest first. */
async function pythonsIn(folder: string): Promise<string[]> {
  try {
    const names = (await readdir(folder)).filter((name) => /^(?:python|pypy)\d+\.\d+t?$/.test(name));
    const minor = (name: string): number => Number(/\.(\d+)/.exec(name)?.[1]);
    return names.sort((a, b) => minor(b) - minor(a)).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

async function existing(paths: readonly string[], proof: (path: string) => string): Promise<string[]> {
  const there = await Promise.all(paths.map((path) => exists(proof(path))));
  return paths.filter((_, index) => there[index]);
}

/** `lib64` is often a link to `lib`. */
async function distinct(paths: readonly string[]): Promise<string[]> {
  const real = await Promise.all(paths.map((path) => realpath(path)));
  return paths.filter((_, index) => real.indexOf(real[index]!) === index);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
