import { buildRedisUrl, type FoundRedisUrl, isLiteralRedisUrl } from "./redisUrlText";

interface Variable {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

const part = /^(.*?)_?(HOST|HOSTNAME|PORT|DB|DATABASE|PASSWORD|PASS|USERNAME|USER|SSL|TLS)$/i;

/** Redis addresses in a `.env` file: whole URLs, and `…REDIS…_HOST` with the port, database and login of the same prefix. */
export function envRedisUrls(text: string): FoundRedisUrl[] {
  const variables = text.split(/\r?\n/).flatMap((line, index) => readVariable(line, index + 1) ?? []);
  return [...variables.flatMap(wholeUrl), ...combined(variables)];
}

/** `NAME=value` with the quotes and comments that dotenv files allow; null for every other line. */
function readVariable(line: string, number: number): Variable | null {
  const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line);
  if (match === null || match[1] === undefined) return null;
  const written = match[2] ?? "";
  const quoted = /^(["'])(.*?)\1\s*(?:#.*)?$/.exec(written);
  const value = quoted === null ? written.replace(/(?:^|\s)#.*$/, "").trim() : (quoted[2] ?? "");
  return { name: match[1], value, line: number };
}

function wholeUrl({ name, value, line }: Variable): FoundRedisUrl[] {
  return isLiteralRedisUrl(value) ? [{ url: value, line, label: name }] : [];
}

function combined(variables: readonly Variable[]): FoundRedisUrl[] {
  const groups = new Map<string, Map<string, Variable>>();
  for (const variable of variables) {
    const match = part.exec(variable.name);
    const prefix = match?.[1]?.toUpperCase() ?? "";
    if (match === null || !/REDIS|VALKEY/.test(prefix)) continue;
    const group = groups.get(prefix) ?? new Map<string, Variable>();
    groups.set(prefix, group.set((match[2] ?? "").toUpperCase(), variable));
  }
  return [...groups.values()].flatMap((group) => {
    const value = (...names: string[]): string | null =>
      names.map((name) => group.get(name)?.value).find((text) => text !== undefined && text !== "") ?? null;
    const host = group.get("HOST") ?? group.get("HOSTNAME");
    const password = value("PASSWORD", "PASS");
    if (host === undefined || isLiteralRedisUrl(host.value)) return [];
    const url = buildRedisUrl({
      host: host.value,
      port: value("PORT"),
      database: value("DB", "DATABASE"),
      username: value("USERNAME", "USER"),
      // `${SECRET}` names a secret kept elsewhere: it is asked for when the connection is tested.
      password: password?.includes("${") === true ? null : password,
      tls: /^(?:1|true|yes|on)$/i.test(value("SSL", "TLS") ?? ""),
    });
    return url === null ? [] : [{ url, line: host.line, label: host.name }];
  });
}
