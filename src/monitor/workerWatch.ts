import { type WorkerEvidence, workerEvidence } from "./claimEvidence";
import type { JobIndex } from "./jobIndex";
import type { JobRow } from "./model";
import type { Clock, Logger, WorkerFacts } from "./ports";
import { Refresher } from "./refresher";
import { SilentClosings } from "./silentClosings";
import { Workers } from "./workers";

export interface WorkerWatchOptions {
  readonly index: JobIndex;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Redis' clock, unix ms. */
  readonly now: () => number;
  readonly read: () => Promise<WorkerFacts>;
  /** After a reading: jobs that it shows in another light, and those whose keys have to be read to be sure. */
  readonly onRead: (facts: WorkerFacts, changed: readonly JobRow[], suspects: readonly string[]) => void;
  /** Whether somebody sees what is found out. */
  readonly isWatched: () => boolean;
}

/** Readings are at least this far apart. */
const gapMs = 1000;

/** What is seen of workers, and what it says of the jobs they claim. */
export class WorkerWatch {
  readonly workers = new Workers();
  readonly #options: WorkerWatchOptions;
  readonly #refresher: Refresher;
  readonly #silent = new SilentClosings();
  #evidence: WorkerEvidence | undefined;

  constructor(options: WorkerWatchOptions) {
    this.#options = options;
    this.#refresher = new Refresher(options.clock, gapMs, () => this.readNow());
  }

  /** Undefined before anybody has looked. */
  get evidence(): WorkerEvidence | undefined {
    return this.#evidence;
  }

  /** Reads when the gap allows, if somebody sees it. */
  readSoon(): void {
    if (this.#options.isWatched()) void this.#refresher.request();
  }

  /** Never rejects. */
  async readNow(): Promise<void> {
    const { index, logger, now, read, onRead } = this.#options;
    try {
      const facts = await read();
      this.workers.read(facts, index.table.tallies.running.size);
      if (facts.clients !== null) this.#silent.read(facts.clients, facts.clientsReadAt ?? facts.readAt);
      this.#evidence = workerEvidence(facts, this.#silent.spans);
      const { changed, suspects } = index.judgeClaims(now(), this.#evidence);
      onRead(facts, changed, suspects);
      if (this.workers.wantsMore) this.readSoon();
    } catch (error) {
      logger.debug(`Reading workers failed: ${String(error)}`);
    }
  }

  clear(): void {
    this.workers.clear();
    this.#silent.clear();
    this.#evidence = undefined;
  }

  close(): void {
    this.#refresher.close();
  }
}
