import { jobStates, type JobState } from "../arq/jobModel";
import { assertNever } from "../python/assertNever";
import { t } from "../python/l10n";
import { cut, type FilterName, type FilterNote, type FilterToken, type FilterValue } from "./jobFilter";
import { parseDuration, parseMoment } from "./filterTimes";
import { TextPattern } from "./textPattern";

/** Numbers from `min` to `max`, both included, but without `not` (NaN: without none). */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly not: number;
}

/** What a token asks of a job; `negated`: the opposite. Where it asks for several things, one of them is enough. */
export type Condition = { readonly negated: boolean } & (
  | { readonly kind: "states"; readonly states: ReadonlySet<JobState> }
  /** The whole name. */
  | { readonly kind: "name"; readonly of: "queue" | "function" | "worker"; readonly patterns: readonly TextPattern[] }
  | { readonly kind: "id"; readonly patterns: readonly TextPattern[] }
  /** The type of the error, with or without its module, or something in its message. */
  | { readonly kind: "error"; readonly patterns: readonly TextPattern[] }
  /** `newestAt`: when something happened to it last. */
  | {
      readonly kind: "range";
      readonly of: "tries" | "runMs" | "waitMs" | "newestAt";
      readonly ranges: readonly NumberRange[];
    }
  /** Of jobs that Redis has forgotten: these instead of those that it holds, or also. */
  | { readonly kind: "remembered"; readonly also: boolean }
  /** Only to be seen in its payload. */
  | { readonly kind: "payload"; readonly of: "arg" | "result"; readonly patterns: readonly TextPattern[] }
  /** Somewhere in id, function, type or message of the error. */
  | { readonly kind: "text"; readonly pattern: TextPattern }
);

/** What tokens ask for at the moment `now` (unix ms, for `since:1h`). A value that means nothing asks for nothing and is noted. */
export function filterConditions(
  tokens: readonly FilterToken[],
  now: number,
): { readonly conditions: readonly Condition[]; readonly notes: readonly FilterNote[] } {
  const conditions: Condition[] = [];
  const notes: FilterNote[] = [];
  for (const token of tokens) {
    if (token.kind === "word") {
      const pattern = new TextPattern(token.value);
      // Stars and nothing else are everywhere.
      if (pattern.literal !== "") conditions.push({ kind: "text", pattern, negated: token.negated });
      continue;
    }
    const problems: string[] = [];
    const condition = conditionOf(token.name, token.values, now, problems);
    if (token.values.length === 0) problems.push(t("{0}: has no value: write {1}.", token.name, example(token.name)));
    else if (condition !== null) conditions.push({ ...condition, negated: token.negated });
    notes.push(...problems.map((text) => ({ text, from: token.from, to: token.to })));
  }
  return { conditions, notes };
}

/** As it may be written. */
export function example(name: FilterName): string {
  switch (name) {
    case "status":
      return t("{0} or {1}", "status:failed", "status:queued,running");
    case "queue":
      return t("{0} or {1}", "queue:arq:queue", "queue:mail*");
    case "fn":
      return t("{0} or {1}", "fn:send_email", "fn:send_*");
    case "error":
      return t("{0} or {1}", "error:KeyError", 'error:"no such file"');
    case "id":
      return t("{0} or a whole id", "id:5f2c*");
    case "worker":
      return "worker:web1*";
    case "try":
      return t("{0}, {1} or {2}", "try:2", "try:>1", "try:2..4");
    case "since":
    case "until":
      return t("{0}, {1} or {2}", `${name}:1h`, `${name}:2026-11-22`, `${name}:2026-11-22T10:00`);
    case "ran":
    case "waited":
      return t("{0}, {1} or {2}", `${name}:>2s`, `${name}:<=500ms`, `${name}:1m..5m`);
    case "is":
      return t("{0} or {1}", "is:remembered", "is:any");
    case "arg":
    case "result":
      return t("{0} or {1}", `${name}:4711`, `${name}:"some text"`);
    default:
      return assertNever(name);
  }
}

const rememberedWords = ["remembered", "any"] as const;

type Asked = Condition extends infer C ? (C extends unknown ? Omit<C, "negated"> : never) : never;

