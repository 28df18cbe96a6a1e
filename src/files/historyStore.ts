import { randomBytes } from "node:crypto";
import { appendFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HistoryStore, Logger } from "../monitor/ports";
import { t } from "../python/l10n";
import { readSealedLines } from "./sealedLines";
import { seal } from "./lineSeal";

export interface HistoryStoreOptions {
  /** The folder of one connection; made when something is written first. */
  readonly folder: string;
  readonly logger: Logger;
  /** Tells writers apart; random unless told. */
  readonly writer?: string;
  /** Bytes by the first part of a section's name; see `historyBytesAtMost`. */
  readonly bytesAtMost?: Readonly<Record<string, number>>;
}

/**
 * What the history of one connection may take on disk: 56 MB, whatever happens to be written, and 1 MB more for each further window that writes at once. Measured: 50 functions that all end jobs in every minute of a day
 * are 3.0 MB of minutes, five functions 0.36 MB; 10,000 failures without tracebacks are 3.2 MB.
 */
export const historyBytesAtMost: Readonly<Record<string, number>> = {
  minutes: 32 * 1024 * 1024,
  hours: 8 * 1024 * 1024,
  failures: 16 * 1024 * 1024,
};

/** Stands in the name of every file. A file of another version is not read and not touched. */
const version = 1;
const pattern = /^([a-z]+-\d+)\.([0-9a-z-]+)\.v(\d+)\.jsonl$/;
const clearedName = `cleared.v${version}.json`;
/** Bytes of a replacement written at once. */
const chunkChars = 65_536;
/** What another window may have added meanwhile is looked up after so many bytes of our own. */
const measureAgainBytes = 1024 * 1024;
/** A file that a process left behind when it was killed while writing it anew. */
const abandonedMs = 60 * 60_000;

/**
 * The history of one connection as files of sealed lines (`lineSeal.ts`). Each writer adds to files of its own, so windows never wait for each other, and
 * a process killed in the middle of a line costs that line: it is left out when read, and nobody writes behind it. A section is replaced by writing a file
 * beside it, renaming that, and only then removing what it replaces: whoever is killed in between leaves lines twice, which is harmless, as
 * `HistoryRecorder` says.
 */
export function openHistoryStore(options: HistoryStoreOptions): HistoryStore {
  return new FileHistoryStore(options);
}

interface Piece {
  readonly section: string;
  readonly bytes: number;
  /** As far as we have read or written it. */
  readonly known: number;
}

class FileHistoryStore implements HistoryStore {
  readonly #folder: string;
  readonly #logger: Logger;
  readonly #writer: string;
  readonly #bytesAtMost: Readonly<Record<string, number>>;
  readonly #pieces = new Map<string, Piece>();
  #off: string | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #replaced = 0;
  #sinceMeasured = 0;

  constructor({ folder, logger, writer, bytesAtMost }: HistoryStoreOptions) {
    this.#folder = folder;
    this.#logger = logger;
    this.#writer = writer ?? randomBytes(6).toString("hex");
    this.#bytesAtMost = bytesAtMost ?? historyBytesAtMost;
  }

  get off(): string | null {
    return this.#off;
  }

  get sections(): ReadonlyMap<string, { readonly bytes: number; readonly pieces: number }> {
    const sections = new Map<string, { bytes: number; pieces: number }>();
    for (const { section, bytes } of this.#pieces.values()) {
      const known = sections.get(section) ?? { bytes: 0, pieces: 0 };
      sections.set(section, { bytes: known.bytes + bytes, pieces: known.pieces + 1 });
    }
    return sections;
  }

