"""Workers twice each: `arq worker.Bare` and `arq worker.Instrumented`, and both with a long rest between polls."""

import asyncio
import os
import sys

from arq import Retry
from arq.connections import RedisSettings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "media"))
from arq_monitor import instrument  # noqa: E402


def price_of(article):
    return {}[article]


async def succeed(ctx):
    return "done"


async def sleeper(ctx, seconds):
    await asyncio.sleep(seconds)


async def give_up(ctx):
    try:
        price_of("gold, password=hunter2secret")
    except KeyError as error:
        raise Retry() from error


class Bare:
    functions = [succeed, sleeper, give_up]
    redis_settings = RedisSettings(port=int(os.environ["ARQ_TEST_PORT"]))
    poll_delay = 0.05
    max_tries = 2


@instrument
class Instrumented:
    functions = [succeed, sleeper, give_up]
    redis_settings = Bare.redis_settings
    poll_delay = 0.05
    max_tries = 2


class BareAtRest:
    functions = [succeed]
    redis_settings = Bare.redis_settings
    poll_delay = 4


@instrument
class InstrumentedAtRest:
    functions = [succeed]
    redis_settings = Bare.redis_settings
    poll_delay = 4
