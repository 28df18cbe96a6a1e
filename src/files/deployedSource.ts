import { readdir, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { assertNever } from "../python/assertNever";
import { standingLine } from "../python/movedLine";
import { insideSegments, readFramePath, segmentsOf } from "../python/framePath";
import { revisionNames } from "../python/revisionNames";
import { longestTail } from "../python/sourceCandidates";
import { git, type GitResult } from "./gitRunner";
import { realPathWithin } from "./realPathWithin";
import type { FrameToFind } from "./sourceLookup";

/** One command of git. A repository on a slow disk takes its time, but nobody waits longer. */
const limits = { timeoutMs: 10_000, maxBytes: 16_000_000 };
/** Files that end equally alike are read to see which one has the printed line. */
const maxAlike = 10;

/** Folders that are looked at for repositories of their own. */
const maxFolders = 100;

/** A file of a repository as it was at a commit. */
export interface DeployedFile {
  /** Top folder of the repository. */
  readonly top: string;
  /** Full hash. */
  readonly commit: string;
  /** Within the repository, with slashes. */
  readonly path: string;
}

export type DeployedFound =
  | {
      readonly ok: true;
      readonly file: DeployedFile;
      readonly text: string;
      /** The same file today: also where it was renamed since; null where it was deleted. Absolute, and not said to exist. */
      readonly today: string | null;
    }
  | { readonly ok: false; readonly reason: "noGit" | "notRepository" | "slow" }
  | { readonly ok: false; readonly reason: "noRevision"; readonly shallow: boolean }
  | { readonly ok: false; readonly reason: "noFile"; readonly commit: string };

/**
 * The file of a frame as it was at a release, a tag or a commit, in the first repository of these folders that knows the revision. The frame's own path tells which file of that
 * commit it is, so a file that was renamed since is found as well. Only in trusted workspaces. Never throws, writes and fetches nothing. `located`: today's file; git is not run
 * in its folder where that lies outside these folders, since a traceback can name any file.
 */
export async function findDeployed(
  folders: readonly string[],
  releases: readonly string[],
  frame: FrameToFind,
  located: string | null,
): Promise<DeployedFound> {
  const tops = new Set<string>();
  let failure: DeployedFound = { ok: false, reason: "notRepository" };
  const own = located === null ? null : await realPathWithin(located, folders);
  for (const folder of [...(own === null ? [] : [dirname(own)]), ...folders, ...(await repositoriesIn(folders))]) {
    const top = await line(folder, ["rev-parse", "--show-toplevel"]);
    if (top.ok && top.text !== "") tops.add(top.text);
    else if (!top.ok && top.reason !== "failed" && failure.reason === "notRepository")
      failure = { ok: false, reason: top.reason };
  }
  for (const top of tops) {
    const commit = await commitOf(top, releases);
    if (commit === null) {
      if (failure.reason !== "noFile") failure = { ok: false, reason: "noRevision", shallow: await isShallow(top) };
      continue;
    }
    const names = await git(top, ["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit], limits);
    if (!names.ok) {
      failure = { ok: false, reason: "slow" };
      continue;
    }
    const path = await pathAt(top, commit, names.stdout.toString("utf8").split("\0"), frame, located);
    const text = path === null ? null : await deployedText({ top, commit, path });
    if (path === null || text === null) {
      failure = { ok: false, reason: "noFile", commit };
      continue;
    }
    return { ok: true, file: { top, commit, path }, text, today: await todayOf({ top, commit, path }) };
  }
  return failure;
}

/** Folders directly below these that are repositories of their own. */
async function repositoriesIn(folders: readonly string[]): Promise<string[]> {
  const below = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
    }),
  );
  const some = below.flat().slice(0, maxFolders);
  const are = await Promise.all(
    some.map((folder) =>
      stat(join(folder, ".git")).then(
        () => true,
        () => false,
      ),
    ),
  );
  return some.filter((_, index) => are[index]);
}

/** Null where the commit has no such file, or it is no text to show. */
export async function deployedText({ top, commit, path }: DeployedFile): Promise<string | null> {
  if (!isCommit(commit) || path === "" || path.startsWith(".")) return null;
  const blob = await git(top, ["cat-file", "blob", `${commit}:${path}`], limits);
  return blob.ok ? blob.stdout.toString("utf8") : null;
}

/** Where the file is now: at its path, else where git says that it was renamed to; null where it is gone. */
export async function todayOf({ top, commit, path }: DeployedFile): Promise<string | null> {
  const now = await git(top, ["cat-file", "-e", `HEAD:${path}`], limits);
  if (now.ok) return join(top, path);
  const diff = [
    "diff",
    "--no-ext-diff",
    "--no-textconv",
    "--name-status",
    "-z",
    "-M",
    "--diff-filter=R",
    commit,
    "HEAD",
  ];
  const renamed = await git(top, diff, limits);
  if (!renamed.ok) return null;
  const fields = renamed.stdout.toString("utf8").split("\0");
  for (let at = 0; at + 2 < fields.length; at += 3) if (fields[at + 1] === path) return join(top, fields[at + 2]!);
  return null;
}

/** A full hash, as git prints it. */
export function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(text);
}

async function commitOf(top: string, releases: readonly string[]): Promise<string | null> {
  // No name begins with a hyphen, so none is an option: `--end-of-options` would leave out git before 2.24.
  for (const name of releases.flatMap(revisionNames)) {
    const found = await line(top, ["rev-parse", "--verify", "--quiet", `${name}^{commit}`]);
    if (found.ok && isCommit(found.text)) return found.text;
  }
  return null;
}

async function isShallow(top: string): Promise<boolean> {
  const answer = await line(top, ["rev-parse", "--is-shallow-repository"]);
  return answer.ok && answer.text === "true";
}

/** The file of that commit: today's path of it, if its end is the frame's too, else the one whose path ends most like the frame's. */
async function pathAt(
  top: string,
  commit: string,
  names: readonly string[],
  frame: FrameToFind,
  located: string | null,
): Promise<string | null> {
  const path = readFramePath(frame.file);
  if (path.kind !== "file") return null;
  const { tail, files } = longestTail(path, names);
  const own = located === null ? null : relative(top, located).split(sep).join("/");
  // A mapping may lead to a file of another name; else the tail tells more.
  if (tail === 0 || (path.library !== null && tail < insideSegments(path).length))
    return own !== null && names.includes(own) ? own : null;
  if (own !== null && files.includes(own)) return own;
  if (own !== null && names.includes(own) && sharedName(own, path.segments)) return own;
  let best: string | null = null;
  for (const file of files.slice(0, maxAlike)) {
    const text = await deployedText({ top, commit, path: file });
    if (text === null) continue;
    best ??= file;
    if (standingLine(text, frame).text === "same") return file;
  }
  return best;
}

function sharedName(path: string, segments: readonly string[]): boolean {
  return segmentsOf(path).at(-1) === segments.at(-1);
}

async function line(
  folder: string,
  args: readonly string[],
): Promise<{ ok: true; text: string } | { ok: false; reason: "noGit" | "notRepository" | "slow" | "failed" }> {
  const result: GitResult = await git(folder, args, limits);
  if (result.ok) return { ok: true, text: result.stdout.toString("utf8").trim() };
  switch (result.reason) {
    case "noGit":
    case "notRepository":
    case "failed":
      return { ok: false, reason: result.reason };
    case "timeout":
    case "tooLarge":
    case "cancelled":
      return { ok: false, reason: "slow" };
    default:
      return assertNever(result);
  }
}
