"""Runs every outcome a job can have under real ARQ, with or without media/arq_monitor.py, and prints what was left behind as JSON.

    python outcomes.py <port of Redis> bare|instrumented|<name of a fault> [scenario ...]

A fault breaks one thing that the instrumentation needs; outcomes are to be the same all the same.
"""

import asyncio
import io
import json
import logging
import os
import pickle
import signal
import sys
import threading
import traceback
from datetime import datetime

from arq import cron, func
from arq.connections import RedisSettings, create_pool
from arq.jobs import Job
from arq.worker import Retry, RetryJob, Worker

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "media"))
import arq_monitor  # noqa: E402

port, mode = int(sys.argv[1]), sys.argv[2]
wanted = sys.argv[3:]
scenarios = {}


class CardDeclined(Exception):
    """Can be pickled and not unpickled."""

    def __init__(self, code, reason):
        super().__init__("%s: %s" % (code, reason))


class Locked(Exception):
    """Cannot be pickled."""

    def __init__(self, message):
        super().__init__(message)
        self.lock = threading.Lock()


class Mute:
    def __repr__(self):
        raise ValueError("no repr")


class Garbled(Exception):
    def __str__(self):
        raise ValueError("no str")


def price_of(article):
    return {}[article]


async def succeed(ctx, value=None):
    return value


async def fail(ctx):
    raise ValueError("order 4711 has no items")


async def fail_chained(ctx):
    try:
        price_of("socks")
    except KeyError as error:
        raise RuntimeError("no price list") from error


async def fail_one_way(ctx):
    raise CardDeclined(51, "insufficient funds")


async def fail_locked(ctx):
    raise Locked("cannot be pickled")


async def fail_garbled(ctx):
    raise Garbled()


async def fail_deep(ctx, depth=0):
    def deeper(left):
        if left == 0:
            raise ValueError("at the bottom")
        return deeper(left - 1) if left % 2 else wider(left - 1)

    def wider(left):
        return deeper(left)

    deeper(300)


async def retry_twice(ctx):
    if ctx["job_try"] < 3:
        try:
            price_of("try %d" % ctx["job_try"])
        except KeyError as error:
            raise Retry(defer=0.05) from error
    return "at last"


async def retry_for_ever(ctx):
    try:
        price_of("gold")
    except KeyError as error:
        raise Retry() from error


async def retry_job(ctx):
    if ctx["job_try"] == 1:
        raise RetryJob("once more")


begun = []


async def sleeper(ctx):
    begun.append(ctx["job_id"])
    await asyncio.sleep(30)


async def sleeps():
    while not begun:
        await asyncio.sleep(0.01)


async def unserializable(ctx):
    return lambda: None


async def mute_result(ctx):
    return Mute()


def scenario(**settings):
    """A scenario gets a pool to enqueue with, and `run`: the worker, until nothing is due or `run.stop()` is called."""

    def register(steps):
        scenarios[steps.__name__] = (steps, settings)
        return steps

    return register


@scenario(functions=[succeed])
async def success(pool, run):
    await pool.enqueue_job("succeed", {"a": [1]}, _job_id="job")
    await run()


@scenario(functions=[fail])
async def exception(pool, run):
    await pool.enqueue_job("fail", _job_id="job")
    await run()


@scenario(functions=[fail_chained])
async def exception_with_cause(pool, run):
    await pool.enqueue_job("fail_chained", _job_id="job")
    await run()


@scenario(functions=[fail_one_way])
async def exception_that_cannot_be_unpickled(pool, run):
    await pool.enqueue_job("fail_one_way", _job_id="job")
    await run()


@scenario(functions=[fail_locked])
async def exception_that_cannot_be_pickled(pool, run):
    await pool.enqueue_job("fail_locked", _job_id="job")
    await run()


@scenario(functions=[fail_garbled])
async def exception_without_text(pool, run):
    await pool.enqueue_job("fail_garbled", _job_id="job")
    await run()


