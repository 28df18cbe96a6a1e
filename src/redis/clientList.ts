import type { ClientFacts } from "../monitor/ports";

/** A connection as `CLIENT LIST` tells of it. */
export interface ListedClient extends ClientFacts {
  /** Number of its database; null where it is not told. */
  readonly db: number | null;
  /** `N`, `P` (subscriber), `S` and `M` (replication), `O` (MONITOR), `x` (in MULTI) … */
  readonly flags: string;
  /** The connection that hears what is announced for this one; null: none. */
  readonly redirect: number | null;
}

/** Reads `CLIENT LIST`: a line for each connection, fields as `name=value`. Lines without an id are left out. */
export function parseClientList(text: string): ListedClient[] {
  return text.split("\n").flatMap((line): ListedClient[] => {
    const fields = new Map<string, string>();
    for (const field of line.trim().split(" ")) {
      const at = field.indexOf("=");
      if (at > 0) fields.set(field.slice(0, at), field.slice(at + 1));
    }
    const field = (name: string): string => fields.get(name) ?? "";
    if (field("id") === "") return [];
    const lib = [field("lib-name"), field("lib-ver")].filter((part) => part !== "").join(" ");
    return [
      {
        id: field("id"),
        addr: field("addr"),
        name: field("name"),
        age: Number(field("age")) || 0,
        idle: Number(field("idle")) || 0,
        cmd: field("cmd"),
        lib,
        db: /^\d+$/.test(field("db")) ? Number(field("db")) : null,
        flags: field("flags"),
        redirect: /^\d+$/.test(field("redir")) ? Number(field("redir")) : null,
      },
    ];
  });
}

/**
 * Whether a worker of this database may be behind the connection: no subscriber, no replication link, no MONITOR, none that is told of changes
 * (ARQ's client never asks for that; another ARQ Monitor does), no other database.
 */
export function mayServe({ db, flags }: ListedClient, ofDb: number): boolean {
  return (db === null || db === ofDb) && !/[PSMOt]/.test(flags);
}
