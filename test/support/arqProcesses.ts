import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { repositoryRoot } from "./repositoryRoot";

export interface ArqProcessOptions {
  /** Interpreter of an environment with ARQ: `requireArq`. */
  readonly python: string;
  readonly port: number;
  /** More folders to import from. */
  readonly path?: readonly string[];
}

export interface ArqWorker {
  readonly pid: number;
  /** What it has written to its log so far. */
  readonly log: () => string;
  /** SIGTERM, as a deployment does; SIGKILL, as the kernel does. Resolves when the process has ended. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** Options of `enqueue_job`, with their underscores. */
export type EnqueueOptions = Partial<
  Record<"_job_id" | "_queue_name", string> & Record<"_defer_by" | "_expires" | "_job_try", number>
>;

/** Real ARQ processes on one Redis: workers by the settings classes of test/arq/workers/jobs.py, and a client. */
export class ArqProcesses {
  readonly #options: ArqProcessOptions;
  readonly #running = new Set<ChildProcess>();
  readonly #answers: ((answer: Record<string, unknown>) => void)[] = [];
  #client: ChildProcess | null = null;

  constructor(options: ArqProcessOptions) {
    this.#options = options;
  }

  /** Resolves when the worker looks for jobs. Rejects with its log when it ends before. */
  async startWorker(settings: string): Promise<ArqWorker> {
    const child = this.#spawn(["-m", "arq", `jobs.${settings}`]);
    let log = "";
    await new Promise<void>((resolve, reject) => {
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        log += text;
        // The line after "Starting worker": Redis has answered.
        if (log.includes("redis_version=")) resolve();
      });
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`The worker ${settings} ended with ${code}:\n${log}`)));
    });
    return { pid: child.pid!, log: () => log, stop: (signal) => this.#stop(child, signal) };
  }

  /** @returns the id; null when ARQ refused because a job or result of this id is there. */
  async enqueue(name: string, args: readonly unknown[] = [], options: EnqueueOptions = {}): Promise<string | null> {
    return (await this.#ask({ function: name, args, options }))["id"] as string | null;
  }

  /** `Job.abort()`. @returns whether ARQ says that the job was aborted. */
  async abort(id: string): Promise<boolean> {
    return (await this.#ask({ abort: id }))["aborted"] as boolean;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running].map((child) => this.#stop(child)));
  }

  #ask(request: unknown): Promise<Record<string, unknown>> {
    this.#client ??= this.#startClient();
    return new Promise((resolve, reject) => {
      this.#answers.push((answer) => {
        if ("error" in answer) reject(new Error(String(answer["error"])));
        else resolve(answer);
      });
      this.#client?.stdin?.write(`${JSON.stringify(request)}\n`);
    });
  }

  #startClient(): ChildProcess {
    const child = this.#spawn(["client.py"]);
    let errors = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (errors += text));
    createInterface({ input: child.stdout! }).on("line", (line) => {
      this.#answers.shift()?.(JSON.parse(line) as Record<string, unknown>);
    });
    child.once("exit", () => {
      for (const answer of this.#answers.splice(0)) answer({ error: `The ARQ client ended:\n${errors}` });
    });
    return child;
  }

  #spawn(args: readonly string[]): ChildProcess {
    const { python, port, path = [] } = this.#options;
    const folder = join(repositoryRoot(), "test", "arq", "workers");
    const child = spawn(python, args, {
      cwd: folder,
      env: {
        ...process.env,
        ARQ_TEST_PORT: String(port),
        PYTHONPATH: [folder, ...path].join(process.platform === "win32" ? ";" : ":"),
        PYTHONDONTWRITEBYTECODE: "1",
      },
    });
    this.#running.add(child);
    child.once("exit", () => this.#running.delete(child));
    return child;
  }

  async #stop(child: ChildProcess, signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }
}
