"""What `instrument` does to settings, and which release it finds. Prints JSON."""

import asyncio
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "media"))
for name in ("ARQ_RELEASE", "SENTRY_RELEASE", "GIT_COMMIT", "GITHUB_SHA", "CI_COMMIT_SHA"):
    os.environ.pop(name, None)

from arq import func  # noqa: E402
from arq.worker import Worker, get_kwargs  # noqa: E402

import arq_monitor  # noqa: E402
from arq_monitor import instrument  # noqa: E402

asyncio.set_event_loop(asyncio.new_event_loop())
scratch = sys.argv[1]
found = {}


async def task(ctx):
    return "done"


class Probe(Worker):
    """Starts and stops as a worker does, without Redis."""

    async def main(self):
        await self.on_startup(self.ctx)

    async def start_and_stop(self):
        await self.main()
        functions = {name: f.coroutine.__code__.co_name == "arq_monitored" for name, f in self.functions.items()}
        await self.on_shutdown(self.ctx)
        return functions


def run(coroutine):
    return asyncio.get_event_loop().run_until_complete(coroutine)


def wrapped(settings, **more):
    """Whether the functions of a worker with these settings are watched once it started."""
    return run(Probe(**dict(get_kwargs(settings), **more)).start_and_stop())


@instrument
class Decorated:
    functions = (task, func(task, name="other", timeout=3))
    handle_signals = False
    on_startup = None
    on_job_end = None


found["decorated"] = wrapped(Decorated)
# The class itself keeps what it had, as it had it.
found["kept"] = [Decorated.functions[0] is task, Decorated.functions[1].coroutine is task, hasattr(Decorated, "job_serializer")]
# Again, by mistake, and by way of another class.
before = dict(vars(Decorated))
instrument(Decorated)
found["twice"] = dict(vars(Decorated)) == before


@instrument(prefix="shop")
class Borrowed:
    functions = Decorated.functions + (func(task, name="late"),)
    handle_signals = False

    @staticmethod
    async def on_startup(ctx):
        ctx["started"] = True


found["borrowed"] = wrapped(Borrowed)
found["prefix"] = Borrowed.health_check_key


@instrument
class Inherited(Borrowed):
    # ARQ takes nothing from a base class, and neither is anything taken here.
    functions = [task]
    handle_signals = False


ctx = {"mine": 1}
found["inherited"] = wrapped(Inherited, ctx=ctx)
found["context"] = sorted(ctx)
found["override"] = wrapped(Inherited, functions=[func(task, name="given")])
settings = {"functions": [task], "handle_signals": False}
found["dict"] = instrument(settings) is settings and sorted(wrapped(settings))
found["nonsense"] = [instrument(thing) is thing for thing in (None.__class__, 7, "text", object())]
found["by hand"] = [run(settings["on_startup"](ctx)) for ctx in ({}, None)]


def git(*args):
    environment = dict(os.environ, GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1")
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    return subprocess.run(["git"] + identity + list(args), cwd=scratch, env=environment, stdout=subprocess.PIPE, check=True).stdout.decode().strip()


def commit_at(folder):
    return arq_monitor._quiet(arq_monitor._commit_around, "failed", folder)


git("init", "-q")
git("commit", "-q", "--allow-empty", "-m", "one")
head = git("rev-parse", "HEAD")[:12]
inside = os.path.join(scratch, "deep", "inside")
os.makedirs(inside)
releases = {"branch": commit_at(inside) == head}
git("pack-refs", "--all")
releases["packed"] = commit_at(scratch) == head
git("worktree", "add", "-q", "-b", "side", os.path.join(scratch, "tree"))
releases["worktree"] = commit_at(os.path.join(scratch, "tree")) == head
git("checkout", "-q", "--detach")
releases["detached"] = commit_at(scratch) == head
with open(os.path.join(scratch, ".git", "HEAD"), "w") as file:
    file.write("ref: ../../../../etc/passwd\n")
releases["hostile"] = commit_at(scratch) is None
os.environ["ARQ_RELEASE"] = "  v1.2.3 "
releases["environment"] = arq_monitor._release(Decorated)
found["releases"] = releases
print(json.dumps(found))
