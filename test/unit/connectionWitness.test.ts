import assert from "node:assert/strict";
import { connectionsTellSince, type OwnHistory } from "../../src/redis/connectionWitness";
import { startOfServer } from "../../src/redis/serverInfo";

const now = 1_700_000_000_000;
const minute = 60_000;
const history: OwnHistory = {
  openedFrom: now - 10 * minute,
  openedTo: now - 10 * minute + 200,
  clockOffset: 2000,
  serverStartedAt: now - 1000 * minute,
  cutAt: null,
};
function own(age: number): Parameters<typeof connectionsTellSince>[0] {
  return { id: "7", addr: "10.0.0.9:5000", name: "", age, idle: 0, cmd: "client|list", lib: "" };
}

describe("Connections in CLIENT LIST tell of programs", () => {
  const table: [sentence: string, own: ReturnType<typeof own>, history: Partial<OwnHistory>, since: number | null][] = [
    ["since the server was started", own(600), {}, now - 1000 * minute],
    ["also where Redis cuts our age to whole seconds and is slow to count", own(596), {}, now - 1000 * minute],
    ["not where our own connection is not in the list", undefined, {}, null],
    ["not where our own is older than it can be: a proxy keeps connections", own(4000), {}, null],
    ["not where our own is younger than it is: a proxy renews connections", own(30), {}, null],
    ["not where the server does not say since when it runs", own(600), { serverStartedAt: null }, null],
    [
      "since our connection before broke, on Redis' clock",
      own(600),
      { cutAt: now - 11 * minute },
      now - 11 * minute + 2000,
    ],
    [
      "since the server was started, when that is later",
      own(600),
      { serverStartedAt: now - minute, cutAt: now - 11 * minute },
      now - minute,
    ],
  ];
  for (const [sentence, witness, change, since] of table) {
    it(sentence, () => assert.equal(connectionsTellSince(witness, { ...history, ...change }, now), since));
  }
});

describe("The start of the server", () => {
  it("is read from INFO, and unknown without it or without TIME", () => {
    const info = "# Server\r\nredis_version:7.0.15\r\nuptime_in_seconds:90\r\nuptime_in_days:0\r\n";
    assert.equal(startOfServer(info, now), now - 90_000);
    assert.equal(startOfServer(info, null), null);
    assert.equal(startOfServer(null, now), null);
    assert.equal(startOfServer("# Server\r\n", now), null);
  });
});
