import type { ConnectionProblem, ServerInfo } from "../monitor/ports";
import { ConnectError } from "./connectError";
import { connectionProblem } from "./connectionProblem";
import { parseConnectionUrl } from "./connectionUrl";
import { CostMeter } from "./costMeter";
import { ReplyError } from "./readOnlyCommands";
import { ReadOnlyPort } from "./readOnlyPort";
import { asText } from "./replies";
import { serverInfo } from "./serverInfo";

export type ConnectionTest =
  | { readonly ok: true; readonly server: ServerInfo }
  | { readonly ok: false; readonly problem: ConnectionProblem };

/** Connects once, looks whether anything can be read, and hangs up. Never rejects. A given password beats the one in the URL. */
export async function testConnection(options: { url: string; password: string | null }): Promise<ConnectionTest> {
  const parsed = parseConnectionUrl(options.url);
  if (!parsed.ok) return parsed;
  const settings = { ...parsed.settings, password: options.password ?? parsed.settings.password };
  let port: ReadOnlyPort | null = null;
  try {
    port = await ReadOnlyPort.open({
      settings,
      cost: new CostMeter(Date.now()),
      connectTimeoutMs: 5000,
      replyTimeoutMs: 5000,
    });
    const [info, scan, zrange] = await port.run([
      ["info", "server"],
      ["scan", "0", "MATCH", "arq:*", "COUNT", 1],
      ["zrange", "arq:queue", 0, 0, "WITHSCORES"],
    ]);
    for (const reply of [scan, zrange]) {
      const fatal = reply instanceof ReplyError && !reply.commandRefused && !reply.keyRefused;
      // A wrong type under that name is somebody else's key: reading works.
      if (fatal && !reply.message.startsWith("WRONGTYPE"))
        throw new ConnectError("greeting", false, new Error(reply.message));
    }
    if (scan instanceof ReplyError && zrange instanceof ReplyError) {
      throw new ConnectError("greeting", false, new Error(scan.message));
    }
    return { ok: true, server: serverInfo(asText(info), settings.address) };
  } catch (error) {
    return { ok: false, problem: connectionProblem(error, settings) };
  } finally {
    port?.close();
  }
}
