import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { repositoryRoot } from "../support/repositoryRoot";
import { startRedis } from "../support/redisServer";
import { type Measure, round, Unavailable } from "./measure";

const jobsPerRun = 1200;
const rounds = 16;

interface Pair {
  readonly bare: number;
  readonly instrumented: number;
}

interface Cost {
  readonly jobsPerSecond: Pair;
  /** Per second of processor time, which other programs disturb less. */
  readonly jobsPerCpuSecond: Pair;
  /** Seconds. */
  readonly added: number;
  readonly longest: number;
}

let measured: Promise<Cost> | null = null;

/**
 * How many jobs that do nothing a worker runs in a second with the instrumentation and without: best of several runs, in turns. The share that is
 * lost is smaller than the noise of most machines, so what is added to a job is told as well, measured call by call.
 */
export async function instrumentationCost(python: string | null, log: (line: string) => void): Promise<Measure> {
  const { jobsPerSecond, jobsPerCpuSecond, added } = await cost(python);
  const { bare, instrumented } = jobsPerSecond;
  const ratio = Math.round((jobsPerCpuSecond.instrumented / jobsPerCpuSecond.bare) * 1000) / 1000;
  log(`Jobs per second of processor time, as a share of a bare worker's: ${ratio}`);
  const share = round(added * bare * 100 * 10) / 10;
  log(`The instrumentation adds ${round(added * 1e6)} µs to a job, ${share} % of ${round(1e6 / bare)} µs.`);
  return { value: round(instrumented), unit: "jobs/s", against: { bare } };
}

/** The longest that it ever stands in the way of a job: formatting a deep traceback, once per failure. */
export async function instrumentationDelay(python: string | null): Promise<Measure> {
  return { value: round((await cost(python)).longest * 1000), unit: "ms", against: {} };
}

async function cost(python: string | null): Promise<Cost> {
  if (python === null) throw new Unavailable("The instrumentation can only be measured with real ARQ.");
  measured ??= measure(python);
  return measured;
}

async function measure(python: string): Promise<Cost> {
  const redis = await startRedis();
  try {
    const script = join(repositoryRoot(), "test", "bench", "instrumentation.py");
    const args = [script, String(redis.port), String(jobsPerRun), String(rounds)];
    const { stdout } = await promisify(execFile)(python, args, {
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    });
    return JSON.parse(stdout) as Cost;
  } finally {
    await redis.stop();
  }
}
