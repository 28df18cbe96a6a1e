import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repositoryRoot } from "./repositoryRoot";

/** The line on which every failing job of the ledger ends, in `ledger/rates.py`. */
export const failingLine = "    return prices[sku]";

const serializer = `import pickle
import traceback


def serialize(data):
    error = data.get("r")
    if data.get("s") is False and isinstance(error, BaseException):
        data = {**data, "tb": "".join(traceback.format_exception(type(error), error, error.__traceback__))}
    return pickle.dumps(data)
`;

const settings = (name: string, more: readonly string[] = []): string => `
class ${name}:
    functions = [book]
    redis_settings = RedisSettings(port=int(os.environ["ARQ_TEST_PORT"]))
    poll_delay = 0.1
${more.map((line) => `    ${line}\n`).join("")}`;

const files: Readonly<Record<string, string>> = {
  "__init__.py": "",
  "rates.py": `"""Prices, in cents."""\n\n\ndef rate_of(prices, sku):\n${failingLine}\n`,
  "tasks.py": `from .rates import rate_of\n\n\nasync def book(ctx, sku):\n    return rate_of({"pen": 120}, sku)\n`,
  "serializer.py": serializer,
  "worker.py": `import os

from arq.connections import RedisSettings

from .serializer import serialize
from .tasks import book

${settings("WorkerSettings")}
${settings("Serialized", ["job_serializer = staticmethod(serialize)"])}`,
  "pickled.py": `import os

import tblib.pickling_support
from arq.connections import RedisSettings

from .tasks import book

tblib.pickling_support.install()

${settings("WorkerSettings")}`,
  "instrumented.py": `import os

from arq.connections import RedisSettings

from .arq_monitor import instrument
from .tasks import book

${settings("WorkerSettings")}

instrument(WorkerSettings)
`,
};

/** Writes the package `ledger` into a folder: the job \`book\` fails on \`failingLine\` for every sku but "pen". */
export function writeLedger(folder: string, instrumentation: string): void {
  mkdirSync(join(folder, "ledger"), { recursive: true });
  for (const [name, text] of Object.entries({ ...files, "arq_monitor.py": instrumentation })) {
    writeFileSync(join(folder, "ledger", name), text);
  }
}

export interface LedgerWorker {
  /** Of an environment with ARQ. */
  readonly python: string;
  readonly port: number;
  /** Where `ledger` lies. */
  readonly folder: string;
  /** `ledger.worker.WorkerSettings`. */
  readonly settings: string;
  /** What tracebacks call the folder: its own name when absent. */
  readonly inside?: string;
}

/** Arguments for the interpreter, and the environment, that run the worker. */
export function workerCommand({ port, folder, settings: name, inside }: LedgerWorker): {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} {
  const container = join(repositoryRoot(), "test", "arq", "workers", "container.py");
  return {
    args: inside === undefined ? ["-m", "arq", name] : [container, folder, inside, name],
    env: {
      ARQ_TEST_PORT: String(port),
      PYTHONPATH: inside === undefined ? folder : "",
      PYTHONDONTWRITEBYTECODE: "1",
      PYTHONUNBUFFERED: "1",
    },
  };
}

/** The same as a line for a POSIX shell. */
export function workerCommandLine(worker: LedgerWorker): string {
  const { args, env } = workerCommand(worker);
  const words = ["env", ...Object.entries(env).map(([name, value]) => `${name}=${value}`), worker.python, ...args];
  return words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");
}

/** A worker that nobody sees: what it logs goes into a file, or nowhere. */
export class LedgerProcess {
  readonly #child: ChildProcess;

  constructor(worker: LedgerWorker, log: string | null) {
    const { args, env } = workerCommand(worker);
    if (log !== null) mkdirSync(dirname(log), { recursive: true });
    this.#child = spawn(worker.python, args, {
      env: { ...process.env, ...env },
      cwd: worker.folder,
      stdio: ["ignore", "ignore", log === null ? "ignore" : openSync(log, "a")],
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
  }
}

export function removeLedger(folder: string): void {
  rmSync(join(folder, "ledger"), { recursive: true, force: true });
}
