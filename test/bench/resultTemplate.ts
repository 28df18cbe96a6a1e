import { jobPayload, resultPayload, type ResultPayload } from "../demo/arqPayloads";
import { type Pickled, PyCall, tuple } from "../demo/pickle";

/** What differs from one result to the next. Times unix ms; the id has 32 characters, as ARQ's own have. */
export interface Varying {
  readonly id: string;
  /** 65,536 to 2³¹ − 1, so that it always takes as many bytes. */
  readonly number: number;
  readonly enqueuedAt: number;
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** Where a value stands: in digits, as in a command's arguments, or as pickle writes it. */
interface Place {
  readonly field: keyof Varying;
  readonly isText: boolean;
  readonly at: number;
}

/** Values whose bytes occur nowhere else in a template. */
const marks: Varying = {
  id: "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
  number: 0x5a6b7c5d,
  enqueuedAt: 0x01_61_62_63_64_65,
  startedAt: 0x01_71_72_73_74_75,
  finishedAt: 0x01_51_52_53_54_55,
};

/**
 * Bytes that are the same for every job but for its id, number and times, which are written over them: a million payloads are then made in
 * a second, each byte for byte what pickling it anew would give.
 */
export class Template {
  readonly #bytes: Buffer;
  readonly #places: readonly Place[];

  /** `make` must be pure. */
  constructor(make: (values: Varying) => Buffer) {
    this.#bytes = make(marks);
    this.#places = (Object.keys(marks) as (keyof Varying)[]).flatMap((field) => [
      ...this.#find({ field, isText: true }, Buffer.from(String(marks[field]))),
      ...(field === "id" ? [] : this.#find({ field, isText: false }, encoded(field))),
    ]);
  }

  #find(place: Omit<Place, "at">, mark: Buffer): Place[] {
    const places: Place[] = [];
    for (let at = this.#bytes.indexOf(mark); at >= 0; at = this.#bytes.indexOf(mark, at + 1)) {
      places.push({ ...place, at });
    }
    return places;
  }

  get size(): number {
    return this.#bytes.length;
  }

  /** Writes the bytes for these values; `into` must have room for `size` of them. */
  write(values: Varying, into: Buffer, offset: number): void {
    this.#bytes.copy(into, offset);
    for (const { field, at, isText } of this.#places) {
      if (isText) into.write(String(values[field]), offset + at, "latin1");
      else if (field === "number") into.writeInt32LE(values.number, offset + at);
      else if (field !== "id") into.writeUIntLE(values[field], offset + at, 6);
    }
  }
}

/** As pickle writes an int of this size. */
function encoded(field: Exclude<keyof Varying, "id">): Buffer {
  const bytes = Buffer.alloc(field === "number" ? 4 : 6);
  bytes.writeUIntLE(marks[field], 0, bytes.length);
  return bytes;
}

/** Everything of a result that a template keeps. */
export type Fixed = Pick<ResultPayload, "function" | "queue" | "tries" | "success"> & {
  readonly args: (number: number) => ResultPayload["args"];
  readonly kwargs: ResultPayload["kwargs"];
  readonly result: (number: number) => Pickled;
};

/** `arq:result:<id>` as ARQ serializes it. */
export function resultOf(fixed: Fixed, { number, ...varying }: Varying): Buffer {
  return resultPayload({ ...fixed, ...varying, args: fixed.args(number), result: fixed.result(number) });
}

/** `arq:job:<id>` as ARQ serializes it. */
export function jobOf(fixed: Fixed, { number, enqueuedAt }: Varying): Buffer {
  return jobPayload({ function: fixed.function, args: fixed.args(number), kwargs: fixed.kwargs, enqueuedAt });
}

const functions = [
  "place_order",
  "send_email",
  "resize_picture",
  "sync_stock",
  "charge_card",
  "write_report",
  "purge_cache",
  "push_notification",
] as const;
const queues = ["arq:queue", "mails", "reports"] as const;
const errors: readonly (readonly [string, string, readonly Pickled[]])[] = [
  ["builtins", "KeyError", ["MUG-GREEN"]],
  ["builtins", "ValueError", ["order 1042 has no lines"]],
  ["builtins", "TimeoutError", []],
  ["arq.worker", "JobExecutionFailed", ["max 5 retries exceeded"]],
  ["shop.errors", "CardDeclined", ["card of customer 4711 was declined"]],
];

/** One in twenty fails. Eight functions, three queues, five errors. */
export const kinds: readonly Fixed[] = Array.from({ length: 240 }, (_, kind) => {
  const success = kind % 21 !== 7;
  const [module, name, args] = errors[kind % errors.length] ?? ["builtins", "Exception", []];
  return {
    function: functions[kind % functions.length] ?? "place_order",
    queue: queues[Math.floor(kind / 80)] ?? "arq:queue",
    tries: kind % 30 === 3 ? 2 : 1,
    success,
    args: (number) => tuple(number, [{ sku: "MUG-BLUE", quantity: 2 }]),
    kwargs: { to: "customer-1042@example.com" },
    result: (number) => (success ? { order: number, shelf: kind % 9 } : new PyCall(module, name, args)),
  };
});
