import { ConnectError } from "./connectError";
import { KeyBatch } from "./keyBatch";
import type { ReadCommand, Reply } from "./readOnlyCommands";
import { asMembers, asScanPage, asText, isError } from "./replies";
import type { SessionContext } from "./sessionContext";

/** Keys that `SCAN` looks at in one call: half a millisecond to two of the server's time, as its memory is warm or cold. */
const nearCount = 1000;
/** A far server is asked for more at once, because each page costs the way there and back. */
const farCount = 2000;
const farMs = 40;
const pageSize = 1000;
/** After so much waiting for pages we rest as long: looking where nothing is found takes at most half of the server's time. */
const sliceMs = 10;
const metLimit = 500_000;
const pagesPerProgress = 5;
const pauseLookMs = 100;

/**
 * Looks at everything once, what matters most first: known queues are announced, to be counted, with the health records and the first members of each;
 * then the other members; then every key of ARQ; then sorted sets and health records outside the prefix. Never holds the server or this process for long.
 * Stands still while `sweepControl.paused`. Ends early when `current` turns false; then `sweepEnded` is not told.
 */
export async function sweep(context: SessionContext, current: () => boolean): Promise<void> {
  const { sink, redis, refusals, found } = context;
  found.foreign.clear();
  await sink.sweepStarted();
  // Not waited for: counting the queues goes first. Not DBSIZE: it is one more right to ask for, and this one is needed anyway.
  const info = refusals.has("info") ? Promise.resolve([]) : redis.run([["info", "keyspace"]]);
  info.catch(() => {});
  const known = Array.from(found.queues);
  await sink.touched({ jobs: [], queues: known, workers: true, origin: "sweep" });
  const told = await info;
  refusals.note(told);
  const look = new Look(context, current, { keysTotal: keyCount(asText(told[0]), context.db) });
  const long: string[] = [];
  for (const queue of known) if (await look.members(queue, 0, pageSize)) long.push(queue);
  for (const queue of long) await look.members(queue, pageSize);
  await lookOutside(context, look, await lookAtOwn(context, look));
  // Those that results have named meanwhile are known by now, so that they were not looked for.
  for (const queue of found.queues) if (!look.listed.has(queue)) await look.members(queue, 0);
  if (look.going) await sink.sweepEnded();
}

/** Looks only for queues and health records outside the prefix; what is found is touched with its members. */
export async function searchQueues(context: SessionContext, current: () => boolean): Promise<void> {
  // What was no queue when it was looked at last may be one now.
  context.found.foreign.clear();
  await lookOutside(context, new Look(context, current, null), { any: true, unnamedFrom: "0" });
}

/** What the look at ARQ's keys has seen of others. */
interface Outside {
  /** There are keys that do not begin as ARQ's do. */
  readonly any: boolean;
  /** From this cursor on their names were not seen; null: all were. */
  readonly unnamedFrom: string | null;
}

/**
 * Meets every key of ARQ. As long as most keys are, the names of all are looked at, which spares looks for the others; as soon as most are not, the
 * server is asked for ARQ's alone. A cursor means the same place either way.
 */
async function lookAtOwn({ keys }: SessionContext, look: Look): Promise<Outside> {
  const prefix = `${keys.prefix}:`;
  const results = keys.result("");
  const pattern = `${escapeGlob(prefix)}*`;
  let own = 0;
  let foreign = 0;
  let unnamedFrom: string | null = null;
  await look.scan(
    "0",
    (cursor, count) => {
      if (foreign > own) unnamedFrom ??= cursor;
      look.passes = 1 + (foreign > 0 ? 1 : 0) + (unnamedFrom === null ? 0 : 1);
      return unnamedFrom === null
        ? ["scan", cursor, "COUNT", count]
        : ["scan", cursor, "MATCH", pattern, "COUNT", count];
    },
    (key, batch) => {
      if (!key.startsWith(prefix)) {
        foreign++;
        if (key.includes("health")) batch.addHealthCandidate(key);
        return;
      }
      own++;
      // Most keys by far are results.
      if (key.startsWith(results) && key.length > results.length) batch.jobs.add(key.slice(results.length));
      else look.meet(key, batch);
    },
  );
  return { any: foreign > 0, unnamedFrom };
}

async function lookOutside({ keys }: SessionContext, look: Look, { any, unnamedFrom }: Outside): Promise<void> {
  const isOutside = (key: string): boolean => !key.startsWith(`${keys.prefix}:`);
  if (any) {
    await look.scan(
      "0",
      (cursor, count) => ["scan", cursor, "COUNT", count, "TYPE", "zset"],
      (key, batch) => {
        if (isOutside(key)) batch.addCandidate(key);
      },
    );
  }
  if (unnamedFrom !== null) {
    await look.scan(
      unnamedFrom,
      (cursor, count) => ["scan", cursor, "MATCH", "*health*", "COUNT", count],
      (key, batch) => {
        if (isOutside(key)) batch.addHealthCandidate(key);
      },
    );
  }
}

/** One way through keys and queues, in slices, touching what it meets. */
class Look {
  /** Ways through all keys that are made, as far as is known. */
  passes = 1;
  /** Queues whose members were looked at. */
  readonly listed = new Set<string>();
  /** Members of the queues met so far. */
  readonly #met = new Set<string>();
  readonly #context: SessionContext;
  readonly #current: () => boolean;
  readonly #batch: KeyBatch;
  /** Null: nobody is told how far it has come. `keysTotal` null: it is not known. */
  readonly #progress: { readonly keysTotal: number | null } | null;
  #looked = 0;
  #ended = 0;
  #told = 0;
  #pages = 0;
  /** The best time of a page, ms. */
  #bestMs = Number.POSITIVE_INFINITY;
  #waitedMs = 0;

