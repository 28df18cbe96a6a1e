import { join } from "node:path";
import { repositoryRoot } from "../support/repositoryRoot";
import { startRedis } from "../support/redisServer";
import { childProgram } from "./apart";
import type { FollowOptions } from "./follower";
import { type LineProcess, startLines } from "./lineProcess";
import { type Measure, percentile, round, Unavailable } from "./measure";

interface Round {
  readonly waitMs: number;
  readonly redisCpu: number;
  /** Jobs per second of each 200. */
  readonly rates: readonly number[];
}

/** Who watches, in the order of each round: nobody first. */
type Rounds = Readonly<Record<string, readonly Round[]>>;

type Watching = Pick<FollowOptions, "how" | "watchers">;

/** After this time no further round begins. */
const enoughMs = 150_000;

/** Rounds of a real worker, in turns without and with each of the watchers. */
async function inTurns(
  python: string | null,
  mode: readonly string[],
  rounds: number,
  watching: Readonly<Record<string, Watching>>,
  log: (line: string) => void,
): Promise<Rounds> {
  if (python === null) throw new Unavailable("The cost to workers can only be measured with real ARQ.");
  const redis = await startRedis();
  const processes: LineProcess[] = [];
  const start = (command: string, args: readonly string[]): LineProcess => {
    const started = startLines(command, args);
    processes.push(started);
    return started;
  };
  try {
    const worker = start(python, [
      join(repositoryRoot(), "test", "bench", "workerCost.py"),
      String(redis.port),
      ...mode,
    ]);
    await worker.next();
    const watchers = Object.entries(watching).map(([name, { how, watchers: count }]) => {
      const options: FollowOptions = { url: redis.url, how, watchers: count };
      return { name, process: start(process.execPath, [childProgram(), "follow", JSON.stringify(options)]) };
    });
    const found: Record<string, Round[]> = {};
    const run = async (name: string, watcher: LineProcess | null): Promise<void> => {
      await worker.ask("prepare");
      await watcher?.ask("on");
      const answer = JSON.parse(await worker.ask("run")) as Round;
      await watcher?.ask("off");
      (found[name] ??= []).push(answer);
      const rate = answer.rates.length === 0 ? "" : `, ${round(percentile(answer.rates, 50))} jobs/s`;
      log(`${name}: waited ${round(answer.waitMs)} ms, Redis ${round(answer.redisCpu)} %${rate}`);
    };
    const began = performance.now();
    for (let count = 0; count < rounds && performance.now() - began < enoughMs; count++) {
      await run("nobody", null);
      for (const { name, process } of watchers) await run(name, process);
    }
    return found;
  } finally {
    for (const each of processes) each.close();
    await redis.stop();
  }
}

const medianOf = (rounds: readonly Round[] | undefined, field: "waitMs" | "redisCpu"): number =>
  percentile(
    (rounds ?? []).map((each) => each[field]),
    50,
  );

const perSecond = 100;
const pacedRounds = 5;
const secondsPerRound = 8;

/** Less than the full rounds, jobs and seconds where only the bench itself is to be tried. */
type Size = (full: number) => number;

let paced: Promise<Rounds> | null = null;

/** 100 jobs a second, with nobody, one and ten who watch. */
function pace(python: string | null, size: Size, log: (line: string) => void): Promise<Rounds> {
  const mode = ["paced", String(perSecond), String(perSecond * size(secondsPerRound))];
  const watching = { one: { how: "monitor", watchers: 1 }, ten: { how: "monitor", watchers: 10 } } as const;
  paced ??= inTurns(python, mode, size(pacedRounds), watching, log);
  return paced;
}

/** From the moment a job is due to its start: the median of the medians. */
export async function workerWait(
  watchers: "one" | "ten",
  python: string | null,
  size: Size,
  log: (line: string) => void,
): Promise<Measure> {
  const { [watchers]: watched, nobody } = await pace(python, size, log);
  const against = { nobody: hundredths(medianOf(nobody, "waitMs")) };
  return { value: hundredths(medianOf(watched, "waitMs")), unit: "ms", against };
}

/** Share of a processor that Redis uses. */
export async function workerRedisCpu(
  watchers: "one" | "ten",
  python: string | null,
  size: Size,
  log: (line: string) => void,
): Promise<Measure> {
  const { [watchers]: watched, nobody } = await pace(python, size, log);
  const against = { nobody: hundredths(medianOf(nobody, "redisCpu")) };
  return { value: hundredths(medianOf(watched, "redisCpu")), unit: "% of a CPU", against };
}

const saturatedJobs = 4000;
const saturatedRounds = 7;
/** Two of the pieces that are timed, and what comes before the first. */
const fewestJobs = 600;

/** Of the pieces of all rounds the tenth that other programs disturbed least. */
const undisturbed = (rounds: readonly Round[] | undefined): number =>
  round(
    percentile(
      (rounds ?? []).flatMap(({ rates }) => rates),
      90,
    ),
  );

/** How many jobs a worker runs that has more than it can do, while one watches. */
export async function workerSaturated(
  python: string | null,
  size: Size,
  log: (line: string) => void,
): Promise<Measure> {
  const watching = { one: { how: "monitor", watchers: 1 }, naive: { how: "naive", watchers: 1 } } as const;
  const jobs = Math.max(fewestJobs, size(saturatedJobs));
  const found = await inTurns(python, ["saturated", String(jobs)], size(saturatedRounds), watching, log);
  const against = { nobody: undisturbed(found["nobody"]), "a naive follower": undisturbed(found["naive"]) };
  return { value: undisturbed(found["one"]), unit: "jobs/s", against };
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;
