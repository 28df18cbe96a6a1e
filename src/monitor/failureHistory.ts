import type { FailureKind } from "../arq/jobModel";
import { errorGroupKey } from "./errorGroupKey";
import type { JobRow } from "./model";

/** A failed job as it was when it failed; its message is cut where it is long. Text has passed the redactor. Times unix ms on Redis' clock. */
export interface RememberedFailure {
  readonly id: string;
  readonly finishedAt: number;
  readonly function: string | null;
  readonly queue: string | null;
  readonly enqueuedAt: number | null;
  readonly startedAt: number | null;
  readonly waitMs: number | null;
  readonly runMs: number | null;
  /** Attempts started. */
  readonly tries: number | null;
  /** `host:pid`. */
  readonly worker: string | null;
  readonly error: { readonly kind: FailureKind; readonly type: string; readonly message: string };
  /** Key of its ErrorGroup. */
  readonly group: string;
}

export interface RememberedTraceback {
  readonly text: string;
  /** Where it came from, for people. */
  readonly source: string;
}

/** The record makes a forgotten kind a compile error. */
const kinds: Record<FailureKind, true> = {
  exception: true,
  timeout: true,
  aborted: true,
  expired: true,
  notFound: true,
  maxRetries: true,
  badPayload: true,
  retryRefused: true,
  resultLost: true,
};
export const failureKinds = Object.keys(kinds) as readonly FailureKind[];

/** As many failed jobs as are remembered, the newest. */
export const failuresAtMost = 10_000;
/** Removing the oldest means sorting: not for each one. */
const slack = 2000;
const groupsAtMost = 5000;
const longestTraceback = 16_384;
/** Characters of all tracebacks together. Jobs that fail alike share one, so this is a few hundred kinds of failure. */
const tracebackCharsAtMost = 4_000_000;

/**
 * The last 10,000 failed jobs, whether Redis still holds them or not, with the tracebacks that somebody looked at, and since when each kind of failure has been
 * seen. A failure is told apart by its job and the moment in which it failed, so that one that was met by two windows or twice is one.
 */
export class FailureHistory {
  readonly #failures = new Map<string, RememberedFailure>();
  readonly #newest = new Map<string, RememberedFailure>();
  readonly #groups = new Map<string, { firstAt: number; lastAt: number }>();
  /** By the key of the failure: the key of its traceback. */
  readonly #tracebackOf = new Map<string, string>();
  readonly #tracebacks = new Map<string, RememberedTraceback>();
  #chars = 0;
  #oldest = 0;
  #clearedAt = 0;
  readonly #unsaved = new Map<string, RememberedFailure>();

  /** Failures before this are not remembered: there were too many since, or the history was cleared. */
  get oldest(): number {
    return this.#oldest;
  }

  get size(): number {
    return this.#failures.size;
  }

