"""How fast a worker runs jobs that do nothing, with and without media/arq_monitor.py. Prints JSON.

    python instrumentation.py <port of Redis> <jobs per run> <rounds>

The two alternate, so that whatever else the machine does hits both. Jobs that do nothing are the worst case: nothing hides the cost.
"""

import asyncio
import gc
import json
import logging
import os
import pickle
import sys
import time

from arq.connections import RedisSettings, create_pool
from arq.worker import Worker

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "media"))
import arq_monitor  # noqa: E402

port, jobs, rounds = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
logging.disable(logging.CRITICAL)


# Runs are timed in pieces of so many jobs, so that other programs spoil some pieces and not all.
piece = 100
ran = 0
marks = []


async def nothing(ctx):
    global ran
    ran += 1
    if ran % piece == 0:
        marks.append((time.perf_counter(), time.process_time()))


async def run(pool, instrumented):
    """Seconds per job, by the clock and of the processor, of each piece but the first: the start of a worker is no cost of a job."""
    global ran
    ran = 0
    del marks[:]
    await pool.flushdb()
    now = int(time.time() * 1000)
    pipe = pool.pipeline(transaction=False)
    for i in range(jobs):
        pipe.set("arq:job:%d" % i, pickle.dumps({"t": None, "f": "nothing", "a": (), "k": {}, "et": now}))
        pipe.zadd("arq:queue", {str(i): now})
    await pipe.execute()
    settings = dict(functions=[nothing], burst=True, poll_delay=0, max_jobs=50, queue_read_limit=1000, handle_signals=False)
    settings["redis_settings"] = RedisSettings(port=port)
    if instrumented:
        arq_monitor.instrument(settings)
    worker = Worker(**settings)
    gc.collect()
    await worker.async_run()
    await worker.close()
    assert worker.jobs_complete == jobs
    return [((w1 - w0) / piece, (c1 - c0) / piece) for (w0, c0), (w1, c1) in zip(marks, marks[1:])]


def undisturbed(times):
    """The tenth of the pieces that was disturbed least."""
    return sorted(times)[len(times) // 10]


class StartUp(Worker):
    """Starts as a worker does, and looks for no jobs."""

    async def main(self):
        await self.on_startup(self.ctx)


async def added():
    """Seconds of processor time that the instrumentation adds to a job that succeeds, Redis and ARQ's own work aside."""
    settings = dict(functions=[nothing], handle_signals=False)
    bare = Worker(**settings)
    worker = StartUp(**arq_monitor.instrument(settings))
    await worker.main()
    worker.arq_monitor.task.cancel()
    data = dict(t=1, f="nothing", a=(), k={}, et=10**12, s=True, r=None, st=10**12, ft=10**12, q="arq:queue", id="a" * 32)
    calls = 3000

    async def plain():
        coroutine = bare.functions["nothing"].coroutine
        began = time.thread_time()
        for _ in range(calls):
            await coroutine(dict(worker.ctx, job_id="a", job_try=1))
            worker.jobs_complete += 1
            pickle.dumps(data)
        return (time.thread_time() - began) / calls

    async def instrumented():
        coroutine, serialize, end = worker.functions["nothing"].coroutine, worker.job_serializer, worker.on_job_end
        began = time.thread_time()
        for _ in range(calls):
            ctx = dict(worker.ctx, job_id="a", job_try=1)
            await coroutine(ctx)
            worker.jobs_complete += 1
            serialize(data)
            await end(ctx)
        return (time.thread_time() - began) / calls

    return min([await instrumented() for _ in range(20)]) - min([await plain() for _ in range(20)])


def deep(left):
    if left:
        return deep(left - 1) if left % 2 else (lambda: deep(left - 1))()
    raise ValueError("at the bottom")


def longest():
    """Seconds that the dearest thing takes that stands in the way of a job: a traceback of many frames, formatted once per failure."""
    try:
        deep(500)
    except ValueError as error:
        cause = error
    try:
        try:
            deep(500)
        except ValueError as error:
            raise RuntimeError("one of two long chains") from cause
    except RuntimeError as error:
        failure = error
    times = []
    for _ in range(20):
        began = time.thread_time()
        arq_monitor._format(failure, arq_monitor.RESULT_TRACEBACK)
        times.append(time.thread_time() - began)
    return min(times)


async def main():
    pool = await create_pool(RedisSettings(port=port))
    found = {"bare": [], "instrumented": []}
    await run(pool, True)
    for _ in range(rounds):
        for name in found:
            found[name] += await run(pool, name == "instrumented")
    best = [{name: 1 / undisturbed([times[i] for times in pieces]) for name, pieces in found.items()} for i in (0, 1)]
    print(json.dumps({"jobsPerSecond": best[0], "jobsPerCpuSecond": best[1], "added": await added(), "longest": longest()}))


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main())
