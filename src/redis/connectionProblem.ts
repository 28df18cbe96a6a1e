import { t } from "../arq/l10n";
import type { ConnectionProblem } from "../monitor/ports";
import { ConnectError } from "./connectError";
import type { ConnectionSettings } from "./connectionUrl";
import { withoutPassword } from "./door";

type Settings = Pick<ConnectionSettings, "address" | "tls" | "db" | "username" | "password" | "host">;
type Reason = ConnectionProblem["reason"];

/**
 * Says in plain words why a connection failed and what to try. Takes whatever was thrown; quotes nothing that could hold a secret
 * except the text of an error, without the password we sent: a server that does not know AUTH repeats its arguments.
 */
export function connectionProblem(error: unknown, settings: Settings): ConnectionProblem {
  const at = settings.address;
  const problem = (reason: Reason, message: string, advice: string): ConnectionProblem => ({ reason, message, advice });
  const failure = error instanceof ConnectError ? error : null;
  const cause = failure === null ? error : failure.cause;
  const code = codeOf(cause);
  const text = cause instanceof Error ? quotable(cause.message, settings.password) : "";

  if (failure?.phase === "preparing") return fileProblem(cause, code, text);
  if (failure?.phase === "asking") return sentinelProblem(text, settings);
  if (failure !== null && failure.firstBytes !== null) return notTheProtocol(failure.firstBytes, settings);
  const replied = text === "" ? null : fromReply(text, settings);
  if (replied !== null) return replied;

  switch (code) {
    case "ECONNREFUSED":
      return problem(
        "refused",
        t("Nothing listens at {0}.", at),
        t("Start Redis there, or correct host and port in the URL."),
      );
    case "ENOENT":
      return problem("refused", t("There is no socket {0}.", at), t("Start Redis, or correct the path in the URL."));
    case "EACCES":
    case "EPERM":
      return problem("noPermission", t("This user may not open {0}.", at), t("Give this user access to the socket."));
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_FAIL":
      return problem(
        "hostUnknown",
        t("The name {0} is not known here.", settings.host),
        t(
          "Check the host in the URL. Names of Docker Compose services are known only inside their network: use localhost and the published port.",
        ),
      );
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return problem(
        "timeout",
        t("There is no way to {0} from here.", at),
        t("Check the network, the VPN and the host in the URL."),
      );
    default:
  }
  // With TLS 1.3 a server judges the client's certificate only after the client thinks that all is well.
  if (failure?.phase === "securing" || code.startsWith("ERR_SSL_")) return tlsProblem(failure, code, text, settings);
  if (failure?.timedOut === true || code === "ETIMEDOUT") {
    return failure?.phase === "established"
      ? problem(
          "lost",
          t("Redis at {0} stopped answering.", at),
          t("It is tried again by itself. Check the server and the network."),
        )
      : problem(
          "timeout",
          t("{0} did not answer in time.", at),
          t("Check host, port and firewall. If the server speaks TLS only, use rediss://."),
        );
  }
  if (failure?.phase === "greeting") {
    return problem(
      "tlsExpected",
      t("{0} closed the connection before it answered, as servers do that speak only TLS.", at),
      settings.tls
        ? t("Check that this is Redis and that it lets this machine in.")
        : t("Try rediss:// instead of redis://, and check that the server lets this machine in."),
    );
  }
  if (failure?.phase === "established" || code === "ECONNRESET" || code === "EPIPE") {
    return problem(
      "lost",
      t("The connection to {0} was lost.", at),
      t("It is tried again by itself. Check the server and the network."),
    );
  }
  return problem(
    "other",
    text === "" ? t("Connecting to {0} failed.", at) : t("Connecting to {0} failed: {1}.", at, oneLine(text)),
    t("See the ARQ Monitor log for what was tried."),
  );
}

