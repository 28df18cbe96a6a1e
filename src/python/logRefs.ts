import type { LogMark, RecordFacts } from "./workerLogRecord";

/** How each record goes on behind `<ref>`. */
const endings: Record<LogMark, RegExp> = {
  "→": /\(.*$/s,
  "←": / ●(?: .*)?$/s,
  "!": / max retries \d+ exceeded$/,
  "↻": / (?:retrying job in [\d.]+s|cancelled, will be run again)$/,
  "⊘": / aborted(?: before start)?$/,
};

/** A log names few functions; a hostile one must not fill the memory. */
const maxFunctions = 2000;

/**
 * Takes `<job id>:<function>` apart. Ids may hold colons and names of cron jobs do, so the functions that a worker lists at
 * its start decide where they are known; else the last colon does.
 */
export class LogRefs {
  readonly #functions = new Set<string>();

  /** Hears `Starting worker for 3 functions: a, b, cron:c`. */
  learn(text: string): void {
    const list = /^Starting worker for \d+ functions: (.*)$/.exec(text)?.[1];
    for (const name of list?.split(", ") ?? []) if (this.#functions.size < maxFunctions) this.#functions.add(name);
  }

  /** What stands behind the mark: the reference and what happened. */
  read(mark: LogMark, text: string): RecordFacts {
    const failed = mark === "!" ? / failed, ([\p{L}\p{N}_]+): ?(.*)$/su.exec(text) : null;
    if (failed !== null) {
      const error = { type: failed[1] ?? "", message: failed[2] ?? "" };
      return { mark, ...this.split(text.slice(0, failed.index)), error };
    }
    const ending = endings[mark].exec(text);
    return { mark, ...this.split(ending === null ? text : text.slice(0, ending.index)), error: null };
  }

  split(ref: string): Pick<RecordFacts, "ref" | "jobId" | "function"> {
    // A cron job is printed by its name alone.
    if (this.#functions.has(ref) || ref.startsWith("cron:")) return { ref, jobId: null, function: ref };
    for (
      let colon = ref.indexOf(":"), tried = 0;
      colon >= 0 && tried < 20;
      colon = ref.indexOf(":", colon + 1), tried++
    ) {
      const name = ref.slice(colon + 1);
      if (this.#functions.has(name)) return { ref, jobId: ref.slice(0, colon), function: name };
    }
    const colon = ref.lastIndexOf(":");
    return colon < 0
      ? { ref, jobId: null, function: ref }
      : { ref, jobId: ref.slice(0, colon), function: ref.slice(colon + 1) };
  }
}
