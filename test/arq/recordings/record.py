"""
Records what an ARQ that is too old to be run in every test leaves in Redis: runs the scenes of test/arq/scenarios once and
keeps, for each look, the job's keys as they were at that moment, with what is true of the job.

    python3.7 -m venv /tmp/old && /tmp/old/bin/pip install 'arq==0.17' 'aioredis<2' 'pydantic<2' msgpack
    redis-server --port 7399 --save '' &
    /tmp/old/bin/python test/arq/recordings/record.py 7399

writes `test/arq/recordings/arq-0.17-py3.7.jsonl`: the version and what it cannot do in the first line, then one look a
line. `keys` are `[PTTL, value in base64]`, `at` is Redis' TIME in ms, `health` are the health records of a queue as
`[PTTL, text]`.
"""

import asyncio
import base64
import json
import os
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
scenarios = os.path.join(os.path.dirname(here), "scenarios")
os.environ["ARQ_SCENES"] = tempfile.mkdtemp(prefix="arq-scenes-")
os.environ["ARQ_SCENES_PORT"] = sys.argv[1]
# Naive times of ARQ before 0.19.1 are those of the machine.
os.environ["TZ"] = "UTC"
sys.path.insert(0, scenarios)

from scenes import scenes  # noqa: E402
from stage import Drive, python  # noqa: E402


def rounded(value):
    if isinstance(value, float):
        return round(value, 1)
    if isinstance(value, list):
        return [rounded(each) for each in value]
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return value


def look_at_job(redis, expect):
    kinds = ("job", "in-progress", "retry", "result")
    names = ["arq:%s:%s" % (kind, expect["id"]) for kind in kinds]
    queues = sorted({"arq:queue", expect.get("queue", "arq:queue")})
    commands = [("TIME",)]
    commands += [("ZSCORE", queue, expect["id"]) for queue in queues]
    for name in names:
        commands += [("PTTL", name), ("GET", name)]
    (seconds, microseconds), *replies = redis.transaction(*commands)
    scores = replies[: len(queues)]
    values = replies[len(queues) :]
    return {
        "at": int(seconds) * 1000 + int(microseconds) // 1000,
        "queues": {queue: float(score) for queue, score in zip(queues, scores) if score is not None},
        "keys": {
            kind: [values[2 * i], base64.b64encode(values[2 * i + 1]).decode()]
            for i, kind in enumerate(kinds)
            if values[2 * i + 1] is not None
        },
    }


def look_at_worker(redis, expect):
    names = redis("KEYS", expect["worker"]["queue"] + ":health-check*")
    return {"health": {name.decode(): [redis("PTTL", name), redis("GET", name).decode()] for name in names}}


async def main():
    lines = []

    async def judge(scene, expect):
        look = look_at_worker if "worker" in expect else look_at_job
        recorded = dict(scene=scene, expect=expect, **look(drive.redis, expect))
        lines.append(json.dumps(rounded(recorded), separators=(",", ":")))

    def hear(message):
        if "version" in message:
            version = message["version"]
            head = {"version": version, "python": message["python"], "impossible": message["impossible"]}
            lines.insert(0, json.dumps(head, separators=(",", ":")))
            drive.path = os.path.join(here, "arq-%s-py%d.%d.jsonl" % ((version,) + python))
        elif message["error"] is not None:
            raise AssertionError("%(scene)s: %(error)s" % message)

    drive = Drive(int(sys.argv[1]), judge, hear)
    assert await drive.run(scenes)
    with open(drive.path, "w", encoding="utf8") as out:
        out.write("\n".join(lines) + "\n")
    print(drive.path, flush=True)
    # Connections of aioredis complain when they are left to the collector.
    os._exit(0)


asyncio.get_event_loop().run_until_complete(main())
