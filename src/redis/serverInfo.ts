import { t } from "../arq/l10n";
import type { ReplicaState, ServerInfo } from "../monitor/ports";
import { ConnectError } from "./connectError";
import { hostAndPort } from "./connectionUrl";

/** The fields of an answer of `INFO`; none where it was refused. */
export function infoFields(info: string | null): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of (info ?? "").split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return fields;
}

/** Reads `INFO server`. Null text (refused) leaves the version unknown. */
export function serverInfo(info: string | null, address: string): ServerInfo {
  const fields = infoFields(info);
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

/** What `INFO replication` says of a replica and its master; null for a master, and where it is refused. */
export function replicaState(info: string | null): ReplicaState | null {
  const fields = infoFields(info);
  if (fields.get("role") !== "slave") return null;
  const linked = fields.get("master_link_status") === "up";
  const silent = Number(fields.get(linked ? "master_last_io_seconds_ago" : "master_link_down_since_seconds") ?? -1);
  return {
    master: hostAndPort(fields.get("master_host") ?? "", Number(fields.get("master_port") ?? 0)),
    linked,
    silentSeconds: silent < 0 ? null : silent,
  };
}

/** A master speaks to its replicas at least every 10 s (`repl-ping-replica-period`). */
const usualSilenceSeconds = 15;

/** One sentence about how old it may be what a replica shows, for people. */
export function replicaSentence({ master, linked, silentSeconds }: ReplicaState): string {
  if (!linked) {
    return silentSeconds === null
      ? t("This is a replica that has had no link to its master {0}: what is shown is as old.", master)
      : t(
          "This is a replica that has had no link to its master {0} for {1} s: what is shown is as old.",
          master,
          silentSeconds,
        );
  }
  return silentSeconds === null || silentSeconds <= usualSilenceSeconds
    ? t("This is a replica of {0}: what is shown may be a moment older than there.", master)
    : t(
        "This is a replica of {0}, which it last heard from {1} s ago: what is shown may be a moment older than there.",
        master,
        silentSeconds,
      );
}

/** What cannot be watched, told by `INFO server`; a `ConnectError` says which. Where INFO is refused, it is told by what else is refused. */
export function assertServes(info: string | null): void {
  const fields = infoFields(info);
  // Valkey says it under another name.
  const mode = fields.get("redis_mode") ?? fields.get("server_mode");
  if (mode === "cluster" || mode === "sentinel")
    throw new ConnectError("greeting", false, new Error(`redis_mode:${mode}`));
}

/** When the server was started, unix ms on its own clock, from `INFO server`; null where either is not told. `now` is its TIME. */
export function startOfServer(info: string | null, now: number | null): number | null {
  const uptime = /^uptime_in_seconds:(\d+)/m.exec(info ?? "")?.[1];
  return uptime === undefined || now === null ? null : now - Number(uptime) * 1000;
}
