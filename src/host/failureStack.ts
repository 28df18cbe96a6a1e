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

/**
 * The frames of each exception of a chain, oldest first, to step through: at its index in the chain. Steps lead from the exception that reached ARQ, which the values belong to,
 * on to what led to it.
 */
export function failureStacks({ chain }: Pick<FoundTraceback, "chain">, facts: FailureFacts): readonly FrameStack[] {
  const order = inStepOrder(chain.map(({ traceback }) => traceback));
  const inOrder = FrameStack.chained(
    order.map((traceback, at) => {
      const { type, message } = traceback;
      return { frames: framesOf(traceback), raised: { type, message, values: at === 0 ? facts.values : [] } };
    }),
    facts.release,
  );
  const stacks = new Map(order.map((traceback, at) => [traceback, inOrder[at]!]));
  return chain.map(({ traceback }) => stacks.get(traceback)!);
}

/** The exceptions of a chain as Python prints it (causes, what they led to, its members), each with what led to it behind it. */
function inStepOrder(printed: readonly Traceback[]): readonly Traceback[] {
  const left = new Set(printed);
  const order: Traceback[] = [];
  const append = (traceback: Traceback | null): void => {
    for (let each = traceback; each !== null && left.delete(each); each = each.cause ?? each.context) {
      order.push(each);
      for (const member of each.group) append(member);
    }
  };
  const led = new Set(printed.flatMap(({ cause, context, group }) => [cause, context, ...group]));
  append(printed.find((each) => !led.has(each)) ?? null);
  // Nothing is left out, whatever was given.
  return [...order, ...left];
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
