"""
Every outcome and every state that ARQ knows, each as a scene: how to bring it about, and what must be seen of it.

Names are those of the matrix (sceneNames.ts has them in the same order).
"""

import asyncio
from datetime import datetime, timedelta, timezone

from jobs import Foreign, OnlyEnqueued
from stage import milliseconds, python, span, version
from workers import from_json, from_msgpack, to_json, to_msgpack

SIGKILL = 9
# For a deferred job to be seen by a monitor that polls, on a busy machine. Seconds.
long_enough = 8


# From Python 3.8 on a cancellation passes by the `except Exception` of these: nothing is written, the claim stays.
cancellation_is_lost = version < (0, 20) and python >= (3, 8)


class Description:
    def __init__(self, name, play, since, until, why):
        self.name = name
        self.play = play
        self._since = since
        self._until = until
        self._why = why

    def why_not(self, of_version):
        return None if self._since <= of_version < self._until else self._why


scenes = []


def scene(name, since=(0, 16), until=(1,), why=None):
    def describe(play):
        scenes.append(Description(name, play, since, until, why))
        return play

    return describe


# ---- How a job can end (table 1.6 of the wire format) ----


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


@scene("timeout")
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
    await s.look_at_end(
        job, "failed", called=False, kind="notFound", message="function 'send_invoice' not found"
    )


@scene("tries used up")
async def tries_used_up(s):
    job = await s.enqueue("retry_for_ever")
    await s.look_at_end(job, "failed", nth=4, called=False, kind="maxRetries", message="max 3 retries exceeded")


forever = {"since": (0, 20), "why": "keep_result_forever came with 0.20"}


@scene("tries used up, keep_result_forever: the worker crashes", **forever)
async def crash_of_forever(s):
    worker = await s.start("Forever")
    job = await s.enqueue("retry_for_ever", _queue_name="forever", _defer_by=long_enough)
    await s.look(job, "deferred", tries=0)
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
        await s.look(job, ["running", "orphaned"], function="nightly", tries=1, startedAt=first)
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


# ---- States, and what a job can look like (tables 1.7 and 1.8) ----


@scene("queued")
async def queued(s):
    job = await s.enqueue("succeed", _queue_name="nobody here")
    await s.look(job, "queued", tries=0, scheduledAt=s.enqueued(job))


@scene("deferred by a time")
async def deferred(s):
    job = await s.enqueue("succeed", _defer_by=long_enough)
    at = s.enqueued(job)
    await s.look(job, "deferred", tries=0, scheduledAt=[each + long_enough * 1000 for each in at])
    await s.look_at_end(job, "complete")


@scene("deferred until a time")
async def deferred_until(s):
    at = (milliseconds() + long_enough * 1000) // 1
    until = datetime.fromtimestamp(at / 1000, timezone(timedelta(hours=2)))
    job = await s.enqueue("succeed", _defer_until=until)
    await s.look(job, "deferred", tries=0, scheduledAt=[at, at])
    await s.look_at_end(job, "complete")


@scene("running")
async def running(s):
    job = await s.enqueue("held")
    started = await s.attempt(job)
    at = s.enqueued(job)
    await s.look(job, "running", tries=1, startedAt=started, scheduledAt=at, knownWaitMs=span(at, started))
    s.go(job)
    await s.look_at_end(job, "complete")


@scene("score 0: never run")
async def score_zero(s):
    job = await s.enqueue("succeed", _queue_name="nobody here")
    s.redis("ZADD", "arq:queue", 0, job)
    s.redis("ZREM", "nobody here", job)
    await asyncio.sleep(1)
    await s.look(job, "queued", queue="arq:queue", tries=0, scheduledAt=[0, 0])


@scene("in no queue that is known")
async def unknown_queue(s):
    job = await s.enqueue("succeed", _queue_name="deleted")
    await s.look(job, "queued", tries=0)
    # Only what has been looked at before is missed when it goes.
    await asyncio.sleep(6)
    s.redis("DEL", "deleted")
    await s.look(job, "unknown", tries=0, remembered=["queue"])


@scene("two queues, one named outside arq:")
async def two_queues(s):
    await s.start("Other")
    here = await s.enqueue("held")
    there = await s.enqueue("held", _queue_name="späte: Jobs")
    for job in (here, there):
        await s.look(job, "running", tries=1, startedAt=await s.attempt(job))
        s.go(job)
    for job in (here, there):
        await s.look_at_end(job, "complete")


