import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureArq } from "../support/arqEnvironment";
import { freePort, type RedisServer } from "../support/redisServer";
import { apart } from "./apart";
import { fillQueue } from "./fill";
import { withResults } from "./fullIndex";
import { type Measure, percentile, round, Unavailable } from "./measure";

const queued = 500;
const startLimitMs = 30_000;

interface Rival {
  /** On PyPI. */
  readonly distribution: string;
  readonly version: string;
  /** An ASGI application, and the page of it that lists jobs. */
  readonly application: string;
  readonly page: string;
  /** Where it looks for Redis. */
  readonly environment: (port: number) => Readonly<Record<string, string>>;
}

const arqDashboard: Rival = {
  distribution: "arq-dashboard",
  version: "0.1.4",
  application: "arq_dashboard:app",
  page: "/api/jobs/",
  environment: (port) => ({ ARQ_DASHBOARD_REDIS_URL: `redis://127.0.0.1:${port}` }),
};
/** Published as source and as a container image; PyPI had no release of it when this was written. */
const arqUi: Rival = {
  distribution: "arq-ui",
  version: "0.1.0",
  application: "arq_ui.app:app",
  page: "/api/jobs",
  environment: (port) => ({ REDIS_HOST: "127.0.0.1", REDIS_PORT: String(port) }),
};
export const rivals = { arqDashboard, arqUi };

interface Page {
  readonly ms: number;
  readonly commands: number;
}

interface Compared {
  readonly ours: Page;
  readonly theirs: Page;
}

const compared = new Map<string, Promise<Compared>>();

/** From nothing known to the first page of jobs, on the same data in the same run, in turns; medians. Throws where the rival cannot be had. */
function compare(name: keyof typeof rivals, count: number, rounds: number, log: (line: string) => void) {
  const known = compared.get(name);
  if (known !== undefined) return known;
  const comparing = measure(rivals[name], count, rounds, log);
  compared.set(name, comparing);
  return comparing;
}

async function measure(rival: Rival, count: number, rounds: number, log: (line: string) => void): Promise<Compared> {
  const { distribution, version } = rival;
  const environment = await ensureArq({ distribution, version, log });
  if ("unavailable" in environment) throw new Unavailable(environment.unavailable);
  const { python } = environment;
  return withResults(count, log, async (redis) => {
    await fillQueue({ port: redis.port, count: queued, queue: "arq:queue" });
    const ours: Page[] = [];
    const theirs: Page[] = [];
    for (let round_ = 0; round_ < rounds; round_++) {
      theirs.push(await pageOf(rival, python, redis));
      ours.push(await apart("indexRun", { url: redis.url }));
      const [they, we] = [theirs.at(-1)!, ours.at(-1)!];
      log(`${distribution} ${round(they.ms)} ms, ${they.commands} commands; ours ${round(we.ms)} ms, ${we.commands}`);
    }
    const median = (pages: readonly Page[], field: keyof Page): number =>
      percentile(
        pages.map((page) => page[field]),
        50,
      );
    const page = (pages: readonly Page[]): Page => ({ ms: median(pages, "ms"), commands: median(pages, "commands") });
    return { ours: page(ours), theirs: page(theirs) };
  });
}

/** Starts it anew, so that nothing is in its cache. */
async function pageOf(rival: Rival, python: string, redis: RedisServer): Promise<Page> {
  const port = await freePort();
  const args = ["-m", "uvicorn", rival.application, "--port", String(port), "--log-level", "warning"];
  const child = spawn(python, args, {
    stdio: "ignore",
    env: { ...process.env, ...rival.environment(redis.port), PYTHONDONTWRITEBYTECODE: "1" },
  });
  try {
    await answers(`http://127.0.0.1:${port}/`, child);
    const before = await commandsOf(redis);
    const began = performance.now();
    const response = await fetch(`http://127.0.0.1:${port}${rival.page}`);
    await response.text();
    const ms = performance.now() - began;
    if (!response.ok) throw new Error(`${rival.distribution} answered ${response.status}.`);
    return { ms, commands: (await commandsOf(redis)) - before - 1 };
  } finally {
    child.kill();
  }
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + startLimitMs;
  for (;;) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`Nothing answers at ${url}.`);
    try {
      await (await fetch(url)).text();
      return;
    } catch {
      await sleep(100);
    }
  }
}

async function commandsOf(redis: RedisServer): Promise<number> {
  const client = redis.client();
  const stats = await client.info("stats");
  client.disconnect();
  return Number(/total_commands_processed:(\d+)/.exec(stats)?.[1]);
}

export async function rivalPage(
  name: keyof typeof rivals,
  count: number,
  rounds: number,
  log: (line: string) => void,
): Promise<Measure> {
  const { ours, theirs } = await compare(name, count, rounds, log);
  return { value: round(ours.ms), unit: "ms", against: { [name]: round(theirs.ms) } };
}

export async function rivalCommands(
  name: keyof typeof rivals,
  count: number,
  rounds: number,
  log: (line: string) => void,
): Promise<Measure> {
  const { ours, theirs } = await compare(name, count, rounds, log);
  return { value: ours.commands, unit: "commands", against: { [name]: theirs.commands } };
}
