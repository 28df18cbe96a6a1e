import { ConnectError } from "./connectError";
import { type PortOptions, ReadOnlyPort } from "./readOnlyPort";

/**
 * A try that has heard nothing for so long is joined by another one: what was lost with the network does not come again, and TCP itself repeats
 * its first packet only after 1, 3 and 7 seconds. With the second between two attempts this keeps healing within 2 s.
 */
const joinMs = 1200;

/**
 * Opens a connection. `hurry`: the first try is kept up for as long as `connectTimeoutMs` allows, for a server that is only slow; meanwhile others
 * begin next to it, one at a time, so never more than two sockets are open. The first that is let in is the answer; the first that is told no,
 * too. Rejects with a `ConnectError`.
 */
export function openPort(options: PortOptions, hurry: boolean): Promise<ReadOnlyPort> {
  if (!hurry || options.connectTimeoutMs <= joinMs) return ReadOnlyPort.open(options);
  return new Promise((resolve, reject) => {
    const others = new AbortController();
    const giveUp = (): void => others.abort();
    let settled = false;
    const settle = (finish: () => void): void => {
      settled = true;
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", giveUp);
      others.abort();
      finish();
    };
    const attempt = (connectTimeoutMs: number, onTimeout: (error: unknown) => void): void => {
      ReadOnlyPort.open({ ...options, connectTimeoutMs, signal: others.signal }).then(
        (port) => {
          if (settled) port.close();
          else settle(() => resolve(port));
        },
        (error: unknown) => {
          if (settled) return;
          if (error instanceof ConnectError && error.timedOut && !others.signal.aborted) onTimeout(error);
          else settle(() => reject(error));
        },
      );
    };
    const join = (): void => attempt(joinMs, join);
    const timer = setTimeout(join, joinMs);
    if (options.signal?.aborted === true) giveUp();
    options.signal?.addEventListener("abort", giveUp);
    attempt(options.connectTimeoutMs, (error) => settle(() => reject(error)));
  });
}
