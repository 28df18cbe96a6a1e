import type { ReadLimits } from "../python/limits";
import { intCost, maxIntDigits } from "../python/limits";
import { pythonRepr } from "../python/repr";
import type { PyGlobal, PyInt, PyValue } from "../python/value";
import { pyNone } from "../python/value";
import { ByteCursor } from "./byteCursor";
import { DecodeError } from "./decodeError";
import { Op } from "./pickleOpcodes";
import { type OuterMemo, PickleStack } from "./pickleStack";
import {
  littleEndianInt,
  parseFloatLine,
  parseIntLine,
  parseLongLine,
  parseMemoIndex,
  parseStringLine,
  parseUnicodeLine,
  positive,
  python2String,
  smallInt,
} from "./pickleText";
import { modernGlobal } from "./python2Names";
import { maxName, newCall } from "./reduceBuiltin";
import { asBuffer, decodeStr, decodeUtf8, strAt } from "./utf8";

const pyTrue: PyValue = { kind: "bool", value: true };
const pyFalse: PyValue = { kind: "bool", value: false };
/** Nodes of scalars may be shared, as the memo shares them anyway. */
const smallInts: readonly PyInt[] = Array.from({ length: 256 }, (_, value) => ({ kind: "int", value: BigInt(value) }));
/** A persistent id is printed into its label, which costs as much as reading this many values. */
const labelCost = 20;

/** Opcodes that may stand for one value: it, its memo entry, a mark and what adds it to another. */
const stepsPerItem = 4;

/**
 * The stack machine that a pickle is a program for. Every opcode makes data; none imports, calls or evaluates. Throws a `DecodeError`:
 * `truncated` past the end, `malformed` for what CPython would refuse, `limit` for more work than `limits.items` values.
 */
export class PickleMachine {
  private readonly bytes: Buffer;
  private readonly stack: PickleStack;
  /** For the opcodes that few pickles have: most are read without it. */
  private cursor: ByteCursor | null = null;
  /** As PROTO says; a pickle without it is of protocol 0 or 1. */
  private protocol = 0;

  constructor(
    bytes: Uint8Array,
    private readonly limits: Required<ReadLimits>,
    outer: OuterMemo | null = null,
  ) {
    this.bytes = asBuffer(bytes);
    this.stack = new PickleStack(limits.items, outer);
  }

  /** Containers made so far: no value can nest deeper. */
  get containers(): number {
    return this.stack.containers;
  }

  /** Runs to STOP. */
  run(): PyValue {
    const value = this.execute(0, this.bytes.length);
    if (value === null) throw new DecodeError("truncated", `ends at byte ${this.bytes.length} without STOP`);
    return value;
  }

  /** Runs the opcodes that begin from `start` to before `end`, which must leave exactly one value; null where they do not. */
  runRange(start: number, end: number): PyValue | null {
    this.protocol = this.bytes[0] === 0x80 ? this.bytes[1]! : 0;
    return this.execute(start, end) === null ? this.stack.only() : null;
  }

