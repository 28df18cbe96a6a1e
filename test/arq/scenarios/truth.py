"""What really happened, as the workers know it: one JSON line per happening in `<ARQ_SCENES>/truth.jsonl`."""

import asyncio
import functools
import json
import os
import time

folder = os.environ["ARQ_SCENES"]
path = os.path.join(folder, "truth.jsonl")


def note(what, job_id):
    """`taken` and `released`: ARQ's own run_job began and ended. `start` and `end`: the job's function did."""
    line = json.dumps({"at": time.time() * 1000, "what": what, "id": job_id, "pid": os.getpid()})
    # One write to a file opened for appending: lines of several processes do not mix.
    out = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(out, line.encode() + b"\n")
    finally:
        os.close(out)


def watch(worker_class):
    """Notes when a worker begins and ends an attempt; between the two lies everything it writes about it."""
    run_job = worker_class.run_job

    async def run_noted(self, job_id, *args):
        note("taken", job_id)
        try:
            return await run_job(self, job_id, *args)
        finally:
            note("released", job_id)

    worker_class.run_job = run_noted


def noted(function):
    @functools.wraps(function)
    async def job(ctx, *args, **kwargs):
        note("start", ctx["job_id"])
        try:
            return await function(ctx, *args, **kwargs)
        finally:
            note("end", ctx["job_id"])

    return job


def gate_path(job_id):
    return os.path.join(folder, "go-" + job_id.encode().hex())


async def gate(ctx):
    """Holds a job until its scene lets it go on."""
    while not os.path.exists(gate_path(ctx["job_id"])):
        await asyncio.sleep(0.02)
