import { Op } from "./pickleOpcodes";

/**
 * What stands on the stack of a skim. A scalar is where its opcode lies (0 or more), so that it can still be read; anything else says
 * only what kind it is. A kind plus `alias` came out of the memo, so it may be a part of something that was skimmed before.
 */
export const enum Slot {
  List = -1,
  Tuple = -2,
  Dict = -3,
  Root = -4,
  Other = -5,
}
const alias = -16;

/** Room for the stack, the memo and the marks of one skim after another: numbers only, so that a skim makes no garbage. */
let slots = new Int32Array(1024);
/** Where the first opcode of what stands in each slot begins. */
let starts = new Int32Array(1024);
let memo = new Int32Array(1024);
/** Where each memo entry was written. */
let memoAt = new Int32Array(1024);
let marks = new Int32Array(256);
let markAt = new Int32Array(256);
let memoSize = 0;
/** Entries kept from one skim to the next; a payload of megabytes needs more for a moment. */
const keptRoom = 65_536;

/**
 * Takes an entry of the outermost dict: what the key and the value are (a place or a `Slot`), where the value's first opcode begins, and
 * where the first one after it. Of equal keys the last counts.
 */
export type TakeEntry = (key: number, value: number, start: number, end: number) => void;

/**
 * Runs a pickle without making any value, and hands out the entries of the outermost dict. False where anything is met that Python's
 * pickler does not write, or that could make an entry other than what its own bytes say; the caller then reads the pickle in full, which
 * tells what is wrong or makes sense of it. What a skim accepts, the full reader reads the same way or refuses.
 */
export function skimDict(bytes: Uint8Array, take: TakeEntry): boolean {
  if (slots.length > keptRoom || memo.length > keptRoom || marks.length > keptRoom) {
    slots = new Int32Array(1024);
    starts = new Int32Array(1024);
    memo = new Int32Array(1024);
    memoAt = new Int32Array(1024);
    marks = new Int32Array(256);
    markAt = new Int32Array(256);
  }
  memoSize = 0;
  return bytes.length < 2 ** 31 && skim(bytes, 0, false, take);
}

/** Takes an entry as `TakeEntry` does, with the key of the entry behind it. */
export type TakeHeadEntry = (key: number, value: number, nextKey: number) => void;

/** What the beginning of a pickle says of the outermost dict: how many of its keys and values stand there whole, in order. */
let topHeight = 0;

/**
 * As `skimDict`, of the first `headLength` bytes alone, in which the dict does not end. Takes the entries after which another key begins; that they are
 * entries is sure only as far as their keys are those that are expected, for what a tuple of two or three is made of stands in the same place until the
 * tuple is made.
 */
export function skimHead(bytes: Uint8Array, headLength: number, take: TakeHeadEntry): boolean {
  topHeight = 0;
  if (skimDict(bytes.subarray(0, headLength), () => {})) return false;
  for (let index = 1; index + 2 < topHeight; index += 2) {
    take(slots[index]!, slots[index + 1]!, slots[index + 2]!);
  }
  return topHeight > 0;
}

/**
 * As `skimDict`, from a place where an entry of the outermost dict begins to the end; call it after `skimHead`. False where no entry begins there: to
 * be read to the end without anything of what stands before means that nothing was open there but the dict.
 */
export function skimTail(bytes: Uint8Array, from: number, take: TakeEntry): boolean {
  return skim(bytes, from, true, take);
}

