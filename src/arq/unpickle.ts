import { mergeEqualKeys } from "../python/equality";
import type { ReadLimits } from "../python/limits";
import { maxIntDigits, resolveLimits } from "../python/limits";
import { pythonRepr } from "../python/repr";
import type { PyCall, PyDict, PyValue } from "../python/value";
import { pyNone } from "../python/value";
import { nestingDepth } from "../python/walk";
import { ByteCursor } from "./byteCursor";
import { DecodeError, toFailure } from "./decodeError";
import type { DecodeFailure } from "./jobModel";
import { op } from "./pickleOpcodes";
import { PickleStack } from "./pickleStack";
import {
  littleEndianInt,
  parseFloatLine,
  parseIntLine,
  parseLongLine,
  parseMemoIndex,
  parseStringLine,
  parseUnicodeLine,
  python2String,
} from "./pickleText";
import { modernGlobal, newCall, reduceBuiltin } from "./reduceBuiltin";
import { decodeUtf8 } from "./utf8";

/**
 * Reads a pickle of any protocol (0 to 5) into data. Imports nothing, calls nothing, evaluates nothing: classes and calls stay
 * inert nodes. Shared and cyclic references come back shared and cyclic. Never throws and never recurses, so nesting cannot
 * overflow the stack. Bytes after the STOP opcode are ignored, as CPython does.
 */
export function unpickle(bytes: Uint8Array, limits?: ReadLimits): { ok: true; value: PyValue } | DecodeFailure {
  try {
    return { ok: true, value: new PickleMachine(bytes, resolveLimits(limits)).run() };
  } catch (error) {
    return toFailure(error);
  }
}

const pyTrue: PyValue = { kind: "bool", value: true };
const pyFalse: PyValue = { kind: "bool", value: false };

class PickleMachine {
  private readonly input: ByteCursor;
  private readonly stack: PickleStack;
  private readonly memo = new Map<number, PyValue>();

  constructor(
    bytes: Uint8Array,
    private readonly limits: Required<ReadLimits>,
  ) {
    if (bytes.length > limits.bytes) throw new DecodeError("limit", `${bytes.length} bytes, more than ${limits.bytes}`);
    this.input = new ByteCursor(bytes);
    this.stack = new PickleStack(limits.items, () => this.input.offset);
  }

  run(): PyValue {
    while (this.input.remaining > 0) {
      const code = this.input.u8();
      if (code === op.STOP) return this.finish(this.stack.pop());
      this.step(code);
    }
    throw new DecodeError("truncated", `ends at byte ${this.input.offset} without STOP`);
  }

  private finish(value: PyValue): PyValue {
    this.stack.settle();
    // Fewer containers than levels allowed cannot nest too deep: no need to measure.
    if (this.stack.containers > this.limits.depth) {
      const depth = nestingDepth(value);
      if (depth > this.limits.depth)
        throw new DecodeError("limit", `nested ${depth} levels deep, more than ${this.limits.depth}`);
    }
    return value;
  }

  private step(code: number): void {
    const { input } = this;
    switch (code) {
      case op.PROTO: {
        const protocol = input.u8();
        if (protocol > 5) throw new DecodeError("unsupported", `pickle protocol ${protocol}`);
        return;
      }
      case op.FRAME: {
        const length = input.u64(true);
        if (length > BigInt(input.remaining)) {
          throw new DecodeError("truncated", `a frame of ${length} bytes, only ${input.remaining} left`);
        }
        return;
      }
      case op.MARK:
        return this.stack.mark();
      case op.POP:
        return this.stack.drop();
      case op.POP_MARK:
        this.stack.popMark();
        return;
      case op.DUP:
        return this.stack.push(this.stack.peek());
      case op.MEMOIZE:
        this.memo.set(this.memo.size, this.stack.peek());
        return;
      case op.PUT:
        this.memo.set(parseMemoIndex(input.line()), this.stack.peek());
        return;
      case op.BINPUT:
        this.memo.set(input.u8(), this.stack.peek());
        return;
      case op.LONG_BINPUT:
        this.memo.set(input.u32(true), this.stack.peek());
        return;
      case op.GET:
        return this.pushMemo(parseMemoIndex(input.line()));
      case op.BINGET:
        return this.pushMemo(input.u8());
      case op.LONG_BINGET:
        return this.pushMemo(input.u32(true));
      default:
        return this.scalar(code);
    }
  }

