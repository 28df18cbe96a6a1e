import assert from "node:assert/strict";
import type { ReadValue, SettingsValues } from "../../../src/python/tasks/taskCode";
import { plain, PythonProject } from "../../support/pythonProject";

describe("worker settings in code", () => {
  let project: PythonProject;
  beforeEach(() => (project = new PythonProject()));
  afterEach(() => project.remove());

  const head = `import os
from datetime import timedelta, timezone
from enum import Enum
from zoneinfo import ZoneInfo
from arq import func, cron

async def a(ctx): pass
async def b(ctx): pass
MINUTE = 60
class Queue(str, Enum):
    HIGH = "high"
class Config:
    timeout = 30
config = Config()
def get_config():
    return Config()
`;
  const read = async (setting: string) => {
    const code = await project.read({
      "worker.py": `${head}\nclass WorkerSettings:\n    functions = [a]\n    ${setting}\n`,
    });
    const values: SettingsValues | undefined = code.settings[0]?.values;
    assert.ok(values);
    const value: ReadValue<unknown> | null = values[setting.split(/[ :=]/)[0] as keyof SettingsValues];
    return plain(value);
  };

  const known: readonly (readonly [setting: string, value: unknown])[] = [
    ["job_timeout = 60 * 5", 300],
    ["job_timeout: int = MINUTE * 2 + 1", 121],
    ["job_timeout = timedelta(minutes=5)", 300],
    ["job_timeout = timedelta(0, 30)", 30],
    ["job_timeout = int(timedelta(hours=1).total_seconds())", 3600],
    ["keep_result = 7 * 24 * 60 * 60", 604_800],
    ["max_tries = 1_0", 10],
    ["max_jobs = -(-3)", 3],
    ["max_jobs = 10 // 3", 3],
    ["poll_delay = 0.1", 0.1],
    ["poll_delay = .5e0", 0.5],
    ["retry_jobs = False", false],
    ["allow_abort_jobs = not False", true],
    ["keep_result_forever = bool(1)", true],
    ['queue_name = "a" "b"', "ab"],
    ["queue_name = Queue.HIGH.value", "high"],
    ["queue_name = Queue.HIGH", "high"],
    ['queue_name = f"shop:{Queue.HIGH.value}:{MINUTE}"', "shop:high:60"],
    ["queue_name = None", null],
    ['queue_name = "a\\x41\\n"', "aA\n"],
    ['queue_name = r"a\\n"', "a\\n"],
    ['queue_name = {"x": "of a dict"}["x"]', "of a dict"],
    ["timezone = timezone.utc", "UTC"],
    ['timezone = ZoneInfo("Asia/Tokyo")', "Asia/Tokyo"],
    ["timezone = timezone(timedelta(hours=-3, minutes=-30))", "-03:30"],
    ["health_check_interval = timedelta(seconds=30)", 30],
  ];
  for (const [setting, value] of known) {
    it(`are read: ${setting}`, async () => assert.deepEqual(await read(setting), value));
  }

  const unknown: readonly (readonly [setting: string, why: RegExp, fallback: unknown])[] = [
    ['max_jobs = int(os.getenv("JOBS", "5"))', /environment variable JOBS/, 5],
    ['max_jobs = int(os.environ.get("JOBS", 5)) * 2', /environment variable JOBS/, 10],
    ['max_jobs = int(os.environ["JOBS"])', /environment variable JOBS/, undefined],
    ['queue_name = os.getenv("QUEUE") or "mail"', /environment variable QUEUE/, "mail"],
    ["job_timeout = config.timeout", /Config\.timeout/, 30],
    ["job_timeout = get_config().timeout", /Config\.timeout/, 30],
    ["max_jobs = count()", /not in the open folders|count\(\)/, undefined],
    ["max_jobs = 3 if DEBUG else 4", /condition/, undefined],
    ['max_jobs = "many"', /not a number/, undefined],
    ["max_jobs = 1 / 0", /not read/, undefined],
    ["queue_name = lambda: 1", /lambda/, undefined],
    ["queue_name = f'{MINUTE!r}'", /formatted/, undefined],
    ["max_jobs = max_jobs", /max_jobs/, undefined],
  ];
  for (const [setting, why, fallback] of unknown) {
    it(`say why they are not known: ${setting}`, async () => {
      const value = (await read(setting)) as ["?", string, unknown];
      assert.equal(value[0], "?");
      assert.match(value[1], why);
      assert.deepEqual(value[2], fallback);
    });
  }

  it("of a class that is only derived are its own, and what it inherits is told to be ignored", async () => {
    const code = await project.read({
      "base.py": `${head}\nclass BaseWorkerSettings:\n    functions = [a]\n    max_jobs = 3\n    redis_settings = None\n`,
      "worker.py":
        "from base import BaseWorkerSettings, b\n\nclass High(BaseWorkerSettings):\n    functions = [b]\n    queue_name = 'high'\n\nclass Low(BaseWorkerSettings):\n    queue_name = 'low'\n",
    });
    const [, high, low] = code.settings;
    assert.deepEqual(
      [high?.name, high?.values.max_jobs, high?.ignored.map(({ name }) => name)],
      ["High", null, ["redis_settings", "max_jobs"]],
    );
    assert.deepEqual([low?.name, low?.ignored.map(({ name }) => name).includes("functions")], ["Low", true]);
    assert.deepEqual(project.found(code, "b", "high"), ["base.py:8 registered"]);
    assert.deepEqual(project.found(code, "a", "low"), ["base.py:7 otherQueue"], "ARQ would not find it either");
  });

  it("are found in calls, dicts and modules", async () => {
    const code = await project.read({
      "tasks.py": head,
      "call.py":
        "from arq.worker import Worker, run_worker\nfrom tasks import a, b\n\nclass S:\n    functions = [a]\n\ndef main():\n    worker = Worker([a], queue_name='w', max_jobs=2)\n    Worker(functions=[b], queue_name='v', **more)\n    run_worker(S, queue_name='other')\n",
      "of_dict.py":
        "from arq import run_worker\nfrom tasks import a\nOPTIONS = dict(functions=[a], queue_name='d')\nrun_worker(OPTIONS)\n",
      "of_module.py":
        "from arq import cron\nfrom tasks import a\nfunctions = [a]\nredis_settings = None\nqueue_name = 'm'\n",
      "other.py":
        "class Form:\n    functions = ['x']\n\nclass Worker:\n    def __init__(self, functions): pass\n\nWorker([1])\n",
    });
    const found = code.settings.map(({ kind, name, values, unread }) => [
      kind,
      name,
      plain(values.queue_name),
      unread.length,
    ]);
    assert.deepEqual(found, [
      ["class", "S", null, 0],
      ["call", "Worker(…)", "w", 0],
      ["call", "Worker(…)", "v", 1],
      ["call", "run_worker(…)", "other", 0],
      ["dict", "OPTIONS", "d", 0],
      ["module", "of_module", "m", 0],
    ]);
    assert.deepEqual(project.found(code, "a", "other"), ["tasks.py:7 registered"]);
  });

  it("are found where a function or type() makes them", async () => {
    const code = await project.read({
      "tasks.py": head,
      "made.py": `from arq import create_worker, run_worker
from tasks import a, b
from elsewhere import unknown
def options(queue):
    return {"functions": [a], "queue_name": queue, "max_jobs": 4}
def main():
    run_worker(options("returned"))
    mine = dict(functions=[b], queue_name="mine")
    run_worker(mine)
    run_worker(unknown())
NAMED = {"functions": [a], "queue_name": "named"}
run_worker(NAMED)
Low = type("Low", (), {"functions": [b], "queue_name": "low"})
create_worker(Low, burst=True)
`,
    });
    const found = code.settings.map(({ kind, name, values }) => [kind, name, plain(values.queue_name)]);
    assert.deepEqual(found, [
      ["dict", "NAMED", "named"],
      ["class", "Low", "low"],
      ["call", "run_worker(…)", "returned"],
      ["call", "run_worker(…)", "mine"],
    ]);
    assert.deepEqual(project.found(code, "b", "low"), ["tasks.py:8 registered"]);
  });

  it("have a name that is registered twice from the last, and cron jobs after functions", async () => {
    const worker =
      "class WorkerSettings:\n    functions = [func(a, name='x'), func(b, name='x'), func(a, name='cron:a')]\n    cron_jobs = [cron(a)]\n";
    const code = await project.read({ "worker.py": `${head}\n${worker}` });
    const replaced = code.tasks.map(
      ({ name, definition, registrations }) =>
        `${name} ${definition?.name} ${registrations.map((one) => one.replaced).join()}`,
    );
    assert.deepEqual(replaced, ["x a true", "x b false", "cron:a a true,false"]);
    assert.deepEqual(project.found(code, "x", "arq:queue"), ["worker.py:8 registered"]);
  });

  it("are changed after the class, or by what is appended", async () => {
    const more =
      "class WorkerSettings:\n    functions = [a]\n    functions += [b]\n    max_jobs = 1\n\nWorkerSettings.queue_name = 'late'\nWorkerSettings.functions.append(func(a, name='c'))\nFUNCTIONS = [a]\nFUNCTIONS.append(b)\nclass OtherWorkerSettings:\n    functions = FUNCTIONS\n    queue_name = 'f'\n";
    const code = await project.read({ "worker.py": `${head}\n${more}` });
    assert.deepEqual(
      code.settings.map(({ unread }) => unread),
      [[], []],
    );
    assert.deepEqual(
      ["a", "b", "c"].map((name) => project.found(code, name, "late").length),
      [1, 1, 1],
    );
    assert.deepEqual(
      ["a", "b", "c"].map((name) => project.found(code, name, "f")[0]?.split(" ")[1]),
      ["registered", "registered", "otherQueue"],
    );
  });

  it("have schedules of what ARQ takes; with anything else the worker does not start", async () => {
    const schedule = async (minute: string) => {
      const worker = `class WorkerSettings:\n    cron_jobs = [cron(a, minute=${minute})]\n    max_jobs = 1\n`;
      const code = await project.read({ "worker.py": `${head}\nEVERY = range(0, 60, 20)\n${worker}` });
      const read = code.crons[0]?.schedule;
      return read === undefined ? null : "value" in read ? read.value.minute : read.unknown;
    };
    for (const taken of [
      "set(range(0, 60, 20))",
      "{0, 20, 40}",
      "[0, 20, 40]",
      "(0, 20, 40)",
      "list(EVERY)",
      "{*EVERY}",
    ])
      assert.deepEqual(await schedule(taken), [0, 20, 40], taken);
    for (const refused of ["range(0, 60, 20)", "EVERY", "frozenset({1})", "frozenset(EVERY)"])
      assert.equal(await schedule(refused), "minute: ARQ takes a number or a set of numbers", refused);
  });

  it("leave names to a registry's decorators, which are called with them", async () => {
    const code = await project.read({
      "registry.py":
        "TASKS = []\ndef task(name, *, retries=1):\n    def add(f):\n        TASKS.append(f)\n        return f\n    return add\n",
      "orders.py": `from registry import task
@task("order.close", retries=3)
async def order_close(ctx, order_id): pass
@retrying(
    times=2,
)
@task(retries=2, name='order.re-open')
async def again(ctx): pass
class Close:
    async def order(self, ctx): pass
`,
      "views.py": `@router.get("order.show")
async def order_show(request): pass
@task("order.close")
def not_awaited(ctx): pass
@task("other")
class Named: pass
async def order_ship(ctx): pass
`,
      "worker.py":
        "import registry\nclass WorkerSettings:\n    functions = registry.TASKS\n    queue_name = 'orders'\n",
    });
    const found = (name: string): string[] => project.found(code, name, "orders");
    assert.deepEqual(found("order.close"), ["orders.py:3 unique"]);
    assert.deepEqual(found("order.re-open"), ["orders.py:8 unique"]);
    assert.deepEqual(found("again"), ["orders.py:8 unique"], "or by its own name");
    for (const name of ["order.show", "other", "close", "re-open"]) assert.deepEqual(found(name), [], name);
  });

  it("keep decorators in mind that give a task another name", async () => {
    const decorated = `import functools
from arq import func
def keeps(f):
    @functools.wraps(f)
    async def inner(ctx): return await f(ctx)
    return inner
def loses(f):
    async def wrapper(ctx): return await f(ctx)
    return wrapper
def same(f):
    return f
def made(times):
    def outer(f):
        async def again(ctx): return await f(ctx)
        return again
    return outer
@keeps
async def a(ctx): pass
@loses
async def b(ctx): pass
@same
async def c(ctx, x): pass
@made(3)
async def d(ctx): pass
@unseen.retry(3)
async def e(ctx, y): pass
class WorkerSettings:
    functions = [a, b, c, d, e]
`;
    const code = await project.read({ "worker.py": decorated });
    const names = code.tasks.map(
      ({ name, definition, parameters }) =>
        `${name} ${definition?.name} ${parameters?.map((one) => one.name).join() ?? "?"}`,
    );
    assert.deepEqual(names, [
      "a a ?",
      "loses.<locals>.wrapper b ?",
      "c c x",
      "made.<locals>.outer.<locals>.again d ?",
      "e e ?",
    ]);
  });
});
