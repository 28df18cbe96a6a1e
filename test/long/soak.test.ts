import assert from "node:assert/strict";
import { apart } from "../bench/apart";
import { startRedis, type RedisServer } from "../support/redisServer";

/** SOAK_MINUTES=1 npm run test:long: to try it. */
const minutes = Number(process.env["SOAK_MINUTES"] ?? 60);
const limitMs = (minutes + 10) * 60_000;
const perSecond = 500;
const seconds = minutes * 60;
const jobs = Math.round(perSecond * seconds);
/** So that the number of kept results has settled long before the middle. */
const keepMs = Math.min(300_000, (seconds * 1000) / 6);
/** One job in twenty fails, and the last 5,000 of them are remembered when Redis has forgotten them: 200 seconds fill that. */
const settledAfter = Math.min(seconds * 0.9, Math.max(seconds / 2, keepMs / 1000 + 230));
/** What a flat line may rise: the noise of a heap, and the counters that every minute adds. */
const flatShare = 0.05;
const flatBytes = 3_000_000;

describe("An hour of 500 jobs a second with kept results", function () {
  this.timeout(limitMs);
  let server: RedisServer;
  before(async () => {
    server = await startRedis();
  });
  after(() => server.stop());

  it("is told whole, leaves the index as a fresh sweep sees Redis, and takes no more and more memory", async () => {
    const watching = apart("soakWatch", { url: server.url, seconds: seconds + 2, jobs, settledAfter }, limitMs);
    // Its connection stands before the first job comes.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const flooding = await apart("flood", { port: server.port, perSecond, seconds, keepMs }, limitMs);
    assert.equal(flooding.jobs, jobs);
    const found = await watching;
    const { kept, ...rest } = found;
    console.log(`      ${JSON.stringify(rest)}`);
    console.log(`      kept, MB: ${kept.map((bytes) => (bytes / 1e6).toFixed(1)).join(" ")}`);
    assert.deepEqual(
      { enqueued: found.enqueued, started: found.started, ended: found.ended, repeated: found.repeated },
      { enqueued: jobs, started: jobs, ended: jobs, repeated: 0 },
    );
    assert.deepEqual(found.differences, []);
    assert.ok(found.compared > (perSecond * keepMs) / 2000, `${found.compared} results were still kept`);
    const mean = kept.reduce((sum, bytes) => sum + bytes, 0) / kept.length;
    const rise = found.slopePerHour * ((seconds - settledAfter) / 3600);
    assert.ok(rise < Math.max(flatBytes, mean * flatShare), `grew by ${Math.round(rise)} bytes`);
  });
});
