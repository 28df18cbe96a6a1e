import type { Disposable } from "vscode";
import type { ErrorGroup, Monitor } from "../monitor/model";
import { isOwnFrame } from "../python/frames";
import type { Frame } from "../python/traceback";
import type { FrameTarget } from "./contributions/commands";
import type { FrameStack } from "./editor/frameStack";
import { failureStacks } from "./failureStack";
import type { Session } from "./session";
import { Throttle } from "./throttle";
import type { FoundTraceback, Tracebacks } from "./tracebacks";

/** Groups whose place is looked for, of each who asks: those that are read. Each costs the reading of a job, once. */
const lookedFor = 50;
/** A log or an instrumented worker may tell of it a while after the job failed. Ms. */
const againAfterMs = 5000;
/** Readings of one job. */
const triesAtMost = 4;
/** The code may have changed since: a newer job of the group is read so long after the last one. Ms. */
const newerAfterMs = 10_000;
/** A log that is written all the time does not have everything looked at again all the time. Ms. */
const heardMs = 500;

/** Where in own code a job failed. Text from outside, which has passed the redactor. */
export interface FailingFrame {
  /** As the traceback has it, perhaps on another machine. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** "" for the place of a SyntaxError, which no frame ran. */
  readonly function: string;
  /** As the traceback printed it; null where it did not. */
  readonly source: string | null;
  /** Of the exception that it belongs to. */
  readonly stack: FrameStack;
  /** Its index in the stack, where the place of a SyntaxError is the last. */
  readonly index: number;
  /** The job that was read. */
  readonly jobId: string;
}

interface Known {
  readonly frame: FailingFrame | null;
  /** The job that was read last. */
  readonly jobId: string;
  /** Whether that job told. */
  readonly told: boolean;
  /** How often it was read. */
  readonly tries: number;
  /** On our clock, ms. */
  readonly at: number;
}

/**
 * Where in own code the jobs of each error group fail, as far as a traceback of one of them is found. Read from the newest, one job at a time, and kept, since jobs
 * of one group nearly always fail at one place; a newer job is read a while later, for the code may be another one by then. The one of the window, for everybody who asks.
 */
export class GroupFrames implements Disposable {
  readonly #listeners = new Set<() => void>();
  readonly #known = new Map<string, Known>();
  readonly #wanted = new Map<object, readonly ErrorGroup[]>();
  readonly #listening: Disposable;
  readonly #heard = new Throttle(heardMs, () => this.#hear());
  #reading = false;
  /** Whose groups these are. */
  #monitor: Monitor | null = null;

  constructor(
    private readonly session: Pick<Session, "monitor">,
    private readonly tracebacks: Pick<Tracebacks, "find" | "use" | "onDidChange">,
    private readonly newerAfter = newerAfterMs,
  ) {
    this.#listening = tracebacks.onDidChange(() => this.#heard.request());
  }

