"""What the workers of the scenes can do."""

import asyncio
import os

from arq import worker
from arq.worker import Retry
from truth import gate, noted

# Since 0.19.
RetryJob = getattr(worker, "RetryJob", Retry)


def in_worker():
    return "ARQ_SCENE_WORKER" in os.environ


class OnlyEnqueued:
    """Can be serialized where it is enqueued, but not again by the worker."""

    def __reduce__(self):
        if in_worker():
            raise TypeError("cannot be serialized here")
        return OnlyEnqueued, ()


def refuse():
    if in_worker():
        raise ImportError("No module named 'shop.models'")


class Foreign:
    """An argument that no worker can load: its class is not deployed there."""

    def __reduce__(self):
        return refuse, ()


@noted
async def succeed(ctx, value=None):
    return value


@noted
async def held(ctx, value=None):
    await gate(ctx)
    return value


@noted
async def fail(ctx):
    raise ValueError("order 4711 has no items")


@noted
async def too_slow(ctx):
    await asyncio.sleep(30)


@noted
async def unserializable(ctx, value=None):
    return lambda: None


@noted
async def retry_later(ctx, defer):
    if ctx["job_try"] == 1:
        raise Retry(defer=defer)
    return ctx["job_try"]


@noted
async def retry_now(ctx):
    if ctx["job_try"] == 1:
        raise Retry()
    await gate(ctx)
    return ctx["job_try"]


@noted
async def retry_for_ever(ctx):
    raise Retry()


@noted
async def retry_job(ctx):
    if ctx["job_try"] == 1:
        raise RetryJob("again")
    return ctx["job_try"]


@noted
async def stuck_at_first(ctx):
    """For workers that are stopped: ends only at the second try."""
    if ctx["job_try"] == 1:
        await asyncio.sleep(600)
    return ctx["job_try"]


@noted
async def tick(ctx):
    pass


@noted
async def tock(ctx):
    raise KeyError("no clock")
