import { parseHealthRecord } from "../arq/healthRecord";
import type { TouchedBatch } from "../monitor/ports";
import { confirm } from "./queueReader";
import { asText, isError } from "./replies";
import type { SessionContext } from "./sessionContext";

const foreignLimit = 100_000;
/** Nobody has more worker processes; keys beyond are somebody's mischief. */
const workersLimit = 2000;

/** Gathers key names and tells what they touch. Names that may be queues not known yet wait in `candidates`. */
export class KeyBatch {
  readonly jobs = new Set<string>();
  readonly queues = new Set<string>();
  workers = false;
  /** The set of requested aborts changed; which jobs it names is not known yet. */
  aborts = false;
  readonly #candidates = new Set<string>();
  readonly #healthQueues = new Map<string, string>();
  readonly #context: SessionContext;

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
    if (parsed.kind === "hour") return true;
    this.jobs.add(parsed.id);
    return true;
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

  /** What is known to be touched, without the candidates. The batch is empty afterwards. */
  take(origin: TouchedBatch["origin"]): TouchedBatch {
    const batch = { jobs: [...this.jobs], queues: [...this.queues], workers: this.workers, origin };
    this.jobs.clear();
    this.queues.clear();
    this.workers = false;
    return batch;
  }

  /** Looks at the candidates; answers the queues found among them, which are then known and touched. */
  async resolve(): Promise<string[]> {
    const { found, redis, refusals } = this.#context;
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
    const texts = await redis.run(
      records.map(([key]) => (refusals.has("get") ? (["getrange", key, 0, 1023] as const) : (["get", key] as const))),
    );
    refusals.note(texts);
    records.forEach(([key, queue], i) => {
      const text = asText(texts[i]);
      if (text === null || isError(texts[i]) || parseHealthRecord(text) === null) return this.#forget(key);
      found.health.add(key);
      found.confirmed.add(queue);
      this.workers = true;
      discover(queue);
    });
    await confirm(this.#context, sets);
    for (const name of sets) {
      if (found.confirmed.has(name)) discover(name);
      else this.#forget(name);
    }
    return discovered;
  }

  #addOther(key: string): boolean {
    const { keys, found } = this.#context;
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
