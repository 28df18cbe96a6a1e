import type { ReadLimits } from "../python/limits";
import { DecodeError } from "./decodeError";
import { decodeJobHeader, decodeResultHeader, type HeaderError, type JobHeader, type ResultHeader } from "./header";
import { absent, enqueuedIn, Field, fieldAt, places, textIn, timeIn, triesIn } from "./headerFields";
import type { DecodeFailure } from "./jobModel";
import { pickleCodec } from "./payload";
import { Op } from "./pickleOpcodes";
import { memoSizeAt, memoSlot, skimHead, skimTail } from "./pickleSkimmer";

/** Stands for an exception that was not read. */
export const unreadError: HeaderError = {
  kind: "exception",
  type: "Exception",
  message: "The stored exception is too large to be read here.",
  notes: [],
  members: [],
  hasTraceback: false,
};

const moreNeeded: DecodeFailure = {
  ok: false,
  reason: "truncated",
  message: "What it says does not stand in its beginning and its end.",
};

/**
 * As `decodeJobHeader`, of a value of `size` bytes of which only the first and the last are at hand: what stands between is nearly always arguments.
 * Only of pickles, and never guessed: `truncated` where it takes more to tell.
 */
export function decodeJobHeaderFromEnds(
  head: Uint8Array,
  tail: Uint8Array,
  size: number,
  limits?: ReadLimits,
): JobHeader | DecodeFailure {
  if (size <= head.length + tail.length) return decodeJobHeader(joined(head, tail, size), limits);
  return attemptEnds(head, tail, endsJob) ?? moreNeeded;
}

/** As `decodeResultHeader`; see `decodeJobHeaderFromEnds`. The error of a failed job is `unreadError`. */
export function decodeResultHeaderFromEnds(
  head: Uint8Array,
  tail: Uint8Array,
  size: number,
  limits?: ReadLimits,
): ResultHeader | DecodeFailure {
  if (size <= head.length + tail.length) return decodeResultHeader(joined(head, tail, size), limits);
  return attemptEnds(head, tail, endsResult) ?? moreNeeded;
}

/** The two parts without what both have. */
function joined(head: Uint8Array, tail: Uint8Array, size: number): Buffer {
  return Buffer.concat([head, tail.subarray(Math.max(0, head.length + tail.length - size))]);
}

/** As `attempt`, of both ends. */
function attemptEnds<T>(
  head: Uint8Array,
  tail: Uint8Array,
  read: (codec: readonly string[], bytes: Buffer) => T | null,
): T | null {
  const codec = pickleCodec(head);
  if (codec === null) return null;
  try {
    const bytes = Buffer.concat([head, tail]);
    places.fill(absent);
    skimmed = bytes;
    lastInHead = -1;
    if (!skimHead(bytes, head.length, takeHeadEntry)) return null;
    // With a small result also what stands before it may be in the tail.
    const ended = takeTailFrom(bytes, head.length, Field.St);
    if (!takeTailFrom(bytes, head.length, Field.Et) && !ended) return null;
    return read(codec, bytes);
  } catch (error) {
    if (error instanceof DecodeError || error instanceof RangeError) return null;
    throw error;
  } finally {
    skimmed = nothing;
  }
}

const nothing = Buffer.alloc(0);
let skimmed: Buffer = nothing;
/** The fields in numbers: they are compared by their order. */
const ft: number = Field.Ft;
const none: number = Field.None;

/** The last field taken from the head; past all when something was met that does not belong there. */
let lastInHead = -1;

/** A field of a head is believed in its place only: after the one before it, and before the next. */
function takeHeadEntry(key: number, value: number, nextKey: number): void {
  const field: number = key < 0 ? none : fieldAt(skimmed, key);
  const next: number = nextKey < 0 ? -1 : fieldAt(skimmed, nextKey);
  if (field !== lastInHead + 1 || next !== field + 1) {
    lastInHead = none;
    return;
  }
  lastInHead = field;
  places[field] = value;
}

