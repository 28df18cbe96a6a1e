import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConnectionUrl } from "../../src/redis/connectionUrl";
import { repositoryRoot } from "../support/repositoryRoot";

/** What `RedisSettings.from_dsn` made of a URL; null: it raised. */
interface Recorded {
  readonly url: string;
  readonly settings: {
    readonly host: string;
    readonly port: number;
    readonly path: string | null;
    readonly db: number;
    readonly ssl: boolean;
    readonly username: string | null;
    readonly password: string | null;
  } | null;
}

const recorded = JSON.parse(readFileSync(join(repositoryRoot(), "test", "fixtures", "dsn", "dsn.json"), "utf8")) as {
  arq: string;
  urls: Recorded[];
};

/** ARQ raises, and here they work: a slash without a number, and what newer Pythons refuse between brackets. */
const kinder = new Set([
  "redis:///",
  "redis://cache/",
  "redis://cache//",
  "redis://:p[w@cache",
  "redis://:p]w@cache",
  "redis://[not-an-ip]",
  "redis://[]",
]);
/** ARQ takes them, and no server can mean them: a negative database, one in other digits, no socket, no host. */
const stricter = new Set(["redis://cache/-1", "redis://cache?db=-1", "redis://cache/٣", "unix://", "unix:", "redis:"]);

function ours(url: string): Recorded["settings"] {
  const parsed = parseConnectionUrl(url);
  if (!parsed.ok) return null;
  const { host, port, path, db, tls, username, password } = parsed.settings;
  return { host, port, path, db, ssl: tls !== null, username, password };
}

describe(`Every Redis URL means what it means to ARQ ${recorded.arq}`, () => {
  for (const { url, settings } of recorded.urls) {
    if (settings === null) {
      const says = kinder.has(url) ? "takes, though ARQ raises," : "refuses, as ARQ does,";
      it(`and ${says} ${JSON.stringify(url)}`, () => assert.equal(ours(url) !== null, kinder.has(url)));
    } else if (stricter.has(url)) {
      it(`and refuses, though ARQ takes it, ${JSON.stringify(url)}`, () => assert.equal(ours(url), null));
    } else {
      it(`and reads ${JSON.stringify(url)}`, () => {
        // To ARQ an empty name or password is none, and the host of a socket counts for nothing.
        const { username, password } = settings;
        const host = settings.path === null ? settings.host.trimEnd() : "localhost";
        assert.deepEqual(ours(url), { ...settings, host, username: username || null, password: password || null });
      });
    }
  }
});
