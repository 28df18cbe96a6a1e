import { commandName, type ReadCommand, type Reply } from "./readOnlyCommands";
import { asMembers, asNumber, type Member } from "./replies";
import type { SessionContext } from "./sessionContext";

/** A queue up to this length is read whole at every look; of a longer one what workers take next, and what falls due about now. */
const wholeLength = 300;
const recentCount = 500;
/** When the count shows that something was missed, up to so many members are read whole. */
const rereadLength = 20_000;
const rereadPage = 1000;
const rereadGapMs = 2000;
const dueAtMost = 200;

/** What a look at a queue has shown. */
export interface QueueLook {
  /** Ids that came, went or moved since the look before. */
  readonly touched: ReadonlySet<string>;
  /** Members; null where it is not known. */
  readonly depth: number | null;
  /** It is not as it was. */
  readonly changed: boolean;
  /** More has come or gone than the look shows: `readAll` tells. */
  readonly missed: boolean;
}

/** What one queue looked like the last time, so that a look tells the jobs that changed. */
export class QueueWatch {
  readonly #context: SessionContext;
  readonly #name: string;
  #members = new Map<string, number>();
  #depth = 0;
  #due: readonly string[] = [];
  #asked: readonly ReadCommand[] = [];
  #rereadAt = Number.NEGATIVE_INFINITY;

  constructor(context: SessionContext, name: string) {
    this.#context = context;
    this.#name = name;
  }

  /** The first members that were due at the last look: only these can be claimed. */
  get due(): readonly string[] {
    return this.#due;
  }

  /** At most three. `now`: Redis' clock, unix ms. */
  commands(now: number): readonly ReadCommand[] {
    const { refusals } = this.#context;
    const wanted: ReadCommand[] = [["zrange", this.#name, 0, wholeLength - 1, "WITHSCORES"]];
    if (this.#depth >= wholeLength) {
      wanted.push(["zcard", this.#name]);
      wanted.push(["zrangebyscore", this.#name, now - 3000, now + 2000, "WITHSCORES", "LIMIT", 0, recentCount]);
    }
    return (this.#asked = wanted.filter((command) => !refusals.has(commandName(command))));
  }

  /** Takes the replies to `commands`; null when they tell nothing: refused, or no sorted set. */
  take(replies: readonly Reply[], now: number): QueueLook | null {
    const reply = (name: ReadCommand[0]): Reply | undefined =>
      replies[this.#asked.findIndex(([asked]) => asked === name)];
    const head = asMembers(reply("zrange"));
    if (head === null) return null;
    const whole = head.length < wholeLength;
    const depth = whole ? head.length : asNumber(reply("zcard"));
    const seen = whole ? head : [...head, ...(asMembers(reply("zrangebyscore")) ?? [])];
    const touched = new Set<string>();
    this.#compare(seen, whole ? Infinity : (head.at(-1)?.score ?? 0), touched);
    // What passes through a long queue far from its head is not seen to go: it must not pile up.
    if (!whole && this.#members.size > rereadLength) this.#members = new Map(seen.map(({ id, score }) => [id, score]));
    const changed = touched.size > 0 || (depth !== null && depth !== this.#depth);
    // Without a count a full head says how the queue is to be looked at next.
    this.#depth = depth ?? Math.max(this.#members.size, head.length);
    this.#due = head.flatMap(({ id, score }) => (score <= now ? [id] : [])).slice(0, dueAtMost);
    const differs = !whole && depth !== null && depth !== this.#members.size && depth <= rereadLength;
    const missed = differs && now - this.#rereadAt > rereadGapMs;
    if (missed) this.#rereadAt = now;
    return { touched, depth, changed, missed };
  }

  /** Reads every member. Answers ids as `QueueLook.touched`. */
  async readAll(): Promise<ReadonlySet<string>> {
    const all: Member[] = [];
    for (let start = 0; start < rereadLength; start += rereadPage) {
      const [reply] = await this.#context.redis.run([
        ["zrange", this.#name, start, start + rereadPage - 1, "WITHSCORES"],
      ]);
      const page = asMembers(reply) ?? [];
      all.push(...page);
      if (page.length < rereadPage) break;
    }
    const touched = new Set<string>();
    this.#compare(all, Infinity, touched);
    return touched;
  }

  /** Members seen, whole for scores below `certainBelow`: a member known there and not seen has gone. */
  #compare(seen: readonly Member[], certainBelow: number, touched: Set<string>): void {
    const scores = new Map(seen.map(({ id, score }) => [id, score]));
    for (const [id, score] of scores) {
      if (this.#members.get(id) !== score) touched.add(id);
      this.#members.set(id, score);
    }
    for (const [id, score] of this.#members) {
      if (score >= certainBelow || scores.has(id)) continue;
      touched.add(id);
      this.#members.delete(id);
    }
  }
}
