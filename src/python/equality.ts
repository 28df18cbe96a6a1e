import type { PyValue } from "./value";

/** Longer texts are compared once per node, not once per use: a pickle can use a megabyte again for two bytes. */
const longText = 64;
/** Up to here comparing each with each is quicker than a set. */
const few = 12;

/**
 * Tells which values Python calls equal as keys (`1 == 1.0 == True`, tuples and frozensets by their parts) by giving equal ones the same
 * number. What cannot be compared without Python, or equals nothing (objects, NaN, unhashable values), is equal to itself alone.
 * Linear in the size of all values asked about, however often they share their parts, and free of recursion.
 */
export class Equality {
  /** Made when first asked: nearly no payload needs it. */
  private numbering: Numbering | null = null;

  of(value: PyValue): number {
    return (this.numbering ??= new Numbering()).of(value);
  }
}

class Numbering {
  /** Of short strs by themselves, and of anything else by a text with its kind before it. */
  private readonly strs = new Map<string, number>();
  private readonly texts = new Map<string, number>();
  private readonly nodes = new Map<PyValue, number>();
  private readonly opened = new Set<PyValue>();
  private count = 0;

  of(root: PyValue): number {
    const known = this.known(root);
    if (known !== null) return known;
    // Tuples can nest a million deep and share their parts: each is numbered once, after all of its parts.
    const stack: PyValue[] = [root];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      if ((top.kind !== "tuple" && top.kind !== "frozenset") || this.nodes.has(top)) continue;
      const open = top.items.filter((part) => this.known(part) === null);
      if (open.length === 0) {
        this.nodes.set(top, this.composite(top.kind, top.items));
      } else if (this.opened.has(top)) {
        // It holds itself.
        this.nodes.set(top, this.fresh());
      } else {
        this.opened.add(top);
        stack.push(top);
        for (const part of open) stack.push(part);
      }
    }
    return this.nodes.get(root) ?? this.fresh();
  }

  /** Null for a tuple or frozenset whose parts are not all numbered yet. */
  private known(value: PyValue): number | null {
    switch (value.kind) {
      case "str":
        // Such a text must not be taken for the one that JavaScript shows, and is rare enough to be looked at with care.
        if (value.apart !== undefined) return this.text(`a${value.apart.join(",")}:${value.value}`);
        return value.value.length > longText
          ? this.once(value, () => `s${value.value}`)
          : this.text(value.value, this.strs);
      case "none":
        return this.text("none");
      case "bool":
        return this.text(value.value ? "n1" : "n0");
      case "int":
        return isShort(value.value)
          ? this.text(`n${value.value.toString(16)}`)
          : this.once(value, () => `n${value.value.toString(16)}`);
      case "float":
        if (Number.isInteger(value.value)) return this.text(`n${BigInt(value.value).toString(16)}`);
        return Number.isNaN(value.value) ? this.once(value, null) : this.text(`f${value.value}`);
      case "bytes":
        return this.once(value, () => `b${oneToOne.decode(value.value)}`);
      case "global":
        return this.once(value, () => `g${value.module}\n${value.qualname}`);
      case "tuple":
      case "frozenset":
        return value.items.length === 0 ? this.text(value.kind) : (this.nodes.get(value) ?? null);
      default:
        return this.once(value, null);
    }
  }

  /** The number of a node, from its text where it has one, which is made once. */
  private once(node: PyValue, text: (() => string) | null): number {
    const known = this.nodes.get(node);
    if (known !== undefined) return known;
    const number = text === null ? this.fresh() : this.text(text());
    this.nodes.set(node, number);
    return number;
  }

  private composite(kind: "tuple" | "frozenset", items: readonly PyValue[]): number {
    const parts = items.map((item) => this.known(item) ?? 0);
    if (kind === "tuple") return this.text(`t${parts.join(",")}`);
    return this.text(`u${[...new Set(parts)].sort((a, b) => a - b).join(",")}`);
  }

  private text(text: string, among = this.texts): number {
    const known = among.get(text);
    if (known !== undefined) return known;
    const number = this.fresh();
    among.set(text, number);
    return number;
  }

  private fresh(): number {
    this.count += 1;
    return this.count;
  }
}

/** Windows-1252 as the web has it: a character of its own for each of the 256 bytes. */
const oneToOne = new TextDecoder("windows-1252");

