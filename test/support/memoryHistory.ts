import type { HistoryStore } from "../../src/monitor/ports";

/** What several windows share: lines by section. */
export class MemoryDisk {
  readonly pieces = new Map<string, { readonly section: string; lines: string[] }>();
  clearedAt = 0;
  /** Writes so far. */
  writes = 0;

  get lines(): string[] {
    return [...this.pieces.values()].flatMap(({ lines }) => lines);
  }

  get bytes(): number {
    return this.lines.reduce((sum, line) => sum + line.length, 0);
  }

  get sections(): string[] {
    return [...new Set(Array.from(this.pieces.values(), ({ section }) => section))].toSorted();
  }
}

/** A store without a disk: one piece for each section and store. */
export class MemoryHistoryStore implements HistoryStore {
  off: string | null = null;
  readonly #known = new Set<string>();

  constructor(
    readonly disk: MemoryDisk,
    readonly writer: string,
  ) {}

  get sections(): ReadonlyMap<string, { readonly bytes: number; readonly pieces: number }> {
    const sections = new Map<string, { bytes: number; pieces: number }>();
    for (const { section, lines } of this.disk.pieces.values()) {
      const { bytes, pieces } = sections.get(section) ?? { bytes: 0, pieces: 0 };
      sections.set(section, { bytes: bytes + lines.join("\n").length, pieces: pieces + 1 });
    }
    return sections;
  }

  async load(take: (section: string, lines: readonly string[]) => void): Promise<void> {
    for (const [name, { section, lines }] of this.disk.pieces) {
      this.#known.add(name);
      take(section, lines);
    }
  }

  async append(lines: ReadonlyMap<string, readonly string[]>): Promise<void> {
    if (this.off !== null) return;
    this.disk.writes++;
    for (const [section, texts] of lines) {
      const name = `${section} ${this.writer}`;
      this.#known.add(name);
      const piece = this.disk.pieces.get(name);
      if (piece === undefined) this.disk.pieces.set(name, { section, lines: [...texts] });
      else piece.lines.push(...texts);
    }
  }

  async replace(section: string, lines: Iterable<string>): Promise<void> {
    const anew = [...lines];
    for (const [name, piece] of this.disk.pieces) {
      if (piece.section === section && this.#known.has(name)) this.disk.pieces.delete(name);
    }
    if (anew.length > 0) await this.append(new Map([[section, anew]]));
  }

  async clearedAt(): Promise<number> {
    return this.disk.clearedAt;
  }

  async clear(at: number): Promise<void> {
    this.disk.clearedAt = at;
    this.disk.pieces.clear();
  }

  async close(): Promise<void> {}
}
