import { assertNever } from "./assertNever";
import { collectionContents } from "./collectionRepr";
import { readDatetime, readTimedelta } from "./datetimeRepr";
import { callName, calledName, isKnownCall } from "./objectRepr";
import { dotted, viewObject } from "./objectView";
import { pythonRepr } from "./repr";
import { reprFloat } from "./scalarRepr";
import type { PyCall, PyValue } from "./value";

/** Longer ones are refused: a cut text is no JSON. */
const maxLength = 10_000_000;
/** Deeper values are written as their repr. */
const maxDepth = 200;

/**
 * The value as JSON, indented by two. Lists, tuples and sets are arrays; dicts, and objects of other classes with their class as `__class__`, are
 * objects; ints are exact at any size. What JSON has no notation for is a text: a moment in ISO 8601, a Decimal, UUID or path as `str()` gives it,
 * all else (bytes, NaN, a class) as Python prints it. Null when it would be longer than 10 million characters. Never throws.
 */
export function jsonText(value: PyValue): string | null {
  const writer = new Writer();
  return writer.value(value, "\n", 0) ? writer.text : null;
}

type Entries = readonly (readonly [key: string, value: PyValue])[];

class Writer {
  readonly #out: string[] = [];
  readonly #open = new Set<object>();
  #length = 0;

  get text(): string {
    return this.#out.join("");
  }

  /** False once it is too long. */
  value(value: PyValue, newLine: string, depth: number): boolean {
    switch (value.kind) {
      case "none":
        return this.#write("null");
      case "bool":
        return this.#write(String(value.value));
      case "int":
        // Digits of huge ints take long to make; no JSON reader takes them either.
        return this.#write(
          value.value < 2n ** 4096n && value.value > -(2n ** 4096n) ? value.value.toString() : quoted(value),
        );
      case "float":
        return this.#write(
          Number.isFinite(value.value) ? reprFloat(value.value) : JSON.stringify(reprFloat(value.value)),
        );
      case "str":
        return this.#write(JSON.stringify(value.value));
      case "opaque":
        return this.#write(value.label === "hidden" ? '"********"' : quoted(value));
      case "bytes":
      case "bytearray":
      case "global":
        return this.#write(quoted(value));
      case "list":
      case "tuple":
      case "set":
      case "frozenset":
        return this.#guarded(value, depth, () =>
          this.#array(value.items.length, (i) => value.items[i]!, newLine, depth),
        );
      case "dict":
        return this.#guarded(value, depth, () => this.#object(value.entries.map(named), newLine, depth));
      case "call":
        return this.#guarded(value, depth, () => this.#call(value, newLine, depth));
      default:
        return assertNever(value);
    }
  }

  #call(call: PyCall, newLine: string, depth: number): boolean {
    const contents = collectionContents(call);
    if (contents !== null) {
      return "items" in contents
        ? this.#array(contents.items.length, contents.items.at, newLine, depth)
        : this.#object(contents.entries.map(named), newLine, depth);
    }
    const text = scalarText(call);
    if (text !== null) return this.#write(JSON.stringify(text));
    const view = viewObject(call);
    const list = (items: readonly PyValue[]): PyValue => ({ kind: "list", items: [...items] });
    const entries: (readonly [string, PyValue])[] = [["__class__", { kind: "str", value: callName(call) }]];
    if (view.positional.length > 0) entries.push(["__args__", list(view.positional)]);
    entries.push(...view.fields);
    if (view.items.length > 0) entries.push(["__items__", list(view.items)]);
    if (view.entries.length > 0)
      entries.push(["__entries__", { kind: "dict", entries: view.entries.map(([key, value]) => [key, value]) }]);
    return this.#object(entries, newLine, depth);
  }

  /** What contains itself, or lies too deep, is written as its repr. */
  #guarded(node: PyValue, depth: number, write: () => boolean): boolean {
    if (this.#open.has(node) || depth >= maxDepth) return this.#write(quoted(node));
    this.#open.add(node);
    const fits = write();
    this.#open.delete(node);
    return fits;
  }

  #array(length: number, at: (index: number) => PyValue, newLine: string, depth: number): boolean {
    if (length === 0) return this.#write("[]");
    const inner = `${newLine}  `;
    for (let index = 0; index < length; index++) {
      if (!this.#write((index === 0 ? "[" : ",") + inner) || !this.value(at(index), inner, depth + 1)) return false;
    }
    return this.#write(`${newLine}]`);
  }

  #object(entries: Entries, newLine: string, depth: number): boolean {
    if (entries.length === 0) return this.#write("{}");
    const inner = `${newLine}  `;
    for (const [index, [key, value]] of entries.entries()) {
      if (!this.#write(`${index === 0 ? "{" : ","}${inner}${JSON.stringify(key)}: `)) return false;
      if (!this.value(value, inner, depth + 1)) return false;
    }
    return this.#write(`${newLine}}`);
  }

  #write(text: string): boolean {
    this.#out.push(text);
    this.#length += text.length;
    return this.#length <= maxLength;
  }
}

/** Keys as `json.dumps` writes them; those it refuses (tuples, dates) as their repr. */
function named([key, value]: readonly [PyValue, PyValue]): readonly [string, PyValue] {
  if (key.kind === "str") return [key.value, value];
  if (key.kind === "none") return ["null", value];
  if (key.kind === "bool") return [String(key.value), value];
  return [brief(key), value];
}

/** What an object is as one text; null for an object with parts. */
function scalarText(call: PyCall): string | null {
  if (!isKnownCall(call)) return null;
  const name = calledName(call);
  if (name === "datetime.datetime") return momentText(call) ?? brief(call);
  const printed = brief(call);
  const day = /^datetime\.date\((\d+), (\d+), (\d+)\)$/.exec(printed);
  if (day !== null) return `${pad(Number(day[1]), 4)}-${pad(Number(day[2]))}-${pad(Number(day[3]))}`;
  // `Decimal('1.5')`, `UUID('…')`, `PosixPath('…')`: what stands in it is what `str()` gives.
  return /^\w+\('([^'\\]*)'\)$/.exec(printed)?.[1] ?? printed;
}

/** ISO 8601 with the offset where the zone is a fixed one; null where the offset depends on rules that only Python has. */
function momentText(call: PyCall): string | null {
  const fields = readDatetime(call);
  if (fields === null) return null;
  const { year, month, day, hour, minute, second, microsecond, zone } = fields;
  const offset = zone === null ? "" : offsetText(zone);
  if (offset === null) return null;
  const fraction = microsecond === 0 ? "" : `.${pad(microsecond, 6)}`;
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:${pad(second)}${fraction}${offset}`;
}

function offsetText(zone: PyValue): string | null {
  if (zone.kind !== "call" || zone.callee.kind !== "global") return null;
  if (dotted(zone.callee) === "pytz._UTC") return "+00:00";
  const delta = dotted(zone.callee) === "datetime.timezone" ? readTimedelta(zone.args[0]) : null;
  if (delta === null || delta.microseconds !== 0n || delta.seconds % 60n !== 0n) return null;
  const minutes = Number(delta.days * 1440n + delta.seconds / 60n);
  const distance = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${pad(Math.floor(distance / 60))}:${pad(distance % 60)}`;
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, "0");
}

function brief(value: PyValue): string {
  return pythonRepr(value, { bytes: 1_000_000 });
}

function quoted(value: PyValue): string {
  return JSON.stringify(brief(value));
}
