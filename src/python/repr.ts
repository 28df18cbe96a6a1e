import { globalRepr } from "./globalRepr";
import type { ReadLimits } from "./limits";
import { defaultPrintLimits, maxIntDigits, resolvePrintLimits } from "./limits";
import { callName, printCall } from "./objectRepr";
import type { Group, Part } from "./reprParts";
import { dictGroup, group, guarded, listGroup, tupleGroup } from "./reprParts";
import { grouped, reprByteArray, reprBytes, reprFloat, reprStr } from "./scalarRepr";
import type { PyCall, PyDict, PyInt, PySequence, PySet, PyValue } from "./value";

/**
 * What CPython 3.13's `repr()` prints for the value. Objects whose `__repr__` cannot be known print as
 * `module.Class(field=value, …)`, what is hidden or unreadable as `'********'` or `<label>`.
 *
 * What a limit leaves out is said with `…`, which Python never prints outside quotes: `[1, 2, … 98 more]` for items,
 * `'aaa'… 97 more characters` for text, `… list of 3` for a value nested too deep, and `… 7 levels open` at the very end where
 * no room is left to close them. `limits.items` counts the values inside the outermost one, `limits.bytes` the characters: at
 * most 150 more are printed. Never throws and never recurses: only `limits` bound it, and `Infinity` lifts each.
 */
export function pythonRepr(value: PyValue, limits?: ReadLimits): string {
  return new Printer(resolvePrintLimits(limits)).print(value);
}

/** What is being printed, from the outermost inwards. */
interface Level {
  readonly group: Group;
  /** Whether it counts as a level of nesting: a value does, a part of its notation does not. */
  readonly nests: boolean;
  /** The next item. */
  next: number;
  /** The rest of the item that is being printed. */
  parts: readonly Part[];
  part: number;
}

/** How far past `limits.bytes` containers are closed properly. */
const closingRoom = 60;
/** Below this an int is not worth counting its digits. */
const cheapInt = 2n ** 1024n;
/** Ints up to this many digits cost next to nothing to convert. CPython refuses longer ones by default. */
const cheapDigits = 4300;

class Printer {
  readonly #out: string[] = [];
  readonly #open = new Set<object>();
  readonly #stack: Level[] = [];
  readonly #bytes: number;
  readonly #items: number;
  readonly #depth: number;
  /** Laid out once: a few bytes can put one large object in a million places, and its print may be short. */
  readonly #calls = new Map<PyCall, string | Group>();
  /** Objects that were left out for their depth, with what was printed in their place. */
  readonly #tooDeep = new Map<object, string>();
  /** Counting is linear in the size, and one long int may stand in a million places. */
  readonly #digits = new Map<PyInt, number>();
  #length = 0;
  #printed = 0;
  #depthNow = 0;
  /** The conversion of long ints is not linear: this many digits of them are printed at most. */
  #digitsLeft: number;
  /** Objects made again and again from one long text cost its length each time, though no more of it may be printed. */
  #layoutLeft: number;

  constructor({ depth, items, bytes }: Required<ReadLimits>) {
    this.#bytes = bytes;
    this.#items = items;
    this.#depth = depth;
    this.#digitsLeft = bytes === Infinity ? Infinity : maxIntDigits;
    this.#layoutLeft = Math.max(bytes, defaultPrintLimits.bytes);
  }

  print(value: PyValue): string {
    // The outermost value is not one of the items.
    this.#printed = -1;
    this.#begin(value);
    for (let top = this.#stack.at(-1); top !== undefined; top = this.#stack.at(-1)) {
      if (this.#length > this.#bytes + closingRoom) {
        this.#write(` … ${plural(this.#stack.length, "level")} open`);
        break;
      }
      this.#step(top);
    }
    return this.#out.join("");
  }

