/** Where each owner's text lies; 0: it has none. */
export interface TextPlaces {
  get(owner: number): number;
  set(owner: number, place: number): void;
}

/** Bytes of a chunk, unless one text needs more. Small: half of the last one is empty on average, and one is tidied in under a millisecond. */
const chunkBytes = 65_536;
/** A place is the number of the chunk and, in its lower bits, the word within it at which the entry begins, plus one. */
const wordBits = 14;
const wordMask = (1 << wordBits) - 1;
/** Words before the text: the owner, and twice the length in characters, plus one where a character takes two bytes. */
const headWords = 2;
/** Owner of an entry that was removed. */
const nobody = 0xffff_ffff;
/** `String.fromCharCode` takes its characters as arguments, of which an engine allows some ten thousands. */
const charactersAtOnce = 8192;

interface Chunk {
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
  readonly pairs: Uint16Array;
  /** Words taken, and how many of them by entries that are still in use. */
  end: number;
  used: number;
}

/**
 * Texts in byte arrays instead of one object each: one byte a character where all are below U+0100, else two, so that every string
 * comes back as it was, lone surrogates too. A chunk that is half garbage is tidied when something of it is removed.
 */
export class TextArena {
  readonly #places: TextPlaces;
  readonly #chunks: (Chunk | null)[] = [];
  readonly #free: number[] = [];
  #tail = -1;

  constructor(places: TextPlaces) {
    this.#places = places;
  }

  /** Bytes held: less than twice those of the texts and their heads in use, and two chunks. */
  get bytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + (chunk?.bytes.length ?? 0), 0);
  }

  /** Keeps a text for an owner that has none. */
  put(owner: number, text: string): void {
    const { length } = text;
    let wide = 0;
    for (let i = 0; i < length; i++) wide |= text.charCodeAt(i);
    const isWide = wide > 0xff;
    const size = headWords + (((isWide ? 2 * length : length) + 3) >>> 2);
    const { number, chunk } = this.#room(size);
    const { words, bytes, pairs, end } = chunk;
    words[end] = owner;
    words[end + 1] = 2 * length + (isWide ? 1 : 0);
    const first = end + headWords;
    if (isWide) for (let i = 0; i < length; i++) pairs[2 * first + i] = text.charCodeAt(i);
    else for (let i = 0; i < length; i++) bytes[4 * first + i] = text.charCodeAt(i);
    this.#took(owner, number, chunk, size);
  }

  text(owner: number): string {
    const characters = this.characters(owner);
    const { length } = characters;
    if (length <= charactersAtOnce) return fromCharacters(characters);
    let text = "";
    for (let i = 0; i < length; i += charactersAtOnce)
      text += fromCharacters(characters.subarray(i, i + charactersAtOnce));
    return text;
  }

  /** Whether the owner's text is this one, without making a string of it. */
  equals(owner: number, text: string): boolean {
    return this.test(owner, (characters, first, length) => {
      if (length !== text.length) return false;
      for (let i = 0; i < length; i++) if (characters[first + i] !== text.charCodeAt(i)) return false;
      return true;
    });
  }

  /** The owner's text as UTF-16 code units; valid until the arena is changed. */
  characters(owner: number): Uint8Array | Uint16Array {
    return this.test(owner, (characters, first, length) => characters.subarray(first, first + length));
  }

  /** What the test says of the owner's text: `length` UTF-16 code units from `first` on. */
  test<T>(owner: number, test: (characters: Uint8Array | Uint16Array, first: number, length: number) => T): T {
    const place = this.#places.get(owner);
    const { words, bytes, pairs } = this.#chunks[place >>> wordBits]!;
    const at = (place & wordMask) - 1;
    const head = words[at + 1]!;
    const first = at + headWords;
    return (head & 1) === 1 ? test(pairs, 2 * first, head >>> 1) : test(bytes, 4 * first, head >>> 1);
  }

  remove(owner: number): void {
    const place = this.#places.get(owner);
    this.#places.set(owner, 0);
    const number = place >>> wordBits;
    const chunk = this.#chunks[number]!;
    const at = (place & wordMask) - 1;
    chunk.words[at] = nobody;
    chunk.used -= sizeAt(chunk.words, at);
    if (number !== this.#tail) this.#tidy(number, chunk);
  }

  /** Moves what is in use of a chunk that is half garbage to the tail. */
  #tidy(number: number, chunk: Chunk): void {
    const { words } = chunk;
    if (2 * chunk.used > chunk.end) return;
    for (let at = 0; at < chunk.end;) {
      const size = sizeAt(words, at);
      const owner = words[at]!;
      if (owner !== nobody) {
        const to = this.#room(size);
        to.chunk.words.set(words.subarray(at, at + size), to.chunk.end);
        this.#took(owner, to.number, to.chunk, size);
      }
      at += size;
    }
    this.#chunks[number] = null;
    this.#free.push(number);
  }

  #took(owner: number, number: number, chunk: Chunk, size: number): void {
    this.#places.set(owner, number * (wordMask + 1) + chunk.end + 1);
    chunk.end += size;
    chunk.used += size;
  }

  /** The tail, if so many words fit into it; else a new chunk, which is the tail from then on. */
  #room(size: number): { number: number; chunk: Chunk } {
    const tail = this.#chunks[this.#tail];
    if (tail !== undefined && tail !== null && tail.end + size <= tail.words.length) {
      return { number: this.#tail, chunk: tail };
    }
    const buffer = new ArrayBuffer(Math.max(chunkBytes, 4 * size));
    const chunk = {
      words: new Uint32Array(buffer),
      bytes: new Uint8Array(buffer),
      pairs: new Uint16Array(buffer),
      end: 0,
      used: 0,
    };
    const number = this.#free.pop() ?? this.#chunks.length;
    this.#chunks[number] = chunk;
    const last = this.#tail;
    this.#tail = number;
    if (tail !== undefined && tail !== null) this.#tidy(last, tail);
    return this.#room(size);
  }
}

function fromCharacters(characters: Uint8Array | Uint16Array): string {
  return Reflect.apply(String.fromCharCode, null, characters) as string;
}

function sizeAt(words: Uint32Array, at: number): number {
  const head = words[at + 1]!;
  return headWords + ((((head & 1) === 1 ? 2 : 1) * (head >>> 1) + 3) >>> 2);
}
