import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { eventually } from "../support/eventually";
import { freePort, type RedisServer, startRedis } from "../support/redisServer";
import { ensureSystemPart, redisPart } from "../support/systemParts";
import { TempFolder } from "../support/tempFolder";

/** What the sentinels of the stage call their master. */
export const masterName = "shop";

/** A master, a replica and real sentinels on loopback. */
export interface SentinelStage {
  readonly master: RedisServer;
  readonly replica: RedisServer;
  readonly sentinelPorts: readonly number[];
  /** Connected to the first sentinel. */
  readonly sentinel: Redis;
  /** Port of the master as the sentinels see it. */
  masterPort(): Promise<number>;
  stop(): Promise<void>;
}

/** `password` is that of Redis and, if `sentinelPassword` is set, not that of the sentinels. */
export async function startSentinels(
  options: { count?: number; sentinelPassword?: string } = {},
): Promise<SentinelStage> {
  const { count = 1, sentinelPassword } = options;
  const executable = await ensureSystemPart(redisPart, console.log);
  const master = await startRedis();
  const replica = await startRedis({
    args: ["--replicaof", "127.0.0.1", String(master.port), "--repl-diskless-sync-delay", "0"],
  });
  const folder = new TempFolder();
  const stops: (() => void)[] = [];
  const sentinelPorts: number[] = [];
  for (let i = 0; i < count; i++) {
    const port = await freePort();
    sentinelPorts.push(port);
    const config = join(folder.path, `sentinel ${i}.conf`);
    const lines = [
      `port ${port}`,
      "bind 127.0.0.1",
      `sentinel monitor ${masterName} 127.0.0.1 ${master.port} 1`,
      // On a busy machine a server that lives may say nothing for a second.
      `sentinel down-after-milliseconds ${masterName} 3000`,
      `sentinel failover-timeout ${masterName} 3000`,
      ...(sentinelPassword === undefined ? [] : [`requirepass ${sentinelPassword}`]),
    ];
    writeFileSync(config, `${lines.join("\n")}\n`);
    const child = spawn(executable, [config, "--sentinel"], { stdio: "ignore" });
    child.unref();
    const stop = (): void => void child.kill("SIGKILL");
    process.once("exit", stop);
    stops.push(stop);
  }
  const sentinel = new Redis({
    host: "127.0.0.1",
    port: sentinelPorts[0] ?? 0,
    protocol: 2,
    enableReadyCheck: false,
    ...(sentinelPassword === undefined ? {} : { password: sentinelPassword }),
  });
  sentinel.on("error", () => {});
  const masterPort = async (): Promise<number> => {
    const place = (await sentinel.call("SENTINEL", "get-master-addr-by-name", masterName)) as string[] | null;
    return Number(place?.[1] ?? 0);
  };
  await eventually(
    async () => {
      const replicas = (await sentinel.call("SENTINEL", "replicas", masterName)) as unknown[];
      const linked = (await replica.client().info("replication")).includes("master_link_status:up");
      return replicas.length === 1 && linked;
    },
    { timeoutMs: 30_000, intervalMs: 200 },
  );
  return {
    master,
    replica,
    sentinelPorts,
    sentinel,
    masterPort,
    async stop() {
      sentinel.disconnect();
      for (const stop of stops) {
        stop();
        process.off("exit", stop);
      }
      await Promise.all([master.stop(), replica.stop()]);
      folder.remove();
    },
  };
}