/** `inside`: begins within the outermost dict. What the memo holds is then known only as far as it was written in the head. */
function skim(bytes: Uint8Array, from: number, inside: boolean, take: TakeEntry): boolean {
  const length = bytes.length;
  // Locals: looked up in the module each time, the same loop took a third longer.
  let stack = slots;
  let begun = starts;
  let written = memo;
  let writtenAt = memoAt;
  const known = inside ? memoSize : Number.POSITIVE_INFINITY;
  let size = memoSize;
  let height = inside ? 1 : 0;
  let fence = height;
  let depth = height;
  let rooted = inside;
  let at = from;
  if (inside) {
    stack[0] = Slot.Root;
    marks[0] = 1;
    markAt[0] = from;
  }
  while (at < length) {
    const start = at;
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- any byte may stand here; the last case is for those without a name
    const code = bytes[at]! as Op;
    at += 1;
    // The most that one opcode adds, so that nothing below needs to look.
    if (height + 1 >= stack.length) {
      stack = slots = doubled(slots);
      begun = starts = doubled(starts);
    }
    if (size + 1 >= written.length) {
      written = memo = doubled(memo);
      writtenAt = memoAt = doubled(memoAt);
    }
    switch (code) {
      case Op.STOP:
        memoSize = size;
        return height === 1 && depth === 0 && stack[0] === Slot.Root;
      case Op.PROTO:
        at += 1;
        break;
      case Op.FRAME:
        at += 8;
        break;
      case Op.MARK:
        if (depth === marks.length) growMarks();
        marks[depth] = height;
        markAt[depth] = start;
        depth += 1;
        fence = height;
        break;
      case Op.MEMOIZE:
        if (height <= fence) return false;
        written[size] = stack[height - 1]!;
        writtenAt[size] = start;
        size += 1;
        break;
      case Op.BINPUT:
        if (height <= fence || (bytes[at] !== size && !inside)) return cutOff(at, 1, length, height, depth, size);
        written[size] = stack[height - 1]!;
        writtenAt[size] = start;
        size += 1;
        at += 1;
        break;
      case Op.LONG_BINPUT:
        if (height <= fence || (u32(bytes, at) !== size && !inside)) return cutOff(at, 4, length, height, depth, size);
        written[size] = stack[height - 1]!;
        writtenAt[size] = start;
        size += 1;
        at += 4;
        break;
      case Op.BINGET:
      case Op.LONG_BINGET: {
        const index = code === Op.BINGET ? bytes[at]! : u32(bytes, at);
        if (!(index < size || inside)) return cutOff(at, code === Op.BINGET ? 1 : 4, length, height, depth, size);
        const slot = index < known ? written[index]! : Slot.Other;
        stack[height] = slot < 0 && slot > alias ? slot + alias : slot;
        begun[height] = start;
        height += 1;
        at += code === Op.BINGET ? 1 : 4;
        break;
      }
      case Op.NONE:
      case Op.NEWTRUE:
      case Op.NEWFALSE:
        stack[height] = start;
        begun[height] = start;
        height += 1;
        break;
      case Op.BININT1:
      case Op.EXT1:
        stack[height] = start;
        begun[height] = start;
        height += 1;
        at += 1;
        break;
      case Op.BININT2:
      case Op.EXT2:
        stack[height] = start;
        begun[height] = start;
        height += 1;
        at += 2;
        break;
      case Op.BININT:
      case Op.EXT4:
        stack[height] = start;
        begun[height] = start;
        height += 1;
        at += 4;
        break;
      case Op.BINFLOAT:
        stack[height] = start;
        begun[height] = start;
        height += 1;
        at += 8;
        break;
      case Op.SHORT_BINUNICODE:
        stack[height] = start;
        begun[height] = start;
        height += 1;
        at += 1 + bytes[at]!;
        // Python puts every text into the memo: one turn of the loop less for each.
        if (bytes[at] !== Op.MEMOIZE) break;
        written[size] = start;
        writtenAt[size] = at;
        size += 1;
        at += 1;
        break;
      case Op.LONG1:
      case Op.SHORT_BINBYTES:
      case Op.SHORT_BINSTRING:
        stack[height] = start;
        begun[height] = start;
        height += 1;
        at += 1 + bytes[at]!;
        break;
      case Op.LONG4:
      case Op.BINUNICODE:
      case Op.BINBYTES:
      case Op.BINSTRING:
        stack[height] = start;
        begun[height] = start;
        height += 1;
        at += 4 + u32(bytes, at);
        break;
      case Op.BINUNICODE8:
      case Op.BINBYTES8:
      case Op.BYTEARRAY8:
        stack[height] = start;
        begun[height] = start;
        height += 1;
        at += 8 + u32(bytes, at) + u32(bytes, at + 4) * 2 ** 32;
        break;
      case Op.EMPTY_LIST:
        stack[height] = Slot.List;
        begun[height] = start;
        height += 1;
        break;
      case Op.EMPTY_TUPLE:
        stack[height] = Slot.Tuple;
        begun[height] = start;
        height += 1;
        break;
      case Op.EMPTY_DICT:
        // What is on the stack first is the outermost dict, if anything is.
        stack[height] = rooted || height > 0 || depth > 0 ? Slot.Dict : Slot.Root;
        rooted = true;
        begun[height] = start;
        height += 1;
        break;
      case Op.EMPTY_SET:
        stack[height] = Slot.Other;
        begun[height] = start;
        height += 1;
        break;
      case Op.TUPLE1:
        if (height - 1 < fence) return false;
        stack[height - 1] = Slot.Tuple;
        break;
      case Op.TUPLE2:
        if (height - 2 < fence) return false;
        height -= 1;
        stack[height - 1] = Slot.Tuple;
        break;
      case Op.TUPLE3:
        if (height - 3 < fence) return false;
        height -= 2;
        stack[height - 1] = Slot.Tuple;
        break;
      case Op.STACK_GLOBAL:
      case Op.REDUCE:
      case Op.NEWOBJ:
        if (height - 2 < fence) return false;
        height -= 1;
        stack[height - 1] = Slot.Other;
        break;
      case Op.NEWOBJ_EX:
        if (height - 3 < fence) return false;
        height -= 2;
        stack[height - 1] = Slot.Other;
        break;
      case Op.TUPLE:
      case Op.LIST:
      case Op.DICT:
      case Op.FROZENSET:
        if (depth === 0) return false;
        depth -= 1;
        height = marks[depth]!;
        stack[height] =
          code === Op.TUPLE ? Slot.Tuple : code === Op.LIST ? Slot.List : code === Op.DICT ? Slot.Dict : Slot.Other;
        begun[height] = markAt[depth]!;
        height += 1;
        fence = depth === 0 ? 0 : marks[depth - 1]!;
        break;
      case Op.BUILD:
      case Op.APPEND:
        if (height - 2 < fence) return false;
        height -= 1;
        if (stack[height - 1]! <= alias) return false;
        break;
      case Op.APPENDS:
      case Op.ADDITEMS:
        if (depth === 0) return false;
        depth -= 1;
        height = marks[depth]!;
        fence = depth === 0 ? 0 : marks[depth - 1]!;
        if (height <= fence || stack[height - 1]! <= alias) return false;
        break;
      case Op.SETITEM:
        if (height - 3 < fence) return false;
        height -= 2;
        if (stack[height - 1]! <= alias) return false;
        if (stack[height - 1] === Slot.Root) take(stack[height]!, stack[height + 1]!, begun[height + 1]!, start);
        break;
      case Op.SETITEMS: {
        if (depth === 0) return false;
        depth -= 1;
        const top = height;
        height = marks[depth]!;
        fence = depth === 0 ? 0 : marks[depth - 1]!;
        if (height <= fence || (top - height) % 2 !== 0 || stack[height - 1]! <= alias) return false;
        if (stack[height - 1] !== Slot.Root) break;
        for (let index = height; index < top; index += 2) {
          take(stack[index]!, stack[index + 1]!, begun[index + 1]!, index + 2 < top ? begun[index + 2]! : start);
        }
        break;
      }
      case Op.BINPERSID:
        if (height <= fence) return false;
        stack[height - 1] = Slot.Other;
        break;
      case Op.POP:
        if (height <= fence) return false;
        height -= 1;
        break;
      case Op.POP_MARK:
        if (depth === 0) return false;
        depth -= 1;
        height = marks[depth]!;
        fence = depth === 0 ? 0 : marks[depth - 1]!;
        break;
      case Op.GLOBAL:
        stack[height] = Slot.Other;
        begun[height] = start;
        height += 1;
        at = lineEnd(bytes, lineEnd(bytes, at));
        break;
      default:
        // Opcodes of protocols 0 and 1, and whatever is none.
        return false;
    }
  }
  return cutOff(at, 0, length, height, depth, size);
}

