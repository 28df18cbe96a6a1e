import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { git } from "./gitRunner";

/** Who changed a line last, as git knows it. Text from the repository: anybody may have written it. */
export type Blame =
  | { readonly kind: "uncommitted" }
  | {
      readonly kind: "committed";
      /** 40 or 64 hex digits. */
      readonly commit: string;
      readonly author: string;
      /** When it was written, unix ms. */
      readonly at: number;
      /** First line of the commit's message. */
      readonly summary: string;
    };

/** Who waits longer for a hover has moved on. Ms. */
const timeoutMs = 5000;
/** What git prints for one line is under 2 kB, unless somebody wrote a book into the first line of a message. */
const maxBytes = 64_000;
/** Committing, or another branch, changes the answer without changing the file. Ms. */
const staleMs = 60_000;
const keptAtMost = 200;

/** Asks git who changed single lines last, one question at a time for each line of each version of a file; answers are kept for a minute. */
export class BlameReader {
  readonly #kept = new Map<string, { readonly at: number; readonly blame: Promise<Blame | null> }>();

  /**
   * `line` is 1-based, in the file as it is on disk. Null where there is no git, no repository, or no such line in it. `blame.ignoreRevsFile` counts as it does
   * in a terminal. Only for workspaces that the user trusts: git does what the repository's configuration says.
   */
  async read(path: string, line: number): Promise<Blame | null> {
    const version = await stat(path).then(
      ({ mtimeMs, size }) => `${mtimeMs}:${size}`,
      () => null,
    );
    if (version === null) return null;
    const key = JSON.stringify([path, line, version]);
    const known = this.#kept.get(key);
    if (known !== undefined && performance.now() - known.at < staleMs) return known.blame;
    this.#kept.delete(key);
    const blame = ask(path, line);
    this.#kept.set(key, { at: performance.now(), blame });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptAtMost && oldest !== undefined) this.#kept.delete(oldest);
    return blame;
  }
}

async function ask(path: string, line: number): Promise<Blame | null> {
  const range = `${line},${line}`;
  const args = ["blame", "--porcelain", "--no-textconv", "-L", range, "--", basename(path)];
  const answer = await git(dirname(path), args, { timeoutMs, maxBytes });
  return answer.ok ? parseBlame(answer.stdout.toString()) : null;
}

/** What `git blame --porcelain` prints for one line; null where it is something else. */
export function parseBlame(text: string): Blame | null {
  const [first = "", ...rest] = text.split("\n");
  const commit = /^([0-9a-f]{40,64}) \d+ \d+/.exec(first)?.[1];
  if (commit === undefined) return null;
  if (/^0+$/.test(commit)) return { kind: "uncommitted" };
  const field = (name: string): string | null =>
    rest.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? null;
  const seconds = Number(field("author-time") ?? "");
  const author = field("author");
  if (author === null || !Number.isFinite(seconds) || seconds <= 0) return null;
  return { kind: "committed", commit, author, at: seconds * 1000, summary: field("summary") ?? "" };
}
