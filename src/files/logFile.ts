import { WorkerLogParser } from "../python/workerLog";
import type { WorkerLogRecord } from "../python/workerLogRecord";
import { type ByteLine, ByteLines, encodingOf } from "./byteLines";
import { countLines } from "./countLines";
import type { JobLogSource } from "./jobLogSource";
import { JobSegments } from "./jobSegments";
import { LogClock } from "./logClock";
import { type FileFacts, type LogDisk, nodeDisk, type OpenLog } from "./logDisk";
import type { FilePlace, LogName } from "./logPlace";

/** At the first reading only this much of the end is read, bytes: parsed in 160 ms. */
const usualFirstBytes = 2 * 1024 * 1024;
/** Text is read in steps of this size, each parsed in some 5 ms, and no more than `maxCallBytes` a call, bytes. */
const stepBytes = 64 * 1024;
const maxCallBytes = 16 * 1024 * 1024;
/** Lines in front of what is read are counted in files up to this size, bytes; reading more only to count is not worth it. */
const maxCountBytes = 64 * 1024 * 1024;
const headBytes = 256;
/** A traceback whose last line has no end is read again from its beginning where that lies no farther back, bytes. */
const maxUnended = 256 * 1024;

/** One log file that is followed, through every change of what lies at its path. Remembers where it stopped reading, never the text. */
export class LogFile implements JobLogSource {
  readonly begin = 0;
  /** What is being read, by its handle: a file that was renamed is read to its end, and then the new one. Null while there is none. */
  #open: { readonly file: OpenLog; identity: string } | null = null;
  #closed = false;
  #position = 0;
  /** The first bytes of the file: they change when it is cut and written anew, and not when only its identity does. */
  #head: Buffer = Buffer.alloc(0);
  #linesBefore: number | null = 0;
  #parser = new WorkerLogParser();
  /** Null until the first bytes of the file tell how it is written. */
  #lines: ByteLines | null = null;
  /** Up to where a last line without an end was taken for whole, bytes. */
  #endedAt = -1;
  #clock = new LogClock();
  #segments = new JobSegments();

  constructor(
    readonly path: string,
    private readonly disk: LogDisk = nodeDisk,
    private readonly firstBytes = usualFirstBytes,
  ) {}

