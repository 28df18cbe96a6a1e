export type TokenKind = "keyword" | "string" | "number" | "comment" | "call" | "builtin" | "operator" | "name";

/** A piece of a line. White space is part of `operator` tokens. */
export interface Token {
  readonly text: string;
  readonly kind: TokenKind;
}

const keywords = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global if " +
    "import in is lambda nonlocal not or pass raise return try while with yield"
  ).split(" "),
);

const builtins = new Set(
  (
    "abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict " +
    "dir divmod enumerate eval exec filter float format frozenset getattr globals hasattr hash help hex id input int " +
    "isinstance issubclass iter len list locals map max memoryview min next object oct open ord pow print property range " +
    "repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip"
  ).split(" "),
);

/** Every alternative begins differently or consumes its whole run, so matching is linear. */
const pattern = new RegExp(
  [
    String.raw`(?<comment>#.*)`,
    // Prefix and quotes; a string that does not end on this line runs to its end.
    String.raw`(?<string>\b[bBfFrRtTuU]{1,2}(?=["'])(?:"""|'''|["'])|"""|'''|["'])`,
    String.raw`(?<number>\b(?:0[xXoObB][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d[\d_]*)?[jJ]?)|\.\d[\d_]*(?:[eE][+-]?\d+)?[jJ]?)`,
    String.raw`(?<name>[\p{L}_][\p{L}\p{N}_]*)`,
    String.raw`(?<operator>[^\p{L}\p{N}_#"'.]+|\.|[^])`,
  ].join("|"),
  "uy",
);

/** Longer lines are generated or hostile; colour would not help. */
const maxLength = 5000;

/** Tokens of one line of Python, whose texts put together are the line. Knows no line before it. */
export function highlightPython(line: string): Token[] {
  if (line.length > maxLength) return [{ text: line, kind: "name" }];
  const tokens: Token[] = [];
  let at = 0;
  let afterDot = false;
  while (at < line.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    if (match === null) break;
    const groups = match.groups ?? {};
    const kind = kindOf(groups, line, pattern.lastIndex, afterDot, tokens);
    const end = groups["string"] === undefined ? pattern.lastIndex : stringEnd(line, pattern.lastIndex, match[0]);
    const text = line.slice(at, end);
    const last = tokens.at(-1);
    if (last?.kind === "operator" && kind === "operator") {
      tokens[tokens.length - 1] = { kind, text: last.text + text };
    } else {
      tokens.push({ text, kind });
    }
    afterDot = text === ".";
    at = end;
  }
  return tokens;
}

function kindOf(
  groups: Record<string, string | undefined>,
  line: string,
  end: number,
  afterDot: boolean,
  before: readonly Token[],
): TokenKind {
  const { name } = groups;
  if (name === undefined) {
    if (groups["comment"] !== undefined) return "comment";
    if (groups["string"] !== undefined) return "string";
    return groups["number"] === undefined ? "operator" : "number";
  }
  if (!afterDot && keywords.has(name)) return "keyword";
  if (!afterDot && builtins.has(name)) return "builtin";
  const previous = before.at(-2);
  const defined = previous?.kind === "keyword" && (previous.text === "def" || previous.text === "class");
  return defined || line[end] === "(" ? "call" : "name";
}

/** Where the string that was opened ends: behind its closing quotes, or at the end of the line. */
function stringEnd(line: string, from: number, opening: string): number {
  const quotes = opening.replace(/^[a-zA-Z]+/, "");
  for (let at = from; at < line.length; at++) {
    if (line[at] === "\\") at++;
    else if (line.startsWith(quotes, at)) return at + quotes.length;
  }
  return line.length;
}
