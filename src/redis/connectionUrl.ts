import { t } from "../arq/l10n";
import type { ConnectionProblem } from "../monitor/ports";

/** Where and how to connect, as ARQ itself would (arq/connections.py `RedisSettings.from_dsn`). */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  /** Path of a Unix socket; then host and port are not used. */
  readonly path: string | null;
  /** Null: not encrypted. */
  readonly tls: TlsSettings | null;
  /** Who is asked for host and port before every attempt; null: nobody. */
  readonly sentinel: SentinelSettings | null;
  readonly db: number;
  readonly username: string | null;
  /** Exactly as written in the URL: ARQ does not percent-decode it. */
  readonly password: string | null;
  /** host:port/db, the socket path, or master@sentinel:port,…/db: what may be shown. Never holds user or password. */
  readonly address: string;
}

/** As redis-py's parameters `ssl_*`, which may stand in the query of the URL (ARQ itself ignores them there). Files are PEM. */
export interface TlsSettings {
  /** `ssl_ca_certs`: the authorities to trust; null: those that Node trusts. */
  readonly caFile: string | null;
  /** `ssl_certfile` and `ssl_keyfile`: how this client shows who it is. */
  readonly certFile: string | null;
  /** Null: the key stands in `certFile`, too. */
  readonly keyFile: string | null;
  /** Asked for in the handshake (SNI), and compared if names are; null: the host. */
  readonly serverName: string | null;
  /** False only for `ssl_cert_reqs=none`: any certificate will do. */
  readonly verify: boolean;
  /** `ssl_check_hostname`: the certificate must be for the server's name. ARQ's default is no. */
  readonly verifyHostname: boolean;
}

export interface SentinelSettings {
  /** In the order in which they are asked. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** What the sentinels call the master, ARQ's `sentinel_master`. */
  readonly master: string;
}

export type ParsedConnection = { ok: true; settings: ConnectionSettings } | { ok: false; problem: ConnectionProblem };

/**
 * Reads a Redis URL by ARQ's own rules, so that what works in `RedisSettings.from_dsn` works here:
 * schemes `redis`, `rediss`, `unix`; default host `localhost`, port 6379, database 0; `?db=n` beats the path;
 * user and password are taken as written (the connection tries the percent-decoded form only when the server refuses that one).
 * Kinder than ARQ in one point: `redis://host/` is database 0. Never throws; no text of the answer holds a secret.
 */
export function parseConnectionUrl(url: string): ParsedConnection {
  const parts = splitUrl(url);
  if (parts === null) {
    return bad(
      t("The Redis URL has no scheme."),
      t("Write it as redis://host:6379/0, rediss://… for TLS, or unix:///path."),
    );
  }
  const { scheme, authority, path, query } = parts;
  if (scheme !== "redis" && scheme !== "rediss" && scheme !== "unix") {
    return bad(
      t('ARQ knows no Redis URL that begins with "{0}:".', scheme),
      scheme.includes("sentinel")
        ? t('Sentinel has no URL in ARQ: name the sentinels in arq.connections, as "sentinels" and "sentinelMaster".')
        : t("Use redis://, rediss:// (TLS) or unix:// (socket)."),
    );
  }
  const { username, password, place: written } = splitAuthority(authority);
  const db = database(scheme, path, query.get("db") ?? null);
  if (db === null) {
    return bad(
      t("The database in the Redis URL is not a number."),
      t("Write it as redis://host:6379/0 or redis://host?db=0."),
    );
  }
  const shared = { db, username, password, sentinel: null };
  if (scheme === "unix") {
    if (path === "") return bad(t("The unix:// URL names no socket."), t("Write it as unix:///run/redis/redis.sock."));
    return { ok: true, settings: { ...shared, host: "localhost", port: 6379, path, tls: null, address: path } };
  }
  const place = splitHost(written, 6379);
  if (place === null) {
    return bad(t("The port in the Redis URL is not a number from 0 to 65535."), t("Write it as redis://host:6379/0."));
  }
  const { host, port } = place;
  const tls = scheme === "rediss" ? tlsSettings(query) : null;
  return {
    ok: true,
    settings: { ...shared, host, port, path: null, tls, address: `${hostAndPort(host, port)}/${db}` },
  };
}

