import { assertNever } from "../python/assertNever";
import type { FailureHistory } from "./failureHistory";
import {
  bucketLine,
  coveredLine,
  errorGroupLine,
  failureLine,
  type HistoryLine,
  parseHistoryLine,
  tracebackLine,
} from "./historyLines";
import { type HistorySection, parseSection, sectionOf } from "./historySections";
import { hoursKeptMs, minutesKeptMs, type OutcomeHistory } from "./outcomeHistory";
import { OutcomeBucket } from "./outcomeBucket";
import type { Cancel, Clock, HistoryStore } from "./ports";
import type { Span } from "./spans";

/** Between two writes. A minute is written when it is over, so that it is written once. */
const writeGapMs = 10_000;
/** Spans are stored this often, and only beside something else. */
const spanGapMs = 60_000;
/** Written at once, at most: turning 256 kB into lines takes about 3 ms. */
const charsPerWrite = 256_000;
const failuresPerWrite = 500;
/** Functions that a minute or an hour tells apart; the others become one. */
const minuteOwners = 50;
const hourOwners = 100;
/** A section in more pieces than this is made one. */
const piecesAtMost = 3;
const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

export interface RecorderParts {
  readonly store: HistoryStore;
  /** What was stored under earlier rules passes those of today. */
  readonly redact: (text: string) => string;
  readonly clock: Clock;
  /** Redis' clock. */
  readonly now: () => number;
  readonly outcomes: OutcomeHistory;
  readonly failures: FailureHistory;
}

/**
 * Brings what was stored into memory, and what is seen to the store: rarely, a little at a time, and only what the store does not have. Whatever it writes may be
 * written twice, by two windows or again: a bucket is the better of all that tell of it, a failure is told apart by its job and moment, spans are joined.
 */
export class HistoryRecorder {
  readonly #parts: RecorderParts;
  readonly #storedTracebacks = new Set<string>();
  #loaded = false;
  #loading: Promise<void> | null = null;
  #timer: Cancel | null = null;
  #writing: Promise<void> = Promise.resolve();
  #spansAt = Number.NEGATIVE_INFINITY;
  #tidiedDay = "";
  #clearedAt = 0;
  #closed = false;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  /** Resolves when what was stored is in memory. */
  load(): Promise<void> {
    return (this.#loading ??= this.#load());
  }

  async #load(): Promise<void> {
    const { store, outcomes } = this.#parts;
    await this.#obeyClearing();
    await store.load((section, lines) => {
      for (const text of lines) {
        const line = parseHistoryLine(text, outcomes.owners);
        if (line !== null) this.#take(section, line);
      }
    });
    this.#loaded = true;
    this.soon();
  }

