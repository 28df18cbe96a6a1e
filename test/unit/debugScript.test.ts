import assert from "node:assert/strict";
import { debugScript, isImportable, type JobScript, pytestScript } from "../../src/python/debugScript";
import { flatSource } from "../../src/python/sourceLayout";
import { gappedSource } from "../../src/python/pythonSource";
import type { PyCall, PyValue } from "../../src/python/value";

const mask = "********";
const str = (value: string): PyValue => ({ kind: "str", value });
const int = (value: number): PyValue => ({ kind: "int", value: BigInt(value) });
const list = (...items: PyValue[]): PyValue => ({ kind: "list", items });
const tuple = (...items: PyValue[]): PyValue => ({ kind: "tuple", items });
const dict = (...entries: [PyValue, PyValue][]): PyValue => ({ kind: "dict", entries });
const object = (module: string, qualname: string, ...args: PyValue[]): PyCall => ({
  kind: "call",
  via: "reduce",
  callee: { kind: "global", module, qualname },
  args,
  kwargs: [],
  state: null,
  items: [],
  entries: [],
});

function scriptOf(args: PyValue, more: Partial<JobScript> = {}): JobScript {
  return {
    job: {
      id: "5f3a",
      function: "charge_card",
      tries: 2,
      enqueuedAt: Date.UTC(2026, 10, 22, 12, 30, 1, 250),
      score: 1_795_000_000_123,
      error: "KeyError: 'sku'",
    },
    function: { how: "name", name: { module: "shop.tasks", qualname: "charge_card" }, isBound: false },
    arguments: { kind: "values", args, kwargs: dict([str("retry"), { kind: "bool", value: false }]) },
    hooks: {},
    timeout: 300,
    settings: null,
    mask,
    ...more,
  };
}

const lines = (text: string, from: string, count: number): string => {
  const all = text.split("\n");
  const at = all.findIndex((line) => line.startsWith(from));
  return all.slice(at, at + count).join("\n");
};

