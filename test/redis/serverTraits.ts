import { startRedis } from "../support/redisServer";

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
    const client = server.client();
    // Known only where it can be set.
    const [, tlsPort] = await client.config("GET", "tls-port");
    const major = Number(/redis_version:(\d+)/.exec(await client.info("server"))?.[1]);
    return { major, tls: tlsPort !== undefined };
  } finally {
    await server.stop();
  }
}
