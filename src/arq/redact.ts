import { entry, typeOf } from "../python/objectView";
import type { PyBytes, PyCall, PyDict, PyGlobal, PyOpaque, PySequence, PyValue } from "../python/value";
import { isContainer, partsOf } from "../python/walk";
import type { DecodedJob, DecodedResult, JobError } from "./jobModel";
import { type OwnRules, readOwnRules } from "./ownRules";
import { redactText } from "./redactText";
import { SecretClasses, type SecretParts } from "./secretClasses";
import { SecretNames } from "./secretNames";
import { mask } from "./secretTokens";
import { decodeLatin1, encodeLatin1 } from "./utf8";

/** Stands where a secret was; `pythonRepr` prints it as `'********'`. */
export const hidden: PyOpaque = { kind: "opaque", label: "hidden" };

/** Fields that name keys of Redis. */
const keyFields: ReadonlySet<string> = new Set(["id", "queue", "key", "healthKey", "process"]);

/** Texts remembered: error messages and functions repeat from job to job. */
const remembered = 2000;
const rememberedLength = 500;

/**
 * The one door for values on their way out: masks what its name, its class or its look says is secret. Works on a copy of the same shape
 * (cycles and shared values included); the input stays as it was. Linear in the size of the graph. Masks too much rather than too little
 * where it cannot tell. What it cannot know: a secret without a name, a class or a look of its own, as a positional argument may be.
 */
export class Redactor {
  /** One sentence for each entry of `own` that is not used, naming it. */
  readonly problems: readonly string[];
  private readonly names: SecretNames;
  private readonly classes: SecretClasses;
  private readonly own: OwnRules;
  private readonly texts = new Map<string, string>();

  /** `own`: entries of the setting `arq.redact`, added to what is built in. */
  constructor({ own = [] }: { own?: readonly string[] } = {}) {
    this.own = readOwnRules(own);
    this.problems = this.own.problems;
    this.names = new SecretNames(this.own.names);
    this.classes = new SecretClasses(this.own.names);
  }

  /** Never throws; a text masked once stays as it is. */
  text(text: string): string {
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    const masked = redactText(this.own.maskWords(text), this.names);
    if (text.length <= rememberedLength) {
      if (this.texts.size >= remembered) this.texts.clear();
      this.texts.set(text, masked);
    }
    return masked;
  }

  value(value: PyValue): PyValue {
    return this.copier().copy(value);
  }

  job(job: DecodedJob): DecodedJob {
    const { args, kwargs, ...rest } = job;
    const copier = this.copier();
    return { ...this.plain(rest), args: copier.copy(args), kwargs: copier.copy(kwargs) };
  }

  result(result: DecodedResult): DecodedResult {
    const { args, kwargs, result: value, ...rest } = result;
    const copier = this.copier();
    return {
      ...this.plain(rest),
      args: copier.copy(args),
      kwargs: copier.copy(kwargs),
      result: copier.copy(value),
    };
  }

  error(error: JobError): JobError {
    return this.plain(error);
  }

  /**
   * A copy of plain data with every text in it masked, fields added later included. Ids and names of queues and keys stay: a job is found
   * and read by them, and what is called otherwise than in Redis could not be.
   */
  plain<T>(data: T): T {
    return this.plainCopy(data) as T;
  }

