import type { FunctionStats } from "../../../monitor/model";
import type { TaskCode } from "../../../python/tasks/taskCode";
import { pageSize } from "../../../protocol/jobQuery";
import {
  everyFunction,
  functionSorts,
  type FunctionLine,
  type FunctionSort,
  type FunctionsIntent,
  type FunctionsView,
  type StandingOut,
} from "../../../protocol/tabs/functions";
import type { LimitsView } from "../../../protocol/codeViews";
import { assertNever } from "../../../python/assertNever";
import { functionNotes, limitsView } from "../../code/codeViews";
import { bool, fields, index, oneOf, text } from "../checks";
import { failing, type FailureThresholds } from "./failing";
import { pageOffset, sortLines, type SortValue } from "./sortLines";
import type { Tab } from "./tab";

/** Every function that jobs call. */
export function functionsTab(thresholds: () => FailureThresholds, code: () => TaskCode | null): Tab<"functions"> {
  return {
    check(intent): FunctionsIntent {
      const asked = { ...everyFunction, ...fields(intent) };
      return {
        text: text(asked.text, "text"),
        sort: oneOf(asked.sort, functionSorts, "sort"),
        descending: bool(asked.descending, "descending"),
        offset: index(asked.offset, "offset"),
      };
    },
    view: async (monitor, intent, signal) =>
      functionsView(await monitor.functions(signal), intent, thresholds(), code()),
  };
}

export function functionsView(
  all: readonly FunctionStats[],
  intent: FunctionsIntent,
  thresholds: FailureThresholds,
  code: TaskCode | null = null,
): FunctionsView {
  const lines = all.map((each): FunctionLine => ({
    ...each,
    failing: failing(each, thresholds),
    limits: limitsEverywhere(code, each),
  }));
  const wanted = intent.text.toLowerCase();
  const matching = lines.filter(({ name }) => name.toLowerCase().includes(wanted));
  const offset = pageOffset(intent.offset, matching.length, pageSize);
  const sorted = sortLines(matching, (line) => valueOf(line, intent.sort), intent.descending);
  return {
    functions: sorted.slice(offset, offset + pageSize),
    offset,
    total: matching.length,
    known: all.length,
    longestRunMs: all.reduce((longest, { runP95Ms }) => Math.max(longest, runP95Ms ?? 0), 0),
    standingOut: standingOut(lines),
    notes: functionNotes(code),
  };
}

/** Of a function whose queues differ there is no one limit. */
function limitsEverywhere(code: TaskCode | null, { name, queues }: FunctionStats): LimitsView | null {
  const [first, ...others] = queues.map((queue) => limitsView(code, name, queue));
  if (first === undefined) return limitsView(code, name, null);
  return others.every((each) => JSON.stringify(each) === JSON.stringify(first)) ? first : null;
}

function standingOut(lines: readonly FunctionLine[]): StandingOut {
  const worst = first(lines, (line) => (line.failing === null ? null : line.failureRate));
  return {
    failing: worst === null ? null : { name: worst.name, failureRate: worst.failureRate!, mark: worst.failing! },
    slowest: longest(lines, ({ runP95Ms }) => runP95Ms),
    waiting: longest(lines, ({ waitP95Ms }) => waitP95Ms),
  };
}

/** Null where there are not two to compare. */
function longest(
  lines: readonly FunctionLine[],
  msOf: (line: FunctionLine) => number | null,
): { readonly name: string; readonly ms: number } | null {
  const known = lines.filter((line) => msOf(line) !== null);
  const line = known.length < 2 ? null : first(known, msOf);
  return line === null ? null : { name: line.name, ms: msOf(line)! };
}

/** The line with the largest value; null where none has one. */
function first(lines: readonly FunctionLine[], valueOf: (line: FunctionLine) => number | null): FunctionLine | null {
  let best: FunctionLine | null = null;
  for (const line of lines) {
    const value = valueOf(line);
    if (value !== null && (best === null || value > valueOf(best)!)) best = line;
  }
  return best;
}

function valueOf(line: FunctionLine, sort: FunctionSort): SortValue {
  switch (sort) {
    case "name":
    case "count":
    case "successRate":
      return line[sort];
    case "perMinute":
      return line.endedPerMinute;
    case "waitP50":
      return line.waitP50Ms;
    case "waitP95":
      return line.waitP95Ms;
    case "waitP99":
      return line.waitP99Ms;
    case "runP50":
      return line.runP50Ms;
    case "runP95":
      return line.runP95Ms;
    case "runP99":
      return line.runP99Ms;
    case "lastError":
      return line.lastError?.at ?? null;
    default:
      return assertNever(sort);
  }
}
