import assert from "node:assert/strict";
import { chmodSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import type { TlsSettings } from "../../src/redis/connectionUrl";
import { testConnection } from "../../src/redis/testConnection";
import { eventually } from "../support/eventually";
import { freePort } from "../support/redisServer";
import { repositoryRoot } from "../support/repositoryRoot";
import { TempFolder } from "../support/tempFolder";
import { FaultScene } from "./faultScene";
import { serverTraits } from "./serverTraits";

const fixtures = join(repositoryRoot(), "test", "fixtures", "tls");
const ca = join(fixtures, "ca.pem");
const client = { certFile: join(fixtures, "client.pem"), keyFile: join(fixtures, "client.key.pem") };

describe("Over TLS, with a server that wants client certificates", function () {
  this.timeout(60_000);
  const folder = new TempFolder();
  let scene: FaultScene;
  let port = 0;

  /** The server's certificate from now on, for connections to come. */
  const serve = async (name: string): Promise<void> => {
    place(name);
    await scene.redis.config("SET", "tls-cert-file", join(folder.path, "cert.pem"));
  };
  const place = (name: string): void => {
    copyFileSync(join(fixtures, `${name}.pem`), join(folder.path, "cert.pem"));
    copyFileSync(join(fixtures, `${name}.key.pem`), join(folder.path, "key.pem"));
    chmodSync(join(folder.path, "key.pem"), 0o600);
  };

  before(async function () {
    if (!(await serverTraits()).tls) this.skip();
    port = await freePort();
    place("server");
    const files = ["--tls-cert-file", join(folder.path, "cert.pem"), "--tls-key-file", join(folder.path, "key.pem")];
    scene = await FaultScene.open("TLS", {
      args: ["--tls-port", String(port), ...files, "--tls-ca-cert-file", ca, "--tls-auth-clients", "yes"],
      target: port,
      urlOf: (proxied) => `rediss://127.0.0.1:${proxied}/0`,
      tls: { caFile: ca, ...client },
    });
  });
  after(async () => {
    if (port !== 0) await scene.close();
    folder.remove();
  });

  async function saysOf(tls: Partial<TlsSettings>, query = ""): Promise<string> {
    const answer = await testConnection({ url: `rediss://127.0.0.1:${port}/0${query}`, password: null, tls });
    if (answer.ok) return "ok";
    assert.equal(answer.problem.reason, "tlsFailed");
    return `${answer.problem.message} ${answer.problem.advice}`;
  }

  it("sees everything with an authority, a certificate and a key of its own", async () => {
    await scene.sameAsFresh();
    const { status } = scene.snapshot;
    assert.equal(status.state === "live" && status.feed, "push");
  });

  it("takes the files from the URL, too, as redis-py names them", async () => {
    const { certFile, keyFile } = client;
    assert.equal(await saysOf({}, `?ssl_ca_certs=${ca}&ssl_certfile=${certFile}&ssl_keyfile=${keyFile}`), "ok");
    assert.equal(await saysOf({}, `?ssl_cert_reqs=none&ssl_certfile=${certFile}&ssl_keyfile=${keyFile}`), "ok");
  });

  it("says that a certificate of the client is wanted, or refused", async () => {
    assert.match(await saysOf({ caFile: ca }), /wants a client certificate.*"cert"/s);
    const stranger = { certFile: join(fixtures, "stranger.pem"), keyFile: join(fixtures, "stranger.key.pem") };
    assert.match(await saysOf({ caFile: ca, ...stranger }), /refused the certificate of this client/);
  });

  it("says what is wrong with files", async () => {
    const missing = join(fixtures, "missing.pem");
    assert.match(await saysOf({ caFile: missing }), /no file .*missing\.pem/);
    assert.match(
      await saysOf({ caFile: ca, ...client, keyFile: join(fixtures, "stranger.key.pem") }),
      /does not belong/,
    );
    assert.match(await saysOf({ caFile: ca, ...client, keyFile: join(fixtures, "locked.key.pem") }), /passphrase/);
    assert.match(await saysOf({ caFile: ca, certFile: join(fixtures, "make.sh") }), /must be PEM/);
  });

  it("trusts no unknown authority", async () => {
    assert.match(await saysOf(client), /not signed by an authority trusted here.*"ca"/s);
  });

  it("compares the name only where it is asked to, and sends it", async () => {
    const named = { caFile: ca, ...client, serverName: "redis.shop", verifyHostname: true };
    assert.equal(await saysOf(named), "ok");
    assert.match(await saysOf({ ...named, serverName: "other.shop" }), /for other names.*serverName/s);
    assert.match(await saysOf({ caFile: ca, ...client, verifyHostname: true }), /for other names/);
    assert.equal(await saysOf({ ...named, serverName: "other.shop", verifyHostname: false }), "ok");
  });

  it("tells an expired certificate while it lasts, and heals when it is renewed", async () => {
    await serve("expired");
    scene.proxy.killAll();
    await eventually(() => {
      const { status } = scene.snapshot;
      assert.match(status.state === "down" ? status.problem.message : status.state, /outside its dates/);
    });
    await serve("server");
    scene.mark();
    await scene.healed();
    assert.ok(scene.proxy.mostAtOnce <= 2);
  });

  it("tells a plain URL for a port that speaks TLS, and TLS for a port that does not", async () => {
    const plain = await testConnection({ url: `redis://127.0.0.1:${port}/0`, password: null });
    assert.equal(plain.ok ? "ok" : plain.problem.reason, "tlsExpected");
    const secure = await testConnection({ url: scene.server.url.replace("redis:", "rediss:"), password: null });
    assert.equal(secure.ok ? "ok" : secure.problem.reason, "tlsFailed");
  });
});
