import { type ChildProcess, execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "./eventually";
import { repositoryRoot } from "./repositoryRoot";

const folder = join(repositoryRoot(), "test", "arq", "instrumentation");

/** Keys of Redis at one moment: members of a sorted set, the fields of a JSON or a result, or the text. */
export type Keys = Readonly<Record<string, Readonly<Record<string, unknown>> | readonly string[]>>;

/** What one scenario of test/arq/instrumentation/outcomes.py left behind. */
export interface Outcome {
  readonly error?: string;
  readonly registered: Readonly<Record<string, unknown>>;
  /** Complete, failed, retried, as ARQ counted. */
  readonly counters: readonly number[];
  readonly crash: string | null;
  readonly hooks: readonly string[];
  readonly while: Keys;
  readonly after: Keys;
  readonly log: readonly string[];
}

/** `mode`: `bare`, `instrumented`, or the name of a fault. All scenarios when none is named. */
export async function playOutcomes(
  python: string,
  port: number,
  mode: string,
  scenarios: readonly string[] = [],
): Promise<ReadonlyMap<string, Outcome>> {
  const args = [join(folder, "outcomes.py"), String(port), mode, ...scenarios];
  const { stdout } = await promisify(execFile)(python, args, { maxBuffer: 1 << 26, env: quiet(port) });
  const { outcomes } = JSON.parse(stdout) as { outcomes: Record<string, Outcome> };
  return new Map(Object.entries(outcomes));
}

/** What test/arq/instrumentation/settings.py says of settings and releases. It makes a git repository in `scratch`. */
export async function trySettings(python: string, scratch: string): Promise<Readonly<Record<string, unknown>>> {
  const args = [join(folder, "settings.py"), scratch];
  const { stdout } = await promisify(execFile)(python, args, { env: quiet(0) });
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** What test/arq/instrumentation/lives.py says of workers that live otherwise than `arq` runs them. */
export async function tryLives(python: string, port: number): Promise<Readonly<Record<string, unknown>>> {
  const { stdout } = await promisify(execFile)(python, [join(folder, "lives.py"), String(port)], { env: quiet(port) });
  return JSON.parse(stdout) as Record<string, unknown>;
}

export interface RunningWorker {
  readonly pid: number;
  readonly log: () => string;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  stop(signal: NodeJS.Signals): Promise<number | string>;
}

const running = new Set<ChildProcess>();

/** `arq worker.<settings>` in test/arq/instrumentation. Resolves when it looks for jobs. */
export async function startWorker(python: string, port: number, settings: string): Promise<RunningWorker> {
  const child = spawn(python, ["-m", "arq", `worker.${settings}`], { cwd: folder, env: quiet(port) });
  running.add(child);
  let log = "";
  child.stdout.resume();
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
  const ended = new Promise<number | string>((resolve) =>
    child.once("exit", (code, signal) => {
      running.delete(child);
      resolve(code ?? signal ?? "?");
    }),
  );
  await eventually(
    () => {
      if (child.exitCode !== null) throw new Error(`The worker ended:\n${log}`);
      return log.includes("redis_version=");
    },
    { timeoutMs: 20_000 },
  );
  const stop = (signal: NodeJS.Signals): Promise<number | string> => {
    child.kill(signal);
    return ended;
  };
  return { pid: child.pid!, log: () => log, ended, stop };
}

/** `arq --check worker.<settings>`: whether it found a sign of life. */
export async function checkWorker(python: string, port: number, settings: string): Promise<boolean> {
  const child = spawn(python, ["-m", "arq", "--check", `worker.${settings}`], { cwd: folder, env: quiet(port) });
  return (await new Promise((resolve) => child.once("exit", resolve))) === 0;
}

/** Ends what a failed test left behind. */
export function killWorkers(): void {
  for (const child of running) child.kill("SIGKILL");
}

function quiet(port: number): NodeJS.ProcessEnv {
  return { ...process.env, ARQ_TEST_PORT: String(port), PYTHONDONTWRITEBYTECODE: "1", ARQ_RELEASE: "v1.2.3" };
}
