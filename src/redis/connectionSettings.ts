import { t } from "../arq/l10n";
import {
  hostAndPort,
  type ParsedConnection,
  parseConnectionUrl,
  type SentinelSettings,
  type TlsSettings,
} from "./connectionUrl";

/** What a connection is made from: a URL as ARQ takes it, and what a URL cannot say. */
export interface ConnectionOptions {
  readonly url: string;
  /** Beats the one in the URL. */
  readonly password: string | null;
  /** What is set here beats the query of the URL, which has to be `rediss://`. */
  readonly tls?: Partial<TlsSettings>;
  /** Then the URL's host and port are not used. */
  readonly sentinel?: SentinelSettings;
}

/** Never throws; no text of a problem holds a secret. */
export function connectionSettings({ url, password, tls, sentinel }: ConnectionOptions): ParsedConnection {
  const parsed = parseConnectionUrl(url);
  if (!parsed.ok) return parsed;
  const { settings } = parsed;
  if (settings.tls === null && tls !== undefined) {
    return bad(
      t('"tls" is set, but the URL does not ask for TLS.'),
      t('Begin the URL with rediss://, or leave "tls" out.'),
    );
  }
  if (settings.path !== null && sentinel !== undefined) {
    return bad(
      t("Sentinels lead to a host, the URL names a socket."),
      t('Begin the URL with redis://, or leave "sentinels" out.'),
    );
  }
  const nodes = sentinel?.nodes.map(({ host, port }) => hostAndPort(host, port)).join(",");
  return {
    ok: true,
    settings: {
      ...settings,
      password: password ?? settings.password,
      tls: settings.tls === null ? null : { ...settings.tls, ...tls },
      sentinel: sentinel ?? null,
      address: sentinel === undefined ? settings.address : `${sentinel.master}@${nodes}/${settings.db}`,
    },
  };
}

function bad(message: string, advice: string): ParsedConnection {
  return { ok: false, problem: { reason: "badUrl", message, advice } };
}
