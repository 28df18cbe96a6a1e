import { createHash } from "node:crypto";
import { readdir, readFile, realpath } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { isVirtualEnvironment } from "./pythonLibraries";

/** What is known of the machine: of the process, or made up in a test. */
export interface MachineFacts {
  readonly home: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** Folders of one project that are looked at for an environment; a repository of many projects has more. */
const maxFolders = 60;

/**
 * Python environments that belong to the folders, the likelier first: virtual environments in them and in the projects one level below, those that Poetry and
 * Pipenv keep elsewhere for them, what pyenv's `.python-version` names, and the one that VS Code was started in. Then the Python on the PATH. Runs nothing.
 */
export async function findEnvironments(roots: readonly string[], machine: MachineFacts): Promise<string[]> {
  const found = new Set<string>();
  for (const root of roots) {
    const projects = [
      root,
      ...(await foldersIn(root)).filter((path) => !/[\\/](?:\.|node_modules$)[^\\/]*$/.test(path)),
    ];
    for (const project of projects.slice(0, maxFolders)) {
      for (const path of await inside(project)) found.add(path);
      for (const path of await keptElsewhere(project, machine)) found.add(path);
    }
  }
  const { VIRTUAL_ENV, CONDA_PREFIX, PATH } = machine.variables;
  for (const active of [VIRTUAL_ENV, CONDA_PREFIX]) if (active !== undefined && active !== "") found.add(active);
  const name = process.platform === "win32" ? "python.exe" : "python3";
  for (const folder of (PATH ?? "").split(delimiter)) if (isAbsolute(folder)) found.add(join(folder, name));
  return [...found];
}

/** `.venv` and `venv` before those of other names. */
async function inside(project: string): Promise<string[]> {
  const usual = [".venv", "venv", "env", ".env"].map((name) => join(project, name));
  const folders = await foldersIn(project);
  const sorted = [
    ...usual.filter((path) => folders.includes(path)),
    ...folders.filter((path) => !usual.includes(path)),
  ];
  const are = await Promise.all(sorted.slice(0, maxFolders).map(isVirtualEnvironment));
  return sorted.filter((_, index) => are[index]);
}

/**
 * Poetry and Pipenv name an environment after the folder of the project, with the first characters of a hash of its path (poetry/utils/env/env_manager.py
 * `generate_env_name`, pipenv/project.py `_get_virtualenv_hash`).
 */
async function keptElsewhere(project: string, { home, variables }: MachineFacts): Promise<string[]> {
  const [files, real] = [await namesIn(project), await realpath(project).catch(() => project)];
  const places: { readonly folder: string; readonly hash: string }[] = [];
  if (files.includes("pyproject.toml")) {
    const caches = [
      variables["POETRY_CACHE_DIR"] ?? join(home, ".cache", "pypoetry"),
      join(home, "Library", "Caches", "pypoetry"),
      join(home, "AppData", "Local", "pypoetry", "Cache"),
    ];
    const folders = [variables["POETRY_VIRTUALENVS_PATH"], ...caches.map((cache) => join(cache, "virtualenvs"))];
    for (const folder of folders) if (folder !== undefined) places.push({ folder, hash: hashOf(real) });
  }
  if (files.includes("Pipfile")) {
    const folder = variables["WORKON_HOME"] ?? join(home, ".local", "share", "virtualenvs");
    places.push({ folder, hash: hashOf(join(real, "Pipfile")) });
  }
  const found: string[] = [];
  for (const { folder, hash } of places)
    for (const name of await namesIn(folder)) if (name.includes(`-${hash}`)) found.push(join(folder, name));
  if (files.includes(".python-version")) {
    const text = await readFile(join(project, ".python-version"), "utf8").catch(() => "");
    const version = /^[\w.+-]{1,80}$/m.exec(text)?.[0];
    const pyenv = variables["PYENV_ROOT"] ?? join(home, ".pyenv");
    if (version !== undefined && !version.startsWith("."))
      for (const name of await namesIn(join(pyenv, "versions")))
        if (name === version || name.startsWith(`${version}.`)) found.push(join(pyenv, "versions", name));
  }
  return found;
}

function hashOf(path: string): string {
  return createHash("sha256").update(path).digest("base64url").slice(0, 8);
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
