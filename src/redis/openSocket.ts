import { readFile } from "node:fs/promises";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { ConnectError } from "./connectError";
import type { ConnectionSettings } from "./connectionUrl";

/**
 * Opens the socket, and for TLS finishes the handshake, within `timeoutMs`. Rejects with a `ConnectError` that tells how far it came;
 * that is what lets "no such host", "nobody listens", "no TLS there" and "certificate not trusted" be told apart.
 *
 * TLS as ARQ's default (arq/connections.py `ssl_cert_reqs='required'`, `ssl_check_hostname=False`): the certificate must come from a
 * trusted authority, its name is not compared with the host.
 */
export async function openSocket(
  settings: ConnectionSettings,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  const ca = settings.caFile === null ? undefined : await readAuthorities(settings.caFile);
  const socket =
    settings.path === null
      ? connectTcp({ host: settings.host, port: settings.port, noDelay: true, keepAlive: true })
      : connectTcp({ path: settings.path });
  await settled(socket, "connect", timeoutMs, "connecting", signal);
  if (!settings.tls) return socket;
  const secure = connectTls({
    socket,
    // A server name must not be an IP address (RFC 6066).
    ...(/^[\d.]+$|:/.test(settings.host) ? {} : { servername: settings.host }),
    ...(ca === undefined ? {} : { ca }),
    checkServerIdentity: () => undefined,
  });
  await settled(secure, "secureConnect", timeoutMs, "securing", signal);
  return secure;
}

function settled(
  socket: Socket,
  event: "connect" | "secureConnect",
  timeoutMs: number,
  phase: "connecting" | "securing",
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error | null, timedOut: boolean): void => {
      finish();
      // A late error of a socket already given up must not be unhandled.
      socket.on("error", () => {});
      socket.destroy();
      reject(new ConnectError(phase, timedOut, cause));
    };
    const succeed = (): void => {
      finish();
      resolve();
    };
    const onError = (error: Error): void => fail(error, false);
    const onClose = (): void => fail(null, false);
    const onAbort = (): void => fail(null, false);
    const timer = setTimeout(() => fail(null, true), timeoutMs);
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      socket.off(event, succeed).off("error", onError).off("close", onClose);
    };
    socket.once(event, succeed).once("error", onError).once("close", onClose);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort);
  });
}

async function readAuthorities(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new ConnectError("securing", false, error instanceof Error ? error : null);
  }
}
