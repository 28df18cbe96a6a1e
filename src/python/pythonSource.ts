import { assertNever } from "./assertNever";
import { collectionContents } from "./collectionRepr";
import { t } from "./l10n";
import { calledName, callName, isKnownCall, printCall } from "./objectRepr";
import type { Group, Part } from "./reprParts";
import { pythonRepr } from "./repr";
import { reprBytes, reprFloat, reprStr } from "./scalarRepr";
import { flatSource, type SourcePart } from "./sourceLayout";
import type { PyCall, PyInt, PyValue } from "./value";

/** What Python reads back as the value, or which part of it has no such notation. */
export type PythonSource =
  | {
      readonly ok: true;
      readonly text: string;
      /** The lines that have to stand above it: `import datetime`. */
      readonly imports: readonly string[];
    }
  | {
      readonly ok: false;
      /** Steps from the value, as Python takes them: `[1]['lines']`. Empty for the value itself. */
      readonly at: string;
      /** Goes on from the name of the part: "is hidden, because it may be a secret". */
      readonly why: string;
    };

/** Python with `...` where a part of the value could not be written. */
export interface GappedSource {
  readonly source: SourcePart;
  readonly imports: readonly string[];
  /** How many parts are missing. */
  readonly gaps: number;
}

/**
 * CPython refuses source with more than 200 brackets open at once (Parser/tokenizer.c `MAXLEVEL`). A level opens one; a collection counts as two
 * levels and opens two, and `frozenset({` opens two as one.
 */
const maxLevels = 95;
/** Nobody pastes more, and shared values may print as much more than they are. */
const maxLength = 1_000_000;
/** Nobody fills in more; each costs an exception, 100 µs where it is deep. */
const maxGaps = 1000;
/** CPython refuses decimal literals of more than 4,300 digits; hexadecimal ones have no limit. */
const longestDecimal = 3_500;

/** Classes of the standard library whose objects can be made again by what their own repr says, with the import that it needs. */
const known: ReadonlyMap<string, string> = new Map([
  ...["datetime", "date", "time", "timedelta", "timezone"].map(
    (name) => [`datetime.${name}`, "import datetime"] as const,
  ),
  ["zoneinfo.ZoneInfo._unpickle", "import zoneinfo"],
  ["decimal.Decimal", "from decimal import Decimal"],
  ["fractions.Fraction", "from fractions import Fraction"],
  ["uuid.UUID", "from uuid import UUID"],
  ["builtins.range", ""],
  ["builtins.complex", ""],
  ...["PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"].flatMap((name) =>
    ["pathlib", "pathlib._local"].map((module) => [`${module}.${name}`, `from pathlib import ${name}`] as const),
  ),
  ...["Address", "Network", "Interface"].flatMap((kind) =>
    ["IPv4", "IPv6"].map(
      (version) => [`ipaddress.${version}${kind}`, `from ipaddress import ${version}${kind}`] as const,
    ),
  ),
  ...["deque", "OrderedDict", "defaultdict", "Counter"].map(
    (name) => [`collections.${name}`, `from collections import ${name}`] as const,
  ),
]);

/** What may be named without an import: the factory of a defaultdict, or a type handed over. */
const builtinNames = new Set(
  "int str float bool bytes bytearray list tuple dict set frozenset object complex range slice type Ellipsis NotImplemented".split(
    " ",
  ),
);

/**
 * Writes the value as Python that makes it again: literals, and objects of the standard library that are made of literals. Objects of other
 * classes, members of enumerations and functions are refused, since only the code that made them can make them again; so is what was masked
 * (`mask` in a text) or cannot be read, and what contains itself. Never throws.
 */
export function pythonSource(value: PyValue, mask: string): PythonSource {
  const writer = new Writer(mask, false);
  try {
    const source = writer.source(value);
    return { ok: true, text: flatSource(source), imports: writer.imports };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, at: writer.at, why: error.message };
    throw error;
  }
}

/** As `pythonSource`, but leaves a gap for the smallest part that cannot be written, where that one refuses the whole. Never throws. */
export function gappedSource(value: PyValue, mask: string): GappedSource {
  const writer = new Writer(mask, true);
  try {
    return { source: writer.source(value), imports: writer.imports, gaps: writer.gaps };
  } catch (error) {
    if (error instanceof Refusal) return { source: { gap: error.message }, imports: [], gaps: 1 };
    throw error;
  }
}

