import type { JobFacts } from "../arq/jobModel";
import { applyBatch } from "./applyBatch";
import { ChangeEmitter } from "./changeEmitter";
import { type WorkerEvidence, workerEvidence } from "./claimEvidence";
import { JobIndex } from "./jobIndex";
import { JobReader } from "./jobReader";
import type {
  ErrorGroup,
  FunctionStats,
  HealthThresholds,
  JobDetail,
  JobPage,
  JobQuery,
  JobRow,
  Monitor,
  MonitorChange,
  MonitorSnapshot,
} from "./model";
import { OutcomeHistory } from "./outcomeHistory";
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
} from "./ports";
import { Pacemaker } from "./pacemaker";
import { Queries } from "./queries";
import type { QueueReport, Suggestion } from "./queryModel";
import { QueueBook } from "./queueBook";
import { QueueCounter } from "./queueCounter";
import { QueueSearch } from "./queueSearch";
import { Rechecks } from "./rechecks";
import { Refresher } from "./refresher";
import { SilentClosings } from "./silentClosings";
import { SnapshotMaker } from "./snapshotMaker";
import { oldestHeld } from "./statistics";
import { Workers } from "./workers";

export interface MonitorOptions {
  readonly source: ArqSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly thresholds: HealthThresholds;
  /** `arq.workers.staleAfter` in ms. */
  readonly staleAfterMs: number;
  /** Queues named in the settings; others are found. */
  readonly queues: readonly string[];
}

/** Changes reach views, and queue counts and workers are read again, at most this often. */
const changeGapMs = 100;
const queueGapMs = 200;
const workerGapMs = 1000;
/** After a failed read without news of a lost connection. */
const retryMs = 1000;
/** Jobs read again in a beat because the queue they were in is empty. */
const rereadAtMost = 1000;
/** Ids a feed may have touched before it is asked to wait: while looking at everything, and when it has news. */
const sweptAhead = 2000;
const touchedAhead = 20_000;

/** The live model of one connection: keys that may have changed → facts → one index → views. Never throws into its source. */
export function createMonitor(options: MonitorOptions): Monitor {
  return new LiveMonitor(options);
}

