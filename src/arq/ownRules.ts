import { mask } from "./secretTokens";

/** The entries of the setting `arq.redact`, sorted out. */
export interface OwnRules {
  /** Names of values and classes. */
  readonly names: readonly string[];
  /** One sentence for each entry that is not used, naming it. */
  readonly problems: readonly string[];
  /** Masks every word of a text that looks like one of the entries with `*`. Linear: these are no regular expressions. */
  readonly maskWords: (text: string) => string;
}

const longestEntry = 200;
/** A word of text, as far as a secret may reach. Longer ones are looked at piece by piece. */
const word = /[^\s"'`<>()[\]{},;=]{1,4096}/g;

/** Reads the entries. One that is wrong costs only itself. */
export function readOwnRules(entries: readonly string[]): OwnRules {
  const names: string[] = [];
  const looks: (readonly string[])[] = [];
  const problems: string[] = [];
  for (const written of entries) {
    const entry = written.trim();
    const problem = problemOf(entry);
    if (problem !== null) problems.push(`arq.redact: "${written.slice(0, 60)}" is not used: ${problem}`);
    else if (entry.includes("*")) looks.push(entry.toLowerCase().split(/\*+/));
    else names.push(entry);
  }
  const maskWords = (text: string): string =>
    looks.length === 0
      ? text
      : text.replaceAll(word, (each) => (looks.some((look) => matches(each.toLowerCase(), look)) ? mask : each));
  return { names, problems, maskWords };
}

function problemOf(entry: string): string | null {
  if (entry === "") return "it is empty.";
  if (entry.length > longestEntry) return `it is longer than ${longestEntry} characters.`;
  if (/^\/.*\/[a-z]*$/.test(entry)) {
    return "regular expressions are not taken, because one can block the editor. Write a name, or the look of a secret with *, as in acme_live_*.";
  }
  if (entry.includes("*") && entry.replaceAll(/[*\W_]/g, "").length < 3) {
    return "besides * it needs three letters or digits, or it would hide everything.";
  }
  return /[\p{L}\p{N}]/u.test(entry) ? null : "it holds neither a letter nor a digit.";
}

/** Whether the text is these parts in this order, with anything between them. Each part is taken where it comes first. */
function matches(text: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= text.length - last.length;
}
