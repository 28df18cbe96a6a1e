import { once } from "node:events";
import { connect } from "node:net";
import { type Fixed, jobOf, kinds, resultOf, Template, type Varying } from "./resultTemplate";

/** Bytes handed to the socket at a time. */
const chunkBytes = 1 << 20;
const keepMs = 86_400_000;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A Redis command as the protocol has it on the wire. */
export function wire(...parts: readonly (string | Buffer)[]): Buffer {
  const bytes = parts.flatMap((part) => {
    const value = Buffer.from(part);
    return [Buffer.from(`$${value.length}\r\n`), value, Buffer.from("\r\n")];
  });
  return Buffer.concat([Buffer.from(`*${parts.length}\r\n`), ...bytes]);
}

/**
 * Sends commands that are written straight into the bytes of one long pipeline, whose replies the server does not even send: about 500,000 results a
 * second, where a client that makes an object of each command needs ten times as long. Commands that fail say nothing: count what is there afterwards.
 */
export async function pour(
  port: number,
  count: number,
  sizeOf: (index: number) => number,
  write: (index: number, into: Buffer, offset: number) => void,
): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(wire("CLIENT", "REPLY", "OFF"));
  for (let index = 0; index < count;) {
    let bytes = 0;
    let end = index;
    do bytes += sizeOf(end++);
    while (end < count && bytes < chunkBytes);
    const chunk = Buffer.allocUnsafe(bytes);
    for (let offset = 0; index < end; offset += sizeOf(index++)) write(index, chunk, offset);
    if (!socket.write(chunk)) await once(socket, "drain");
  }
  const answered = once(socket, "data");
  socket.write(wire("CLIENT", "REPLY", "ON"));
  await answered;
  socket.destroy();
}

export interface FillOptions {
  readonly port: number;
  readonly count: number;
  readonly seed?: number;
  /** The newest has just ended, unix ms. */
  readonly now?: number;
  /** The oldest ended so long ago. */
  readonly spanMs?: number;
  readonly kinds?: readonly Fixed[];
}

/** What differs in the `index`th job. */
function varyingOf(random: () => number, finishedAt: number): Varying {
  const hex = (): string =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, "0");
  const startedAt = finishedAt - 5 - Math.floor(random() ** 3 * 4000);
  return {
    id: hex() + hex() + hex() + hex(),
    number: 65_536 + Math.floor(random() * 2 ** 30),
    enqueuedAt: startedAt - 2 - Math.floor(random() ** 3 * 2000),
    startedAt,
    finishedAt,
  };
}

/** Kept results as workers leave them, `spanMs` long without a break. @returns the ids. */
export async function fillResults(options: FillOptions): Promise<void> {
  const { port, count, seed = 20_261_122, now = Date.now(), spanMs = 12 * 3_600_000 } = options;
  const random = seededRandom(seed);
  const templates = (options.kinds ?? kinds).map(
    (kind) =>
      new Template((values) => wire("SET", `arq:result:${values.id}`, resultOf(kind, values), "PX", String(keepMs))),
  );
  const of = (index: number): Template => templates[index % templates.length]!;
  const write = (index: number, into: Buffer, offset: number): void => {
    const finishedAt = now - Math.floor(((count - index) / count) * spanMs);
    of(index).write(varyingOf(random, finishedAt), into, offset);
  };
  await pour(port, count, (index) => of(index).size, write);
}

/** Jobs in a queue, due since up to a minute or, `deferred`, within the next hour. */
export async function fillQueue(
  options: FillOptions & { readonly queue: string; readonly deferred?: boolean },
): Promise<void> {
  const { port, count, queue, deferred = false, seed = 20_261_123, now = Date.now() } = options;
  const random = seededRandom(seed + (deferred ? 1 : 0));
  const templates = kinds.map(
    (kind) => new Template((values) => wire("PSETEX", `arq:job:${values.id}`, String(keepMs), jobOf(kind, values))),
  );
  const of = (index: number): Template => templates[index % templates.length]!;
  const scores: Buffer[] = [];
  await pour(
    port,
    count,
    (index) => of(index).size,
    (index, into, offset) => {
      const enqueuedAt = now - Math.floor(random() * 60_000);
      const values = { ...varyingOf(random, now), enqueuedAt };
      const score = deferred ? now + 60_000 + Math.floor(random() * 3_600_000) : enqueuedAt;
      scores.push(wire("ZADD", queue, String(score), values.id));
      of(index).write(values, into, offset);
    },
  );
  await pour(
    port,
    count,
    (index) => scores[index]!.length,
    (index, into, offset) => void scores[index]!.copy(into, offset),
  );
}

/** Keys of somebody else. */
export async function fillForeign(port: number, count: number): Promise<void> {
  const width = String(count).length;
  const key = (index: number): string => `session:${String(index).padStart(width, "0")}`;
  const bytes = wire("SET", key(0), "x");
  const at = bytes.indexOf(key(0));
  const write = (index: number, into: Buffer, offset: number): void => {
    bytes.copy(into, offset);
    into.write(key(index), offset + at, "latin1");
  };
  await pour(port, count, () => bytes.length, write);
}
