import assert from "node:assert/strict";
import { fillEnvironment, readConnections } from "../../src/host/connectionList";

describe("the list of connections in the settings", () => {
  it("reads name, address, environment, queues and prefix", () => {
    const { connections, problems } = readConnections(
      [
        {
          name: "shop",
          url: "redis://app@cache:7000/2",
          environment: "Production",
          queues: ["orders", 7],
          prefix: "shop",
        },
        { name: "local", url: "redis://localhost" },
      ],
      {},
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(connections[0], {
      name: "shop",
      url: "redis://app@cache:7000/2",
      environment: "Production",
      production: true,
      queues: ["orders"],
      prefix: "shop",
      way: {},
      address: "cache:7000/2",
      passwordInSetting: false,
      problem: null,
    });
    assert.equal(connections[1]?.address, "localhost:6379/0");
    assert.equal(connections[1]?.prefix, "arq");
    assert.equal(connections[1]?.production, false);
  });

  it("fills in environment variables and names those that are not set", () => {
    assert.deepEqual(fillEnvironment("redis://${env:HOST}:${env:PORT}/0", { HOST: "cache" }), {
      text: "redis://cache:/0",
      missing: ["PORT"],
    });
    const { connections, problems } = readConnections([{ name: "ci", url: "redis://${env:NOWHERE}/0" }], {});
    assert.equal(connections[0]?.problem?.reason, "badUrl");
    assert.match(connections[0]?.problem?.message ?? "", /NOWHERE/);
    assert.match(problems[0] ?? "", /^arq\.connections\[0\] \("ci"\): .*NOWHERE/);
  });

  it("detects a password written into the setting, but not one that comes from the environment", () => {
    const { connections } = readConnections(
      [
        { name: "written", url: "redis://:hunter2@cache/0" },
        { name: "env", url: "redis://:${env:PASSWORD}@cache/0" },
        { name: "whole", url: "${env:REDIS_URL}" },
      ],
      { PASSWORD: "hunter2", REDIS_URL: "redis://:hunter2@cache/1" },
    );
    assert.deepEqual(
      connections.map(({ passwordInSetting }) => passwordInSetting),
      [true, false, false],
    );
    assert.equal(connections[2]?.address, "cache:6379/1");
  });

  it("leaves out only the entries that are wrong, and names each without its secret", () => {
    const { connections, problems } = readConnections(
      [
        3,
        null,
        { url: "redis://a" },
        { name: "b" },
        { name: "x", url: "redis://a" },
        { name: "x", url: "redis://:hunter2@b" },
      ],
      {},
    );
    assert.deepEqual(
      connections.map(({ name }) => name),
      ["x"],
    );
    assert.equal(problems.length, 5);
    for (const [index, problem] of problems.slice(0, 4).entries()) assert.ok(problem.includes(`[${index}]`), problem);
    assert.ok(!problems.join().includes("hunter2"));
  });

  it("keeps an entry with an unreadable URL, with its problem", () => {
    const { connections } = readConnections([{ name: "x", url: "http://cache" }], {});
    assert.equal(connections[0]?.problem?.reason, "badUrl");
    assert.equal(connections[0]?.address, "");
  });
});

describe("What a URL cannot say stands beside it in the settings", () => {
  const folders = { workspace: "/work space", home: "/home/ann" };
  const read = (entry: Record<string, unknown>, environment = {}) =>
    readConnections([{ name: "x", ...entry }], environment, folders).connections[0]!;

  it("reads files of certificates, with the folder, the home and the environment filled in", () => {
    const tls = { ca: "${workspaceFolder}/ca.pem", cert: "~/c.pem", key: "${env:KEYS}/k.pem" };
    const { way, problem } = read({ url: "rediss://cache", tls }, { KEYS: "/keys" });
    assert.equal(problem, null);
    assert.deepEqual(way, {
      tls: { caFile: "/work space/ca.pem", certFile: "/home/ann/c.pem", keyFile: "/keys/k.pem" },
    });
    assert.deepEqual(read({ url: "rediss://cache", tls: { ca: "certs/ca.pem" } }).way.tls, {
      caFile: "/work space/certs/ca.pem",
    });
  });

  it("compares names only where a name is given, or it is asked for", () => {
    const names = (tls: unknown) => read({ url: "rediss://cache", tls }).way.tls;
    assert.deepEqual(names({ serverName: "redis.shop" }), { serverName: "redis.shop", verifyHostname: true });
    assert.deepEqual(names({ serverName: "a", verifyHostname: false }), { serverName: "a", verifyHostname: false });
    assert.deepEqual(names({ verifyHostname: true }), { verifyHostname: true });
    assert.deepEqual(names({}), {});
  });

  it("reads sentinels, also several from one variable, with ARQ's name of the master and without a URL", () => {
    const one = read({ sentinels: ["s1:26380", "s2", "[::1]:7"] });
    assert.deepEqual(one.way.sentinel, {
      nodes: [
        { host: "s1", port: 26380 },
        { host: "s2", port: 26379 },
        { host: "::1", port: 7 },
      ],
      master: "mymaster",
    });
    assert.equal(one.address, "mymaster@s1:26380,s2:26379,[::1]:7/0");
    const two = read(
      { url: "rediss://ann@any/3", sentinels: ["${env:SENTINELS}"], sentinelMaster: "shop" },
      { SENTINELS: "a:1, b:2" },
    );
    assert.equal(two.address, "shop@a:1,b:2/3");
    assert.equal(two.problem, null);
  });

  it("keys what is secret by all sentinels, so that a password cannot be had by naming others", () => {
    const address = (sentinels: string[]) => read({ sentinels }).address;
    assert.notEqual(address(["a:1", "b:2"]), address(["a:1", "evil:2"]));
  });

  const wrong: [entry: Record<string, unknown>, says: RegExp][] = [
    [{ url: "rediss://a", tls: "ca.pem" }, /"tls" is no object/],
    [{ url: "rediss://a", tls: [] }, /"tls" is no object/],
    [{ url: "rediss://a", tls: { caFile: "x" } }, /"tls" has no "caFile"/],
    [{ url: "rediss://a", tls: { ca: 3 } }, /"tls.ca" is no text/],
    [{ url: "rediss://a", tls: { key: "/k.pem" } }, /"tls.key" belongs to a "tls.cert"/],
    [{ url: "rediss://a", tls: { verifyHostname: "no" } }, /"tls.verifyHostname"/],
    [{ url: "redis://a", tls: {} }, /does not ask for TLS/],
    [{ url: "redis://a", sentinels: [] }, /"sentinels" is no list/],
    [{ url: "redis://a", sentinels: "s:1" }, /"sentinels" is no list/],
    [{ url: "redis://a", sentinels: [1] }, /no text like/],
    [{ url: "redis://a", sentinels: ["s:port"] }, /no "host:26379"/],
    [{ url: "redis://a", sentinels: ["redis://:hunter2@s:1"] }, /no "host:26379"/],
    [{ url: "redis://a", sentinelMaster: "shop" }, /"sentinelMaster" is the name/],
    [{ url: "unix:///a", sentinels: ["s:1"] }, /names a socket/],
    [{ url: "redis://a", sentinels: ["${env:NOWHERE}"] }, /NOWHERE that it names is not set/],
  ];
  for (const [entry, says] of wrong) {
    it(`says what is wrong with ${JSON.stringify(entry)}`, () => {
      const { connections, problems } = readConnections([{ name: "x", ...entry }], {}, folders);
      assert.equal(connections[0]?.problem?.reason, "badUrl");
      assert.match(problems[0] ?? "", says);
      assert.doesNotMatch(problems.join(), /hunter2/);
    });
  }

  it("needs a folder for a path that is relative to one", () => {
    for (const ca of ["${workspaceFolder}/ca.pem", "ca.pem"]) {
      const { problems } = readConnections([{ name: "x", url: "rediss://a", tls: { ca } }], {});
      assert.match(problems[0] ?? "", /no folder is open/);
    }
  });
});
