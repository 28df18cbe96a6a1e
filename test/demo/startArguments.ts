import { parseArgs } from "node:util";

export interface StartArguments {
  /** The user's own Redis instead of the demo's. */
  readonly redis: string | null;
  /** The user's own project; only with `redis`. */
  readonly folder: string | null;
  readonly generator: boolean;
  /** False: no desktop window, VS Code in the browser. */
  readonly open: boolean;
  readonly port: number | null;
}

export const startUsage = `npm start                                   the demo shop: private Redis, real ARQ workers, VS Code
npm start -- --redis <url> [folder]         your own Redis and project; nothing of yours is changed
    --generator    no real workers: the bundled generator writes the queue
    --no-open      VS Code in the browser, also where there is a desktop
    --port <n>     loopback port of VS Code in the browser`;

/** Throws with one clear sentence on anything it does not know. */
export function parseStartArguments(args: readonly string[]): StartArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      redis: { type: "string" },
      generator: { type: "boolean" },
      "no-open": { type: "boolean" },
      port: { type: "string" },
    },
  });
  if (positionals.length > 1) throw new Error(`One folder at most, not ${positionals.join(", ")}.`);
  const [folder = null] = positionals;
  const redis = values.redis ?? null;
  if (folder !== null && redis === null) throw new Error("A folder needs the Redis it uses: --redis <url>.");
  if (redis !== null && values.generator)
    throw new Error("--generator writes to the demo's Redis only, never to yours.");
  const port = values.port === undefined ? null : Number(values.port);
  if (port !== null && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new Error(`--port takes a number from 1 to 65535, not ${values.port}.`);
  }
  return { redis, folder, generator: values.generator ?? false, open: !values["no-open"], port };
}
