/**
 * Writes the pickles that ARQ writes: protocol 4, byte for byte what CPython's `pickle.dumps` makes of the same values
 * (equal strings counted as one object, as interned names and literals are). Only what the demo's jobs hold.
 */

/** A call that unpickling would make: an exception, a Decimal. `state` is what its `__dict__` holds. */
export class PyCall {
  constructor(
    readonly module: string,
    readonly name: string,
    readonly args: readonly Pickled[],
    readonly state: Readonly<Record<string, Pickled>> | null = null,
  ) {}
}
/** A Python tuple; a plain array is a list. */
export class PyTuple {
  constructor(readonly items: readonly Pickled[]) {}
}

export type Pickled =
  | null
  | boolean
  /** An int. */
  | number
  | string
  | readonly Pickled[]
  | PyTuple
  | PyCall
  | { readonly [key: string]: Pickled };

export const tuple = (...items: readonly Pickled[]): PyTuple => new PyTuple(items);

const op = {
  proto: 0x80,
  frame: 0x95,
  stop: 0x2e,
  memoize: 0x94,
  binGet: 0x68,
  longBinGet: 0x6a,
  mark: 0x28,
  none: 0x4e,
  true: 0x88,
  false: 0x89,
  binInt1: 0x4b,
  binInt2: 0x4d,
  binInt: 0x4a,
  long1: 0x8a,
  shortUnicode: 0x8c,
  unicode: 0x58,
  emptyList: 0x5d,
  append: 0x61,
  appends: 0x65,
  emptyTuple: 0x29,
  tuple1: 0x85,
  tuple: 0x74,
  emptyDict: 0x7d,
  setItem: 0x73,
  setItems: 0x75,
  stackGlobal: 0x93,
  reduce: 0x52,
  build: 0x62,
} as const;

/** Frames are closed at the first boundary of an opcode after this many bytes (Lib/pickle.py `_FRAME_SIZE_TARGET`). */
const frameTarget = 64 * 1024;
/** Items per APPENDS or SETITEMS (`_BATCHSIZE`). */
const batchSize = 1000;

export function pickle(value: Pickled): Buffer {
  return new Writer().write(value);
}

class Writer {
  readonly #done: Buffer[] = [Buffer.from([op.proto, 4])];
  #frame: number[] = [];
  readonly #memo = new Map<unknown, number>();

  write(value: Pickled): Buffer {
    this.#save(value);
    this.#frame.push(op.stop);
    this.#closeFrame();
    return Buffer.concat(this.#done);
  }

  #closeFrame(): void {
    const head = Buffer.alloc(9);
    head[0] = op.frame;
    head.writeBigUInt64LE(BigInt(this.#frame.length), 1);
    // Bodies below 4 bytes stand without a frame.
    if (this.#frame.length >= 4) this.#done.push(head);
    this.#done.push(Buffer.from(this.#frame));
    this.#frame = [];
  }

  #save(value: Pickled): void {
    if (value === null) this.#frame.push(op.none);
    else if (typeof value === "boolean") this.#frame.push(value ? op.true : op.false);
    else if (typeof value === "number") this.#saveInt(value);
    else if (!this.#recall(value)) {
      if (typeof value === "string") this.#saveString(value);
      else if (value instanceof PyTuple) this.#saveTuple(value);
      else if (value instanceof PyCall) this.#saveCall(value);
      else if (isList(value)) this.#saveList(value);
      else this.#saveDict(value);
    }
    if (this.#frame.length >= frameTarget) this.#closeFrame();
  }

  #recall(key: unknown): boolean {
    const index = this.#memo.get(key);
    if (index === undefined) return false;
    if (index < 256) this.#frame.push(op.binGet, index);
    else this.#push(op.longBinGet, 4, (bytes) => bytes.writeUInt32LE(index));
    return true;
  }

  #memoize(key: unknown): void {
    this.#memo.set(key, this.#memo.size);
    this.#frame.push(op.memoize);
  }

  #push(opcode: number, size: number, fill: (bytes: Buffer) => void): void {
    const bytes = Buffer.alloc(size);
    fill(bytes);
    this.#frame.push(opcode, ...bytes);
  }

  #saveInt(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no safe integer`);
    if (value >= 0 && value < 0x100) this.#frame.push(op.binInt1, value);
    else if (value >= 0 && value < 0x10000) this.#push(op.binInt2, 2, (bytes) => bytes.writeUInt16LE(value));
    else if (value >= -0x80000000 && value < 0x80000000) this.#push(op.binInt, 4, (bytes) => bytes.writeInt32LE(value));
    else {
      // Two's complement, little-endian, as short as the sign allows.
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(BigInt(value));
      let length = 8;
      const sign = value < 0 ? 0xff : 0;
      while (length > 1 && bytes[length - 1] === sign && ((bytes[length - 2] ?? 0) & 0x80) === (sign & 0x80)) length--;
      this.#frame.push(op.long1, length, ...bytes.subarray(0, length));
    }
  }

  #saveString(value: string): void {
    const bytes = Buffer.from(value, "utf8");
    // CPython writes strings from 64 KiB on outside frames.
    if (bytes.length >= frameTarget) throw new RangeError("strings of 64 KiB and more are not needed here");
    if (bytes.length < 0x100) this.#frame.push(op.shortUnicode, bytes.length, ...bytes);
    else {
      this.#push(op.unicode, 4, (size) => size.writeUInt32LE(bytes.length));
      this.#frame.push(...bytes);
    }
    this.#memoize(value);
  }

  #saveTuple(value: PyTuple): void {
    const { length } = value.items;
    if (length === 0) {
      this.#frame.push(op.emptyTuple);
      return;
    }
    if (length > 3) this.#frame.push(op.mark);
    for (const item of value.items) this.#save(item);
    this.#frame.push(length > 3 ? op.tuple : op.tuple1 + length - 1);
    this.#memoize(value);
  }

  #saveList(value: readonly Pickled[]): void {
    this.#frame.push(op.emptyList);
    this.#memoize(value);
    for (let start = 0; start < value.length; start += batchSize) {
      const batch = value.slice(start, start + batchSize);
      if (batch.length > 1) this.#frame.push(op.mark);
      for (const item of batch) this.#save(item);
      this.#frame.push(batch.length > 1 ? op.appends : op.append);
    }
  }

  #saveDict(value: Readonly<Record<string, Pickled>>): void {
    this.#frame.push(op.emptyDict);
    this.#memoize(value);
    const entries = Object.entries(value);
    for (let start = 0; start < entries.length; start += batchSize) {
      const batch = entries.slice(start, start + batchSize);
      if (batch.length > 1) this.#frame.push(op.mark);
      for (const [key, item] of batch) {
        this.#save(key);
        this.#save(item);
      }
      this.#frame.push(batch.length > 1 ? op.setItems : op.setItem);
    }
  }

  #saveCall(value: PyCall): void {
    const key = `${value.module}\0${value.name}`;
    if (!this.#recall(key)) {
      this.#save(value.module);
      this.#save(value.name);
      this.#frame.push(op.stackGlobal);
      this.#memoize(key);
    }
    this.#saveTuple(new PyTuple(value.args));
    this.#frame.push(op.reduce);
    this.#memoize(value);
    if (value.state !== null) {
      this.#saveDict(value.state);
      this.#frame.push(op.build);
    }
  }
}

function isList(value: Pickled): value is readonly Pickled[] {
  return Array.isArray(value);
}
