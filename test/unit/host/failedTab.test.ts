import assert from "node:assert/strict";
import type { ErrorGroup, JobDetail, Monitor } from "../../../src/monitor/model";
import { FailedTab } from "../../../src/host/panels/tabs/failedTab";
import { GroupFrames } from "../../../src/host/groupFrames";
import type { FoundTraceback } from "../../../src/host/tracebacks";
import { readTraceback } from "../../../src/host/jobTries";
import { eventually } from "../../support/eventually";
import { failedRow, fakeMonitor, group, now, snapshot } from "./fakeMonitor";

const traceback = `Traceback (most recent call last):
  File "/venv/lib/python3.12/site-packages/arq/worker.py", line 602, in run_job
    result = await job.result()
  File "/app/shop/orders.py", line 12, in send
    total(order)
  File "/app/shop/prices.py", line 48, in total
    return order["sku"]
  File "/venv/lib/python3.12/site-packages/orders/model.py", line 7, in __getitem__
    raise KeyError(name)
KeyError: 'sku'`;

/** A group whose only job is `id`. */
function groupOf(id: string, type: string, fields: Partial<ErrorGroup> = {}): ErrorGroup {
  return group({ key: `${type}\n`, type, message: "", sample: "", jobs: [failedRow(id, type, "")], ...fields });
}

function tabOf(parts: {
  groups: readonly ErrorGroup[];
  monitor?: Partial<Monitor>;
  find?: () => FoundTraceback | null;
}) {
  const muted = new Set<string>();
  const opened: string[] = [];
  const told = { times: 0 };
  const using = { now: 0 };
  let logs: () => void = () => undefined;
  const monitor: Monitor = {
    ...fakeMonitor({
      groups: parts.groups,
      open: (id) => {
        opened.push(id);
        return Promise.resolve({ row: failedRow(id) } as unknown as JobDetail);
      },
    }),
    ...parts.monitor,
  };
  const frames = new GroupFrames(
    { monitor },
    {
      find: parts.find ?? (() => readTraceback(traceback, "stored")),
      use: () => {
        using.now++;
        return { dispose: () => void using.now-- };
      },
      onDidChange: (listener) => {
        logs = () => void listener();
        return { dispose: () => (logs = () => undefined) };
      },
    },
  );
  const part = (groups: readonly ErrorGroup[]) => ({
    heard: groups.filter(({ key }) => !muted.has(key)),
    muted: groups.filter(({ key }) => muted.has(key)),
  });
  const tab = new FailedTab(frames, { see: () => ({ dispose: () => undefined }) }, part, () => undefined);
  frames.onDidFind(() => void told.times++);
  const view = (intent: unknown = {}) => tab.view(monitor, tab.check(intent), new AbortController().signal);
  return { tab, view, muted, opened, told, using, hearLogs: () => logs() };
}

describe("the tab Failed, on the host's side", () => {
  it("asks for all time and every error at first, and refuses what is no question", () => {
    const { tab } = tabOf({ groups: [] });
    assert.deepEqual(tab.check({}), { span: "all", text: "" });
    assert.deepEqual(tab.check({ span: "24h", text: "key" }), { span: "24h", text: "key" });
    assert.throws(() => tab.check({ span: "2h" }), /span is not one of/);
    assert.throws(() => tab.check({ text: 1 }), /text is not a text/);
    assert.throws(() => tab.check(null), /an object is expected/);
  });

  it("finds errors by time, and by words in type, message or any function", async () => {
    const functions = ["a", "b", "c", "deep_one"].map((name) => ({ name, count: 1 }));
    const { view } = tabOf({
      groups: [
        groupOf("1", "KeyError", { message: "'user_id'", count: 9, lastHour: 2, lastDay: 5, lastWeek: 7 }),
        groupOf("2", "shop.CardDeclined", { count: 4, lastHour: 0, lastDay: 3, lastWeek: 4, functions }),
        groupOf("3", "TimeoutError", { count: 1, lastHour: 0, lastDay: 0, lastWeek: 0 }),
      ],
    });
    const types = async (intent: object) => (await view(intent)).groups.map(({ type }) => type);
    assert.deepEqual(await types({}), ["KeyError", "shop.CardDeclined", "TimeoutError"]);
    assert.deepEqual(await types({ span: "1h" }), ["KeyError"]);
    assert.deepEqual(await types({ span: "24h" }), ["KeyError", "shop.CardDeclined"]);
    assert.deepEqual(await types({ span: "7d", text: "DECLINED" }), ["shop.CardDeclined"]);
    assert.deepEqual(await types({ text: "user_id keyerror" }), ["KeyError"]);
    assert.deepEqual(await types({ text: "deep_one" }), ["shop.CardDeclined"], "a function that a row has no room for");
    const { found, known } = await view({ span: "24h" });
    assert.deepEqual(found, { groups: 2, jobs: 8 });
    assert.deepEqual(known, { groups: 3, jobs: 14 });
  });

  it("sends no jobs, the first names only, and at most 200 groups, saying how many there are", async () => {
    const functions = ["a", "b", "c", "d", "e"].map((name) => ({ name, count: 1 }));
    const groups = Array.from({ length: 250 }, (_, n) => groupOf(`j${n}`, `Error${n}`, { functions, remembered: 1 }));
    const sent = await tabOf({ groups }).view();
    assert.equal(sent.groups.length, 200);
    assert.deepEqual(sent.found, { groups: 250, jobs: 250 });
    assert.equal(sent.remembered, 250);
    const [first] = sent.groups;
    assert.ok(first !== undefined && !("jobs" in first) && !("latest" in first));
    assert.equal(first.latestId, "j0");
    assert.equal(first.functions.length, 3);
    assert.equal(first.functionsInAll, 5);
  });

  it("sets muted errors apart, also from the numbers of what is asked for", async () => {
    const { view, muted } = tabOf({ groups: [groupOf("1", "KeyError"), groupOf("2", "TimeoutError")] });
    muted.add("KeyError\n");
    const sent = await view();
    assert.deepEqual(
      sent.groups.map(({ type }) => type),
      ["TimeoutError"],
    );
    assert.deepEqual(
      sent.muted.map(({ type }) => type),
      ["KeyError"],
    );
    assert.deepEqual([sent.mutedInAll, sent.found.groups, sent.known.groups], [1, 1, 2]);
  });

  it("draws the span that is asked for, and of all time the shortest that holds what is known", async () => {
    const hour = 3_600_000;
    const covered = (lastHour: number, lastDay: number, lastWeek: number) => {
      const rate = (coveredMs: number) => ({ ...snapshot().lastHour, coveredMs });
      return {
        snapshot: () => snapshot({ lastHour: rate(lastHour), lastDay: rate(lastDay), lastWeek: rate(lastWeek) }),
      };
    };
    for (const [monitor, span] of [
      [covered(hour / 2, hour / 2, hour / 2), "1h"],
      [covered(hour, 5 * hour, 5 * hour), "24h"],
      [covered(hour, 24 * hour, 30 * hour), "7d"],
    ] as const) {
      const { view } = tabOf({ groups: [], monitor });
      assert.equal((await view()).chartSpan, span);
      const { chart, chartSpan } = await view({ span: "24h" });
      assert.equal(chartSpan, "24h");
      assert.equal(chart.length, 73);
      assert.ok(
        chart.every((step) => !step.covered),
        "nobody has looked yet",
      );
      assert.ok(chart.at(-1)!.at <= now && now < chart.at(-1)!.at + 20 * 60_000);
    }
  });
});

