"""
Records what an alpha release of ARQ 0.16 stores: tuples. A real worker runs one job in burst mode.

    python3.7 -m venv /tmp/alpha && /tmp/alpha/bin/pip install arq==0.16a4 'aioredis<2' 'pydantic<2'
    redis-server --port 7399 --save '' &
    /tmp/alpha/bin/python test/arq/recordings/record_alpha.py 7399

writes `test/arq/recordings/alpha.jsonl`: the version, then the job and its result, in base64.
"""

import asyncio
import base64
import json
import os
import sys

from arq import create_pool
from arq.connections import RedisSettings
from arq.version import VERSION
from arq.worker import Worker

settings = RedisSettings(port=int(sys.argv[1]))


async def pay(ctx, order):
    return order * 2


async def main():
    pool = await create_pool(settings)
    lines = [{"version": str(VERSION), "python": "%d.%d" % sys.version_info[:2]}]

    async def add(name, key):
        payload = await pool.get(key, encoding=None)
        lines.append({"name": name, "payload": base64.b64encode(payload).decode()})

    job = await pool.enqueue_job("pay", 4711)
    await add("job", "arq:job:" + job.job_id)
    worker = Worker([pay], redis_settings=settings, burst=True)
    await worker.main()
    await asyncio.sleep(0.5)
    await add("result", "arq:result:" + job.job_id)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "alpha.jsonl")
    with open(path, "w", encoding="utf8") as out:
        out.write("\n".join(json.dumps(line, separators=(",", ":")) for line in lines) + "\n")
    print(path, flush=True)
    os._exit(0)


asyncio.get_event_loop().run_until_complete(main())
