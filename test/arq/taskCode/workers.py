"""Prints what real ARQ makes of settings: the functions it registers, and the values its Worker has. Usage: workers.py <module> <name> [path…]"""

import importlib
import inspect
import json
import sys

sys.path[:0] = sys.argv[3:]
from arq.worker import create_worker  # noqa: E402

settings = getattr(importlib.import_module(sys.argv[1]), sys.argv[2])
worker = create_worker(settings, handle_signals=False)


def described(function):
    coroutine = inspect.unwrap(function.coroutine)
    code = coroutine.__code__
    # The line of the first decorator, where there is one: only the file and the qualname are compared.
    return {
        "file": code.co_filename,
        "qualname": coroutine.__qualname__,
        "timeout": function.timeout_s,
        "maxTries": function.max_tries,
        "keepResult": function.keep_result_s,
    }


print(
    json.dumps(
        {
            "functions": {name: described(function) for name, function in worker.functions.items()},
            "queue": worker.queue_name,
            "maxJobs": getattr(worker, "max_jobs", worker.sem._value),
            "jobTimeout": worker.job_timeout_s,
            "maxTries": worker.max_tries,
            "keepResult": worker.keep_result_s,
            "retryJobs": worker.retry_jobs,
            "allowAbortJobs": worker.allow_abort_jobs,
            "healthCheckInterval": worker.health_check_interval,
        }
    )
)
