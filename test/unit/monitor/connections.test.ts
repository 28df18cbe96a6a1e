import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { WorkerReport } from "../../../src/monitor/workers";
import { Workers } from "../../../src/monitor/workers";
import { parseClientList } from "../../../src/redis/clientList";
import { repositoryRoot } from "../../support/repositoryRoot";

/** As test/fixtures/clientLists/record.py writes it: times in ms from the first sample. */
interface Recording {
  readonly made: string;
  readonly name: string;
  /** Workers that lived and were not paused. */
  readonly workers: number;
  readonly jobs: readonly (readonly [startedAt: number, enqueuedAt: number])[];
  readonly samples: readonly { readonly at: number; readonly clients: readonly string[] }[];
}

const recordings = readFileSync(join(repositoryRoot(), "test/fixtures/clientLists/recordings.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Recording);
const began = 1_700_000_000_000;

/** What is said after each sample. */
function reports({ jobs, samples }: Recording): WorkerReport[] {
  const workers = new Workers();
  const runningJobs = jobs.map(([startedAt, enqueuedAt]) => ({
    startedAt: began + startedAt,
    enqueuedAt: began + enqueuedAt,
  }));
  return samples.map(({ at, clients: lines }) => {
    const now = began + at;
    const clients = parseClientList(lines.join("\n"));
    const connections = { clients, clientsReadAt: now, clientsTellSince: 0 };
    workers.read({ readAt: now, health: [], processes: [], refused: [], ...connections }, jobs.length);
    return workers.report({ now, tagged: [], running: jobs.length, runningJobs, staleAfterMs: 60_000 });
  });
}

function told({ count }: WorkerReport): string {
  return count.kind === "unknown" ? "unknown" : `${count.kind} ${count.n}`;
}

/** What must be said at the end of each recording, in every version of ARQ. */
const expected: Readonly<Record<string, { readonly said: readonly string[]; readonly shown?: RegExp }>> = {
  idle: { said: ["about 1"] },
  "three idle": { said: ["about 3"] },
  // On a slow machine every reading may meet one of them in the middle of a claim.
  "working below max_jobs": { said: ["about 2", "about 1"] },
  saturated: { said: ["unknown"], shown: /perhaps at work/ },
  "two saturated": { said: ["unknown"], shown: /perhaps at work/ },
  // Between its last two samples the next jobs were started, of which this recording does not tell.
  "saturated from a backlog": { said: ["about 1", "unknown"], shown: /connections? at work$/ },
  "abort idle": { said: ["unknown", "about 1"] },
  "abort working": { said: ["unknown", "about 1"] },
  "abort saturated": { said: ["unknown", "about 1"] },
  "idle after a burst": { said: ["about 2"] },
  "working after a burst": { said: ["about 1"] },
  // So busy that a reading seldom meets the moment in which a worker looks for jobs.
  "stream with app": { said: ["unknown", "about 1", "about 2"] },
  "slow app beside a worker": { said: ["about 1", "about 2"] },
  "app without worker": { said: ["unknown", "exact 0"] },
  "waiter without worker": { said: ["unknown", "exact 0"] },
  "waiter beside a worker": { said: ["about 1"] },
  "one of two killed": { said: ["about 1"] },
  "the only one killed at work": { said: ["exact 0"] },
  "one of two paused": { said: ["about 1"] },
  "blocked event loop": { said: ["unknown"], shown: /perhaps at work/ },
  "short health interval": { said: ["about 2"] },
  "slow poll": { said: ["about 1"] },
};

describe("What connections tell of real workers", () => {
  for (const recording of recordings) {
    const { made, name, workers } = recording;
    const rule = expected[name];
    it(`is right for ${name} (${made})`, () => {
      assert.ok(rule !== undefined, "a recording without a rule");
      const all = reports(recording);
      const last = all.at(-1)!;
      assert.ok(rule.said.includes(told(last)), told(last));
      if (rule.shown !== undefined) assert.ok(all.some(({ workers: [first] }) => rule.shown?.test(first?.name ?? "")));
      for (const { count } of all) {
        if (count.kind === "exact") assert.equal(count.n, workers);
        // An estimate from one reading may be off by one.
        if (count.kind === "about") assert.ok(Math.abs(count.n - workers) <= 1, `about ${count.n} of ${workers}`);
      }
    });
  }

  it("was recorded with several versions of ARQ and of redis-py", () => {
    const versions = new Set(recordings.map(({ made }) => /ARQ ([\d.]+)/.exec(made)?.[1]));
    assert.deepEqual(
      [...versions].toSorted((a = "", b = "") => a.localeCompare(b)),
      ["0.23", "0.25.0", "0.26.3", "0.28.0"],
    );
    for (const major of ["4", "5"]) assert.ok(recordings.some(({ made }) => made.includes(`redis-py ${major}.`)));
  });
});
