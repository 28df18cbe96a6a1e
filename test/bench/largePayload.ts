import { unpickle } from "../../src/arq/unpickle";
import { type Measure, round } from "./measure";

const sizes = [1, 8, 64] as const;
const unlimited = { depth: Infinity, items: Infinity, bytes: Infinity };

const proto = Buffer.from([0x80, 4]);
const stop = Buffer.from(".");

/** `count` times what `make` gives, between two others. */
function repeated(before: string, count: number, make: (index: number) => string, after: string): Buffer {
  const parts: Buffer[] = [proto, Buffer.from(before, "latin1")];
  // In stretches: a string of 64 MB for each would need a gigabyte.
  for (let from = 0; from < count; from += 10_000) {
    let text = "";
    for (let index = from; index < Math.min(count, from + 10_000); index++) text += make(index);
    parts.push(Buffer.from(text, "latin1"));
  }
  return Buffer.concat([...parts, Buffer.from(after, "latin1"), stop]);
}

const eight = (index: number): string => String(index).padStart(8, "0");
function nested(bytes: number): Buffer {
  const levels = Math.floor(bytes / 32);
  return repeated("", levels, () => "](\x8c\x1aa level of a deep structur", `]${"e".repeat(levels)}`);
}

const shapes: Readonly<Record<string, (bytes: number) => Buffer>> = {
  "one text": (bytes) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes);
    return Buffer.concat([proto, Buffer.from("X"), length, Buffer.alloc(bytes, "text of a job "), stop]);
  },
  "list of small ints": (bytes) => repeated("](", bytes / 2, (index) => `K${String.fromCharCode(index % 256)}`, "e"),
  "list of texts": (bytes) =>
    repeated("](", bytes / 32, (index) => `\x8c\x1dcustomer ${eight(index)} of the shop\x94`, "e"),
  "dict of texts": (bytes) =>
    repeated("}(", bytes / 32, (index) => `\x8c\x0c${eight(index)}.key\x8c\x10${eight(index)} a value`, "u"),
  "lists in lists": nested,
};

/**
 * Time to read a pickle without limits, per MB of it: the slowest of five shapes at 64 MB, beside the same shape at 8 and at 1 MB.
 * Ratios near 1 say that reading is linear.
 */
export async function largePayload(megabyte: number, log: (line: string) => void): Promise<Measure> {
  let worst: { readonly perMegabyte: readonly number[] } | null = null;
  for (const [name, make] of Object.entries(shapes)) {
    const perMegabyte = sizes.map((size) => {
      const bytes = make(size * megabyte);
      let best = Infinity;
      for (let run = 0; run < (size === 64 ? 2 : 5); run++) {
        const began = performance.now();
        const read = unpickle(bytes, unlimited);
        best = Math.min(best, performance.now() - began);
        if (!read.ok) throw new Error(`${name}: ${read.message}`);
      }
      return best / (bytes.length / megabyte);
    });
    log(`${name}: ${perMegabyte.map((ms, index) => `${round(ms)} ms/MB at ${sizes[index]} MB`).join(", ")}`);
    if (worst === null || (perMegabyte[2] ?? 0) > (worst.perMegabyte[2] ?? 0)) worst = { perMegabyte };
  }
  const [small = 0, middle = 0, large = 0] = worst?.perMegabyte ?? [];
  return { value: round(large), unit: "ms/MB", against: { "at 8 MB": middle, "at 1 MB": small } };
}
