import { entry } from "../python/objectView";
import type { PyBytes, PyCall, PyDict, PyOpaque, PyValue } from "../python/value";
import { isContainer, partsOf } from "../python/walk";
import type { DecodedJob, DecodedResult, JobError } from "./jobModel";
import { redactText } from "./redactText";
import { SecretNames } from "./secretNames";
import { decodeLatin1, encodeLatin1 } from "./utf8";

/** Stands where a secret was; `pythonRepr` prints it as `'********'`. */
export const hidden: PyOpaque = { kind: "opaque", label: "hidden" };

/**
 * The one door for values on their way out: masks what its name or its look says is secret. Works on a copy of the same shape
 * (cycles and shared values included); the input stays as it was. Masks too much rather than too little where it cannot tell.
 */
export class Redactor {
  private readonly names: SecretNames;

  /** `keys` are added to the built-in names. */
  constructor(options: { keys?: readonly string[] } = {}) {
    this.names = new SecretNames(options.keys);
  }

  text(text: string): string {
    return redactText(text, this.names);
  }

  value(value: PyValue): PyValue {
    return new Copier(this.names).copy(value);
  }

  job(job: DecodedJob): DecodedJob {
    const copier = new Copier(this.names);
    return { ...job, args: copier.copy(job.args), kwargs: copier.copy(job.kwargs) };
  }

  result(result: DecodedResult): DecodedResult {
    const copier = new Copier(this.names);
    return {
      ...result,
      args: copier.copy(result.args),
      kwargs: copier.copy(result.kwargs),
      result: copier.copy(result.result),
      error: result.error === null ? null : this.error(result.error),
    };
  }

  error(error: JobError): JobError {
    return {
      ...error,
      message: this.text(error.message),
      notes: error.notes.map((note) => this.text(note)),
      traceback: error.traceback === null ? null : this.text(error.traceback),
    };
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Copies a graph node by node from a work list, so that nesting cannot overflow the stack. */
class Copier {
  private readonly copies = new Map<PyValue, PyValue>();
  private readonly pending: (() => void)[] = [];

  constructor(private readonly names: SecretNames) {}

  copy(value: PyValue): PyValue {
    const copy = this.shell(value);
    for (let fill = this.pending.pop(); fill !== undefined; fill = this.pending.pop()) fill();
    return copy;
  }

  /** The copy of a node: complete for a scalar; for a container empty as yet, with its filling on the work list. */
  private shell(value: PyValue): PyValue {
    if (!isContainer(value)) return this.scalar(value);
    const known = this.copies.get(value);
    if (known !== undefined) return known;
    const copy = this.emptyCopy(value);
    this.copies.set(value, copy);
    return copy;
  }

  private emptyCopy(value: PyValue): PyValue {
    switch (value.kind) {
      case "list":
      case "tuple": {
        const items: PyValue[] = [];
        this.pending.push(() => this.copySequence(items, value.items));
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
        this.pending.push(() => this.copyEntries(copy.entries, value.entries));
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
      // pydantic keeps the secret in clear inside SecretStr and SecretBytes.
      if (isSecretClass(value.callee)) {
        copy.state = value.state === null ? null : hidden;
        args.push(...value.args.map(() => hidden));
        return;
      }
      this.copySequence(args, value.args);
      this.copyEntries(kwargs, value.kwargs);
      if (value.state !== null) copy.state = this.shell(value.state);
      this.copyItems(copy.items, value.items);
      this.copyEntries(copy.entries, value.entries);
    });
    return copy;
  }

  private copyItems(target: PyValue[], source: readonly PyValue[]): void {
    for (const item of source) target.push(this.shell(item));
  }

  /** `("authorization", "Bearer …")`: headers and queries come as pairs. */
  private copySequence(target: PyValue[], source: readonly PyValue[]): void {
    const [first, second] = source;
    if (first !== undefined && second !== undefined && source.length === 2 && this.hides(first, second)) {
      target.push(this.shell(first), hidden);
    } else {
      this.copyItems(target, source);
    }
  }

  private copyEntries(target: [PyValue, PyValue][], source: readonly (readonly [PyValue, PyValue])[]): void {
    const hidesInput = this.blamesSecret(source);
    for (const [key, value] of source) {
      const hides =
        this.hides(key, value) || (hidesInput && key.kind === "str" && /^(input|input_value|ctx)$/.test(key.value));
      target.push([this.shell(key), hides ? hidden : this.shell(value)]);
    }
  }

  /** A pydantic error, `{'loc': ('user', 'password'), 'input': 'hunter2', …}`, names the secret in one entry and holds it in another. */
  private blamesSecret(entries: readonly (readonly [PyValue, PyValue])[]): boolean {
    const loc = entry(entries.slice(0, 20), "loc");
    if (loc?.kind !== "tuple" && loc?.kind !== "list") return false;
    return loc.items.some((step) => step.kind === "str" && this.names.has(step.value));
  }

  /** Nothing is hidden in None and booleans: they say whether there is a secret, which helps and harms nobody. */
  private hides(key: PyValue, value: PyValue): boolean {
    if (value.kind === "none" || value.kind === "bool") return false;
    const name =
      key.kind === "str" ? key.value : key.kind === "bytes" && key.value.length <= 200 ? decodeLatin1(key.value) : null;
    return name !== null && this.names.has(name);
  }

  private scalar(value: PyValue): PyValue {
    if (value.kind === "str") {
      const text = redactText(value.value, this.names);
      return text === value.value ? value : { kind: "str", value: text };
    }
    return value.kind === "bytes" || value.kind === "bytearray" ? this.bytes(value) : value;
  }

  private bytes(value: PyBytes): PyBytes {
    const text = decodeLatin1(value.value);
    const redacted = redactText(text, this.names);
    return redacted === text ? value : { kind: value.kind, value: encodeLatin1(redacted) ?? new Uint8Array() };
  }
}

function isSecretClass(callee: PyValue): boolean {
  if (callee.kind === "global") return /(^|\.)Secret(Str|Bytes)?$/.test(callee.qualname);
  // Secret[int] and the like are made by a call on the class.
  if (callee.kind !== "call") return false;
  for (const part of partsOf(callee))
    if (part.kind === "global" && /^Secret(Str|Bytes)?$/.test(part.qualname)) return true;
  return false;
}
