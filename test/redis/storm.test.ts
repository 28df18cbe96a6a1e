import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import type { JobEvent, JobRow, Monitor } from "../../src/monitor/model";
import { ArqStorm } from "../support/arqStorm";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { watch, type Watched } from "../support/watchedMonitor";

/** More seeds: `STORM_SEEDS=7,8,9`; longer storms: `STORM_MS=20000`. */
const seeds = (process.env["STORM_SEEDS"] ?? "1").split(",").map(Number);
const stormMs = Number(process.env["STORM_MS"] ?? 4000);

describe("After any storm", function () {
  this.timeout(120_000 + 4 * stormMs);
  let server: RedisServer;
  let redis: Redis;
  /** Not over the connection of the storm: to the watcher that is a worker's, and workers do not list connections. */
  let hands: Redis;
  let watched: Watched | null = null;
  before(async () => {
    server = await startRedis();
    redis = server.client();
    hands = server.client();
  });
  after(() => server.stop());
  beforeEach(() => redis.flushall());
  afterEach(async () => {
    await watched?.monitor.close();
    watched = null;
  });

  /** Kills the watcher's connections. */
  async function cut(type: "pubsub" | "normal"): Promise<void> {
    const own = (await Promise.all([redis.client("ID"), hands.client("ID")])).map(String);
    const list = String(await hands.call("CLIENT", "LIST", "TYPE", type));
    for (const [, id] of list.matchAll(/^id=(\d+)/gm)) {
      if (!own.includes(id!)) await hands.call("CLIENT", "KILL", "ID", id!);
    }
  }

  const disturbances: readonly [what: string, disturb: (monitor: Monitor, storm: ArqStorm) => Promise<void>][] = [
    ["", async () => {}],
    [" in which connections were cut", async () => cut(Math.random() < 0.5 ? "pubsub" : "normal")],
    [
      " at which nobody looked all the time",
      async (monitor) => {
        monitor.setDemand(Math.random() < 0.5 ? "none" : "background");
        await new Promise((resolve) => setTimeout(resolve, stormMs / 8));
        monitor.setDemand("visible");
      },
    ],
    [" in which everything was deleted", async (_monitor, storm) => storm.flush()],
  ];

  for (const feed of ["push", "poll"] as const) {
    for (const [what, disturb] of disturbances) {
      for (const seed of seeds) {
        it(`${feed} shows what a fresh look shows, and has told each provable event once${what} (seed ${seed})`, async () => {
          const storm = new ArqStorm(redis, seed);
          for (let i = 0; i < 200; i++) await storm.step();
          const before = new Set([...storm.lives.values()].flat());
          watched = watch({ url: server.url, feed });
          const { monitor, events } = watched;
          await eventually(() => monitor.snapshot().complete);
          for (let round = 0; round < 3; round++) {
            await storm.rage(stormMs / 3);
            await disturb(monitor, storm);
          }
          await storm.rage(stormMs / 3);
          await sameAsFresh(monitor, feed, server.url);
          // Rows are asked for, events come: those of the last reading a moment later.
          await eventually(() => assertTold(storm, before, events, monitor));
        });
      }
    }
  }

  async function sameAsFresh(monitor: Monitor, feed: "push" | "poll", url: string): Promise<void> {
    await eventually(
      async () => {
        const fresh = watch({ url, feed: "poll" });
        try {
          await eventually(() => fresh.monitor.snapshot().complete);
          const [ours, theirs] = [monitor.snapshot(), fresh.monitor.snapshot()];
          assert.deepEqual(differences(rowsOf(monitor), rowsOf(fresh.monitor)), [], feed);
          assert.deepEqual(ours.counts, theirs.counts);
          const depths = ({ queues }: typeof ours) =>
            queues.flatMap(({ name, depth }) => (depth > 0 ? [`${name}: ${depth}`] : [])).sort();
          assert.deepEqual(depths(ours), depths(theirs));
          assert.equal(ours.status.state, "live");
        } finally {
          await fresh.monitor.close();
        }
      },
      { timeoutMs: 20_000, intervalMs: 500 },
    );
  }
});

function rowsOf(monitor: Monitor): Map<string, JobRow> {
  return new Map([...monitor.rows()].map((row) => [row.id, row]));
}

