import type { ServerInfo } from "../monitor/ports";

/** Reads `INFO server`. Null text (refused) leaves the version unknown. */
export function serverInfo(info: string | null, address: string): ServerInfo {
  const fields = new Map<string, string>();
  for (const line of (info ?? "").split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const own = (["valkey", "dragonfly", "garnet", "kvrocks"] as const).find((kind) => fields.has(`${kind}_version`));
  if (own !== undefined) {
    return { version: (fields.get(`${own}_version`) ?? "").replace(/^df-/, "").replace(/^v/, ""), kind: own, address };
  }
  const keydb = /keydb/i.test(`${fields.get("executable") ?? ""} ${fields.get("config_file") ?? ""}`);
  return {
    version: fields.get("redis_version") ?? null,
    kind: fields.get("server_name") ?? (keydb ? "keydb" : "redis"),
    address,
  };
}

/** When the server was started, unix ms on its own clock, from `INFO server`; null where either is not told. `now` is its TIME. */
export function startOfServer(info: string | null, now: number | null): number | null {
  const uptime = /^uptime_in_seconds:(\d+)/m.exec(info ?? "")?.[1];
  return uptime === undefined || now === null ? null : now - Number(uptime) * 1000;
}
