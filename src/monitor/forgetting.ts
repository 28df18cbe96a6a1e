import type { JobIndex } from "./jobIndex";
import type { KeepRules } from "./keepRules";
import type { ArqSource, Clock, FeedKind } from "./ports";

export interface ForgettingOptions {
  readonly index: JobIndex;
  /** What is learned of how long results are kept. */
  readonly rules: KeepRules;
  readonly source: Pick<ArqSource, "readResultTtls">;
  readonly clock: Clock;
  /** Redis' clock, unix ms. */
  readonly now: () => number;
  /** Null while there is no connection. */
  readonly feed: () => FeedKind | null;
  /** Redis no longer has the results of these: their keys have to be read. */
  readonly onGone: (ids: readonly string[]) => void;
  /** `nextAt` may have moved. */
  readonly onPlanned: () => void;
}

/** A pass over so many rows takes about a millisecond; others go on in between. */
const rowsPerTurn = 100_000;
/** Asked of in one go. */
const dueAtMost = 2000;
const groupsAtMost = 500;
/** Between two passes, ms; a pass over a million rows takes 5 to 8 ms in all. */
const calmGapMs = 1000;
/** Workers' clocks differ, and so do what is learned from one job and what holds for the next, by a little. Ms. */
const slackMs = 500;
/** Redis announces what it forgets, most of it within seconds (it looks for lapsed keys ten times a second): only what is late is asked for. Ms. */
const announcedWithinMs = 10_000;

/** What one pass has found. */
interface Found {
  /** By finish, results that should be gone by now. */
  readonly due: string[];
  /** The newest job of each group of which little is known. */
  readonly newest: Map<number, number>;
  /** When the next result should be gone, unix ms. */
  next: number;
}

/**
 * Lets results leave the index when Redis forgets them, without reading the TTL of each: how long results of a function are kept is learned from a
 * few. What should be gone is asked for, and only what is gone is reported. A result that is still there is looked at again when its own TTL ends.
 */
export class Forgetting {
  readonly #options: ForgettingOptions;
  readonly #rules: KeepRules;
  #looking = false;
  /** Of the index, when it was gone through last. */
  #version = -1;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #next = Number.POSITIVE_INFINITY;
  #refused = false;

  constructor(options: ForgettingOptions) {
    this.#options = options;
    this.#rules = options.rules;
  }

  /** When to `look` next, on Redis' clock; null when nothing is to be forgotten. */
  get nextAt(): number | null {
    if (!this.#mayLook || this.#next === Number.POSITIVE_INFINITY) return null;
    return Math.max(this.#next, this.#lookedAt + calmGapMs);
  }

  /** As in `KeepRules`. */
  get shortestKeptMs(): number {
    return this.#rules.shortestMs;
  }

  /** From time to time: new jobs may have ended. Does nothing where none have. */
  beat(): void {
    if (this.#version !== this.#options.index.version) void this.look();
  }

  clear(): void {
    this.#rules.clear();
    this.#version = -1;
    this.#next = Number.POSITIVE_INFINITY;
    this.#refused = false;
  }

  /** Goes through all results, and asks for those that should be gone. Never rejects: without an answer it is tried again. */
  async look(): Promise<void> {
    const { index, now } = this.#options;
    if (!this.#mayLook) return;
    this.#looking = true;
    try {
      this.#version = index.version;
      const found = await this.#pass();
      this.#lookedAt = now();
      this.#next = found.next;
      await this.#ask(found);
    } catch {
      // The connection was lost: coming back is a look at everything.
      this.#version = -1;
    } finally {
      this.#looking = false;
      this.#options.onPlanned();
    }
  }

  get #mayLook(): boolean {
    return !this.#looking && !this.#refused && this.#options.feed() !== null;
  }

  async #pass(): Promise<Found> {
    const { index, now, clock } = this.#options;
    const found: Found = { due: [], newest: new Map(), next: Number.POSITIVE_INFINITY };
    const late = slackMs + (this.#options.feed() === "push" ? announcedWithinMs : 0);
    for (let row = 0; ;) {
      const { table } = index;
      row = this.#passOver(found, row, Math.min(table.end, row + rowsPerTurn), now() - late);
      if (row >= table.end) break;
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, 0));
    }
    found.next += late;
    return found;
  }

  /** `before`: what should be gone by then is due. @returns the row to go on with. */
  #passOver(found: Found, from: number, until: number, before: number): number {
    const { table } = this.#options.index;
    const { finishedAt, deadline } = table.columns;
    const pass = this.#rules.forPass(table, this.#options.now());
    for (let row = from; row < until; row++) {
      const group = pass.group(row);
      // Of those with a deadline it is known when they go.
      if (group < 0 || deadline[row] !== 0) continue;
      const at = finishedAt[row]!;
      if (at > pass.learnAfter(group)) {
        const newest = found.newest.get(group);
        if (newest === undefined ? found.newest.size < groupsAtMost : at > finishedAt[newest]!) {
          found.newest.set(group, row);
        }
      }
      const goneAt = at + pass.kept(group);
      if (!(goneAt <= before)) {
        if (goneAt < found.next) found.next = goneAt;
      } else if (found.due.length < dueAtMost) found.due.push(table.id(row));
      else found.next = before;
    }
    return until;
  }

  async #ask({ due, newest }: Found): Promise<void> {
    const { index, source, onGone } = this.#options;
    const sampled = Array.from(newest.values(), (row) => index.table.id(row));
    const ids = [...new Set([...due, ...sampled])].filter((id) => id !== "");
    if (ids.length === 0) return;
    const finished = ids.map((id) => index.row(id, 0)?.finishedAt ?? null);
    const answer = await source.readResultTtls(ids);
    if (answer === null) {
      this.#refused = true;
      this.#next = Number.POSITIVE_INFINITY;
      return;
    }
    const { readAt, ttls } = answer;
    const gone: string[] = [];
    for (const [i, id] of ids.entries()) {
      const ttl = ttls[i] ?? null;
      const { table } = index;
      const row = table.find(id);
      const finishedAt = finished[i] ?? null;
      // Another job may have this id by now.
      if (ttl === null || finishedAt === null || row < 0 || table.columns.finishedAt[row] !== finishedAt) continue;
      if (ttl === -2) {
        gone.push(id);
        continue;
      }
      const goneAt = ttl === -1 ? Number.POSITIVE_INFINITY : readAt + ttl;
      this.#rules.learn(table, row, goneAt - finishedAt, readAt);
      index.expectForgotten(row, goneAt);
    }
    if (gone.length > 0) onGone(gone);
    // What was learned makes others due.
    if (newest.size > 0) this.#next = Math.min(this.#next, this.#options.now());
  }
}