describe("the line at which a kind of failure happens", () => {
  it("is the deepest own frame of the newest job, read once", async () => {
    const { tab, view, opened, told } = tabOf({ groups: [groupOf("1", "KeyError")] });
    assert.equal((await view()).groups[0]?.frame, null);
    await eventually(() => assert.equal(told.times, 1, "the page is told"));
    const frame = { file: "/app/shop/prices.py", line: 48, function: "total" };
    assert.deepEqual((await view()).groups[0]?.frame, frame);
    const known = tab.frameOf("KeyError\n");
    assert.deepEqual([known.source, known.stack.frames[known.index]?.line], ['return order["sku"]', 48]);
    assert.deepEqual(opened, ["1"]);
    assert.throws(() => tab.frameOf("another"), /is not known any more/);
  });

  it("is that of what led to it, where no own frame is in the exception itself", async () => {
    const chained = `${traceback}

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/venv/lib/python3.12/site-packages/arq/worker.py", line 9, in run
    raise TimeoutError
TimeoutError`;
    const { view, told } = tabOf({
      groups: [groupOf("1", "TimeoutError")],
      find: () => readTraceback(chained, "stored"),
    });
    await view();
    await eventually(() => assert.equal(told.times, 1));
    assert.equal((await view()).groups[0]?.frame?.line, 48);
  });

  it("is looked for again when a log of a worker says something new, which are followed while somebody looks", async () => {
    let logged = false;
    const find = () => (logged ? readTraceback(traceback, "worker.log") : null);
    const { tab, view, opened, told, using, hearLogs } = tabOf({ groups: [groupOf("1", "KeyError")], find });
    const following = tab.follow();
    assert.equal(using.now, 1);
    await view();
    await eventually(() => assert.equal(opened.length, 1));
    await view();
    assert.equal(opened.length, 1, "nothing is read again for nothing");
    logged = true;
    hearLogs();
    await eventually(() => assert.equal(told.times, 1, "the page is told"));
    assert.equal((await view()).groups[0]?.frame?.line, 48);
    following.dispose();
    assert.equal(using.now, 0);
  });

  it("is looked for in the first 50 kinds of failure only, one job at a time", async () => {
    let atOnce = 0;
    let most = 0;
    let read = 0;
    const open = async () => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce--;
      read++;
      return null;
    };
    const groups = Array.from({ length: 80 }, (_, n) => groupOf(`j${n}`, `Error${n}`));
    const { view } = tabOf({ groups, monitor: { open } });
    await view();
    await eventually(() => assert.equal(read, 50));
    await view();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([read, most], [50, 1]);
  });

  it("is left out, and nothing else, when the job cannot be read", async () => {
    const open = () => Promise.reject(new Error("the connection was lost"));
    const { view } = tabOf({ groups: [groupOf("1", "KeyError")], monitor: { open } });
    await view();
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal((await view()).groups[0]?.frame, null);
  });
});
