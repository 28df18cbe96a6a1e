import { ConnectError } from "./connectError";
import { KeyBatch } from "./keyBatch";
import type { ReadCommand } from "./readOnlyCommands";
import { asMembers, asScanPage, asText, isError } from "./replies";
import type { SessionContext } from "./sessionContext";

/** `SCAN` looks at so many keys per call: about half a millisecond of the server's time. */
const scanCount = 1000;
const pageSize = 1000;
/** After this much looking without a rest, others come first. */
const sliceMs = 20;
const restMs = 5;
const metLimit = 500_000;
/** Passes over all keys that a sweep makes. */
const passes = 3;

/** Learns what a sweep meets. */
export interface SweepObserver {
  met(key: string): void;
  /** Every key under the prefix that was there all the while has been met. */
  allMet(): void;
}

/**
 * Looks at everything once: known queues and their members, then every key of ARQ, then sorted sets and health records outside the prefix.
 * Never holds the server or this process for long. Ends early when `current` turns false; then `sweepEnded` is not told.
 */
export async function sweep(
  context: SessionContext,
  current: () => boolean,
  observer: SweepObserver | null,
): Promise<void> {
  const { sink, redis, refusals, keys, found } = context;
  found.foreign.clear();
  await sink.sweepStarted();
  // Not DBSIZE: it is one more right to ask for, and this one is needed anyway.
  const info = refusals.has("info") ? [] : await redis.run([["info", "keyspace"]]);
  refusals.note(info);
  const keysTotal = keyCount(asText(info[0]), context.db);
  const look = new Look(context, current, (pages, pass) => sink.sweepProgress(progress(pages, pass, keysTotal)));
  // A copy: what is found on the way announces its members by itself.
  for (const queue of Array.from(found.queues)) await look.members(queue);
  const pattern = `${escapeGlob(keys.prefix)}:*`;
  await look.scan(
    (cursor) => ["scan", cursor, "MATCH", pattern, "COUNT", scanCount],
    (key, batch) => {
      observer?.met(key);
      const parsed = keys.parse(key);
      // The members of the queues were announced already; only a result says something new about them.
      const repeated = parsed !== null && "id" in parsed && parsed.kind !== "result" && look.met.has(parsed.id);
      // Errors of tries outlive their job, and say nothing of its state.
      if (!repeated && parsed?.kind !== "tries") batch.add(key);
    },
  );
  if (look.going) observer?.allMet();
  await lookOutside(context, look);
  if (look.going) await sink.sweepEnded();
}

/** Looks only for queues and health records outside the prefix; what is found is touched with its members. */
export async function searchQueues(context: SessionContext, current: () => boolean): Promise<void> {
  // What was no queue when it was looked at last may be one now.
  context.found.foreign.clear();
  await lookOutside(context, new Look(context, current, () => {}));
}

async function lookOutside({ keys }: SessionContext, look: Look): Promise<void> {
  const outside = (key: string): boolean => !key.startsWith(`${keys.prefix}:`);
  await look.scan(
    (cursor) => ["scan", cursor, "COUNT", scanCount, "TYPE", "zset"],
    (key, batch) => {
      if (outside(key)) batch.addCandidate(key);
    },
  );
  await look.scan(
    (cursor) => ["scan", cursor, "MATCH", "*health*", "COUNT", scanCount],
    (key, batch) => {
      if (outside(key)) batch.addHealthCandidate(key);
    },
  );
}

/** One way through keys and queues, in slices, touching what it meets. */
class Look {
  /** Members of the queues met so far. */
  readonly met = new Set<string>();
  readonly #context: SessionContext;
  readonly #current: () => boolean;
  readonly #onPages: (pages: number, pass: number) => void | Promise<void>;
  readonly #batch: KeyBatch;
  readonly #rest: () => Promise<void>;
  #pages = 0;
  #pass = 0;

  constructor(
    context: SessionContext,
    current: () => boolean,
    onPages: (pages: number, pass: number) => void | Promise<void>,
  ) {
    this.#context = context;
    this.#current = current;
    this.#onPages = onPages;
    this.#batch = new KeyBatch(context);
    this.#rest = pacer(context);
  }

  get going(): boolean {
    return this.#current() && !this.#context.ended();
  }

  async members(queue: string): Promise<void> {
    const { sink, redis, refusals } = this.#context;
    for (let start = 0; this.going && !refusals.has("zrange"); start += pageSize) {
      const replies = await redis.run([["zrange", queue, start, start + pageSize - 1, "WITHSCORES"]]);
      refusals.note(replies);
      const page = asMembers(replies[0]) ?? [];
      for (const { id } of page) if (this.met.size < metLimit) this.met.add(id);
      await sink.touched({
        jobs: page.map(({ id }) => id),
        queues: start === 0 ? [queue] : [],
        workers: start === 0,
        origin: "sweep",
      });
      if (page.length < pageSize) break;
      await this.#rest();
    }
  }

  async scan(command: (cursor: string) => ReadCommand, take: (key: string, batch: KeyBatch) => void): Promise<void> {
    const { redis, refusals } = this.#context;
    let cursor = "0";
    do {
      if (!this.going || refusals.has("scan")) break;
      const replies = await redis.run([command(cursor)]);
      refusals.note(replies);
      const [reply] = replies;
      if (isError(reply)) {
        // Redis before 6 has no TYPE option: queues outside the prefix must then be named.
        if (reply.commandRefused || reply.message.includes("syntax error")) break;
        // A sweep that was cut short must not look whole.
        throw new ConnectError("established", false, new Error(reply.message));
      }
      const page = asScanPage(reply);
      if (page === null) break;
      cursor = page.cursor;
      for (const key of page.keys) take(key, this.#batch);
      if (this.#batch.jobs.size >= pageSize || this.#batch.hasCandidates) await this.#flush();
      this.#pages++;
      if (this.#pages % 10 === 0) await this.#onPages(this.#pages, this.#pass);
      await this.#rest();
    } while (cursor !== "0");
    await this.#flush();
    this.#pass++;
  }

  async #flush(): Promise<void> {
    const discovered = this.#batch.hasCandidates ? await this.#batch.resolve() : [];
    if (!this.#batch.empty) await this.#context.sink.touched(this.#batch.take("sweep"));
    for (const queue of discovered) await this.members(queue);
  }
}

/** Never ahead of the pass that runs, so that the number does not jump back when a pass looks at more or fewer keys than expected. */
function progress(pages: number, pass: number, keysTotal: number | null) {
  const scanned = Math.floor((pages * scanCount) / passes);
  if (keysTotal === null) return { keysScanned: scanned, keysTotal, paused: false };
  return { keysScanned: Math.min(scanned, Math.floor((keysTotal * (pass + 1)) / passes)), keysTotal, paused: false };
}

/** `INFO keyspace` has a line such as `db0:keys=12,expires=3,…` for each database that is not empty. Null where it was not told. */
function keyCount(info: string | null, db: number): number | null {
  if (info === null) return null;
  const match = new RegExp(`^db${db}:keys=(\\d+)`, "m").exec(info);
  return match === null ? 0 : Number(match[1]);
}

/** Waits a moment whenever `sliceMs` have gone by without a wait. */
function pacer(context: SessionContext): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < sliceMs) return;
    await new Promise<void>((resolve) => context.clock.setTimeout(resolve, restMs));
    since = performance.now();
  };
}

/** `MATCH` takes a glob; a prefix is meant literally. */
export function escapeGlob(text: string): string {
  return text.replace(/[*?[\]\\^]/g, String.raw`\$&`);
}
