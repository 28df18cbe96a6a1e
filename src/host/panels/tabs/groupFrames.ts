import type { Disposable } from "vscode";
import type { ErrorGroup, Monitor } from "../../../monitor/model";
import type { GroupFrame } from "../../../protocol/tabs/failed";
import { isOwnFrame } from "../../../python/frames";
import type { Session } from "../../session";
import type { FoundTraceback, Tracebacks } from "../../tracebacks";

/** Groups whose place is looked for: those that are read. Each costs the reading of a job, once. */
const lookedFor = 50;
/** A log or an instrumented worker may tell of it a while after the job failed. Ms. */
const againAfterMs = 5000;
/** Readings of one job. */
const triesAtMost = 4;

interface Known {
  readonly frame: GroupFrame | null;
  /** How often this job was read. */
  readonly tries: number;
  /** The job that was read. */
  readonly jobId: string;
  /** On our clock, ms. */
  readonly at: number;
}

/**
 * Where in own code the jobs of a group fail, as far as a traceback of one of them is found: read from the newest, one job at a time, and kept, since
 * jobs of one group nearly always fail at one place. Tells when it has found more.
 */
export class GroupFrames {
  readonly #known = new Map<string, Known>();
  #wanted: readonly ErrorGroup[] = [];
  #reading = false;
  /** Whose groups these are. */
  #monitor: Monitor | null = null;

  constructor(
    private readonly session: Pick<Session, "monitor">,
    private readonly tracebacks: Pick<Tracebacks, "find" | "use" | "onDidChange">,
    private readonly onFound: () => void,
  ) {}

  /** The place that is known of the group of this key; null while none is. */
  of(key: string): GroupFrame | null {
    return this.#known.get(key)?.frame ?? null;
  }

  /** Looks for the places of these groups, the first ones first. */
  want(groups: readonly ErrorGroup[]): void {
    if (this.#monitor !== this.session.monitor) {
      this.#monitor = this.session.monitor;
      this.#known.clear();
    }
    this.#wanted = groups.slice(0, lookedFor);
    if (!this.#reading) void this.#read();
  }

  /** The logs of workers are followed until the result is disposed of. */
  follow(): Disposable {
    const using = this.tracebacks.use();
    const listening = this.tracebacks.onDidChange(() => {
      // What no log told before, it may tell now.
      for (const [key, { frame }] of this.#known) if (frame === null) this.#known.delete(key);
      this.onFound();
    });
    return {
      dispose: () => {
        using.dispose();
        listening.dispose();
        this.#wanted = [];
      },
    };
  }

  async #read(): Promise<void> {
    this.#reading = true;
    let more = false;
    for (let next = this.#next(); next !== null; next = this.#next()) {
      const { key, id } = next;
      const monitor = this.#monitor;
      const frame = await this.#find(id);
      if (monitor !== this.#monitor) continue;
      const before = this.#known.get(key);
      const tries = before?.jobId === id ? before.tries + 1 : 1;
      this.#known.set(key, { frame, tries, jobId: id, at: performance.now() });
      more ||= frame !== null;
    }
    this.#reading = false;
    if (more) this.onFound();
  }

  #next(): { key: string; id: string } | null {
    const now = performance.now();
    for (const { key, latest } of this.#wanted) {
      const known = this.#known.get(key);
      if (latest === null || (known !== undefined && known.frame !== null)) continue;
      // A traceback may be written a moment after its job, and a connection may come back: the same job is read again, but not for ever.
      const again = known?.jobId !== latest.id || known.tries < triesAtMost;
      if (known === undefined || (again && now - known.at > againAfterMs)) {
        return { key, id: latest.id };
      }
    }
    return null;
  }

  async #find(id: string): Promise<GroupFrame | null> {
    try {
      const detail = await this.#monitor?.open(id);
      const found = detail ? this.tracebacks.find(detail) : null;
      return found === null ? null : ownFrame(found);
    } catch {
      // Not connected at the moment: the row goes without the link.
      return null;
    }
  }
}

/** The deepest own frame of the exception that reached ARQ; where none of it is own (a timeout), that of the nearest one that led to it. */
export function ownFrame({ chain }: FoundTraceback): GroupFrame | null {
  for (const { traceback } of chain.toReversed()) {
    // A SyntaxError is at a place that no frame ran.
    const { at } = traceback;
    if (at !== null && isOwnFrame(at.file)) return { file: at.file, line: at.line, function: "" };
    const frame = traceback.frames.findLast(({ file }) => isOwnFrame(file));
    if (frame !== undefined) return { file: frame.file, line: frame.line, function: frame.function };
  }
  return null;
}
