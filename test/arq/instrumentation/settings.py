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


def names(settings):
    return {name: getattr(f.coroutine, "arq_monitored", False) for name, f in Worker(**get_kwargs(settings)).functions.items()}


@instrument
class Decorated:
    functions = [task, func(task, name="other", timeout=3)]
    handle_signals = False


found["decorated"] = names(Decorated)
# Again, by mistake, and by way of another class.
before = dict(vars(Decorated))
instrument(Decorated)
found["twice"] = dict(vars(Decorated)) == before


@instrument(prefix="shop")
class Borrowed:
    functions = Decorated.functions
    handle_signals = False

    @staticmethod
    def job_serializer(data):
        return b"mine"

    async def on_startup(ctx):
        pass


found["borrowed"] = names(Borrowed)
found["prefix"] = Borrowed.health_check_key
found["static"] = Borrowed.job_serializer({"s": True, "r": 1}).decode()
found["raw"] = [f.__name__ for f in list(Decorated.functions)[:1]]
found["appended"] = []
Decorated.functions.append(func(task, name="late"))
found["appended"] = names(Decorated)
settings = {"functions": [task], "handle_signals": False}
found["dict"] = instrument(settings) is settings and sorted(Worker(**settings).functions)
found["nonsense"] = [instrument(thing) is thing for thing in (None.__class__, 7, "text", object())]
wrapped = list(Worker(**settings).functions.values())[0].coroutine
found["by hand"] = [asyncio.get_event_loop().run_until_complete(wrapped(ctx)) for ctx in ({}, None, {"job_id": "x"})]


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
