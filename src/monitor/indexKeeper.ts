import { type JobFacts, jobStates } from "../arq/jobModel";
import type { JobKeyKind } from "../arq/keys";
import { t } from "../python/l10n";
import { ActivityLog } from "./activityLog";
import { applyBatch } from "./applyBatch";
import { ChangeEmitter } from "./changeEmitter";
import { Coverage } from "./coverage";
import { Forgetting } from "./forgetting";
import { History, type KeptHistory } from "./history";
import { isGone, JobIndex } from "./jobIndex";
import { JobReader } from "./jobReader";
import { KeepRules } from "./keepRules";
import type { JobDetail, JobRow, MonitorChange } from "./model";
import { earlier } from "./moments";
import { Pacemaker } from "./pacemaker";
import type {
  ArqSource,
  Cancel,
  Clock,
  Demand,
  Logger,
  SourceSink,
  SourceStatus,
  SweepProgress,
  TouchedBatch,
  WorkerFacts,
} from "./ports";
import { QueueDesk } from "./queueDesk";
import { forgotten } from "./rowOf";
import { oldestHeld } from "./statistics";
import { WorkerWatch } from "./workerWatch";

export interface IndexKeeperOptions {
  readonly source: ArqSource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Queues named in the settings; others are found. */
  readonly queues: readonly string[];
  /** Null: nothing is kept beyond this session. */
  readonly history: KeptHistory | null;
  readonly onWorkersRead: (facts: WorkerFacts) => void;
  /** Every few seconds while somebody looks. */
  readonly onBeat: () => void;
  /** Everything is gone. */
  readonly onFlushed: () => void;
}

/** Changes reach views at most this often. */
const changeGapMs = 100;
/** After a failed read without news of a lost connection. */
const retryMs = 1000;
/** Ids a feed may have touched before it is asked to wait. */
const readAhead = 2000;
/** Jobs read at once because time has changed them, as when many results end in the same second. */
const dueAtOnce = 1000;

/** Keeps the index as Redis is: keys that may have changed → facts → index → one change that names what was touched. Never throws into its source. */
export class IndexKeeper implements SourceSink {
  readonly index = new JobIndex();
  readonly activity = new ActivityLog();
  readonly keepRules = new KeepRules();
  readonly history: History;
  readonly #options: IndexKeeperOptions;
  readonly #source: ArqSource;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #coverage = new Coverage();
  readonly #workers: WorkerWatch;
  readonly #queues: QueueDesk;
  readonly #changes: ChangeEmitter;
  readonly #reader: JobReader;
  readonly #pacemaker: Pacemaker;
  readonly #forgetting: Forgetting;
  #status: SourceStatus = { state: "connecting", attempt: 1 };
  #demand: Demand = "visible";
  /** Events before this belong to the past that nobody watched; Redis' clock. */
  #horizon = Number.POSITIVE_INFINITY;
  #clockOffset = 0;
  #retry: Cancel | null = null;
  #closed = false;