  constructor(context: SessionContext, current: () => boolean, progress: { readonly keysTotal: number | null } | null) {
    this.#context = context;
    this.#current = current;
    this.#progress = progress;
    this.#batch = new KeyBatch(context);
  }

  get going(): boolean {
    return this.#current() && !this.#context.ended();
  }

  /** Touches the members of a queue from this rank on, at most so many. True when there are more. */
  async members(queue: string, from: number, atMost = Number.POSITIVE_INFINITY): Promise<boolean> {
    const { sink, refusals } = this.#context;
    this.listed.add(queue);
    for (let start = from; this.going && !refusals.has("zrange"); start += pageSize) {
      if (start - from >= atMost) return true;
      const replies = await this.#ask(["zrange", queue, start, start + pageSize - 1, "WITHSCORES"]);
      refusals.note(replies);
      const page = asMembers(replies[0]) ?? [];
      const jobs = page.map(({ id }) => id);
      for (const id of jobs) if (this.#met.size < metLimit) this.#met.add(id);
      await sink.touched({ jobs, queues: start === 0 ? [queue] : [], workers: false, origin: "sweep" });
      if (page.length < pageSize) return false;
      await this.#rest();
    }
    return false;
  }

  /** A key of ARQ that is no result. */
  meet(key: string, batch: KeyBatch): void {
    const parsed = this.#context.keys.parse(key);
    // Errors of tries outlive their job, and say nothing of its state. The members of the queues were announced already.
    if (parsed?.kind === "tries" || (parsed !== null && "id" in parsed && this.#met.has(parsed.id))) return;
    batch.add(key);
  }

  /** Goes through all keys from this cursor on. The next page is on its way while one is worked on. */
  async scan(
    from: string,
    command: (cursor: string, count: number) => ReadCommand,
    take: (key: string, batch: KeyBatch) => void,
  ): Promise<void> {
    const { refusals } = this.#context;
    const ask = async (cursor: string) => {
      const count = this.#bestMs > farMs && this.#bestMs < Number.POSITIVE_INFINITY ? farCount : nearCount;
      const replies = await this.#ask(command(cursor, count));
      return { replies, count };
    };
    let next: ReturnType<typeof ask> | null = this.going && !refusals.has("scan") ? ask(from) : null;
    while (next !== null) {
      const { replies, count } = await next;
      next = null;
      refusals.note(replies);
      const [reply] = replies;
      if (isError(reply)) {
        // Redis before 6 has no TYPE option: queues outside the prefix must then be named.
        if (reply.commandRefused || reply.message.includes("syntax error")) break;
        // A sweep that was cut short must not look whole.
        throw new ConnectError("established", false, new Error(reply.message));
      }
      const page = asScanPage(reply);
      if (page === null || !this.going) break;
      for (const key of page.keys) take(key, this.#batch);
      await this.#rest();
      if (page.cursor !== "0" && this.going) {
        next = ask(page.cursor);
        // Whoever waits for it hears of a failure; until then it is nobody's.
        next.catch(() => {});
      }
      if (this.#batch.jobs.size >= pageSize || this.#batch.hasCandidates) await this.#flush();
      this.#looked += count;
      if (++this.#pages % pagesPerProgress === 0) await this.#tell(false);
    }
    await this.#flush();
    this.#ended++;
  }

  async #ask(command: ReadCommand): Promise<readonly Reply[]> {
    const began = performance.now();
    const replies = await this.#context.redis.run([command]);
    const took = performance.now() - began;
    this.#bestMs = Math.min(this.#bestMs, took);
    this.#waitedMs += took;
    return replies;
  }

  async #flush(): Promise<void> {
    const discovered = this.#batch.hasCandidates ? await this.#batch.resolve() : [];
    if (!this.#batch.empty) await this.#context.sink.touched(this.#batch.take("sweep"));
    for (const queue of discovered) await this.members(queue, 0);
  }

  async #rest(): Promise<void> {
    const { clock, sweepControl } = this.#context;
    const wait = (ms: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, ms));
    if (this.#waitedMs >= sliceMs) {
      this.#waitedMs = 0;
      await wait(sliceMs);
    }
    if (!sweepControl.paused) return;
    await this.#tell(true);
    while (sweepControl.paused && this.going) await wait(pauseLookMs);
    await this.#tell(false);
  }

  /**
   * Tells how far it has come, in keys: all passes together make `keysTotal`. Never less than told before, though a further pass may turn out to be
   * needed, and never beyond the pass that runs, though keys may have been added.
   */
  async #tell(paused: boolean): Promise<void> {
    // A search for queues is no look at everything: told as one, it would be taken for a sweep that never ends.
    if (!this.going || this.#progress === null) return;
    const total = this.#progress.keysTotal;
    const looked = total === null ? this.#looked : Math.min(this.#looked, total * (this.#ended + 1)) / this.passes;
    this.#told = Math.max(this.#told, Math.floor(total === null ? looked : Math.min(looked, total)));
    await this.#context.sink.sweepProgress({ keysScanned: this.#told, keysTotal: total, paused });
  }
}

/** `INFO keyspace` has a line such as `db0:keys=12,expires=3,…` for each database that is not empty. Null where it was not told. */
function keyCount(info: string | null, db: number): number | null {
  if (info === null) return null;
  const match = new RegExp(`^db${db}:keys=(\\d+)`, "m").exec(info);
  return match === null ? 0 : Number(match[1]);
}

/** `MATCH` takes a glob; a prefix is meant literally. */
export function escapeGlob(text: string): string {
  return text.replace(/[*?[\]\\^]/g, String.raw`\$&`);
}
