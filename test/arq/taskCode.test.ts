import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { TaskFiles } from "../../src/files/taskFiles";
import { nextRuns } from "../../src/python/tasks/nextRuns";
import { queueOf } from "../../src/python/tasks/queueOf";
import {
  arqDefaults,
  type CronSchedule,
  type ReadValue,
  type SettingsCode,
  type TaskCode,
} from "../../src/python/tasks/taskCode";
import { ensureArq } from "../support/arqEnvironment";
import { randomNumbers } from "../support/random";
import { repositoryRoot } from "../support/repositoryRoot";

/** The first with time zones for cron, an early and the latest. */
const versions = ["0.23", "0.25.0", "0.26.3", "0.28.0"];
/** SCHEDULES=5000 SEED=7 npm test arq: more than a run usually tries. */
const count = Number(process.env["SCHEDULES"] ?? 300);
const seed = Number(process.env["SEED"] ?? 1);
const runsOfEach = 4;
const scripts = join(repositoryRoot(), "test", "arq", "taskCode");
const storefront = join(repositoryRoot(), "test", "workspaces", "storefront");

interface Asked {
  readonly schedule: CronSchedule;
  readonly after: number;
  readonly zone: string;
}

/** Schedules that ARQ finds a time for soon: its search goes on for ever where there is none. */
function randomSchedules(zones: readonly string[]): Asked[] {
  const random = randomNumbers(seed);
  const below = (end: number): number => Math.floor(random() * end);
  const field = (likely: number, from: number, to: number): number | number[] | null => {
    if (random() > likely) return null;
    const one = (): number => from + below(to - from + 1);
    return random() < 0.5 ? one() : [...new Set(Array.from({ length: 1 + below(4) }, one))].sort((a, b) => a - b);
  };
  return Array.from({ length: count }, () => {
    const isByDay = random() < 0.4;
    const schedule: CronSchedule = {
      month: field(0.2, 1, 12),
      day: isByDay ? field(0.7, 1, 28) : null,
      weekday: isByDay ? null : field(0.4, 0, 6),
      hour: field(0.6, 0, 23),
      minute: field(0.7, 0, 59),
      second: field(0.95, 0, 59),
      microsecond: random() < 0.7 ? 123_456 : below(1_000_000),
    };
    // Around both changes of the clock in Europe and America, and elsewhere in the year.
    const days = [
      Date.UTC(2026, 2, 28),
      Date.UTC(2026, 9, 24),
      Date.UTC(2026, 2, 7),
      Date.UTC(2026, 9, 31),
      Date.UTC(2027, 1, 27),
    ];
    const after = (days[below(days.length)] ?? 0) + below(2 * 86_400_000);
    return { schedule, after, zone: zones[below(zones.length)] ?? "UTC" };
  });
}

for (const version of versions) {
  describe(`what ARQ ${version} makes of schedules and settings`, function () {
    this.timeout(180_000);
    let python = "";
    before(async function () {
      const found = await ensureArq({ version, log: (line) => console.log(`      ${line}`) });
      if ("python" in found) {
        ({ python } = found);
        return;
      }
      if (process.env["ARQ_LIVE"] === "required") throw new Error(`ARQ_LIVE=required, but: ${found.unavailable}`);
      console.log(`      skipped: ${found.unavailable}`);
      this.skip();
    });

    it("is when nextRuns says a job runs next, in any time zone and through changes of the clock", async () => {
      // Before 0.26, a change of month lost the time zone.
      const asked = randomSchedules(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]).map((one) =>
        version < "0.26" ? { ...one, schedule: { ...one.schedule, month: null } } : one,
      );
      const lines = asked.map(({ schedule, after, zone }) => JSON.stringify([schedule, after, zone, runsOfEach]));
      const truth = (await answers(python, lines)).map((line) => JSON.parse(line) as number[]);
      assert.equal(truth.length, asked.length);
      const wrong = asked.flatMap(({ schedule, after, zone }, index) => {
        const ours = nextRuns(schedule, after, runsOfEach, zone).map((at) => new Date(at).toISOString());
        const arq = (truth[index] ?? []).map((at) => new Date(at).toISOString());
        return ours.join() === arq.join()
          ? []
          : [`${lines[index]} after ${new Date(after).toISOString()}\n  ours ${ours.join()}\n  ARQ  ${arq.join()}`];
      });
      assert.equal(wrong.length, 0, `${wrong.length} of ${asked.length} differ:\n${wrong.slice(0, 5).join("\n")}`);
    });

    const workers: readonly (readonly [module: string, folder: string])[] = [
      ["billing.worker", "billing"],
      ["notify.worker", "notify"],
    ];
    for (const [module, folder] of workers) {
      it(`is what is read from the source of ${module}: the functions, their options and the settings`, async () => {
        const code = await new TaskFiles({ roots: [storefront] }).read();
        const settings = code.settings.find((one) => one.module === module);
        assert.ok(settings);
        const paths = [join(storefront, "services", folder), join(storefront, "libs", "common")];
        const script = join(scripts, "workers.py");
        const { stdout } = await promisify(execFile)(python, [
          "-W",
          "ignore",
          script,
          module,
          "WorkerSettings",
          ...paths,
        ]);
        assert.deepEqual(ofSource(code, settings), JSON.parse(stdout));
      });
    }
  });
}

/** As workers.py prints it. */
function ofSource(code: TaskCode, settings: SettingsCode): unknown {
  const functions: Record<string, unknown> = {};
  for (const { name, definition, registrations } of code.tasks) {
    for (const one of registrations) {
      if (one.settings !== settings || one.replaced) continue;
      const isCron = one.how === "cron";
      functions[name] = {
        file: definition?.file,
        qualname: definition?.qualname,
        timeout: valueOf(one.timeout, null),
        maxTries: valueOf(one.maxTries, isCron ? 1 : null),
        keepResult: valueOf(one.keepResult, isCron ? 0 : null),
      };
    }
  }
  const { values } = settings;
  return {
    functions,
    queue: queueOf(settings).name,
    maxJobs: valueOf(values.max_jobs, arqDefaults.max_jobs),
    jobTimeout: valueOf(values.job_timeout, arqDefaults.job_timeout),
    maxTries: valueOf(values.max_tries, arqDefaults.max_tries),
    keepResult: valueOf(values.keep_result, arqDefaults.keep_result),
    retryJobs: valueOf(values.retry_jobs, arqDefaults.retry_jobs),
    allowAbortJobs: valueOf(values.allow_abort_jobs, arqDefaults.allow_abort_jobs),
    healthCheckInterval: valueOf(values.health_check_interval, arqDefaults.health_check_interval),
  };
}

/** What applies here, where the environment says nothing. */
function valueOf<T>(read: ReadValue<T> | null, otherwise: T | null): T | null {
  if (read === null) return otherwise;
  return "value" in read ? read.value : (read.fallback ?? null);
}

async function answers(python: string, lines: readonly string[]): Promise<string[]> {
  const child = spawn(python, [join(scripts, "nextRuns.py")], { stdio: ["pipe", "pipe", "inherit"] });
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  child.stdin.end(`${lines.join("\n")}\n`);
  const code = await new Promise<number | null>((resolve, reject) => child.on("close", resolve).on("error", reject));
  assert.equal(code, 0, "nextRuns.py failed");
  return Buffer.concat(parts).toString("utf8").trimEnd().split("\n");
}
