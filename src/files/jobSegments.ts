import type { WorkerLogRecord } from "../python/workerLogRecord";
import { ownText } from "./ownText";

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
/** Of one ref: a cron job that the log names by its function only runs all day. */
const maxOfRef = 100;

/** Which parts of one log file belong to which jobs, by what ARQ logs at the beginning and the end of each try. */
export class JobSegments {
  /** By ref, oldest first; the map is in the order of the last beginning. */
  readonly #byRef = new Map<string, JobSegment[]>();
  #count = 0;

  /** Records come in the order of the file; one may come again, longer. */
  note(record: WorkerLogRecord, line: number | null): void {
    const { ref, mark, from, to, clockMs, stream, process } = record;
    const known = this.#byRef.get(ref) ?? [];
    // The last record of each stream comes again whenever the file grows.
    const again = known.findLast((segment) => segment.from === from || segment.endFrom === from);
    const begins = mark === "→";
    if (begins && again !== undefined) return;
    const begun = known.findLast((segment) => segment.stream === stream && segment.process === process);
    const ended = again ?? (begun?.to === null ? begun : undefined);
    if (!begins && ended !== undefined) {
      ended.to = Math.max(to, ended.to ?? 0);
      ended.endMs = clockMs;
      ended.endFrom = from;
      return;
    }
    const segment: JobSegment = {
      ref: ownText(ref),
      from,
      line,
      stream: ownText(stream),
      process: process === null ? null : ownText(process),
      startMs: clockMs,
      to: begins ? null : to,
      endMs: begins ? null : clockMs,
      endFrom: begins ? -1 : from,
      headless: !begins,
    };
    this.#byRef.delete(ref);
    this.#byRef.set(segment.ref, [...known.slice(1 - maxOfRef), segment]);
    this.#count += known.length < maxOfRef ? 1 : 0;
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
