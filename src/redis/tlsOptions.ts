import { readFile } from "node:fs/promises";
import { checkServerIdentity, type ConnectionOptions, createSecureContext } from "node:tls";
import { ConnectError } from "./connectError";
import type { TlsSettings } from "./connectionUrl";

/**
 * What `tls.connect` needs. The files are read anew each time, because certificates are renewed while VS Code runs. Rejects with a `ConnectError`
 * when one cannot be read, or is not what it should be.
 *
 * As ARQ's default (arq/connections.py `ssl_cert_reqs='required'`, `ssl_check_hostname=False`): the certificate must come from a trusted authority,
 * its name is not compared with the host.
 */
export async function tlsOptions(tls: TlsSettings, host: string): Promise<ConnectionOptions> {
  try {
    const [ca, cert, key] = await Promise.all([tls.caFile, tls.certFile, tls.keyFile ?? tls.certFile].map(fileText));
    const serverName = tls.serverName ?? host;
    // Only to see whether they fit: made by `tls.connect`, a context gets the certificates of the system, too, where VS Code adds them.
    createSecureContext({ ca, cert, key });
    return {
      ca,
      cert,
      key,
      // A server name must not be an IP address (RFC 6066).
      ...(/^[\d.]+$|:/.test(serverName) ? {} : { servername: serverName }),
      rejectUnauthorized: tls.verify,
      checkServerIdentity: (_name, certificate) =>
        tls.verifyHostname ? checkServerIdentity(serverName, certificate) : undefined,
    };
  } catch (error) {
    throw new ConnectError("preparing", false, error instanceof Error ? error : null);
  }
}

async function fileText(file: string | null): Promise<string | undefined> {
  return file === null ? undefined : readFile(file, "utf8");
}
