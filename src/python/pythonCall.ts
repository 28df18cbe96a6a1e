import { isIdentifier } from "./identifier";
import { t } from "./l10n";
import { pythonSource } from "./pythonSource";
import { reprStr } from "./scalarRepr";
import type { PyValue } from "./value";

/** What is known of a call. */
export interface JobCall {
  /** As ARQ knows it: a name, `Class.method`, or `cron:name`. */
  readonly function: string;
  /** A tuple, or a list. */
  readonly args: PyValue;
  /** A dict. */
  readonly kwargs: PyValue;
}

/** Python to paste, or one sentence that names what cannot be written. */
export type WrittenCall =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string };

/** What `enqueue_job` takes for itself (arq/connections.py); a job cannot be given arguments of these names. */
const reserved = new Set([
  "self",
  "function",
  "_job_id",
  "_queue_name",
  "_defer_until",
  "_defer_by",
  "_expires",
  "_job_try",
]);

/** A call longer than this is written with one argument a line. */
const lineWidth = 88;

/**
 * `await send_email(ctx, 'x', retries=3)`, with the imports it needs above it. `mask` stands in texts where a secret was; an argument that holds it
 * cannot be written.
 */
export function pythonCall(job: JobCall, mask: string): WrittenCall {
  const name = job.function.replace(/^cron:/, "");
  if (!name.split(".").every(isIdentifier)) {
    return {
      ok: false,
      message: t(
        "{0} is no name that Python can call: the worker registered the function under a name of its own.",
        reprStr(job.function, 200),
      ),
    };
  }
  const written = writeArguments(job, mask);
  if (!written.ok) return written;
  const call = layOut(`await ${name}(`, ["ctx", ...written.args], "");
  return { ok: true, text: withImports(written.imports, call, "\n\n") };
}

/**
 * A function that enqueues the job again. It takes what `create_pool()` gives, so it holds no address; it names the queue where that is not
 * `defaultQueue`; and it gives no `_job_id`, because ARQ refuses an id whose job or result Redis still holds. `queue` is null where it is not known.
 */
export function reenqueueSnippet(
  job: JobCall & { readonly queue: string | null },
  defaultQueue: string,
  mask: string,
): WrittenCall {
  for (const key of keywordNames(job.kwargs)) {
    if (reserved.has(key)) {
      return {
        ok: false,
        message: t(
          "{0} cannot be written: enqueue_job has a parameter of that name, and would take it for itself.",
          keywordPlace(key),
        ),
      };
    }
  }
  const written = writeArguments(job, mask);
  if (!written.ok) return written;
  const queue = job.queue === null || job.queue === defaultQueue ? [] : [`_queue_name=${reprStr(job.queue)}`];
  const call = layOut("return await redis.enqueue_job(", [reprStr(job.function), ...written.args, ...queue], "    ");
  const unknown = job.queue === null ? "    # Its queue is not known: it goes to the default queue of the pool.\n" : "";
  const body = `async def enqueue_again(redis):\n    # redis: what arq.create_pool() returned, or ctx['redis'] in a job\n${unknown}    ${call}\n`;
  return { ok: true, text: withImports(written.imports, body, "\n\n\n") };
}

type WrittenArguments =
  | { readonly ok: true; readonly args: readonly string[]; readonly imports: readonly string[] }
  | { readonly ok: false; readonly message: string };

function writeArguments({ args, kwargs }: JobCall, mask: string): WrittenArguments {
  if ((args.kind !== "tuple" && args.kind !== "list") || kwargs.kind !== "dict")
    return { ok: false, message: t("The arguments are no tuple and dict, as ARQ stores them.") };
  const written: string[] = [];
  const imports = new Set<string>();
  const write = (value: PyValue, place: string): string => {
    const source = pythonSource(value, mask);
    if (!source.ok)
      throw new Unwritable(
        t("{0}{1} cannot be written as Python: it {2}.", place, source.at.slice(0, 200), source.why),
      );
    for (const line of source.imports) imports.add(line);
    return source.text;
  };
  try {
    for (const [index, value] of args.items.entries()) written.push(write(value, `args[${index}]`));
    for (const [key, value] of kwargs.entries) {
      if (key.kind !== "str") throw new Unwritable(t("A keyword argument is not named by a text."));
      const text = write(value, keywordPlace(key.value));
      written.push(isIdentifier(key.value) ? `${key.value}=${text}` : `**{${reprStr(key.value)}: ${text}}`);
    }
  } catch (error) {
    if (error instanceof Unwritable) return { ok: false, message: error.message };
    throw error;
  }
  return { ok: true, args: written, imports: [...imports].toSorted() };
}

class Unwritable extends Error {}

function keywordPlace(name: string): string {
  return `kwargs[${reprStr(name, 100)}]`;
}

function keywordNames(kwargs: PyValue): string[] {
  return kwargs.kind === "dict" ? kwargs.entries.flatMap(([key]) => (key.kind === "str" ? [key.value] : [])) : [];
}

function layOut(open: string, args: readonly string[], indent: string): string {
  const line = `${open}${args.join(", ")})`;
  if (indent.length + line.length <= lineWidth) return line;
  return `${open}\n${args.map((arg) => `${indent}    ${arg},\n`).join("")}${indent})`;
}

function withImports(imports: readonly string[], body: string, between: string): string {
  return imports.length === 0 ? body : `${imports.join("\n")}${between}${body}`;
}
