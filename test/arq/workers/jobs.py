"""What the workers of the tests can do, and the workers themselves: one settings class each."""

import asyncio
import os
import socket

from arq import Retry, cron, func
from arq.connections import RedisSettings

redis_settings = RedisSettings(port=int(os.environ["ARQ_TEST_PORT"]))


class CardDeclined(Exception):
    """`pickle.loads` cannot make it again: ARQ itself cannot read a result that holds one."""

    def __init__(self, code, reason):
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


async def succeed(ctx, value=None):
    return value


async def fail_builtin(ctx, order):
    raise ValueError(f"order {order} has no items")


async def fail_custom(ctx):
    raise CardDeclined(51, "insufficient funds")


def price_of(article):
    return {}[article]


async def fail_chained(ctx):
    try:
        price_of("socks")
    except KeyError as error:
        raise RuntimeError("no price list") from error


async def too_slow(ctx):
    await asyncio.sleep(30)


async def retry_twice(ctx):
    if ctx["job_try"] < 3:
        raise Retry(defer=0.4)
    return ctx["job_try"]


async def retry_for_ever(ctx):
    raise Retry()


async def unserializable(ctx):
    return lambda: None


async def sleeper(ctx, seconds):
    await asyncio.sleep(seconds)


async def tick(ctx):
    pass


class Everything:
    functions = [
        succeed,
        fail_builtin,
        fail_custom,
        fail_chained,
        func(too_slow, timeout=0.5),
        retry_twice,
        retry_for_ever,
        unserializable,
        sleeper,
        func(succeed, name="succeed_untold", keep_result=0),
    ]
    redis_settings = redis_settings
    allow_abort_jobs = True
    max_tries = 3
    poll_delay = 0.1


class Late:
    """Begins after its jobs were enqueued."""

    functions = [succeed]
    redis_settings = redis_settings
    queue_name = "late: jobs"
    poll_delay = 0.1


class Doomed:
    """Is killed while it works."""

    functions = [sleeper]
    redis_settings = redis_settings
    queue_name = "doomed"
    poll_delay = 0.1


class Clock:
    cron_jobs = [cron(tick, second=set(range(60)))]
    redis_settings = redis_settings
    queue_name = "clock"
    poll_delay = 0.1


class Signed:
    """Stores tracebacks by the serializer that ARQ Monitor offers, and has a health record of its own."""

    functions = [fail_chained, fail_custom]
    redis_settings = redis_settings
    queue_name = "arq:signed"
    health_check_key = f"arq:signed:health-check:{socket.gethostname()}:{os.getpid()}"
    health_check_interval = 15
    poll_delay = 0.1

    try:
        from opt_in import serialize as job_serializer
    except ImportError:
        pass