  load(take: (section: string, lines: readonly string[]) => void): Promise<void> {
    return this.#inTurn(async () => {
      const unknown: string[] = [];
      for (const name of await this.#names()) {
        const [, section, , written] = pattern.exec(name) ?? [];
        if (section === undefined) await this.#removeAbandoned(name);
        else if (Number(written) !== version) unknown.push(name);
        else {
          const bytes = await readSealedLines(join(this.#folder, name), (lines) => take(section, lines));
          this.#pieces.set(name, { section, bytes, known: bytes });
        }
      }
      if (unknown.length > 0) {
        this.#logger.warn(
          `${unknown.length} files of the history were written by another version of ARQ Monitor; they are left as they are (${unknown[0]}).`,
        );
      }
    });
  }

  append(lines: ReadonlyMap<string, readonly string[]>): Promise<void> {
    return this.#inTurn(async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      for (const [section, texts] of lines) {
        const name = this.#ownName(section);
        // A line end in front: what stands there may be torn, if a write before this one failed.
        const text = `\n${texts.map(seal).join("\n")}\n`;
        const bytes = Buffer.byteLength(text);
        if (!(await this.#makeRoom(section, bytes))) continue;
        await appendFile(join(this.#folder, name), text, { mode: 0o600 });
        const size = (this.#pieces.get(name)?.bytes ?? 0) + bytes;
        this.#pieces.set(name, { section, bytes: size, known: size });
        this.#sinceMeasured += bytes;
      }
    });
  }

  replace(section: string, lines: Iterable<string>): Promise<void> {
    return this.#inTurn(async () => {
      const old = [...this.#pieces].filter(([, piece]) => piece.section === section);
      const name = this.#ownName(section, ++this.#replaced);
      const bytes = await this.#writeAnew(name, lines);
      for (const [each, piece] of old) {
        // Somebody may have added to it since we read it; then it stays as it is, and some lines are there twice.
        const { size } = await stat(join(this.#folder, each)).catch(() => ({ size: 0 }));
        if (size > piece.known) continue;
        await rm(join(this.#folder, each), { force: true });
        this.#pieces.delete(each);
      }
      if (bytes > 0) this.#pieces.set(name, { section, bytes, known: bytes });
    });
  }

  async clearedAt(): Promise<number> {
    const text = await readFile(join(this.#folder, clearedName), "utf8").catch(() => "");
    const at = Number(/^\{"at":(\d{1,15})\}$/.exec(text)?.[1] ?? 0);
    return Number.isSafeInteger(at) ? at : 0;
  }

  clear(at: number): Promise<void> {
    const done = this.#queue.then(async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      // First: a window that writes on meanwhile then knows what to leave out.
      const temporary = join(this.#folder, `${clearedName}.${this.#writer}.tmp`);
      await writeFile(temporary, JSON.stringify({ at: Math.round(at) }), { mode: 0o600 });
      await rename(temporary, join(this.#folder, clearedName));
      for (const name of await readdir(this.#folder)) {
        if (name !== clearedName) await rm(join(this.#folder, name), { recursive: true, force: true });
      }
      this.#pieces.clear();
    });
    this.#queue = done.catch(() => {});
    return done;
  }

  async close(): Promise<void> {
    await this.#queue;
  }

  /** One after the other, and not at all once the disk has refused something. */
  #inTurn(run: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(async () => {
      if (this.#off !== null) return;
      try {
        await run();
      } catch (error) {
        this.#off = t("The history is not kept: {0}.", reasonOf(error));
        this.#logger.warn(`${this.#off} Everything else goes on. (${String(error)})`);
      }
    });
    this.#queue = done;
    return done;
  }

  async #names(): Promise<string[]> {
    try {
      return (await readdir(this.#folder)).toSorted();
    } catch (error) {
      if (codeOf(error) === "ENOENT") return [];
      throw error;
    }
  }

  #ownName(section: string, part = 0): string {
    return `${section}.${this.#writer}${part === 0 ? "" : `-${part}`}.v${version}.jsonl`;
  }

  /** Removes the oldest sections of this kind until so many bytes fit. False when they never will. */
  async #makeRoom(section: string, bytes: number): Promise<boolean> {
    const kind = kindOf(section);
    const most = this.#bytesAtMost[kind];
    if (most === undefined) return true;
    if (this.#sinceMeasured > measureAgainBytes) await this.#measure();
    const pieces = [...this.#pieces].filter(([, piece]) => kindOf(piece.section) === kind);
    let all = pieces.reduce((sum, [, piece]) => sum + piece.bytes, 0);
    if (all + bytes <= most) return true;
    for (const [name, piece] of pieces.toSorted(([, a], [, b]) => (a.section < b.section ? -1 : 1))) {
      if (all + bytes <= most) break;
      await rm(join(this.#folder, name), { force: true });
      this.#pieces.delete(name);
      all -= piece.bytes;
      this.#logger.info(`The history has reached its bound of ${most} bytes for ${kind}: ${name} was removed.`);
    }
    return all + bytes <= most;
  }

  /** What others have written and removed meanwhile. */
  async #measure(): Promise<void> {
    this.#sinceMeasured = 0;
    const names = new Set(await this.#names());
    for (const name of this.#pieces.keys()) if (!names.has(name)) this.#pieces.delete(name);
    for (const name of names) {
      const [, section, , written] = pattern.exec(name) ?? [];
      if (section === undefined || Number(written) !== version) continue;
      const { size } = await stat(join(this.#folder, name)).catch(() => ({ size: 0 }));
      this.#pieces.set(name, { section, bytes: size, known: this.#pieces.get(name)?.known ?? 0 });
    }
  }

  /** @returns its bytes; 0, and no file, without lines. */
  async #writeAnew(name: string, lines: Iterable<string>): Promise<number> {
    const temporary = join(this.#folder, `${name}.tmp`);
    const file = await open(temporary, "w", 0o600);
    let bytes = 0;
    try {
      let chunk = "";
      for (const line of lines) {
        chunk += `${seal(line)}\n`;
        if (chunk.length < chunkChars) continue;
        bytes += (await file.write(chunk)).bytesWritten;
        chunk = "";
      }
      bytes += (await file.write(chunk)).bytesWritten;
      // It replaces others: it has to be on the disk before they go.
      await file.sync();
    } finally {
      await file.close();
    }
    if (bytes > 0) await rename(temporary, join(this.#folder, name));
    else await rm(temporary, { force: true });
    return bytes;
  }

  async #removeAbandoned(name: string): Promise<void> {
    if (!name.endsWith(".tmp")) return;
    const path = join(this.#folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > abandonedMs) await rm(path, { force: true });
  }
}

function kindOf(section: string): string {
  return section.slice(0, section.indexOf("-"));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function reasonOf(error: unknown): string {
  switch (codeOf(error)) {
    case "ENOSPC":
    case "EDQUOT":
      return t("the disk is full");
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return t("its folder cannot be written");
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** Clears the history of every connection under this folder but one. Rejects when files cannot be removed. */
export async function clearHistories(root: string, except: string | null, at: number, logger: Logger): Promise<void> {
  const entries = await readdir(root, { withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name === except) continue;
    await openHistoryStore({ folder: join(root, entry.name), logger }).clear(at);
  }
}
