"""Workers that live otherwise than `arq` runs them: two in a process with a context in common, and one that runs again. Prints JSON.

    python lives.py <port of Redis>
"""

import asyncio
import json
import os
import sys

from arq.connections import RedisSettings, create_pool
from arq.worker import create_worker

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "media"))
from arq_monitor import instrument  # noqa: E402

redis_settings = RedisSettings(port=int(sys.argv[1]))


async def greet(context, ctx=None):
    return ctx


@instrument
class Settings:
    functions = [greet]
    redis_settings = redis_settings
    ctx = {"mine": 1}
    burst = True
    poll_delay = 0.02
    handle_signals = False


async def main():
    found = {}
    pool = await create_pool(redis_settings)

    async def workers():
        return len(await pool.keys("arq:monitor:worker:*"))

    async def eventually(number):
        for _ in range(500):
            if await workers() == number:
                break
            await asyncio.sleep(0.01)
        return await workers()

    async def counted():
        hours = [json.loads((await pool.get(key)).decode()) for key in await pool.keys("arq:monitor:hour:*")]
        return sum(hour["functions"].get("greet", {}).get("complete", 0) for hour in hours)

    await pool.flushdb()
    one, two = create_worker(Settings), create_worker(Settings)
    job = await pool.enqueue_job("greet", ctx="a keyword of this name")
    await asyncio.gather(one.async_run(), two.async_run())
    found["keyword"] = await job.result(timeout=5)
    found["two workers"] = await eventually(2)
    await one.async_run()
    await asyncio.sleep(1.2)  # longer than it takes to write again
    found["run again"] = await workers()
    await one.close()
    await two.close()
    found["closed"] = [await workers(), len(asyncio.all_tasks())]
    await pool.enqueue_job("greet")
    await one.async_run()
    found["after close"] = await eventually(1)
    await one.close()
    found["counted"] = await counted()
    found["context"] = sorted(set(Settings.ctx) - {"redis"})
    print(json.dumps(found))


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main())