class LiveMonitor implements Monitor, SourceSink {
  readonly #source: ArqSource;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #index = new JobIndex();
  readonly #rechecks = new Rechecks(this.#index);
  readonly #history = new OutcomeHistory();
  readonly #workers = new Workers();
  readonly #book: QueueBook;
  readonly #changes: ChangeEmitter;
  readonly #reader: JobReader;
  readonly #queueCounts: QueueCounter;
  readonly #workerReads: Refresher;
  readonly #search: QueueSearch;
  readonly #pacemaker: Pacemaker;
  readonly #snapshots: SnapshotMaker;
  readonly #queries = new Queries(
    this.#index,
    () => this.now(),
    () => this.snapshot().queues,
  );
  #status: SourceStatus = { state: "connecting", attempt: 1 };
  #sweep = 0;
  #progress: SweepProgress | null = null;
  #complete = false;
  #sweptAt: number | null = null;
  /** Events before this belong to the past that nobody watched; Redis' clock. */
  #horizon = Number.POSITIVE_INFINITY;
  /** Since when changes may have been missed, on Redis' clock; null while none are. */
  #gap: { readonly from: number; readonly why: string } | null = null;
  #clockOffset = 0;
  #evidence: WorkerEvidence | undefined;
  readonly #silent = new SilentClosings();
  #retry: Cancel | null = null;
  #closed = false;

  constructor(options: MonitorOptions) {
    const { source, clock, logger } = options;
    this.#source = source;
    this.#clock = clock;
    this.#logger = logger;
    this.#book = new QueueBook(options.queues);
    this.#changes = new ChangeEmitter(clock, logger, changeGapMs);
    this.#reader = new JobReader({
      read: (ids) => this.#readJobs(ids),
      apply: (facts, isLive) => this.#apply(facts, isLive),
      onLost: (error) => this.#lost(error),
    });
    this.#queueCounts = new QueueCounter(clock, queueGapMs, (names) => this.#readQueues(names));
    this.#workerReads = new Refresher(clock, workerGapMs, () => this.#readWorkers());
    this.#search = new QueueSearch(clock, () => source.findQueues());
    this.#pacemaker = new Pacemaker({
      clock,
      now: () => this.now(),
      nextDeadline: () => this.#index.nextDeadline,
      onDeadline: () => this.#fallDue(),
      onBeat: () => this.#beat(),
    });
    this.#snapshots = new SnapshotMaker({
      table: () => this.#index.table,
      history: this.#history,
      workers: this.#workers,
      book: this.#book,
      thresholds: options.thresholds,
      staleAfterMs: options.staleAfterMs,
    });
  }

  start(): void {
    this.#source.start(this);
  }

  refresh(): void {
    this.#source.resync("asked for");
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#pacemaker.rest();
    this.#retry?.();
    this.#search.close();
    this.#changes.close();
    this.#queueCounts.close();
    this.#workerReads.close();
    this.#reader.pause();
    this.#reader.clear();
    await this.#source.close();
  }

  now(): number {
    return this.#clock.now() + this.#clockOffset;
  }

  snapshot(): MonitorSnapshot {
    return this.#snapshots.make({
      now: this.now(),
      status: this.#status,
      sweep: this.#progress,
      complete: this.#complete,
      sweptAt: this.#sweptAt,
    });
  }

  query(query: JobQuery, signal?: AbortSignal): Promise<JobPage> {
    return this.#queries.page(query, signal);
  }

  rows(): Iterable<JobRow> {
    return this.#queries.rows();
  }

  errorGroups(signal?: AbortSignal): Promise<readonly ErrorGroup[]> {
    return this.#queries.errorGroups(signal);
  }

  functions(signal?: AbortSignal): Promise<readonly FunctionStats[]> {
    return this.#queries.functions(signal);
  }

  queueReports(signal?: AbortSignal): Promise<readonly QueueReport[]> {
    return this.#queries.queueReports(signal);
  }

  suggest(text: string, cursor: number, signal?: AbortSignal): Promise<readonly Suggestion[]> {
    return this.#queries.suggest(text, cursor, signal);
  }

  row(id: string): JobRow | null {
    return this.#index.row(id, this.now());
  }

  async open(id: string): Promise<JobDetail | null> {
    if (this.#status.state === "down") throw new Error(this.#status.problem.message);
    const detail = await this.#source.readJob(id, this.#book.confirmed);
    this.#apply([detail.facts], () => true);
    // A job that has just gone is shown as it was seen last.
    const row = this.#index.row(id, this.now());
    return row === null ? null : { ...detail, row };
  }

  onChange(listener: (change: MonitorChange) => void): () => void {
    const remove = this.#changes.add(listener);
    if (this.#changes.listenerCount === 1) this.#wake();
    return () => {
      remove();
      if (this.#changes.listenerCount === 0) this.#pacemaker.rest();
    };
  }

  setThresholds(thresholds: HealthThresholds): void {
    this.#snapshots.setThresholds(thresholds);
    this.#changes.note({ all: true });
  }

  setDemand(demand: Demand): void {
    this.#source.setDemand(demand);
  }

  pauseSweep(): void {
    this.#source.pauseSweep();
  }

  resumeSweep(): void {
    this.#source.resumeSweep();
  }

  status(status: SourceStatus): void {
    const wasLive = this.#status.state === "live";
    this.#status = status;
    if (status.state === "live") {
      this.#clockOffset = status.clockOffset;
      if (this.#horizon === Number.POSITIVE_INFINITY) this.#watchFrom(this.now());
      this.#reader.resume();
    } else {
      if (wasLive) this.missed("The connection was lost.");
      this.#reader.pause();
    }
    this.#changes.note({ status: true });
  }

  sweepStarted(): void {
    this.#sweep++;
    this.#progress = { keysScanned: 0, keysTotal: null, paused: false };
    this.#changes.note({ status: true });
  }

  sweepProgress(progress: SweepProgress): void {
    this.#progress = progress;
    this.#changes.note({ status: true });
  }

  async sweepEnded(): Promise<void> {
    const sweep = this.#sweep;
    if (!(await this.#reader.sweptAll()) || !this.#isCurrent(sweep)) return;
    for (const ids of this.#index.notMetIn(sweep)) {
      this.#reader.add(ids, false);
      await this.#reader.below(sweptAhead);
      if (!this.#isCurrent(sweep)) return;
    }
    // Not by `request`: the first whole picture shall not wait for a gap to pass.
    const counted = Promise.all([this.#readQueues(this.#book.all), this.#readWorkers()]);
    await counted;
    // Those that a look at queues and workers has put in doubt are read again, too.
    if (!(await this.#reader.sweptAll()) || !this.#isCurrent(sweep)) return;
    this.#book.dropNotMetIn(sweep);
    this.#closeGap();
    this.lookedAround();
    this.#progress = null;
    this.#complete = true;
    this.#changes.note({ status: true, queues: new Set(this.#book.all) });
  }

  touched(batch: TouchedBatch): Promise<void> {
    for (const name of batch.queues) this.#book.meet(name, this.#sweep);
    const live = batch.origin === "live";
    this.#queueCounts.soon(batch.queues);
    if (batch.workers && this.#changes.listenerCount > 0) void this.#workerReads.request();
    this.#reader.add(batch.jobs, live);
    return this.#reader.below(live ? touchedAhead : sweptAhead);
  }

  flushed(): void {
    this.#reader.clear();
    this.#index.clear();
    this.#queries.clear();
    this.#book.clear();
    this.#workers.clear();
    this.#evidence = undefined;
    this.#silent.clear();
    this.#snapshots.clear();
    this.#complete = false;
    this.#sweptAt = null;
    this.#gap = null;
    this.#watchFrom(this.now());
    this.#changes.note({ all: true, status: true });
  }

  missed(why: string): void {
    this.#gap ??= { from: this.now(), why };
    this.#history.missed(this.now());
  }

  lookedAround(): void {
    this.#sweptAt = this.now();
  }

  #watchFrom(now: number): void {
    this.#horizon = now;
    this.#history.restart(now);
  }

  /** What was missed while we were away may still be told by the results that Redis holds. */
  #closeGap(): void {
    this.#history.lookedAround(this.now(), oldestHeld(this.#index.table));
    if (this.#gap === null) return;
    this.#changes.note({ gaps: [{ kind: "gap", ...this.#gap, to: this.now() }] });
    this.#gap = null;
  }

  #isCurrent(sweep: number): boolean {
    return !this.#closed && sweep === this.#sweep && this.#status.state === "live";
  }

  async #readJobs(ids: readonly string[]): Promise<readonly JobFacts[]> {
    // Facts of a job in a queue that is not known yet would say that it is in none.
    await this.#countQueues(this.#book.uncounted);
    return this.#source.readJobs(ids, this.#book.confirmed);
  }

  /** The source tells of a lost connection itself. Should it stand all the same, reading goes on after a moment. */
  #lost(error: unknown): void {
    this.#logger.debug(`Reading jobs stopped: ${describe(error)}`);
    this.#retry?.();
    if (this.#closed) return;
    this.#retry = this.#clock.setTimeout(() => {
      if (this.#status.state !== "live" || !this.#reader.paused) return;
      this.#reader.resume();
      if (this.#progress !== null) this.#source.resync("reading was interrupted");
    }, retryMs);
  }

  #apply(facts: readonly JobFacts[], isLive: (id: string) => boolean): void {
    const context = { now: this.now(), sweep: this.#sweep, evidence: this.#evidence, horizon: this.#horizon };
    const parts = { index: this.#index, book: this.#book, history: this.#history, isLive, context };
    const { jobs, queues, uncounted, events, newQueue, elsewhere } = applyBatch(facts, parts);
    if (newQueue) this.#queueFound();
    if (this.#complete && elsewhere) this.#search.jobElsewhere();
    this.#queueCounts.soon(uncounted);
    this.#pacemaker.follow();
    if (jobs.size > 0 || events.length > 0) this.#changes.note({ jobs, queues, events });
  }

  /** Counts that time has changed, and jobs whose keys have to be read again. */
  #fallDue(): void {
    const due = this.#index.takeDue(this.now());
    this.#queueCounts.soon(due.map((id) => this.row(id)?.queue).filter((queue) => typeof queue === "string"));
    this.#reader.add(due, true);
  }

  #queueFound(): void {
    this.#search.queueFound();
    this.#queueCounts.soon(this.#book.all);
    // Jobs that seemed to be in no queue may be in this one.
    this.#reader.add(this.#index.idsInState("unknown"), false);
  }

  async #readQueues(names: readonly string[]): Promise<void> {
    try {
      await this.#countQueues(names);
    } catch (error) {
      this.#logger.debug(`Counting queues failed: ${describe(error)}`);
    }
  }

  async #countQueues(asked: readonly string[]): Promise<void> {
    if (asked.length === 0) return;
    const found = this.#book.count(asked, await this.#source.readQueues(asked));
    this.#changes.note({ queues: new Set(asked) });
    if (found) this.#queueFound();
  }

  async #readWorkers(): Promise<void> {
    try {
      const facts = await this.#source.readWorkers(this.#book.confirmed);
      this.#workers.read(facts, this.#index.table.tallies.running.size);
      this.#snapshots.setRefused(facts.refused);
      if (facts.clients !== null) this.#silent.read(facts.clients, facts.clientsReadAt ?? facts.readAt);
      this.#evidence = workerEvidence(facts, this.#silent.spans);
      const { changed, suspects } = this.#index.judgeClaims(this.now(), this.#evidence);
      const queues = changed.map((row) => row.queue).filter((queue) => queue !== null);
      this.#changes.note({ workers: true, jobs: new Set(changed.map((row) => row.id)), queues: new Set(queues) });
      this.#reader.add(suspects, false);
      if (this.#workers.wantsMore && this.#changes.listenerCount > 0) void this.#workerReads.request();
    } catch (error) {
      this.#logger.debug(`Reading workers failed: ${describe(error)}`);
    }
  }

  /** Somebody looks. */
  #wake(): void {
    if (this.#closed) return;
    if (this.#status.state === "live") {
      this.#queueCounts.soon(this.#book.all);
      void this.#workerReads.request();
    }
    this.#pacemaker.wake();
  }

  #beat(): void {
    if (this.#status.state !== "live") return;
    void this.#workerReads.request();
    const { queues } = this.snapshot();
    this.#queries.noteDepths(queues);
    const busy = new Set(queues.filter((queue) => queue.depth > 0).map((queue) => queue.name));
    this.#queueCounts.soon(busy);
    // Rates and the throughput of the last hour move on by themselves.
    this.#changes.note({ queues: busy, status: true });
    this.#reader.add(this.#rechecks.next(), false);
    // Nobody announces which jobs a queue held that was deleted by hand.
    const empty = this.#book.all.filter((name) => this.#book.facts(name)?.depth === 0);
    this.#reader.add(this.#index.idsIn(empty, rereadAtMost), false);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
