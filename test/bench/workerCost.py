"""A real ARQ worker, measured in rounds. Each line on standard input is one, each line of output its answer as JSON.

    python workerCost.py <port of Redis> paced <jobs per second> <jobs in a round>
    python workerCost.py <port of Redis> saturated <jobs in a round>

`prepare` empties Redis (and fills the queue when saturated), `run` runs the jobs and tells of them:
{"waitMs": median ms from due to start, "redisCpu": percent of a processor that Redis used, "rates": jobs per second of each piece of the round}
"""

import asyncio
import json
import logging
import os
import pickle
import sys
import threading
import time

from arq.connections import RedisSettings, create_pool
from arq.worker import Worker

port, mode = int(sys.argv[1]), sys.argv[2]
logging.disable(logging.CRITICAL)
waits = []
marks = []
# Rounds are timed in pieces of so many jobs, so that other programs spoil some pieces and not all.
piece = 200


async def work(ctx, number, to=None):
    waits.append(time.time() * 1000 - ctx["score"])
    if len(waits) % piece == 0:
        marks.append(time.perf_counter())
    return {"order": number}


async def enqueue(rate, count):
    """In a process of its own, so that it does not stand in the worker's way."""
    pool = await create_pool(RedisSettings(port=port))
    began = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(0, began + number / rate - time.perf_counter()))
        await pool.enqueue_job("work", number, to="customer-%d@example.com" % number)


async def fill(pool, count):
    now = int(time.time() * 1000)
    for start in range(0, count, 1000):
        pipe = pool.pipeline(transaction=False)
        for i in range(start, min(count, start + 1000)):
            payload = {"t": None, "f": "work", "a": (i,), "k": {"to": "customer-%d@example.com" % i}, "et": now}
            pipe.psetex("arq:job:%032x" % i, 86400000, pickle.dumps(payload))
            pipe.zadd("arq:queue", {"%032x" % i: now})
        await pipe.execute()


async def cpu(pool):
    info = await pool.info("cpu")
    return info["used_cpu_sys"] + info["used_cpu_user"]


async def run_round(pool, count):
    """ARQ looks for jobs each half second by default, which would hide a millisecond: here each hundredth, or without a rest when saturated."""
    paced = mode == "paced"
    del waits[:], marks[:]
    settings = dict(max_jobs=50, queue_read_limit=1000, poll_delay=0.01 if paced else 0, burst=not paced)
    worker = Worker(functions=[work], handle_signals=False, redis_settings=RedisSettings(port=port), **settings)
    child = None
    running = asyncio.ensure_future(worker.async_run())
    if paced:
        await asyncio.sleep(0.5)
        child = await asyncio.create_subprocess_exec(sys.executable, __file__, str(port), "enqueue", sys.argv[3], str(count))
    spent, began = await cpu(pool), time.perf_counter()
    if paced:
        await child.wait()
        while worker.jobs_complete < count:
            await asyncio.sleep(0.01)
    else:
        await running
    took = time.perf_counter() - began
    used = await cpu(pool) - spent
    if paced:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    await worker.close()
    assert worker.jobs_complete == count, worker.jobs_complete
    return {"waitMs": sorted(waits)[len(waits) // 2], "redisCpu": 100 * used / took, "rates": [piece / (b - a) for a, b in zip(marks, marks[1:])]}


async def main():
    pool = await create_pool(RedisSettings(port=port))
    count = int(sys.argv[-1])
    lines, loop = asyncio.Queue(), asyncio.get_running_loop()

    def read():
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line.strip())
        # Nobody waits for an answer any more, also in the middle of a round.
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    print("{}", flush=True)
    while True:
        answer = {}
        if await lines.get() == "prepare":
            await pool.flushdb()
            if mode == "saturated":
                await fill(pool, count)
        else:
            answer = await run_round(pool, count)
        print(json.dumps(answer), flush=True)


asyncio.run(enqueue(float(sys.argv[3]), int(sys.argv[4])) if mode == "enqueue" else main())
