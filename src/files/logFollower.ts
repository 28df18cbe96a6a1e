import type { Cancel, Clock, Logger } from "../monitor/ports";
import { LogFile } from "./logFile";
import type { LoggedFailures } from "./loggedFailures";

/** More files than this are not followed: a glob may match a whole archive. */
const maxFiles = 50;

export interface LogFollowerOptions {
  /** Paths of the logs as of now: asked before every reading, so that files may come and go. */
  readonly files: () => Promise<readonly string[]>;
  /** Where failures with a traceback go. */
  readonly failures: LoggedFailures;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default 1000 ms. */
  readonly pollMs?: number;
}

/**
 * Follows worker logs and keeps the failures with a traceback that they hold: of each file the last 2 MB at first, then what
 * is appended. Truncated and rotated files and files that appear later are followed on.
 *
 * Looks at each file once a second instead of watching: `fs.watch` tells nothing in network folders, in many remote and
 * container mounts, and of files that are replaced.
 */
export class LogFollower {
  readonly #files = new Map<string, LogFile>();
  readonly #listeners = new Set<() => void>();
  /** Files that could not be read: said once, not each second. */
  readonly #unreadable = new Set<string>();
  #state: "new" | "running" | "closed" = "new";
  #cancel: Cancel = () => {};

  constructor(private readonly options: LogFollowerOptions) {}

  /** Paths that are followed now. */
  get followed(): readonly string[] {
    return [...this.#files.keys()];
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
    this.#listeners.clear();
  }

  /** Told after a reading that found failures. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #poll(): Promise<void> {
    try {
      if (await this.#readAll()) for (const listener of this.#listeners) listener();
    } catch (error) {
      this.options.logger.warn(`Worker logs were not read: ${textOf(error)}`);
    }
    if (this.#state !== "running") return;
    this.#cancel = this.options.clock.setTimeout(() => void this.#poll(), this.options.pollMs ?? 1000);
  }

  /** True when a failure was found. */
  async #readAll(): Promise<boolean> {
    const paths = await this.options.files();
    const wanted = new Set(paths.slice(0, maxFiles));
    for (const path of this.#files.keys()) if (!wanted.has(path)) this.#files.delete(path);
    let found = false;
    for (const path of wanted) {
      if (this.#state === "closed") break;
      const file = this.#files.get(path) ?? new LogFile(path);
      this.#files.set(path, file);
      found = (await this.#read(file)) || found;
    }
    return found;
  }

  async #read(file: LogFile): Promise<boolean> {
    let found = false;
    try {
      const records = await file.read();
      this.#unreadable.delete(file.path);
      const { clock } = file;
      for (const record of records) {
        found = this.options.failures.take(record, file.placeOf(record), clock) || found;
      }
    } catch (error) {
      // Gone, rotated away this very moment, or not ours to read: it is tried again as long as it is wanted.
      this.#files.delete(file.path);
      if (!this.#unreadable.has(file.path)) this.options.logger.info(`${file.path} is not followed: ${textOf(error)}`);
      this.#unreadable.add(file.path);
    }
    return found;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
