import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { testConnection } from "../../src/redis/testConnection";
import { freePort, startRedis, type RedisServer } from "../support/redisServer";
import { serverTraits } from "./serverTraits";
import { testCertificate, testKey } from "./testCertificate";

async function reasonOf(url: string, password: string | null = null): Promise<string> {
  const answer = await testConnection({ url, password });
  return answer.ok ? "ok" : answer.problem.reason;
}

describe("A connection test", function () {
  this.timeout(60_000);
  let plain: RedisServer;
  let locked: RedisServer;
  before(async () => {
    [plain, locked] = await Promise.all([
      startRedis(),
      startRedis({ args: ["--requirepass", "p%41ss", "--user", "reader", "on", ">r@d", "~*", "&*", "+@all"] }),
    ]);
  });
  after(async () => {
    await Promise.all([plain.stop(), locked.stop()]);
  });

  it("names the server it reached", async () => {
    const answer = await testConnection({ url: plain.url, password: null });
    assert.ok(answer.ok);
    assert.match(answer.server.kind, /^(redis|valkey)$/);
    assert.match(answer.server.version ?? "", /^\d+\.\d+/);
    assert.equal(answer.server.address, `127.0.0.1:${plain.port}/0`);
  });

  it("says that a database does not exist instead of reading another one", async () => {
    assert.equal(await reasonOf(`redis://127.0.0.1:${plain.port}/99`), "badDatabase");
    assert.equal(await reasonOf(`redis://127.0.0.1:${plain.port}/15`), "ok");
  });

  it("tells a missing password from a wrong one", async () => {
    assert.equal(await reasonOf(locked.url), "passwordNeeded");
    assert.equal(await reasonOf(locked.url, "wrong"), "passwordWrong");
    assert.equal(await reasonOf(`redis://nobody:wrong@127.0.0.1:${locked.port}`), "passwordWrong");
  });

  it("sends the password as written, as ARQ does, and decoded when that is refused", async () => {
    assert.equal(await reasonOf(`redis://:p%41ss@127.0.0.1:${locked.port}`), "ok");
    assert.equal(await reasonOf(`redis://reader:r@d@127.0.0.1:${locked.port}`), "ok");
    assert.equal(await reasonOf(`redis://reader:r%40d@127.0.0.1:${locked.port}`), "ok");
  });

  it("lets a given password beat the one in the URL", async () => {
    assert.equal(await reasonOf(`redis://:wrong@127.0.0.1:${locked.port}`, "p%41ss"), "ok");
  });

  it("does not mind a password where none is needed", async () => {
    assert.equal(await reasonOf(plain.url, "needless"), "ok");
  });

  it("says that nothing listens on a closed port", async () => {
    assert.equal(await reasonOf(`redis://127.0.0.1:${await freePort()}`), "refused");
  });

  it("says that a host name is unknown", async () => {
    assert.equal(await reasonOf("redis://no-such-host.invalid"), "hostUnknown");
  });

  it("refuses a bad URL without connecting", async () => {
    assert.equal(await reasonOf("http://127.0.0.1"), "badUrl");
  });

  it("says that a user may read nothing", async () => {
    const admin = locked.client({ password: "p%41ss" });
    await admin.call("ACL", "SETUSER", "blind", "on", ">b", "~*", "-@all", "+ping", "+client");
    assert.equal(await reasonOf(`redis://blind:b@127.0.0.1:${locked.port}`), "noPermission");
  });

  it("recognizes a web server", async () => {
    const server: Server = createServer((_request, response) => response.end("hello"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    assert.equal(await reasonOf(`redis://127.0.0.1:${port}`), "notRedis");
    assert.equal(await reasonOf(`rediss://127.0.0.1:${port}`), "tlsFailed");
    server.closeAllConnections();
    server.close();
  });

  it("reaches a Unix socket, and says when there is none", async () => {
    const folder = await mkdtemp(join(tmpdir(), "arq-socket-"));
    const path = join(folder, "redis.sock");
    const local = await startRedis({ args: ["--unixsocket", path] });
    const answer = await testConnection({ url: `unix://${path}?db=2`, password: null });
    assert.ok(answer.ok);
    assert.equal(answer.server.address, path);
    assert.equal(await reasonOf(`unix://${path}.missing`), "refused");
    await local.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("says that a plain port does not answer in TLS", async () => {
    const answer = await testConnection({ url: `rediss://127.0.0.1:${plain.port}`, password: null });
    assert.ok(!answer.ok);
    assert.equal(answer.problem.reason, "tlsFailed");
    assert.match(answer.problem.advice, /redis:\/\//);
  });

  describe("with a server that speaks TLS only", () => {
    let folder: string;
    let secure: RedisServer | null = null;
    before(async function () {
      if (!(await serverTraits()).tls) this.skip();
      folder = await mkdtemp(join(tmpdir(), "arq-tls-"));
      await writeFile(join(folder, "cert.pem"), testCertificate);
      await writeFile(join(folder, "key.pem"), testKey, { mode: 0o600 });
      const tlsPort = await freePort();
      const files = ["--tls-cert-file", join(folder, "cert.pem"), "--tls-key-file", join(folder, "key.pem")];
      secure = await startRedis({
        args: ["--tls-port", String(tlsPort), ...files, "--tls-auth-clients", "no"],
      });
      tls = `127.0.0.1:${tlsPort}`;
    });
    after(async () => {
      if (secure === null) return;
      await secure.stop();
      await rm(folder, { recursive: true, force: true });
    });
    let tls: string;

    it("says that the URL must be rediss://", async () => {
      assert.equal(await reasonOf(`redis://${tls}`), "tlsExpected");
    });

    it("does not trust a certificate that signed itself", async () => {
      const answer = await testConnection({ url: `rediss://${tls}`, password: null });
      assert.ok(!answer.ok);
      assert.equal(answer.problem.reason, "tlsFailed");
      assert.match(answer.problem.advice, /ssl_ca_certs/);
    });

    it("trusts it when the URL names its authority, whatever the host is called, as ARQ does", async () => {
      assert.equal(await reasonOf(`rediss://${tls}?ssl_ca_certs=${join(folder, "cert.pem")}`), "ok");
      assert.equal(await reasonOf(`rediss://${tls}?ssl_ca_certs=${join(folder, "missing.pem")}`), "tlsFailed");
    });

    it("is really TLS in this test", async () => {
      const socket = connectTls({ port: Number(tls.split(":")[1]), host: "127.0.0.1", rejectUnauthorized: false });
      await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
      socket.destroy();
    });
  });
});