  /** Failures since that moment, in no order. */
  *since(at: number): Iterable<RememberedFailure> {
    for (const failure of this.#failures.values()) if (failure.finishedAt >= at) yield failure;
  }

  /** How the job failed last; null when that is not remembered. */
  last(id: string): RememberedFailure | null {
    return this.#newest.get(id) ?? null;
  }

  traceback(failure: RememberedFailure): RememberedTraceback | null {
    return this.#tracebacks.get(this.#tracebackOf.get(keyOf(failure)) ?? "") ?? null;
  }

  tracebackKey(failure: RememberedFailure): string | null {
    return this.#tracebackOf.get(keyOf(failure)) ?? null;
  }

  /** When jobs failed like this for the first and the last time, as far as is remembered: up to 90 days. Keys are those of ErrorGroup. */
  get groups(): ReadonlyMap<string, { readonly firstAt: number; readonly lastAt: number }> {
    return this.#groups;
  }

  /** A job that is read as failed. */
  meet(row: JobRow): void {
    if (row.state !== "failed" || row.error === null || row.finishedAt === null) return;
    if (row.finishedAt < this.#oldest) return;
    const key = `${row.finishedAt}\n${row.id}`;
    if (this.#failures.has(key)) return;
    const { kind, type, message } = row.error;
    const failure: RememberedFailure = {
      id: row.id,
      finishedAt: row.finishedAt,
      function: row.function,
      queue: row.queue,
      enqueuedAt: row.enqueuedAt,
      startedAt: row.startedAt,
      waitMs: row.waitMs,
      runMs: row.runMs,
      tries: row.tries,
      worker: row.worker,
      error: { kind, type, message },
      group: errorGroupKey(type, message),
    };
    this.#unsaved.set(key, failure);
    this.#add(key, failure);
  }

  /** Somebody has seen the traceback of how this job failed then. */
  keepTraceback(id: string, finishedAt: number, traceback: RememberedTraceback): void {
    const failure = this.#failures.get(`${finishedAt}\n${id}`);
    if (failure === undefined || this.traceback(failure) !== null) return;
    const text = cut(traceback.text);
    // What another source told is another: it would be said to come from where it did not.
    const key = hashOf(`${traceback.source}\n${text}`);
    this.takeTraceback(key, { ...traceback, text });
    this.#tracebackOf.set(keyOf(failure), key);
    this.#unsaved.set(keyOf(failure), failure);
  }

  /** One that was stored. */
  take(failure: RememberedFailure, traceback: string | null): void {
    const key = keyOf(failure);
    if (traceback !== null) this.#tracebackOf.set(key, traceback);
    if (failure.finishedAt < this.#oldest || this.#failures.has(key)) {
      if (traceback !== null || this.#tracebackOf.get(key) === undefined) this.#unsaved.delete(key);
      return;
    }
    this.#add(key, failure);
  }

  takeTraceback(key: string, traceback: RememberedTraceback): void {
    if (this.#tracebacks.has(key)) return;
    this.#tracebacks.set(key, traceback);
    this.#chars += traceback.text.length;
    for (const [oldest, { text }] of this.#tracebacks) {
      if (this.#chars <= tracebackCharsAtMost) break;
      this.#tracebacks.delete(oldest);
      this.#chars -= text.length;
    }
  }

  takeGroup(key: string, firstAt: number, lastAt: number): void {
    const known = this.#groups.get(key);
    if (lastAt < this.#clearedAt) return;
    if (known === undefined) {
      if (this.#groups.size >= groupsAtMost) return;
      this.#groups.set(key, { firstAt: Math.max(firstAt, this.#clearedAt), lastAt });
      return;
    }
    known.firstAt = Math.max(this.#clearedAt, Math.min(known.firstAt, firstAt));
    known.lastAt = Math.max(known.lastAt, lastAt);
  }

  get hasUnsaved(): boolean {
    return this.#unsaved.size > 0;
  }

  /** Failures that were not stored yet, or not with their traceback; they count as stored from now on. */
  takeUnsaved(atMost: number): RememberedFailure[] {
    const taken: RememberedFailure[] = [];
    for (const [key, failure] of this.#unsaved) {
      if (taken.length >= atMost) break;
      this.#unsaved.delete(key);
      if (this.#failures.has(key)) taken.push(failure);
    }
    return taken;
  }

  /** Forgets what failed before that moment, for good: what Redis still holds of it is not taken again. */
  clearBefore(at: number): void {
    this.dropBefore(at);
    this.#oldest = Math.max(this.#oldest, at);
    this.#clearedAt = at;
    for (const group of this.#groups.values()) group.firstAt = Math.max(group.firstAt, at);
  }

  /** Forgets what failed before that moment. */
  dropBefore(at: number): void {
    for (const [key, failure] of this.#failures) if (failure.finishedAt < at) this.#drop(key, failure);
    for (const [key, group] of this.#groups) if (group.lastAt < at) this.#groups.delete(key);
  }

  #add(key: string, failure: RememberedFailure): void {
    this.#failures.set(key, failure);
    const newest = this.#newest.get(failure.id);
    if (newest === undefined || newest.finishedAt <= failure.finishedAt) this.#newest.set(failure.id, failure);
    this.takeGroup(failure.group, failure.finishedAt, failure.finishedAt);
    if (this.#failures.size <= failuresAtMost + slack) return;
    const times = Float64Array.from(this.#failures.values(), ({ finishedAt }) => finishedAt).sort();
    this.#oldest = Math.max(this.#oldest, times[times.length - failuresAtMost]!);
    for (const [old, each] of this.#failures) if (each.finishedAt < this.#oldest) this.#drop(old, each);
  }

  #drop(key: string, failure: RememberedFailure): void {
    this.#failures.delete(key);
    this.#tracebackOf.delete(key);
    this.#unsaved.delete(key);
    if (this.#newest.get(failure.id) === failure) this.#newest.delete(failure.id);
  }
}

function keyOf({ id, finishedAt }: RememberedFailure): string {
  return `${finishedAt}\n${id}`;
}

/** Head and tail: the exception stands at the end. */
function cut(text: string): string {
  if (text.length <= longestTraceback) return text;
  const head = longestTraceback / 4;
  return `${text.slice(0, head)}\n… ${text.length - longestTraceback} characters left out …\n${text.slice(head - longestTraceback)}`;
}

/** Tells texts apart that nobody has made to collide: FNV-1a, twice, with the length. */
function hashOf(text: string): string {
  let [a, b] = [0x811c9dc5, 0xc9dc5118];
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(text.length - 1 - i), 0x01000193);
  }
  return [a, b, text.length].map((part) => (part >>> 0).toString(16)).join(".");
}