  /** There may be something to write. */
  soon(): void {
    const { store, clock, outcomes, failures } = this.#parts;
    if (this.#timer !== null || !this.#loaded || this.#closed || store.off !== null) return;
    if (!outcomes.minutes.hasUnsaved && !outcomes.hours.hasUnsaved && !failures.hasUnsaved) return;
    this.#timer = clock.setTimeout(() => {
      this.#timer = null;
      this.#writing = this.#writing.then(() => this.#write(false)).then(() => this.soon());
    }, writeGapMs);
  }

  /** Writes what is left. Without a single job nothing is written at all. */
  async close(): Promise<void> {
    if (this.#closed) return this.#writing;
    this.#closed = true;
    this.#timer?.();
    this.#writing = this.#writing.then(async () => {
      // What was counted while it was being read is not to be lost.
      await this.#loading?.catch(() => {});
      if (this.#loaded) while (await this.#write(true));
      await this.#parts.store.close();
    });
    return this.#writing;
  }

  async clear(at: number): Promise<void> {
    const { store } = this.#parts;
    await this.#writing;
    this.#forget(at);
    this.#writing = store.clear(at);
    const done = this.#writing;
    this.#writing = done.catch(() => {});
    return done;
  }

  /** @returns whether there is more to write now. */
  async #write(last: boolean): Promise<boolean> {
    const { store, outcomes, failures } = this.#parts;
    await this.#obeyClearing();
    const now = this.#parts.now();
    const batch = new Batch();
    const full = (): boolean => batch.chars > charsPerWrite;
    // What happens after it is closed is somebody else's; a worker's clock may have dated a job ahead.
    const endedBy = last ? Number.POSITIVE_INFINITY : now;
    for (const [at, bucket] of outcomes.minutes.takeUnsaved(endedBy)) {
      bucket.trim(minuteOwners);
      batch.add(sectionOf("minutes", at), bucketLine("minute", at, bucket, outcomes.owners));
      if (full()) break;
    }
    for (const [at, bucket] of full() ? [] : outcomes.hours.takeUnsaved(endedBy)) {
      bucket.trim(hourOwners);
      batch.add(sectionOf("hours", at), bucketLine("hour", at, bucket, outcomes.owners));
      if (full()) break;
    }
    if (!full()) this.#addFailures(batch);
    const hasJobs = outcomes.minutes.size > 0 || failures.size > 0;
    if (batch.chars > 0 ? last || now - this.#spansAt >= spanGapMs : last && hasJobs) {
      this.#spansAt = now;
      for (const span of outcomes.takeUnsavedSpans(now)) this.#addSpan(batch, span, now);
    }
    if (batch.chars === 0) return false;
    await store.append(batch.lines);
    if (!last) await this.#tidy(now);
    return full() && store.off === null;
  }

  /** In parts, each in the section of its time, so that it goes and is written anew with what it tells of. */
  #addSpan(batch: Batch, { from, to }: Span, now: number): void {
    for (let at = from; at < to;) {
      const name = sectionOf(at < now - minutesKeptMs ? "hours" : "minutes", at);
      const end = Math.min(to, parseSection(name)?.to ?? to);
      batch.add(name, coveredLine({ from: at, to: end }));
      at = end;
    }
  }

  #addFailures(batch: Batch): void {
    const { failures } = this.#parts;
    for (const failure of failures.takeUnsaved(failuresPerWrite)) {
      const section = sectionOf("failures", failure.finishedAt);
      const key = failures.tracebackKey(failure);
      const traceback = failures.traceback(failure);
      if (key !== null && traceback !== null && !this.#storedTracebacks.has(`${section} ${key}`)) {
        this.#storedTracebacks.add(`${section} ${key}`);
        batch.add(section, tracebackLine(key, traceback));
      }
      batch.add(section, failureLine(failure, key));
    }
  }

  #take(section: string, line: HistoryLine): void {
    const { outcomes, failures, redact, now } = this.#parts;
    // A clock was wrong when it was written: what is dated ahead would stand before everything else.
    const latest = now() + dayMs;
    if (momentOf(line) > latest) return;
    switch (line.kind) {
      case "minute":
        if (line.at >= this.#clearedAt) outcomes.minutes.take(line.at, line.bucket);
        return;
      case "hour":
        if (line.at >= this.#clearedAt) outcomes.hours.take(line.at, line.bucket);
        return;
      case "covered":
        outcomes.covered.add(Math.max(line.span.from, this.#clearedAt), line.span.to);
        return;
      case "failure": {
        const { error } = line.failure;
        failures.take({ ...line.failure, error: { ...error, message: redact(error.message) } }, line.traceback);
        return;
      }
      case "traceback":
        this.#storedTracebacks.add(`${section} ${line.key}`);
        failures.takeTraceback(line.key, { text: redact(line.text), source: line.source });
        return;
      case "errorGroup":
        failures.takeGroup(line.key, line.firstAt, line.lastAt);
        return;
      default:
        return assertNever(line);
    }
  }

  /** Somebody else, in another window, may have cleared everything. */
  async #obeyClearing(): Promise<void> {
    const at = await this.#parts.store.clearedAt();
    if (at > this.#clearedAt) this.#forget(at);
  }

  #forget(at: number): void {
    this.#clearedAt = at;
    this.#storedTracebacks.clear();
    this.#parts.outcomes.clearBefore(at);
    this.#parts.failures.clearBefore(at);
  }

  /** Once a day: what is too old goes or becomes hours, what is in many pieces becomes one. */
  async #tidy(now: number): Promise<void> {
    const { store, outcomes, failures } = this.#parts;
    const today = sectionOf("minutes", now);
    if (this.#tidiedDay === today) return;
    this.#tidiedDay = today;
    for (const [name, { pieces }] of store.sections) {
      const section = parseSection(name);
      if (section === null) continue;
      const { kind, to } = section;
      if (kind === "minutes" && to <= now - minutesKeptMs) await this.#rollUp(name, section);
      else if (kind === "hours" && to <= now - hoursKeptMs) await store.replace(name, []);
      else if (kind === "failures" && to <= Math.max(failures.oldest, now - hoursKeptMs))
        await this.#dropFailures(name);
      else if (pieces > piecesAtMost && to <= now) await store.replace(name, this.#linesOf(section));
    }
    outcomes.prune(now);
    failures.dropBefore(now - hoursKeptMs);
  }

  /** Minutes become hours. The hours are stored before the minutes go. */
  async #rollUp(name: string, { from, to }: HistorySection): Promise<void> {
    const { store, outcomes } = this.#parts;
    const batch = new Batch();
    for (let start = from; start < to; start += hourMs) {
      const hour = new OutcomeBucket();
      for (const [, bucket] of outcomes.minutes.between(start, start + hourMs)) hour.addBucket(bucket);
      if (hour.size === 0) continue;
      outcomes.hours.take(start, hour);
      hour.trim(hourOwners);
      batch.add(sectionOf("hours", start), bucketLine("hour", start, hour, outcomes.owners));
    }
    for (const span of outcomes.covered.within(from, to)) batch.add(sectionOf("hours", from), coveredLine(span));
    if (batch.chars > 0) await store.append(batch.lines);
    await store.replace(name, []);
  }

  /** What is forgotten of single jobs stays known of kinds of failures. */
  async #dropFailures(name: string): Promise<void> {
    const { store, failures, now } = this.#parts;
    const batch = new Batch();
    for (const [key, group] of failures.groups) batch.add(sectionOf("hours", now()), errorGroupLine(key, group));
    if (batch.chars > 0) await store.append(batch.lines);
    await store.replace(name, []);
  }

  *#linesOf({ kind, from, to }: HistorySection): Iterable<string> {
    const { outcomes, failures } = this.#parts;
    if (kind === "failures") {
      const told = new Set<string>();
      for (const failure of failures.since(from)) {
        const key = failures.tracebackKey(failure);
        const traceback = failures.traceback(failure);
        if (failure.finishedAt >= to) continue;
        if (key !== null && traceback !== null && !told.has(key)) {
          told.add(key);
          yield tracebackLine(key, traceback);
        }
        yield failureLine(failure, key);
      }
      return;
    }
    const series = kind === "minutes" ? outcomes.minutes : outcomes.hours;
    const unit = kind === "minutes" ? "minute" : "hour";
    for (const [at, bucket] of series.between(from, to)) yield bucketLine(unit, at, bucket, outcomes.owners);
    for (const span of outcomes.covered.within(from, to)) yield coveredLine(span);
    if (kind === "hours") for (const [key, group] of failures.groups) yield errorGroupLine(key, group);
  }
}

/** The latest moment of which a line tells. */
function momentOf(line: HistoryLine): number {
  switch (line.kind) {
    case "minute":
    case "hour":
      return line.at;
    case "covered":
      return line.span.to;
    case "failure":
      return line.failure.finishedAt;
    case "errorGroup":
      return line.lastAt;
    case "traceback":
      return 0;
    default:
      return assertNever(line);
  }
}

/** Lines by section. */
class Batch {
  readonly lines = new Map<string, string[]>();
  chars = 0;

  add(section: string, line: string): void {
    const lines = this.lines.get(section);
    if (lines === undefined) this.lines.set(section, [line]);
    else lines.push(line);
    this.chars += line.length;
  }
}