  /** Null where the bytes end before STOP. One function with one jump table, and the usual opcodes in it: divided up it is slower. */
  private execute(start: number, end: number): PyValue | null {
    const { bytes, stack } = this;
    const length = bytes.length;
    let at = start;
    let steps = this.limits.items * stepsPerItem + 1000;
    while (at < end) {
      steps -= 1;
      if (steps < 0) throw new DecodeError("limit", `more work than reading ${this.limits.items} values`);
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- any byte may stand here; those without a name go to `rare`
      const code = bytes[at]! as Op;
      at += 1;
      switch (code) {
        case Op.STOP: {
          const value = stack.pop();
          stack.settle();
          return value;
        }
        case Op.PROTO:
          if ((bytes[at] ?? 0) > 5) throw new DecodeError("unsupported", `pickle protocol ${bytes[at]}`);
          this.protocol = bytes[at] ?? 0;
          at += 1;
          break;
        case Op.FRAME: {
          if (at + 8 > length) throw cut(at, 8);
          const size = bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
          at += 8;
          if (size > length - at) throw cut(at, size);
          break;
        }
        case Op.MARK:
          stack.mark();
          break;
        case Op.POP:
          stack.drop();
          break;
        case Op.DUP:
          stack.push(stack.peek());
          break;
        case Op.MEMOIZE:
          stack.memoize();
          break;
        case Op.BINPUT:
          if (at + 1 > length) throw cut(at, 1);
          stack.remember(bytes[at]!);
          at += 1;
          break;
        case Op.LONG_BINPUT:
          if (at + 4 > length) throw cut(at, 4);
          stack.remember(bytes.readUInt32LE(at));
          at += 4;
          break;
        case Op.BINGET:
          if (at + 1 > length) throw cut(at, 1);
          stack.recall(bytes[at]!);
          at += 1;
          break;
        case Op.LONG_BINGET:
          if (at + 4 > length) throw cut(at, 4);
          stack.recall(bytes.readUInt32LE(at));
          at += 4;
          break;
        case Op.NONE:
          stack.push(pyNone);
          break;
        case Op.NEWTRUE:
          stack.push(pyTrue);
          break;
        case Op.NEWFALSE:
          stack.push(pyFalse);
          break;
        case Op.BININT1:
          if (at + 1 > length) throw cut(at, 1);
          stack.push(smallInts[bytes[at]!]!);
          at += 1;
          break;
        case Op.BININT2:
          if (at + 2 > length) throw cut(at, 2);
          stack.push({ kind: "int", value: smallInt(bytes[at]! | (bytes[at + 1]! << 8)) });
          at += 2;
          break;
        case Op.BININT:
          if (at + 4 > length) throw cut(at, 4);
          stack.push({ kind: "int", value: smallInt(bytes.readInt32LE(at)) });
          at += 4;
          break;
        case Op.LONG1: {
          const size = bytes[at] ?? 0;
          if (at + 1 + size > length) throw cut(at, 1 + size);
          stack.push({ kind: "int", value: littleEndianInt(bytes, at + 1, size) });
          at += 1 + size;
          break;
        }
        case Op.BINFLOAT:
          if (at + 8 > length) throw cut(at, 8);
          stack.push({ kind: "float", value: bytes.readDoubleBE(at) });
          at += 8;
          break;
        case Op.SHORT_BINUNICODE: {
          const size = bytes[at] ?? 0;
          at += 1;
          if (at + size > length) throw cut(at, size);
          stack.push(strAt(bytes, at, at + size));
          at += size;
          break;
        }
        case Op.BINUNICODE: {
          if (at + 4 > length) throw cut(at, 4);
          const size = bytes.readUInt32LE(at);
          at += 4;
          if (at + size > length) throw cut(at, size);
          stack.push(strAt(bytes, at, at + size));
          at += size;
          break;
        }
        case Op.SHORT_BINBYTES: {
          const size = bytes[at] ?? 0;
          at += 1;
          if (at + size > length) throw cut(at, size);
          const value = new Uint8Array(size);
          for (let index = 0; index < size; index += 1) value[index] = bytes[at + index]!;
          stack.push({ kind: "bytes", value });
          at += size;
          break;
        }
        case Op.EMPTY_LIST:
          stack.pushContainer({ kind: "list", items: [] });
          break;
        case Op.EMPTY_TUPLE:
          stack.pushContainer({ kind: "tuple", items: [] });
          break;
        case Op.EMPTY_DICT:
          stack.pushContainer({ kind: "dict", entries: [] });
          break;
        case Op.EMPTY_SET:
          stack.pushContainer({ kind: "set", items: [] });
          break;
        case Op.LIST:
          stack.pushContainer({ kind: "list", items: stack.popMark() });
          break;
        case Op.TUPLE:
          stack.pushContainer({ kind: "tuple", items: stack.popMark() });
          break;
        case Op.TUPLE1:
          stack.pushContainer({ kind: "tuple", items: [stack.pop()] });
          break;
        case Op.TUPLE2: {
          const second = stack.pop();
          stack.pushContainer({ kind: "tuple", items: [stack.pop(), second] });
          break;
        }
        case Op.TUPLE3: {
          const third = stack.pop();
          const second = stack.pop();
          stack.pushContainer({ kind: "tuple", items: [stack.pop(), second, third] });
          break;
        }
        case Op.APPEND:
          stack.append(stack.pop());
          break;
        case Op.APPENDS:
          stack.extend("list");
          break;
        case Op.ADDITEMS:
          stack.extend("set");
          break;
        case Op.SETITEM:
          stack.setItem();
          break;
        case Op.SETITEMS:
          stack.setItems();
          break;
        case Op.FROZENSET:
          stack.frozenset();
          break;
        case Op.DICT:
          stack.dict();
          break;
        case Op.STACK_GLOBAL: {
          const name = stack.pop();
          const module = stack.pop();
          if (module.kind !== "str" || name.kind !== "str")
            throw new DecodeError("malformed", "STACK_GLOBAL without two names");
          this.checkNames(module.value, name.value);
          stack.push({ kind: "global", module: module.value, qualname: name.value });
          break;
        }
        case Op.REDUCE: {
          const args = stack.popArgs();
          stack.call("reduce", stack.pop(), args);
          break;
        }
        case Op.NEWOBJ: {
          const args = stack.popArgs();
          stack.call("new", stack.pop(), args);
          break;
        }
        case Op.BUILD:
          stack.build();
          break;
        default: {
          const cursor = (this.cursor ??= new ByteCursor(bytes));
          cursor.seek(at);
          this.rare(code, cursor);
          at = cursor.offset;
        }
      }
    }
    if (at > length) throw cut(length, at - length);
    return null;
  }