@scenario(functions=[fail_deep])
async def exception_from_the_deep(pool, run):
    await pool.enqueue_job("fail_deep", _job_id="job")
    await run()


@scenario(functions=[retry_twice])
async def retries(pool, run):
    await pool.enqueue_job("retry_twice", _job_id="job")
    await run()


@scenario(functions=[retry_for_ever], max_tries=2)
async def tries_used_up(pool, run):
    await pool.enqueue_job("retry_for_ever", _job_id="job")
    await run()


@scenario(functions=[retry_for_ever], retry_jobs=False)
async def retry_refused(pool, run):
    await pool.enqueue_job("retry_for_ever", _job_id="job")
    await run()


@scenario(functions=[retry_job])
async def retry_of_the_job(pool, run):
    await pool.enqueue_job("retry_job", _job_id="job")
    await run()


@scenario(functions=[func(sleeper, timeout=0.1, max_tries=1)])
async def timeout(pool, run):
    await pool.enqueue_job("sleeper", _job_id="job")
    await run()


@scenario(functions=[func(sleeper, timeout=0.1, keep_result=0)])
async def timeout_not_kept(pool, run):
    await pool.enqueue_job("sleeper", _job_id="job")
    await run()


@scenario(functions=[sleeper], allow_abort_jobs=True)
async def abort(pool, run):
    job = await pool.enqueue_job("sleeper", _job_id="job")
    running = asyncio.ensure_future(run())
    await sleeps()
    await Job("job", pool).abort(timeout=5, poll_delay=0.05)
    await running


@scenario(functions=[sleeper], allow_abort_jobs=True)
async def abort_before_start(pool, run):
    await pool.enqueue_job("sleeper", _job_id="job")
    await pool.zadd("arq:abort", {"job": 1})
    await run()


# Rests between polls: cancelled in the middle of one, some versions go on for a moment.
@scenario(functions=[sleeper], burst=False, poll_delay=2)
async def shutdown(pool, run):
    await pool.enqueue_job("sleeper", _job_id="job")
    running = asyncio.ensure_future(run())
    await sleeps()
    run.stop()
    try:
        await running
    except asyncio.CancelledError:
        pass


@scenario(functions=[succeed])
async def not_found(pool, run):
    await pool.enqueue_job("nowhere", _job_id="job")
    await run()


@scenario(functions=[succeed])
async def expired(pool, run):
    await pool.zadd("arq:queue", {"job": 1})
    await run()


@scenario(functions=[succeed])
async def bad_payload(pool, run):
    await pool.set("arq:job:job", b"not a pickle")
    await pool.zadd("arq:queue", {"job": 1})
    await run()


@scenario(functions=[unserializable])
async def result_that_cannot_be_serialized(pool, run):
    await pool.enqueue_job("unserializable", _job_id="job")
    await run()


@scenario(functions=[mute_result])
async def result_without_repr(pool, run):
    await pool.enqueue_job("mute_result", _job_id="job")
    await run()


@scenario(functions=[succeed])
async def arguments_without_repr(pool, run):
    await pool.enqueue_job("succeed", Mute(), _job_id="job")
    await run()


# Half a day away: at its time a cron job would be enqueued once more, whose claim of the last run ARQ waits for, and no burst would end.
far_from_now = {"hour": (datetime.now().hour + 12) % 24, "minute": 0}


@scenario(cron_jobs=[cron(succeed, run_at_startup=True, job_id="job", keep_result=60, **far_from_now)])
async def cron_success(pool, run):
    await run()


@scenario(cron_jobs=[cron(fail, run_at_startup=True, job_id="job", **far_from_now)])
async def cron_failure(pool, run):
    await run()


@scenario(functions=[func(fail, keep_result=0)])
async def failure_not_kept(pool, run):
    await pool.enqueue_job("fail", _job_id="job")
    await run()