  private plainCopy(data: unknown): unknown {
    if (typeof data === "string") return this.text(data);
    if (typeof data !== "object" || data === null) return data;
    if (Array.isArray(data)) return data.map((item) => this.plainCopy(item));
    const copy: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(data)) copy[name] = keyFields.has(name) ? value : this.plainCopy(value);
    // A failure may be told by an object that is no exception: of credentials the message is what they hold.
    const { type, message } = copy;
    if (typeof type === "string" && typeof message === "string" && this.classes.carries(type)) copy.message = mask;
    return copy;
  }

  private copier(): Copier {
    return new Copier(this.names, this.classes, (text) => this.text(text));
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Shorter texts are masked again sooner than found again. */
const sharedLength = 40;

/** Copies a graph node by node from a work list, so that nesting cannot overflow the stack. */
class Copier {
  /** Also of long texts: a payload may refer to one of a megabyte a million times. */
  private readonly copies = new Map<PyValue, PyValue>();
  private readonly pending: (() => void)[] = [];
  /** A class is one node however many objects it has, and looking at its name takes longer than copying one of them. */
  private readonly verdicts = new Map<PyGlobal, { readonly secret: SecretParts | null; readonly splitUrl: boolean }>();

  constructor(
    private readonly names: SecretNames,
    private readonly classes: SecretClasses,
    private readonly text: (text: string) => string,
  ) {}

  copy(value: PyValue): PyValue {
    const copy = this.shell(value);
    for (let fill = this.pending.pop(); fill !== undefined; fill = this.pending.pop()) fill();
    return copy;
  }

  /** The copy of a node: complete for a scalar; for a container empty as yet, with its filling on the work list. */
  private shell(value: PyValue): PyValue {
    const keep = isContainer(value) || ("value" in value && isLong(value.value));
    const known = keep ? this.copies.get(value) : undefined;
    if (known !== undefined) return known;
    const copy = isContainer(value) ? this.emptyCopy(value) : this.scalar(value);
    if (keep) this.copies.set(value, copy);
    return copy;
  }

  private emptyCopy(value: PyValue): PyValue {
    switch (value.kind) {
      case "list":
      case "tuple": {
        const items: PyValue[] = [];
        if (value.items.length > 0) this.pending.push(() => this.copySequence(items, value.items));
        return { kind: value.kind, items };
      }
      case "set":
      case "frozenset": {
        const items: PyValue[] = [];
        this.pending.push(() => this.copyItems(items, value.items));
        return { kind: value.kind, items };
      }
      case "dict": {
        const copy: PyDict = { kind: "dict", entries: [] };
        if (value.entries.length > 0) this.pending.push(() => this.copyEntries(copy.entries, value.entries));
        return copy;
      }
      case "call":
        return this.emptyCall(value);
      default:
        return value;
    }
  }

  private emptyCall(value: PyCall): PyCall {
    const args: PyValue[] = [];
    const kwargs: [PyValue, PyValue][] = [];
    const copy: Mutable<PyCall> = { ...value, args, kwargs, state: null, items: [], entries: [] };
    this.pending.push(() => {
      copy.callee = this.shell(value.callee);
      const types = typesOf(value);
      const secret = types.map((type) => this.verdict(type).secret).find((parts) => parts !== null) ?? null;
      if (secret === "everything") {
        // pydantic keeps the secret in clear inside SecretStr and SecretBytes. Names of classes are no secret.
        // One by one: a call takes no more than about 120,000 arguments.
        for (const arg of value.args)
          args.push(arg.kind === "global" || arg.kind === "none" ? this.shell(arg) : hidden);
        copy.state = value.state === null ? null : hidden;
        return;
      }
      this.copySequence(args, value.args);
      if (secret !== null) this.hideFields(args, value.args, secret);
      const [, place] = value.args;
      if (types.some((type) => this.verdict(type).splitUrl) && place?.kind === "str")
        args[1] = { kind: "str", value: this.text(`://${place.value}`).slice(3) };
      this.copyEntries(kwargs, value.kwargs);
      if (value.state !== null) copy.state = this.shell(value.state);
      this.copyItems(copy.items, value.items);
      this.copyEntries(copy.entries, value.entries);
    });
    return copy;
  }

  private verdict(type: PyGlobal): { readonly secret: SecretParts | null; readonly splitUrl: boolean } {
    const known = this.verdicts.get(type);
    if (known !== undefined) return known;
    const verdict = { secret: this.classes.partsOf(type), splitUrl: this.classes.isSplitUrl(type) };
    this.verdicts.set(type, verdict);
    return verdict;
  }

  /** Of a named tuple. Protocols 0 and 1 hand its fields over as one tuple. */
  private hideFields(copies: PyValue[], given: readonly PyValue[], secret: readonly number[]): void {
    const [only] = given;
    if (given.length === 1 && only?.kind === "tuple") {
      copies[0] = {
        kind: "tuple",
        items: only.items.map((field, i) => (secret.includes(i) ? hidden : this.shell(field))),
      };
    } else {
      for (const index of secret) if (isSomething(given[index])) copies[index] = hidden;
    }
  }

  private copyItems(target: PyValue[], source: readonly PyValue[]): void {
    for (const item of source) target.push(this.shell(item));
  }

  /**
   * `("authorization", "Bearer …")`: headers and queries come as pairs, or as `(as written, in lower case, value)`; commands as
   * `["--password", "…"]`.
   */
  private copySequence(target: PyValue[], source: readonly PyValue[]): void {
    const [first, second, third] = source;
    if (first !== undefined && second !== undefined && source.length === 2 && this.hides(first, second)) {
      target.push(this.shell(first), hidden);
      return;
    }
    if (source.length === 3 && first && second && third && isSameName(first, second) && this.hides(first, third)) {
      target.push(this.shell(first), this.shell(second), hidden);
      return;
    }
    let flagged = false;
    for (const item of source) {
      const flag = item.kind === "str" && /^--?[A-Za-z][\w-]{1,60}$/.test(item.value);
      target.push(flagged && !flag && item.kind === "str" ? hidden : this.shell(item));
      flagged = flag && this.names.has(item.value);
    }
  }

  private copyEntries(target: [PyValue, PyValue][], source: readonly (readonly [PyValue, PyValue])[]): void {
    const elsewhere = this.namesSecret(source);
    for (const [key, value] of source) {
      const hides = this.hides(key, value) || (elsewhere !== null && key.kind === "str" && elsewhere.test(key.value));
      target.push([this.shell(key), hides && isSomething(value) ? hidden : this.shell(value)]);
    }
  }

  /**
   * Some dicts name the secret in one entry and hold it in another: a pydantic error, `{'loc': ('user', 'password'), 'input': 'hunter2'}`,
   * and records such as `{'name': 'API_KEY', 'value': '…'}`. Which entries then hold it; else null.
   */
  private namesSecret(entries: readonly (readonly [PyValue, PyValue])[]): RegExp | null {
    if (entries.length < 2) return null;
    const few = entries.slice(0, 20);
    const loc = entry(few, "loc");
    if (loc?.kind === "tuple" || loc?.kind === "list") {
      return loc.items.some((step) => step.kind === "str" && this.names.has(step.value))
        ? /^(?:input|input_value|ctx)$/
        : null;
    }
    for (const key of ["name", "key", "field", "header", "variable"]) {
      const name = nameOf(entry(few, key));
      if (name !== null && this.names.has(name)) return /^(?:value|val|content|old|new|old_value|new_value)$/;
    }
    return null;
  }

  private hides(key: PyValue, value: PyValue): boolean {
    const name = nameOf(key);
    if (name === null || !isSomething(value) || !this.names.has(name)) return false;
    return !((value.kind === "int" || value.kind === "float") && this.names.counts(name));
  }

  private scalar(value: PyValue): PyValue {
    switch (value.kind) {
      case "str": {
        const text = this.text(value.value);
        return text === value.value ? value : { kind: "str", value: text };
      }
      case "bytes":
      case "bytearray":
        return this.bytes(value);
      case "opaque": {
        const label = this.text(value.label);
        return label === value.label ? value : { kind: "opaque", label };
      }
      default:
        return value;
    }
  }

  private bytes(value: PyBytes): PyValue {
    const text = decodeLatin1(value.value);
    if (this.holdsNamedSecret(text)) return hidden;
    const redacted = this.text(text);
    return redacted === text ? value : { kind: value.kind, value: encodeLatin1(redacted) ?? encodeLatin1(mask)! };
  }

  /** A pickle or MessagePack within bytes: a secret name with a length before it and a value in clear behind it. */
  private holdsNamedSecret(text: string): boolean {
    for (const [run] of text.matchAll(/(?<![ -~])[ -~]?[A-Za-z_][\w-]{4,60}(?![ -~])/g))
      if (this.names.has(run) || this.names.has(run.slice(1))) return true;
    return false;
  }
}

/** Every class that is called to make the object: see-through helpers aside, and those that a call on a class names (`Secret[int]`). */
function typesOf(call: PyCall): PyGlobal[] {
  const { callee } = call;
  const types = [typeOf(call), callee].filter((type) => type?.kind === "global");
  return callee.kind === "call" ? [...types, ...[...partsOf(callee)].filter((part) => part.kind === "global")] : types;
}

function isLong(value: unknown): boolean {
  return (typeof value === "string" || value instanceof Uint8Array) && value.length > sharedLength;
}

/** The text of a name, also of a subclass of str (multidict's `istr`); null for what is none. */
function nameOf(value: PyValue | undefined): string | null {
  if (value?.kind === "call")
    return value.args.length === 1 && value.args[0]?.kind === "str" ? value.args[0].value : null;
  if (value?.kind === "str") return value.value;
  return value?.kind === "bytes" && value.value.length <= 200 ? decodeLatin1(value.value) : null;
}

/** Longer texts are no names, and comparing one without regard to case copies it wherever it stands. */
const longestName = 200;

function isSameName(left: PyValue, right: PyValue): boolean {
  const [one, other] = [nameOf(left), nameOf(right)];
  if (one === null || other === null) return one === other;
  return one.length <= longestName && other.length <= longestName && one.toLowerCase() === other.toLowerCase();
}

/** Nothing is hidden in None, booleans and empty values: they say whether there is a secret, which helps and harms nobody. */
function isSomething(value: PySequence | PyValue | undefined): boolean {
  switch (value?.kind) {
    case undefined:
    case "none":
    case "bool":
      return false;
    case "str":
    case "bytes":
      return value.value.length > 0;
    case "list":
    case "tuple":
      return value.items.length > 0;
    case "dict":
      return value.entries.length > 0;
    default:
      return true;
  }
}
