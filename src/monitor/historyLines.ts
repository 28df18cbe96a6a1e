import { errorGroupKey } from "./errorGroupKey";
import { failureKinds, type RememberedFailure } from "./failureHistory";
import { OutcomeBucket, type OutcomeOwners } from "./outcomeBucket";
import type { Span } from "./spans";

/** What one line of the stored history says. Times unix ms on Redis' clock. */
export type HistoryLine =
  | { readonly kind: "minute" | "hour"; readonly at: number; readonly bucket: OutcomeBucket }
  | { readonly kind: "covered"; readonly span: Span }
  | { readonly kind: "failure"; readonly failure: RememberedFailure; readonly traceback: string | null }
  | { readonly kind: "traceback"; readonly key: string; readonly text: string; readonly source: string }
  | { readonly kind: "errorGroup"; readonly key: string; readonly firstAt: number; readonly lastAt: number };

/** Messages are cut at so many characters, names at fewer. */
const longestMessage = 2000;
const longestName = 500;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** `{"m":29384710,"c":[["arq:queue",[["send",12,0,0,0,3400,12]]]]}`: the minute (`m`) or hour (`h`) since 1970; counters in their order, zeros at the end left out. */
export function bucketLine(kind: "minute" | "hour", at: number, bucket: OutcomeBucket, owners: OutcomeOwners): string {
  const queues = new Map<string | null, unknown[]>();
  for (const [number, values] of bucket.cells()) {
    const owner = owners.owner(number);
    const counts = values.map((value) => Math.round(value));
    while (counts.length > 0 && counts.at(-1) === 0) counts.pop();
    // The number 0 stands for all functions that are not told apart.
    const cell = [number === 0 ? 0 : owner.function, ...counts];
    const queue = number === 0 ? null : owner.queue;
    const cells = queues.get(queue);
    if (cells === undefined) queues.set(queue, [cell]);
    else cells.push(cell);
  }
  const number = Math.round(at / (kind === "minute" ? minuteMs : hourMs));
  return JSON.stringify({ [kind === "minute" ? "m" : "h"]: number, c: [...queues] });
}

export function coveredLine({ from, to }: Span): string {
  return JSON.stringify({ s: [Math.round(from), Math.round(to)] });
}

export function tracebackLine(key: string, { text, source }: { text: string; source: string }): string {
  return JSON.stringify({ b: key, x: text, o: source });
}

export function errorGroupLine(key: string, { firstAt, lastAt }: { firstAt: number; lastAt: number }): string {
  return JSON.stringify({ g: key, a: Math.round(firstAt), z: Math.round(lastAt) });
}

/** `traceback`: the key of its traceback line. */
export function failureLine(failure: RememberedFailure, traceback: string | null): string {
  const { error } = failure;
  return JSON.stringify({
    f: failure.id,
    at: failure.finishedAt,
    n: failure.function,
    q: failure.queue,
    e: failure.enqueuedAt,
    s: failure.startedAt,
    w: failure.waitMs,
    r: failure.runMs,
    t: failure.tries,
    by: failure.worker,
    k: error.kind,
    c: error.type.slice(0, longestName),
    m: cutMessage(error.message),
    ...(traceback === null ? {} : { b: traceback }),
  });
}

/** Null for what is no line of ours. Whoever may write to the disk may have written it: every type and size is checked. */
export function parseHistoryLine(text: string, owners: OutcomeOwners): HistoryLine | null {
  const json = parseObject(text);
  if (json === null) return null;
  if ("f" in json) return failureOf(json);
  if ("m" in json) return bucketOf("minute", json["m"], minuteMs, json["c"], owners);
  if ("h" in json) return bucketOf("hour", json["h"], hourMs, json["c"], owners);
  if ("s" in json && Array.isArray(json["s"])) {
    const [from, to] = (json["s"] as readonly unknown[]).map(timeOf);
    return typeof from === "number" && typeof to === "number" && from < to
      ? { kind: "covered", span: { from, to } }
      : null;
  }
  if ("b" in json) {
    const [key, written, source] = [json["b"], json["x"], json["o"]];
    if (typeof key !== "string" || typeof written !== "string" || typeof source !== "string") return null;
    return { kind: "traceback", key, text: written, source: source.slice(0, longestName) };
  }
  const [key, firstAt, lastAt] = [json["g"], timeOf(json["a"]), timeOf(json["z"])];
  if (typeof key !== "string" || !key.includes("\n") || firstAt === null || lastAt === null) return null;
  return { kind: "errorGroup", key: key.slice(0, 2 * longestName), firstAt, lastAt };
}

function bucketOf(
  kind: "minute" | "hour",
  number: unknown,
  unitMs: number,
  queues: unknown,
  owners: OutcomeOwners,
): HistoryLine | null {
  const at = typeof number === "number" && Number.isSafeInteger(number) ? timeOf(number * unitMs) : null;
  if (at === null || !Array.isArray(queues)) return null;
  const bucket = new OutcomeBucket();
  for (const entry of queues as readonly unknown[]) {
    const [queue, cells] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
    if (!(queue === null || typeof queue === "string") || !Array.isArray(cells)) return null;
    for (const cell of cells as readonly unknown[]) {
      if (!Array.isArray(cell)) return null;
      const [name, ...counts] = cell as readonly unknown[];
      if (!(name === null || name === 0 || typeof name === "string") || !counts.every(isCount)) return null;
      bucket.addAll(name === 0 ? 0 : owners.number(queue, name), counts);
    }
  }
  return { kind, at, bucket: bucket.shrink() };
}

function failureOf(json: Readonly<Record<string, unknown>>): HistoryLine | null {
  const [id, finishedAt, type, message] = [json["f"], timeOf(json["at"]), json["c"], json["m"]];
  const kind = failureKinds.find((known) => known === json["k"]);
  if (typeof id !== "string" || id === "" || finishedAt === null || kind === undefined) return null;
  if (typeof type !== "string" || typeof message !== "string") return null;
  const traceback = json["b"];
  return {
    kind: "failure",
    traceback: typeof traceback === "string" ? traceback : null,
    failure: {
      id,
      finishedAt,
      function: textOf(json["n"]),
      queue: textOf(json["q"]),
      enqueuedAt: timeOf(json["e"]),
      startedAt: timeOf(json["s"]),
      waitMs: isCount(json["w"]) ? json["w"] : null,
      runMs: isCount(json["r"]) ? json["r"] : null,
      tries: isCount(json["t"]) ? json["t"] : null,
      worker: textOf(json["by"]),
      error: { kind, type: type.slice(0, longestName), message: cutMessage(message) },
      group: errorGroupKey(type, message),
    },
  };
}

export function cutMessage(message: string): string {
  return message.length <= longestMessage ? message : `${message.slice(0, longestMessage - 1)}…`;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value.slice(0, longestName) : null;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

/** Unix ms, until the year 2255. */
function timeOf(value: unknown): number | null {
  return typeof value === "number" && value > 0 && value <= 9_000_000_000_000 ? value : null;
}
