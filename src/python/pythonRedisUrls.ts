import { buildRedisUrl, type FoundRedisUrl, isLiteralRedisUrl } from "./redisUrlText";

/** A piece of Python source: a string literal with its value, or a run of anything else. White space and comments are gone. */
interface Piece {
  readonly kind: "string" | "word" | "sign";
  /** The value of a string; null where it is not a plain literal (f-string, bytes, escapes). */
  readonly text: string | null;
  readonly line: number;
}

/** `RedisSettings(…)` with literal arguments, and every string that is a whole Redis URL (`from_dsn`, settings, defaults). */
export function pythonRedisUrls(source: string): FoundRedisUrl[] {
  const pieces = readPieces(source);
  return [
    ...pieces.flatMap((_, at) => settingsAt(pieces, at) ?? []),
    ...pieces.flatMap((_, at) => urlAt(pieces, at) ?? []),
  ];
}

/** Every alternative consumes at least one character and strings their whole run, so reading is linear. */
const lexer =
  /(?<space>[ \t\r\f\\]+|#[^\n]*)|(?<newline>\n)|(?<prefix>[rRbBuUfFtT]{0,2})(?:"""(?<long>(?:[^"\\]|\\[^]?|"(?!""))*)(?:"""|$)|'''(?<long2>(?:[^'\\]|\\[^]?|'(?!''))*)(?:'''|$)|"(?<short>(?:[^"\\\n]|\\[^]?)*)(?:"|$|(?=\n))|'(?<short2>(?:[^'\\\n]|\\[^]?)*)(?:'|$|(?=\n)))|(?<word>[\p{L}\p{N}_]+)|(?<sign>[^])/uy;

function readPieces(source: string): Piece[] {
  const pieces: Piece[] = [];
  let line = 1;
  lexer.lastIndex = 0;
  for (let match = lexer.exec(source); match !== null && match[0] !== ""; match = lexer.exec(source)) {
    const { prefix, long, long2, short, short2, word, sign } = match.groups ?? {};
    const value = long ?? long2 ?? short ?? short2;
    if (value !== undefined) {
      const literal = /^[rRuU]?$/.test(prefix ?? "") && !value.includes("\\");
      pieces.push({ kind: "string", text: literal ? value : null, line });
    } else if (word !== undefined) pieces.push({ kind: "word", text: word, line });
    else if (sign !== undefined) pieces.push({ kind: "sign", text: sign, line });
    for (const character of match[0]) if (character === "\n") line++;
  }
  return pieces;
}

function urlAt(pieces: readonly Piece[], at: number): FoundRedisUrl | null {
  const piece = pieces[at];
  if (piece?.kind !== "string" || piece.text === null || !isLiteralRedisUrl(piece.text)) return null;
  // Neighbouring strings are one literal for Python, so this is only a part of one.
  if (pieces[at + 1]?.kind === "string" || pieces[at - 1]?.kind === "string") return null;
  return { url: piece.text, line: piece.line, label: labelOf(pieces, at) };
}

/** The call or the name that the string is for: `RedisSettings.from_dsn`, `REDIS_URL`. */
function labelOf(pieces: readonly Piece[], at: number): string {
  if (is(pieces[at - 1], "(") && is(pieces[at - 2], "from_dsn")) return "RedisSettings.from_dsn";
  for (let before = at - 1; before > at - 12 && before > 0; before--) {
    const name = pieces[before - 1];
    if (is(pieces[before], "=") && name?.kind === "word") {
      // `redis_url: str = "…"`: the name stands before the annotation.
      const annotated = is(pieces[before - 2], ":") ? pieces[before - 3] : undefined;
      return (annotated?.kind === "word" ? annotated.text : name.text) ?? "string";
    }
    if (pieces[before]?.line !== pieces[at]?.line) break;
  }
  return "string";
}

const positions = ["host", "port", "unix_socket_path", "database", "username", "password", "ssl"];

function settingsAt(pieces: readonly Piece[], at: number): FoundRedisUrl | null {
  const name = pieces[at];
  if (name === undefined || !is(name, "RedisSettings") || !is(pieces[at + 1], "(")) return null;
  if (is(pieces[at - 1], "class")) return null;
  const given = readArguments(pieces, at + 2);
  if (given === null) return null;
  // What is not a literal is unknown: only a password may be, because it can be asked for.
  const unknown = [...given].some(([key, value]) => value === null && positions.includes(key) && key !== "password");
  if (unknown || given.has("**") || (given.has("sentinel") && given.get("sentinel") !== "False")) return null;
  const text = (key: string): string | null => (given.get(key) === "None" ? null : (given.get(key) ?? null));
  const url = buildRedisUrl({
    host: text("host") ?? "localhost",
    port: text("port"),
    database: text("database"),
    username: text("username"),
    password: text("password"),
    tls: given.get("ssl") === "True",
    socket: text("unix_socket_path"),
  });
  return url === null ? null : { url, line: name.line, label: "RedisSettings" };
}

/** Arguments of a call by name, positional ones by position. A value that is not one literal is null. Null if it never closes. */
function readArguments(pieces: readonly Piece[], from: number): Map<string, string | null> | null {
  const given = new Map<string, string | null>();
  let position = 0;
  let start = from;
  let depth = 0;
  for (let at = from; at < Math.min(pieces.length, from + 400); at++) {
    const piece = pieces[at];
    if (piece?.kind !== "sign") continue;
    const closes = piece.text === ")" && depth === 0;
    if (closes || (piece.text === "," && depth === 0)) {
      if (at > start) {
        const named = pieces[start]?.kind === "word" && is(pieces[start + 1], "=") && !is(pieces[start + 2], "=");
        const key = named ? (pieces[start]?.text ?? "") : is(pieces[start], "*") ? "**" : (positions[position++] ?? "");
        given.set(key, literalOf(pieces.slice(named ? start + 2 : start, at)));
      }
      if (closes) return given;
      start = at + 1;
    } else if (/[([{]/.test(piece.text ?? "")) depth++;
    else if (/[)\]}]/.test(piece.text ?? "")) depth--;
  }
  return null;
}

/** A string, a number, True, False or None. */
function literalOf(value: readonly Piece[]): string | null {
  const [only, ...more] = value;
  if (only === undefined || more.length > 0) return null;
  if (only.kind === "string") return only.text;
  return only.kind === "word" && /^(?:\d+|True|False|None)$/.test(only.text ?? "") ? only.text : null;
}

function is(piece: Piece | undefined, text: string): boolean {
  return piece !== undefined && piece.kind !== "string" && piece.text === text;
}
