import { l10n } from "vscode";
import type { ConnectionProblem } from "../monitor/ports";
import { connectionSettings } from "../redis/connectionSettings";
import { withoutPassword } from "../redis/connectionUrl";
import { type ConnectionWay, type Folders, readWay } from "./connectionWay";

/** One usable or unusable entry of `arq.connections`. Holds a URL, possibly with a password: never log it whole. */
export interface Connection {
  readonly name: string;
  /** With `${env:NAME}` filled in. May hold a password. */
  readonly url: string;
  readonly environment: string | null;
  readonly production: boolean;
  readonly queues: readonly string[];
  readonly prefix: string;
  /** What the URL cannot say: certificates, sentinels. */
  readonly way: ConnectionWay;
  /** host:port/db, socket path or master@sentinels/db, without credentials; "" when the URL cannot be read. */
  readonly address: string;
  /** A password is written out in the setting itself (one that comes from `${env:NAME}` is not). */
  readonly passwordInSetting: boolean;
  /** Why nothing can be connected to, where that is known without trying. */
  readonly problem: ConnectionProblem | null;
}

export interface ConnectionList {
  readonly connections: readonly Connection[];
  /** One sentence per unusable or doubtful entry, naming it; no secrets. */
  readonly problems: readonly string[];
}

/** Reads the value of `arq.connections`. Never throws: an entry that is wrong costs only itself. */
export function readConnections(
  value: readonly unknown[],
  environment: Readonly<Record<string, string | undefined>>,
  folders: Folders = { workspace: null, home: "" },
): ConnectionList {
  const connections: Connection[] = [];
  const problems: string[] = [];
  for (const [index, entry] of value.entries()) {
    const where = `arq.connections[${index}]`;
    if (typeof entry !== "object" || entry === null) {
      problems.push(l10n.t('{0} is not an object with "name" and "url".', where));
      continue;
    }
    const fields = entry as Record<string, unknown>;
    const name = text(fields.name);
    // Sentinels know host and port; what else a URL says has its defaults.
    const url = text(fields.url) ?? (fields.sentinels === undefined ? null : "redis://localhost/0");
    if (name === null || url === null) {
      problems.push(
        name === null ? l10n.t('{0} has no "name".', where) : l10n.t('{0} ("{1}") has no "url".', where, name),
      );
      continue;
    }
    if (connections.some((known) => known.name === name)) {
      problems.push(
        l10n.t('{0} is a second connection named "{1}": names tell connections apart, so it is left out.', where, name),
      );
      continue;
    }
    const connection = readConnection(name, url, fields, environment, folders);
    if (connection.problem !== null) problems.push(`${where} ("${name}"): ${connection.problem.message}`);
    connections.push(connection);
  }
  return { connections, problems };
}

function readConnection(
  name: string,
  url: string,
  fields: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
  folders: Folders,
): Connection {
  const filled = fillEnvironment(url, environment);
  const missing = [...filled.missing];
  const way = readWay(fields, folders, (text) => {
    const { text: done, missing: unset } = fillEnvironment(text, environment);
    missing.push(...unset);
    // Something has to stand there, so that what is said is that it is not set.
    return unset.length > 0 ? "unset" : done;
  });
  const parsed = connectionSettings({ url: filled.text, password: null, ...(typeof way === "string" ? {} : way) });
  const environmentName = text(fields.environment);
  const written = withoutPassword(url).password;
  return {
    name,
    url: filled.text,
    environment: environmentName,
    production: environmentName?.toLowerCase() === "production",
    queues: Array.isArray(fields.queues) ? fields.queues.filter((queue) => typeof queue === "string") : [],
    prefix: text(fields.prefix) ?? "arq",
    way: typeof way === "string" ? {} : way,
    address: parsed.ok && missing.length === 0 ? parsed.settings.address : "",
    passwordInSetting: written !== null && !written.includes("${env:"),
    problem: problemOf(missing, parsed.ok ? wayProblem(way) : parsed.problem),
  };
}

function wayProblem(way: ConnectionWay | string): ConnectionProblem | null {
  if (typeof way !== "string") return null;
  return {
    reason: "badUrl",
    message: way,
    advice: l10n.t("Correct the connection in arq.connections; README has its fields."),
  };
}

function problemOf(missing: readonly string[], problem: ConnectionProblem | null): ConnectionProblem | null {
  if (missing.length === 0) return problem;
  return {
    reason: "badUrl",
    message: l10n.t("The environment variable {0} that it names is not set.", missing.join(", ")),
    advice: l10n.t("Set it where VS Code is started from, or write the address into arq.connections."),
  };
}

/** Replaces every `${env:NAME}`. Unset ones become "" and are named in `missing`. */
export function fillEnvironment(
  template: string,
  environment: Readonly<Record<string, string | undefined>>,
): { text: string; missing: string[] } {
  const missing: string[] = [];
  const filled = template.replaceAll(/\$\{env:([^}]*)\}/g, (_all, name: string) => {
    const value = environment[name];
    if (value === undefined) missing.push(name);
    return value ?? "";
  });
  return { text: filled, missing };
}

function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}