  private scalar(code: number): void {
    const { input } = this;
    switch (code) {
      case op.NONE:
        return this.stack.push(pyNone);
      case op.NEWTRUE:
        return this.stack.push(pyTrue);
      case op.NEWFALSE:
        return this.stack.push(pyFalse);
      case op.INT:
        return this.stack.push(parseIntLine(this.numberLine()));
      case op.LONG:
        return this.stack.pushInt(parseLongLine(this.numberLine()));
      case op.BININT:
        return this.stack.pushInt(BigInt(input.i32(true)));
      case op.BININT1:
        return this.stack.pushInt(BigInt(input.u8()));
      case op.BININT2:
        return this.stack.pushInt(BigInt(input.u16(true)));
      case op.LONG1:
        return this.stack.pushInt(littleEndianInt(input.take(input.u8())));
      case op.LONG4:
        return this.stack.pushInt(littleEndianInt(input.take(this.length(input.i32(true)))));
      case op.FLOAT:
        return this.stack.push({ kind: "float", value: parseFloatLine(input.line()) });
      case op.BINFLOAT:
        return this.stack.push({ kind: "float", value: input.f64() });
      case op.STRING:
        return this.stack.push(parseStringLine(input.line()));
      case op.BINSTRING:
        return this.stack.push(python2String(input.take(this.length(input.i32(true)))));
      case op.SHORT_BINSTRING:
        return this.stack.push(python2String(input.take(input.u8())));
      case op.UNICODE:
        return this.stack.pushStr(parseUnicodeLine(input.line()));
      case op.SHORT_BINUNICODE:
        return this.stack.pushStr(input.text(input.u8()));
      case op.BINUNICODE:
        return this.stack.pushStr(input.text(input.u32(true)));
      case op.BINUNICODE8:
        return this.stack.pushStr(input.text(input.u64(true)));
      case op.SHORT_BINBYTES:
        return this.stack.push({ kind: "bytes", value: input.take(input.u8()).slice() });
      case op.BINBYTES:
        return this.stack.push({ kind: "bytes", value: input.take(input.u32(true)).slice() });
      case op.BINBYTES8:
        return this.stack.push({ kind: "bytes", value: input.take(input.u64(true)).slice() });
      case op.BYTEARRAY8:
        return this.stack.push({ kind: "bytearray", value: input.take(input.u64(true)).slice() });
      case op.NEXT_BUFFER:
      case op.READONLY_BUFFER:
        throw new DecodeError("unsupported", "refers to out-of-band buffers, which are not stored in Redis");
      default:
        return this.container(code);
    }
  }

  private container(code: number): void {
    switch (code) {
      case op.EMPTY_LIST:
        return this.stack.pushContainer({ kind: "list", items: [] });
      case op.LIST:
        return this.stack.pushContainer({ kind: "list", items: this.stack.popMark() });
      case op.EMPTY_TUPLE:
        return this.stack.pushContainer({ kind: "tuple", items: [] });
      case op.TUPLE:
        return this.stack.pushContainer({ kind: "tuple", items: this.stack.popMark() });
      case op.TUPLE1:
        return this.stack.pushContainer({ kind: "tuple", items: this.stack.popMany(1) });
      case op.TUPLE2:
        return this.stack.pushContainer({ kind: "tuple", items: this.stack.popMany(2) });
      case op.TUPLE3:
        return this.stack.pushContainer({ kind: "tuple", items: this.stack.popMany(3) });
      case op.EMPTY_DICT:
        return this.stack.pushContainer({ kind: "dict", entries: [] });
      case op.DICT:
        return this.stack.pushContainer({ kind: "dict", entries: this.pairs(this.stack.popMark()) });
      case op.EMPTY_SET:
        return this.stack.pushContainer({ kind: "set", items: [] });
      case op.FROZENSET:
        return this.stack.pushContainer({ kind: "frozenset", items: this.stack.popMark() });
      case op.APPEND: {
        const item = this.stack.pop();
        return this.extend("APPEND", [item]);
      }
      case op.APPENDS:
        return this.extend("APPENDS", this.stack.popMark());
      case op.ADDITEMS:
        return this.extend("ADDITEMS", this.stack.popMark());
      case op.SETITEM: {
        const [key, value] = this.stack.popMany(2);
        return this.setItems([[key ?? pyNone, value ?? pyNone]]);
      }
      case op.SETITEMS:
        return this.setItems(this.pairs(this.stack.popMark()));
      default:
        return this.object(code);
    }
  }

