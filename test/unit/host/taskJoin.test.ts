import assert from "node:assert/strict";
import { adviseRegistration, adviseSettings } from "../../../src/host/code/settingsAdvice";
import { type Drift, driftOf, type DriftFacts } from "../../../src/host/code/drift";
import { driftHeading, driftText } from "../../../src/host/code/driftText";
import { cronCodeOf, unseenCrons } from "../../../src/host/code/cronViews";
import { nearName } from "../../../src/host/code/nearName";
import { joinTasks } from "../../../src/host/code/taskJoin";
import { limitsOf, placesOf } from "../../../src/host/code/taskLimits";
import { jobsOf, sumsOf, sumsText } from "../../../src/host/code/taskSummary";
import type { TaskStats } from "../../../src/monitor/queryModel";
import type { TaskCode } from "../../../src/python/tasks/taskCode";
import { PythonProject } from "../../support/pythonProject";

const now = Date.UTC(2026, 0, 2, 3, 4, 30);

function stats(name: string, queue: string | null, fields: Partial<TaskStats> = {}): TaskStats {
  return {
    function: name,
    queue,
    count: 1,
    queued: 0,
    deferred: 0,
    running: 0,
    retrying: 0,
    completeLastHour: 0,
    failedLastHour: 0,
    runP95Ms: null,
    lastError: null,
    ...fields,
  };
}

const shop = {
  "shop/tasks.py": `
async def send_email(ctx, to): ...
async def charge(ctx, order, amount): ...
async def clean(ctx): ...
`,
  "shop/worker.py": `
from arq import cron, func
from .tasks import charge, clean, send_email

class WorkerSettings:
    functions = [send_email, func(charge, timeout=30, max_tries=2, keep_result=0)]
    cron_jobs = [cron(clean, second=25)]
    queue_name = "shop"
    max_jobs = 4
    job_timeout = 60
`,
  "news/tasks.py": "async def send_email(ctx, to, subject): ...\n",
  "news/worker.py": `
import os
from .tasks import send_email

class WorkerSettings:
    functions = [send_email]
    queue_name = "news"
    keep_result = 30
    retry_jobs = False
    log_results = False
    max_tries = int(os.getenv("TRIES", "7"))
`,
};

