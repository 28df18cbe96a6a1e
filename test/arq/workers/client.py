"""Enqueues and aborts jobs with ARQ's own client: one JSON request a line on stdin, one JSON answer a line on stdout."""

import asyncio
import json
import os
import sys

from arq import create_pool
from arq.connections import RedisSettings
from arq.jobs import Job


async def answer(pool, request):
    if "abort" in request:
        job = Job(request["abort"], pool, _queue_name=request.get("queue", "arq:queue"))
        return {"aborted": await job.abort(timeout=5)}
    job = await pool.enqueue_job(request["function"], *request.get("args", []), **request.get("options", {}))
    return {"id": None if job is None else job.job_id}


async def main():
    pool = await create_pool(RedisSettings(port=int(os.environ["ARQ_TEST_PORT"])))
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        try:
            reply = await answer(pool, json.loads(line))
        except Exception as error:
            reply = {"error": repr(error)}
        print(json.dumps(reply), flush=True)


asyncio.run(main())
