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
