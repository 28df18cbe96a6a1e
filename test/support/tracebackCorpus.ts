import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Traceback } from "../../src/python/traceback";
import { repositoryRoot } from "./repositoryRoot";

/** One text that CPython printed, and what Python itself knew of the exception (test/fixtures/tracebacks/make.py). */
export interface RecordedTraceback {
  readonly kind: string;
  /** The Pythons that print it so: `3.6`, `3.14`. */
  readonly versions: readonly string[];
  readonly text: string;
  readonly truth: Traceback;
}

interface Truth {
  readonly type: string;
  readonly message: string;
  readonly frames: readonly [file: string, line: number, name: string, source: string | null, repeat: number][];
  readonly at: readonly [file: string, line: number] | null;
  readonly cause: Truth | null;
  readonly context: Truth | null;
  readonly group: readonly Truth[];
}

export function recordedTracebacks(): RecordedTraceback[] {
  const text = readFileSync(join(repositoryRoot(), "test/fixtures/tracebacks/tracebacks.txt"), "utf8");
  return text
    .split(/^===== /m)
    .slice(1)
    .map((part) => {
      const [, kind, versions, printed, truth] =
        /^(.+) \[(.+)\]\n([^]*)^----- truth\n(.*)\n$/m.exec(part) ??
        fail(`not a recorded traceback: ${part.slice(0, 80)}`);
      return { kind: kind ?? "", versions: (versions ?? "").split(" "), text: printed ?? "", truth: read(truth ?? "") };
    });
}

function read(json: string): Traceback {
  return asTraceback(JSON.parse(json) as Truth);
}

function asTraceback({ frames, at, cause, context, group, ...rest }: Truth): Traceback {
  return {
    frames: frames.map(([file, line, name, source, repeat]) => ({ file, line, function: name, source, repeat })),
    at: at === null ? null : { file: at[0], line: at[1] },
    type: rest.type,
    message: rest.message,
    // Python knows them, its print does not tell them from the message.
    notes: [],
    cause: cause === null ? null : asTraceback(cause),
    context: context === null ? null : asTraceback(context),
    group: group.map(asTraceback),
  };
}

function fail(message: string): never {
  throw new Error(message);
}
