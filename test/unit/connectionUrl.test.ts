import assert from "node:assert/strict";
import {
  parseConnectionUrl,
  withoutPassword,
  type ConnectionSettings,
  type TlsSettings,
} from "../../src/redis/connectionUrl";

/** What ARQ does unless told otherwise: a trusted authority, whatever the name. */
const arqsTls: TlsSettings = {
  caFile: null,
  certFile: null,
  keyFile: null,
  serverName: null,
  verify: true,
  verifyHostname: false,
};

describe("A Redis URL is read by ARQ's own rules", () => {
  const accepted: [url: string, expected: Partial<ConnectionSettings>][] = [
    ["redis://localhost", { host: "localhost", port: 6379, db: 0, tls: null, username: null, password: null }],
    ["redis://", { host: "localhost", port: 6379, address: "localhost:6379/0" }],
    ["redis://cache:7000/3", { host: "cache", port: 7000, db: 3, address: "cache:7000/3" }],
    ["redis://cache/3?db=5", { db: 5 }],
    ["redis://cache?db=", { db: 0 }],
    ["redis://cache/", { db: 0 }],
    ["redis://cache?timeout=9", { db: 0 }],
    ["redis://cache:0", { port: 6379 }],
    ["REDIS://Cache", { host: "cache" }],
    ["rediss://u:p@cache:6380/1", { username: "u", password: "p", address: "cache:6380/1" }],
    ["redis://:p%40ss@cache", { username: null, password: "p%40ss" }],
    ["redis://:a@b:c@cache", { password: "a@b:c", host: "cache" }],
    ["redis://user@cache", { username: "user", password: null }],
    ["redis://[::1]:6380/2", { host: "::1", port: 6380, address: "[::1]:6380/2" }],
    ["unix:///run/redis.sock", { path: "/run/redis.sock", db: 0, address: "/run/redis.sock" }],
    ["unix:///run/redis.sock?db=4", { path: "/run/redis.sock", db: 4 }],
    ["unix://u:p@/run/redis.sock", { path: "/run/redis.sock", username: "u", password: "p" }],
    ["rediss://cache", { tls: arqsTls }],
    ["rediss://cache?ssl_ca_certs=/etc/ca.pem", { tls: { ...arqsTls, caFile: "/etc/ca.pem" } }],
    [
      "rediss://cache?ssl_certfile=/c.pem&ssl_keyfile=/k.pem",
      { tls: { ...arqsTls, certFile: "/c.pem", keyFile: "/k.pem" } },
    ],
    ["rediss://cache?ssl_cert_reqs=none", { tls: { ...arqsTls, verify: false } }],
    ["rediss://cache?ssl_cert_reqs=required&ssl_check_hostname=False", { tls: arqsTls }],
    ["rediss://cache?ssl_check_hostname=true", { tls: { ...arqsTls, verifyHostname: true } }],
    ["redis://cache?ssl_ca_certs=/etc/ca.pem", { tls: null }],
  ];
  for (const [url, expected] of accepted) {
    it(`reads ${url}`, () => {
      const parsed = parseConnectionUrl(url);
      assert.ok(parsed.ok);
      assert.deepEqual({ ...parsed.settings, ...expected }, parsed.settings);
    });
  }

  const refused = [
    "",
    "localhost:6379",
    "http://cache",
    "redis:cache",
    "redis+sentinel://:hunter2@cache/mymaster",
    "redis://:hunter2@cache:port/0",
    "redis://:hunter2@cache:70000",
    "redis://:hunter2@cache/first",
    "redis://:hunter2@cache/-1",
    "redis://:hunter2@cache?db=x",
    "unix://",
  ];
  for (const url of refused) {
    it(`refuses "${url}" with advice and without repeating a secret`, () => {
      const parsed = parseConnectionUrl(url);
      assert.ok(!parsed.ok);
      assert.equal(parsed.problem.reason, "badUrl");
      assert.ok(parsed.problem.message.length > 10 && parsed.problem.advice.length > 10);
      assert.doesNotMatch(JSON.stringify(parsed), /hunter2/);
    });
  }

  it("in a time that grows with its length, whatever it holds", () => {
    // A search for the spaces at the end from each of these would take minutes.
    const parsed = parseConnectionUrl(`redis://cache/${" ".repeat(500_000)}x`);
    assert.ok(!parsed.ok);
  });

  it("never shows user or password in the address", () => {
    const parsed = parseConnectionUrl("redis://alice:hunter2@cache:6379/1");
    assert.ok(parsed.ok);
    assert.equal(parsed.settings.address, "cache:6379/1");
  });
});

describe("The password is taken out of a Redis URL", () => {
  const cases: [url: string, kept: string, password: string | null][] = [
    ["redis://alice:hunter2@cache/1", "redis://alice@cache/1", "hunter2"],
    ["redis://:hunter2@cache?db=1", "redis://cache?db=1", "hunter2"],
    ["redis://:a@b@cache", "redis://cache", "a@b"],
    ["redis://alice@cache", "redis://alice@cache", null],
    ["redis://cache:6379", "redis://cache:6379", null],
    ["unix://:p%41@/run/r.sock", "unix:///run/r.sock", "p%41"],
    ["nonsense", "nonsense", null],
  ];
  for (const [url, kept, password] of cases) {
    it(`from ${url}`, () => assert.deepEqual(withoutPassword(url), { url: kept, password }));
  }
});