@scenario(functions=["outcomes.fail", func("outcomes.succeed", name="named", max_tries=7, timeout=9, keep_result=5)])
async def dotted_names(pool, run):
    await pool.enqueue_job("outcomes.fail", _job_id="job")
    await pool.enqueue_job("named", _job_id="other")
    await run()


@scenario(functions=[fail], job_serializer=lambda data: json.dumps(data).encode(), job_deserializer=json.loads)
async def json_serializer(pool, run):
    await pool.enqueue_job("fail", _job_id="job")
    await run()


@scenario(functions=[fail], job_serializer=lambda data: json.dumps(data, default=str).encode(), job_deserializer=json.loads)
async def json_serializer_that_takes_all(pool, run):
    await pool.enqueue_job("fail", _job_id="job")
    await run()


hooks = []


async def note_startup(ctx):
    hooks.append("startup")
    ctx["greeting"] = "hello"


async def note_start(ctx):
    hooks.append("start %s %s" % (ctx["job_id"], ctx["greeting"]))


async def note_end(ctx):
    hooks.append("end %s" % ctx["job_id"])


async def note_shutdown(ctx):
    hooks.append("shutdown")


@scenario(functions=[succeed], on_startup=note_startup, on_job_start=note_start, on_job_end=note_end, on_shutdown=note_shutdown)
async def user_hooks(pool, run):
    await pool.enqueue_job("succeed", _job_id="job")
    await run()


async def broken_hook(ctx):
    raise LookupError("the user's own hook")


@scenario(functions=[succeed], on_startup=broken_hook)
async def broken_startup(pool, run):
    await run()


@scenario(functions=[succeed], on_job_end=broken_hook)
async def broken_end(pool, run):
    await pool.enqueue_job("succeed", _job_id="job")
    await run()


@scenario(functions=[succeed], on_shutdown=broken_hook)
async def broken_shutdown(pool, run):
    await pool.enqueue_job("succeed", _job_id="job")
    await run()


@scenario(functions=[succeed], health_check_key="mine")
async def own_health_key(pool, run):
    await pool.enqueue_job("succeed", _job_id="job")
    await run()


async def until(pool, check):
    for _ in range(500):
        if await check():
            return
        await asyncio.sleep(0.01)
    raise RuntimeError("waited in vain")


def raiser(*args, **kwargs):
    raise OSError("injected")


class BrokenPipeline:
    def __getattr__(self, name):
        return raiser


def broken_connection(redis):
    client = type("Client", (), {"execute_command": raiser, "pipeline": lambda self, **options: BrokenPipeline()})
    return client()


async def never(*args, **kwargs):
    await asyncio.sleep(3600)


def inject(fault):
    """Breaks one thing for arq_monitor alone."""
    if fault == "redis":
        arq_monitor._connection_of_our_own = broken_connection
    elif fault == "silent redis":
        arq_monitor._Monitor._execute = never
    elif fault == "json":
        arq_monitor.json = type("json", (), {"dumps": raiser, "loads": raiser})
    elif fault == "hostname":
        arq_monitor.socket.gethostname = raiser
    elif fault == "traceback":
        arq_monitor.traceback = type("traceback", (), {"TracebackException": raiser, "FrameSummary": raiser})
    elif fault == "git":
        arq_monitor._read = raiser
    elif fault == "worker":
        arq_monitor._worker_that_calls = raiser
    elif fault == "clean":
        arq_monitor._clean = raiser
    elif fault == "monitor":
        arq_monitor._Monitor.__init__ = raiser
    elif fault == "notes":
        arq_monitor._Try.__init__ = raiser
    elif fault == "counters":
        arq_monitor._Monitor._counters = raiser
    elif fault == "end":
        arq_monitor._Monitor.ended = raiser
    elif fault == "wrapping":
        arq_monitor._Monitor._wrapped = raiser
    elif fault == "start":
        arq_monitor._Monitor.start = raiser
    elif fault == "serializer":
        arq_monitor._Monitor._extended = raiser
    elif fault == "settings":
        arq_monitor._startup_hook = raiser
    else:
        raise SystemExit("no fault %r" % fault)


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        # What the instrumentation says of itself is no part of the outcome.
        if record.name == "arq.monitor":
            return
        try:
            self.lines.append(record.getMessage())
        except Exception as error:
            self.lines.append("cannot be logged: %r" % error)