/** What a tail says, until it is sure that it says so. */
const tailPlaces = new Int32Array(Field.None + 1);
let lastInTail = 0;

function takeTailEntry(key: number, value: number): void {
  // A name that was first written in what was not read.
  const field: number = key < 0 ? -1 : fieldAt(skimmed, key);
  const inOrder = lastInTail < ft ? field === lastInTail + 1 : field > lastInTail || field === none;
  if (!inOrder) lastInTail = Number.POSITIVE_INFINITY;
  else if (field !== none) lastInTail = field;
  if (inOrder) tailPlaces[field] = value;
}

/** The names of fields with which a tail may begin, as Python has written them since protocol 2. */
const tailNames: Readonly<Record<Field.St | Field.Et, readonly Buffer[]>> = {
  [Field.St]: writtenNames("st"),
  [Field.Et]: writtenNames("et"),
};

function writtenNames(name: string): readonly Buffer[] {
  const text = Buffer.from(name);
  return [Buffer.from([Op.SHORT_BINUNICODE, text.length]), Buffer.from([Op.BINUNICODE, text.length, 0, 0, 0])].map(
    (start) => Buffer.concat([start, text]),
  );
}

/** As the pickler writes the name where it has met the same text in the head: a reference to the memo. */
function referredNames(bytes: Buffer, field: Field): Buffer[] {
  const size = memoSizeAt(bytes.length);
  for (let index = 0; index < size; index++) {
    const place = memoSlot(index);
    if (place < 0 || fieldAt(bytes, place) !== field) continue;
    return [Buffer.from(index < 256 ? [Op.BINGET, index] : [Op.LONG_BINGET, index & 255, (index >> 8) & 255, 0, 0])];
  }
  return [];
}

/** The same text may stand in a value, too: so many places are tried, the last first. */
const placesTried = 8;

/** Takes everything from this field to the end. False when it is not there. */
function takeTailFrom(bytes: Buffer, from: number, first: Field.St | Field.Et): boolean {
  for (const name of [...tailNames[first], ...referredNames(bytes, first)]) {
    let at = bytes.length;
    for (let tried = 0; tried < placesTried && at > from; tried++) {
      at = bytes.lastIndexOf(name, at - 1);
      if (at < from) break;
      tailPlaces.fill(absent);
      lastInTail = first - 1;
      if (!skimTail(bytes, at, takeTailEntry) || lastInTail === Number.POSITIVE_INFINITY) continue;
      for (let field: number = first; field < none; field++) places[field] = tailPlaces[field]!;
      return true;
    }
  }
  return false;
}

function endsJob(codec: readonly string[], bytes: Buffer): JobHeader | null {
  const name = textIn(bytes, Field.F);
  if (name === null || places[Field.Et] === absent) return null;
  return { ok: true, codec, try: triesIn(bytes), function: name, enqueuedAt: enqueuedIn(bytes) };
}

function endsResult(codec: readonly string[], bytes: Buffer): ResultHeader | null {
  const name = textIn(bytes, Field.F);
  const ended = bytes[places[Field.S]!];
  if (name === null || (ended !== Op.NEWTRUE && ended !== Op.NEWFALSE) || places[Field.Et] === absent) return null;
  const header = {
    ok: true,
    codec,
    try: triesIn(bytes),
    function: name,
    enqueuedAt: enqueuedIn(bytes),
    success: ended === Op.NEWTRUE,
    startedAt: timeIn(bytes, Field.St),
    finishedAt: timeIn(bytes, Field.Ft),
    queue: textIn(bytes, Field.Q),
    id: textIn(bytes, Field.Id),
    worker: textIn(bytes, Field.W),
    release: textIn(bytes, Field.Rel),
  } as const;
  // Memo entries are numbered from the beginning, so an exception is not read from the end alone; and to be whole in the head it would have to be followed there.
  return { ...header, error: header.success ? null : unreadError };
}
