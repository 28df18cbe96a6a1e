import { dropEqualItems, mergeEqualKeys } from "../python/equality";
import type { PyCall, PyDict, PySet, PyValue } from "../python/value";
import { DecodeError } from "./decodeError";

/** The stack of the pickle machine with its marks. Taking what is not there throws `malformed`; pushing too much, `limit`. */
export class PickleStack {
  private values: PyValue[] = [];
  /** The stacks below each open MARK. */
  private readonly marked: PyValue[][] = [];
  /** Nodes whose keys or items may repeat; settled at the end, since nothing reads them before. */
  private readonly hashed = new Set<PyDict | PySet | PyCall>();
  private pushed = 0;
  private made = 0;

  constructor(
    private readonly maxItems: number,
    /** Where the reader stands, for messages. */
    private readonly offset: () => number,
  ) {}

  /** Containers made so far: no value can nest deeper. */
  get containers(): number {
    return this.made;
  }

  push(value: PyValue): void {
    this.pushed += 1;
    if (this.pushed > this.maxItems) throw new DecodeError("limit", `more than ${this.maxItems} values`);
    this.values.push(value);
  }

  pushInt(value: bigint): void {
    this.push({ kind: "int", value });
  }

  pushStr(value: string): void {
    this.push({ kind: "str", value });
  }

  pushContainer(value: PyValue): void {
    this.made += 1;
    if (value.kind === "dict" || value.kind === "set" || value.kind === "frozenset") this.noteKeys(value);
    this.push(value);
  }

  /** Has `settle` look at this node. */
  noteKeys(node: PyDict | PySet | PyCall): void {
    this.hashed.add(node);
  }

  /** Gives every dict and set the keys Python would have left in it. */
  settle(): void {
    for (const node of this.hashed) {
      if (node.kind === "dict" || node.kind === "call") mergeEqualKeys(node.entries);
      else dropEqualItems(node.items);
    }
  }

  peek(): PyValue {
    return this.values.at(-1) ?? this.empty();
  }

  pop(): PyValue {
    return this.values.pop() ?? this.empty();
  }

  /** The topmost values, lowest first. */
  popMany(count: number): PyValue[] {
    if (this.values.length < count) this.empty();
    return this.values.splice(this.values.length - count, count);
  }

  mark(): void {
    this.marked.push(this.values);
    this.values = [];
  }

  /** The values above the last MARK, lowest first. */
  popMark(): PyValue[] {
    const below = this.marked.pop();
    if (below === undefined) throw new DecodeError("malformed", `no MARK before byte ${this.offset()}`);
    const items = this.values;
    this.values = below;
    return items;
  }

  /** POP: the topmost value, or the MARK where that is on top. */
  drop(): void {
    if (this.values.length > 0) this.values.pop();
    else this.popMark();
  }

  popArgs(): readonly PyValue[] {
    const args = this.pop();
    if (args.kind !== "tuple") throw new DecodeError("malformed", `a call with a ${args.kind} for arguments`);
    return args.items;
  }

  private empty(): never {
    throw new DecodeError("malformed", `the stack is too short before byte ${this.offset()}`);
  }
}