  /** More is found, or another place than before. */
  onDidFind(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  /** The place that is known of the group of this key; null while none is. */
  of(key: string): FailingFrame | null {
    return this.#monitor === this.session.monitor ? (this.#known.get(key)?.frame ?? null) : null;
  }

  /** What was printed of a frame's line in a traceback that was read; null where none was. */
  printed({ file, line, function: name }: Pick<Frame, "file" | "line" | "function">): string | null {
    const frames = [...this.#known.values()].flatMap(({ frame }) => frame?.stack.frames ?? []);
    return frames.find((each) => each.file === file && each.line === line && each.function === name)?.source ?? null;
  }

  /** Looks for the places of these groups, the first ones first. They take the place of those that `who` has asked for before. */
  want(who: object, groups: readonly ErrorGroup[]): void {
    if (this.#monitor !== this.session.monitor) {
      this.#monitor = this.session.monitor;
      this.#known.clear();
      this.#wanted.clear();
    }
    if (groups.length === 0) this.#wanted.delete(who);
    else this.#wanted.set(who, groups.slice(0, lookedFor));
    if (!this.#reading) void this.#read();
  }

  /** The logs of workers are followed until the result is disposed of; then nothing more is looked for, for `who`. */
  follow(who: object): Disposable {
    const using = this.tracebacks.use();
    return {
      dispose: () => {
        using.dispose();
        this.#wanted.delete(who);
      },
    };
  }

  dispose(): void {
    this.#listening.dispose();
    this.#heard.dispose();
    this.#wanted.clear();
    this.#listeners.clear();
  }

  /** What no log told before, it may tell now. */
  #hear(): void {
    for (const [key, known] of this.#known) {
      if (!known.told) this.#known.set(key, { ...known, at: Number.NEGATIVE_INFINITY, tries: 0 });
    }
    if (!this.#reading) void this.#read();
  }

  async #read(): Promise<void> {
    this.#reading = true;
    let more = false;
    for (let next = this.#next(); next !== null; next = this.#next()) {
      const { key, id } = next;
      const monitor = this.#monitor;
      const found = await this.#find(id);
      if (monitor !== this.#monitor) continue;
      const before = this.#known.get(key);
      const tries = before?.jobId === id ? before.tries + 1 : 1;
      const frame = found ?? before?.frame ?? null;
      this.#known.set(key, { frame, jobId: id, told: found !== null, tries, at: performance.now() });
      more ||= found !== null && !isSame(found, before?.frame ?? null);
    }
    this.#reading = false;
    if (more) for (const listener of this.#listeners) listener();
  }

  #next(): { key: string; id: string } | null {
    for (const groups of this.#wanted.values()) {
      for (const { key, latest } of groups)
        if (latest !== null && this.#isDue(key, latest.id)) return { key, id: latest.id };
    }
    return null;
  }

  #isDue(key: string, id: string): boolean {
    const known = this.#known.get(key);
    if (known === undefined) return true;
    const since = performance.now() - known.at;
    if (known.jobId !== id) return since > (known.frame === null ? againAfterMs : this.newerAfter);
    // A traceback may be written a moment after its job, and a connection may come back: the same job is read again, but not for ever.
    return !known.told && known.tries < triesAtMost && since > againAfterMs;
  }

  async #find(id: string): Promise<FailingFrame | null> {
    try {
      const detail = await this.#monitor?.open(id);
      const found = detail ? this.tracebacks.find(detail) : null;
      return found === null ? null : failingFrame(found, id);
    } catch {
      // Not connected at the moment: the group goes without a place.
      return null;
    }
  }
}

/** The deepest own frame of the exception that reached ARQ; where none of it is own (a timeout), that of the nearest one that led to it. */
export function failingFrame({ chain }: Pick<FoundTraceback, "chain">, jobId: string): FailingFrame | null {
  const stacks = failureStacks({ chain }, { release: null, values: [] });
  for (const [entry, { traceback }] of [...chain.entries()].toReversed()) {
    const { at, frames } = traceback;
    const stack = stacks[entry]!;
    // A SyntaxError is at a place that no frame ran.
    if (at !== null && isOwnFrame(at.file)) {
      return { file: at.file, line: at.line, function: "", source: null, stack, index: frames.length, jobId };
    }
    const index = frames.findLastIndex(({ file }) => isOwnFrame(file));
    const frame = frames[index];
    if (frame === undefined) continue;
    const { file, line, source } = frame;
    return { file, line, function: frame.function, source, stack, index, jobId };
  }
  return null;
}

/** To open the line, with the traceback to step through. */
export function frameTarget({ file, line, source, function: name, stack, index }: FailingFrame): FrameTarget {
  return { file, line, source, function: name, step: { stack, index } };
}

function isSame(a: FailingFrame, b: FailingFrame | null): boolean {
  return b !== null && a.file === b.file && a.line === b.line && a.function === b.function && a.source === b.source;
}