describe("the script that debugs a job", () => {
  it("calls the function with the arguments and the ctx of the job, and stops before it where nothing else is known", () => {
    const { text, gaps } = debugScript(scriptOf(tuple(str("order-7"), int(3))), ["/home/me/shop"], true);
    assert.equal(gaps, 0);
    assert.ok(text.includes("sys.path[:0] = ['/home/me/shop']\n\nfrom shop.tasks import charge_card as function\n"));
    assert.ok(text.includes("\nargs = ('order-7', 3)\nkwargs = {'retry': False}\n"));
    assert.equal(
      lines(text, "async def main", 12),
      [
        "async def main():",
        '    ctx = {"redis": await real_redis() if USE_REAL_REDIS else RefusingRedis()}',
        "    ctx.update(",
        "        job_id='5f3a',",
        "        job_try=2,",
        "        enqueue_time=datetime.datetime(2026, 11, 22, 12, 30, 1, 250000, tzinfo=datetime.timezone.utc),",
        "        score=1795000000123,",
        "    )",
        "    breakpoint()  # Where it failed is not known: step into the call below.",
        "    return await asyncio.wait_for(function(ctx, *args, **kwargs), TIMEOUT)",
        "",
        "",
      ].join("\n"),
    );
    assert.ok(text.includes("\nTIMEOUT = None\n") && text.includes("The worker's: 300"));
    assert.ok(!debugScript(scriptOf(tuple()), [], false).text.includes("breakpoint()"));
  });

  it("leaves a marked gap for the smallest part that cannot be written, and writes all the rest", () => {
    const order = dict(
      [str("customer"), object("shop.models", "Customer")],
      [str("lines"), list(object("shop.models", "Line"), int(3))],
      [str("token"), str(mask)],
      [str("total"), object("decimal", "Decimal", str("1.5"))],
    );
    const { text, gaps } = debugScript(scriptOf(tuple(order)), [], false);
    assert.equal(gaps, 3);
    assert.equal(
      lines(text, "args = (", 11),
      [
        "args = (",
        "    {",
        "        'customer': ...,  # not written: it is an object of shop.models.Customer, which only the code that defines it can make again",
        "        'lines': [",
        "            ...,  # not written: it is an object of shop.models.Line, which only the code that defines it can make again",
        "            3,",
        "        ],",
        "        'token': ...,  # not written: it holds something that is hidden, because it may be a secret",
        "        'total': Decimal('1.5'),",
        "    },",
        ")",
      ].join("\n"),
    );
    assert.ok(text.includes("from decimal import Decimal\n"));
    assert.ok(text.includes("write what is right"));
  });

  it("breaks a long value into lines of which each can be changed", () => {
    const { text } = debugScript(scriptOf(tuple(list(str("x".repeat(60)), str("y".repeat(60))), int(1))), [], false);
    assert.equal(
      lines(text, "args = (", 7),
      `args = (\n    [\n        '${"x".repeat(60)}',\n        '${"y".repeat(60)}',\n    ],\n    1,\n)`,
    );
  });

  it("lets nothing that a payload holds become code, in comments, names and texts", () => {
    const hostile = "x\nimport os\r\u{2028}\u{202e}'''\"\"\"";
    const job = { id: hostile, function: hostile, tries: null, enqueuedAt: null, score: null, error: hostile };
    const args = tuple(object(hostile, hostile), str(hostile), dict([str(hostile), object("a", hostile)]));
    const script = scriptOf(args, { job, arguments: { kind: "values", args, kwargs: dict([str(hostile), int(1)]) } });
    const left = { ...script, arguments: { kind: "leftOut", why: hostile } } as const;
    const original = {
      ...script,
      arguments: { kind: "original", pickle: "gAQu", globals: [{ module: hostile, qualname: hostile }] },
    } as const;
    for (const each of [script, left, original]) {
      for (const { text } of [debugScript(each, [hostile], true), pytestScript(each)]) {
        assert.doesNotMatch(text, /^\s*import os/m);
        assert.doesNotMatch(text, /[\r\u{2028}\u{202e}]/u);
      }
    }
  });

  it("ends for values that contain themselves, share parts without end or are too long", () => {
    const self: { kind: "list"; items: PyValue[] } = { kind: "list", items: [int(1)] };
    self.items.push(self);
    assert.equal(flatSource(gappedSource(self, mask).source), "[1, ...]");
    let shared: PyValue = list(str("x"), object("a", "B"));
    for (let depth = 0; depth < 60; depth++) shared = list(shared, shared);
    const { source, gaps } = gappedSource(shared, mask);
    assert.deepEqual([source, gaps], [{ gap: "has more than 1000 parts that cannot be written as Python" }, 1]);
    let same: PyValue = list(str("x"));
    for (let depth = 0; depth < 60; depth++) same = list(same, same);
    assert.deepEqual(gappedSource(same, mask).source, { gap: "makes more than 1 MB of Python" });
    let deep: PyValue = int(1);
    for (let depth = 0; depth < 500; depth++) deep = list(deep);
    assert.equal(flatSource(gappedSource(deep, mask).source), `${"[".repeat(95)}...${"]".repeat(95)}`);
  });

  it("runs the hooks that were chosen, and those at the end however the job ends", () => {
    const settings = { kind: "class", module: "shop.worker", name: "WorkerSettings" } as const;
    const { text } = debugScript(
      scriptOf(tuple(), {
        settings,
        hooks: {
          on_startup: { module: "shop.worker", qualname: "startup" },
          on_job_start: { module: "shop.worker", qualname: "Hooks.begin" },
          on_job_end: { kind: "dict", module: "shop.worker", name: "settings" },
          on_shutdown: settings,
        },
      }),
      [],
      false,
    );
    assert.equal(
      lines(text, "from shop.worker", 8),
      [
        "from shop.worker import startup as on_startup",
        "from shop.worker import Hooks",
        "on_job_start = Hooks.begin",
        "from shop.worker import settings as on_job_end_settings",
        'on_job_end = on_job_end_settings["on_job_end"]',
        "from shop.worker import WorkerSettings as on_shutdown_settings",
        "on_shutdown = on_shutdown_settings.on_shutdown",
        "",
      ].join("\n"),
    );
    assert.equal(
      lines(text, "    await on_startup", 16),
      [
        "    await on_startup(ctx)",
        "    try:",
        "        ctx.update(",
        "            job_id='5f3a',",
        "            job_try=2,",
        "            enqueue_time=datetime.datetime(2026, 11, 22, 12, 30, 1, 250000, tzinfo=datetime.timezone.utc),",
        "            score=1795000000123,",
        "        )",
        "        await on_job_start(ctx)",
        "        try:",
        "            return await asyncio.wait_for(function(ctx, *args, **kwargs), TIMEOUT)",
        "        finally:",
        "            await on_job_end(ctx)",
        "    finally:",
        "        await on_shutdown(ctx)",
        "",
      ].join("\n"),
    );
    assert.ok(text.includes('create_pool(getattr(settings, "redis_settings", None))'));
  });

  it("looks a function up as the worker does where it cannot be imported by its name", () => {
    const settings = { kind: "class", module: "shop.worker", name: "WorkerSettings" } as const;
    const script = scriptOf(tuple(), { function: { how: "worker", settings, list: "functions" } });
    assert.ok(
      debugScript(script, [], false).text.includes(
        "function = {each.name: each.coroutine for each in map(func, settings.functions)}['charge_card']\n",
      ),
    );
  });

  it("takes nothing for a name that Python would not", () => {
    const names = ["send", "Mailer.send", "make.<locals>.send", "a b", "class", "x; import os", "ﬁle"];
    assert.deepEqual(
      names.filter((qualname) => isImportable({ module: "shop.tasks", qualname })),
      ["send", "Mailer.send"],
    );
    assert.ok(!isImportable({ module: "shop.my-tasks", qualname: "send" }));
  });
});

describe("a job as a pytest", () => {
  it("has a name that Python takes, whatever the function is called", () => {
    const nameOf = (name: string): string | undefined => {
      const script = scriptOf(tuple());
      return /^def (.*)\(\):$/m.exec(pytestScript({ ...script, job: { ...script.job, function: name } }).text)?.[1];
    };
    assert.equal(nameOf("send-ﬁle now"), "test_send_file_now");
    // One letter, which stands for four words.
    assert.match(nameOf("aﷺ") ?? "", /^test_[\p{L}_]+$/u);
  });

  it("calls the function within the test, with a mock of Redis", () => {
    const { text } = pytestScript(scriptOf(tuple(str("x".repeat(90)))));
    assert.equal(
      text,
      [
        "from unittest.mock import AsyncMock",
        "import asyncio",
        "import datetime",
        "",
        "from shop.tasks import charge_card as function",
        "",
        "",
        "def test_charge_card():",
        "    # Job 5f3a, which failed with KeyError: 'sku'",
        "    args = (",
        `        '${"x".repeat(90)}',`,
        "    )",
        "    kwargs = {'retry': False}",
        "",
        "    async def run():",
        '        ctx = {"redis": AsyncMock()}',
        "        ctx.update(",
        "            job_id='5f3a',",
        "            job_try=2,",
        "            enqueue_time=datetime.datetime(2026, 11, 22, 12, 30, 1, 250000, tzinfo=datetime.timezone.utc),",
        "            score=1795000000123,",
        "        )",
        "        return await function(ctx, *args, **kwargs)",
        "",
        "    asyncio.run(run())",
        "",
      ].join("\n"),
    );
  });
});
