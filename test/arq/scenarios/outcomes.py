"""How a job can end: every row of table 1.6 of ARQ's wire format."""

import asyncio

from jobs import Foreign, OnlyEnqueued
from scene import scene
from stage import long_enough, milliseconds, python, span, version

SIGKILL = 9
# From Python 3.8 on a cancellation passes by the `except Exception` of these: nothing is written, the claim stays.
cancellation_is_lost = version < (0, 20) and python >= (3, 8)


@scene("success")
async def success(s):
    job = await s.enqueue("succeed", 42)
    await s.look_at_end(job, "complete")


@scene("result cannot be serialized")
async def unserializable(s):
    job = await s.enqueue("unserializable")
    await s.look_at_end(job, "failed", kind="resultLost", message="unable to (serialize|pickle) result")


@scene("neither result nor arguments can be serialized")
async def nothing_serializable(s):
    job = await s.enqueue("unserializable", OnlyEnqueued(), _defer_by=long_enough)
    await s.look(job, "deferred", tries=0)
    await s.look_at_nothing(job, await s.released(job))


@scene("ordinary exception")
async def exception(s):
    job = await s.enqueue("fail")
    await s.look_at_end(job, "failed", kind="exception", type="ValueError", message="order 4711 has no items")


@scene("timeout (0.20 to 0.22 run the job again)")
async def timeout(s):
    job = await s.enqueue("too_slow")
    if (0, 20) <= version < (0, 23):
        # These take a timeout for a shutdown, and run the job again.
        await s.look_at_end(job, "failed", nth=4, called=False, kind="maxRetries", message="max 3 retries exceeded")
    else:
        await s.look_at_end(job, "failed", kind="timeout", type="TimeoutError")


@scene("Retry with defer")
async def retry_later(s):
    job = await s.enqueue("retry_later", long_enough)
    first = await s.attempt(job)
    due = [at + long_enough * 1000 for at in await s.released(job)]
    await s.look(job, "retrying", tries=1, startedAt=first, scheduledAt=due)
    # The due time of the second try is known to those who saw it wait.
    await s.look_at_end(job, "complete", nth=2, waitMs=span(due, await s.attempt(job, 2)))


@scene("Retry without defer")
async def retry_now(s):
    job = await s.enqueue("retry_now")
    await s.look(job, "running", tries=2, startedAt=await s.attempt(job, 2), waitMs=None)
    s.go(job)
    await s.look_at_end(job, "complete", nth=2)


@scene("Retry with retry_jobs=False")
async def retry_refused(s):
    await s.start("NoRetry")
    job = await s.enqueue("retry_for_ever", _queue_name="no-retry")
    await s.look_at_end(job, "failed", kind="retryRefused", type="arq.worker.Retry")


@scene("RetryJob", since=(0, 19), why="RetryJob came with 0.19")
async def retry_job(s):
    job = await s.enqueue("retry_job")
    await s.look_at_end(job, "complete", nth=2)


@scene("cancelled by a shutdown")
async def shutdown(s):
    worker = await s.start("Stopped")
    job = await s.enqueue("held", _queue_name="stopped")
    first = await s.attempt(job)
    await s.look(job, "running", tries=1, startedAt=first)
    await worker.stopped()
    if cancellation_is_lost:
        await s.look(job, ["running", "orphaned"], tries=1, startedAt=first)
        return
    # A worker that did not heed the first signal has begun the job again.
    tries = s.truth.count("taken", job)
    last = await s.attempt(job, tries)
    await s.look(job, "retrying", tries=tries, startedAt=last, scheduledAt=s.enqueued(job))
    await s.start("Stopped")
    s.go(job)
    await s.look_at_end(job, "complete", nth=tries + 1)


@scene("cancelled with retry_jobs=False")
async def shutdown_without_retry(s):
    worker = await s.start("NoRetryStopped")
    job = await s.enqueue("held", _queue_name="no-retry-stopped")
    first = await s.attempt(job)
    await worker.stopped()
    if cancellation_is_lost:
        await s.look(job, ["running", "orphaned"], tries=1, startedAt=first)
        return
    await s.look_at_end(job, "aborted", kind="aborted", type="CancelledError")


