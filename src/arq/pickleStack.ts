import { dropEqualItems, Equality, mergeEqualKeys } from "../python/equality";
import type { PyCall, PyDict, PySet, PyValue } from "../python/value";
import { DecodeError } from "./decodeError";
import { newCall, noEntries, noItems, reduceBuiltin } from "./reduceBuiltin";

/** A memo entry out of order costs this many values: room in a map, which only a hand-made pickle asks for a million times. */
const sparseCost = 5;
/** Bytes copied that cost as much as one value. */
const bytesPerItem = 64;

/** Memo entries that were written before the stretch of a pickle that is read. */
export interface OuterMemo {
  readonly size: number;
  /** Null where it cannot be told. */
  readonly get: (index: number) => PyValue | null;
}

/**
 * The stack of the pickle machine with its marks, and its memo. Taking what is not there throws `malformed`; more work than `maxItems`
 * values pushed throws `limit`.
 */
export class PickleStack {
  private readonly values: PyValue[] = [];
  /** Heights of the stack at each open MARK. Nothing below the last, the fence, can be reached. */
  private readonly marks: number[] = [];
  private fence = 0;
  private readonly memo: PyValue[] = [];
  /** Memo entries out of order; pickles that Python writes have none. */
  private sparse: Map<number, PyValue> | null = null;
  /** Nodes whose keys or items may repeat; settled at the end, since nothing reads them before. */
  private readonly hashed: (PyDict | PySet | PyCall)[] = [];
  /** State dicts made here to hold more than one BUILD. */
  private merged: WeakSet<PyValue> | null = null;
  private left: number;
  private made = 0;

  constructor(
    private readonly maxItems: number,
    private readonly outer: OuterMemo | null,
  ) {
    this.left = maxItems;
  }

  /** Containers made so far: no value can nest deeper. */
  get containers(): number {
    return this.made;
  }

  /** The one value left when all is done, with its keys settled; null where there is none or more. */
  only(): PyValue | null {
    if (this.values.length !== 1 || this.marks.length > 0) return null;
    this.settle();
    return this.values[0] ?? null;
  }

  push(value: PyValue): void {
    this.left -= 1;
    if (this.left < 0) throw this.exhausted();
    this.values.push(value);
  }

  pushContainer(value: PyValue): void {
    this.made += 1;
    this.push(value);
  }

  /** Takes work that is not a value pushed from the same budget. */
  charge(values: number): void {
    this.left -= values;
    if (this.left < 0) throw this.exhausted();
  }

  peek(): PyValue {
    if (this.values.length <= this.fence) throw empty();
    return this.values[this.values.length - 1]!;
  }

  pop(): PyValue {
    if (this.values.length <= this.fence) throw empty();
    return this.values.pop()!;
  }

  mark(): void {
    this.fence = this.values.length;
    this.marks.push(this.fence);
  }

  /** The values above the last MARK, lowest first. */
  popMark(): PyValue[] {
    const height = this.unmark();
    const items = this.values.slice(height);
    this.truncate(height);
    return items;
  }

  /** POP: the topmost value, or the MARK where that is on top. */
  drop(): void {
    if (this.values.length > this.fence) this.values.pop();
    else this.unmark();
  }

  popArgs(): readonly PyValue[] {
    const args = this.pop();
    if (args.kind !== "tuple") throw new DecodeError("malformed", `a call with a ${args.kind} for arguments`);
    return args.items;
  }

  memoize(): void {
    if (this.sparse === null) this.memo.push(this.peek());
    else this.remember((this.outer?.size ?? 0) + this.memo.length + this.sparse.size);
  }

  remember(index: number): void {
    const place = index - (this.outer?.size ?? 0);
    if (place === this.memo.length && this.sparse === null) this.memo.push(this.peek());
    else if (place >= 0 && place < this.memo.length) this.memo[place] = this.peek();
    else {
      this.charge(sparseCost);
      (this.sparse ??= new Map()).set(index, this.peek());
    }
  }

  recall(index: number): void {
    const base = this.outer?.size ?? 0;
    const place = index - base;
    const value =
      (place >= 0 && place < this.memo.length ? this.memo[place] : this.sparse?.get(index)) ??
      (place < 0 ? this.outer?.get(index) : undefined);
    if (value === undefined || value === null) throw new DecodeError("malformed", `memo ${index} was never written`);
    this.push(value);
  }

  append(item: PyValue): void {
    const target = this.peek();
    if (target.kind === "list") target.items.push(item);
    else if (target.kind === "call") itemsOf(target).push(item);
    else if (target.kind !== "opaque") throw new DecodeError("malformed", `APPEND on a ${target.kind}`);
  }

  /** APPENDS and ADDITEMS: what is above the last MARK goes into what is below it. */
  extend(wanted: "list" | "set"): void {
    const from = this.unmark();
    const target = this.peekBelow(from);
    if (target.kind === wanted || target.kind === "call") {
      const items = target.kind === "call" ? itemsOf(target) : target.items;
      if (target.kind === "set" && items.length === 0) this.hashed.push(target);
      for (let index = from; index < this.values.length; index += 1) items.push(this.values[index]!);
    } else if (target.kind !== "opaque") {
      throw new DecodeError("malformed", `items added to a ${target.kind}`);
    }
    this.truncate(from);
  }

