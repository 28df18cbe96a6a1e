import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { ConnectError } from "./connectError";
import type { ConnectionSettings } from "./connectionUrl";
import { tlsOptions } from "./tlsOptions";

/** The kernel asks a silent other side after this, then once a second, ten times: it costs no command, and a peer that is gone is told after 15 s. */
const keepAliveInitialDelay = 5000;

/**
 * Opens the socket, and for TLS finishes the handshake, within `timeoutMs` each. Rejects with a `ConnectError` that tells how far it came;
 * that is what lets "no such host", "nobody listens", "no TLS there" and "certificate not trusted" be told apart.
 */
export async function openSocket(
  settings: Pick<ConnectionSettings, "host" | "port" | "path" | "tls">,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  const secured = settings.tls === null ? null : await tlsOptions(settings.tls, settings.host);
  const socket =
    settings.path === null
      ? connectTcp({ host: settings.host, port: settings.port, noDelay: true, keepAlive: true, keepAliveInitialDelay })
      : connectTcp({ path: settings.path });
  await settled(socket, "connect", timeoutMs, "connecting", signal);
  if (secured === null) return socket;
  const secure = connectTls({ ...secured, socket });
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
