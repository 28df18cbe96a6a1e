import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { composeFolders } from "../python/composeVolumes";
import { copiedFolders } from "../python/dockerfileFolders";
import type { PathMapping } from "../python/pathMapping";

/** Compose files and Dockerfiles are written by hand. */
const maxFileBytes = 500_000;

/**
 * Which folders of containers are which of this machine, by a compose file: its mounts first, then what the Dockerfiles of its builds copy. Empty where it cannot be
 * read. Runs nothing.
 */
export async function composeMappings(file: string): Promise<PathMapping[]> {
  const text = await readSmall(file);
  if (text === null) return [];
  const folder = dirname(file);
  const variables = { ...process.env, ...(await envFile(join(folder, ".env"))), PWD: folder };
  const { mounts, builds } = composeFolders(text, variables);
  const mounted = mounts.map(({ source, target }) => ({
    remote: target,
    local: resolve(folder, source.replace(/^~(?=[\\/]|$)/, homedir())),
  }));
  const copied = await Promise.all(
    builds.map(({ context, dockerfile }) => {
      const from = resolve(folder, context);
      return dockerfileMappings(resolve(from, dockerfile ?? "Dockerfile"), from);
    }),
  );
  return [...mounted, ...copied.flat()];
}

/** What a Dockerfile copies, built in this folder. */
export async function dockerfileMappings(file: string, context: string): Promise<PathMapping[]> {
  const text = await readSmall(file);
  if (text === null) return [];
  return copiedFolders(text).map(({ source, target }) => ({ remote: target, local: join(context, source) }));
}

async function envFile(path: string): Promise<Record<string, string>> {
  const lines = ((await readSmall(path)) ?? "").split(/\r?\n/);
  const pairs = lines.map((line) => /^\s*(?:export\s+)?(\w+)\s*=(.*)$/.exec(line));
  return Object.fromEntries(
    pairs.flatMap((pair) => (pair === null ? [] : [[pair[1]!, withoutQuotes(pair[2]!.trim())]])),
  );
}

function withoutQuotes(text: string): string {
  return /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;
}

async function readSmall(path: string): Promise<string | null> {
  try {
    return (await stat(path)).size > maxFileBytes ? null : await readFile(path, "utf8");
  } catch {
    return null;
  }
}
