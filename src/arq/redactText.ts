import { carrierCall } from "./secretClasses";
import type { SecretNames } from "./secretNames";
import { mask, maskTokens } from "./secretTokens";

/**
 * Masks what looks secret in running text: what is known by its look (`maskTokens`), and the value of a secret name in whatever way they
 * stand together: `name=value`, `name: value`, `"name": [values]`, `("name", "value")`, `--name value`, `<name>value</name>`, and more.
 * Linear in the length of the text, and never a throw: a text that cannot be searched is masked whole.
 */
export function redactText(text: string, names: SecretNames): string {
  try {
    return redactLayout(redactPairs(maskTokens(text), names), names);
  } catch (error) {
    // V8 gives up on texts of many megabytes; they are not shown unread.
    if (error instanceof RangeError) return mask;
    throw error;
  }
}

/**
 * What separates a name from its value, with the name before it: one or two words, perhaps quoted. Separators are rarer than words, so it
 * looks back from them. The value is read separately, since it may hold a pair itself.
 */
const nameAndSeparator =
  /(?=[:=%]|[ \t][\\"'])(?<=(?:^|[^\w\u00c0-\u024f-])((?:[\w-]{1,40} )?[\w\u00c0-\u024f-]{1,200})(\\{0,16}["'])?(\]?[ \t]{0,4}))(=>|==|:=|[:=](?!=)|%3[dD]|[ \t](?=\\{0,16}["']))[ \t]{0,4}/g;