no_abort = {"since": (0, 20), "why": "Job.abort() came with 0.20"}


@scene("aborted while running", **no_abort)
async def abort_running(s):
    job = await s.enqueue("held")
    await s.look(job, "running", tries=1, startedAt=await s.attempt(job))
    await s.abort(job)
    await s.look_at_end(job, "aborted", kind="aborted", type="CancelledError")


@scene("aborted before its start", **no_abort)
async def abort_before(s):
    job = await s.enqueue("succeed", _queue_name="late to abort")
    await s.look(job, "queued", tries=0, scheduledAt=s.enqueued(job))
    await s.abort(job)
    await s.start("LateToAbort")
    await s.look_at_end(job, "aborted", called=False, kind="aborted", type="CancelledError")


@scene("aborted while deferred", **no_abort)
async def abort_deferred(s):
    # Since 0.24 the abort makes it due at once; before, it comes to pass when the job is due.
    job = await s.enqueue("succeed", _defer_by=600 if version >= (0, 24) else long_enough)
    await s.look(job, "deferred", tries=0)
    await s.abort(job)
    await s.look_at_end(job, "aborted", called=False, kind="aborted", type="CancelledError")


@scene("payload expired")
async def expired(s):
    job = await s.enqueue("succeed", _queue_name="late", _expires=long_enough)
    await s.look(job, "queued", tries=0, scheduledAt=s.enqueued(job))
    await asyncio.sleep(long_enough)
    await s.look(job, "expired", tries=0, remembered=["function", "enqueuedAt"])
    await s.start("Late")
    await s.look_at_end(
        job,
        "failed",
        called=False,
        kind="expired",
        type="JobExecutionFailed",
        message="job expired",
        remembered=["function", "enqueuedAt"],
    )


@scene("payload cannot be deserialized", since=(0, 17, 1), why="before 0.17.1 the worker crashes")
async def bad_payload(s):
    job = await s.enqueue("succeed", Foreign(), _defer_by=long_enough)
    await s.look(job, "deferred", tries=0)
    await s.look_at_end(
        job,
        "failed",
        called=False,
        kind="badPayload",
        message="unable to (deserialize|unpickle) job",
        remembered=["function", "enqueuedAt"],
    )


@scene("function not registered")
async def not_found(s):
    job = await s.enqueue("send_invoice")
    await s.look_at_end(job, "failed", called=False, kind="notFound", message="function 'send_invoice' not found")


@scene("tries used up")
async def tries_used_up(s):
    job = await s.enqueue("retry_for_ever")
    await s.look_at_end(job, "failed", nth=4, called=False, kind="maxRetries", message="max 3 retries exceeded")


forever = {"since": (0, 20), "why": "keep_result_forever came with 0.20"}


@scene("tries used up under keep_result_forever (since 0.23 the worker crashes)", **forever)
async def crash_of_forever(s):
    worker = await s.start("Forever")
    job = await s.enqueue("retry_for_ever", _queue_name="forever", _defer_by=long_enough)
    await s.look(job, "deferred", tries=0)
    if version < (0, 23):
        # aioredis takes `expire=0` for no expiry: here it works.
        await s.look_at_end(
            job, "failed", nth=2, called=False, kind="maxRetries", message="max 1 retries exceeded", resultTtl=-1
        )
        return
    assert await worker.ended() == 1, worker.log()
    await s.look_at_nothing(job, await s.refused(job, 2))


@scene("on_job_start raises", since=(0, 23), why="on_job_start came with 0.23")
async def hook_at_start(s):
    worker = await s.start("HookAtStart")
    job = await s.enqueue("succeed", _queue_name="hook-start")
    assert await worker.ended() == 1, worker.log()
    await s.look(job, ["running", "orphaned"], tries=1, startedAt=await s.refused(job))


@scene("on_job_end raises", since=(0, 23), why="on_job_end came with 0.23")
async def hook_at_end(s):
    worker = await s.start("HookAtEnd")
    job = await s.enqueue("succeed", _queue_name="hook-end")
    assert await worker.ended() == 1, worker.log()
    await s.look(job, ["running", "orphaned"], tries=1, startedAt=await s.attempt(job))


