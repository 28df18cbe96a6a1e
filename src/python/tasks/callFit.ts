import type { Parameter } from "./taskCode";

/** What a call gives after the function's name and without ARQ's own `_…`. */
export interface GivenArguments {
  readonly positional: number;
  readonly keywords: readonly string[];
  /** There may be more, from `*…` or `**…`. */
  readonly hasMorePositional: boolean;
  readonly hasMoreKeywords: boolean;
}

/** Why Python would refuse the call with a TypeError. */
export type Misfit =
  | { readonly kind: "missing"; readonly names: readonly string[] }
  | { readonly kind: "tooMany"; readonly atMost: number; readonly given: number }
  | { readonly kind: "unknownKeyword"; readonly names: readonly string[] }
  /** Given by position and by name. */
  | { readonly kind: "twice"; readonly names: readonly string[] };

/** What of the call does not fit these parameters, as far as that is certain; none where all fits. `parameters`: without `ctx`. */
export function callMisfits(parameters: readonly Parameter[], given: GivenArguments): readonly Misfit[] {
  const { positional, keywords, hasMorePositional, hasMoreKeywords } = given;
  const places = parameters.filter(({ kind }) => kind === "positionalOnly" || kind === "positional");
  const takesRest = parameters.some(({ kind }) => kind === "args");
  const takesKeywords = parameters.some(({ kind }) => kind === "kwargs");
  const byName = new Set(
    parameters.flatMap(({ name, kind }) => (kind === "positional" || kind === "keywordOnly" ? [name] : [])),
  );
  const filled = places.slice(0, positional);
  const misfits: Misfit[] = [];
  if (positional > places.length && !takesRest)
    misfits.push({ kind: "tooMany", atMost: places.length, given: positional });
  const unknown = takesKeywords ? [] : keywords.filter((name) => !byName.has(name));
  if (unknown.length > 0) misfits.push({ kind: "unknownKeyword", names: unknown });
  const twice = filled.filter(({ name, kind }) => kind === "positional" && keywords.includes(name));
  if (twice.length > 0) misfits.push({ kind: "twice", names: twice.map(({ name }) => name) });
  const missing = parameters.filter((each) => {
    const { name, kind, hasDefault } = each;
    if (hasDefault || kind === "args" || kind === "kwargs" || filled.includes(each)) return false;
    if (kind !== "positionalOnly" && (keywords.includes(name) || hasMoreKeywords)) return false;
    return kind === "keywordOnly" || !hasMorePositional;
  });
  if (missing.length > 0) misfits.push({ kind: "missing", names: missing.map(({ name }) => name) });
  return misfits;
}