const quotedValue = /(?:[bBfFrRuU]{0,2})(\\{0,16})(["'])/y;
const plainValue = /[^\s,;&"'<>]+/y;
const digitGroups = /\d{3,6}(?:[ -]\d{2,6}){1,5}/y;
const schemeAndValue = /(?:Bearer|Basic|Token|ApiKey|Negotiate)[ \t]+[^\s,;"'()[\]{}<>]+/iy;
const restOfLine = /[^\r\n"']+/y;
const wholeLine = /[^\r\n]+/y;
const upToSemicolon = /[^;\r\n"']+/y;
const opening = /[[({]/y;
const calledClass = /[A-Za-z_][\w.]{0,200}(?=\()/y;
/** `password: str | None = "…"`: a type stands between. */
const annotation = /[A-Za-z_][\w.]{0,80}(?:\[[^\]\n]{0,100}\])?(?: \| [\w.]{1,80}){0,5} = /y;
/** Code is searched so far for the bracket that closes an argument. */
const codeLength = 400;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Puts the mask into every span that `find` returns for a match, and goes on behind it. */
function maskSpans(text: string, pattern: RegExp, find: (match: RegExpExecArray) => Span | null): string {
  const parts: string[] = [];
  let done = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const span = find(match);
    if (span === null || span.to <= span.from) continue;
    parts.push(text.slice(done, span.from), mask);
    done = span.to;
    pattern.lastIndex = span.to;
  }
  return done === 0 ? text : parts.join("") + text.slice(done);
}

function redactPairs(text: string, names: SecretNames): string {
  return maskSpans(text, nameAndSeparator, (match) => {
    const [whole, name = "", quoted = "", gap = "", separator = ""] = match;
    const named = match.index - gap.length - quoted.length - name.length;
    // Before a quote without `=` or `:` only the last word can be the name.
    const spaced = separator.trim() === "";
    if (separator === "==" || !isSecret(spaced ? lastWord(name) : name, text[named - 1] ?? "", names)) return null;
    const start = match.index + whole.length;
    const last = lastWord(name);
    if (names.counts(last) && /^\d+(?![\w.-])/.test(text.slice(start, start + 20))) return null;
    const inList = separator === "=" && /; ?$/.test(text.slice(Math.max(0, named - 2), named));
    const span = valueAt(text, start, last, { quoted: quoted !== "", inList, typed: separator === ":" });
    // `token = id_token` is code: what looks like a name of its own kind.
    const value = span === null ? "" : text.slice(span.from, Math.min(span.to, span.from + 100));
    return /^[a-z]+(?:_[a-z]+)+$/.test(value) && span?.from === start && names.has(value) ? null : span;
  });
}

/**
 * Both words together, or the last alone: the first may belong to the value before it. In the repr of a text a line break comes as two
 * characters, and its `n` sticks to the name.
 */
function isSecret(name: string, before: string, names: SecretNames): boolean {
  const last = lastWord(name);
  if (names.has(last) || (last !== name && before !== "=" && before !== ":" && names.has(name))) return true;
  return before === "\\" && /^[nrt]/.test(name) && names.has(name.slice(1));
}

function lastWord(name: string): string {
  return name.slice(name.lastIndexOf(" ") + 1);
}

interface Place {
  /** The name stands in quotes, as in data. */
  readonly quoted: boolean;
  /** Of a connection string, `…;Password=a b;…`. */
  readonly inList: boolean;
  /** A type may stand before the value. */
  readonly typed: boolean;
}

/** Where the value that starts here lies, quotes left out; null where there is none, or nothing secret in it. */
function valueAt(text: string, start: number, name: string, place: Place): Span | null {
  const { quoted, inList, typed } = place;
  const quote = at(quotedValue, text, start);
  if (quote !== null) {
    const from = start + quote[0].length;
    const to = closingQuote(text, from, quote[1] ?? "", quote[2] ?? '"');
    return to > from && text.slice(from, to) !== mask ? { from, to } : null;
  }
  if (/^(?:set-?)?cookie$|authorization$/i.test(name)) {
    const value = /^Digest\s/i.test(text.slice(start, start + 8))
      ? at(wholeLine, text, start)
      : (at(schemeAndValue, text, start) ?? at(restOfLine, text, start));
    return value === null ? null : { from: start, to: start + value[0].length };
  }
  if (at(opening, text, start) !== null) {
    if (quoted) return { from: start, to: closingBracket(text, start, text.length) ?? text.length };
    // Without a literal in it, it is code.
    const to = closingBracket(text, start, start + codeLength) ?? endOfLine(text, start);
    return hasLiteral(text, start, to) ? { from: start, to } : null;
  }
  const called = at(calledClass, text, start);
  if (called !== null) return argumentsAt(text, start + called[0].length);
  const type = typed ? at(annotation, text, start) : null;
  if (type !== null) return valueAt(text, start + type[0].length, name, { ...place, typed: false });
  if (inList) {
    const value = at(upToSemicolon, text, start);
    return value === null ? null : { from: start, to: start + value[0].length };
  }
  const plain = at(schemeAndValue, text, start) ?? at(digitGroups, text, start) ?? at(plainValue, text, start);
  if (plain === null) return null;
  const value = withoutLooseBrackets(plain[0]);
  return value === "" || isCode(value, name) ? null : { from: start, to: start + value.length };
}

/** What stands in the brackets that open here, where it holds a literal; `getenv("TOKEN")` names something and holds nothing. */
function argumentsAt(text: string, open: number): Span | null {
  const close = closingBracket(text, open, open + codeLength);
  const span = { from: open + 1, to: close === null ? endOfLine(text, open) : close - 1 };
  const called = /\w+$/.exec(text.slice(Math.max(0, open - 60), open))?.[0] ?? "";
  const names = /^["'][A-Za-z_][\w.-]{0,100}["']$/.test(
    text.slice(span.from, Math.min(span.to, span.from + 110)).trim(),
  );
  if (names && /^[a-z]/.test(called)) return null;
  return hasLiteral(text, span.from, span.to) ? span : null;
}

/** Quotes or a longer number, and not just the mask. What is too long for code is taken for one. */
function hasLiteral(text: string, from: number, to: number): boolean {
  if (to - from > codeLength) return true;
  const inside = text.slice(from, to);
  return /["']|\b\d{4}/.test(inside) && !/^\W{0,3}\*{8}\W{0,3}$/.test(inside);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

/** The matching quote; the end of the line where there is none, so that a text cut short is masked too. */
function closingQuote(text: string, from: number, escape: string, quote: string, limit = text.length): number {
  for (let index = from; index < limit; index += 1) {
    const character = text[index];
    if (character === "\n") return index;
    if (escape === "") {
      if (character === "\\") index += 1;
      else if (character === quote) return index;
    } else if (character === quote && text.startsWith(escape, index - escape.length)) {
      return index - escape.length;
    }
  }
  return limit;
}

/** Just behind the bracket that closes the one at `open`; null where none does before `limit`. Quoted texts count as one. */
function closingBracket(text: string, open: number, limit: number): number | null {
  const end = Math.min(limit, text.length);
  let depth = 0;
  for (let index = open; index < end; index += 1) {
    const character = text[index] ?? "";
    if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) {
      depth -= 1;
      if (depth === 0) return index + 1;
    } else if (character === '"' || character === "'") {
      const escape = /\\*$/.exec(text.slice(Math.max(0, index - 16), index))?.[0] ?? "";
      index = closingQuote(text, index + 1, escape, character, end) + escape.length;
    }
  }
  return null;
}

/** `f(password=abc)`: the bracket is not the password's. */
function withoutLooseBrackets(value: string): string {
  let depth = 0;
  for (let index = 0; index < Math.min(500, value.length); index += 1) {
    const character = value[index] ?? "";
    if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) depth -= 1;
    if (depth < 0) return value.slice(0, index);
  }
  return value;
}

/** Source code in a traceback: `password=password`, `token: str`, `secret=None`, `key=settings.api_key`, `token=%s`. */
function isCode(value: string, name: string): boolean {
  if (value === name || /^(?:None|True|False|null|true|false|str|bytes|int|float|bool|SecretStr|\*+)$/.test(value))
    return true;
  if (/^[A-Za-z_][\w.]*[[(]/.test(value) || /^(?:%[sdr]|%\(\w*\)s|\$\{?[A-Z_]+\}?|\{[\w.]*\})$/.test(value))
    return true;
  if (/^[a-z_]\w*(?:\.\w+)*\.[A-Z][a-z]\w*$/.test(value) || /^[:.…,*-]+$/.test(value)) return true;
  return /^(?:self|cls|settings|config|os|env|environ|request|kwargs|args|options|ctx)(?:\.[A-Za-z_]+)+$/.test(value);
}

const pairInBrackets =
  /\(\s{0,20}(?:[\w.]{1,100}\()?b?\\{0,16}["']([\w-]{1,100})\\{0,16}["']\)?,[ \t]*(?=b?\\{0,16}["'])/g;
const flag = /(?<![\w-])--?([A-Za-z][\w-]{1,60})(?:[ \t]+|\\{0,16}["'],[ \t]*(?=\\{0,16}["']))(?!-)/g;
const element = /<([A-Za-z][\w:.-]{0,100})(?:\s[^<>]{0,300})?>(?=[^<\s])/g;
const elementText = /[^<]+/y;
const record =
  /["'](?:name|key|field|header|variable)\\{0,16}["']:[ \t]*\\{0,16}["']([\w. -]{1,100})\\{0,16}["'],[ \t]*\\{0,16}["'](?:value|val|content)\\{0,16}["']:[ \t]*/g;
const printedCookie = /<(?:SimpleCookie|Morsel): (?=[^\s>])/g;
const cookieText = /[^>\n]+/y;
/** The repr of bytes in which a pickle or MessagePack holds a name: lengths and opcodes stand around it. */
const nameInBytes = /\\x[\da-f]{2}([A-Za-z_][\w-]{4,60})(?=\\x[\da-f]{2})/g;
const restOfQuoted = /[^"'\r\n]+/y;
/** Two lines of a pydantic error: the field, then what was wrong with its value. */
const blamed = /(?:^|\n|\\n)([\w.-]{1,200})(?:\n|\\n)(?:(?!\\n)[^\n]){0,2000}?\[type=\w{1,100}, input_value=/g;

/** Names and values that stand together by the layout of the text, not by `=` or `:`. */
function redactLayout(text: string, names: SecretNames): string {
  let out = text;
  const secret = (pattern: RegExp, find: (start: number, name: string) => Span | null): void => {
    out = maskSpans(out, pattern, (match) => {
      const name = match[1] ?? "";
      return names.has(name) ? find(match.index + match[0].length, name) : null;
    });
  };
  const value = (start: number, name: string): Span | null =>
    valueAt(out, start, name, { quoted: true, inList: false, typed: false });
  if (out.includes("(")) {
    secret(pairInBrackets, value);
    out = maskSpans(out, carrierCall, (match) => argumentsAt(out, match.index + match[0].length));
  }
  if (out.includes("-")) secret(flag, value);
  if (out.includes("\\x")) {
    out = maskSpans(out, nameInBytes, (match) => {
      const name = match[1] ?? "";
      const start = match.index + match[0].length;
      return names.has(name) || names.has(name.slice(1)) ? spanAt(restOfQuoted, out, start) : null;
    });
  }
  if (out.includes("<")) {
    out = maskSpans(out, printedCookie, (match) => spanAt(cookieText, out, match.index + match[0].length));
  }
  if (out.includes("</")) {
    secret(element, (start) => spanAt(elementText, out, start));
  }
  if (out.includes("value")) {
    secret(record, value);
    if (out.includes("input_value=")) {
      secret(blamed, (start) => {
        const end = /, input_type=|\n|$/g;
        end.lastIndex = start;
        return { from: start, to: end.exec(out)?.index ?? out.length };
      });
    }
  }
  return out;
}

function spanAt(pattern: RegExp, text: string, start: number): Span | null {
  const found = at(pattern, text, start);
  return found === null ? null : { from: start, to: start + found[0].length };
}

function at(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index;
  return pattern.exec(text);
}
