import assert from "node:assert/strict";
import { parseClientList } from "../../src/redis/clientList";
import { serverInfo } from "../../src/redis/serverInfo";
import { escapeGlob } from "../../src/redis/sweepFeed";
import { trackingPrefixes } from "../../src/redis/trackingPrefixes";

describe("Prefixes to announce", () => {
  const cases: [what: string, queues: string[], prefixes: string[], polled: string[]][] = [
    ["are ARQ's own where no queue lies outside", ["arq:queue", "arq:mail"], ["arq:"], []],
    ["name a queue outside", ["orders"], ["arq:", "orders"], []],
    ["name a queue once that begins as another", ["orders:high", "orders"], ["arq:", "orders"], []],
    ["leave out a queue that ARQ's own prefix begins with", ["ar", "arq", "x"], ["arq:", "x"], ["ar", "arq"]],
  ];
  for (const [what, queues, prefixes, polled] of cases) {
    it(what, () =>
      assert.deepEqual(trackingPrefixes("arq", { queues, health: [], noisy: new Set() }), { prefixes, polled }),
    );
  }

  it("leave out what announces too much", () => {
    assert.deepEqual(trackingPrefixes("arq", { queues: ["a", "b"], health: [], noisy: new Set(["a"]) }), {
      prefixes: ["arq:", "b"],
      polled: ["a"],
    });
  });
});

describe("A list of clients", () => {
  it("is read line by line, with unknown fields and broken lines left out", () => {
    const text =
      "id=7 addr=10.0.0.1:5000 laddr=10.0.0.2:6379 name=arq:web:1 age=90 idle=1 flags=N db=2 cmd=zrangebyscore lib-name=redis-py lib-ver=5.3.1\n" +
      "nonsense\nid=8 addr=[::1]:6000 age=x cmd=client|list\n";
    assert.deepEqual(parseClientList(text), [
      {
        id: "7",
        addr: "10.0.0.1:5000",
        name: "arq:web:1",
        age: 90,
        idle: 1,
        cmd: "zrangebyscore",
        lib: "redis-py 5.3.1",
        db: 2,
        flags: "N",
        redirect: null,
      },
      {
        id: "8",
        addr: "[::1]:6000",
        name: "",
        age: 0,
        idle: 0,
        cmd: "client|list",
        lib: "",
        db: null,
        flags: "",
        redirect: null,
      },
    ]);
  });
});

describe("The kind of server", () => {
  const cases: [info: string | null, kind: string, version: string | null][] = [
    ["# Server\r\nredis_version:7.0.15\r\n", "redis", "7.0.15"],
    ["redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1\r\n", "valkey", "8.0.1"],
    ["redis_version:7.4.0\r\ndragonfly_version:df-v1.25.1\r\n", "dragonfly", "1.25.1"],
    ["redis_version:6.3.4\r\nexecutable:/usr/bin/keydb-server\r\n", "keydb", "6.3.4"],
    [null, "redis", null],
  ];
  for (const [info, kind, version] of cases) {
    it(`is ${kind} ${version ?? "of unknown version"}`, () => {
      assert.deepEqual(serverInfo(info, "here"), { kind, version, address: "here" });
    });
  }
});

describe("A key prefix in a pattern", () => {
  it("means itself", () => assert.equal(escapeGlob("a*b?[c]^\\"), "a\\*b\\?\\[c\\]\\^\\\\"));
});