function conditionOf(name: FilterName, values: readonly FilterValue[], now: number, problems: string[]): Asked | null {
  const patterns = (): TextPattern[] => values.map((value) => new TextPattern(value));
  /** Values that mean something; null when none does. */
  const known = <T>(parse: (text: string) => T | null): T[] | null => {
    const parsed = values.map(({ text }) => ({ text, value: parse(text) }));
    const odd = parsed.filter(({ value }) => value === null);
    problems.push(...odd.map(({ text }) => t("{0}:{1} is left out: write {2}.", name, cut(text), example(name))));
    const meant = parsed.flatMap(({ value }) => (value === null ? [] : [value]));
    return meant.length === 0 ? null : meant;
  };
  const range = (of: Extract<Asked, { kind: "range" }>["of"], parse: (text: string) => NumberRange | null) => {
    const ranges = known(parse);
    return ranges === null ? null : ({ kind: "range", of, ranges } as const);
  };
  switch (name) {
    case "status":
      return states(values, problems);
    case "queue":
    case "worker":
      return { kind: "name", of: name, patterns: patterns() };
    case "fn":
      return { kind: "name", of: "function", patterns: patterns() };
    case "id":
    case "error":
      return { kind: name, patterns: patterns() };
    case "try":
      return range("tries", (text) =>
        numberRange(text, (each) => (/^\d{1,9}$/.test(each) ? Number(each) : null), true),
      );
    case "ran":
      return range("runMs", (text) => numberRange(text, parseDuration, false));
    case "waited":
      return range("waitMs", (text) => numberRange(text, parseDuration, false));
    case "since":
      return range("newestAt", (text) => {
        const moment = parseMoment(text, now);
        return moment === null ? null : { min: moment.from, max: Number.POSITIVE_INFINITY, not: Number.NaN };
      });
    case "until":
      return range("newestAt", (text) => {
        const moment = parseMoment(text, now);
        return moment === null ? null : { min: Number.NEGATIVE_INFINITY, max: moment.to, not: Number.NaN };
      });
    case "is": {
      const asked = known((text) => rememberedWords.find((word) => word === text.toLowerCase()) ?? null);
      return asked === null ? null : { kind: "remembered", also: asked.includes("any") };
    }
    case "arg":
    case "result":
      return { kind: "payload", of: name, patterns: patterns() };
    default:
      return assertNever(name);
  }
}

function states(values: readonly FilterValue[], problems: string[]): Asked | null {
  const found = new Set<JobState>();
  for (const value of values) {
    const pattern = new TextPattern(value);
    const meant = jobStates.filter((state) => pattern.matchesWhole(state));
    for (const state of meant) found.add(state);
    if (meant.length > 0) continue;
    const near = jobStates.filter((state) => value.text !== "" && state.startsWith(value.text.toLowerCase()));
    const instead = near.length > 0 ? near : jobStates;
    problems.push(
      t(
        'No job is ever "{0}", so it is left out: write {1}.',
        cut(value.text),
        instead.map((state) => `status:${state}`).join(", "),
      ),
    );
  }
  return found.size === 0 ? null : { kind: "states", states: found };
}

/** `>2`, `>=2`, `<2`, `<=2`, `2..4`, and `2` where numbers can be met exactly. */
function numberRange(text: string, parse: (text: string) => number | null, exactly: boolean): NumberRange | null {
  const infinity = Number.POSITIVE_INFINITY;
  const [from, to, ...more] = text.split("..");
  if (to !== undefined) {
    const min = parse(from!);
    const max = parse(to);
    return min === null || max === null || more.length > 0 ? null : { min, max, not: Number.NaN };
  }
  const { sign = "", number = "" } = /^(?<sign>[<>]?=?)(?<number>.*)$/s.exec(text)?.groups ?? {};
  const value = parse(number);
  if (value === null) return null;
  switch (sign) {
    case ">":
      return { min: value, max: infinity, not: value };
    case ">=":
      return { min: value, max: infinity, not: Number.NaN };
    case "<":
      return { min: -infinity, max: value, not: value };
    case "<=":
      return { min: -infinity, max: value, not: Number.NaN };
    default:
      return exactly ? { min: value, max: value, not: Number.NaN } : null;
  }
}