  private object(code: number): void {
    const { input } = this;
    switch (code) {
      case op.GLOBAL: {
        const module = decodeUtf8(input.line());
        return this.stack.push(modernGlobal(module, decodeUtf8(input.line())));
      }
      case op.STACK_GLOBAL: {
        const [module, name] = this.stack.popMany(2);
        if (module?.kind !== "str" || name?.kind !== "str")
          throw new DecodeError("malformed", "STACK_GLOBAL without two names");
        return this.stack.push(modernGlobal(module.value, name.value));
      }
      case op.REDUCE: {
        const args = this.stack.popArgs();
        return this.call("reduce", this.stack.pop(), args);
      }
      case op.NEWOBJ: {
        const args = this.stack.popArgs();
        return this.call("new", this.stack.pop(), args);
      }
      case op.NEWOBJ_EX: {
        const kwargs = this.stack.pop();
        if (kwargs.kind !== "dict")
          throw new DecodeError("malformed", `NEWOBJ_EX with a ${kwargs.kind} for keyword arguments`);
        const args = this.stack.popArgs();
        return this.stack.pushContainer(newCall("new", this.stack.pop(), args, kwargs.entries));
      }
      case op.INST: {
        const module = decodeUtf8(input.line());
        const callee = modernGlobal(module, decodeUtf8(input.line()));
        return this.call("reduce", callee, this.stack.popMark());
      }
      case op.OBJ: {
        const [callee, ...args] = this.stack.popMark();
        if (callee === undefined) throw new DecodeError("malformed", "OBJ without a class");
        return this.call("reduce", callee, args);
      }
      case op.BUILD:
        return this.build(this.stack.pop());
      case op.PERSID:
        return this.stack.push({ kind: "opaque", label: `persistent id '${decodeUtf8(input.line())}'` });
      case op.BINPERSID:
        return this.stack.push({
          kind: "opaque",
          label: `persistent id ${pythonRepr(this.stack.pop(), { depth: 4, items: 20, bytes: 200 })}`,
        });
      case op.EXT1:
        return this.extension(input.u8());
      case op.EXT2:
        return this.extension(input.u16(true));
      case op.EXT4:
        return this.extension(input.i32(true));
      default:
        throw new DecodeError(
          "malformed",
          `0x${code.toString(16).padStart(2, "0")} at byte ${input.offset - 1} is no opcode`,
        );
    }
  }

  private call(via: PyCall["via"], callee: PyValue, args: readonly PyValue[]): void {
    const builtin = via === "reduce" && callee.kind === "global" ? reduceBuiltin(callee, args) : null;
    this.stack.pushContainer(builtin ?? newCall(via, callee, args));
  }

  private build(state: PyValue): void {
    const target = this.stack.peek();
    if (target.kind === "call") {
      // A second BUILD updates the same attributes.
      const both = target.state?.kind === "dict" && state.kind === "dict";
      if (both && target.state?.kind === "dict") {
        const merged: PyDict = { kind: "dict", entries: [...target.state.entries, ...state.entries] };
        mergeEqualKeys(merged.entries);
        target.state = merged;
      } else {
        target.state = state;
      }
    } else if (target.kind !== "opaque") {
      throw new DecodeError("malformed", `BUILD on a ${target.kind}`);
    }
  }

  private extend(opcode: "APPEND" | "APPENDS" | "ADDITEMS", items: readonly PyValue[]): void {
    const target = this.stack.peek();
    if (target.kind === "call" || target.kind === (opcode === "ADDITEMS" ? "set" : "list")) {
      for (const item of items) target.items.push(item);
    } else if (target.kind !== "opaque") {
      throw new DecodeError("malformed", `${opcode} on a ${target.kind}`);
    }
  }

  private setItems(entries: readonly [PyValue, PyValue][]): void {
    const target = this.stack.peek();
    if (target.kind === "dict" || target.kind === "call") {
      if (target.kind === "call") this.stack.noteKeys(target);
      for (const entry of entries) target.entries.push(entry);
    } else if (target.kind !== "opaque") {
      throw new DecodeError("malformed", `SETITEM on a ${target.kind}`);
    }
  }

  private extension(code: number): void {
    if (code <= 0) throw new DecodeError("malformed", `extension code ${code}`);
    this.stack.push({ kind: "opaque", label: `copyreg extension ${code}` });
  }

  private pushMemo(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw new DecodeError("malformed", `memo ${index} was never written`);
    this.stack.push(value);
  }

  private pairs(flat: readonly PyValue[]): [PyValue, PyValue][] {
    if (flat.length % 2 !== 0) throw new DecodeError("malformed", "a key without a value");
    const pairs: [PyValue, PyValue][] = [];
    for (let index = 0; index < flat.length; index += 2) pairs.push([flat[index] ?? pyNone, flat[index + 1] ?? pyNone]);
    return pairs;
  }

  private length(value: number): number {
    if (value < 0) throw new DecodeError("malformed", `negative length ${value}`);
    return value;
  }

  private numberLine(): Uint8Array {
    const line = this.input.line();
    if (line.length > maxIntDigits && this.limits.bytes !== Infinity) {
      throw new DecodeError("limit", `an int of ${line.length} digits, more than ${maxIntDigits}`);
    }
    return line;
  }
}