  /**
   * Reads what was appended since the last call and returns its records, oldest first. A worker writes a record in one call,
   * so the one at the end is returned too; should it go on after all, it comes again, with the same line. A last line without
   * an end counts once the file has been silent from one call to the next. Of a file that was renamed or removed the rest is read first. Rejects when the file cannot be read, ENOENT included, and may be called again.
   */
  async read(): Promise<readonly PlacedRecord[]> {
    let facts: FileFacts;
    try {
      facts = await this.disk.stat(this.path);
    } catch (error) {
      const rest = await this.#rest();
      if (rest.length > 0) return rest;
      throw error;
    }
    const replaced = this.#open !== null && (await this.#isReplaced(facts));
    const rest = replaced ? await this.#rest() : [];
    const open = (this.#open ??= await this.#begin(facts, replaced));
    if (facts.size !== this.#position && (await this.#isCut(open.file, facts.size))) {
      this.#startAt(Math.max(0, facts.size - maxCallBytes));
      this.#linesBefore = await this.#count(open.file);
      this.#head = await readHead(open.file);
    }
    const silent = facts.size === this.#position;
    const records = silent
      ? await this.#unended(open.file)
      : await this.#readUntil(open.file, Math.min(facts.size, this.#position + maxCallBytes));
    const newest = this.#parser.lastClock;
    if (newest !== null) this.#clock.heard(newest, facts.mtimeMs);
    return [...rest, ...records];
  }

  get name(): LogName {
    return { kind: "file", path: this.path };
  }

  /** Of the file that is read now; null before the first reading. */
  get identity(): string | null {
    return this.#open?.identity ?? null;
  }

  /** Up to where it was read, bytes. */
  get position(): number {
    return this.#position;
  }

  /** Tells times of what is read now: of all since the file was cut or replaced. */
  get clock(): LogClock {
    return this.#clock;
  }

  /** Where the tries of jobs stand in the file that is there now. */
  get segments(): JobSegments {
    return this.#segments;
  }

  /** Lines between two places where lines begin, of what is read now; read again from the disk. */
  async *linesBetween(from: number, to: number): AsyncGenerator<ByteLine> {
    const lines = new ByteLines(from, false, encodingOf(this.#head));
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(stepBytes, to - from)));
    for (let position = from; position < to;) {
      const bytes = (await this.#open?.file.read(buffer, Math.min(buffer.length, to - position), position)) ?? 0;
      if (bytes === 0) break;
      position += bytes;
      yield* lines.push(buffer.subarray(0, bytes));
    }
    const { unfinished } = lines;
    if (unfinished !== null && to === this.#position) yield unfinished;
  }

  /** Number of the line that begins there, from 1. Reads everything before it. Null where the file cannot be read. */
  async lineAt(offset: number): Promise<number | null> {
    const open = this.#open;
    return open === null ? null : (await countLines(open.file, offset, encodingOf(this.#head))) + 1;
  }

  /** Lets go of the file for good: reading it rejects from now on. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#letGo();
  }

  async #letGo(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.file.close();
  }

  /** Everything that is left in a file that no longer lies at the path, or lies there no more. */
  async #rest(): Promise<PlacedRecord[]> {
    const open = this.#open;
    if (open === null) return [];
    try {
      const end = Math.min(await open.file.size(), this.#position + maxCallBytes);
      const records = end > this.#position ? await this.#readUntil(open.file, end) : [];
      return [...records, ...(await this.#unended(open.file))];
    } finally {
      await this.#letGo();
    }
  }

  #placeOf({ line, from }: WorkerLogRecord): FilePlace {
    const before = this.#linesBefore;
    return { kind: "file", path: this.path, line: before === null ? null : before + line, offset: from };
  }

  async #isReplaced({ identity, size }: FileFacts): Promise<boolean> {
    const open = this.#open;
    if (open === null || identity === open.identity) return false;
    const now = await this.disk.open(this.path);
    try {
      const same =
        this.#head.length > 0 &&
        size >= this.#position &&
        (await readHead(now)).subarray(0, this.#head.length).equals(this.#head);
      if (same) open.identity = identity;
      return !same;
    } finally {
      await now.close();
    }
  }

  /** Truncated in place (`copytruncate`), perhaps written further than before since. */
  async #isCut(file: OpenLog, size: number): Promise<boolean> {
    if (size < this.#position) return true;
    const head = await readHead(file);
    const before = this.#head;
    if (before.length < headBytes) this.#head = head;
    return !head.subarray(0, before.length).equals(before);
  }

  async #begin({ size, identity }: FileFacts, replaces: boolean): Promise<{ file: OpenLog; identity: string }> {
    const file = await this.disk.open(this.path);
    try {
      // What took the place of a followed file has not been read by anybody.
      this.#startAt(Math.max(0, size - (replaces ? maxCallBytes : this.firstBytes)));
      this.#head = Buffer.alloc(0);
      this.#linesBefore = this.#closed ? null : await this.#count(file);
      if (this.#closed) throw new Error("closed");
      return { file, identity };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  #startAt(position: number): void {
    // Of UTF-16 no half of a letter.
    this.#position = position - (position % 2);
    this.#lines = null;
    this.#endedAt = -1;
    this.#clock = new LogClock();
    this.#parser = new WorkerLogParser();
    this.#segments = new JobSegments();
  }

  /** Lines before the first that is read; the one in whose middle reading begins is one of them. */
  async #count(file: OpenLog): Promise<number | null> {
    if (this.#position === 0) return 0;
    if (this.#position > maxCountBytes) return null;
    return (await countLines(file, this.#position, encodingOf(await readHead(file)))) + 1;
  }

  async #readUntil(file: OpenLog, end: number): Promise<PlacedRecord[]> {
    const records: WorkerLogRecord[] = [];
    const lines = (this.#lines ??= new ByteLines(this.#position, this.#position > 0, encodingOf(this.#head)));
    // The half of a letter of UTF-16 is read when the other one is there.
    const stop = encodingOf(this.#head) === "utf8" ? end : end - ((end - this.#position) % 2);
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(stepBytes, stop - this.#position)));
    while (this.#position < stop) {
      const bytes = await file.read(buffer, Math.min(buffer.length, stop - this.#position), this.#position);
      if (bytes === 0) break;
      this.#position += bytes;
      for (const { text, from, to } of lines.push(buffer.subarray(0, bytes))) {
        for (const record of this.#parser.pushLine(text, from, to)) records.push(record);
      }
    }
    records.push(...this.#parser.pending());
    return this.#placed(records);
  }

  /** The failure whose traceback ends with the last line, which has no end: as it would be if that had one. */
  async #unended(file: OpenLog): Promise<PlacedRecord[]> {
    if (this.#endedAt === this.#position) return [];
    this.#endedAt = this.#position;
    const last = this.#lines?.unfinished ?? null;
    if (last === null) return [];
    const open = this.#parser.pending().filter(({ mark, from }) => mark === "!" && last.to - from < maxUnended);
    const first = Math.min(...open.map(({ from }) => from));
    if (open.length === 0) return [];
    const parser = new WorkerLogParser();
    const buffer = Buffer.allocUnsafe(last.from - first);
    const bytes = await file.read(buffer, buffer.length, first);
    const lines = new ByteLines(first, false, encodingOf(this.#head)).push(buffer.subarray(0, bytes));
    for (const { text, from, to } of [...lines, last]) parser.pushLine(text, from, to);
    const ended = parser.pending();
    return this.#placed(
      open.flatMap((record) => {
        const whole = ended.find(({ from, ref }) => from === record.from && ref === record.ref);
        return whole === undefined ? [] : { ...record, error: whole.error, traceback: whole.traceback, to: whole.to };
      }),
    );
  }

  #placed(records: readonly WorkerLogRecord[]): PlacedRecord[] {
    return records.map((record) => {
      const place = this.#placeOf(record);
      this.#segments.note(record, place.line);
      return { record, place, clock: this.#clock };
    });
  }
}

/** A record with where it stands, and what tells its time. */
export interface PlacedRecord {
  readonly record: WorkerLogRecord;
  readonly place: FilePlace;
  readonly clock: LogClock;
}

async function readHead(file: OpenLog): Promise<Buffer> {
  const buffer = Buffer.alloc(headBytes);
  return buffer.subarray(0, await file.read(buffer, headBytes, 0));
}
