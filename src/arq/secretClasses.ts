import type { PyGlobal } from "../python/value";
import { wordsOf } from "./secretNames";

/** What of an object is secret: everything it holds, or the positional arguments of these numbers. */
export type SecretParts = "everything" | readonly number[];

/** Classes that exist to carry a secret, by the last part of their name: pydantic, starlette, requests, botocore, google-auth, Azure … */
const carriers =
  "(?!(?:Invalid|Missing|Bad|Expired|No|Unknown|Wrong|Unauthorized)[A-Z])" +
  "(?:Secret(?:Str|Bytes|Field|Value|Text)?|Sensitive(?:Str|Value)?|[A-Za-z]*Credentials?|(?:Access|Refresh|Bearer|Api)Token|" +
  "(?:HTTP|Http)?(?:Basic|Digest|Bearer|Proxy|Token)Auth|Morsel|(?:Simple)?Cookie|RequestsCookieJar)";
const carrier = new RegExp(`(?:^|\\.)${carriers}$`);

/** Named tuples are pickled without the names of their fields; these are known to hold a secret, and where. */
const positional = new Map<string, readonly number[]>([
  ["sqlalchemy.engine.url.URL", [2]],
  ["aiohttp.helpers.BasicAuth", [1]],
  ["httpx._urlparse.ParseResult", [1]],
]);

/** Parts of URLs as urllib and yarl keep them: the second is `user:password@host`. */
const splitUrl = /^urllib\.parse\.(?:Split|Parse)Result(?:Bytes)?$/;

/**
 * `Class(…)` in text, where the class carries secrets; the brackets are left to the reader. Only what holds a quote is a literal
 * and not code.
 */
export const carrierCall = new RegExp(`(?<![\\w.])(?:\\w+\\.){0,20}(?:${carriers}|engine\\.url\\.URL)(?=\\()`, "g");

/** Tells by its class whether an object carries a secret. */
export class SecretClasses {
  private readonly own: readonly string[];

  /** `own`: dotted or last names, in any style. */
  constructor(own: readonly string[] = []) {
    this.own = own.map((name) => name.toLowerCase()).filter((name) => name !== "");
  }

  partsOf({ module, qualname }: PyGlobal): SecretParts | null {
    const name = `${module}.${qualname}`;
    const parts = positional.get(name);
    if (parts !== undefined) return parts;
    if (carrier.test(qualname)) return "everything";
    return this.own.length > 0 && this.isOwn(name, qualname) ? "everything" : null;
  }

  /** The same for a class as its name is printed. */
  carries(printed: string): boolean {
    const dot = printed.lastIndexOf(".");
    const type = {
      kind: "global",
      module: printed.slice(0, Math.max(0, dot)),
      qualname: printed.slice(dot + 1),
    } as const;
    return this.partsOf(type) !== null;
  }

  /** Whether its second argument is `user:password@host`. */
  isSplitUrl({ module, qualname }: PyGlobal): boolean {
    return splitUrl.test(`${module}.${qualname}`);
  }

  private isOwn(name: string, qualname: string): boolean {
    const dotted = `.${name.toLowerCase()}`;
    const last = wordsOf(qualname.slice(qualname.lastIndexOf(".") + 1)).join(" ");
    return this.own.some((own) => dotted.endsWith(`.${own}`) || wordsOf(own).join(" ") === last);
  }
}
