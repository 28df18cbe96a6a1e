import { l10n } from "vscode";
import type { JobDetail } from "../monitor/model";
import { viewObject } from "../python/objectView";
import { pythonRepr } from "../python/repr";
import type { Frame, Traceback } from "../python/traceback";
import type { PyValue } from "../python/value";
import { FrameStack } from "./editor/frameStack";
import type { FoundTraceback } from "./tracebacks";

/** What is said of an exception's attributes beside a line: no more than a person reads there. */
const maxValues = 8;
const valueLimits = { depth: 4, items: 20, bytes: 200 };

/** What the job of a traceback tells besides it. */
export interface FailureFacts {
  /** Of an instrumented worker; null where nobody wrote one. */
  readonly release: string | null;
  /** Arguments and attributes of the exception as the result holds it; empty where they are hidden or not known. */
  readonly values: readonly string[];
}

export function failureFacts({ result }: JobDetail, hidden: boolean): FailureFacts {
  if (result === null || !result.decoded.ok) return { release: null, values: [] };
  const { release, success } = result.decoded;
  return { release, values: success || hidden ? [] : exceptionValues(result.decoded.result) };
}

/** The frames of one exception of a chain, oldest first, to step through. What the stored exception holds belongs to the last one, which reached ARQ. */
export function failureStack({ chain }: Pick<FoundTraceback, "chain">, index: number, facts: FailureFacts): FrameStack {
  const { traceback } = chain[index]!;
  const { type, message } = traceback;
  const values = index === chain.length - 1 ? facts.values : [];
  return new FrameStack(framesOf(traceback), { type, message, values }, facts.release);
}

/** Frames as printed; where a SyntaxError is, which no frame ran, as one more. */
export function framesOf({ frames, at }: Traceback): readonly Frame[] {
  return at === null
    ? frames
    : [...frames, { ...at, function: l10n.t("(the code that cannot be read)"), source: null, repeat: 0 }];
}

function exceptionValues(exception: PyValue): string[] {
  if (exception.kind !== "call") return [];
  const { positional, fields } = viewObject(exception);
  const written = (value: PyValue): string => pythonRepr(value, valueLimits);
  // One text is the message, which stands there anyway.
  const [only] = positional;
  const args = positional.length === 0 || (positional.length === 1 && only?.kind === "str") ? [] : positional;
  return [
    ...args.map((value, index) => `args[${index}] = ${written(value)}`),
    ...fields.filter(([name]) => !name.startsWith("__")).map(([name, value]) => `${name} = ${written(value)}`),
  ].slice(0, maxValues);
}