/** Where an opcode or its argument is cut off by the end: notes how far the outermost dict has come. Always false. */
function cutOff(at: number, needed: number, length: number, height: number, depth: number, size: number): false {
  if (needed > 0 && at + needed <= length) return false;
  memoSize = size;
  if (depth === 0 || marks[0] !== 1 || slots[0] !== Slot.Root) return false;
  // The last opcode may be cut off, with the scalar it makes.
  topHeight = depth > 1 ? marks[1]! : at + needed > length ? height - 1 : height;
  return false;
}

/** How many memo entries were written before this place. */
export function memoSizeAt(place: number): number {
  let size = memoSize;
  while (size > 0 && memoAt[size - 1]! >= place) size -= 1;
  return size;
}

/** The place of the scalar that a memo entry of the last skim stands for; negative where it is none. */
export function memoSlot(index: number): number {
  return index < memoSize ? memo[index]! : Slot.Other;
}

function growMarks(): void {
  marks = doubled(marks);
  markAt = doubled(markAt);
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** Past the end the bytes are undefined, which makes NaN here and ends the skim. */
function u32(bytes: Uint8Array, at: number): number {
  return at + 4 > bytes.length
    ? Number.NaN
    : (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** Past the next newline; past the end where there is none. */
function lineEnd(bytes: Uint8Array, at: number): number {
  const newline = bytes.indexOf(0x0a, at);
  return newline < 0 ? bytes.length + 1 : newline + 1;
}
