/** Names of one word that say their value is secret. */
const secretWords = new Set(
  (
    "password passwords passwd pwd passphrase passcode secret secrets token tokens apikey apikeys authorization bearer cookie " +
    "cookies credential credentials jwt otp totp cvv cvc ssn privatekey secretkey accesskey creditcard cardnumber sessionid"
  ).split(" "),
);

/** Names of two words, wherever they stand side by side. */
const secretPairs = new Set(
  (
    "api key|api keys|private key|secret key|access key|encryption key|signing key|master key|session key|session id|" +
    "credit card|card number|pass phrase|pass word|connection string|pin code|security code|account number"
  ).split("|"),
);

/** Secret only as the whole name: as a part they mean too much else (`auth_method`, `pinned`). */
const secretAlone = new Set(["auth", "pin", "pass", "sid", "csrf", "xsrf", "dsn"]);

/** Run together in one lower-case word: `dbpassword`, `accesstoken`. */
const secretEnding = /(?:password|passwd|passphrase|secret|apikey|token|privatekey|secretkey)$/;

/** Words that make of it something about a secret: `max_tokens`, `token_type`, `password_expires`. */
const harmlessWords = new Set(
  "count max min num total used limit type expires expiry ttl length usage budget".split(" "),
);

/** The words of a snake, kebab, dotted or camel name, lower case: `X-APIKey2` gives x, api, key, 2. */
function wordsOf(name: string): string[] {
  return name
    .slice(0, 200)
    .replaceAll(/([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])|([A-Za-z])(\d)/g, "$1$3$5 $2$4$6")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** Tells by its name whether a value is secret. Own `keys` match like the built-in names: as whole words, in any style. */
export class SecretNames {
  private readonly own: readonly string[];

  constructor(keys: readonly string[] = []) {
    this.own = keys.map((key) => wordsOf(key).join(" ")).filter((key) => key !== "");
  }

  has(name: string): boolean {
    const words = wordsOf(name);
    const spaced = ` ${words.join(" ")} `;
    if (this.own.some((key) => spaced.includes(` ${key} `) || words.join("") === key.replaceAll(" ", ""))) return true;
    if (words.some((word) => harmlessWords.has(word))) return false;
    const [only, second] = words;
    if (only !== undefined && second === undefined && secretAlone.has(only)) return true;
    return words.some(
      (word, index) =>
        secretWords.has(word) || secretEnding.test(word) || secretPairs.has(`${word} ${words[index + 1] ?? ""}`),
    );
  }
}