class Thing:
    """Stands for every class in a pickle, so that also what Python cannot unpickle can be looked at."""

    def __init__(self, *args):
        self.args = args

    def __setstate__(self, state):
        self.state = state

    def __repr__(self):
        return "%s%r" % (type(self).__name__, self.args)


class Blind(pickle.Unpickler):
    def find_class(self, module, name):
        return type(module + "." + name, (Thing,), {})


def readable(data):
    result = json.loads(data.decode()) if data[:1] == b"{" else Blind(io.BytesIO(data)).load()
    result["r"] = repr(result["r"])
    result["a"] = len(result["a"])
    return {key: value for key, value in result.items() if key not in ("et", "st", "ft")}


async def play(name, pool):
    steps, options = scenarios[name]
    await pool.flushdb()
    del hooks[:], begun[:]
    lines = Lines()
    log = logging.getLogger("arq")
    log.handlers[:] = [lines]
    log.setLevel(logging.INFO)
    pool.job_serializer = options.get("job_serializer")
    settings = dict({"burst": True, "poll_delay": 0.02, "handle_signals": False, "redis_settings": RedisSettings(port=port)}, **options)
    if mode != "bare":
        settings = arq_monitor.instrument(settings)
    left = {}
    worker = Worker(**settings)
    registered = {name: (f.timeout_s, f.keep_result_s, f.max_tries, f.coroutine.__qualname__) for name, f in worker.functions.items()}

    async def run():
        try:
            try:
                await worker.async_run()
            finally:
                if mode == "instrumented" and hasattr(worker, "arq_monitor"):
                    # A worker that is done at once may not have been published yet.
                    await until(pool, lambda: pool.keys("arq:monitor:worker:*"))
                left["while"] = await snapshot(pool)
                await worker.close()
        except Exception as error:
            left["crash"] = repr(error)

    run.stop = lambda: worker.handle_sig(signal.SIGTERM)
    await steps(pool, run)
    after = await snapshot(pool)
    return {
        "registered": registered,
        "counters": [worker.jobs_complete, worker.jobs_failed, worker.jobs_retried],
        "crash": left.get("crash"),
        "hooks": list(hooks),
        "while": left["while"],
        "after": after,
        "log": lines.lines,
    }


async def snapshot(pool):
    found = {}
    for key in sorted(await pool.keys("*")):
        name = key.decode()
        kind = (await pool.type(key)).decode()
        if kind == "zset":
            found[name] = [member.decode() for member in await pool.zrange(key, 0, -1)]
            continue
        value = await pool.get(key)
        ttl = await pool.pttl(key)
        if value is None:
            continue
        if name.startswith("arq:result:"):
            found[name] = dict(readable(value), ttl=ttl)
        elif name.startswith("arq:monitor:") and not name.startswith("arq:monitor:check:"):
            found[name] = dict(json.loads(value.decode()), ttl=ttl)
        else:
            found[name] = {"text": value.decode("latin-1"), "ttl": ttl}
    return found


async def main():
    if mode not in ("bare", "instrumented"):
        inject(mode)
    pool = await create_pool(RedisSettings(port=port))
    outcomes = {}
    for name in wanted or scenarios:
        try:
            outcomes[name] = await asyncio.wait_for(play(name, pool), 20)
        except Exception:
            outcomes[name] = {"error": traceback.format_exc()}
    print(json.dumps({"python": sys.version.split()[0], "arq": arq_monitor.ARQ_VERSION, "outcomes": outcomes}))


if __name__ == "__main__":
    # What is pickled here is to be found by its module's name.
    sys.modules["outcomes"] = sys.modules["__main__"]
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(main())