  /** Opcodes that Python has not written by itself since protocol 4, and the long ones. */
  private rare(code: Op, input: ByteCursor): void {
    const { stack } = this;
    switch (code) {
      case Op.POP_MARK:
        stack.popMark();
        return;
      case Op.PUT:
        return stack.remember(parseMemoIndex(input.line()));
      case Op.GET:
        return stack.recall(parseMemoIndex(input.line()));
      case Op.INT:
        return stack.push(parseIntLine(this.numberLine(input)));
      case Op.LONG:
        return stack.push({ kind: "int", value: parseLongLine(this.numberLine(input)) });
      case Op.LONG4: {
        const size = positive(input.i32(true));
        return stack.push({ kind: "int", value: littleEndianInt(input.take(size), 0, size) });
      }
      case Op.FLOAT:
        return stack.push({ kind: "float", value: parseFloatLine(input.line()) });
      case Op.STRING:
        return stack.push(parseStringLine(input.line()));
      case Op.BINSTRING:
        return stack.push(python2String(input.take(positive(input.i32(true)))));
      case Op.SHORT_BINSTRING:
        return stack.push(python2String(input.take(input.u8())));
      case Op.UNICODE:
        return stack.push(parseUnicodeLine(input.line()));
      case Op.BINUNICODE8:
        return stack.push(decodeStr(input.take(input.u64(true))));
      case Op.BINBYTES:
        return stack.push({ kind: "bytes", value: input.take(input.u32(true)).slice() });
      case Op.BINBYTES8:
        return stack.push({ kind: "bytes", value: input.take(input.u64(true)).slice() });
      case Op.BYTEARRAY8:
        return stack.push({ kind: "bytearray", value: input.take(input.u64(true)).slice() });
      case Op.GLOBAL: {
        return stack.push(this.globalLines(input));
      }
      case Op.NEWOBJ_EX: {
        const kwargs = stack.pop();
        if (kwargs.kind !== "dict")
          throw new DecodeError("malformed", `NEWOBJ_EX with a ${kwargs.kind} for keyword arguments`);
        const args = stack.popArgs();
        return stack.pushContainer(newCall("new", stack.pop(), args, kwargs.entries));
      }
      case Op.INST: {
        const callee = this.globalLines(input);
        return stack.call("reduce", callee, stack.popMark());
      }
      case Op.OBJ: {
        const args = stack.popMark();
        const callee = args.shift();
        if (callee === undefined) throw new DecodeError("malformed", "OBJ without a class");
        return stack.call("reduce", callee, args);
      }
      case Op.PERSID:
        return stack.push({ kind: "opaque", label: `persistent id '${decodeUtf8(input.line())}'` });
      case Op.BINPERSID: {
        stack.charge(labelCost);
        const label = pythonRepr(stack.pop(), { depth: 4, items: 20, bytes: 200 });
        return stack.push({ kind: "opaque", label: `persistent id ${label}` });
      }
      case Op.EXT1:
        return this.extension(input.u8());
      case Op.EXT2:
        return this.extension(input.u16(true));
      case Op.EXT4:
        return this.extension(input.i32(true));
      case Op.NEXT_BUFFER:
      case Op.READONLY_BUFFER:
        throw new DecodeError("unsupported", "refers to out-of-band buffers, which are not stored in Redis");
      default:
        throw new DecodeError(
          "malformed",
          `0x${code.toString(16).padStart(2, "0")} at byte ${input.offset - 1} is no opcode`,
        );
    }
  }

  private globalLines(input: ByteCursor): PyGlobal {
    const module = decodeUtf8(input.line());
    const name = decodeUtf8(input.line());
    this.checkNames(module, name);
    return modernGlobal(module, name, this.protocol);
  }

  /** A name is put together, compared and printed wherever its value stands, which the memo makes as often as there are bytes. */
  protected checkNames(module: string, name: string): void {
    const longest = Math.max(module.length, name.length);
    if (longest > maxName && this.limits.bytes !== Infinity)
      throw new DecodeError("limit", `a name of ${longest} characters, more than ${maxName}`);
  }

  private extension(code: number): void {
    if (code <= 0) throw new DecodeError("malformed", `extension code ${code}`);
    this.stack.push({ kind: "opaque", label: `copyreg extension ${code}` });
  }

  private numberLine(input: ByteCursor): Uint8Array {
    const line = input.line();
    if (line.length > maxIntDigits && this.limits.bytes !== Infinity) {
      throw new DecodeError("limit", `an int of ${line.length} digits, more than ${maxIntDigits}`);
    }
    this.stack.charge(intCost(line.length));
    return line;
  }
}

function cut(at: number, wanted: number): DecodeError {
  return new DecodeError("truncated", `ends too early: ${wanted} more bytes wanted at byte ${at}`);
}