  constructor(options: IndexKeeperOptions) {
    const { source, clock, logger } = options;
    this.#options = options;
    this.#source = source;
    this.#clock = clock;
    this.#logger = logger;
    this.history = new History({
      kept: options.history,
      clock,
      logger,
      now: () => this.now(),
      onNews: (ofJobs) => {
        // What is known of error groups has changed, though no job has.
        if (ofJobs) this.index.changedElsewhere();
        this.#changes.note({ status: true, all: ofJobs });
      },
      readWorkerHours: (hours) => source.readWorkerHours(hours),
    });
    this.#changes = new ChangeEmitter(clock, logger, changeGapMs, this.activity);
    this.#reader = new JobReader({
      read: (ids) => this.#queues.readJobs(ids),
      apply: (facts, isLive) => this.#apply(facts, isLive),
      onLost: (error) => this.#lost(error),
    });
    this.#queues = new QueueDesk({
      source,
      clock,
      logger,
      configured: options.queues,
      index: this.index,
      onCounted: (queues) => this.#changes.note({ queues }),
      onSettled: () => this.#settle(),
      onDoubt: (ids) => {
        this.#reader.add(ids, false);
        return this.#reader.below(readAhead);
      },
      isWhole: () => this.#coverage.isWhole && this.#demand === "visible" && this.#status.state === "live",
    });
    this.#workers = new WorkerWatch({
      index: this.index,
      clock,
      logger,
      now: () => this.now(),
      read: () => source.readWorkers(this.#queues.book.confirmed),
      onRead: (facts, changed, suspects) => {
        options.onWorkersRead(facts);
        const queues = changed.map((row) => row.queue).filter((queue) => queue !== null);
        this.#changes.note({ workers: true, jobs: new Set(changed.map((row) => row.id)), queues: new Set(queues) });
        this.#reader.add(suspects, false);
      },
      isWatched: () => this.#isWatched,
    });
    this.#forgetting = new Forgetting({
      index: this.index,
      rules: this.keepRules,
      source,
      clock,
      now: () => this.now(),
      feed: () => (this.#status.state === "live" ? this.#status.feed : null),
      onGone: (ids) => this.#reader.add(ids, true),
      onPlanned: () => this.#pacemaker.follow(),
    });
    this.#pacemaker = new Pacemaker({
      clock,
      now: () => this.now(),
      nextDeadline: () => earlier(this.index.nextDeadline, this.#forgetting.nextAt),
      onDeadline: () => this.#fallDue(),
      onBeat: () => this.#beat(),
    });
  }

  get state(): SourceStatus {
    return this.#status;
  }

  get coverage(): Readonly<Pick<Coverage, "progress" | "complete" | "sweptAt">> {
    return this.#coverage;
  }

  get workers(): WorkerWatch["workers"] {
    return this.#workers.workers;
  }

  get queues(): QueueDesk["book"] {
    return this.#queues.book;
  }

  start(): void {
    this.history.start();
    this.#source.start(this);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#pacemaker.rest();
    this.#retry?.();
    this.#changes.close();
    this.#queues.close();
    this.#workers.close();
    this.#reader.pause();
    this.#reader.clear();
    await Promise.all([this.#source.close(), this.history.close()]);
  }

  now(): number {
    return this.#clock.now() + this.#clockOffset;
  }

  row(id: string): JobRow | null {
    return this.index.row(id, this.now()) ?? this.history.row(id);
  }

  async open(id: string): Promise<JobDetail | null> {
    if (this.#status.state === "down") throw new Error(this.#status.problem.message);
    const read = () => this.#source.readJob(id, this.#queues.book.confirmed);
    const { answer: detail, alone } = await this.#reader.aside(id, read);
    if (alone || this.row(id) === null) this.#apply([detail.facts], () => true);
    // That may have been the older of two readings.
    if (!alone) this.#reader.add([id], false);
    const row = this.row(id);
    // A job that has just gone is shown as it was seen last.
    return row && { ...detail, row: isGone(detail.facts) ? forgotten(row, detail.facts.readAt) : row };
  }

  onChange(listener: (change: MonitorChange) => void): () => void {
    const remove = this.#changes.add(listener);
    if (this.#changes.listenerCount === 1) this.#wake();
    return () => {
      remove();
      if (!this.#isWatched) this.#pacemaker.rest();
    };
  }

  /** Views show something else now. */
  note(change: Partial<MonitorChange>): void {
    this.#changes.note(change);
  }

  setDemand(demand: Demand): void {
    if (demand === this.#demand) return;
    this.#demand = demand;
    this.#source.setDemand(demand);
    if (this.#isWatched) this.#wake();
    else this.#pacemaker.rest();
  }

  status(status: SourceStatus): void {
    const wasLive = this.#status.state === "live";
    this.#status = status;
    if (status.state === "live") {
      this.#clockOffset = status.clockOffset;
      if (this.#horizon === Number.POSITIVE_INFINITY) this.history.restart((this.#horizon = this.now()));
      this.#reader.resume();
    } else {
      if (wasLive) this.missed(t("The connection was lost."));
      this.#reader.pause();
    }
    this.#changes.note({ status: true });
  }

  sweepStarted(): void {
    this.#coverage.sweepStarted();
    this.#queues.sweepStarted();
    this.#changes.note({ status: true });
  }

  sweepProgress(progress: SweepProgress): void {
    this.#coverage.sweepProgress(progress);
    this.#changes.note({ status: true });
  }

  async sweepEnded(): Promise<void> {
    const { sweep } = this.#coverage;
    if (!(await this.#readNotMetIn(sweep))) return;
    // Not by `request`: the first whole picture shall not wait for a gap to pass.
    await Promise.all([this.#queues.count(this.#queues.book.all), this.#workers.readNow()]);
    await this.#queues.lookAtUnlisted();
    // Those that a look at queues and workers has put in doubt are read again, too.
    if (!(await this.#reader.sweptAll()) || !this.#isCurrent(sweep)) return;
    this.#queues.book.dropNotMetIn(sweep);
    this.#tellHistory(this.now(), oldestHeld(this.index.table));
    // Whoever asks what has happened since the first whole look shall not be told what it has shown.
    this.#changes.flush();
    const gap = this.#coverage.sweepEnded(this.now());
    if (gap !== null) this.#changes.note({ gaps: [gap] });
    this.#changes.note({ status: true, queues: new Set(this.#queues.book.all) });
  }

  /** What was missed may still be told by the results that Redis holds: how far back, depends on how long it keeps them. */
  #tellHistory(now: number, held: number | null): void {
    this.history.lookedAround(now);
    const tell = (): void => this.history.heldSince(now, held, this.#forgetting.shortestKeptMs);
    void this.#forgetting.look().then(tell, tell);
  }

  touched(batch: TouchedBatch): Promise<void> {
    const { jobs, queues, workers, origin, counted = [] } = batch;
    for (const name of queues) this.#queues.book.meet(name, this.#coverage.sweep);
    if (origin === "live") this.#queues.changed(queues, counted);
    else this.#queues.listed(queues);
    if (workers) this.#workers.readSoon();
    this.#reader.add(jobs, origin === "live");
    return this.#reader.below(readAhead);
  }

  flushed(): void {
    this.#reader.clear();
    this.index.clear();
    this.#forgetting.clear();
    this.#queues.book.clear();
    this.#workers.clear();
    this.#options.onFlushed();
    this.#coverage.clear();
    // Not the horizon: whatever is there now came after the others went, and before we heard of it perhaps.
    this.history.restart(this.now());
    this.#changes.note({ all: true, status: true });
  }

  missed(why: string): void {
    this.#coverage.missed(this.now(), why);
    this.history.missed(this.now());
  }

  met(ids: readonly string[], key: JobKeyKind): Promise<void> {
    const news = ids.filter((id) => !this.index.meet(id, key, this.#coverage.sweep));
    this.#reader.add(news, false);
    return this.#reader.below(readAhead);
  }

  roundStarted(): void {
    this.#coverage.roundStarted();
  }

  async roundEnded(): Promise<void> {
    if (await this.#readNotMetIn(this.#coverage.sweep)) this.#coverage.sweptAt = this.now();
  }

  /** Somebody sees what is followed. */
  get #isWatched(): boolean {
    return this.#changes.listenerCount > 0 && this.#demand === "visible";
  }

  /** Jobs that a look at all keys has not met are read, for they may be gone. False when the look is no longer the one that counts. */
  async #readNotMetIn(sweep: number): Promise<boolean> {
    if (!(await this.#reader.sweptAll()) || !this.#isCurrent(sweep)) return false;
    for (const ids of this.index.notMetIn(sweep)) {
      this.#reader.add(ids, false);
      await this.#reader.below(readAhead);
      if (!this.#isCurrent(sweep)) return false;
    }
    return true;
  }

  #isCurrent(sweep: number): boolean {
    return !this.#closed && sweep === this.#coverage.sweep && this.#status.state === "live";
  }

  /** The source tells of a lost connection itself. Should it stand all the same, reading goes on after a moment. */
  #lost(error: unknown): void {
    this.#logger.debug(`Reading jobs stopped: ${String(error)}`);
    this.#retry?.();
    if (this.#closed) return;
    this.#retry = this.#clock.setTimeout(() => {
      if (this.#status.state !== "live" || !this.#reader.paused) return;
      this.#reader.resume();
      if (this.#coverage.progress !== null) this.#source.resync("reading was interrupted");
    }, retryMs);
  }

  #apply(facts: readonly JobFacts[], isLive: (id: string) => boolean): void {
    const { sweep } = this.#coverage;
    const context = { now: this.now(), sweep, evidence: this.#workers.evidence, horizon: this.#horizon };
    const parts = { index: this.index, book: this.#queues.book, history: this.history, isLive, context };
    const { jobs, queues, uncounted, events, newQueue, elsewhere } = applyBatch(facts, parts);
    if (newQueue) this.#queues.found();
    if (this.#coverage.complete && elsewhere) this.#queues.jobElsewhere();
    this.#queues.countSoon(uncounted);
    this.#pacemaker.follow();
    if (jobs.size > 0 || events.length > 0) this.#changes.note({ jobs, queues, events });
    this.#settle();
  }

  /** Counts that time has changed, and jobs whose keys have to be read again. */
  #fallDue(): void {
    if ((this.#forgetting.nextAt ?? Number.POSITIVE_INFINITY) <= this.now()) void this.#forgetting.look();
    const due = this.index.takeDue(this.now(), dueAtOnce);
    this.#queues.countSoon(due.map((id) => this.row(id)?.queue).filter((queue) => typeof queue === "string"));
    this.#reader.add(due, true);
  }

  /** Nothing more is being read that belongs to what has changed: it need not wait to be told. */
  #settle(): void {
    if (this.#reader.pending === 0 && !this.#queues.busy) this.#changes.hasten();
  }

  /** Somebody looks. */
  #wake(): void {
    if (this.#closed || !this.#isWatched) return;
    if (this.#status.state === "live") {
      this.#queues.countSoon(this.#queues.book.all);
      if (this.#coverage.isWhole) void this.#queues.lookAtUnlisted();
      this.#workers.readSoon();
    }
    this.#pacemaker.wake();
  }

  /** Ages and rates move on by themselves. Only connections come and go without a word, and health records where Redis announces nothing. */
  #beat(): void {
    if (this.#status.state !== "live") return;
    this.history.beat(this.now());
    this.#forgetting.beat();
    this.#options.onBeat();
    const busy = this.#queues.book.all.filter((name) => (this.#queues.book.facts(name)?.depth ?? 0) > 0);
    this.#changes.note({ queues: new Set(busy), status: true });
    const { states } = this.index.table.tallies;
    const runs = (["running", "orphaned"] as const).some((state) => states[jobStates.indexOf(state)]! > 0);
    if (runs || this.#status.feed === "poll") this.#workers.readSoon();
  }
}