class Refusal extends Error {}

/** A gap in one place would leave as much in the next. */
class TooLong extends Refusal {}

class Writer {
  #parts: SourcePart[] = [];
  #gaps = 0;
  readonly #imports = new Set<string>();
  readonly #open = new Set<object>();
  /** Where the value that is being written stands; cut back as values end, so a refusal finds it as it was. */
  readonly #path: string[] = [];
  readonly #maskBytes: readonly number[];
  #length = 0;
  #level = 0;

  constructor(
    private readonly mask: string,
    private readonly leavesGaps: boolean,
  ) {
    this.#maskBytes = Array.from({ length: mask.length }, (_, at) => mask.charCodeAt(at));
  }

  get gaps(): number {
    return this.#gaps;
  }

  get imports(): readonly string[] {
    return [...this.#imports].toSorted();
  }

  get at(): string {
    return this.#path.join("");
  }

  source(value: PyValue): SourcePart {
    return this.#collect(() => this.value(value));
  }

  value(value: PyValue): void {
    switch (value.kind) {
      case "none":
        return this.#write("None");
      case "bool":
        return this.#write(value.value ? "True" : "False");
      case "int":
        return this.#write(intSource(value));
      case "float":
        return this.#write(
          Number.isFinite(value.value) ? reprFloat(value.value) : `float('${reprFloat(value.value)}')`,
        );
      case "str":
        if (value.value.includes(this.mask))
          throw new Refusal(t("holds something that is hidden, because it may be a secret"));
        return this.#write(reprStr(value.value, Infinity, value.value, value.apart));
      case "bytes":
      case "bytearray": {
        if (this.#masked(value.value))
          throw new Refusal(t("holds something that is hidden, because it may be a secret"));
        const text = reprBytes(value.value);
        return this.#write(value.kind === "bytes" ? text : `bytearray(${text})`);
      }
      case "list":
        return this.#items(value, "[", value.items, "]");
      case "tuple":
        return this.#items(value, "(", value.items, ")", value.items.length === 1);
      case "set":
        return value.items.length === 0 ? this.#write("set()") : this.#items(value, "{", value.items, "}");
      case "frozenset":
        return value.items.length === 0
          ? this.#write("frozenset()")
          : this.#items(value, "frozenset({", value.items, "})");
      case "dict":
        return this.#dict(value, value.entries);
      case "global":
        if (value.module === "builtins" && builtinNames.has(value.qualname)) return this.#write(value.qualname);
        throw new Refusal(
          t("is {0}, which only the code that defines it has", shortName(`${value.module}.${value.qualname}`)),
        );
      case "opaque":
        throw new Refusal(
          value.label === "hidden"
            ? t("is hidden, because it may be a secret")
            : t("cannot be read ({0})", value.label.slice(0, 80)),
        );
      case "call":
        return this.#call(value);
      default:
        assertNever(value);
    }
  }

  #call(call: PyCall): void {
    const name = calledName(call) ?? "";
    const needed = known.get(name);
    if (needed === undefined) {
      throw new Refusal(
        t("is an object of {0}, which only the code that defines it can make again", shortName(callName(call))),
      );
    }
    if (!isKnownCall(call)) throw new Refusal(t("is no {0} that Python could have made", name));
    if (needed !== "") this.#imports.add(needed);
    this.#nested(call, () => {
      // Both print numbers and texts as they stand in the payload, which may be anything.
      if (name === "decimal.Decimal" && call.args[0]?.kind === "str")
        this.#write(`Decimal(${reprStr(call.args[0].value)})`);
      else if (name === "builtins.complex") this.#items(call.args, "complex(", call.args, ")");
      else if (collectionContents(call) === null) this.#part(printCall(call));
      else this.#collection(call, name.slice("collections.".length));
    });
  }

  #collection(call: PyCall, name: string): void {
    const contents = collectionContents(call);
    if (contents === null) return;
    this.#write(`${name}(`);
    if (name === "defaultdict") {
      this.#step(".default_factory", call.args[0] ?? { kind: "none" });
      this.#write(", ");
    }
    if ("entries" in contents) this.#dict(contents, contents.entries);
    else {
      const { length, at } = contents.items;
      const items = Array.from({ length }, (_, index) => at(index));
      this.#items(contents, "[", items, "]");
      if (call.args[1] !== undefined && call.args[1].kind !== "none") {
        this.#write(", maxlen=");
        this.#step(".maxlen", call.args[1]);
      }
    }
    this.#write(")");
  }

  #part(part: Part | readonly Part[]): void {
    if (typeof part === "string") this.#write(part);
    else if (isParts(part)) for (const each of part) this.#part(each);
    else if ("kind" in part) this.value(part);
    else this.#group(part);
  }

  #group({ open, close, count, at }: Group): void {
    this.#write(open);
    for (let index = 0; index < count; index++) {
      if (index > 0) this.#write(", ");
      this.#part(at(index));
    }
    this.#write(close);
  }

  #items(node: object, open: string, items: readonly PyValue[], close: string, trailing = false): void {
    this.#nested(node, () => {
      this.#count(open.length + close.length);
      const parts = items.map((item, index) => this.#collect(() => this.#step(`[${index}]`, item)));
      this.#parts.push({ open, items: parts, close, trailing });
    });
  }

  #dict(node: object, entries: readonly (readonly [PyValue, PyValue])[]): void {
    this.#nested(node, () => {
      this.#count(2);
      const items = entries.map(([key, value]) =>
        this.#collect(() => {
          const step = `[${pythonRepr(key, { depth: 2, items: 10, bytes: 60 })}]`;
          this.#step(step, key);
          this.#write(": ");
          this.#step(step, value);
        }),
      );
      this.#parts.push({ open: "{", items, close: "}", trailing: false });
    });
  }

  #step(step: string, value: PyValue): void {
    const depth = this.#path.length;
    const before = this.#parts.length;
    this.#path.push(step);
    try {
      this.value(value);
    } catch (error) {
      if (!this.leavesGaps || !(error instanceof Refusal) || error instanceof TooLong) throw error;
      this.#parts.length = before;
      this.#gaps += 1;
      if (this.#gaps > maxGaps)
        throw new TooLong(t("has more than {0} parts that cannot be written as Python", maxGaps));
      this.#count(3);
      this.#parts.push({ gap: error.message });
    }
    this.#path.length = depth;
  }

  /** What `write` writes, apart from the rest. */
  #collect(write: () => void): SourcePart {
    const outer = this.#parts;
    const parts: SourcePart[] = [];
    this.#parts = parts;
    try {
      write();
    } finally {
      this.#parts = outer;
    }
    return parts.length === 1 ? parts[0]! : parts;
  }

  /** `node` is what must not turn up inside itself. */
  #nested(node: object, write: () => void): void {
    if (this.#open.has(node)) throw new Refusal(t("contains itself"));
    if (this.#level >= maxLevels) throw new Refusal(t("is nested too deep for Python source"));
    this.#level += 1;
    this.#open.add(node);
    try {
      write();
    } finally {
      this.#open.delete(node);
      this.#level -= 1;
    }
  }

  #masked(bytes: Uint8Array): boolean {
    const mask = this.#maskBytes;
    for (let at = bytes.indexOf(mask[0] ?? 0); at >= 0; at = bytes.indexOf(mask[0] ?? 0, at + 1))
      if (mask.every((byte, index) => bytes[at + index] === byte)) return true;
    return false;
  }

  #write(text: string): void {
    this.#count(text.length);
    this.#parts.push(text);
  }

  #count(characters: number): void {
    this.#length += characters + 2;
    if (this.#length > maxLength) throw new TooLong(t("makes more than {0} MB of Python", maxLength / 1_000_000));
  }
}

function intSource({ value }: PyInt): string {
  const digits = (value < 0n ? -value : value).toString(16);
  return digits.length > longestDecimal ? `${value < 0n ? "-" : ""}0x${digits}` : value.toString();
}

function isParts(part: Part | readonly Part[]): part is readonly Part[] {
  return Array.isArray(part);
}

function shortName(name: string): string {
  return name.length > 120 ? `${name.slice(0, 119)}…` : name;
}
