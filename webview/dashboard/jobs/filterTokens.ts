/** Names of filters, and other words for them, as the filter language has them (`jobFilter.ts`; a test holds the two together). */
export const filterWords: readonly string[] = [
  "status",
  "state",
  "queue",
  "q",
  "fn",
  "function",
  "func",
  "error",
  "err",
  "id",
  "worker",
  "try",
  "tries",
  "since",
  "after",
  "until",
  "before",
  "ran",
  "run",
  "waited",
  "wait",
  "is",
  "arg",
  "args",
  "result",
];

const filter = new RegExp(`^-?(?:${filterWords.join("|")}):`, "i");
/** Quotes keep spaces; the last ones may still be open. */
const part = /(?:"(?:[^"\\]|\\.)*"?|[^\s"])+/g;

export interface SplitFilter {
  /** `name:value`, as they are written. */
  readonly tokens: readonly string[];
  /** Everything else. */
  readonly words: string;
}

/** The filters of a text, and its words. The order of both among each other means nothing. */
export function splitFilter(text: string): SplitFilter {
  const parts = text.match(part) ?? [];
  const tokens = parts.filter(isFilter);
  return { tokens, words: parts.filter((each) => !isFilter(each)).join(" ") };
}

/** One that has a value. */
export function isFilter(token: string): boolean {
  const found = filter.exec(token);
  return found !== null && found[0].length < token.length;
}

/** The filter that is being written at the end, perhaps without a value yet; null where it is none. */
export function openFilter(text: string): string | null {
  const last = text.match(part)?.at(-1) ?? "";
  return filter.test(last) && !/\s$/.test(text) ? last : null;
}

export function joinFilter(tokens: readonly string[], words: string): string {
  // A name without a value is one that is still being written.
  const rest = words.replace(new RegExp(`(^|\\s)-?(?:${filterWords.join("|")}):\\s*$`, "i"), "").trim();
  return [...tokens, ...(rest === "" ? [] : [rest])].join(" ");
}

/** `status` and `failed` of `status:failed`; of one that is turned around, `not status`. */
export function tokenParts(token: string): {
  readonly name: string;
  readonly value: string;
  readonly negated: boolean;
} {
  const at = token.indexOf(":");
  const negated = token.startsWith("-");
  return { name: token.slice(negated ? 1 : 0, at), value: token.slice(at + 1), negated };
}

/** Names that stand for many jobs or none: half of one is none. */
export interface KnownNames {
  readonly states: readonly string[];
  readonly queues: readonly string[];
}

/**
 * Whether a filter that is being written already means something: `status:fai` would find nothing, and `since:1` is no time. Words of an id, a function or
 * an error always do.
 */
export function meansSomething(token: string, { states, queues }: KnownNames): boolean {
  const { name, value } = tokenParts(token);
  const values = value.split(",").map((each) => each.replaceAll('"', "").toLowerCase());
  const known = (all: readonly string[]): boolean =>
    values.every((each) => each.includes("*") || all.some((one) => one.toLowerCase() === each));
  if (/^(?:status|state)$/i.test(name)) return known(states);
  if (/^(?:queue|q)$/i.test(name)) return known(queues);
  if (/^is$/i.test(name)) return known(["remembered", "any"]);
  if (/^(?:since|after|until|before)$/i.test(name))
    return /\d(?:ms|s|m|h|d|w)$|\d{4}-\d\d-\d\d(?:$|[T ]\d\d:\d\d)/i.test(value);
  if (/^(?:ran?|run|wait(?:ed)?)$/i.test(name)) return /\d(?:ms|s|m|h|d|w)$/i.test(value);
  return value !== "";
}

const times = { since: /^(?:since|after):/i, until: /^(?:until|before):/i } as const;

/** From when to when something happened to the jobs, as it is written; "" where nothing is. */
export interface TimeRange {
  readonly since: string;
  readonly until: string;
}

export function timeRangeOf(text: string): TimeRange {
  const { tokens } = splitFilter(text);
  const value = (which: RegExp): string => tokens.findLast((token) => which.test(token))?.replace(which, "") ?? "";
  return { since: value(times.since), until: value(times.until) };
}

/** The text with this range in the place of the one it had. */
export function withTimeRange(text: string, { since, until }: TimeRange): string {
  const { tokens, words } = splitFilter(text);
  const others = tokens.filter((token) => !times.since.test(token) && !times.until.test(token));
  const range = [...(since === "" ? [] : [`since:${since}`]), ...(until === "" ? [] : [`until:${until}`])];
  return joinFilter([...others, ...range], words);
}
