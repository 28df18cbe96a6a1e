import assert from "node:assert/strict";
import { findDefinitions, registeredAs } from "../../src/python/taskDefinition";

const module = `from arq import cron, func


def send_email(to):
    """Not the task."""


async def send_email(ctx, to):
    async def inner(ctx):
        pass


class Orders:
    @classmethod
    async def charge(cls, ctx, order):
        pass


class Refunds:
    async def charge(self, ctx, order):
        # async def send_email(ctx): only mentioned
        pass


class WorkerSettings:
    functions = [func(send_email, name="mail"), func(Orders.charge, timeout=5, name='charge-card')]
    cron_jobs = [cron(tasks.nightly, name="cron:nightly report", hour=3)]
`;

const lines = (name: string) =>
  findDefinitions(module, name)
    .toSorted((a, b) => b.score - a.score)
    .map(({ line }) => line);

describe("the definition of a task function", () => {
  it("is the coroutine that takes the context, before anything else of its name", () => {
    assert.deepEqual(lines("send_email"), [8, 4]);
  });

  it("is found in the class that the name tells", () => {
    assert.equal(lines("Orders.charge")[0], 15);
    assert.equal(lines("Refunds.charge")[0], 20);
  });

  it("is found for a cron job by the name of its function, and inside a function", () => {
    assert.equal(lines("cron:send_email")[0], 8);
    assert.equal(lines("send_email.<locals>.inner")[0], 9);
  });

  it("is none for a name that no function can have", () => {
    for (const name of ["", "send-email", "send_email(", "nothing", "a b"]) assert.deepEqual(lines(name), [], name);
  });

  it("is looked for under the name that a registration gives it", () => {
    assert.deepEqual(registeredAs(module, "mail"), ["send_email"]);
    assert.deepEqual(registeredAs(module, "charge-card"), ["Orders.charge"]);
    assert.deepEqual(registeredAs(module, "cron:nightly report"), ["tasks.nightly"]);
    assert.deepEqual(registeredAs(module, "mai."), []);
  });
});
