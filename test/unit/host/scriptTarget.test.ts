import assert from "node:assert/strict";
import { scriptTarget } from "../../../src/host/debug/scriptTarget";
import type {
  CodePlace,
  DefinitionMatch,
  FunctionDefinition,
  Registration,
  SettingsCode,
  SettingsValues,
} from "../../../src/python/tasks/taskCode";

const at = (file: string): CodePlace => ({ file, line: 1, column: 0, endLine: 1, endColumn: 1 });
const param = (name: string) => ({ name, kind: "positional", hasDefault: false, annotation: null }) as const;

const definition = (more: Partial<FunctionDefinition> = {}): FunctionDefinition => ({
  file: "/home/me/shop/src/shop/tasks.py",
  line: 3,
  column: 10,
  endLine: 9,
  name: "send",
  qualname: "send",
  isAsync: true,
  module: "shop.tasks",
  parameters: [param("ctx")],
  decorators: [],
  ...more,
});

const settings = (values: Partial<SettingsValues> = {}, more: Partial<SettingsCode> = {}): SettingsCode => ({
  kind: "class",
  name: "WorkerSettings",
  module: "workers.mail",
  place: at("/home/me/shop/workers/mail.py"),
  values: {
    queue_name: null,
    job_timeout: null,
    on_startup: null,
    on_shutdown: null,
    on_job_start: null,
    on_job_end: null,
    ...values,
  } as SettingsValues,
  unread: [],
  ignored: [],
  ...more,
});

const registration = (of: SettingsCode, more: Partial<Registration> = {}): Registration => ({
  place: of.place,
  settings: of,
  how: "function",
  timeout: null,
  keepResult: null,
  keepResultForever: null,
  maxTries: null,
  replaced: false,
  ...more,
});

const match = (found: FunctionDefinition, ...registrations: Registration[]): DefinitionMatch => ({
  definition: found,
  task:
    registrations.length === 0 ? null : { name: "send", definition: found, why: null, parameters: null, registrations },
  how: registrations.length === 0 ? "unique" : "registered",
});

describe("how a script gets hold of a task", () => {
  it("is by import from the folder in which Python finds the module, run where a worker would be started", () => {
    assert.deepEqual(scriptTarget(match(definition()), null), {
      function: { how: "name", name: { module: "shop.tasks", qualname: "send" }, isBound: false },
      hooks: {},
      settings: null,
      timeout: null,
      roots: ["/home/me/shop/src"],
      cwd: "/home/me/shop",
    });
    const packaged = scriptTarget(match(definition({ file: "/a/shop/__init__.py", module: "shop" })), null);
    assert.deepEqual([packaged?.roots, packaged?.cwd], [["/a"], "/a"]);
  });

  it("takes hooks, time limit and address from the worker of the job's queue", () => {
    const startup = definition({ module: "workers.mail", qualname: "startup", file: "/home/me/shop/workers/mail.py" });
    const place = at("/x.py");
    const other = settings({ queue_name: { value: "other", place } }, { name: "OtherSettings" });
    const mail = settings({
      queue_name: { value: "mail", place },
      job_timeout: { value: 60, place },
      on_startup: { value: { text: "startup", definition: startup }, place },
      on_shutdown: { unknown: "is computed", place },
    });
    const target = scriptTarget(match(definition(), registration(other), registration(mail)), "mail");
    const imported = { kind: "class", module: "workers.mail", name: "WorkerSettings" };
    assert.deepEqual(target?.hooks, {
      on_startup: { module: "workers.mail", qualname: "startup" },
      on_shutdown: imported,
    });
    assert.deepEqual([target?.settings, target?.timeout], [imported, 60]);
    assert.deepEqual(target?.roots, ["/home/me/shop/src", "/home/me/shop"]);
    const own = registration(mail, { timeout: { value: 5, place } });
    assert.equal(scriptTarget(match(definition(), own), "mail")?.timeout, 5);
  });

  it("is through the worker's settings for what cannot be imported or is bound to an object, and not at all without them", () => {
    const nested = definition({ qualname: "make.<locals>.send" });
    const bound = definition({ qualname: "Mailer.send", parameters: [param("self"), param("ctx")] });
    for (const each of [nested, bound]) {
      const found = scriptTarget(match(each, registration(settings())), "arq:queue")?.function;
      assert.deepEqual(found?.how === "worker" && [found.list, found.settings.module], ["functions", "workers.mail"]);
    }
    const cron = scriptTarget(match(nested, registration(settings(), { how: "cron" })), null)?.function;
    assert.equal(cron?.how === "worker" && cron.list, "cron_jobs");
    const called = settings({}, { kind: "call", name: "Worker(…)" });
    assert.equal(scriptTarget(match(nested, registration(called)), null), null);
    assert.equal(scriptTarget(match(nested), null), null);
    const alone = scriptTarget(match(bound), null)?.function;
    assert.deepEqual(alone?.how === "name" && alone.isBound, true);
    const unnamed = scriptTarget(match(definition({ module: null })), null);
    assert.equal(unnamed, null);
  });

  it("passes over registrations that a later one has replaced", () => {
    const gone = registration(settings({}, { name: "Gone" }), { replaced: true });
    const target = scriptTarget(match(definition(), gone, registration(settings())), null);
    assert.equal(target?.settings?.name, "WorkerSettings");
  });
});
