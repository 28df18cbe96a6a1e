import { dirname } from "node:path";
import type { Cancel, Clock, Logger } from "../monitor/ports";
import { type LogDisk, nodeDisk } from "./logDisk";
import { LogFile } from "./logFile";
import type { LoggedFailures } from "./loggedFailures";

/** More files than this are not followed: a glob may match a whole archive. */
const maxFiles = 50;
/** Of the first ones the last 2 MB are read at first, of the others this much: all together are parsed in 3 s of small steps. Bytes. */
const maxWellRead = 10;
const lessBytes = 256 * 1024;
/** Time from a failure to its line in the editor is a second in all. Asking the facts of 50 files took 1.5 ms. */
const usualPollMs = 250;
/**
 * Folders that are read at once, those included that do not answer: a network folder that has gone holds a reading for ever, and the other folders go on. Node has four
 * threads for all files of all extensions.
 */
const lanes = 2;
/** So long the others wait for a list of files, or a folder, that does not answer, ms. */
const usualPatienceMs = 2000;

export interface LogFollowerOptions {
  /** Paths of the logs as of now, those that matter most first: asked before every reading, so that files may come and go. */
  readonly files: () => Promise<readonly string[]>;
  /** Where failures with a traceback go. */
  readonly failures: LoggedFailures;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told after a reading that found failures. */
  readonly onFailures: () => void;
  /** Told after a reading that found anything new. */
  readonly onGrowth: () => void;
  /** Default 250 ms. */
  readonly pollMs?: number;
  /** Default two seconds. */
  readonly patienceMs?: number;
  readonly disk?: LogDisk;
}

/**
 * Follows worker logs and keeps the failures with a traceback that they hold: of each file its end at first, then what
 * is appended. Truncated and rotated files and files that appear later are followed on.
 *
 * Looks at each file four times a second instead of watching: `fs.watch` tells nothing in network folders, in many remote and
 * container mounts, and of files that are replaced. A folder that does not answer keeps the others waiting once.
 */
export class LogFollower {
  readonly #files = new Map<string, LogFile>();
  /** Files that could not be read: said once, not each time. */
  readonly #unreadable = new Set<string>();
  readonly #disk: LogDisk;
  /** Folders that are being read. */
  readonly #busy = new Set<string>();
  #paths: readonly string[] = [];
  #listing: Promise<void> | null = null;
  #state: "new" | "running" | "closed" = "new";
  #cancel: Cancel = () => {};

  constructor(private readonly options: LogFollowerOptions) {
    this.#disk = options.disk ?? nodeDisk;
  }

  /** Files that are followed now, as far as they were read. */
  get files(): readonly LogFile[] {
    return [...this.#files.values()].filter(({ identity }) => identity !== null);
  }

  /** Calling it twice does nothing more. */
  start(): void {
    if (this.#state !== "new") return;
    this.#state = "running";
    void this.#poll();
  }

  /** Stops reading for good. */
  close(): void {
    this.#state = "closed";
    this.#cancel();
    for (const path of this.#files.keys()) this.#drop(path);
  }

  async #poll(): Promise<void> {
    try {
      await this.#readAll();
    } catch (error) {
      this.options.logger.warn(`Worker logs were not read: ${textOf(error)}`);
    }
    if (this.#state !== "running") return;
    this.#cancel = this.options.clock.setTimeout(() => void this.#poll(), this.options.pollMs ?? usualPollMs);
  }

  async #readAll(): Promise<void> {
    if (this.#listing === null) {
      this.#listing = this.#list();
      await this.#inTime(this.#listing);
    }
    const wanted = new Set(this.#paths.slice(0, maxFiles));
    for (const path of this.#files.keys()) if (!wanted.has(path)) this.#drop(path);
    const folders = new Map<string, string[]>();
    for (const path of wanted) folders.set(dirname(path), [...(folders.get(dirname(path)) ?? []), path]);
    const waiting = [...folders].filter(([folder]) => !this.#busy.has(folder));
    const free = Math.max(0, lanes - this.#busy.size);
    await this.#inTime(Promise.all(Array.from({ length: free }, () => this.#readFolders(waiting))));
  }

  async #list(): Promise<void> {
    try {
      this.#paths = await this.options.files();
    } finally {
      this.#listing = null;
    }
  }

  async #readFolders(waiting: [folder: string, paths: readonly string[]][]): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [folder, paths] = next;
      // Another reading, which took longer than anybody waits, has come to it meanwhile.
      if (this.#busy.has(folder)) continue;
      this.#busy.add(folder);
      await this.#readFiles(paths).finally(() => this.#busy.delete(folder));
    }
  }

  async #readFiles(paths: readonly string[]): Promise<void> {
    let failures = false;
    let grown = false;
    for (const path of paths) {
      const found = await this.#read(path);
      if (this.#state === "closed") break;
      failures ||= found.failures;
      grown ||= found.grown;
    }
    // A file that was opened while this was closed.
    if (this.#state === "closed") for (const path of this.#files.keys()) this.#drop(path);
    else if (grown) this.options.onGrowth();
    if (failures) this.options.onFailures();
  }

  /** Until it is done, or has taken too long. Rejects as it does. */
  async #inTime(work: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.options.patienceMs ?? usualPatienceMs);
    });
    await Promise.race([work, late]);
    clearTimeout(timer);
  }

  async #read(path: string): Promise<{ failures: boolean; grown: boolean }> {
    let failures = false;
    let file: LogFile | null = null;
    try {
      file = this.#files.get(path) ?? (await this.#openUnlessTwice(path));
      if (file === null) return { failures, grown: false };
      const before = file.position;
      const records = await file.read();
      this.#unreadable.delete(path);
      for (const { record, place, clock } of records) {
        failures = this.options.failures.take(record, place, clock) || failures;
      }
      return { failures, grown: records.length > 0 || file.position !== before };
    } catch (error) {
      // Closed while it was read.
      if (this.#state === "closed" || (file !== null && this.#files.get(path) !== file))
        return { failures, grown: false };
      // Gone, rotated away this very moment, or not ours to read: it is tried again as long as it is wanted.
      if (!this.#unreadable.has(path)) this.options.logger.info(`${path} is not followed: ${textOf(error)}`);
      this.#unreadable.add(path);
      return { failures, grown: false };
    }
  }

  /** Null where another path that is followed leads to the same file. */
  async #openUnlessTwice(path: string): Promise<LogFile | null> {
    const { identity } = await this.#disk.stat(path);
    if ([...this.#files.values()].some((file) => file.identity === identity)) return null;
    const isFirst = this.#paths.indexOf(path) < maxWellRead;
    const file = isFirst ? new LogFile(path, this.#disk) : new LogFile(path, this.#disk, lessBytes);
    this.#files.set(path, file);
    return file;
  }

  #drop(path: string): void {
    const file = this.#files.get(path);
    this.#files.delete(path);
    file?.close().catch((error: unknown) => this.options.logger.debug(`Closing ${path}: ${textOf(error)}`));
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
