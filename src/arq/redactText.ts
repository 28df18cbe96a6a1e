import type { SecretNames } from "./secretNames";

export const mask = "********";

/** `://user:password@`, up to the last `@` of the authority: passwords may hold one. */
const userInfo = /:\/\/([^\s/?#"'<>]*)@/g;
const bearer = /\b(bearer)([ \t]+)([A-Za-z0-9._~+/=-]+)/gi;
const basic = /\b(Basic[ \t]+)([A-Za-z0-9+/]{8,}={0,2})/g;
const privateKey = /(-----BEGIN ([A-Z ]{0,40}PRIVATE KEY)-----)[\s\S]*?(-----END \2-----|$)/g;
/** Tokens that are known by their look: JSON Web Tokens, AWS, GitHub, GitLab, Slack, Stripe and OpenAI keys. */
const knownTokens =
  /\b(?:eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|xox[abeprs]-[\w-]{10,}|[sr]k_(?:live|test)_\w{10,}|sk-[\w-]{20,})/g;

/** Words after "Bearer" that are talk, not a token. */
const bearerTalk =
  /^(?:auth|authentication|authorization|token|tokens|scheme|realm|header|headers|format|is|was|not)\b/i;

/**
 * Masks what looks secret in running text: passwords in URLs, bearer tokens, private keys, well-known token formats, and the value
 * of `name=value`, `name: value` and `"name": "value"` where the name is secret. Linear in the length of the text.
 */
export function redactText(text: string, names: SecretNames): string {
  let out = text;
  if (out.includes("://")) out = out.replaceAll(userInfo, maskUserInfo);
  if (out.includes("PRIVATE KEY-----")) out = out.replaceAll(privateKey, `$1${mask}$3`);
  out = out.replaceAll(bearer, (whole, word: string, gap: string, token: string) =>
    isBearerToken(word, token) ? `${word}${gap}${mask}` : whole,
  );
  out = out.replaceAll(basic, (whole, start: string, code: string) =>
    /[A-Z]/.test(code) && /[a-z]/.test(code) && /[A-Z0-9=]/.test(code.slice(1)) ? start + mask : whole,
  );
  out = out.replaceAll(knownTokens, mask);
  return redactPairs(out, names);
}

function maskUserInfo(whole: string, info: string): string {
  const colon = info.indexOf(":");
  if (colon >= 0) return `://${info.slice(0, colon)}:${mask}@`;
  // A name alone is no secret (ssh://git@host), a long one is a token.
  return info.length >= 20 ? `://${mask}@` : whole;
}

function isBearerToken(word: string, token: string): boolean {
  if (bearerTalk.test(token)) return false;
  return /^[A-Z]/.test(word) || /\d/.test(token) || token.length >= 16;
}

/** A name, perhaps quoted, and what separates it from its value. The value is read separately, since it may hold a pair itself. */
const nameAndSeparator = /(?<![\w-])([\w-]{1,200})(\\{0,2}["'])?[ \t]{0,4}(=>|==|[:=](?!=))[ \t]{0,4}/g;
const quotedValue = /(?:[bBfFrRuU]{0,2})(\\{0,2})(["'])/y;
const plainValue = /[^\s,;&|()[\]{}"'<>]+/y;
const schemeAndValue = /(?:Bearer|Basic|Token|Digest|ApiKey|Negotiate)[ \t]+[^\s,;"'()[\]{}<>]+/iy;
const restOfLine = /[^\r\n"']+/y;

function redactPairs(text: string, names: SecretNames): string {
  const parts: string[] = [];
  let done = 0;
  nameAndSeparator.lastIndex = 0;
  for (let match = nameAndSeparator.exec(text); match !== null; match = nameAndSeparator.exec(text)) {
    const [whole, name = "", , separator] = match;
    // In the repr of a text a line break comes as two characters, and its `n` sticks to the name.
    const escaped = text[match.index - 1] === "\\" && /^[nrt]/.test(name);
    if (separator === "==" || !(names.has(name) || (escaped && names.has(name.slice(1))))) continue;
    const start = match.index + whole.length;
    const value = valueAt(text, start, name);
    if (value === null) continue;
    parts.push(text.slice(done, value.from), mask);
    done = value.to;
    nameAndSeparator.lastIndex = value.to;
  }
  parts.push(text.slice(done));
  return parts.join("");
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where the value that starts here lies, quotes left out; null where there is none, or nothing secret in it. */
function valueAt(text: string, start: number, name: string): Span | null {
  const quote = at(quotedValue, text, start);
  if (quote !== null) {
    const from = start + quote[0].length;
    const to = closingQuote(text, from, quote[1] ?? "", quote[2] ?? '"');
    return to > from ? { from, to } : null;
  }
  if (/^(?:set-?)?cookie$|authorization$/i.test(name)) {
    const scheme = at(schemeAndValue, text, start) ?? at(restOfLine, text, start);
    return scheme === null ? null : { from: start, to: start + scheme[0].length };
  }
  const plain = at(schemeAndValue, text, start) ?? at(plainValue, text, start);
  if (plain === null) return null;
  const to = start + plain[0].length;
  return isCode(plain[0], name, text[to] ?? "") ? null : { from: start, to };
}

/** The matching quote; the end of the line where there is none, so that a text cut short is masked too. */
function closingQuote(text: string, from: number, escape: string, quote: string): number {
  for (let index = from; index < text.length; index += 1) {
    const character = text[index];
    if (character === "\n") return index;
    if (escape === "") {
      if (character === "\\") index += 1;
      else if (character === quote) return index;
    } else if (character === quote && text.startsWith(escape, index - escape.length)) {
      return index - escape.length;
    }
  }
  return text.length;
}

/** Source code in a traceback: `password=password`, `token=get_token(…)`, `token: str`, `secret=None`, `key=settings.api_key`. */
function isCode(value: string, name: string, following: string): boolean {
  if (value === name || /^(?:None|True|False|null|true|false|str|bytes|int|float|bool|SecretStr|\*+)$/.test(value))
    return true;
  if (/^[A-Za-z_][\w.]*$/.test(value) && (following === "(" || following === "[")) return true;
  return /^(?:self|cls|settings|config|os|env|environ|request|kwargs|args|options|ctx)(?:\.[A-Za-z_]+)+$/.test(value);
}

function at(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index;
  return pattern.exec(text);
}