/** `host:port` as it is written. */
export function hostAndPort(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function tlsSettings(query: ReadonlyMap<string, string>): TlsSettings {
  return {
    caFile: query.get("ssl_ca_certs") ?? null,
    certFile: query.get("ssl_certfile") ?? null,
    keyFile: query.get("ssl_keyfile") ?? null,
    serverName: null,
    verify: query.get("ssl_cert_reqs")?.toLowerCase() !== "none",
    verifyHostname: !/^(?:0|f|false|n|no)$/i.test(query.get("ssl_check_hostname") ?? "no"),
  };
}

/** Takes the password out of a URL, so that the rest may be stored and shown. Whatever else the URL holds stays as written. */
export function withoutPassword(url: string): { url: string; password: string | null } {
  const start = url.indexOf("://");
  if (start < 0) return { url, password: null };
  const end = authorityEnd(url, start + 3);
  const authority = url.slice(start + 3, end);
  const at = authority.lastIndexOf("@");
  const colon = authority.indexOf(":");
  if (at < 0 || colon < 0 || colon > at) return { url, password: null };
  const username = authority.slice(0, colon);
  const kept = (username === "" ? "" : `${username}@`) + authority.slice(at + 1);
  const password = authority.slice(colon + 1, at);
  return { url: url.slice(0, start + 3) + kept + url.slice(end), password: password === "" ? null : password };
}

/** As Python's `urlsplit`, which unlike the URL class keeps every character as written. */
function splitUrl(url: string): { scheme: string; authority: string; path: string; query: Map<string, string> } | null {
  // What Python drops: control characters and spaces before, tabs and line ends anywhere. A space behind is a slip, and ARQ would fail on it.
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(url.trimEnd().replace(/^[\0-\x20]+|[\t\r\n]/g, ""));
  if (match === null) return null;
  const scheme = match[1]!.toLowerCase();
  let rest = match[2]!;
  let authority = "";
  if (rest.startsWith("//")) {
    const end = authorityEnd(rest, 2);
    authority = rest.slice(2, end);
    rest = rest.slice(end);
  } else if (scheme !== "unix") {
    return null;
  }
  rest = rest.replace(/#.*$/s, "");
  const mark = rest.indexOf("?");
  const path = mark < 0 ? rest : rest.slice(0, mark);
  // Blank values do not count (`parse_qs`), and the first of several wins.
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(mark < 0 ? "" : rest.slice(mark + 1))) {
    if (value !== "" && !query.has(name)) query.set(name, value);
  }
  return { scheme, authority, path, query };
}

function authorityEnd(url: string, from: number): number {
  const length = url.slice(from).search(/[/?#]/);
  return length < 0 ? url.length : from + length;
}

function splitAuthority(authority: string): { username: string | null; password: string | null; place: string } {
  const at = authority.lastIndexOf("@");
  if (at < 0) return { username: null, password: null, place: authority };
  const user = authority.slice(0, at);
  const colon = user.indexOf(":");
  const username = colon < 0 ? user : user.slice(0, colon);
  const password = colon < 0 ? null : user.slice(colon + 1);
  return {
    username: username === "" ? null : username,
    password: password === "" ? null : password,
    place: authority.slice(at + 1),
  };
}

/** Reads `host[:port]`, an IPv6 address in brackets. Null when the port is no port. */
export function splitHost(text: string, defaultPort: number): { host: string; port: number } | null {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(text);
  if (match === null) return null;
  const host = (match[1] ?? match[2] ?? "").toLowerCase();
  const port = match[3] ?? "";
  if (!/^\d*$/.test(port) || Number(port) > 65_535) return null;
  // `conf.port or 6379`: port 0 is the default too.
  return { host: host === "" ? "localhost" : host, port: Number(port) || defaultPort };
}

/** Null when it is not a whole number from 0 up. */
function database(scheme: string, path: string, fromQuery: string | null): number | null {
  const text = fromQuery ?? (scheme === "unix" ? "" : path.replace(/^\/+/, ""));
  if (text === "") return 0;
  // As Python's int() takes it.
  return /^\s*\+?\d+(?:_\d+)*\s*$/.test(text) ? Number(text.replaceAll("_", "")) : null;
}

function bad(message: string, advice: string): ParsedConnection {
  return { ok: false, problem: { reason: "badUrl", message, advice } };
}
