import type { ConnectionProblem } from "../monitor/ports";
import { parseConnectionUrl, withoutPassword } from "../redis/connectionUrl";

/** One usable or unusable entry of `arq.connections`. Holds a URL, possibly with a password: never log it whole. */
export interface Connection {
  readonly name: string;
  /** With `${env:NAME}` filled in. May hold a password. */
  readonly url: string;
  readonly environment: string | null;
  readonly production: boolean;
  readonly queues: readonly string[];
  readonly prefix: string;
  /** host:port/db or socket path, without credentials; "" when the URL cannot be read. */
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
): ConnectionList {
  const connections: Connection[] = [];
  const problems: string[] = [];
  for (const [index, entry] of value.entries()) {
    const where = `arq.connections[${index}]`;
    if (typeof entry !== "object" || entry === null) {
      problems.push(`${where} is not an object with "name" and "url".`);
      continue;
    }
    const fields = entry as Record<string, unknown>;
    const name = text(fields.name);
    const url = text(fields.url);
    if (name === null || url === null) {
      problems.push(`${where}${name === null ? "" : ` ("${name}")`} has no "${name === null ? "name" : "url"}".`);
      continue;
    }
    if (connections.some((known) => known.name === name)) {
      problems.push(
        `${where} is a second connection named "${name}": names tell connections apart, so it is left out.`,
      );
      continue;
    }
    const connection = readConnection(name, url, fields, environment);
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
): Connection {
  const filled = fillEnvironment(url, environment);
  const parsed = parseConnectionUrl(filled.text);
  const environmentName = text(fields.environment);
  const written = withoutPassword(url).password;
  return {
    name,
    url: filled.text,
    environment: environmentName,
    production: environmentName?.toLowerCase() === "production",
    queues: Array.isArray(fields.queues) ? fields.queues.filter((queue) => typeof queue === "string") : [],
    prefix: text(fields.prefix) ?? "arq",
    address: parsed.ok && filled.missing.length === 0 ? parsed.settings.address : "",
    passwordInSetting: written !== null && !written.includes("${env:"),
    problem: problemOf(filled.missing, parsed.ok ? null : parsed.problem),
  };
}

function problemOf(missing: readonly string[], problem: ConnectionProblem | null): ConnectionProblem | null {
  if (missing.length === 0) return problem;
  return {
    reason: "badUrl",
    message: `The environment variable ${missing.join(", ")} that its URL names is not set.`,
    advice: "Set it where VS Code is started from, or write the address into arq.connections.",
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
