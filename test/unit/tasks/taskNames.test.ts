import assert from "node:assert/strict";
import { PythonProject } from "../../support/pythonProject";

describe("tasks in code", () => {
  let project: PythonProject;
  beforeEach(() => (project = new PythonProject()));
  afterEach(() => project.remove());

  const worker = (functions: string, more = ""): string => `from arq import cron, func
from tasks import *
import tasks
${more}

class WorkerSettings:
    functions = ${functions}
`;
  const tasks = `import functools
from arq import func


async def send_email(ctx, to):
    pass


async def charge(ctx):
    pass


def make():
    async def made(ctx):
        pass

    return made


class Mailer:
    async def send(self, ctx, to):
        pass

    @classmethod
    async def all(cls, ctx):
        pass

    @staticmethod
    async def one(ctx):
        pass


class Fast(Mailer):
    pass


mailer = Fast()
send = send_email
ready = func(charge, name="charge-card")
both = [send_email, charge]
more = (*both, Mailer.one)
`;

  const forms: readonly (readonly [what: string, functions: string, found: readonly string[]])[] = [
    ["by name", "[send_email]", ["send_email: tasks.py:5"]],
    ["in a tuple", "(send_email, charge)", ["charge: tasks.py:9", "send_email: tasks.py:5"]],
    ["by attribute of their module", "[tasks.charge]", ["charge: tasks.py:9"]],
    ["with func()", "[func(send_email)]", ["send_email: tasks.py:5"]],
    ["with a name of their own", '[func(send_email, name="mail")]', ["mail: tasks.py:5"]],
    ["with a name by keyword", '[func(coroutine=send_email, name="mail")]', ["mail: tasks.py:5"]],
    ["as dotted strings, which are their names", '["tasks.send_email"]', ["tasks.send_email: tasks.py:5"]],
    [
      "as dotted strings in func()",
      '[func("tasks.send_email", name="mail"), func("tasks.charge")]',
      ["mail: tasks.py:5", "tasks.charge: tasks.py:9"],
    ],
    ["under an alias", "[send]", ["send_email: tasks.py:5"]],
    ["that func() made elsewhere", "[ready, func(tasks.ready)]", ["charge-card: tasks.py:9"]],
    [
      "in lists that are put together",
      "[*both, tasks.mailer.send] + [func(Mailer.all)]",
      ["Mailer.all: tasks.py:25", "Mailer.send: tasks.py:21", "charge: tasks.py:9", "send_email: tasks.py:5"],
    ],
    [
      "in a list of another module",
      "tasks.more",
      ["Mailer.one: tasks.py:29", "charge: tasks.py:9", "send_email: tasks.py:5"],
    ],
    ["through list()", "list(tasks.both)", ["charge: tasks.py:9", "send_email: tasks.py:5"]],
    ["as methods of an object", "[Mailer().send]", ["Mailer.send: tasks.py:21"]],
    ["as nested functions", "[make()]", ["make.<locals>.made: tasks.py:14"]],
    [
      "in a comprehension",
      "[func(each, max_tries=2) for each in both]",
      ["charge: tasks.py:9", "send_email: tasks.py:5"],
    ],
    ["behind or", "[] or [charge]", ["charge: tasks.py:9"]],
    ["in either branch", "[charge] if DEBUG else [send_email]", ["charge: tasks.py:9", "send_email: tasks.py:5"]],
    [
      "of a package that is not there",
      "[charge, elsewhere_task]",
      ["charge: tasks.py:9", "elsewhere_task: ? other.elsewhere_task is not in the open folders"],
    ],
    [
      "with functools.partial, which needs a name",
      '[func(functools.partial(charge, 1), name="part")]',
      ["part: tasks.py:9"],
    ],
    [
      "by paths that something else imports, under their own names",
      '[import_string("tasks.send_email"), func(import_string("tasks.charge"), name="card")]',
      ["card: tasks.py:9", "send_email: tasks.py:5"],
    ],
    [
      "by a list of paths",
      "[import_string(path) for path in paths]",
      ["charge: tasks.py:9", "work: ? the module other.jobs is not in the open folders"],
    ],
  ];
  for (const [what, functions, found] of forms) {
    it(`are found ${what}`, async () => {
      const code = await project.read({
        "tasks.py": tasks,
        "worker.py": worker(
          functions,
          `import functools
from other import elsewhere_task
from pydantic.utils import import_string
paths = ["tasks.charge", "other.jobs.work"]`,
        ),
      });
      assert.deepEqual(project.tasks(code), found);
      const [settings] = code.settings;
      assert.deepEqual(settings?.unread, [], "parts are unread");
    });
  }

  const unread: readonly (readonly [functions: string, why: RegExp])[] = [
    ["load_functions()", /load_functions is not in the open folders|load_functions\(\) gives/],
    ["[charge, *registry.values()]", /registry|known at run time/],
    ["[t for t in both if t]", /a comprehension is known at run time only/],
    ["[lambda ctx: 1]", /no function|a lambda/],
    ["[func(charge, name=NAME)]", /name is not known/],
    ["REGISTRY", /changed while the program runs/],
    ["EMPTY", /filled elsewhere/],
    ["[functools.partial(charge)]", /known at run time|no name/],
    ["[import_string(NAME)]", /import_string\(\) gives is known at run time only/],
  ];
  for (const [functions, why] of unread) {
    it(`say why they are not known: ${functions}`, async () => {
      const more = "import functools\nREGISTRY = []\nEMPTY = []\ndef task(f):\n    REGISTRY.append(f)\n    return f\n";
      const code = await project.read({ "tasks.py": tasks, "worker.py": worker(functions, more) });
      assert.match(code.settings[0]?.unread.map((part) => part.why).join() ?? "", why);
      for (const task of code.tasks) assert.ok(task.definition !== null || task.why !== null);
    });
  }

  it("are all known where what others return is left to be asked for, and a list that another function changes is not", async () => {
    const code = await project.read({
      "tasks.py": tasks,
      "lists.py": `from tasks import send_email, charge
mail = [send_email]
rest = [charge]
class Lists:
    @property
    def all(self):
        return [*mail, *rest]
    @staticmethod
    def only(which):
        return which
def loud(f):
    return f
def make_settings():
    names = []
    names.append("not a task")
    return rest
def add(f):
    mail.append(f)
@loud
async def shout(ctx): pass
`,
      "worker.py": `from lists import Lists, make_settings, mail, shout
class WorkerSettings:
    functions = make_settings() + Lists.only([shout])
    redis_settings = None
class MailWorkerSettings:
    functions = Lists().all
    redis_settings = None
`,
    });
    assert.deepEqual(project.tasks(code), ["charge: tasks.py:9", "send_email: tasks.py:5", "shout: lists.py:20"]);
    const unread = code.settings.map(({ name, unread: parts }) => `${name}: ${parts.map(({ why }) => why).join()}`);
    assert.deepEqual(unread, ["WorkerSettings: ", "MailWorkerSettings: it is changed while the program runs"]);
    const shout = code.tasks.find(({ name }) => name === "shout");
    assert.deepEqual(shout?.parameters, [], "what its decorator hands back was looked at");
  });
});