/** What an error reply of Redis means; null when the text is none that is known. */
function fromReply(text: string, settings: Settings): ConnectionProblem | null {
  const at = settings.address;
  const rules: readonly [RegExp, Reason, string, string][] = [
    [
      /^NOAUTH|Authentication required/i,
      "passwordNeeded",
      t("Redis at {0} wants a password.", at),
      t("Set it with “ARQ: Set Redis Password”."),
    ],
    [
      /^WRONGPASS|invalid password|invalid username-password/i,
      "passwordWrong",
      settings.password === null
        ? t("Redis at {0} does not let the user in without a password.", at)
        : settings.username === null
          ? t("Redis at {0} refused the password.", at)
          : t("Redis at {0} refused the user or the password.", at),
      t(
        "Set the right one with “ARQ: Set Redis Password”. A password in the URL counts as written, without percent-decoding, as ARQ does.",
      ),
    ],
    [
      /^NOPERM/i,
      "noPermission",
      t("Redis at {0} refuses this user the commands needed to read.", at),
      t("Allow the user at least SCAN, GET and ZRANGE on the keys of ARQ; README lists the whole set."),
    ],
    [
      /DB index is out of range|invalid DB index|SELECT is not allowed/i,
      "badDatabase",
      t("Redis at {0} has no database {1}.", at, settings.db),
      t("Correct the number at the end of the URL; most servers have 0 to 15, some only 0."),
    ],
    [
      /^LOADING/i,
      "loading",
      t("Redis at {0} is still loading its data.", at),
      t("It is tried again by itself until it is ready."),
    ],
    [
      /^DENIED|protected mode/i,
      "refused",
      t("Redis at {0} is in protected mode and lets in only its own machine.", at),
      t("Set a password on the server, or connect from its own machine (an SSH tunnel will do)."),
    ],
    [
      /max number of clients/i,
      "refused",
      t("Redis at {0} takes no more connections.", at),
      t("Raise maxclients there, or close clients."),
    ],
    [
      /^(MOVED|ASK|CROSSSLOT|CLUSTERDOWN|redis_mode:cluster)\b/,
      "other",
      t("{0} is part of a Redis Cluster, which ARQ does not support.", at),
      t("Give the address of the Redis that ARQ itself uses."),
    ],
    [
      /^redis_mode:sentinel/,
      "notRedis",
      t("{0} is a sentinel, which holds no jobs.", at),
      t('Name it under "sentinels" of the connection, together with "sentinelMaster".'),
    ],
    [
      /^role:slave/,
      "loading",
      t("The sentinels name {0} as the master, but it is a replica: a failover goes on.", at),
      t("It is tried again by itself until the sentinels have settled it."),
    ],
    [
      /^MASTERDOWN/,
      "loading",
      t("{0} is a replica that has lost its master.", at),
      t("It is tried again by itself. Give the address of the master if this stays."),
    ],
    [
      /^ERR unknown command .{0,3}AUTH\b/i,
      "other",
      t("Redis at {0} does not know the command AUTH, so it cannot be signed in to.", at),
      t("Leave the password out, or ask who runs the server what it wants instead."),
    ],
    [
      /wrong number of arguments for 'auth'/i,
      "passwordWrong",
      t("Redis at {0} knows no user names (it is older than 6).", at),
      t("Leave the user out of the URL."),
    ],
  ];
  for (const [pattern, reason, message, advice] of rules) if (pattern.test(text)) return { reason, message, advice };
  return null;
}

function notTheProtocol(bytes: Buffer, settings: Settings): ConnectionProblem {
  // 0x15 0x03 is the alert record with which a TLS server answers plain text.
  if (bytes[0] === 0x15 && bytes[1] === 0x03) {
    return {
      reason: "tlsExpected",
      message: t("{0} speaks TLS, the URL does not.", settings.address),
      advice: t("Use rediss:// instead of redis://."),
    };
  }
  const http = bytes.toString("latin1").startsWith("HTTP/");
  return {
    reason: "notRedis",
    message: http
      ? t("{0} is not Redis, but a web server.", settings.address)
      : t("{0} is not Redis.", settings.address),
    advice: t("Correct host and port in the URL; Redis usually listens on 6379."),
  };
}

/** What kept the sentinels from telling where the master is. */
function sentinelProblem(text: string, settings: Settings): ConnectionProblem {
  const at = settings.address;
  if (text.startsWith("no master called")) {
    return {
      reason: "other",
      message: t("The sentinels of {0} know {1}.", at, oneLine(text)),
      advice: t('Set "sentinelMaster" of the connection to the name in their configuration, often "mymaster".'),
    };
  }
  if (/^(NOAUTH|WRONGPASS)/.test(text)) {
    return {
      reason: "passwordNeeded",
      message: t("The sentinels of {0} want a password, and that of the connection is not theirs.", at),
      advice: t("ARQ itself gives sentinels none: let this machine ask them without, or with the password of Redis."),
    };
  }
  return {
    reason: "refused",
    message:
      text === "" ? t("No sentinel of {0} answers.", at) : t("No sentinel of {0} answers: {1}.", at, oneLine(text)),
    advice: t('Check "sentinels" of the connection, and that they run; they usually listen on 26379.'),
  };
}

