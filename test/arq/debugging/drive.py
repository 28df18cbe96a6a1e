"""Jobs for the scripts that debug them.

    python drive.py enqueue           enqueues every case, runs a worker until all are done; per line JSON: [name, id]
    python drive.py expected          per line JSON: [name, repr of the arguments]
"""

import asyncio
import gzip
import json
import pickle
import sys

from arq import create_pool
from arq.worker import Worker
from shop_debug import models, worker

CASES = {
    "plain": ("report", *models.plain),
    "objects": ("report", *models.objects),
    "charge": ("charge", (models.Order(1, []),), {"currency": "EUR"}),
    "uses_redis": ("uses_redis", (), {}),
    "inner": ("inner", (1,), {}),
    "method": ("Mailer.send", (1,), {}),
}


async def enqueue():
    redis = await create_pool(worker.WorkerSettings.redis_settings)
    for name, (function, args, kwargs) in CASES.items():
        await redis.enqueue_job(function, *args, _job_id=name, **kwargs)
        print(json.dumps([name, name]))
    settings = worker.WorkerSettings
    done = Worker(functions=settings.functions, redis_pool=redis, burst=True, max_tries=1, poll_delay=0.05, handle_signals=False)
    await done.main()
    # As other protocols and other serializers write them.
    args, kwargs = models.objects
    for protocol in range(6):
        job = pickle.dumps({"t": None, "f": "report", "a": args, "k": kwargs, "et": 1795000000000}, protocol)
        await redis.set(f"arq:job:protocol{protocol}", job)
        result = {"t": 1, "f": "report", "a": args, "k": kwargs, "et": 1795000000000, "s": False, "r": models.Declined(1, "x")}
        times = {"st": 1795000001000, "ft": 1795000002000, "q": "arq:queue", "id": f"result{protocol}"}
        await redis.set(f"arq:result:result{protocol}", pickle.dumps({**result, **times}, protocol))
    await redis.set("arq:job:gzip", gzip.compress(job))
    await redis.set("arq:job:json", json.dumps({"t": None, "f": "report", "a": [1], "k": {}, "et": 1795000000000}))


def expected():
    for name, (_function, args, kwargs) in CASES.items():
        print(json.dumps([name, repr((args, kwargs))]))


if sys.argv[1] == "enqueue":
    asyncio.run(enqueue())
else:
    expected()
