import { type ChildProcessByStdio, spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { devNull } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import type { Readable } from "node:stream";
import { assertNever } from "../python/assertNever";

export interface GitLimits {
  readonly timeoutMs: number;
  /** Of what git prints; more ends it. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export type GitResult =
  | { readonly ok: true; readonly stdout: Buffer }
  | {
      readonly ok: false;
      /** `notRepository` also where the folder does not exist. */
      readonly reason: "noGit" | "notRepository" | "timeout" | "tooLarge" | "cancelled";
    }
  | {
      readonly ok: false;
      readonly reason: "failed";
      /** Null where a signal ended it. */
      readonly exitCode: number | null;
      /** The first 4,000 characters, in English. May name paths of this machine. */
      readonly stderr: string;
    };

/** Of what git says is wrong, the part worth keeping. Characters. */
const stderrAtMost = 4000;

/**
 * What a repository's own configuration could have git run (a watcher of files, hooks, pagers, helpers for passwords, transports) is switched off.
 * Programs that no switch turns off for all commands are left to the arguments: `--no-ext-diff`, `--no-textconv`. Filters of `.gitattributes` run where git
 * compares with the files of the working tree, which is why only repositories that the user trusts may be asked at all.
 */
const switches: readonly string[] = [
  "--no-pager",
  "--literal-pathspecs",
  ...configuration({
    "core.fsmonitor": "false",
    "core.hooksPath": devNull,
    "credential.helper": "",
    "protocol.allow": "never",
    "log.showSignature": "false",
  }),
];

/**
 * Runs git in a folder, without a shell, and waits for it: nothing is written, asked, or fetched. Never throws. The caller sees to it that the workspace is trusted,
 * and that the arguments that are not fixed stand behind `--` or cannot be taken for switches.
 */
export async function git(cwd: string, args: readonly string[], limits: GitLimits): Promise<GitResult> {
  const program = await findGit();
  if (program === null) return { ok: false, reason: "noGit" };
  // Where the folder is missing, spawn says that the program is.
  if (!(await reachable(cwd, constants.F_OK))) return { ok: false, reason: "notRepository" };
  return new Promise((resolve) => run(program, cwd, args, limits, resolve));
}

function run(
  program: string,
  cwd: string,
  args: readonly string[],
  { timeoutMs, maxBytes, signal }: GitLimits,
  done: (result: GitResult) => void,
): void {
  if (signal?.aborted === true) {
    done({ ok: false, reason: "cancelled" });
    return;
  }
  const child = spawn(program, [...switches, ...args], {
    cwd,
    env: quietEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
    // A session of its own: it has no terminal to ask at, and what it started ends with it.
    detached: process.platform !== "win32",
    shell: false,
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  let stderr = "";
  let ended: "timeout" | "tooLarge" | "cancelled" | null = null;
  const end = (why: NonNullable<typeof ended>): void => {
    if (ended !== null) return;
    ended = why;
    killAll(child);
  };
  const cancel = (): void => end("cancelled");
  const timer = setTimeout(() => end("timeout"), timeoutMs);
  signal?.addEventListener("abort", cancel, { once: true });
  child.stdout.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) end("tooLarge");
    else chunks.push(chunk);
  });
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text: string) => {
    if (stderr.length < stderrAtMost) stderr = (stderr + text).slice(0, stderrAtMost);
  });
  const finish = (result: GitResult): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
    done(result);
  };
  child.on("error", () => finish({ ok: false, reason: "noGit" }));
  child.on("close", (exitCode) => {
    switch (ended) {
      case "timeout":
      case "tooLarge":
      case "cancelled":
        finish({ ok: false, reason: ended });
        return;
      case null:
        break;
      default:
        assertNever(ended);
    }
    if (exitCode === 0) finish({ ok: true, stdout: Buffer.concat(chunks) });
    else if (/not a git repository|must be run in a work tree/i.test(stderr))
      finish({ ok: false, reason: "notRepository" });
    else finish({ ok: false, reason: "failed", exitCode, stderr });
  });
}

/** Whatever else holds the ends of its pipes is not waited for. */
function killAll(child: ChildProcessByStdio<null, Readable, Readable>): void {
  try {
    if (process.platform === "win32" || child.pid === undefined) child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
  child.stdout.destroy();
  child.stderr.destroy();
}

/** Where git is on PATH. Looked for here, since Windows would look in the folder it is run in first, which is the workspace's. */
async function findGit(): Promise<string | null> {
  const name = process.platform === "win32" ? "git.exe" : "git";
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, name);
    if (isAbsolute(folder) && (await reachable(path, constants.X_OK))) return path;
  }
  return null;
}

async function reachable(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/** Nothing that leads git to another repository or to another program, and nobody is asked. */
function quietEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:GIT_|SSH_ASKPASS|PAGER$|LC_|LANG)/i.test(name));
  return {
    ...Object.fromEntries(kept),
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    // No lock is taken to note what was looked at: the user's own git must never wait for ours.
    GIT_OPTIONAL_LOCKS: "0",
    // A partial clone would fetch what it lacks.
    GIT_NO_LAZY_FETCH: "1",
    GIT_PAGER: "cat",
  };
}

function configuration(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
}