/** Files of certificates and keys. Their paths stand in the settings, so they may be named. */
function fileProblem(cause: unknown, code: string, text: string): ConnectionProblem {
  const advice = t('Correct "tls" of this connection in arq.connections, or the parameters ssl_… of its URL.');
  const tls = (message: string): ConnectionProblem => ({ reason: "tlsFailed", message, advice });
  const path = typeof cause === "object" && cause !== null && "path" in cause ? String(cause.path) : null;
  if (path !== null) {
    return tls(
      code === "ENOENT" ? t("There is no file {0}.", path) : t("The file {0} cannot be read ({1}).", path, code),
    );
  }
  if (/VALUES_MISMATCH/.test(code)) return tls(t("The client's key does not belong to its certificate."));
  if (/MISSING_PASSPHRASE|bad.decrypt|interrupted.or.cancelled/i.test(`${code} ${text}`)) {
    return {
      reason: "tlsFailed",
      message: t("The client's key is locked with a passphrase."),
      advice: t("Give a file with the key unlocked, readable only by you."),
    };
  }
  return tls(t("A certificate or key cannot be used: {0}. It must be PEM.", oneLine(text)));
}

function tlsProblem(failure: ConnectError | null, code: string, text: string, settings: Settings): ConnectionProblem {
  const tls = (message: string, advice: string): ConnectionProblem => ({ reason: "tlsFailed", message, advice });
  const at = settings.address;
  // A plain Redis waits for the end of a line that TLS never sends; other plain servers answer in text or hang up.
  if (
    failure?.timedOut === true ||
    /wrong.version.number|packet.length.too.long|http.request|record.too.small/i.test(`${code} ${text}`)
  ) {
    return tls(t("{0} does not answer in TLS.", at), t("Use redis:// instead of rediss://, or the server's TLS port."));
  }
  if (/SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_UNTRUSTED|DEPTH_ZERO/.test(code)) {
    return tls(
      t("The certificate of {0} is not signed by an authority trusted here.", at),
      t(
        'Name the file of its authority as "ca" under "tls" of the connection, or as ?ssl_ca_certs=/path/to/ca.pem in the URL.',
      ),
    );
  }
  if (/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/.test(code)) {
    return tls(
      t("The certificate of {0} is outside its dates.", at),
      t("Renew the server's certificate, and check the clocks."),
    );
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return tls(
      t("The certificate of {0} is for other names.", at),
      t('Set "serverName" under "tls" of the connection to a name that stands in it.'),
    );
  }
  if (/certificate.required|handshake.failure/i.test(`${code} ${text}`)) {
    return tls(
      t("{0} wants a client certificate.", at),
      t(
        'Name its files as "cert" and "key" under "tls" of the connection, or as ?ssl_certfile=…&ssl_keyfile=… in the URL.',
      ),
    );
  }
  if (
    /unknown.ca|bad.certificate|certificate.(expired|revoked|unknown)|unsupported.certificate/i.test(`${code} ${text}`)
  ) {
    return tls(
      t("{0} refused the certificate of this client.", at),
      t("Give one that is signed by an authority which the server trusts, and that is within its dates."),
    );
  }
  return tls(
    text === ""
      ? t("The TLS handshake with {0} failed.", at)
      : t("The TLS handshake with {0} failed: {1}.", at, oneLine(text)),
    t("Check that this port speaks TLS; without TLS use redis:// instead of rediss://."),
  );
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  // Node tries every address of a name and gathers the failures in an AggregateError.
  if ("errors" in error && Array.isArray(error.errors) && error.errors.length > 0) {
    const first = codeOf(error.errors[0]);
    if (first !== "") return first;
  }
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

/** The sentence in which Redis repeats the arguments of a command ends before them. */
function quotable(message: string, password: string | null): string {
  return withoutPassword(message.replace(/,? with args beginning with:.*$/s, ""), password);
}

/** Other people's text, short and on one line, without a closing full stop. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 200).replace(/\.$/, "");
}