@scene("ids with colons and beyond ASCII")
async def odd_ids(s):
    for job_id in ("order:4711:€", "Ärger mit 🧦", "x:health-check", "job:result:1", " "):
        job = await s.enqueue("succeed", _job_id=job_id)
        await s.look_at_end(job, "complete")


@scene("_job_try")
async def job_try(s):
    job = await s.enqueue("held", _job_try=3)
    await s.look(job, "running", tries=3, startedAt=await s.attempt(job))
    s.go(job)
    await s.look_at_end(job, "complete", tries=3)


@scene("_job_try beyond max_tries")
async def job_try_beyond(s):
    job = await s.enqueue("succeed", _job_try=9)
    await s.look_at_end(job, "failed", called=False, tries=9, kind="maxRetries", message="max 3 retries exceeded")


@scene("_expires in time")
async def expires_in_time(s):
    job = await s.enqueue("held", _expires=30)
    await s.look(job, "running", tries=1, startedAt=await s.attempt(job))
    s.go(job)
    await s.look_at_end(job, "complete")


serializers = {"since": (0, 17), "why": "serializers came with 0.17"}


@scene("MessagePack payloads", **serializers)
async def message_pack(s):
    codec = (to_msgpack, from_msgpack)
    waits = await s.enqueue("succeed", _queue_name="msgpack", serializers=codec, _defer_by=600)
    await s.look(waits, "deferred", tries=0)
    await s.start("MessagePack")
    done = await s.enqueue("succeed", [1, {"a": None}], _queue_name="msgpack", serializers=codec)
    await s.look_at_end(done, "complete")
    # MessagePack knows no exceptions: which one it was is lost.
    failed = await s.enqueue("fail", _queue_name="msgpack", serializers=codec)
    if version < (0, 17, 1):
        # Its replacement is an exception as well, so that no result at all is written.
        await s.look_at_nothing(failed, await s.released(failed))
    else:
        await s.look_at_end(failed, "failed", kind="resultLost", message="unable to serialize result")


@scene("JSON payloads", **serializers)
async def json_payloads(s):
    codec = (to_json, from_json)
    waits = await s.enqueue("succeed", _queue_name="json", serializers=codec, _defer_by=600)
    await s.look(waits, "deferred", tries=0)
    await s.start("Json")
    done = await s.enqueue("succeed", [1, {"a": None}], _queue_name="json", serializers=codec)
    await s.look_at_end(done, "complete")
    failed = await s.enqueue("fail", _queue_name="json", serializers=codec)
    await s.look_at_end(failed, "failed", kind="exception", type="ValueError", message="order 4711 has no items")


# ---- Workers ----

not_starved = {}
if (0, 17) <= version < (0, 19):
    not_starved = {"since": (0, 19), "why": "in 0.17 and 0.18 the second of two workers with max_jobs=1 never looks beyond a job that runs"}


@scene("health record, shared by two workers of one queue", **not_starved)
async def shared_health(s):
    first = await s.start("Shared")
    await s.start("Shared")
    jobs = [await s.enqueue("held", _queue_name="shared") for _ in range(2)]
    # Each takes but one.
    for job in jobs:
        await s.look(job, "running", tries=1, startedAt=await s.attempt(job))
    await s.look_at_worker(queue="shared", kind="shared", there=True)
    for job in jobs:
        s.go(job)
        await s.look_at_end(job, "complete")
    # It deletes the record though the other worker lives on.
    await first.stopped()
    await s.look_at_worker(queue="shared", kind="shared", there=False)


@scene("health record of one process, deleted by a clean stop")
async def own_health(s):
    worker = await s.start("OwnRecord")
    await s.look_at_worker(queue="arq:own", kind="process", pid=worker.pid, there=True)
    await worker.stopped()
    await s.look_at_worker(queue="arq:own", kind="process", pid=worker.pid, there=False)


@scene("health record that a killed worker leaves")
async def left_health(s):
    worker = await s.start("OwnRecord")
    await s.look_at_worker(queue="arq:own", kind="process", pid=worker.pid, there=True)
    worker.kill(SIGKILL)
    await worker.ended()
    await asyncio.sleep(2)
    await s.look_at_worker(queue="arq:own", kind="process", pid=worker.pid, there=True)
