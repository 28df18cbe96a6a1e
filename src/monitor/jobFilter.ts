import { t } from "../python/l10n";

/**
 * The filter language as text and tokens: `status:failed,aborted -fn:send_* error:"no such" since:1h order`. Tokens stand
 * apart by spaces and all have to hold. A filter is `name:value`, several values by commas (any of them), `-` before it turns
 * it around, `*` stands for anything, and quotes keep spaces, commas and `*` as they are. Everything else is a word to be
 * found. What values mean is told by `filterConditions.ts`.
 */

export const filterNames = [
  "status",
  "queue",
  "fn",
  "error",
  "id",
  "worker",
  "try",
  "since",
  "until",
  "ran",
  "waited",
  "is",
  "arg",
  "result",
] as const;
export type FilterName = (typeof filterNames)[number];

/** Other words for the same filters. */
const aliases: Readonly<Record<string, FilterName>> = {
  state: "status",
  q: "queue",
  function: "fn",
  func: "fn",
  err: "error",
  tries: "try",
  before: "until",
  after: "since",
  run: "ran",
  wait: "waited",
  args: "arg",
};

/** Where something stands in the text: from, and up to but without. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface FilterValue extends Span {
  readonly text: string;
  /** `*` in it is a star. */
  readonly quoted: boolean;
}

export type FilterToken = Span & { readonly negated: boolean } & (
    | { readonly kind: "filter"; readonly name: FilterName; readonly values: readonly FilterValue[] }
    | { readonly kind: "word"; readonly value: FilterValue }
  );

/** Something written that means nothing, in words that tell what to write. */
export interface FilterNote extends Span {
  readonly text: string;
}

export interface ParsedFilter {
  readonly tokens: readonly FilterToken[];
  readonly notes: readonly FilterNote[];
}

/** More tell nothing more, and every one costs a pass over the jobs. */
const tokensAtMost = 30;
const quote = '"';
const begin = /(?<sign>-?)(?<name>[a-z]+):/iy;

/** Never fails: what is no filter is a word, and what seems to be meant otherwise is noted. */
export function parseFilter(text: string): ParsedFilter {
  const tokens: FilterToken[] = [];
  const notes: FilterNote[] = [];
  let at = skipSpace(text, 0);
  while (at < text.length) {
    if (tokens.length === tokensAtMost) {
      notes.push({
        from: at,
        to: text.length,
        text: t("Only the first {0} filters and words are looked at.", tokensAtMost),
      });
      break;
    }
    const token = filterAt(text, at, notes) ?? wordAt(text, at, notes);
    tokens.push(token);
    at = skipSpace(text, token.to);
  }
  return { tokens, notes };
}

/** The text that is read as these tokens. */
export function formatFilter(tokens: readonly FilterToken[]): string {
  return tokens
    .map((token) => {
      const sign = token.negated ? "-" : "";
      if (token.kind === "word") return sign + formatWord(token.value);
      return `${sign}${token.name}:${token.values.map(formatValue).join(",")}`;
    })
    .join(" ");
}

/** A value as it has to be written to be taken as it is. */
export function quoteValue(text: string): string {
  return /^[^\s,"*]+$/.test(text) ? text : quoted(text);
}

function formatValue(value: FilterValue): string {
  return value.quoted || /[\s,"]/.test(value.text) ? quoted(value.text) : value.text;
}

function formatWord(value: FilterValue): string {
  const { text } = value;
  // As it stands it would be a filter, the opposite, or several words.
  const plain = !value.quoted && !/[\s"]/.test(text) && !text.startsWith("-") && nameAt(text, 0) === null;
  return plain ? text : quoted(text);
}

function quoted(text: string): string {
  return quote + text.replaceAll(/["\\]/g, "\\$&") + quote;
}

function filterAt(text: string, from: number, notes: FilterNote[]): FilterToken | null {
  const found = nameAt(text, from);
  if (found === null) return null;
  const values: FilterValue[] = [];
  let at = found.to;
  for (;;) {
    const value = valueAt(text, at, /[\s,]/g, notes);
    // After a comma nothing may stand yet.
    if (value.quoted || value.text !== "") values.push(value);
    at = value.to;
    if (text[at] !== ",") break;
    at++;
  }
  return { kind: "filter", name: found.name, negated: found.negated, values, from, to: at };
}

function nameAt(text: string, from: number): { name: FilterName; negated: boolean; to: number } | null {
  begin.lastIndex = from;
  const groups = begin.exec(text)?.groups;
  const name = filterName(groups?.["name"] ?? "");
  return name === null ? null : { name, negated: groups?.["sign"] === "-", to: begin.lastIndex };
}

/** The filter of this name or of another word for it; null when there is none. */
export function filterName(written: string): FilterName | null {
  const name = written.toLowerCase();
  return filterNames.find((known) => known === name) ?? (Object.hasOwn(aliases, name) ? aliases[name]! : null);
}

function wordAt(text: string, from: number, notes: FilterNote[]): FilterToken {
  const negated = text[from] === "-" && /\S/.test(text[from + 1] ?? "");
  const value = valueAt(text, negated ? from + 1 : from, /\s/g, notes);
  begin.lastIndex = from;
  const unknown = begin.exec(text)?.groups?.["name"];
  if (unknown !== undefined) notes.push({ from, to: value.to, text: notAFilter(unknown, value.text) });
  return { kind: "word", negated, value, from, to: value.to };
}

function notAFilter(written: string, word: string): string {
  const near = nearestName(written.toLowerCase());
  const instead =
    near === null
      ? t("Filters are {0}.", filterNames.map((name) => `${name}:`).join(" "))
      : t("Write {0}: to filter by it.", near);
  return `${t('"{0}:" is no filter, so "{1}" is looked for as text.', cut(written), cut(word))} ${instead}`;
}

/** What may have been meant: one is the beginning of the other. */
function nearestName(written: string): FilterName | null {
  const names = [...filterNames.map((name) => [name, name] as const), ...Object.entries(aliases)];
  const near = names.find(([each]) => each.length > 1 && (each.startsWith(written) || written.startsWith(each)));
  return written.length < 2 ? null : (near?.[1] ?? null);
}

/** Reads up to where `end` matches outside of quotes. */
function valueAt(text: string, from: number, end: RegExp, notes: FilterNote[]): FilterValue {
  if (text[from] !== quote) {
    end.lastIndex = from;
    const to = end.exec(text)?.index ?? text.length;
    return { text: text.slice(from, to), quoted: false, from, to };
  }
  let inside = "";
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === quote) {
      // What sticks to the quote belongs to it.
      end.lastIndex = at + 1;
      const to = end.exec(text)?.index ?? text.length;
      return { text: inside + text.slice(at + 1, to), quoted: true, from, to };
    }
    if (text[at] === "\\" && at + 1 < text.length) at++;
    inside += text[at];
  }
  notes.push({
    from,
    to: text.length,
    text: t('The quote before "{0}" is not closed: write another {1} where it ends.', cut(inside), quote),
  });
  return { text: inside, quoted: true, from, to: text.length };
}

function skipSpace(text: string, from: number): number {
  const space = /\s*/y;
  space.lastIndex = from;
  space.exec(text);
  return space.lastIndex;
}

/** Notes quote what was typed, which may be long. */
export function cut(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
