import type { WorkerLogRecord } from "../python/workerLogRecord";

/** A part of a log file in which one try of a job ran, as far as it was read. Offsets are bytes. */
export interface JobSegment {
  readonly ref: string;
  readonly from: number;
  /** Behind the record that ended it; null while it runs. */
  to: number | null;
  /** Number of its first line; null where it is not known. */
  readonly line: number | null;
  /** On the log's own clock, ms. */
  readonly startMs: number | null;
  endMs: number | null;
  readonly stream: string;
  readonly process: string | null;
  /** Where the record that ended it begins; -1 while it runs. */
  endFrom: number;
  /** Its beginning was not read: it lies before what is followed. */
  readonly headless: boolean;
}

/** A worker runs thousands of jobs an hour; the oldest are let go of. About 200 bytes each. */
const maxSegments = 20_000;

/** Which parts of one log file belong to which jobs, by what ARQ logs at the beginning and the end of each try. */
export class JobSegments {
  /** By ref, oldest first; the map is in the order of the last beginning. */
  readonly #byRef = new Map<string, JobSegment[]>();
  #count = 0;

  /** Records come in the order of the file; one may come again, longer. */
  note(record: WorkerLogRecord, line: number | null): void {
    const { ref, mark, from, to, clockMs, stream, process } = record;
    const known = this.#byRef.get(ref) ?? [];
    const last = known.at(-1);
    if (last !== undefined && (last.from === from || (mark !== "→" && (last.to === null || last.endFrom === from)))) {
      if (mark === "→") return;
      last.to = Math.max(to, last.to ?? 0);
      last.endMs = clockMs;
      last.endFrom = from;
      return;
    }
    const begins = mark === "→";
    const segment: JobSegment = {
      ref,
      from,
      line,
      stream,
      process,
      startMs: clockMs,
      to: begins ? null : to,
      endMs: begins ? null : clockMs,
      endFrom: begins ? -1 : from,
      headless: !begins,
    };
    this.#byRef.delete(ref);
    this.#byRef.set(ref, [...known.slice(-99), segment]);
    this.#count++;
    if (this.#count > maxSegments) this.#forget();
  }

  /** Of this ref, oldest first. */
  of(ref: string): readonly JobSegment[] {
    return this.#byRef.get(ref) ?? [];
  }

  refs(): Iterable<string> {
    return this.#byRef.keys();
  }

  /** Other tries that ran in the same stream and process while this one did. */
  *beside(segment: JobSegment): Generator<JobSegment> {
    const end = segment.to ?? Infinity;
    for (const others of this.#byRef.values()) {
      for (const other of others) {
        if (other === segment || other.stream !== segment.stream || other.process !== segment.process) continue;
        if (other.from < end && (other.to ?? Infinity) > segment.from) yield other;
      }
    }
  }

  #forget(): void {
    for (const [ref, segments] of this.#byRef) {
      if (this.#count <= maxSegments * 0.9) return;
      this.#byRef.delete(ref);
      this.#count -= segments.length;
    }
  }
}
