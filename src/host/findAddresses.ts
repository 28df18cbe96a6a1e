import { type Uri, workspace } from "vscode";
import { composeServices, findRedisUrls } from "../python/redisSettings";

/** An address that stands somewhere in the workspace. The URL may hold a password: show only `shown`. */
export interface FoundAddress {
  readonly url: string;
  readonly label: string;
  /** `shop/settings.py:12`. */
  readonly place: string;
}

type Source = "python" | "env" | "compose";

/** Bounds of the search: enough for real projects, harmless in a monorepo. */
const sources: readonly { readonly source: Source; readonly glob: string; readonly limit: number }[] = [
  { source: "env", glob: "**/.env*", limit: 20 },
  { source: "compose", glob: "**/{docker-compose,compose}*.{yml,yaml}", limit: 20 },
  { source: "python", glob: "**/*.py", limit: 1000 },
];
const elsewhere =
  "{**/node_modules/**,**/.venv/**,**/venv/**,**/site-packages/**,**/.git/**,**/__pycache__/**,**/.tox/**}";
const maxFileBytes = 500_000;

/** Looks into `.env` files, compose files and Python files with `RedisSettings`. Connects to nothing. */
export async function findAddresses(): Promise<readonly FoundAddress[]> {
  const found = new Map<string, FoundAddress>();
  for (const { source, glob, limit } of sources) {
    for (const uri of await workspace.findFiles(glob, elsewhere, limit)) {
      const text = await readText(uri);
      if (text === null || (source === "python" && !text.includes("RedisSettings"))) continue;
      for (const { url, line, label } of findRedisUrls(text, source)) {
        const place = `${workspace.asRelativePath(uri)}:${line}`;
        if (!found.has(url)) found.set(url, { url, label, place });
      }
    }
  }
  return [...found.values()];
}

/** The compose file that has a service of this name, as it is called in the workspace; null when none has. */
export async function composeFileOf(service: string): Promise<string | null> {
  const { glob, limit } = sources[1]!;
  for (const uri of await workspace.findFiles(glob, elsewhere, limit)) {
    const text = await readText(uri);
    if (text !== null && composeServices(text).includes(service)) return workspace.asRelativePath(uri);
  }
  return null;
}

/** Null for what cannot be read or is too large to be a settings file. */
async function readText(uri: Uri): Promise<string | null> {
  try {
    const { size } = await workspace.fs.stat(uri);
    if (size > maxFileBytes) return null;
    return new TextDecoder().decode(await workspace.fs.readFile(uri));
  } catch {
    return null;
  }
}
