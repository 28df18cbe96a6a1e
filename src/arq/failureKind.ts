import { parseTracebacks } from "../python/traceback";
import type { FailureKind } from "./jobModel";

/** What else a result says, which tells failures apart that look alike. */
export interface FailureContext {
  readonly function: string;
  /** `t`: attempts started, this one included. */
  readonly tries: number | null;
  /** Unix ms; null where ARQ stored 0 because it never read the job. */
  readonly enqueuedAt: number | null;
  /** As `DecodedJob.codec`. */
  readonly codec: readonly string[];
  /** Null before ARQ 0.26. */
  readonly id: string | null;
}

/** The class and message of a stored exception. `module` is "" where it was not stored with the name. */
export interface Raised {
  readonly module: string;
  readonly name: string;
  readonly message: string;
  /** Made without arguments. */
  readonly bare: boolean;
}

/** ARQ, and the forks that kept its classes: the others (arq2, arq-optimus …) are imported as `arq` too. */
const arqModule = /^(?:arq|darq|akq)(?:\.|$)/;
/** Function name that ARQ stores where it could not read the job's payload. */
const unknownFunction = "<unknown>";

/**
 * How a failure came about. ARQ's own failures are exceptions of ordinary classes, and a task that waits for another job may raise
 * the very same ones: so they count as ARQ's own only where the rest of the result fits. Without a context the class and the message decide.
 */
export function failureKind(raised: Raised, context: FailureContext | null, traceback: string | null): FailureKind {
  const { module, name, message } = raised;
  if (arqModule.test(module) || (module === "" && name === "JobExecutionFailed")) {
    return arqKind(raised, context);
  }
  if (name === "CancelledError" && isAsyncio(module, context)) return "aborted";
  if (name === "TimeoutError" && raised.bare && message === "" && isAsyncioTimeout(module, context)) {
    return traceback !== null && leadsIntoTheFunction(traceback) ? "exception" : "timeout";
  }
  return "exception";
}

function arqKind({ name, message }: Raised, context: FailureContext | null): FailureKind {
  const neverRead = context === null || (context.function === unknownFunction && context.enqueuedAt === null);
  if (name === "Retry" || name === "RetryJob") return "retryRefused";
  if (name === "JobExecutionFailed") {
    if (message === "job expired" && neverRead) return "expired";
    const missing = /^function (['"])(.*)\1 not found$/s.exec(message)?.[2];
    if (missing !== undefined && (context === null || sameName(missing, context.function))) return "notFound";
    const max = /^max (\d+) retries exceeded$/.exec(message)?.[1];
    // ARQ gives up at the start of a try that is over the limit, and counts it.
    if (max !== undefined && (context === null || context.tries === null || context.tries > Number(max)))
      return "maxRetries";
  }
  if (/^unable to (de|un)(serialize|pickle) job$/.test(message) && neverRead) return "badPayload";
  if (isLostResult(message)) return "resultLost";
  return "exception";
}

/** Written in place of a value that the serializer refused: an exception in ARQ 0.16 and 0.17, a text since (arq/jobs.py `serialize_result`). */
export function isLostResult(message: string): boolean {
  return /^unable to (serialize|pickle) result$/.test(message);
}

/** A lost result of a job that never ran: what got lost is ARQ's own failure, which a serializer of plain data cannot store. */
export function lostFailureKind(context: FailureContext | null): FailureKind {
  return context?.function === unknownFunction && context.enqueuedAt === null ? "expired" : "resultLost";
}

/** The message has the `repr` of the name. */
function sameName(printed: string, name: string): boolean {
  return printed === name || printed.includes("\\");
}

/**
 * Where asyncio's classes live: `concurrent.futures._base` up to Python 3.7, `asyncio.exceptions` since; TimeoutError is the
 * builtin one since 3.11. From 3.8 on those of `concurrent.futures` are others, which only a task itself can raise: that Python
 * shows in its pickles of protocol 4, and ARQ 0.26 needs it.
 */
function isAsyncio(module: string, context: FailureContext | null): boolean {
  if (module === "concurrent.futures._base" || module === "concurrent.futures") return !isSince38(context);
  return module === "" || module === "asyncio" || module.startsWith("asyncio.");
}

function isAsyncioTimeout(module: string, context: FailureContext | null): boolean {
  return module === "builtins" || isAsyncio(module, context);
}

function isSince38(context: FailureContext | null): boolean {
  if (context === null) return false;
  return context.id !== null || context.codec.some((layer) => layer === "pickle 4" || layer === "pickle 5");
}

/** What ARQ raises at its own timeout comes from the worker and asyncio; from inside the function other frames follow. */
function leadsIntoTheFunction(traceback: string): boolean {
  const frames = parseTracebacks(traceback).at(-1)?.frames ?? [];
  return frames.some(({ file }) => !/[\\/](?:asyncio|async_timeout|arq|darq|akq)[\\/]\w+\.py$/.test(file));
}
