/** mulberry32: small, and the same numbers for the same seed everywhere. */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Opcodes by the length of what follows them: bytes, or the size of the length that stands before the rest, or lines. */
const fixed: ReadonlyMap<number, number> = new Map(
  Object.entries({
    "(": 0,
    ".": 0,
    "0": 0,
    "1": 0,
    "2": 0,
    N: 0,
    Q: 0,
    R: 0,
    a: 0,
    b: 0,
    d: 0,
    "}": 0,
    e: 0,
    l: 0,
    "]": 0,
    o: 0,
    s: 0,
    t: 0,
    ")": 0,
    u: 0,
    J: 4,
    K: 1,
    M: 2,
    G: 8,
    h: 1,
    j: 4,
    q: 1,
    r: 4,
    "\x80": 1,
    "\x81": 0,
    "\x82": 1,
    "\x83": 2,
    "\x84": 4,
    "\x85": 0,
    "\x86": 0,
    "\x87": 0,
    "\x88": 0,
    "\x89": 0,
    "\x8f": 0,
    "\x90": 0,
    "\x91": 0,
    "\x92": 0,
    "\x93": 0,
    "\x94": 0,
    "\x95": 8,
    "\x97": 0,
    "\x98": 0,
  }).map(([opcode, size]) => [opcode.charCodeAt(0), size]),
);
const counted: ReadonlyMap<number, number> = new Map(
  Object.entries({
    T: 4,
    U: 1,
    X: 4,
    B: 4,
    C: 1,
    "\x8a": 1,
    "\x8b": 4,
    "\x8c": 1,
    "\x8d": 8,
    "\x8e": 8,
    "\x96": 8,
  }).map(([opcode, size]) => [opcode.charCodeAt(0), size]),
);
const lined: ReadonlyMap<number, number> = new Map(
  Object.entries({ F: 1, I: 1, L: 1, P: 1, S: 1, V: 1, c: 2, g: 1, i: 2, p: 1 }).map(([opcode, lines]) => [
    opcode.charCodeAt(0),
    lines,
  ]),
);
const opcodes: readonly number[] = [...fixed.keys(), ...counted.keys(), ...lined.keys()];

/** Where each opcode of a pickle begins, as far as it can be followed, and at the end where that is. */
export function opcodeStarts(bytes: Buffer): number[] {
  const starts: number[] = [];
  let at = 0;
  while (at < bytes.length && starts.length < 5000) {
    starts.push(at);
    const code = bytes[at] ?? 0;
    at += 1;
    const length = counted.get(code);
    const lines = lined.get(code);
    if (length !== undefined) {
      let size = 0;
      for (let place = Math.min(length, 4) - 1; place >= 0; place -= 1) size = size * 256 + (bytes[at + place] ?? 0);
      at += length + size;
    } else if (lines !== undefined) {
      for (let line = 0; line < lines; line += 1) {
        const end = bytes.indexOf(0x0a, at);
        at = end < 0 ? bytes.length : end + 1;
      }
    } else {
      at += fixed.get(code) ?? 0;
    }
  }
  starts.push(Math.min(at, bytes.length));
  return starts;
}

/**
 * Makes new payloads from known ones, with pickles in mind: bytes changed, opcodes put in, taken out, doubled, exchanged and moved between
 * payloads, lengths and memo indices changed, ends cut off. Payloads that showed something new join those it starts from.
 */
export class PickleMutator {
  readonly #corpus: Buffer[];
  readonly #seen = new Set<string>();
  readonly #next: () => number;

  constructor(corpus: readonly Buffer[], seed: number) {
    this.#corpus = [...corpus];
    this.#next = random(seed);
  }

  get corpusSize(): number {
    return this.#corpus.length;
  }

