import { l10n } from "vscode";
import { isAbsolute, join } from "node:path";
import type { ConnectionOptions } from "../redis/connectionSettings";
import { type SentinelSettings, splitHost, type TlsSettings } from "../redis/connectionUrl";

/** What an entry of `arq.connections` says beyond its URL about how Redis is reached. */
export type ConnectionWay = Pick<ConnectionOptions, "tls" | "sentinel">;

/** What `${workspaceFolder}` and `~` stand for; null where no folder is open. */
export interface Folders {
  readonly workspace: string | null;
  readonly home: string;
}

/** Fills in `${env:NAME}`; names that are not set are noted by whoever gives the function. */
export type Fill = (text: string) => string;

/** Something in an entry that cannot be meant. Its message goes on from the name of the entry, and holds no secret. */
class EntryError extends Error {}

const tlsKeys = ["ca", "cert", "key", "serverName", "verifyHostname"];
const sentinelPort = 26_379;
/** As in ARQ's `RedisSettings`. */
const defaultMaster = "mymaster";

/** Reads `tls`, `sentinels` and `sentinelMaster` of an entry. Answers a sentence where one of them is wrong. Never throws. */
export function readWay(
  fields: Readonly<Record<string, unknown>>,
  folders: Folders,
  fill: Fill,
): ConnectionWay | string {
  try {
    const sentinel = readSentinels(fields, fill);
    return {
      ...(fields.tls === undefined ? {} : { tls: readTls(fields.tls, folders, fill) }),
      ...(sentinel === null ? {} : { sentinel }),
    };
  } catch (error) {
    if (error instanceof EntryError) return error.message;
    throw error;
  }
}

function readTls(value: unknown, folders: Folders, fill: Fill): Partial<TlsSettings> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new EntryError(l10n.t('"tls" is no object.'));
  const fields = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(fields).find((key) => !tlsKeys.includes(key));
  if (unknown !== undefined) throw new EntryError(l10n.t('"tls" has no "{0}", only {1}.', unknown, tlsKeys.join(", ")));
  const path = (key: string): string | null => readPath(`tls.${key}`, text(fields, "tls", key), folders, fill);
  const { verifyHostname } = fields;
  if (verifyHostname !== undefined && typeof verifyHostname !== "boolean") {
    throw new EntryError(l10n.t('"tls.verifyHostname" is neither true nor false.'));
  }
  const [ca, cert, key] = [path("ca"), path("cert"), path("key")];
  if (key !== null && cert === null)
    throw new EntryError(l10n.t('"tls.key" belongs to a "tls.cert", which is missing.'));
  const serverName = text(fields, "tls", "serverName");
  return {
    ...(ca === null ? {} : { caFile: ca }),
    ...(cert === null ? {} : { certFile: cert }),
    ...(key === null ? {} : { keyFile: key }),
    ...(serverName === null ? {} : { serverName: fill(serverName) }),
    // Who names the server wants that one and no other.
    ...(verifyHostname === undefined && serverName === null ? {} : { verifyHostname: verifyHostname ?? true }),
  };
}

function readPath(name: string, written: string | null, { workspace, home }: Folders, fill: Fill): string | null {
  if (written === null) return null;
  if (written.includes("${workspaceFolder}") && workspace === null) {
    throw new EntryError(l10n.t('"{0}" names {1}, and no folder is open.', name, "${workspaceFolder}"));
  }
  const path = fill(written.replaceAll("${workspaceFolder}", () => workspace ?? "")).replace(
    /^~(?=$|[/\\])/,
    () => home,
  );
  if (isAbsolute(path)) return path;
  if (workspace === null) throw new EntryError(l10n.t('"{0}" is no absolute path, and no folder is open.', name));
  return join(workspace, path);
}

function readSentinels(fields: Readonly<Record<string, unknown>>, fill: Fill): SentinelSettings | null {
  const { sentinels } = fields;
  const master = text(fields, null, "sentinelMaster");
  if (sentinels === undefined) {
    if (master === null) return null;
    throw new EntryError(l10n.t('"sentinelMaster" is the name that "sentinels" have for it, which are missing.'));
  }
  if (!Array.isArray(sentinels) || sentinels.length === 0) {
    throw new EntryError(l10n.t('"sentinels" is no list like ["sentinel-1:26379"].'));
  }
  const nodes = sentinels.flatMap((written: unknown) => {
    if (typeof written !== "string")
      throw new EntryError(l10n.t('"sentinels" holds something that is no text like "host:26379".'));
    // One variable of the environment may hold several.
    return fill(written)
      .split(",")
      .map((each) => {
        const node = splitHost(each.trim(), sentinelPort);
        if (each.trim() === "" || node === null || /[@/]/.test(each)) {
          throw new EntryError(l10n.t('"sentinels" holds an entry that is no "host:26379".'));
        }
        return node;
      });
  });
  return { nodes, master: master === null ? defaultMaster : fill(master) };
}

function text(fields: Readonly<Record<string, unknown>>, parent: string | null, key: string): string | null {
  const value = fields[key];
  if (value === undefined) return null;
  const name = parent === null ? key : `${parent}.${key}`;
  if (typeof value !== "string" || value.trim() === "") throw new EntryError(l10n.t('"{0}" is no text.', name));
  return value.trim();
}
