import type { ReadCommand, Reply } from "./readOnlyCommands";
import { asList, asNumber, asText, isError } from "./replies";
import type { SessionContext } from "./sessionContext";

/** Of so many claims the lifetime is looked at in one look, of one after the other. */
const lifetimesAtOnce = 4;
/** What ARQ leaves of the claim of a cron job whose attempt has ended (arq/worker.py `keep_cronjob_progress`). */
const cutToMs = 60_000;
/** Two readings of a lifetime may lie so much further apart than the looks they belong to, on a busy machine. Ms. */
const cutMs = 1000;

/** Claims and attempts of due jobs as they were the last time, so that a look tells the jobs that were started or let go. Times on Redis' clock, unix ms. */
export class ClaimWatch {
  readonly #context: SessionContext;
  /** By id: whether it is claimed, and its attempts. */
  #states = new Map<string, string>();
  readonly #lifetimes = new Map<string, { readonly ttl: number; readonly at: number }>();
  #asked: readonly string[] = [];
  #timed: readonly string[] = [];
  /** Where `MGET` is refused: each claim is asked for by itself. */
  #single = false;
  #next = 0;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /** One `MGET` and at most four `PTTL`, for these jobs. */
  commands(due: readonly string[]): ReadCommand[] {
    const { keys, refusals } = this.#context;
    this.#asked = due;
    if (due.length === 0) return [];
    this.#single ||= refusals.has("mget");
    const noTtl = refusals.has("pttl");
    if (this.#single) {
      this.#timed = [];
      if (noTtl && refusals.has("exists")) this.#asked = [];
      return this.#asked.map((id) => (noTtl ? ["exists", keys.inProgress(id)] : ["pttl", keys.inProgress(id)]));
    }
    const claimed = noTtl ? [] : due.filter((id) => this.#states.get(id)?.startsWith("claimed"));
    this.#timed = Array.from(
      { length: Math.min(lifetimesAtOnce, claimed.length) },
      () => claimed[this.#next++ % claimed.length]!,
    );
    return [
      ["mget", ...due.flatMap((id) => [keys.inProgress(id), keys.retry(id)])],
      ...this.#timed.map((id): ReadCommand => ["pttl", keys.inProgress(id)]),
    ];
  }

  /** Takes the replies to `commands`. Answers ids whose claim or attempts have changed. */
  take(replies: readonly Reply[], now: number): Set<string> {
    const touched = new Set<string>();
    if (!this.#single && isError(replies[0])) {
      // One key that may not be read refuses them all.
      this.#single = true;
      return touched;
    }
    const states = new Map<string, string>();
    const values = this.#single ? [] : (asList(replies[0]) ?? []);
    this.#asked.forEach((id, i) => {
      const state = this.#single ? this.#lifetime(id, replies[i], now, touched) : stateOf(values, i);
      const before = this.#states.get(id);
      if (state !== (before ?? "free")) touched.add(id);
      states.set(id, state);
    });
    this.#timed.forEach((id, i) => this.#lifetime(id, replies[i + 1], now, touched));
    for (const id of this.#lifetimes.keys()) if (!states.get(id)?.startsWith("claimed")) this.#lifetimes.delete(id);
    this.#states = states;
    return touched;
  }

  /**
   * A lifetime that has grown is a new attempt. One that has lost more than the time that has gone by was cut: the attempt of a cron job has ended.
   */
  #lifetime(id: string, reply: Reply | undefined, now: number, touched: Set<string>): string {
    const ttl = asNumber(reply);
    if (ttl === null || ttl === -2 || (ttl === 0 && this.#context.refusals.has("pttl"))) return "free";
    const before = this.#lifetimes.get(id);
    this.#lifetimes.set(id, { ttl, at: now });
    // A claim may have been cut before it is looked at for the first time: then only a reading of the job tells.
    if (before === undefined ? ttl <= cutToMs : ttl > before.ttl || ttl < before.ttl - (now - before.at) - cutMs) {
      touched.add(id);
    }
    return "claimed";
  }
}

/** Values of the claim and of the counter of one job. */
function stateOf(values: readonly Reply[], index: number): string {
  const claim = values[2 * index] ?? null;
  const tries = asText(values[2 * index + 1]);
  if (claim === null) return tries === null ? "free" : `free after ${tries}`;
  return `claimed ${tries ?? ""}`;
}
