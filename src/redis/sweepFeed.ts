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

/**
 * Looks at everything once: known queues and their members, then every key of ARQ, then sorted sets and health records outside the prefix.
 * Never holds the server or this process for long. Ends early when `current` turns false; then `sweepEnded` is not told.
 */
export async function sweep(context: SessionContext, current: () => boolean): Promise<void> {
  const { sink, redis, refusals, keys, found } = context;
  const going = (): boolean => current() && !context.ended();
  const batch = new KeyBatch(context);
  const met = new Set<string>();
  const rest = pacer(context);
  found.foreign.clear();

  await sink.sweepStarted();
  // Not DBSIZE: it is one more right to ask for, and this one is needed anyway.
  const info = refusals.has("info") ? [] : await redis.run([["info", "keyspace"]]);
  refusals.note(info);
  const keysTotal = keyCount(asText(info[0]), context.db);

  const members = async (queue: string): Promise<void> => {
    for (let start = 0; going() && !refusals.has("zrange"); start += pageSize) {
      const replies = await redis.run([["zrange", queue, start, start + pageSize - 1, "WITHSCORES"]]);
      refusals.note(replies);
      const page = asMembers(replies[0]) ?? [];
      for (const { id } of page) if (met.size < metLimit) met.add(id);
      await sink.touched({
        jobs: page.map(({ id }) => id),
        queues: start === 0 ? [queue] : [],
        workers: start === 0,
        origin: "sweep",
      });
      if (page.length < pageSize) break;
      await rest();
    }
  };
  const flush = async (): Promise<void> => {
    const discovered = batch.hasCandidates ? await batch.resolve() : [];
    if (!batch.empty) await sink.touched(batch.take("sweep"));
    for (const queue of discovered) await members(queue);
  };

  // A copy: what is found on the way announces its members by itself.
  for (const queue of Array.from(found.queues)) await members(queue);

  const start = `${escapeGlob(keys.prefix)}:*`;
  const passes: { command(cursor: string): ReadCommand; take(key: string): void }[] = [
    {
      command: (cursor) => ["scan", cursor, "MATCH", start, "COUNT", scanCount],
      take: (key) => {
        const parsed = keys.parse(key);
        // The members of the queues were announced already; only a result says something new about them.
        const repeated = parsed !== null && "id" in parsed && parsed.kind !== "result" && met.has(parsed.id);
        if (!repeated) batch.add(key);
      },
    },
    {
      command: (cursor) => ["scan", cursor, "COUNT", scanCount, "TYPE", "zset"],
      take: (key) => {
        if (!key.startsWith(`${keys.prefix}:`)) batch.addCandidate(key);
      },
    },
    {
      command: (cursor) => ["scan", cursor, "MATCH", "*:health-check*", "COUNT", scanCount],
      take: (key) => {
        if (!key.startsWith(`${keys.prefix}:`)) batch.add(key);
      },
    },
  ];
  let pages = 0;
  for (const [i, pass] of passes.entries()) {
    let cursor = "0";
    do {
      if (!going() || refusals.has("scan")) break;
      const replies = await redis.run([pass.command(cursor)]);
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
      for (const key of page.keys) pass.take(key);
      if (batch.jobs.size >= pageSize || batch.hasCandidates || cursor === "0") await flush();
      pages++;
      if (pages % 10 === 0) await sink.sweepProgress(progress(pages, i, passes.length, keysTotal));
      await rest();
    } while (cursor !== "0");
    await flush();
  }
  if (going()) await sink.sweepEnded();
}

/** Never ahead of the pass that runs, so that the number does not jump back when a pass looks at more or fewer keys than expected. */
function progress(pages: number, pass: number, passes: number, keysTotal: number | null) {
  const scanned = Math.floor((pages * scanCount) / passes);
  if (keysTotal === null) return { keysScanned: scanned, keysTotal };
  return { keysScanned: Math.min(scanned, Math.floor((keysTotal * (pass + 1)) / passes)), keysTotal };
}

/** `INFO keyspace` has a line such as `db0:keys=12,expires=3,…` for each database that is not empty. Null where it was not told. */
function keyCount(info: string | null, db: number): number | null {
  if (info === null) return null;
  const match = new RegExp(`^db${db}:keys=(\\d+)`, "m").exec(info);
  return match === null ? 0 : Number(match[1]);
}

/** Waits a moment whenever `sliceMs` have gone by without a wait. */
export function pacer(context: SessionContext): () => Promise<void> {
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