  setItem(): void {
    const value = this.pop();
    const key = this.pop();
    this.entriesOf(this.peek())?.push([key, value]);
  }

  /** SETITEMS: the pairs above the last MARK go into what is below it. */
  setItems(): void {
    const from = this.unmark();
    const target = this.peekBelow(from);
    if (from < this.values.length) this.pairs(from, this.entriesOf(target));
    this.truncate(from);
  }

  /** DICT: a dict of the pairs above the last MARK. */
  dict(): void {
    const from = this.unmark();
    const dict: PyDict = { kind: "dict", entries: [] };
    if (from < this.values.length) this.pairs(from, this.entriesOf(dict));
    this.truncate(from);
    this.pushContainer(dict);
  }

  frozenset(): void {
    const set: PySet = { kind: "frozenset", items: this.popMark() };
    this.hashed.push(set);
    this.pushContainer(set);
  }

  call(via: PyCall["via"], callee: PyValue, args: readonly PyValue[]): void {
    const builtin = via === "reduce" && callee.kind === "global" ? reduceBuiltin(callee, args) : null;
    if (builtin !== null) this.chargeCopy(builtin);
    this.pushContainer(builtin ?? newCall(via, callee, args));
  }

  /** The same argument may be given to call after call in a few bytes, each of which makes a copy of it. */
  private chargeCopy(made: PyValue): void {
    if (made.kind === "bytes" || made.kind === "bytearray") {
      this.charge(Math.floor(made.value.length / bytesPerItem));
    } else if (made.kind === "call") {
      this.charge(made.args.length);
    } else if (made.kind === "set" || made.kind === "frozenset") {
      this.charge(made.items.length);
      this.hashed.push(made);
    }
  }

  /** BUILD: the state of the object below it. A second one updates the same attributes. */
  build(): void {
    const state = this.pop();
    const target = this.peek();
    if (target.kind === "call") {
      const earlier = target.state;
      if (earlier?.kind !== "dict" || state.kind !== "dict") {
        target.state = state;
        return;
      }
      this.charge(state.entries.length);
      if (this.merged?.has(earlier) === true) {
        for (const entry of state.entries) earlier.entries.push(entry);
        return;
      }
      this.charge(earlier.entries.length);
      const both: PyDict = { kind: "dict", entries: [...earlier.entries, ...state.entries] };
      (this.merged ??= new WeakSet()).add(both);
      this.hashed.push(both);
      target.state = both;
    } else if (target.kind !== "opaque") {
      throw new DecodeError("malformed", `BUILD on a ${target.kind}`);
    }
  }

  /** Gives every dict and set the keys Python would have left in it. */
  settle(): void {
    if (this.hashed.length === 0) return;
    const equality = new Equality();
    for (const node of this.hashed) {
      if (node.kind === "dict" || node.kind === "call") mergeEqualKeys(node.entries, equality);
      else dropEqualItems(node.items, equality);
    }
  }

  private unmark(): number {
    const height = this.marks.pop();
    if (height === undefined) throw new DecodeError("malformed", "no MARK where one is needed");
    this.fence = this.marks[this.marks.length - 1] ?? 0;
    return height;
  }

  private truncate(height: number): void {
    const { values } = this;
    // Setting the length calls into the engine, which takes longer than taking a few off.
    if (values.length - height > 100) values.length = height;
    else while (values.length > height) values.pop();
  }

  private peekBelow(height: number): PyValue {
    if (height <= this.fence) throw empty();
    return this.values[height - 1]!;
  }

  /** Where entries of this value go; null where it is something whose entries are of no interest. */
  private entriesOf(target: PyValue): [PyValue, PyValue][] | null {
    if (target.kind === "opaque") return null;
    if (target.kind !== "dict" && target.kind !== "call")
      throw new DecodeError("malformed", `entries set on a ${target.kind}`);
    if (target.kind === "call" && target.entries === noEntries) target.entries = [];
    if (target.entries.length === 0) this.hashed.push(target);
    return target.entries;
  }

  private pairs(from: number, into: [PyValue, PyValue][] | null): void {
    const { values } = this;
    if ((values.length - from) % 2 !== 0) throw new DecodeError("malformed", "a key without a value");
    for (let index = from; index < values.length; index += 2) into?.push([values[index]!, values[index + 1]!]);
  }

  private exhausted(): DecodeError {
    return new DecodeError("limit", `more than ${this.maxItems} values`);
  }
}

/** Where items of this object go: a list of its own from the first on. */
function itemsOf(call: PyCall): PyValue[] {
  if (call.items === noItems) call.items = [];
  return call.items;
}

function empty(): DecodeError {
  return new DecodeError("malformed", "the stack is too short");
}
