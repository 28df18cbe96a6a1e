"""The workers of the scenes, one settings class each. What an older ARQ does not know of them, it leaves out itself."""

import json
import os
import socket
from datetime import datetime, timedelta

from arq import cron, func
from arq.worker import Worker
from arq.connections import RedisSettings
from jobs import (
    fail,
    held,
    retry_for_ever,
    retry_job,
    retry_later,
    retry_now,
    stuck_at_first,
    succeed,
    tick,
    tock,
    too_slow,
    unserializable,
)
from stage import arq, key_prefix, version
from truth import watch

watch(Worker)

settings = RedisSettings(host="127.0.0.1", port=int(os.environ["ARQ_SCENES_PORT"]))


def function(coroutine, **options):
    """`func` without the options that this version of ARQ does not have."""
    try:
        return func(coroutine, **options)
    except TypeError:
        return func(coroutine, **{key: value for key, value in options.items() if key != "keep_result_forever"})


async def raise_in_hook(ctx):
    raise RuntimeError("hook")


class Main:
    functions = [
        succeed,
        held,
        fail,
        func(too_slow, timeout=0.5),
        unserializable,
        retry_later,
        retry_now,
        retry_for_ever,
        retry_job,
        function(succeed, name="untold", keep_result=0),
        function(succeed, name="kept_for_ever", keep_result_forever=True),
    ]
    redis_settings = settings
    allow_abort_jobs = True
    max_tries = 3
    max_jobs = 50
    job_timeout = 60
    poll_delay = 0.1


class Other:
    """Another queue, whose name lies outside `arq:`."""

    functions = [held]
    redis_settings = settings
    queue_name = "späte: Jobs"
    job_timeout = 60
    poll_delay = 0.1


class Late:
    """Begins after its jobs were enqueued."""

    functions = [succeed]
    redis_settings = settings
    queue_name = "late"
    poll_delay = 0.1


class LateToAbort:
    functions = [succeed]
    redis_settings = settings
    queue_name = "late to abort"
    allow_abort_jobs = True
    poll_delay = 0.1


class NoRetry:
    functions = [retry_for_ever]
    redis_settings = settings
    queue_name = "no-retry"
    retry_jobs = False
    poll_delay = 0.1


class NoRetryStopped:
    functions = [held]
    redis_settings = settings
    queue_name = "no-retry-stopped"
    retry_jobs = False
    poll_delay = 0.1


class Stopped:
    functions = [held]
    redis_settings = settings
    queue_name = "stopped"
    poll_delay = 0.1


class Killed:
    """A claim of 11 s: the shortest whole one."""

    functions = [stuck_at_first]
    redis_settings = settings
    queue_name = "killed"
    job_timeout = 1
    poll_delay = 0.1


class Forever:
    functions = [retry_for_ever]
    redis_settings = settings
    queue_name = "forever"
    keep_result_forever = True
    max_tries = 1
    poll_delay = 0.1


class HookAtStart:
    functions = [succeed]
    redis_settings = settings
    queue_name = "hook-start"
    on_job_start = raise_in_hook
    poll_delay = 0.1


class HookAtEnd:
    functions = [succeed]
    redis_settings = settings
    queue_name = "hook-end"
    on_job_end = raise_in_hook
    poll_delay = 0.1


class HookAfterEnd:
    functions = [succeed]
    redis_settings = settings
    queue_name = "hook-after"
    after_job_end = raise_in_hook
    poll_delay = 0.1


class Clock:
    cron_jobs = [
        cron(tick, second=set(range(60))),
        cron(tock, second=set(range(60))),
        cron(tick, name="tick kept", second=set(range(60)), keep_result=3600),
        cron(tock, name="tock kept", second=set(range(60)), keep_result=3600),
    ]
    redis_settings = settings
    queue_name = "clock"
    poll_delay = 0.1


if version < (0, 18, 2):
    # The jobs of every cron go to the default queue.
    Main.cron_jobs = Clock.cron_jobs


# Once, soon after the start. In 0.25 `run_at_startup`, and any cron of another month, crash the worker.
soon = datetime.now() + timedelta(seconds=5)


class ClockStopped:
    cron_jobs = [cron(held, name="nightly", hour=soon.hour, minute=soon.minute, second=soon.second)]
    redis_settings = settings
    queue_name = "clock-stopped"
    poll_delay = 0.1


class ClockAgain:
    """The same cron job after the restart, without another run of its own."""

    cron_jobs = [cron(held, name="nightly", minute=(soon + timedelta(minutes=30)).minute)]
    redis_settings = settings
    queue_name = "clock-stopped"
    poll_delay = 0.1


class OwnRecord:
    functions = [succeed]
    redis_settings = settings
    queue_name = arq + ":own"
    health_check_key = "%s:own:health-check:%s:%d" % (arq, socket.gethostname(), os.getpid())
    health_check_interval = 15
    poll_delay = 0.1


class Shared:
    """Two of these share a queue and a health record."""

    functions = [held]
    redis_settings = settings
    queue_name = "shared"
    max_jobs = 1
    poll_delay = 0.1


def to_json(data):
    def plain(value):
        if isinstance(value, BaseException):
            return {"type": type(value).__name__, "message": str(value)}
        raise TypeError("no JSON for %r" % (value,))

    return json.dumps(data, default=plain).encode()


def from_json(data):
    return json.loads(data.decode())


def to_msgpack(data):
    import msgpack

    return msgpack.packb(data)


def from_msgpack(data):
    import msgpack

    return msgpack.unpackb(data, raw=False)


class Json:
    functions = [succeed, fail]
    redis_settings = settings
    queue_name = "json"
    job_serializer = to_json
    job_deserializer = from_json
    poll_delay = 0.1


class MessagePack:
    functions = [succeed, fail]
    redis_settings = settings
    queue_name = "msgpack"
    job_serializer = to_msgpack
    job_deserializer = from_msgpack
    poll_delay = 0.1


if key_prefix:
    for each in list(globals().values()):
        if hasattr(each, "redis_settings"):
            each.key_prefix = key_prefix
