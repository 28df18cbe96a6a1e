import assert from "node:assert/strict";
import type { DecodedJob, DecodedResult } from "../../../src/arq/jobModel";
import { sampleMemory } from "../../../src/monitor/memorySample";
import { searchPayloads } from "../../../src/monitor/payloadSearch";
import type { JobPage, JobQuery } from "../../../src/monitor/model";
import type { JobPayloads } from "../../../src/monitor/ports";
import { queryJobs } from "../../../src/monitor/query";
import type { PayloadBudget, PayloadMatches, PayloadProgress } from "../../../src/monitor/queryModel";
import { newestJobs } from "../../../src/protocol/jobQuery";
import { pyNone, type PyValue } from "../../../src/python/value";
import { endedRow, jobRow, rowsNow, tableOf } from "../../support/jobRows";

const ample: PayloadBudget = { jobs: 10_000, bytes: 1e9, ms: 60_000 };
const text = (value: string): PyValue => ({ kind: "str", value });

function job(args: PyValue[], kwargs: [PyValue, PyValue][] = []): DecodedJob {
  return {
    ok: true,
    codec: ["pickle 4"],
    try: null,
    function: "work",
    args: { kind: "tuple", items: args },
    kwargs: { kind: "dict", entries: kwargs },
    enqueuedAt: null,
  };
}

function result(from: DecodedJob, value: PyValue): DecodedResult {
  const times = { startedAt: 1, finishedAt: 2, queue: null, id: null, worker: null, release: null };
  return { ...from, ...times, success: true, result: value, error: null };
}

/** What Redis holds of 200 jobs: every fourth has ended, every tenth cannot be read. */
function stored(id: string): JobPayloads {
  const n = Number(id.slice(1));
  if (n % 10 === 9)
    return { id, job: { decoded: { ok: false, reason: "malformed", message: "" }, size: 100 }, result: null };
  const payload = job(
    [{ kind: "int", value: BigInt(n) }, text(`order-${n}`)],
    [[text("shop"), text(n % 2 ? "odd" : "even")]],
  );
  if (n % 4 !== 0) return { id, job: { decoded: payload, size: 100 }, result: null };
  return { id, job: null, result: { decoded: result(payload, n % 8 === 0 ? text(`sent ${n}`) : pyNone), size: 300 } };
}

