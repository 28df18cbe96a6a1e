import type { JobFacts } from "../arq/jobModel";
import type { JobIndex } from "./jobIndex";
import type { ArqSource, Clock, Logger, QueueFacts } from "./ports";
import { QueueBook } from "./queueBook";
import { QueueCheck } from "./queueCheck";
import { QueueCounter } from "./queueCounter";
import { QueueSearch } from "./queueSearch";

export interface QueueDeskOptions {
  readonly source: ArqSource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Queues named in the settings. */
  readonly configured: readonly string[];
  readonly index: JobIndex;
  /** These queues show other numbers now. */
  readonly onCounted: (queues: ReadonlySet<string>) => void;
  /** No count is on the way any more. */
  readonly onSettled: () => void;
  /** The keys of these jobs have to be read again. Resolves when there is room for more. */
  readonly onDoubt: (ids: readonly string[]) => Promise<void>;
  /** Whether the index is whole and kept so, so that a difference means something. */
  readonly isWhole: () => boolean;
}

/** Counts are read again at most this often. */
const countGapMs = 200;
/** Members of a queue that are held against the index, some 50 kB for every thousand; and jobs in all queues, which are gone through for it. */
const checkedAtMost = 5000;
const openAtMost = 50_000;

/** Everything that is done about queues: they are found, counted, and held against what is known of their jobs. */
export class QueueDesk {
  readonly book: QueueBook;
  readonly #options: QueueDeskOptions;
  readonly #counter: QueueCounter;
  readonly #check: QueueCheck;
  readonly #search: QueueSearch;
  /** Counts queues found. */
  #found = 0;
  /** Queues whose members the look at everything has named, or will name. */
  readonly #listed = new Set<string>();

  constructor(options: QueueDeskOptions) {
    const { clock, source } = options;
    this.#options = options;
    this.book = new QueueBook(options.configured);
    this.#counter = new QueueCounter(clock, countGapMs, (names) => this.count(names), options.onSettled);
    this.#check = new QueueCheck(clock, (queue) => {
      if (options.isWhole()) void this.#holdAgainstIndex(queue);
      // What the look at everything has read of its jobs may be older than the change.
      else this.#listed.delete(queue);
    });
    this.#search = new QueueSearch(clock, () => source.findQueues());
  }

  /** A count is on the way, or waits for its turn. */
  get busy(): boolean {
    return this.#counter.busy;
  }

  /** Counts these as soon as may be. */
  countSoon(queues: Iterable<string>): void {
    this.#counter.soon(queues);
  }

  /** A feed has seen these change; of some it counted the members already. */
  changed(queues: readonly string[], counted: readonly Pick<QueueFacts, "name" | "depth">[]): void {
    for (const { name, depth } of counted) this.book.setDepth(name, depth);
    const names = new Set(counted.map(({ name }) => name));
    if (names.size > 0) this.#options.onCounted(names);
    this.countSoon(queues.filter((queue) => !names.has(queue)));
    this.#check.changed(queues);
  }

  sweepStarted(): void {
    this.#listed.clear();
  }

  /** A look names the members of these. */
  listed(queues: readonly string[]): void {
    for (const queue of queues) this.#listed.add(queue);
    this.countSoon(queues);
  }

  /** Looks at the members of those queues of which the look at everything did not know when it began, for results that it met name them, or that have changed since. Never rejects. */
  async lookAtUnlisted(): Promise<void> {
    for (const queue of this.book.confirmed) {
      if (this.#listed.has(queue)) continue;
      this.#listed.add(queue);
      await this.#holdAgainstIndex(queue);
    }
  }

  /** Facts of these jobs, looked for in all queues that are known by the end of the reading. Rejects only when the connection is lost. */
  async readJobs(ids: readonly string[]): Promise<readonly JobFacts[]> {
    // Facts of a job in a queue that is not known yet would say that it is in none.
    await this.countNow(this.book.uncounted);
    const queues = new Set(this.book.confirmed);
    const facts = await this.#options.source.readJobs(ids, [...queues]);
    if (this.book.confirmed.every((queue) => queues.has(queue))) return facts;
    const nowhere = facts.filter(({ queued, result }) => queued === null && result === null);
    if (nowhere.length === 0) return facts;
    const again = new Map((await this.readJobs(nowhere.map(({ id }) => id))).map((each) => [each.id, each]));
    return facts.map((each) => again.get(each.id) ?? each);
  }

  /** A queue has turned up that was not known to be one. */
  found(): void {
    this.#search.queueFound();
    this.countSoon(this.book.all);
    void this.#doubtUnknown();
  }

  /** Jobs that seemed to be in no queue may be in one that has been found. There may be a million of them. */
  async #doubtUnknown(): Promise<void> {
    const { index, onDoubt } = this.#options;
    const found = ++this.#found;
    for (const ids of index.inState("unknown")) {
      await onDoubt(ids);
      // The next one found has begun from the first.
      if (found !== this.#found) return;
    }
  }

  /** A job was met whose queue nobody knows. */
  jobElsewhere(): void {
    this.#search.jobElsewhere();
  }

  /** Counts now. Rejects only when the connection is lost. */
  async countNow(asked: readonly string[]): Promise<void> {
    if (asked.length === 0) return;
    const found = this.book.count(asked, await this.#options.source.readQueues(asked));
    this.#options.onCounted(new Set(asked));
    if (found) this.found();
  }

  /** Counts now, and never rejects. */
  async count(asked: readonly string[]): Promise<void> {
    try {
      await this.countNow(asked);
    } catch (error) {
      this.#options.logger.debug(`Counting queues failed: ${String(error)}`);
    }
  }

  close(): void {
    this.#counter.close();
    this.#check.close();
    this.#search.close();
  }

  async #holdAgainstIndex(queue: string): Promise<void> {
    const { source, index, logger, onDoubt } = this.#options;
    const { depth = 0 } = this.book.facts(queue) ?? {};
    if (depth > checkedAtMost || index.table.tallies.open.size > openAtMost) return;
    try {
      const members = await source.readMembers(queue, checkedAtMost);
      if (members !== null) await onDoubt(index.differing(queue, members, checkedAtMost));
    } catch (error) {
      logger.debug(`Checking a queue failed: ${String(error)}`);
    }
  }
}
