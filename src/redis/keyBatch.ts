import { parseHealthRecord } from "../arq/healthRecord";
import type { TouchedBatch } from "../monitor/ports";
import { confirm } from "./queueReader";
import { asText, isError } from "./replies";
import type { SessionContext } from "./sessionContext";

const foreignLimit = 100_000;
/** Any program may have keys that say `health`; so many of them are looked at in one way through all keys. */
const healthLooksAtMost = 200;
/** Nobody has more worker processes; keys beyond are somebody's mischief. */
const workersLimit = 2000;
/** A hundred workers that were not restarted have so many hours in eight days. */
const hoursLimit = 20_000;

/** Gathers key names and tells what they touch. Names that may be queues not known yet wait in `candidates`. */
export class KeyBatch {
  readonly jobs = new Set<string>();
  readonly queues = new Set<string>();
  workers = false;
  /** The set of requested aborts changed; which jobs it names is not known yet. */
  aborts = false;
  readonly #candidates = new Set<string>();
  /** Keys that may be health records, with the queue that the name tells. */
  readonly #healthQueues = new Map<string, string | null>();
  readonly #context: SessionContext;
  #healthLooks = 0;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /** False when the key means nothing to us. */
  add(key: string): boolean {
    const { keys, found } = this.#context;
    const parsed = keys.parse(key);
    if (parsed === null) return this.#addOther(key);
    if (parsed.kind === "abort") {
      this.aborts = true;
      return true;
    }
    if (parsed.kind === "health") {
      if (found.queues.has(parsed.queue)) {
        found.health.add(key);
        found.changed.add(key);
        this.workers = true;
      } else if (!found.foreign.has(key)) this.#healthQueues.set(key, parsed.queue);
      return true;
    }
    if (parsed.kind === "worker") {
      if (found.workers.size >= workersLimit && !found.workers.has(key)) return true;
      found.workers.add(key);
      found.changed.add(key);
      this.workers = true;
      return true;
    }
    if (parsed.kind === "hour") {
      if (found.hours.size < hoursLimit) found.hours.add(key);
      return true;
    }
    // Errors of tries say nothing of a job's state: pages read them when they show the job.
    if (parsed.kind === "tries") return true;
    this.jobs.add(parsed.id);
    return true;
  }

  /** A key met outside the prefix whose name says `health`: it may be a record under a name of the user's own (`health_check_key`). */
  addHealthCandidate(key: string): void {
    const { keys, found } = this.#context;
    const known = found.health.has(key) || found.foreign.has(key) || found.queues.has(key);
    if (keys.parse(key) !== null) this.add(key);
    else if (!known && this.#healthLooks < healthLooksAtMost) {
      this.#healthLooks++;
      this.#healthQueues.set(key, null);
    }
  }

  /** A sorted set met outside the prefix. */
  addCandidate(name: string): void {
    const { keys, found } = this.#context;
    if (keys.parse(name) === null && !found.queues.has(name) && !found.foreign.has(name)) this.#candidates.add(name);
  }

  get empty(): boolean {
    return this.jobs.size === 0 && this.queues.size === 0 && !this.workers;
  }

  get hasCandidates(): boolean {
    return this.#candidates.size > 0 || this.#healthQueues.size > 0;
  }

  /** What is known to be touched, without the candidates, and of the jobs at most so many. The batch holds only the others afterwards. */
  take(origin: TouchedBatch["origin"], atMost = Number.POSITIVE_INFINITY): TouchedBatch {
    const all = [...this.jobs];
    const jobs = all.length <= atMost ? all : all.slice(0, atMost);
    // Removing a thousand one by one takes as long as finding them.
    if (jobs === all) this.jobs.clear();
    else for (const id of jobs) this.jobs.delete(id);
    const batch = { jobs, queues: [...this.queues], workers: this.workers, origin };
    this.queues.clear();
    this.workers = false;
    return batch;
  }

  /** Looks at the candidates; answers the queues found among them, which are then known and touched. */
  async resolve(): Promise<string[]> {
    const { found } = this.#context;
    const sets = [...this.#candidates];
    const records = [...this.#healthQueues];
    this.#candidates.clear();
    this.#healthQueues.clear();
    const discovered: string[] = [];
    const discover = (queue: string): void => {
      if (found.queues.has(queue)) return;
      found.queues.add(queue);
      this.queues.add(queue);
      discovered.push(queue);
      this.#context.onQueueFound();
    };
    const isRecord = await this.#areRecords(records.map(([key]) => key));
    records.forEach(([key, queue], i) => {
      if (!isRecord[i]) return this.#forget(key);
      found.health.add(key);
      this.workers = true;
      if (queue === null) return;
      found.confirmed.add(queue);
      discover(queue);
    });
    await confirm(this.#context, sets);
    const others = sets.filter((name) => !found.confirmed.has(name));
    for (const name of sets) if (found.confirmed.has(name)) discover(name);
    // Under ARQ's prefix a record may have any name (`health_check_key`): it is known by what it holds.
    const heldRecords = await this.#areRecords(others);
    others.forEach((name, i) => {
      this.#forget(name);
      if (!heldRecords[i]) return;
      found.health.add(name);
      this.workers = true;
    });
    return discovered;
  }

  async #areRecords(names: readonly string[]): Promise<boolean[]> {
    const { redis, refusals } = this.#context;
    // Not GET: whatever a key of that name holds, a record's length is enough of it.
    const replies = await redis.run(
      names.map((name) =>
        refusals.has("getrange") ? (["get", name] as const) : (["getrange", name, 0, 1023] as const),
      ),
    );
    refusals.note(replies);
    return replies.map((reply) => !isError(reply) && parseHealthRecord(asText(reply) ?? "") !== null);
  }

  #addOther(key: string): boolean {
    const { keys, found } = this.#context;
    if (found.health.has(key)) {
      found.changed.add(key);
      this.workers = true;
      return true;
    }
    // The instrumentation's own: among them a copy of the record for `arq --check`.
    if (key.startsWith(`${keys.prefix}:monitor:`)) return false;
    if (found.queues.has(key)) {
      this.queues.add(key);
      return true;
    }
    if (!key.startsWith(`${keys.prefix}:`)) return false;
    this.addCandidate(key);
    return true;
  }

  #forget(key: string): void {
    if (this.#context.found.foreign.size < foreignLimit) this.#context.found.foreign.add(key);
  }
}
