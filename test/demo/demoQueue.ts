import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureArq } from "../support/arqEnvironment";
import { startRedis } from "../support/redisServer";
import { repositoryRoot } from "../support/repositoryRoot";
import type { Closers } from "./closers";
import { startGenerator } from "./generator";
import { startProcess } from "./processes";

export interface DemoQueue {
  readonly redisUrl: string;
  /** Copy of the demo project, connected through its own settings. */
  readonly workspace: string;
}

export interface DemoOptions {
  /** Folder of ours that is removed in the end. */
  readonly scratch: string;
  /** Writes the queue with the bundled generator, also where ARQ could be installed. */
  readonly generator: boolean;
  readonly closers: Closers;
  readonly log: (line: string) => void;
}

/**
 * A private Redis with a living queue: real workers and a producer of the demo project, or the bundled generator where
 * ARQ cannot be had. Everything that it starts is put on `closers` at once, so that a failure halfway leaves nothing.
 */
export async function startDemoQueue({ scratch, generator, closers, log }: DemoOptions): Promise<DemoQueue> {
  log("Starting a private Redis …");
  const redis = await startRedis();
  closers.add(() => redis.stop());

  const workspace = join(scratch, "shop");
  cpSync(join(repositoryRoot(), "test", "workspaces", "demo"), workspace, { recursive: true });
  // As "ARQ: Add Worker Instrumentation" does.
  cpSync(join(repositoryRoot(), "media", "arq_monitor.py"), join(workspace, "shop", "arq_monitor.py"));
  mkdirSync(join(workspace, "logs"), { recursive: true });
  mkdirSync(join(workspace, ".vscode"), { recursive: true });
  const settings = { "arq.connections": [{ name: "Demo shop", url: redis.url, environment: "development" }] };
  writeFileSync(join(workspace, ".vscode", "settings.json"), `${JSON.stringify(settings, null, 2)}\n`);

  const arq = generator ? { unavailable: "--generator was given" } : await ensureArq({ log });
  if ("unavailable" in arq) {
    log(`No real ARQ workers: ${arq.unavailable}.`);
    log("The bundled generator writes the same keys instead, byte for byte as ARQ does; no Python code runs.");
    const simulation = await startGenerator({ connect: () => redis.client(), workspace });
    closers.add(() => simulation.stop());
    return { redisUrl: redis.url, workspace };
  }

  log("Starting two ARQ workers and a producer …");
  const env = { REDIS_URL: redis.url, PYTHONDONTWRITEBYTECODE: "1", PYTHONUNBUFFERED: "1" };
  const programs: readonly (readonly [string, readonly string[]])[] = [
    ["worker", ["-m", "arq", "shop.worker.WorkerSettings", "--custom-log-dict", "shop.worker.log_config"]],
    ["billing worker", ["-m", "arq", "shop.billing_worker.WorkerSettings"]],
    ["producer", ["-m", "shop.producer"]],
  ];
  for (const [name, args] of programs) {
    const logFile = join(scratch, `${name.replace(" ", "-")}.log`);
    const program = await startProcess(arq.python, args, { cwd: workspace, env, logFile });
    let stopping = false;
    closers.add(() => {
      stopping = true;
      return program.stop();
    });
    void program.ended.then((end) => {
      if (!stopping) log(`The ${name} has ended (${end}):\n${program.tail()}`);
    });
  }
  return { redisUrl: redis.url, workspace };
}
