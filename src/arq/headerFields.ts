import type { PyValue } from "../python/value";
import { DecodeError } from "./decodeError";
import { enqueueTime, text, time, tries } from "./payloadFields";
import { PickleMachine } from "./pickleMachine";
import { Op } from "./pickleOpcodes";
import { textAt } from "./utf8";

/** Places of the fields in `places`; in the order in which ARQ writes them (arq/jobs.py), and then the opt-in serializer. */
export const enum Field {
  T,
  F,
  A,
  K,
  Et,
  S,
  R,
  St,
  Ft,
  Q,
  Id,
  Tb,
  W,
  Rel,
  None,
}
export const absent = -100;
/** What the values of the fields are: the place of an opcode, or a `Slot`. Like the skimmer's stack not made anew for each payload. */
export const places = new Int32Array(Field.None + 1);
/** Which field the text at this place names. All opcodes that write a text whose length stands before it. */
export function fieldAt(bytes: Buffer, at: number): Field {
  switch (bytes[at]) {
    case Op.SHORT_BINUNICODE:
    case Op.SHORT_BINSTRING:
      return fieldOf(bytes, at + 2, bytes[at + 1]!);
    case Op.BINUNICODE:
    case Op.BINSTRING:
      return fieldOf(bytes, at + 5, bytes.readUInt32LE(at + 1));
    case Op.BINUNICODE8:
      return fieldOf(bytes, at + 9, Number(bytes.readBigUInt64LE(at + 1)));
    default:
      return Field.None;
  }
}

function fieldOf(bytes: Buffer, at: number, length: number): Field {
  if (length < 1 || length > 3) return Field.None;
  const name = length === 1 ? bytes[at]! : length === 2 ? pair(bytes, at) : pair(bytes, at) * 256 + bytes[at + 2]!;
  switch (name) {
    case 0x74:
      return Field.T;
    case 0x66:
      return Field.F;
    case 0x61:
      return Field.A;
    case 0x6b:
      return Field.K;
    case 0x73:
      return Field.S;
    case 0x72:
      return Field.R;
    case 0x71:
      return Field.Q;
    case 0x77:
      return Field.W;
    case 0x6574:
      return Field.Et;
    case 0x7374:
      return Field.St;
    case 0x6674:
      return Field.Ft;
    case 0x6964:
      return Field.Id;
    case 0x7462:
      return Field.Tb;
    case 0x72656c:
      return Field.Rel;
    default:
      return Field.None;
  }
}

function pair(bytes: Buffer, at: number): number {
  return bytes[at]! * 256 + bytes[at + 1]!;
}

/** One opcode that makes a scalar. */
export function scalarAt(bytes: Buffer, place: number): PyValue {
  const value = new PickleMachine(bytes, oneValue).runRange(place, place + 1);
  if (value === null) throw new DecodeError("malformed", "no scalar");
  return value;
}

const oneValue = { depth: 1, items: 1, bytes: Infinity };

/** Null where there is none or it is no text; throws where it takes the full reader to tell. */
export function textIn(bytes: Buffer, field: Field): string | null {
  const place = places[field]!;
  if (place === absent) return null;
  if (bytes[place] === Op.SHORT_BINUNICODE) return textAt(bytes, place + 2, place + 2 + bytes[place + 1]!);
  return text(scalarIn(bytes, field));
}

function scalarIn(bytes: Buffer, field: Field): PyValue {
  const place = places[field]!;
  if (place < 0) throw new DecodeError("malformed", "no scalar");
  return scalarAt(bytes, place);
}

export function timeIn(bytes: Buffer, field: Field.St | Field.Ft | Field.Et): number {
  const place = places[field]!;
  // Six bytes hold every time in ms from 1970 to 4200.
  if (bytes[place] === Op.LONG1 && bytes[place + 1] === 6 && bytes[place + 7]! < 0x80)
    return bytes.readUIntLE(place + 2, 6);
  const value = scalarIn(bytes, field);
  return field === Field.Et ? (enqueueTime(value) ?? 0) : time(field === Field.St ? "st" : "ft", value);
}

export function enqueuedIn(bytes: Buffer): number | null {
  const at = timeIn(bytes, Field.Et);
  return at === 0 ? null : at;
}

export function triesIn(bytes: Buffer): number | null {
  const place = places[Field.T]!;
  if (bytes[place] === Op.BININT1) return bytes[place + 1]!;
  return tries(scalarIn(bytes, Field.T));
}