@scene("after_job_end raises", since=(0, 25), why="after_job_end came with 0.25")
async def hook_after_end(s):
    worker = await s.start("HookAfterEnd")
    job = await s.enqueue("succeed", _queue_name="hook-after")
    assert await worker.ended() == 1, worker.log()
    await s.look_at_end(job, "complete")


async def clock(s):
    # Before 0.18.2 the jobs of every cron go to the default queue.
    if version >= (0, 18, 2):
        await s.share("Clock")


async def cron_that_keeps_nothing(s, name):
    await clock(s)
    job = await s.truth.first_job(name)
    over = await s.released(job)
    if version < (0, 20):
        await s.look_at_nothing(job, over)
    else:
        await s.look(job, "finished", function=name, finishedAt=over)


async def cron_that_keeps_its_result(s, name, state, **expect):
    await clock(s)
    job = await s.truth.first_job(name)
    started = await s.attempt(job)
    due = int(job.rsplit(":", 1)[1])
    await s.look_at_end(job, state, function=name, startedAt=started, knownWaitMs=span([due, due], started), **expect)


@scene("cron success, nothing kept")
async def cron_success(s):
    await cron_that_keeps_nothing(s, "cron:tick")


@scene("cron failure, nothing kept")
async def cron_failure(s):
    await cron_that_keeps_nothing(s, "cron:tock")


@scene("cron success, kept")
async def cron_success_kept(s):
    await cron_that_keeps_its_result(s, "tick kept", "complete")


@scene("cron failure, kept")
async def cron_failure_kept(s):
    await cron_that_keeps_its_result(s, "tock kept", "failed", kind="exception", type="KeyError")


@scene(
    "cron interrupted by a shutdown",
    since=(0, 18, 2),
    why="before 0.18.2 cron jobs go to the default queue, whose workers do not know this one",
)
async def cron_interrupted(s):
    worker = await s.start("ClockStopped")
    job = await s.truth.first_job("nightly")
    first = await s.attempt(job)
    await s.look(job, "running", function="nightly", queue="clock-stopped", tries=1, startedAt=first)
    await worker.stopped()
    if cancellation_is_lost:
        await s.look(job, ["running", "orphaned"], function="nightly", queue="clock-stopped", tries=1, startedAt=first)
        return
    # Since 0.20 the claim stays for a minute, and nobody takes the job before.
    await s.look(job, "retrying", function="nightly", queue="clock-stopped", tries=1, startedAt=first)
    await s.start("ClockAgain")
    await s.look_at_end(
        job,
        "failed",
        nth=2,
        called=False,
        function="nightly",
        queue="clock-stopped",
        kind="maxRetries",
        message="max 1 retries exceeded",
    )


@scene("worker killed")
async def killed(s):
    worker = await s.start("Killed")
    job = await s.enqueue("stuck_at_first", _queue_name="killed")
    first = await s.attempt(job)
    worker.kill(SIGKILL)
    await worker.ended()
    await s.look(job, ["running", "orphaned"], tries=1, startedAt=first)
    # Other workers are connected, so only time can show it: the claim of 11 s outlives the timeout of 1 s.
    await s.sleep_until(first[0] + 6300)
    assert milliseconds() < first[0] + 10000, "the machine was too busy"
    await s.look(job, "orphaned", tries=1, startedAt=first)
    await s.sleep_until(first[1] + 11200)
    await s.look(job, "retrying", tries=1, startedAt=first, scheduledAt=s.enqueued(job))
    await s.start("Killed")
    # The first attempt never ended.
    await s.look_at_end(job, "complete", nth=2, finishedAt=await s.released(job))


@scene("keep_result=0")
async def not_kept(s):
    job = await s.enqueue("untold", _defer_by=long_enough)
    await s.look(job, "deferred", tries=0)
    await s.look_at_nothing(job, await s.released(job))


@scene("keep_result_forever", **forever)
async def kept_for_ever(s):
    job = await s.enqueue("kept_for_ever")
    await s.look_at_end(job, "complete", resultTtl=-1)