describe("What the source and Redis tell of a task together", () => {
  const project = new PythonProject();
  let code: TaskCode;
  before(async () => (code = await project.read(shop)));
  after(() => project.remove());

  const parts = (all: readonly TaskStats[], seen: Parameters<typeof joinTasks>[2] = []) =>
    Array.from(joinTasks(code, all, seen).values(), ({ definition, parts: each }) => [
      project.at(definition),
      each.map(({ name, queue, stats: own }) => `${name} on ${queue}: ${own?.queued ?? "-"}`),
    ]);

  it("has every registered function, also without jobs, and keeps two services' functions of one name apart", () => {
    const all = [stats("send_email", "shop", { queued: 2 }), stats("send_email", "news", { queued: 7 })];
    assert.deepEqual(parts(all), [
      ["news/tasks.py:1", ["send_email on news: 7"]],
      ["shop/tasks.py:2", ["send_email on shop: 2"]],
      ["shop/tasks.py:3", ["charge on shop: -"]],
      ["shop/tasks.py:4", ["cron:clean on shop: -"]],
    ]);
  });

  it("gives jobs of another queue to nobody where a worker of that queue has not got the function", () => {
    const [, , charge] = parts([stats("charge", "news", { queued: 1 })]);
    assert.deepEqual(charge, ["shop/tasks.py:3", ["charge on shop: -"]]);
  });

  it("gives jobs of a queue that no settings name to the one function of their name", () => {
    const [, , charge] = parts([stats("charge", "elsewhere", { queued: 1 })]);
    assert.deepEqual(charge, ["shop/tasks.py:3", ["charge on shop: -", "charge on elsewhere: 1"]]);
    const [news] = parts([stats("send_email", "elsewhere", { queued: 1 })]);
    assert.deepEqual(news, ["news/tasks.py:1", ["send_email on news: -"]], "two are as likely");
  });

  it("gives jobs of a queue whose worker takes tasks from a registry to the function that another service has not registered, with that worker's limits", async () => {
    const shopWithRegistry = {
      ...shop,
      "bills/registry.py": "TASKS = []\ndef task(fn):\n    TASKS.append(fn)\n    return fn\n",
      "bills/tasks.py": "from .registry import task\n@task\nasync def send_email(ctx, bill): ...\n",
      "tests/fakes.py": "async def send_email(ctx, to): ...\nasync def charge(ctx, to): ...\n",
      "bills/smtp.py": "async def send_email(to, text): ...\nasync def clean(folder): ...\n",
      "bills/worker.py":
        "from .registry import TASKS\nclass WorkerSettings:\n    functions = [*TASKS]\n    queue_name = 'bills'\n    max_tries = 3\n",
    };
    const other = new PythonProject();
    try {
      const read = await other.read(shopWithRegistry);
      const found = Array.from(
        joinTasks(read, [
          stats("send_email", "bills", { queued: 3 }),
          stats("charge", "bills", { queued: 4 }),
        ]).values(),
        ({ definition, parts: each }) => [other.at(definition), each.map(({ queue }) => queue)],
      );
      const { maxTries, timeout } = limitsOf(read, "send_email", "bills") ?? assert.fail("no limits");
      assert.deepEqual([maxTries?.value, maxTries?.place && other.at(maxTries.place)], [3, "bills/worker.py:5"]);
      assert.deepEqual([timeout?.value, timeout?.place, timeout?.assumed], [300, null, true]);
      assert.equal(limitsOf(read, "cron:send_email", "bills"), null, "a cron job has limits of its own");
      assert.deepEqual(found, [
        ["news/tasks.py:1", ["news"]],
        ["shop/tasks.py:2", ["shop"]],
        ["shop/tasks.py:3", ["shop", "bills"]],
        ["shop/tasks.py:4", ["shop"]],
        ["bills/tasks.py:3", ["bills"]],
      ]);
    } finally {
      other.remove();
    }
  });

  it("says what it adds up to, the connection's clock at hand, and finds the jobs again", () => {
    const lastError = { type: "shop.errors.CardDeclined", message: "no", at: now - 4 * 60_000, id: "f" };
    const two = [
      {
        name: "charge",
        queue: "shop",
        stats: stats("charge", "shop", { queued: 3, running: 1, failedLastHour: 12, runP95Ms: 2100, lastError }),
        registrations: [],
      },
      {
        name: "charge",
        queue: "elsewhere",
        stats: stats("charge", "elsewhere", { deferred: 2, runP95Ms: 900 }),
        registrations: [],
      },
    ];
    assert.equal(
      sumsText(sumsOf(two), now),
      "3 queued · 1 running · 2 deferred · 12 failed (1 h) · p95 2.1 s · last CardDeclined 4 min ago",
    );
    assert.deepEqual(jobsOf(two), {
      tab: "jobs",
      filter: { function: "charge", queue: null, text: "queue:shop,elsewhere" },
    });
    assert.deepEqual(jobsOf(two.slice(0, 1), true), {
      tab: "jobs",
      filter: { function: "charge", queue: "shop", text: "since:1h", states: ["failed"], remembered: "also" },
    });
  });

  it("tells the limits of a function with where they stand: its own, its settings', ARQ's", () => {
    const own = limitsOf(code, "charge", "shop");
    assert.deepEqual([own?.timeout?.value, own?.maxTries?.value, own?.keepResult?.value], [30, 2, 0]);
    assert.equal(project.at(own!.timeout!.place!), "shop/worker.py:6");
    const settings = limitsOf(code, "send_email", "shop");
    assert.deepEqual([settings?.timeout?.setting, settings?.timeout?.value], ["job_timeout", 60]);
    assert.deepEqual([settings?.maxTries?.value, settings?.maxTries?.place], [5, null]);
    const cron = limitsOf(code, "cron:clean", "shop");
    assert.deepEqual([cron?.maxTries?.value, cron?.keepResult?.value, cron?.timeout?.value], [1, 0, 60]);
    const environment = limitsOf(code, "send_email", "news")?.maxTries;
    assert.deepEqual([environment?.value, environment?.assumed], [7, true]);
    assert.equal(limitsOf(code, "send_email", null)?.timeout, null, "two workers differ");
    assert.equal(limitsOf(code, "unheard_of", "shop"), null);
    assert.deepEqual([placesOf(code, "shop")?.value, placesOf(code, "news")?.value], [4, 10]);
    assert.equal(placesOf(code, "elsewhere"), null);
  });

  it("advises against settings that leave nothing to look into", () => {
    const [news, billing] = ["news", "shop"].map((folder) =>
      code.settings.find(({ place }) => project.at(place).startsWith(folder))!,
    );
    const advised = adviseSettings(news!).map(({ setting, place }) => `${setting} ${project.at(place)}`);
    assert.deepEqual(advised, [
      "keep_result news/worker.py:8",
      "log_results news/worker.py:10",
      "retry_jobs news/worker.py:9",
      "health_check_interval news/worker.py:5",
    ]);
    assert.deepEqual(
      adviseSettings(billing!).map(({ setting }) => setting),
      ["health_check_interval"],
    );
    const registrations = code.tasks.flatMap((task) =>
      task.registrations.map((each) => [task.name, adviseRegistration(each)[0]?.setting]),
    );
    assert.deepEqual(
      registrations.filter(([, setting]) => setting !== undefined).sort(([a = ""], [b = ""]) => a.localeCompare(b)),
      [
        ["charge", "keep_result"],
        ["cron:clean", "cron"],
      ],
    );
  });

  describe("where they do not fit", () => {
    const drift = (fields: Partial<DriftFacts>): readonly Drift[] =>
      driftOf({
        code,
        stats: [],
        crons: [],
        queues: ["shop", "news"],
        misfits: [],
        now,
        watchedSince: null,
        isWhole: false,
        ...fields,
      });
    const labels = (all: readonly Drift[]) => all.map((each) => driftText(each).label);

    it("is told of jobs whose function is not in the workspace, with what may have been meant", () => {
      const all = drift({ stats: [stats("charg", "shop", { queued: 2 }), stats("done", "shop")] });
      assert.deepEqual(labels(all), ["charg: not found in this workspace"]);
      assert.equal(driftText(all[0]!).detail, "2 jobs call it. There is charge.");
      assert.equal(driftHeading(all), "1 name without a function");
    });

    it("is told of functions that failed because their worker has not got them", () => {
      const lastError = {
        type: "arq.worker.JobExecutionFailed",
        message: "function 'charge' not found",
        at: now,
        id: "f",
      };
      const all = drift({ stats: [stats("charge", "news", { failedLastHour: 3, lastError })] });
      assert.deepEqual(labels(all), ["charge: not given to the workers of this queue"]);
    });

    it("is not told of queues that no worker of the workspace reads, nor without any worker", () => {
      assert.deepEqual(drift({ stats: [stats("resize", "media", { queued: 1 })] }), []);
      const none = { ...code, settings: [] };
      assert.deepEqual(drift({ code: none, stats: [stats("charg", "shop", { queued: 2 })] }), []);
    });

    it("is told of functions without a job only when everything was looked at, and not where results are not kept", () => {
      assert.deepEqual(drift({}), []);
      const all = drift({ isWhole: true, stats: [stats("send_email", "news")] });
      assert.deepEqual(
        all.map((each) => [each.kind, each.kind === "neverRun" ? each.name : "", each.queue]),
        [["neverRun", "send_email", "shop"]],
      );
    });

    it("is told of a queue of which nothing is in Redis, if another one is", () => {
      const kinds = (queues: string[]) =>
        drift({ isWhole: true, queues, stats: [stats("send_email", null), stats("charge", null)] }).map(
          ({ kind }) => kind,
        );
      assert.deepEqual(kinds(["shop"]), ["queueUnseen"]);
      assert.deepEqual(kinds(["another project"]), []);
    });

    it("is told of a cron job that was due while everything was watched", () => {
      const seen = drift({ watchedSince: now - 120_000 });
      assert.deepEqual(labels(seen), ["cron:clean: no run was seen"]);
      assert.deepEqual(drift({ watchedSince: now - 10_000 }), [], "it may yet be seen");
      const ran = {
        name: "clean",
        function: "cron:clean",
        queue: "shop",
        next: null,
        expectedAt: null,
        lastRuns: [],
        count: 1,
        failed: 0,
        intervalMs: null,
      };
      assert.deepEqual(drift({ watchedSince: now - 120_000, crons: [ran] }), []);
    });

    it("tells once of settings that are started in several ways", async () => {
      const started = new PythonProject();
      try {
        const both = await started.read({
          "worker.py": `from arq import cron, run_worker
async def send(ctx): ...
async def clean(ctx): ...
settings = {"functions": [send], "cron_jobs": [cron(clean, second=25)], "redis_settings": None}
run_worker(settings, max_jobs=3)
`,
        });
        assert.deepEqual(
          both.settings.map(({ kind }) => kind),
          ["dict", "call"],
        );
        const facts = { code: both, queues: ["arq:queue"], isWhole: true, watchedSince: now - 120_000 };
        assert.deepEqual(labels(drift(facts)), ["cron:clean: no run was seen", "send: no job of it is known"]);
        assert.deepEqual(
          unseenCrons(both, [], ["arq:queue"]).map((each) => each.function),
          ["cron:clean"],
        );
        const found = cronCodeOf(both, { function: "cron:clean", queue: "arq:queue" });
        assert.equal(found?.place.line, 4);
      } finally {
        started.remove();
      }
    });

    it("tells nothing for certain of a cron job that one place makes with several schedules or time zones", async () => {
      for (const [first, second, runs] of [
        ["", ", timezone=timezone(timedelta(hours=2))", "cron(clean, hour=3)"],
        ["", "", "*[cron(clean, hour=hour) for hour in (3, 4)]"],
        ["", "", "cron(clean, hour=3)"],
      ] as const) {
        const several = new PythonProject();
        try {
          const code = await several.read({
            "worker.py": `from datetime import timedelta, timezone
from arq import cron, run_worker
async def clean(ctx): ...
settings = {"cron_jobs": [${runs}], "redis_settings": None}
run_worker(settings, max_jobs=3${first})
run_worker(settings, max_jobs=4${second})
`,
          });
          const found = cronCodeOf(code, { function: "cron:clean", queue: "arq:queue" });
          assert.equal(found?.place.line, second === "" && !runs.startsWith("*") ? 4 : undefined);
        } finally {
          several.remove();
        }
      }
    });
  });
});

describe("The name that was probably meant", () => {
  it("is the nearest one, if it is near", () => {
    const names = ["send_email", "send_sms", "charge_card"];
    assert.equal(nearName("send_emial", names), "send_email");
    assert.equal(nearName("SendEmail", names), "send_email");
    assert.equal(nearName("chrage_card", names), "charge_card");
    assert.equal(nearName("resize", names), null);
    assert.equal(nearName("send_email", names), null, "it is itself");
    assert.equal(nearName("x".repeat(100_000), names), null);
  });
});
