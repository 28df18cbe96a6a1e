import { composeRedisUrls, composeServiceNames } from "./composeFile";
import { envRedisUrls } from "./envFile";
import { pythonRedisUrls } from "./pythonRedisUrls";
import { type FoundRedisUrl, withoutRepeats } from "./redisUrlText";

const maxLength = 1_000_000;

/**
 * Redis addresses written in a file of the workspace, in order of their lines, each once. Only literals count: nothing is
 * evaluated, and an address with a host that is not written out is left out. Never throws;
 * files over a million characters hold no settings and are not read.
 */
export function findRedisUrls(text: string, source: "python" | "env" | "compose"): FoundRedisUrl[] {
  if (text.length > maxLength) return [];
  const read = { python: pythonRedisUrls, env: envRedisUrls, compose: composeRedisUrls }[source];
  return withoutRepeats(read(text).sort((a, b) => a.line - b.line));
}

/** Names of the services of a compose file: what a host name that does not resolve may be. Empty for any other text. */
export function composeServices(text: string): string[] {
  return text.length > maxLength ? [] : composeServiceNames(text);
}