describe("A search through payloads", () => {
  const rows = Array.from({ length: 200 }, (_, n) => {
    const id = `j${String(n).padStart(3, "0")}`;
    return n % 4 === 0 ? endedRow(id, rowsNow) : jobRow(id, { queue: n < 100 ? "arq:queue" : "mail" });
  });
  const table = tableOf(rows);
  const asked: string[][] = [];
  let progress: PayloadProgress[] = [];
  const search = async (
    filter: string,
    {
      budget = ample,
      limit = 500,
      signal,
      onRead,
    }: { budget?: PayloadBudget; limit?: number; signal?: AbortSignal; onRead?: () => void } = {},
  ): Promise<PayloadMatches> => {
    asked.length = 0;
    progress = [];
    const source = {
      async readPayloads(ids: readonly string[]): Promise<JobPayloads[]> {
        asked.push([...ids]);
        onRead?.();
        await Promise.resolve();
        return ids.map(stored);
      },
    };
    const query = { ...newestJobs, text: filter, sort: "id", descending: false, limit } as const;
    const page = (each: JobQuery): Promise<JobPage> => queryJobs(table, each, rowsNow);
    return searchPayloads({ page, source, now: rowsNow }, { query, budget }, (each) => progress.push(each), signal);
  };
  const ids = ({ rows: found }: PayloadMatches): number[] => found.map(({ id }) => Number(id.slice(1)));
  const all = Array.from({ length: 200 }, (_, n) => n);
  const readable = all.filter((n) => n % 10 !== 9);

  it("finds what the arguments hold, of jobs that wait and of jobs that have ended, and says what it could not read", async () => {
    const found = await search("arg:order-1*");
    assert.deepEqual(
      ids(found),
      readable.filter((n) => String(n).startsWith("1")),
    );
    assert.deepEqual([found.ended, found.looked, found.of, found.unreadable], ["all looked at", 200, 200, 20]);
    assert.deepEqual(
      ids(await search("arg:\"'shop': 'odd'\"")),
      readable.filter((n) => n % 2 === 1),
    );
  });

  it("finds what results hold, and nothing where there is none", async () => {
    const sent = readable.filter((n) => n % 8 === 0);
    assert.deepEqual(ids(await search("result:sent")), sent);
    assert.deepEqual(
      ids(await search("result:sent arg:even -arg:order-16*")),
      sent.filter((n) => !String(n).startsWith("16")),
    );
    assert.deepEqual(
      ids(await search("result:None,sent")),
      readable.filter((n) => n % 4 === 0),
    );
  });

  it("reads only what the other filters leave, fifty at a time", async () => {
    const found = await search("queue:mail arg:order");
    assert.deepEqual([found.of, found.looked], [75, 75]);
    assert.deepEqual(
      asked.map((each) => each.length),
      [50, 25],
    );
    assert.ok(asked.flat().every((id) => id >= "j100"));
    assert.deepEqual(
      progress.map(({ looked }) => looked),
      [50, 75],
      "and tells how far it is",
    );
  });

  it("ends at each of its bounds, and says at which and how far it came", async () => {
    const byJobs = await search("arg:order", { budget: { ...ample, jobs: 30 } });
    assert.deepEqual([byJobs.ended, byJobs.looked, byJobs.of], ["jobs", 30, 200]);
    const byBytes = await search("arg:order", { budget: { ...ample, bytes: 1000 } });
    assert.equal(byBytes.ended, "bytes");
    assert.ok(byBytes.bytes >= 1000 && byBytes.bytes < 1400);
    const byTime = await search("arg:order", { budget: { ...ample, ms: 0 } });
    assert.deepEqual([byTime.ended, byTime.looked], ["time", 0]);
    const enough = await search("arg:order", { limit: 10 });
    assert.deepEqual([enough.ended, enough.found, asked.length], ["enough", 10, 1]);
  });

  it("answers what it has found when it is cancelled, and reads no more", async () => {
    const stop = new AbortController();
    const found = await search("arg:order", { signal: stop.signal, onRead: () => stop.abort() });
    assert.deepEqual([found.ended, found.looked, asked.length], ["cancelled", 50, 1]);
    assert.ok(found.found > 40);
  });

  it("reads nothing when nothing is asked of payloads, and says what to write", async () => {
    const found = await search("queue:mail");
    assert.deepEqual([asked.length, found.found], [0, 0]);
    assert.match(found.notes[0]!, /write arg:4711 or result:4711/);
  });
});

describe("A sample of memory", () => {
  const table = tableOf(
    Array.from({ length: 2000 }, (_, n) => jobRow(`j${n}`, { queue: n % 4 === 0 ? "mail" : "arq:queue" })),
  );

  it("looks at 500 jobs of the queue at most and reckons from them, saying of how many", async () => {
    const asked: string[][] = [];
    const source = {
      async readSizes(ids: readonly string[]): Promise<number[]> {
        asked.push([...ids]);
        return ids.map((id) => (id === "j100" ? 700 : 200));
      },
    };
    const mail = await sampleMemory(table, "mail", source);
    assert.deepEqual(mail, { sampled: 500, of: 500, bytes: 100_500, estimatedBytes: 100_500, largestBytes: 700 });
    assert.ok(asked.flat().every((id) => Number(id.slice(1)) % 4 === 0));
    const all = await sampleMemory(table, null, source);
    assert.deepEqual([all?.sampled, all?.of], [500, 2000]);
    assert.equal(all?.estimatedBytes, 4 * all!.bytes);
    assert.equal(new Set(asked.slice(-5).flat()).size, 500, "no job twice");
    assert.ok(asked.every((ids) => ids.length <= 100));
  });

  it("is empty of a queue without jobs, and unknown where lengths are refused", async () => {
    const empty = await sampleMemory(table, "nowhere", { readSizes: () => Promise.resolve([]) });
    assert.deepEqual(empty, { sampled: 0, of: 0, bytes: 0, estimatedBytes: null, largestBytes: 0 });
    assert.equal(await sampleMemory(table, null, { readSizes: () => Promise.resolve(null) }), null);
  });
});
