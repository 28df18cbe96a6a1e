import { startRedis } from "../support/redisServer";

/** Whether the redis-server found was built with TLS; Debian's is, some from elsewhere are not. */
export async function hasTls(): Promise<boolean> {
  const server = await startRedis();
  try {
    // Known only where it can be set.
    const [, value] = await server.client().config("GET", "tls-port");
    return value !== undefined;
  } finally {
    await server.stop();
  }
}