function isShort(value: bigint): boolean {
  return value < 0xffff_ffff_ffff_ffffn && value > -0xffff_ffff_ffff_ffffn;
}

/**
 * Lets a later equal key replace the value of the earlier one in place, as a Python dict does. Give the same `equality` for all values
 * of one payload, so that what they share is compared once.
 */
export function mergeEqualKeys(entries: [PyValue, PyValue][], equality: Equality = new Equality()): void {
  if (entries.length <= few ? areFewDistinct(entries) : areDistinct(entries.length, (index) => entries[index]![0]))
    return;
  const seen = new Map<number, [PyValue, PyValue]>();
  let kept = 0;
  for (const entry of entries) {
    const key = equality.of(entry[0]);
    const earlier = seen.get(key);
    if (earlier === undefined) {
      seen.set(key, entry);
      entries[kept] = entry;
      kept += 1;
    } else {
      earlier[1] = entry[1];
    }
  }
  entries.length = kept;
}

/** Drops later equal items, as a Python set does. */
export function dropEqualItems(items: PyValue[], equality: Equality = new Equality()): void {
  if (areDistinct(items.length, (index) => items[index]!)) return;
  const seen = new Set<number>();
  let kept = 0;
  for (const item of items) {
    const key = equality.of(item);
    if (seen.has(key)) continue;
    seen.add(key);
    items[kept] = item;
    kept += 1;
  }
  items.length = kept;
}

/** As `areDistinct`, for the dicts that every payload is made of. */
function areFewDistinct(entries: readonly (readonly [PyValue, PyValue])[]): boolean {
  if (entries.length < 2) return true;
  // A bit for what each text looks like from outside: only texts that share one are compared.
  let met = 0;
  for (let index = 0; index < entries.length; index += 1) {
    const key = entries[index]![0];
    if (key.kind !== "str" || key.value.length > longText) return false;
    const { value } = key;
    const bit = 1 << ((value.length * 5 + value.charCodeAt(0) + value.charCodeAt(value.length - 1) * 7) & 31);
    for (let earlier = 0; (met & bit) !== 0 && earlier < index; earlier += 1) {
      const other = entries[earlier]![0];
      if (other.kind === "str" && other.value === value) return false;
    }
    met |= bit;
  }
  return true;
}

/** Whether the keys are short texts without a repeat, or rising ints: nearly all dicts and sets, and several times quicker than numbering. */
function areDistinct(count: number, at: (index: number) => PyValue): boolean {
  if (count < 2) return true;
  const first = at(0);
  if (first.kind === "int") {
    let last = first.value;
    for (let index = 1; index < count; index += 1) {
      const key = at(index);
      if (key.kind !== "int" || key.value <= last) return false;
      last = key.value;
    }
    return true;
  }
  if (first.kind !== "str") return false;
  if (count > few) return areDistinctTexts(count, at);
  for (let index = 0; index < count; index += 1) {
    const key = at(index);
    if (key.kind !== "str" || key.value.length > longText) return false;
    for (let earlier = 0; earlier < index; earlier += 1) {
      const other = at(earlier);
      if (other.kind === "str" && other.value === key.value) return false;
    }
  }
  return true;
}

/** Nobody who writes a payload knows it, so nobody can choose texts that meet in one place of the table below. */
const multiplier = (Math.random() * 2 ** 32) | 1;

/** A hash table of numbers: five times quicker than a Set of texts, which has to hash and keep each. */
function areDistinctTexts(count: number, at: (index: number) => PyValue): boolean {
  const size = 2 ** Math.ceil(Math.log2(count * 2));
  /** Index of a text plus one; 0 is free. */
  const table = new Int32Array(size);
  for (let index = 0; index < count; index += 1) {
    const key = at(index);
    if (key.kind !== "str" || key.value.length > longText) return false;
    const text = key.value;
    let hash = text.length;
    for (let place = 0; place < text.length; place += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(place), multiplier);
      hash ^= hash >>> 15;
    }
    let slot = hash & (size - 1);
    for (let other = table[slot]!; other !== 0; other = table[slot]!) {
      const earlier = at(other - 1);
      if (earlier.kind === "str" && earlier.value === text) return false;
      slot = (slot + 1) & (size - 1);
    }
    table[slot] = index + 1;
  }
  return true;
}
