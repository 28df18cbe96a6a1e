"""The states of a job, what it can look like, and the traces of workers: tables 1.7 and 1.8 of ARQ's wire format."""

import asyncio
from datetime import datetime, timedelta, timezone

from scene import scene
from stage import arq, default_queue, long_enough, milliseconds, span, version
from workers import from_json, from_msgpack, to_json, to_msgpack

SIGKILL = 9


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
    s.redis("ZADD", default_queue, 0, job)
    s.redis("ZREM", "nobody here", job)
    await asyncio.sleep(1)
    await s.look(job, "queued", queue=default_queue, tries=0, scheduledAt=[0, 0])


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


not_starved = {}
if (0, 17) <= version < (0, 19):
    not_starved = {
        "since": (0, 19),
        "why": "in 0.17 and 0.18 the second of two workers with max_jobs=1 never looks beyond a job that runs",
    }


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
    # It is written when the worker has looked for jobs once.
    await asyncio.sleep(1)
    await s.look_at_worker(queue=arq + ":own", kind="process", pid=worker.pid, there=True)
    await worker.stopped()
    await s.look_at_worker(queue=arq + ":own", kind="process", pid=worker.pid, there=False)


@scene("health record that a killed worker leaves")
async def left_health(s):
    worker = await s.start("OwnRecord")
    # It is written when the worker has looked for jobs once.
    await asyncio.sleep(1)
    await s.look_at_worker(queue=arq + ":own", kind="process", pid=worker.pid, there=True)
    worker.kill(SIGKILL)
    await worker.ended()
    await asyncio.sleep(2)
    await s.look_at_worker(queue=arq + ":own", kind="process", pid=worker.pid, there=True)
