import { isJsonObject, parseJsonObject } from "./jsonObject";

/** A try of a job that did not succeed, as the opt-in worker instrumentation noted it. */
export interface JobTry {
  /** Counted from 1. */
  readonly try: number;
  /** When it ended on the worker's clock, unix ms. */
  readonly at: number | null;
  /** Class of the exception as above a traceback; of the cause where the try was given up by `raise Retry() from error`. */
  readonly type: string;
  readonly message: string;
  /** As Python prints it, causes included; null where it was lost. */
  readonly traceback: string | null;
  /** `host:pid`. */
  readonly worker: string | null;
  /** `cancelled`: by a timeout, an abort or a shutdown. Null is one of a newer instrumentation. */
  readonly outcome: "retry" | "failed" | "cancelled" | null;
  /** Of `Retry(defer=…)`; null without one. */
  readonly deferMs: number | null;
}

/** The instrumentation stores about half of that at most. Bytes. */
export const triesMaxBytes = 512 * 1024;
const triesAtMost = 20;
const lineMaxLength = 500;
const messageMaxLength = 8 * 1024;
const tracebackMaxLength = 64 * 1024;

/**
 * Reads the JSON of `arq:monitor:tries:<id>`, oldest try first. Never throws: anybody who may write to Redis may have written it, so sizes are
 * bounded, every type is checked, and what is no try is left out.
 */
export function parseTries(text: string): readonly JobTry[] {
  if (text.length > triesMaxBytes) return [];
  const json = parseJsonObject(text);
  if (json === null || json["v"] !== 1 || !Array.isArray(json["tries"])) return [];
  return json["tries"]
    .slice(-triesAtMost)
    .flatMap((entry: unknown) => (isJsonObject(entry) ? readTry(entry) : []))
    .toSorted((a, b) => a.try - b.try);
}

function readTry(entry: Readonly<Record<string, unknown>>): JobTry[] {
  const number = entry["try"];
  if (typeof number !== "number" || !Number.isSafeInteger(number) || number < 1) return [];
  const outcome = entry["outcome"];
  return [
    {
      try: number,
      at: amount(entry["at"]),
      type: text(entry["type"], lineMaxLength) ?? "Exception",
      message: text(entry["message"], messageMaxLength) ?? "",
      traceback: text(entry["traceback"], tracebackMaxLength),
      worker: text(entry["worker"], lineMaxLength),
      outcome: outcome === "retry" || outcome === "failed" || outcome === "cancelled" ? outcome : null,
      deferMs: amount(entry["defer_ms"]),
    },
  ];
}

function amount(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}

/** Null for "" too: that says nothing. */
function text(value: unknown, maxLength: number): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, maxLength) : null;
}
