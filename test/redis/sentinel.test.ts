import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import type { Monitor } from "../../src/monitor/model";
import { testConnection } from "../../src/redis/testConnection";
import { eventually } from "../support/eventually";
import { freePort } from "../support/redisServer";
import { assertSameAsFresh, enqueue, fillSome, newMonitor } from "./faultScene";
import { masterName, type SentinelStage, startSentinels } from "./sentinelStage";

const at = (port: number) => ({ host: "127.0.0.1", port });

async function live(monitor: Monitor, address: string): Promise<void> {
  await eventually(
    () => {
      const { status, complete, sweep } = monitor.snapshot();
      assert.ok(status.state === "live", JSON.stringify(status));
      assert.equal(status.server.address, address);
      assert.ok(complete && sweep === null);
    },
    { timeoutMs: 30_000 },
  );
}

describe("Sentinels", function () {
  this.timeout(90_000);
  let stage: SentinelStage;
  const monitors: Monitor[] = [];
  before(async () => {
    stage = await startSentinels();
    await fillSome(stage.master.client());
  });
  after(() => stage.stop());
  afterEach(async () => {
    for (const monitor of monitors.splice(0)) await monitor.close();
  });

  function watch(ports: readonly number[], master = masterName, url = "redis://localhost/0"): Monitor {
    const monitor = newMonitor({ url, sentinel: { nodes: ports.map(at), master } });
    monitor.onChange(() => {});
    monitors.push(monitor);
    monitor.start();
    return monitor;
  }
  async function problem(options: Parameters<typeof testConnection>[0]) {
    const answer = await testConnection(options);
    assert.ok(!answer.ok);
    return answer.problem;
  }

  it("lead to the master, also when the first of them is dead and the second silent", async () => {
    const mute = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    const ports = [await freePort(), (mute.address() as AddressInfo).port, ...stage.sentinelPorts];
    const monitor = watch(ports);
    await live(monitor, `127.0.0.1:${await stage.masterPort()}/0`);
    await assertSameAsFresh(monitor, stage.master.url);
    mute.close();
  });

  it("are asked by a connection test, too, which says what is wrong with them", async () => {
    const url = "redis://localhost/0";
    const nodes = stage.sentinelPorts.map(at);
    const tested = await testConnection({ url, password: null, sentinel: { nodes, master: masterName } });
    assert.ok(tested.ok);
    assert.equal(tested.server.address, `127.0.0.1:${await stage.masterPort()}/0`);

    const unknown = await problem({ url, password: null, sentinel: { nodes, master: "mymaster" } });
    assert.match(unknown.message, /no master called mymaster/);
    assert.match(unknown.advice, /sentinelMaster/);

    const dead = [at(await freePort())];
    const silent = await problem({ url, password: null, sentinel: { nodes: dead, master: masterName } });
    assert.equal(silent.reason, "refused");
    assert.match(silent.message, /No sentinel of shop@127\.0\.0\.1:\d+\/0 answers/);
  });

  it("are told from Redis when one is named as such", async () => {
    const found = await problem({ url: `redis://127.0.0.1:${stage.sentinelPorts[0]}/0`, password: null });
    assert.equal(found.reason, "notRedis");
    assert.match(`${found.message} ${found.advice}`, /is a sentinel.*"sentinels"/s);
  });

  it("are given the password of the connection where they ask for one, and none where they do not", async () => {
    const locked = await startSentinels({ sentinelPassword: "opensesame" });
    try {
      await locked.master.client().config("SET", "requirepass", "opensesame");
      const sentinel = { nodes: locked.sentinelPorts.map(at), master: masterName };
      const url = "redis://localhost/0";
      const tested = await testConnection({ url, password: "opensesame", sentinel });
      assert.ok(tested.ok, JSON.stringify(tested));
      assert.equal((await problem({ url, password: null, sentinel })).reason, "passwordNeeded");
      assert.equal((await problem({ url, password: "wrong", sentinel })).reason, "passwordNeeded");
    } finally {
      await locked.stop();
    }
  });

  it("are followed to the new master after a failover, and after the death of a master", async () => {
    const monitor = watch(stage.sentinelPorts);
    const first = await stage.masterPort();
    await live(monitor, `127.0.0.1:${first}/0`);
    await stage.sentinel.call("SENTINEL", "FAILOVER", masterName);
    const second = await eventually(
      async () => {
        const port = await stage.masterPort();
        return port !== first && port;
      },
      { timeoutMs: 30_000 },
    );
    assert.ok(second);
    await live(monitor, `127.0.0.1:${second}/0`);
    const [now, other] = stage.replica.port === second ? [stage.replica, stage.master] : [stage.master, stage.replica];
    await enqueue(now.client(), "after the failover");
    await assertSameAsFresh(monitor, now.url);
    assert.ok(monitor.row("after the failover") !== null);

    // The sentinels promote the old master only once it follows the new one.
    await eventually(async () => (await other.client().info("replication")).includes("master_link_status:up"), {
      timeoutMs: 30_000,
      intervalMs: 200,
    });
    await now.kill();
    await eventually(() => assert.equal(monitor.snapshot().status.state, "down"));
    await eventually(async () => (await stage.masterPort()) === other.port, { timeoutMs: 40_000, intervalMs: 100 });
    await live(monitor, `127.0.0.1:${other.port}/0`);
    await assertSameAsFresh(monitor, other.url);
  });
});
