/** A Redis address that was found written in a file. `url` may hold a password; `label` never does. */
export interface FoundRedisUrl {
  readonly url: string;
  /** From 1. */
  readonly line: number;
  /** Where it was found, for people: `REDIS_URL`, `service redis`, `RedisSettings`. */
  readonly label: string;
}

/** Longer values are no addresses. */
const maxLength = 2000;

/** The text is one whole Redis URL with a literal host: no variable, placeholder or format field in it. */
export function isLiteralRedisUrl(text: string): boolean {
  return text.length <= maxLength && /^(?:rediss?:\/\/|unix:\/\/\/)[^\s"'`<>{}$\\]*$/.test(text);
}

export interface UrlParts {
  readonly host: string;
  readonly port?: string | null;
  readonly database?: string | null;
  readonly username?: string | null;
  readonly password?: string | null;
  readonly tls?: boolean;
  readonly socket?: string | null;
}

/** Puts a URL together; user and password are percent-encoded. Null where a part is not what it should be. */
export function buildRedisUrl(parts: UrlParts): string | null {
  const { host, port = null, database = null, username = null, password = null, tls = false, socket = null } = parts;
  if (database !== null && !/^\d{1,5}$/.test(database)) return null;
  const user = encodeURIComponent(username ?? "");
  const secret = password === null || password === "" ? "" : `:${encodeURIComponent(password)}`;
  const login = user === "" && secret === "" ? "" : `${user}${secret}@`;
  if (socket !== null) {
    return socket.startsWith("/") ? `unix://${login}${socket}${database === null ? "" : `?db=${database}`}` : null;
  }
  if (!/^(?:[\w.-]{1,253}|\[[\da-fA-F:.]+\])$/.test(host)) return null;
  if (port !== null && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) return null;
  return `${tls ? "rediss" : "redis"}://${login}${host}:${port ?? "6379"}/${database ?? "0"}`;
}

/** Keeps the first of every address. */
export function withoutRepeats(found: readonly FoundRedisUrl[]): FoundRedisUrl[] {
  const seen = new Set<string>();
  return found.filter(({ url }) => !seen.has(url) && seen.add(url));
}