  #step(top: Level): void {
    const { group } = top;
    const part = top.parts[top.part];
    if (part !== undefined) {
      top.part += 1;
      return this.#begin(part);
    }
    if (top.next >= group.count) {
      this.#write(group.close);
      this.#stack.pop();
      if (group.node !== null) this.#open.delete(group.node);
      if (top.nests) this.#depthNow -= 1;
      return;
    }
    const item = group.at(top.next);
    // The notation around a value is never cut: its items are.
    if (this.#full() && !isNotation(item)) {
      this.#write(`${top.next > 0 ? ", " : ""}… ${grouped(group.count - top.next)} more`);
      top.next = group.count;
      return;
    }
    if (top.next > 0) this.#write(", ");
    top.next += 1;
    if (!isList(item)) return this.#begin(item);
    top.parts = item;
    top.part = 0;
  }

  #begin(part: Part): void {
    if (typeof part === "string") return this.#write(this.#short(part, "character"));
    if (!("kind" in part)) return this.#enter(part, null);
    this.#printed += 1;
    const content = this.#content(part);
    if (typeof content === "string") this.#write(this.#short(content, "character"));
    else this.#enter(content, part);
  }

  #enter(group: Group, value: PyValue | null): void {
    if (group.node !== null) {
      if (this.#open.has(group.node)) return this.#write(this.#short(group.cyclic, "character"));
      this.#open.add(group.node);
    }
    if (value !== null && group.count > 0) {
      if (this.#depthNow >= this.#depth) {
        if (group.node !== null) this.#open.delete(group.node);
        const told = `… ${describe(value)}`;
        if (value.kind === "call") this.#tooDeep.set(value, told);
        return this.#write(told);
      }
    }
    if (value !== null) this.#depthNow += 1;
    this.#stack.push({ group, nests: value !== null, next: 0, parts: [], part: 0 });
    // Long names are hostile, and may stand in a million places.
    this.#write(this.#short(group.open, "character"));
  }

  #content(value: PyValue): string | Group {
    switch (value.kind) {
      case "none":
        return "None";
      case "bool":
        return value.value ? "True" : "False";
      case "int":
        return this.#int(value);
      case "float":
        return reprFloat(value.value);
      case "str":
        return reprStr(value.value, this.#room(), value.value, value.apart);
      case "bytes":
        return reprBytes(value.value, this.#room());
      case "bytearray":
        return group("bytearray(", [reprByteArray(value.value, this.#room())], ")");
      case "global":
        return globalRepr(value);
      case "opaque":
        return value.label === "hidden" ? "'********'" : `<${value.label}>`;
      case "call":
        // One that was too deep before still is.
        return (this.#depthNow >= this.#depth ? this.#tooDeep.get(value) : undefined) ?? this.#call(value);
      default:
        return containerGroup(value);
    }
  }

  #call(value: PyCall): string | Group {
    const known = this.#calls.get(value);
    if (known !== undefined) return known;
    const size = layoutSize(value);
    if (size < largeSize) return printCall(value);
    if (this.#layoutLeft <= 0) return `… ${describe(value)}`;
    this.#layoutLeft -= size;
    const made = printCall(value);
    this.#calls.set(value, made);
    return made;
  }

  #int(node: PyInt): string {
    const { value } = node;
    if (value < cheapInt && value > -cheapInt) return value.toString();
    const digits = this.#digits.get(node) ?? countDigits(value);
    this.#digits.set(node, digits);
    if (digits > cheapDigits) {
      if (digits > this.#digitsLeft || digits > this.#room()) return `<int of about ${grouped(digits)} digits>`;
      this.#digitsLeft -= digits;
    }
    return this.#short(value.toString(), "digit");
  }

  /** Cuts what is longer than the room that is left; quoted texts were cut before, since their quotes must close. */
  #short(text: string, unit: string): string {
    const room = this.#room();
    if (text.length <= room + closingRoom) return text;
    return `${text.slice(0, room)}… ${grouped(text.length - room)} more ${unit}s`;
  }

  #room(): number {
    return Math.max(0, this.#bytes - this.#length);
  }

  #full(): boolean {
    return this.#printed >= this.#items || this.#length >= this.#bytes;
  }

  #write(text: string): void {
    this.#out.push(text);
    this.#length += text.length;
  }
}

/** From here on laying it out takes more than a moment. */
const largeSize = 500;

/** What laying it out may take: the characters and bytes in its parts, and these parts themselves. */
function layoutSize({ args, state, items, entries }: PyCall): number {
  let size = items.length + entries.length + args.length;
  if (state !== null) size += partSize(state);
  // More of them than that are large by their number.
  for (let index = 0; index < args.length && size < largeSize; index += 1) size += partSize(args[index]!);
  return size;
}

function partSize(value: PyValue): number {
  switch (value.kind) {
    case "str":
    case "bytes":
      return value.value.length;
    case "list":
    case "tuple":
    case "set":
    case "frozenset":
      return value.items.length;
    default:
      return value.kind === "dict" ? value.entries.length : 0;
  }
}

/** Decimal digits, from the hexadecimal ones: one more or less. */
function countDigits(value: bigint): number {
  return Math.round(value.toString(16).length * 4 * Math.LOG10E * Math.LN2);
}

function containerGroup(value: PySequence | PySet | PyDict): Group {
  switch (value.kind) {
    case "list":
      return listGroup(value, value.items);
    case "tuple":
      return tupleGroup(value, value.items);
    case "set":
      return value.items.length === 0 ? group("set()", [], "") : guarded(value, "set(...)", "{", value.items, "}");
    case "frozenset":
      return value.items.length === 0
        ? group("frozenset()", [], "")
        : guarded(value, "frozenset(...)", "frozenset({", value.items, "})");
    default:
      return dictGroup(value, value.entries);
  }
}

/** What stands in place of a value that lies deeper than the limit. */
function describe(value: PyValue): string {
  switch (value.kind) {
    case "list":
    case "tuple":
    case "set":
    case "frozenset":
      return `${value.kind} of ${grouped(value.items.length)}`;
    case "dict":
      return `dict of ${grouped(value.entries.length)}`;
    default:
      return value.kind === "call" ? callName(value).slice(0, 100) : value.kind;
  }
}

function isNotation(item: Part | readonly Part[]): boolean {
  return !isList(item) && typeof item !== "string" && !("kind" in item);
}

function isList(item: Part | readonly Part[]): item is readonly Part[] {
  return Array.isArray(item);
}

function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}
