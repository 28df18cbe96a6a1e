/** Stands in text where a secret was. */
export const mask = "********";

/**
 * Secrets that are known by their look. Every repetition is bounded or can only begin where no such run goes on, so that no text makes
 * the search slower than linear.
 */
const withHyphens =
  "eyJ[\\w-]{8,}\\.[\\w-]{8,}\\.[\\w-]*|" + // JSON Web Tokens
  "sk-[\\w-]{20,}|xox[abeprs]-[\\w-]{10,}|xapp-[\\w-]{10,}|glpat-[\\w-]{20,}|ya29\\.[\\w-]{20,}|" + // OpenAI, Slack, GitLab, Google
  "AIza[\\w-]{35}|SG\\.[\\w-]{16,}\\.[\\w-]{16,}|pypi-[\\w-]{16,}|sq0(?:atp|csp|idp)-[\\w-]{22,}|" + // Google, SendGrid, PyPI, Square
  "key-[0-9a-f]{32}|AGE-SECRET-KEY-1[0-9A-Z]{50,}|hv[sb]\\.[\\w-]{20,}"; // Mailgun, age, Vault
const plain =
  "(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}|gh[pousr]_\\w{20,255}|github_pat_\\w{20,255}|[sr]k_(?:live|test)_\\w{10,255}|" + // AWS, GitHub, Stripe
  "whsec_[\\w+/=]{16,255}|npm_\\w{36}|hf_\\w{20,255}|do[opr]_v1_[0-9a-f]{64}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}|" + // Stripe, npm, Hugging Face …
  "SK[0-9a-f]{32}|lin_api_\\w{32,255}|dapi[0-9a-f]{32}|dckr_pat_[\\w-]{20,255}"; // Twilio, Linear, Databricks, Docker
const knownTokens = new RegExp(`(?<![\\w-])(?:${withHyphens})|(?<![A-Za-z0-9])(?:${plain})`, "g");
/** Passwords as they are stored: bcrypt, argon2, scrypt, and Django's. */
const hashes = /\$2[abxy]\$\d\d\$[./\w]{53}|(?:\$argon2(?:id?|d)|\$scrypt|pbkdf2_sha\d{1,3})\$[\w$,=+./-]{20,500}/g;
/** Addresses that let in whoever knows them. */
const webhooks =
  /((?:hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/\d{1,20}|\/bot(?=\d{6,12}:[\w-]{30}))\/?)[\w:/-]{20,255}/g;
const signature = /([?&;](?:sig|signature|x-amz-signature|x-goog-signature|hmac)=)[^&\s"'<>#]+/gi;
const keyBegins = "-----BEGIN ";
/** A PEM body: base64, its line ends (also as escapes) and headers. One that is cut off ends with the text that can be a key. */
const privateKey =
  /(-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----)(?!\*{8})[\w+/=\s\\:,.()-]*?(-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|(?=[^\w+/=\s\\:,.()-])|$)/g;

/** `://user:password@`, up to the last `@` of the authority: passwords may hold one. Slashes may be escaped, as in some JSON. */
const userInfo = /(:\\{0,2}\/\\{0,2}\/)([^\s/?#"'<>\\]*)@/g;
/** The same where the password holds what ends an authority: what follows the colon is then no port. */
const oddUserInfo = /(:\/\/[^\s:/?#"'<>@[]{0,100}:)([^\s"'<>]{1,200})@/g;
const encodedUserInfo = /(%3a%2f%2f[^\s/"'&%]{0,200}%3a)([^\s/"'&]{1,300}?)(%40)/gi;
/** A URL cut off within its password. */
const cutUserInfo = /(:\/\/[^\s:/?#"'<>@[]{0,200}:)([^\s/?#"'<>@]{1,300})(?=$|…)/g;
/** A whole text, or a quoted one, `user:password@host:port`, as drivers keep it beside the scheme. */
const bareUserInfo =
  /(?<=^|["'])((?!mailto:|sips?:|acct:|xmpp:|tel:|im:)[^\s:/@'"]{1,100}:)((?!\\{0,2}\/)[^\s@'"]{1,200})(?=@[\w.-]{1,253}(?::\d{1,5})?(?:$|["'/]))/g;

/** Redis repeats the arguments of a command that it does not know, AUTH among them. */
const repeatedArguments = /(with args beginning with:).*/g;
const scheme = /\b(?:bearer|basic)[ \t]/i;
const bearer = /\b(bearer)([ \t]{1,20})([A-Za-z0-9._~+/=-]+)/gi;
const basic = /\b(basic[ \t]{1,20})([A-Za-z0-9+/]{4,2000}={0,2})/gi;
/** Words after "Bearer" that are talk, not a token. */
const bearerTalk =
  /^(?:auth|authentication|authorization|token|tokens|scheme|realm|header|headers|format|is|was|not)\b/i;

/** Masks the secrets in a text that are known by their look, whatever they are called. */
export function maskTokens(text: string): string {
  let out = text;
  if (out.includes("/")) {
    if (out.includes("@")) {
      out = out.replaceAll(userInfo, maskUserInfo);
      out = out.replaceAll(oddUserInfo, (whole, start: string, password: string) =>
        /^(?:\d{1,5}(?:[/?#]|$)|\*{8})/.test(password) ? whole : `${start}${mask}@`,
      );
    }
    if (out.includes("://"))
      out = out.replaceAll(cutUserInfo, (whole, start: string, rest: string) =>
        /^(?:\d{1,5}\W*|[{<$%]?\w*port\W*|\*{8}.*)$/i.test(rest) ? whole : `${start}${mask}`,
      );
    if (/hook|\/bot/.test(out)) out = out.replaceAll(webhooks, `$1${mask}`);
  }
  if (out.includes("@")) out = out.replaceAll(bareUserInfo, `$1${mask}`);
  if (out.includes("args beginning with")) out = out.replaceAll(repeatedArguments, `$1 ${mask}`);
  if (out.includes("%")) out = out.replaceAll(encodedUserInfo, `$1${mask}$3`);
  if (out.includes(keyBegins)) out = out.replaceAll(privateKey, `$1${mask}$2`);
  if (scheme.test(out)) {
    out = out.replaceAll(bearer, (whole, word: string, gap: string, token: string) =>
      isBearerToken(word, token) ? `${word}${gap}${mask}` : whole,
    );
    out = out.replaceAll(basic, (whole, start: string, code: string) => (isLogin(code) ? start + mask : whole));
  }
  if (out.includes("$")) out = out.replaceAll(hashes, mask);
  if (out.includes("=")) out = out.replaceAll(signature, `$1${mask}`);
  return out.replaceAll(knownTokens, mask);
}

function maskUserInfo(whole: string, start: string, info: string): string {
  const colon = info.indexOf(":");
  if (colon >= 0) return `${start}${info.slice(0, colon)}:${mask}@`;
  // A name alone is no secret (ssh://git@host), a long one is a token.
  return info.length >= 20 ? `${start}${mask}@` : whole;
}

function isBearerToken(word: string, token: string): boolean {
  if (bearerTalk.test(token)) return false;
  return /^[A-Z]/.test(word) || /\d/.test(token) || token.length >= 16;
}

/** `Basic` stands before base64 of `user:password`, and in many an English sentence. */
function isLogin(code: string): boolean {
  if (code.length % 4 === 1) return false;
  try {
    return /^[^\p{Cc}]*:[^\p{Cc}]*$/u.test(atob(code.replaceAll("=", "")));
  } catch {
    return false;
  }
}
