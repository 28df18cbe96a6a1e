import { TextArena } from "./textArena";

/** Ids of one block of rows, four words each: 1 MB, so that more ids never move the ones before. */
const blockBits = 16;
const blockMask = (1 << blockBits) - 1;
/** How the four words of a row are to be read. */
const none = 0;
const hex = 1;
const text = 2;
/** Slots of the hash table that hold no row. */
const empty = 0;
const removed = -1;
const smallestTable = 1024;
/** With a new table under way, each new id moves so many slots at least. */
const slotsPerStep = 32;

/** Digits that fit into one number. */
const windowDigits = 8;

const hexDigits = "0123456789abcdef";
/** By character code; 255: no lower-case hex digit. */
const nibbles = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) nibbles[hexDigits.charCodeAt(digit)] = digit;
/** Spread over hash tables so that nobody can choose ids that collide. */
const seed = Math.floor(Math.random() * 0x1_0000_0000);

/**
 * The id of each row, and the row of each id. 32 lower-case hex digits, as ARQ's own ids are, take 16 bytes; others lie in a byte arena.
 * About 26 bytes a job of the first kind, with the hash table. No call takes longer than some 10 µs, however many ids there are.
 */
export class IdStore {
  #blocks: Uint32Array[] = [];
  #kinds: Uint8Array[] = [];
  #slots = new Slots(smallestTable);
  /** The table before, while it moves into the new one; slots before `#moved` are moved. */
  #old: Slots | null = null;
  #moved = 0;
  #size = 0;
  /** The id that was looked for last, its kind and hash, and its four words where it is of kind `hex`. */
  #lastId = "";
  #lastKind = text;
  #lastHash = 0;
  readonly #wanted = new Uint32Array(4);
  readonly #characters = new Uint8Array(32);
  readonly #arena = new TextArena({
    get: (row) => this.#blocks[row >>> blockBits]![(row & blockMask) * 4]!,
    set: (row, place) => void (this.#blocks[row >>> blockBits]![(row & blockMask) * 4] = place),
  });

  get size(): number {
    return this.#size;
  }

  /** The row of the id; -1 when no row has it. */
  find(id: string): number {
    this.#want(id);
    const row = this.#findIn(this.#slots, id);
    return row < 0 && this.#old !== null ? this.#findIn(this.#old, id) : row;
  }

  /** Gives the row an id that no row has. */
  add(row: number, id: string): void {
    this.#want(id);
    const kind = this.#lastKind;
    const hash = this.#lastHash;
    const block = row >>> blockBits;
    while (this.#blocks.length <= block) {
      this.#blocks.push(new Uint32Array(4 << blockBits));
      this.#kinds.push(new Uint8Array(1 << blockBits));
    }
    const words = this.#blocks[block]!;
    const at = (row & blockMask) * 4;
    this.#kinds[block]![row & blockMask] = kind;
    if (kind === hex) for (let i = 0; i < 4; i++) words[at + i] = this.#wanted[i]!;
    else {
      words[at + 1] = hash;
      this.#arena.put(row, id);
    }
    this.#size++;
    this.#makeRoom();
    this.#slots.insert(row, hash);
  }

  remove(row: number): void {
    const block = row >>> blockBits;
    const kind = this.#kinds[block]![row & blockMask]!;
    if (kind === none) return;
    const hash = this.#hashOf(row);
    if (!this.#slots.unlink(hash, row)) this.#old?.unlink(hash, row);
    if (kind === text) this.#arena.remove(row);
    this.#kinds[block]![row & blockMask] = none;
    this.#size--;
  }

  /** The id of the row; "" when it has none. */
  id(row: number): string {
    const kind = this.#kinds[row >>> blockBits]?.[row & blockMask] ?? none;
    if (kind === none) return "";
    return kind === hex
      ? (Reflect.apply(String.fromCharCode, null, this.#digits(row)) as string)
      : this.#arena.text(row);
  }

  /** Characters of the id of the row; 0 when it has none. */
  length(row: number): number {
    const kind = this.#kinds[row >>> blockBits]?.[row & blockMask] ?? none;
    if (kind === none) return 0;
    return kind === hex ? 32 : this.#arena.test(row, (_characters, _first, length) => length);
  }

  /** Order of the ids of two rows, as `<` orders strings. */
  compare(a: number, b: number): number {
    const kind = this.#kindOf(a);
    if (kind !== this.#kindOf(b)) return this.id(a) < this.id(b) ? -1 : 1;
    if (kind === text) {
      const left = this.#arena.characters(a);
      const right = this.#arena.characters(b);
      const length = Math.min(left.length, right.length);
      for (let i = 0; i < length; i++) if (left[i] !== right[i]) return left[i]! - right[i]!;
      return left.length - right.length;
    }
    const left = this.#blocks[a >>> blockBits]!;
    const right = this.#blocks[b >>> blockBits]!;
    const from = (a & blockMask) * 4;
    const against = (b & blockMask) * 4;
    for (let i = 0; i < 4; i++) if (left[from + i] !== right[against + i]) return left[from + i]! - right[against + i]!;
    return 0;
  }

  /** Whether the id of a row holds the text, upper and lower case alike. For passes over many rows: makes no string for ASCII. */
  filter(wanted: string): (row: number) => boolean {
    if (/[^\0-\x7f]/.test(wanted)) {
      const lower = wanted.toLowerCase();
      return (row) => this.id(row).toLowerCase().includes(lower);
    }
    const codes = Uint16Array.from(wanted, (_, i) => lowered(wanted.charCodeAt(i)));
    const within = (characters: Uint8Array | Uint16Array, first: number, length: number): boolean =>
      holds(characters, first, length, codes);
    const digits = Array.from(codes, (code) => nibbles[code] ?? 255);
    const inHex = digits.length <= 32 && !digits.includes(255);
    // The first digits as one word: a window of as many slides over the 32 of an id.
    const begin = digits.slice(0, windowDigits);
    const wantedBits = begin.reduce((bits, digit, i) => bits | (digit << (28 - 4 * i)), 0);
    const mask = begin.length === 0 ? 0 : -1 << (32 - 4 * begin.length);
    // Most words are passed by at once: neither digit is where it would have to be.
    const firstInAll = Math.imul(begin[0] ?? 0, 0x1111_1111);
    const secondInAll = Math.imul(begin[1] ?? 0, 0x1111_1111);
    return (row) => {
      const kind = this.#kindOf(row);
      if (kind === text) return this.#arena.test(row, within);
      if (kind === none || !inHex) return false;
      const words = this.#blocks[row >>> blockBits]!;
      const at = (row & blockMask) * 4;
      for (let word = 0; word < 4; word++) {
        const high = words[at + word]!;
        const low = word === 3 ? 0 : words[at + word + 1]!;
        if (begin.length > 1) {
          const second = (zeroDigits(high ^ secondInAll) << 4) | (zeroDigits(low ^ secondInAll) >>> 28);
          if ((zeroDigits(high ^ firstInAll) & second) === 0) continue;
        }
        for (let shift = 0; shift < 32; shift += 4) {
          const bits = shift === 0 ? high : (high << shift) | (low >>> (32 - shift));
          if (((bits ^ wantedBits) & mask) !== 0) continue;
          // Behind the last word there are no digits.
          if (8 * word + (shift >>> 2) + begin.length > 32) return false;
          if (digits.length === begin.length || holds(this.#digits(row), 0, 32, codes)) return true;
        }
      }
      return false;
    };
  }

  #kindOf(row: number): number {
    return this.#kinds[row >>> blockBits]![row & blockMask]!;
  }

  /** The 32 characters of a row of kind `hex`, valid until the next call. */
  #digits(row: number): Uint8Array {
    const characters = this.#characters;
    const words = this.#blocks[row >>> blockBits]!;
    const at = (row & blockMask) * 4;
    for (let i = 0; i < 32; i++) {
      const digit = (words[at + (i >>> 3)]! >>> (28 - 4 * (i & 7))) & 15;
      characters[i] = digit < 10 ? 48 + digit : 87 + digit;
    }
    return characters;
  }

  /** Reads the id into `#wanted` if it is of kind `hex`. */
  #read(id: string): number {
    if (id.length !== 32) return text;
    for (let word = 0; word < 4; word++) {
      let bits = 0;
      for (let i = 8 * word; i < 8 * word + 8; i++) {
        const code = id.charCodeAt(i);
        const digit = code < 256 ? nibbles[code]! : 255;
        if (digit === 255) return text;
        bits = (bits << 4) | digit;
      }
      this.#wanted[word] = bits;
    }
    return hex;
  }

  #want(id: string): void {
    // What is looked for in vain is added next.
    if (id === this.#lastId && this.#size > 0) return;
    this.#lastKind = this.#read(id);
    this.#lastHash = this.#lastKind === hex ? hashWords(this.#wanted, 0) : hashText(id);
    this.#lastId = id;
  }

  #hashOf(row: number): number {
    const words = this.#blocks[row >>> blockBits]!;
    const at = (row & blockMask) * 4;
    return this.#kindOf(row) === hex ? hashWords(words, at) : words[at + 1]!;
  }

  #findIn({ rows, tags }: Slots, id: string): number {
    const mask = rows.length - 1;
    const tag = tagOf(this.#lastHash);
    for (let slot = this.#lastHash & mask; rows[slot] !== empty; slot = (slot + 1) & mask) {
      if (tags[slot] !== tag) continue;
      const row = rows[slot]! - 1;
      if (row >= 0 && this.#isWanted(row, id)) return row;
    }
    return -1;
  }

  #isWanted(row: number, id: string): boolean {
    const block = row >>> blockBits;
    const kind = this.#lastKind;
    if (this.#kinds[block]![row & blockMask] !== kind) return false;
    const words = this.#blocks[block]!;
    const at = (row & blockMask) * 4;
    if (kind === text) return words[at + 1] === this.#lastHash && this.#arena.equals(row, id);
    for (let i = 0; i < 4; i++) if (words[at + i] !== this.#wanted[i]) return false;
    return true;
  }

  /** Begins a new table when two thirds of this one are taken, by rows or by what removed rows left; else goes on with the move. */
  #makeRoom(): void {
    if (this.#old !== null) this.#step(this.#old);
    if (this.#old !== null || 3 * this.#slots.taken < 2 * this.#slots.length) return;
    this.#old = this.#slots;
    this.#moved = 0;
    let length = smallestTable;
    while (length < 2 * this.#size) length *= 2;
    this.#slots = new Slots(length);
  }

  #step(old: Slots): void {
    // The move is done before the new table is full, also when that is much smaller.
    const slots = Math.max(slotsPerStep, Math.ceil((8 * old.length) / this.#slots.length));
    const end = Math.min(old.length, this.#moved + slots);
    for (; this.#moved < end; this.#moved++) {
      const row = old.rows[this.#moved]! - 1;
      if (row < 0) continue;
      this.#slots.insert(row, this.#hashOf(row));
      // Probes for others go on past it.
      old.rows[this.#moved] = removed;
    }
    if (this.#moved === old.length) this.#old = null;
  }
}

/** Open addressing, linear probing. */
class Slots {
  /** Row + 1, `empty` or `removed`. */
  readonly rows: Int32Array;
  /** Of each row some bits of its hash: nearly every other id is passed by without a look at it, which lies anywhere in many megabytes. */
  readonly tags: Uint8Array;
  /** Slots that are not empty. */
  taken = 0;

  constructor(readonly length: number) {
    this.rows = new Int32Array(length);
    this.tags = new Uint8Array(length);
  }

  insert(row: number, hash: number): void {
    const { rows } = this;
    const mask = rows.length - 1;
    let slot = hash & mask;
    while (rows[slot]! > 0) slot = (slot + 1) & mask;
    if (rows[slot] === empty) this.taken++;
    rows[slot] = row + 1;
    this.tags[slot] = tagOf(hash);
  }

  unlink(hash: number, row: number): boolean {
    const { rows } = this;
    const mask = rows.length - 1;
    for (let slot = hash & mask; rows[slot] !== empty; slot = (slot + 1) & mask) {
      if (rows[slot] !== row + 1) continue;
      rows[slot] = removed;
      return true;
    }
    return false;
  }
}

/** The bits that a table of less than 16 million slots does not choose the slot by. */
function tagOf(hash: number): number {
  return hash >>> 24;
}

function hashWords(words: Uint32Array, at: number): number {
  let hash = Math.imul(words[at]! ^ seed, 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ words[at + 1]!, 0xc2b2_ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ words[at + 2]!, 0x27d4_eb2f);
  return mixed(Math.imul(hash ^ (hash >>> 16) ^ words[at + 3]!, 0x1656_67b1));
}

function hashText(id: string): number {
  let hash = seed;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x0100_0193);
  return mixed(hash);
}

/** The highest bit of each hex digit that is 0; at times also of one that is 1. */
function zeroDigits(word: number): number {
  return (word - 0x1111_1111) & ~word & 0x8888_8888;
}

/** Every bit of the result depends on every bit of the hash. Not negative. */
function mixed(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  const whole = Math.imul(half ^ (half >>> 13), 0xc2b2_ae35);
  return (whole ^ (whole >>> 16)) >>> 0;
}

function lowered(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}

function holds(characters: Uint8Array | Uint16Array, begin: number, length: number, wanted: Uint16Array): boolean {
  const first = wanted[0];
  const last = begin + length - wanted.length;
  for (let start = begin; start <= last; start++) {
    if (first !== undefined && lowered(characters[start]!) !== first) continue;
    let i = 1;
    while (i < wanted.length && lowered(characters[start + i]!) === wanted[i]) i++;
    if (i >= wanted.length) return true;
  }
  return false;
}