  mutate(): Buffer {
    let bytes: Buffer = Buffer.from(this.#pick(this.#corpus));
    for (let change = this.#at(4); change >= 0; change -= 1) bytes = this.#change(bytes);
    return this.#next() < 0.1 ? bytes.subarray(0, this.#at(bytes.length + 1)) : bytes;
  }

  /** Keeps the payload as a start for others where its answer, or a pair of its opcodes with that answer, was never seen. */
  keep(bytes: Buffer, answer: string): void {
    if (bytes.length > 4096 || this.#corpus.length > 20_000) return;
    const starts = opcodeStarts(bytes);
    let isNew = false;
    for (let index = 0; index + 1 < Math.min(starts.length, 200); index += 1) {
      const feature = `${answer} ${bytes[starts[index] ?? 0]} ${bytes[starts[index + 1] ?? 0]}`;
      if (this.#seen.has(feature)) continue;
      this.#seen.add(feature);
      isNew = true;
    }
    if (isNew) this.#corpus.push(bytes);
  }

  #change(bytes: Buffer): Buffer {
    if (bytes.length === 0) return Buffer.from(".");
    const starts = opcodeStarts(bytes);
    const index = this.#at(Math.max(1, starts.length - 1));
    const start = starts[index] ?? 0;
    const end = starts[index + 1] ?? bytes.length;
    const code = Buffer.from([this.#pick(opcodes)]);
    switch (this.#at(10)) {
      case 0:
      case 1:
        bytes[this.#at(bytes.length)] = this.#at(256);
        return bytes;
      case 2: // another opcode, with the same operand
        bytes[start] = code[0] ?? 0;
        return bytes;
      case 3: // put in
        return Buffer.concat([bytes.subarray(0, start), code, this.#operand(code[0] ?? 0), bytes.subarray(start)]);
      case 4: // taken out
        return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
      case 5: // doubled, a few times
        return Buffer.concat([
          bytes.subarray(0, start),
          ...Array.from({ length: 2 + this.#at(3) }, () => bytes.subarray(start, end)),
          bytes.subarray(end),
        ]);
      case 6: {
        // exchanged with the next
        const after = starts[index + 2] ?? bytes.length;
        return Buffer.concat([
          bytes.subarray(0, start),
          bytes.subarray(end, after),
          bytes.subarray(start, end),
          bytes.subarray(after),
        ]);
      }
      case 7: {
        // a stretch of another payload
        const other = this.#pick(this.#corpus);
        const others = opcodeStarts(other);
        const from = this.#at(Math.max(1, others.length - 1));
        const to = Math.min(others.length - 1, from + 1 + this.#at(12));
        return Buffer.concat([
          bytes.subarray(0, start),
          other.subarray(others[from], others[to]),
          bytes.subarray(start),
        ]);
      }
      case 8: // a length, an index or a number made small or huge
        if (start + 1 < bytes.length) bytes[start + 1] = this.#pick([0, 1, 2, 3, 0x7f, 0x80, 0xff]);
        if (this.#next() < 0.2)
          for (let place = start + 1; place < Math.min(end, start + 9); place += 1) bytes[place] = 0xff;
        return bytes;
      default: {
        // memo: written or read once more
        const index = this.#at(12);
        const memo = this.#pick([[0x94], [0x68, index], [0x71, index], [0x32], [0x30]]);
        return Buffer.concat([bytes.subarray(0, end), Buffer.from(memo), bytes.subarray(end)]);
      }
    }
  }

  #operand(code: number): Buffer {
    const size = fixed.get(code);
    if (size !== undefined)
      return Buffer.from(Array.from({ length: size }, () => (this.#next() < 0.5 ? 0 : this.#at(256))));
    const length = counted.get(code);
    if (length === undefined)
      return Buffer.from(this.#pick(["1\n", "0\n", "os\nsystem\n", "builtins\ngetattr\n", "\n", "'a'\n"]));
    const text = this.#pick(["", "a", "t", "f", "__proto__", "os"]);
    return Buffer.concat([Buffer.from([text.length]), Buffer.alloc(length - 1), Buffer.from(text)]);
  }

  #at(length: number): number {
    return Math.floor(this.#next() * length);
  }

  #pick<T>(from: readonly T[]): T {
    const found = from[this.#at(from.length)];
    if (found === undefined) throw new Error("nothing to pick from");
    return found;
  }
}
