import type { ConnectionProblem, ServerInfo } from "../monitor/ports";
import { ConnectError } from "./connectError";
import { connectionProblem } from "./connectionProblem";
import { type ConnectionOptions, connectionSettings } from "./connectionSettings";
import { Connector } from "./connector";
import { CostMeter } from "./costMeter";
import { ReplyError } from "./readOnlyCommands";
import type { ReadOnlyPort } from "./readOnlyPort";
import { asText } from "./replies";
import { assertServes, serverInfo } from "./serverInfo";

export type ConnectionTest =
  | { readonly ok: true; readonly server: ServerInfo }
  | { readonly ok: false; readonly problem: ConnectionProblem };

/** Connects once, as `openRedisSource` would, looks whether anything can be read, and hangs up. Never rejects. */
export async function testConnection(options: ConnectionOptions): Promise<ConnectionTest> {
  const parsed = connectionSettings(options);
  if (!parsed.ok) return parsed;
  const connector = new Connector(parsed.settings);
  let port: ReadOnlyPort | null = null;
  try {
    port = await connector.open(
      { cost: new CostMeter(Date.now()), connectTimeoutMs: 5000, replyTimeoutMs: 5000 },
      false,
    );
    const [info, scan, zrange] = await port.run([
      ["info", "server"],
      ["scan", "0", "MATCH", "arq:*", "COUNT", 1],
      ["zrange", "arq:queue", 0, 0, "WITHSCORES"],
    ]);
    assertServes(asText(info));
    for (const reply of [scan, zrange]) {
      const fatal = reply instanceof ReplyError && !reply.commandRefused && !reply.keyRefused;
      // A wrong type under that name is somebody else's key: reading works.
      if (fatal && !reply.message.startsWith("WRONGTYPE"))
        throw new ConnectError("greeting", false, new Error(reply.message));
    }
    if (scan instanceof ReplyError && zrange instanceof ReplyError) {
      throw new ConnectError("greeting", false, new Error(scan.message));
    }
    return { ok: true, server: serverInfo(asText(info), connector.place.address) };
  } catch (error) {
    return { ok: false, problem: connectionProblem(error, connector.place) };
  } finally {
    port?.close();
  }
}
