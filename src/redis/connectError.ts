/** How far a connection came before it failed. `preparing` = files of certificates; `asking` = sentinels; `greeting` = connected, but the first replies were not what Redis says. */
export type ConnectPhase = "preparing" | "asking" | "connecting" | "securing" | "greeting" | "established";

/** A connection that could not be made, or was lost. Its message is for logs; people see `connectionProblem`. */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
  constructor(
    readonly phase: ConnectPhase,
    readonly timedOut: boolean,
    /** What the socket, TLS or Redis said; null when it just closed. */
    override readonly cause: Error | null,
    /** First bytes the other side sent, when they were not Redis' protocol. */
    readonly firstBytes: Buffer | null = null,
  ) {
    super(`${phase}: ${timedOut ? "timed out" : (cause?.message ?? "closed")}`);
  }
}