/** What no result tells is reckoned from a TTL, and off by what lies between two commands of one pipeline: a quarter of a second was seen on a busy machine. */
const reckonedMs = 1000;

/** What the watcher shows otherwise than a fresh look does. It may know more: what it saw and keys no longer tell. */
function differences(rows: ReadonlyMap<string, JobRow>, fresh: ReadonlyMap<string, JobRow>): string[] {
  const found: string[] = [];
  for (const id of rows.keys()) if (!fresh.has(id)) found.push(`${id} is gone, not ${rows.get(id)!.state}`);
  for (const [id, theirs] of fresh) {
    const ours = rows.get(id);
    if (ours === undefined) {
      found.push(`${id} is missing, ${theirs.state}`);
      continue;
    }
    for (const field of ["state", "queue", "function", "tries", "enqueuedAt", "scheduledAt"] as const) {
      const [a, b] = [ours[field], theirs[field]];
      if (a !== b && b !== null) found.push(`${id} ${ours.state}: ${field} is ${b}, not ${a}`);
    }
    const atMost = ["complete", "failed", "aborted"].includes(theirs.state) ? 0 : reckonedMs;
    for (const field of ["startedAt", "finishedAt"] as const) {
      const [a, b] = [ours[field], theirs[field]];
      if (b !== null && (a === null || Math.abs(a - b) > atMost))
        found.push(`${id} ${ours.state}: ${field} is ${b}, not ${a}`);
    }
    if (ours.error?.type !== theirs.error?.type) found.push(`${id}: error`);
  }
  return found.slice(0, 20);
}

/** Each event that Redis still proves has been told once and in order, and none that did not happen. */
function assertTold(
  storm: ArqStorm,
  before: ReadonlySet<unknown>,
  events: readonly JobEvent[],
  monitor: Monitor,
): void {
  const told = new Map<string, string[]>();
  for (const { id, event } of events) told.set(id, [...(told.get(id) ?? []), event]);
  const wrong: string[] = [];
  for (const [id, ours] of told) {
    const lives = storm.lives.get(id) ?? [];
    const happened = lives.flatMap((life) => life.events as string[]);
    for (const event of new Set(ours)) {
      const count = (list: readonly string[]) => list.filter((each) => each === event).length;
      // An end of which no result is left is a conclusion, and so is the end of a job that somebody deleted; an expired job is one whose payload was.
      const ends = ["finished", "completed", "failed", "aborted"];
      const most =
        event === "finished"
          ? lives.length
          : event === "expired"
            ? lives.filter(({ meddled }) => meddled).length
            : count(happened);
      if (count(ours) > most) wrong.push(`${id} told ${ours.join(" ")}, happened ${happened.join(" ")}`);
      if (ends.includes(event) && ours.filter((each) => ends.includes(each)).length > lives.length)
        wrong.push(`${id} ended too often: ${ours.join(" ")}`);
    }
  }
  for (const [id, lives] of storm.lives) {
    const life = lives.at(-1)!;
    // Gone without a trace, seen only in part, or not left alone.
    if (life.meddled || before.has(life) || monitor.row(id) === null || monitor.row(id)?.rememberedSince !== null)
      continue;
    const ours = told.get(id) ?? [];
    const last = ours.slice(Math.max(0, ours.lastIndexOf("enqueued")));
    // The claim that a cron job leaves proves only that it ended.
    const isProvable = monitor.row(id)?.state !== "finished";
    const isRight = isProvable ? last.join(" ") === life.events.join(" ") : isPartOf(last, life.events);
    if (!isRight) wrong.push(`${id} told ${ours.join(" ")}, its last life was ${life.events.join(" ")}`);
  }
  assert.deepEqual(wrong.slice(0, 10), [], `${wrong.length} of ${storm.lives.size} jobs`);
}

/** In this order, perhaps with others in between, and with the last, of which it may no longer be known how it ended. */
function isPartOf(some: readonly string[], all: readonly string[]): boolean {
  const known = some.at(-1) === "finished" ? [...some.slice(0, -1), all.at(-1)] : some;
  let at = 0;
  for (const each of all) if (each === known[at]) at++;
  return at === known.length && known.at(-1) === all.at(-1);
}
