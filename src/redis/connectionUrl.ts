import type { ConnectionProblem } from "../monitor/ports";

/** Where and how to connect, as ARQ itself would (arq/connections.py `RedisSettings.from_dsn`). */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  /** Path of a Unix socket; then host and port are not used. */
  readonly path: string | null;
  readonly tls: boolean;
  readonly db: number;
  readonly username: string | null;
  /** Exactly as written in the URL: ARQ does not percent-decode it. */
  readonly password: string | null;
  /** PEM file of the authorities to trust (`?ssl_ca_certs=`, as redis-py calls it; ARQ itself ignores it in a URL). */
  readonly caFile: string | null;
  /** host:port/db or the socket path: what may be shown. Never holds user or password. */
  readonly address: string;
}

type Parsed = { ok: true; settings: ConnectionSettings } | { ok: false; problem: ConnectionProblem };

/**
 * Reads a Redis URL by ARQ's own rules, so that what works in `RedisSettings.from_dsn` works here:
 * schemes `redis`, `rediss`, `unix`; default host `localhost`, port 6379, database 0; `?db=n` beats the path;
 * user and password are taken as written (the connection tries the percent-decoded form only when the server refuses that one).
 * Kinder than ARQ in one point: `redis://host/` is database 0. Never throws; no text of the answer holds a secret.
 */
export function parseConnectionUrl(url: string): Parsed {
  const parts = splitUrl(url);
  if (parts === null) {
    return bad("The Redis URL has no scheme.", "Write it as redis://host:6379/0, rediss://… for TLS, or unix:///path.");
  }
  const { scheme, authority, path, query } = parts;
  if (scheme !== "redis" && scheme !== "rediss" && scheme !== "unix") {
    return bad(
      `ARQ knows no Redis URL that begins with "${scheme}:".`,
      scheme.includes("sentinel")
        ? "Sentinel has no URL in ARQ: give the address of the current master as redis://host:port/db."
        : "Use redis://, rediss:// (TLS) or unix:// (socket).",
    );
  }
  const { username, password, hostAndPort } = splitAuthority(authority);
  const db = database(scheme, path, query.get("db") ?? null);
  if (db === null) {
    return bad(
      "The database in the Redis URL is not a number.",
      "Write it as redis://host:6379/0 or redis://host?db=0.",
    );
  }
  const shared = { db, username, password, caFile: query.get("ssl_ca_certs") ?? null };
  if (scheme === "unix") {
    if (path === "") return bad("The unix:// URL names no socket.", "Write it as unix:///run/redis/redis.sock.");
    return { ok: true, settings: { ...shared, host: "localhost", port: 6379, path, tls: false, address: path } };
  }
  const place = splitHost(hostAndPort);
  if (place === null) {
    return bad("The port in the Redis URL is not a number from 0 to 65535.", "Write it as redis://host:6379/0.");
  }
  const { host, port } = place;
  const shown = host.includes(":") ? `[${host}]` : host;
  const address = `${shown}:${port}/${db}`;
  return { ok: true, settings: { ...shared, host, port, path: null, tls: scheme === "rediss", address } };
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
  const match = /^\s*([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(url.trim());
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

function splitAuthority(authority: string): { username: string | null; password: string | null; hostAndPort: string } {
  const at = authority.lastIndexOf("@");
  if (at < 0) return { username: null, password: null, hostAndPort: authority };
  const user = authority.slice(0, at);
  const colon = user.indexOf(":");
  const username = colon < 0 ? user : user.slice(0, colon);
  const password = colon < 0 ? null : user.slice(colon + 1);
  return {
    username: username === "" ? null : username,
    password: password === "" ? null : password,
    hostAndPort: authority.slice(at + 1),
  };
}

function splitHost(hostAndPort: string): { host: string; port: number } | null {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(hostAndPort);
  if (match === null) return null;
  const host = (match[1] ?? match[2] ?? "").toLowerCase();
  const text = match[3] ?? "";
  if (!/^\d*$/.test(text) || Number(text) > 65_535) return null;
  // `conf.port or 6379`: port 0 is the default too.
  return { host: host === "" ? "localhost" : host, port: Number(text) || 6379 };
}

/** Null when it is not a whole number from 0 up. */
function database(scheme: string, path: string, fromQuery: string | null): number | null {
  const text = fromQuery ?? (scheme === "unix" ? "" : path.replace(/^\/+/, ""));
  if (text === "") return 0;
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function bad(message: string, advice: string): Parsed {
  return { ok: false, problem: { reason: "badUrl", message, advice } };
}
