/** Names of one word that say their value is secret. */
const secretWords = new Set(
  (
    "password passwords passwd pwd passphrase passcode secret secrets token tokens apikey apikeys authorization bearer cookie " +
    "cookies credential credentials jwt otp totp cvv cvc ssn privatekey secretkey accesskey creditcard cardnumber sessionid " +
    "mnemonic sessionkey authkey passwort kennwort contraseña senha"
  ).split(" "),
);

/** Names of two words, wherever they stand side by side. */
const secretPairs = new Set(
  (
    "api key|api keys|private key|secret key|access key|encryption key|decryption key|signing key|master key|session key|" +
    "auth key|account key|shared key|ssh key|rsa key|aes key|fernet key|hmac key|app key|consumer key|deploy key|license key|" +
    "recovery key|webhook key|session id|credit card|card number|pass phrase|pass word|connection string|pin code|security code|" +
    "account number|access code|auth code|verification code|recovery code|recovery codes|backup code|backup codes|" +
    "seed phrase|security answer|shared access|client assertion"
  ).split("|"),
);

/** Secret only as the whole name: as a part they mean too much else (`auth_method`, `pinned`). */
const secretAlone = new Set(["auth", "pin", "pass", "sid", "csrf", "xsrf", "dsn"]);

/** Run together in one lower-case word: `dbpassword`, `accesstoken`. */
const secretEnding = /(?:password|passwd|passphrase|secret|apikey|token|privatekey|secretkey)$/;

/** Words that make of it something about a secret: `max_tokens`, `token_type`, `password_expires`. */
const harmlessWords = new Set(
  (
    "count counter counts max min num total used limit limits type types expires expiry expired expiration ttl length usage budget " +
    "prompt completion input output cached reasoning policy strength required valid invalid"
  ).split(" "),
);

/** Names remembered: payloads repeat a few names many times. */
const remembered = 4000;

/** The words of a snake, kebab, dotted or camel name, lower case: `X-APIKey2` gives x, api, key, 2. */
export function wordsOf(name: string): string[] {
  return name
    .slice(0, 200)
    .replaceAll(/([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])|([A-Za-z])(\d)/g, "$1$3$5 $2$4$6")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** Tells by its name whether a value is secret. Own names match like the built-in ones: as whole words, in any style. */
export class SecretNames {
  private readonly own: readonly string[];
  private readonly known = new Map<string, boolean>();

  constructor(own: readonly string[] = []) {
    this.own = own.map((name) => wordsOf(name).join(" ")).filter((name) => name !== "");
  }

  has(name: string): boolean {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const answer = this.decide(name);
    if (this.known.size >= remembered) this.known.clear();
    if (name.length <= 200) this.known.set(name, answer);
    return answer;
  }

  /** Numbers under such a name are counts, as in `{'tokens': 512}`, and not secret. */
  counts(name: string): boolean {
    return /(?:^|[^a-z])tokens$/i.test(name);
  }

  private decide(name: string): boolean {
    const words = wordsOf(name);
    const spaced = ` ${words.join(" ")} `;
    if (this.own.some((own) => spaced.includes(` ${own} `) || words.join("") === own.replaceAll(" ", ""))) return true;
    if (words.some((word) => harmlessWords.has(word))) return false;
    const [only, second] = words;
    if (only !== undefined && second === undefined && secretAlone.has(only)) return true;
    return words.some(
      (word, index) =>
        secretWords.has(word) || secretEnding.test(word) || secretPairs.has(`${word} ${words[index + 1] ?? ""}`),
    );
  }
}
