import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { TaskFiles } from "../../../src/files/taskFiles";
import { queueOf } from "../../../src/python/tasks/queueOf";
import type { CodePlace, TaskCode } from "../../../src/python/tasks/taskCode";
import { plain } from "../../support/pythonProject";
import { repositoryRoot } from "../../support/repositoryRoot";

describe("a project as people lay it out: a FastAPI backend and three services", () => {
  const root = join(repositoryRoot(), "test", "workspaces", "storefront");
  let code: TaskCode;
  before(async () => (code = await new TaskFiles({ roots: [root] }).read()));

  const at = ({ file, line }: Pick<CodePlace, "file" | "line">): string =>
    `${relative(root, file).replaceAll("\\", "/")}:${line}`;
  const found = (name: string, queue?: string): string[] =>
    code.definitionsOf(name, queue).found.map(({ definition, how }) => `${at(definition)} ${how}`);
  const settings = (module: string) => {
    const one = code.settings.find((each) => each.module === module);
    assert.ok(one, `no settings in ${module}`);
    return one;
  };

  it("is read wholly, but for what a decorator registers while it runs, which is said", () => {
    assert.deepEqual(code.problems, []);
    const unread = code.settings.flatMap((each) =>
      each.unread.map(({ place, why }) => `${each.name}: ${at(place)} ${why}`),
    );
    assert.deepEqual(unread, ["WORKER: services/reports/reports/registry.py:7 it is changed while the program runs"]);
  });

  it("has the two services' send_email apart, by queue", () => {
    assert.deepEqual(found("send_email", "storefront:billing"), ["services/billing/billing/tasks.py:6 registered"]);
    assert.deepEqual(found("send_email", "storefront:notify"), ["services/notify/notify/tasks/email.py:13 registered"]);
    assert.equal(found("send_email").length, 2, "without a queue both are as likely");
    assert.deepEqual(found("send_email", "storefront:backend"), [
      "services/billing/billing/tasks.py:6 otherQueue",
      "services/notify/notify/tasks/email.py:13 otherQueue",
    ]);
  });

  it("finds methods by their qualname, names of func() and cron(), dotted strings, and what a package hands on under another name", () => {
    assert.deepEqual(found("Invoices.render"), ["services/billing/billing/invoices.py:2 registered"]);
    assert.deepEqual(found("Invoices.number"), ["services/billing/billing/invoices.py:6 registered"]);
    assert.deepEqual(found("send_sms"), ["services/notify/notify/tasks/email.py:17 registered"]);
    const digest = ["services/notify/notify/tasks/digest.py:1 registered"];
    for (const name of ["digest", "weekly", "cron:notify.tasks.digest.weekly_digest"])
      assert.deepEqual(found(name), digest, name);
    assert.deepEqual(found("cron:reindex"), ["backend/src/app/core/worker/functions.py:15 registered"]);
  });

  it("joins a name that only Redis knows to the one async def of that name", () => {
    assert.deepEqual(found("build_report", "storefront:reports"), ["services/reports/reports/jobs.py:5 unique"]);
    assert.deepEqual(found("cron:purge"), ["services/reports/reports/jobs.py:10 unique"]);
    assert.deepEqual(found("reports.jobs.purge"), ["services/reports/reports/jobs.py:10 unique"]);
    const [match] = code.definitionsOf("build_report").found;
    assert.deepEqual(
      match?.definition.parameters.map(({ name, annotation }) => [name, annotation]),
      [
        ["ctx", null],
        ["month", "str"],
      ],
    );
    assert.equal(match?.definition.module, "reports.jobs");
    const none = code.definitionsOf("rotate_image");
    assert.deepEqual(none.found, []);
    assert.match(none.why ?? "", /No async def rotate_image/);
  });

  it("reads the settings of each service, with the reason for what the environment may change", () => {
    const backend = settings("app.core.worker.settings").values;
    const environment = (name: string): string => `it comes from Settings.${name}, which the environment may set`;
    assert.deepEqual(plain(backend.queue_name), ["?", environment("WORKER_QUEUE"), "storefront:backend"]);
    assert.deepEqual(plain(backend.max_jobs), ["?", environment("WORKER_MAX_JOBS"), 20]);
    assert.deepEqual([plain(backend.job_timeout), plain(backend.keep_result), backend.max_tries], [600, 86_400, null]);
    assert.equal(
      backend.on_startup !== null && "value" in backend.on_startup && backend.on_startup.value.definition?.line,
      23,
    );
    const billing = settings("billing.worker");
    assert.deepEqual(plain(billing.values.max_jobs), [
      "?",
      "it is read from the environment variable BILLING_MAX_JOBS",
      5,
    ]);
    assert.deepEqual([plain(billing.values.job_timeout), plain(billing.values.allow_abort_jobs)], [300, true]);
    const notify = settings("notify.worker").values;
    assert.deepEqual(
      [plain(notify.timezone), plain(notify.retry_jobs), notify.redis_settings],
      ["Europe/Berlin", false, null],
    );
    assert.deepEqual(
      code.settings.map(queueOf).map(({ name }) => name),
      ["storefront:backend", "storefront:billing", "storefront:notify", "storefront:reports"],
    );
  });

  it("tells what ARQ ignores, because only the base class has it", () => {
    const { ignored, values } = settings("billing.worker");
    assert.deepEqual(
      ignored.map(({ name, place }) => `${name} ${at(place)}`),
      [
        "max_tries services/billing/billing/worker.py:11",
        "health_check_interval services/billing/billing/worker.py:12",
      ],
    );
    assert.deepEqual([values.max_tries, values.health_check_interval], [null, null]);
  });

  it("reads what single functions are registered with, and what jobs give them", () => {
    const resize = code.tasks.find(({ name }) => name === "resize_image");
    const [registration] = resize?.registrations ?? [];
    assert.deepEqual([plain(registration?.timeout ?? null), plain(registration?.maxTries ?? null)], [120, 3]);
    assert.deepEqual(
      resize?.parameters?.map(({ name, kind, hasDefault }) => `${name} ${kind} ${hasDefault}`),
      ["image_id positional false", "width keywordOnly true"],
    );
    const render = code.tasks.find(({ name }) => name === "Invoices.render");
    assert.deepEqual(
      render?.parameters?.map(({ name }) => name),
      ["number"],
      "self and ctx are given by Python and ARQ",
    );
    const decorated = code.tasks.find(({ definition }) => definition?.decorators.includes("logged") === true);
    assert.equal(decorated?.parameters, null, "a decorator may change what a function takes");
  });

  it("reads schedules as ARQ takes them", () => {
    const schedules = code.crons.map(({ name, schedule, runAtStartup }) => [
      name,
      plain(schedule),
      plain(runAtStartup),
    ]);
    const none = { month: null, day: null, weekday: null, hour: null, second: 0, microsecond: 123_456 };
    assert.deepEqual(schedules, [
      ["cron:reindex", { ...none, hour: [2, 14], minute: 30 }, null],
      ["weekly", { ...none, weekday: [0, 3], hour: 9, minute: [15, 45] }, true],
      ["cron:notify.tasks.digest.weekly_digest", { ...none, minute: [0, 10, 20, 30, 40, 50], second: 30 }, null],
    ]);
  });

  it("finds who enqueues, by which name, onto which queue and with what", () => {
    const calls = code.enqueues.map(({ name, place, queue, positional, keywords, isLiteral }) => {
      const onto = queue === null ? null : "value" in queue ? queue.value : `? ${queue.fallback}`;
      return [at(place), "value" in name ? name.value : `? ${name.unknown}`, isLiteral, onto, positional, keywords];
    });
    assert.deepEqual(calls, [
      ["backend/src/app/api/v1/images.py:10", "resize_image", true, "? storefront:backend", 1, ["width"]],
      ["backend/src/app/api/v1/images.py:17", "rotate_image", true, "? storefront:backend", 1, []],
      ["backend/tests/test_worker.py:12", "resize", true, null, 1, []],
      ["services/billing/billing/tasks.py:12", "send_email", true, "storefront:billing", 1, ["invoice"]],
      ["services/reports/reports/ask.py:11", "build_report", true, "storefront:reports", 1, []],
      ["services/reports/reports/ask.py:14", "send_email", true, "storefront:notify", 1, []],
      [
        "services/reports/reports/ask.py:15",
        "? name is a parameter, known at run time only",
        false,
        "storefront:reports",
        0,
        [],
      ],
    ]);
    const [first] = code.enqueues;
    const { line, column, endColumn } = first!.name.place;
    assert.deepEqual([line, column, endColumn], [10, 40, 52], "the text within the quotes");
  });

  it("takes the workers of tests for no workers", () => {
    assert.equal(
      code.tasks.some(({ name }) => name === "resize" || name === "only_in_tests"),
      false,
    );
  });
});
