import { join } from "node:path";
import { freePort, startRedis } from "../support/redisServer";
import { repositoryRoot } from "../support/repositoryRoot";

/** What the redis-server that the tests run against can do; `REDIS_SERVER` may name another than the usual one. */
export interface ServerTraits {
  /** 7 for 7.0.15; Valkey's is that of the Redis it began as. */
  readonly major: number;
  /** Built with TLS: Debian's is, some from elsewhere are not. */
  readonly tls: boolean;
}

export async function serverTraits(): Promise<ServerTraits> {
  const server = await startRedis();
  try {
    const major = Number(/redis_version:(\d+)/.exec(await server.client().info("server"))?.[1]);
    return { major, tls: await startsWithTls() };
  } finally {
    await server.stop();
  }
}

/** Some know the options and yet cannot. */
async function startsWithTls(): Promise<boolean> {
  const file = (name: string): string => join(repositoryRoot(), "test", "fixtures", "tls", name);
  const files = ["--tls-cert-file", file("server.pem"), "--tls-key-file", file("server.key.pem")];
  try {
    const args = ["--tls-port", String(await freePort()), ...files, "--tls-ca-cert-file", file("ca.pem")];
    await (await startRedis({ args })).stop();
    return true;
  } catch {
    return false;
  }
}
