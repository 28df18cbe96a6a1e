import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { eventually } from "./eventually";
import { type RedisServer, startRedis } from "./redisServer";
import { repositoryRoot } from "./repositoryRoot";
import { type Deviation, type JobLook, type Look, problemsOfRow, problemsOfWorkers } from "./sceneLook";
import { everything, watch, type Watched } from "./watchedMonitor";

/** How a scene went: `why` it cannot happen with this version of ARQ, or what was shown wrongly. */
export type SceneEnd =
  | { readonly end: "right" }
  | { readonly end: "wrong"; readonly why: string }
  | { readonly end: "impossible"; readonly why: string };

export interface SceneRunOptions {
  /** Interpreter of an environment with ARQ and msgpack. */
  readonly python: string;
  readonly feeds: readonly ("push" | "poll")[];
  /** What a fork of ARQ puts before the name of every key: `shop` for `shop:arq:queue`. */
  readonly keyPrefix?: string;
  readonly deviation: Deviation;
}

interface Message {
  readonly scenes?: readonly string[];
  readonly impossible?: Readonly<Record<string, string>>;
  readonly look?: number;
  readonly expect?: Look;
  readonly scene?: string;
  readonly error?: string | null;
}

/** For a state to show on a busy machine; most take milliseconds. */
const patienceMs = 40_000;

/** All scenes of test/arq/scenarios on a Redis of their own, with monitors that watch it from the beginning. */
export class SceneRun {
  readonly #ends = new Map<string, SceneEnd>();
  readonly #waiting = new Map<string, (end: SceneEnd) => void>();
  #names: readonly string[] = [];
  #over: string | null = null;
  #stopped = false;
  #child: ChildProcess | null = null;
  #redis: RedisServer | null = null;
  #folder: string | null = null;
  #watched: Watched[] = [];

  constructor(private readonly options: SceneRunOptions) {}

  /** Resolves when the scenes have begun. */
  async start(): Promise<void> {
    const redis = (this.#redis = await startRedis());
    const folder = (this.#folder = mkdtempSync(join(tmpdir(), "arq-scenes-")));
    const { keyPrefix } = this.options;
    const prefix = keyPrefix === undefined ? "arq" : `${keyPrefix}:arq`;
    this.#watched = this.options.feeds.map((feed) => watch({ url: redis.url, feed, prefix }));
    for (const { monitor } of this.#watched) {
      await eventually(() => monitor.snapshot().complete, { timeoutMs: patienceMs });
    }
    const child = spawn(this.options.python, ["drive.py"], {
      cwd: join(repositoryRoot(), "test", "arq", "scenarios"),
      env: {
        ...process.env,
        ARQ_SCENES: folder,
        ARQ_SCENES_PORT: String(redis.port),
        ARQ_SCENES_PREFIX: keyPrefix ?? "",
        PYTHONDONTWRITEBYTECODE: "1",
        PYTHONIOENCODING: "utf-8",
        // The scenes' own clock, whatever the machine's.
        TZ: "UTC",
      },
    });
    this.#child = child;
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    const begun = new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        const message = JSON.parse(line) as Message;
        this.#hear(message);
        if (message.scenes !== undefined) resolve();
      });
    });
    const ended = new Promise<void>((resolve) => {
      child.once("close", (code) => {
        this.#over = `The scenes ended with ${code}.\n${errors.slice(-3000)}`;
        for (const [name, tell] of this.#waiting) tell(this.#ends.get(name) ?? { end: "wrong", why: this.#over });
        resolve();
      });
    });
    await Promise.race([begun, ended]);
    if (this.#names.length === 0) throw new Error(this.#over ?? "The scenes did not begin.");
  }

  /** Names of the scenes that the Python side has. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** How a scene went, when it has ended. */
  end(name: string): Promise<SceneEnd> {
    const end = this.#ends.get(name);
    if (end !== undefined) return Promise.resolve(end);
    if (this.#over !== null) return Promise.resolve({ end: "wrong", why: this.#over });
    return new Promise((resolve) => this.#waiting.set(name, resolve));
  }

  /** Calling it again does nothing more. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    const child = this.#child;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      // The driver ends its workers when its stdin ends.
      child.stdin?.end();
      const closed = new Promise((resolve) => child.once("exit", resolve));
      const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
      await closed;
      clearTimeout(timer);
    }
    await Promise.all(this.#watched.map(({ monitor }) => monitor.close()));
    await this.#redis?.stop();
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }

  #hear({ scenes, impossible = {}, look, expect, scene, error }: Message): void {
    if (scenes !== undefined) {
      this.#names = scenes;
      for (const [name, why] of Object.entries(impossible)) this.#settle(name, { end: "impossible", why });
    } else if (look !== undefined && expect !== undefined) {
      void this.#look(expect).then((problem) => {
        this.#child?.stdin?.write(`${JSON.stringify({ look, error: problem })}\n`);
      });
    } else if (scene !== undefined) {
      this.#settle(scene, error === null || error === undefined ? { end: "right" } : { end: "wrong", why: error });
    }
  }

  #settle(name: string, end: SceneEnd): void {
    this.#ends.set(name, end);
    this.#waiting.get(name)?.(end);
  }

  /** @returns what stayed wrong, or null as soon as every monitor has shown the truth. */
  async #look(look: Look): Promise<string | null> {
    const problems = await Promise.all(
      this.#watched.map(async (watched) => {
        try {
          await eventually(
            async () => {
              const wrong = await this.#problems(watched, look);
              if (wrong.length > 0) throw new Error(`${watched.feed}: ${wrong.join("; ")}${trouble(watched)}`);
            },
            { timeoutMs: patienceMs, intervalMs: 50 },
          );
          return null;
        } catch (error) {
          return (error as Error).message;
        }
      }),
    );
    return problems.find((problem) => problem !== null) ?? null;
  }

  async #problems({ monitor, events }: Watched, look: Look): Promise<string[]> {
    if ("worker" in look) return problemsOfWorkers(monitor.snapshot(), look);
    const row = monitor.row(look.id);
    if (row === null) return [`nothing is known of ${look.id}`];
    const problems = problemsOfRow(row, look, true, this.options.deviation);
    if (problems.length > 0) return problems;
    if (look.gone === true) {
      if ((await monitor.query({ ...everything, text: look.id })).total > 0) return ["it is still among the jobs"];
      const end = events.find(({ id, event }) => id === look.id && event === "finished");
      if (end === undefined) return ["no event tells that it has finished"];
      if (end.at < (look.notBefore ?? 0) - 5) return [`it is said to have finished at ${end.at}, before it did`];
    }
    return look.resultTtl === undefined ? [] : this.#problemsOfResult(monitor, look);
  }

  async #problemsOfResult(monitor: Watched["monitor"], { id, resultTtl }: JobLook): Promise<string[]> {
    const ttl = (await monitor.open(id))?.facts.result?.ttl;
    return ttl === resultTtl ? [] : [`the result is shown to be kept for ${ttl}, but it is ${resultTtl}`];
  }
}

/** What its log says that may explain a wrong look: a lost connection above all. */
function trouble({ monitor, logger }: Watched): string {
  const lines = logger.lines.filter(({ level }) => level !== "debug").slice(-4);
  return ` (${monitor.snapshot().status.state}; log: ${lines.map(({ message }) => message).join(" | ")})`;
}
