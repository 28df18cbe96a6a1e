import { commandName, type ReadCommand, type Reply } from "./readOnlyCommands";
import { asMembers, asNumber, type Member } from "./replies";
import type { SessionContext } from "./sessionContext";

/** A queue up to this length is read whole at every look; a longer one at its ends and around now. */
const wholeLength = 300;
const tailLength = 100;
const recentCount = 500;
/** When the count shows that something was missed, up to so many members are read whole. */
const rereadLength = 20_000;
const rereadPage = 1000;
const rereadGapMs = 2000;
const runningLimit = 200;
/** Two readings of a lifetime may lie so much further apart than the looks they belong to, on a busy machine. Ms. */
const cutMs = 1000;

/** What one queue looked like the last time, so that a look tells the jobs that changed. */
export class QueueWatch {
  readonly #context: SessionContext;
  readonly #name: string;
  #members = new Map<string, number>();
  /** Claims of due jobs: lifetime left when last seen, ms. */
  #claims = new Map<string, number>();
  /** When that was, on Redis' clock. */
  #claimsAt = 0;
  #depth = 0;
  #rereadAt = Number.NEGATIVE_INFINITY;
  /** The last look found a difference. */
  changed = false;

  constructor(context: SessionContext, name: string) {
    this.#context = context;
    this.#name = name;
  }

  /** Ids that came, went, moved, or whose claim changed since the look before. `now`: Redis' clock, unix ms. */
  async look(now: number): Promise<Set<string>> {
    const { redis, refusals } = this.#context;
    const touched = new Set<string>();
    this.changed = false;
    if (refusals.has("zrange")) return touched;
    const replies = await redis.run([["zrange", this.#name, 0, wholeLength - 1, "WITHSCORES"]]);
    refusals.note(replies);
    const head = asMembers(replies[0]);
    // Refused, or no sorted set: nothing is known to have changed.
    if (head === null) return touched;
    const whole = head.length < wholeLength;
    const { tail, recent, depth } = whole ? { tail: [], recent: [], depth: head.length } : await this.#lookFurther(now);
    this.#compare(whole ? head : [...head, ...recent, ...tail], whole ? Infinity : (head.at(-1)?.score ?? 0), touched);
    if (
      !whole &&
      depth !== null &&
      depth !== this.#members.size &&
      depth <= rereadLength &&
      now - this.#rereadAt > rereadGapMs
    ) {
      this.#rereadAt = now;
      this.#compare(await this.#readAll(), Infinity, touched);
    }
    if (depth !== null && depth !== this.#depth) this.changed = true;
    this.#depth = depth ?? this.#members.size;
    await this.#lookAtClaims(head.filter(({ score }) => score <= now).slice(0, runningLimit), now, touched);
    if (touched.size > 0) this.changed = true;
    return touched;
  }

  /** The other end of a long queue, its length, and what falls due about now. */
  async #lookFurther(now: number): Promise<{ tail: Member[]; recent: Member[]; depth: number | null }> {
    const { redis, refusals } = this.#context;
    const ask = async (command: ReadCommand): Promise<Reply | undefined> => {
      if (refusals.has(commandName(command))) return undefined;
      const replies = await redis.run([command]);
      refusals.note(replies);
      return replies[0];
    };
    const [tail, depth, recent] = await Promise.all([
      ask(["zrange", this.#name, -tailLength, -1, "WITHSCORES"]),
      ask(["zcard", this.#name]),
      ask(["zrangebyscore", this.#name, now - 3000, now + 2000, "WITHSCORES", "LIMIT", 0, recentCount]),
    ]);
    return { tail: asMembers(tail) ?? [], recent: asMembers(recent) ?? [], depth: asNumber(depth) };
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

  async #readAll(): Promise<Member[]> {
    const all: Member[] = [];
    for (let start = 0; start < rereadLength; start += rereadPage) {
      const [reply] = await this.#context.redis.run([
        ["zrange", this.#name, start, start + rereadPage - 1, "WITHSCORES"],
      ]);
      const page = asMembers(reply) ?? [];
      all.push(...page);
      if (page.length < rereadPage) break;
    }
    return all;
  }

  /**
   * A claim that appears is a start, one that goes is an end, one whose lifetime grows is a new attempt. One that has lost more than
   * the time that has gone by was cut: the attempt of a cron job has ended.
   */
  async #lookAtClaims(due: readonly Member[], now: number, touched: Set<string>): Promise<void> {
    const { redis, refusals, keys } = this.#context;
    const noTtl = refusals.has("pttl");
    if (noTtl && refusals.has("exists")) return;
    const replies = await redis.run(
      due.map(({ id }): ReadCommand => (noTtl ? ["exists", keys.inProgress(id)] : ["pttl", keys.inProgress(id)])),
    );
    if (refusals.note(replies)) return;
    const claims = new Map<string, number>();
    due.forEach(({ id }, i) => {
      const value = asNumber(replies[i]);
      if (value === null || value === (noTtl ? 0 : -2)) return;
      claims.set(id, value);
      const before = this.#claims.get(id);
      const cut = !noTtl && before !== undefined && value < before - (now - this.#claimsAt) - cutMs;
      if (before === undefined || value > before || cut) touched.add(id);
    });
    for (const id of this.#claims.keys()) if (!claims.has(id)) touched.add(id);
    this.#claims = claims;
    this.#claimsAt = now;
  }
}
