import { createReadStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { WorkerLogParser, type WorkerLogRecord } from "../python/workerLog";
import { LogClock } from "./logClock";

/** At the first reading only this much of the end is read, bytes. */
const firstReadBytes = 2 * 1024 * 1024;
/** Appended text is read in steps of this size, and no more than `maxStepBytes` a call, bytes. */
const stepBytes = 256 * 1024;
const maxCallBytes = 16 * 1024 * 1024;
/** Lines in front of what is read are counted in files up to this size, bytes; reading more only to count is not worth it. */
const maxCountBytes = 64 * 1024 * 1024;
const headBytes = 256;

/** One log file that is followed. Remembers where it stopped reading, never the text. */
export class LogFile {
  /** From where on the file has been read; -1 before the first reading. */
  #position = -1;
  #inode = 0;
  /** The first bytes of the file: inode numbers of some network file systems change while the file stays the same. */
  #head: Buffer = Buffer.alloc(0);
  #clock = new LogClock();
  #linesBefore: number | null = 0;
  #parser = new WorkerLogParser();
  #decoder = new StringDecoder("utf8");
  /** Nothing is whole before the first line end, when reading began in the middle of a line. */
  #skipLine = false;

  constructor(readonly path: string) {}

  /**
   * Reads what was appended since the last call and returns its records, oldest first. A worker writes a record in one call,
   * so the one at the end is returned too; should it go on after all, it comes again, with the same line. A file that was cut
   * or replaced is read from its beginning. Rejects when the file cannot be read, ENOENT included.
   */
  async read(): Promise<WorkerLogRecord[]> {
    const { size, mtimeMs, ino } = await stat(this.path);
    if (this.#position < 0) await this.#begin(size, ino);
    // Truncated in place (`copytruncate`), or renamed away and created again.
    else if (size < this.#position || (ino !== this.#inode && !(await this.#sameHead()))) this.#startOver();
    this.#inode = ino;
    if (this.#position >= size) return [];
    const records = await this.#readUntil(Math.min(size, this.#position + maxCallBytes));
    const newest = this.#parser.lastClockMs;
    if (newest !== null) this.#clock.heard(newest, mtimeMs);
    return records;
  }

  /** Tells times of the records: of all since the file was cut or replaced. */
  get clock(): LogClock {
    return this.#clock;
  }

  /** Line in the file of a record's line; null where the lines before it were too many to count. */
  lineOf(record: WorkerLogRecord): number | null {
    return this.#linesBefore === null ? null : this.#linesBefore + record.line;
  }

  #startOver(): void {
    this.#position = 0;
    this.#head = Buffer.alloc(0);
    this.#linesBefore = 0;
    this.#skipLine = false;
    this.#clock = new LogClock();
    this.#parser = new WorkerLogParser();
    this.#decoder = new StringDecoder("utf8");
  }

  async #begin(size: number, inode: number): Promise<void> {
    const position = Math.max(0, size - firstReadBytes);
    this.#linesBefore = position > maxCountBytes ? null : await countLines(this.path, position);
    this.#skipLine = position > 0;
    this.#inode = inode;
    this.#position = position;
  }

  async #sameHead(): Promise<boolean> {
    const file = await open(this.path, "r");
    try {
      return this.#head.length > 0 && (await readHead(file, this.#head.length)).equals(this.#head);
    } finally {
      await file.close();
    }
  }

  async #readUntil(end: number): Promise<WorkerLogRecord[]> {
    const records: WorkerLogRecord[] = [];
    const file = await open(this.path, "r");
    try {
      if (this.#head.length < headBytes) this.#head = await readHead(file, headBytes);
      const buffer = Buffer.allocUnsafe(Math.min(stepBytes, end - this.#position));
      while (this.#position < end) {
        const length = Math.min(buffer.length, end - this.#position);
        const { bytesRead } = await file.read(buffer, 0, length, this.#position);
        if (bytesRead === 0) break;
        this.#position += bytesRead;
        for (const record of this.#parser.push(this.#wholeText(buffer.subarray(0, bytesRead)))) records.push(record);
      }
    } finally {
      await file.close();
    }
    const pending = this.#parser.pending();
    return pending === null ? records : [...records, pending];
  }

  /** Decodes, and leaves out the rest of the line in whose middle reading began (its line end stays, so that lines count). */
  #wholeText(bytes: Buffer): string {
    if (!this.#skipLine) return this.#decoder.write(bytes);
    const end = bytes.indexOf(0x0a);
    if (end < 0) return "";
    this.#skipLine = false;
    return this.#decoder.write(bytes.subarray(end));
  }
}

async function readHead(file: FileHandle, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
  return buffer.subarray(0, bytesRead);
}

/** Line ends in the first bytes of a file. */
async function countLines(path: string, bytes: number): Promise<number> {
  if (bytes === 0) return 0;
  let count = 0;
  for await (const chunk of createReadStream(path, { end: bytes - 1, highWaterMark: stepBytes })) {
    if (!(chunk instanceof Uint8Array)) continue;
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) count++;
  }
  return count;
}
