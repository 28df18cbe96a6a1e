"""Jobs of many kinds of arguments, and whether what enqueues or calls them again gives the same ones. With ARQ's own client and worker.

    python reenqueue.py enqueue           enqueues every case; per line JSON: [name, id, queue]
    python reenqueue.py again FOLDER      runs `enqueue_again` of each FOLDER/<name>.py and then a worker, and awaits each FOLDER/<name>_call.py;
                                          per line JSON: [name, what the worker's function got, what the call gave, what was expected, its queue]
"""

import asyncio
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import ipaddress
import json
import os
import pathlib
import runpy
import sys
import textwrap
import uuid
import zoneinfo

from arq import Worker, create_pool
from arq.connections import RedisSettings

# ARQ itself writes the arguments of a job to its log.
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)
SETTINGS = RedisSettings(port=int(os.environ["ARQ_TEST_PORT"]))


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Order:
    number: int


def helper():
    pass


def looped():
    items = []
    items.append(items)
    return items


def nested(value, depth, wrap):
    for _ in range(depth):
        value = wrap(value)
    return value


UTC = datetime.timezone.utc
# name: (args, kwargs, queue)
CASES = {
    "plain": ((1, -2, "it's \"quoted\" \\ and\nlong", 1.5, 1e300, True, None), {"retries": 3, "to": "ann@example.com"}, "arq:queue"),
    "nothing": ((), {}, "arq:queue"),
    "other_queue": (("x",), {}, "reports: monthly, 'slow'"),
    "numbers": ((10**5000, -(10**60), float("nan"), float("inf"), -float("inf"), -0.0, 5e-324, 1 + 2j, complex("nan")), {}, "arq:queue"),
    "texts": (("\u00e9\U0001f600\u200b\x00", "\ud800", "#{}${x}"), {"b": b"\x00'\"\xff", "c": bytearray(b"it's")}, "arq:queue"),
    "moments": (
        (
            datetime.datetime(2026, 11, 21, 14, 3, 12, 402000),
            datetime.datetime(2026, 11, 21, tzinfo=UTC),
            datetime.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo("Europe/Paris")),
            datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=-3), "BRT")),
            datetime.date(2026, 2, 28),
            datetime.time(9, 30, tzinfo=UTC),
            datetime.timedelta(days=-1, microseconds=5),
        ),
        {},
        "arq:queue",
    ),
    "amounts": ((decimal.Decimal("74.90"), decimal.Decimal("NaN"), fractions.Fraction(1, 3)), {"order": uuid.UUID(int=7)}, "arq:queue"),
    "places": ((pathlib.PurePosixPath("/srv/it's"), ipaddress.ip_address("10.0.0.1"), ipaddress.ip_network("fe80::/64")), {}, "arq:queue"),
    "nested": (
        ({"lines": [("TS-RED", 2), {"sku": {1, 2}, (1, "a"): frozenset()}], 5: set()}, [[], (), {}, ((),)], frozenset({"a"})),
        {"deep": {"a": {"b": {"c": [decimal.Decimal("1")]}}}},
        "arq:queue",
    ),
    "collections": (
        (
            collections.OrderedDict(b=1, a=2),
            collections.defaultdict(list, x=[1]),
            collections.Counter("abca"),
            collections.deque([1, 2, 3], maxlen=5),
            collections.deque(),
            range(0, 10, 3),
            int,
        ),
        {},
        "arq:queue",
    ),
    "deepest": (
        (
            nested(1, 95, lambda value: (value,)),
            nested(1, 95, lambda value: frozenset([value])),
            nested(1, 47, lambda value: collections.OrderedDict(a=value)),
        ),
        {},
        "arq:queue",
    ),
    "refused_too_deep": ((nested(1, 96, lambda value: [value]),), {}, "arq:queue"),
    "odd_names": ((), {"a-b": 1, "class": 2, "\ufb01": 3, "n\u00e9e": 4}, "arq:queue"),
    "long": (tuple(range(60)), {"note": "x" * 100}, "arq:queue"),
    "refused_enum": ((1, {"colour": [Colour.RED]}), {}, "arq:queue"),
    "refused_dataclass": ((), {"order": Order(1)}, "arq:queue"),
    "refused_function": ((helper,), {}, "arq:queue"),
    "refused_secret": ((), {"user": "ann", "password": "hunter2"}, "arq:queue"),
    "refused_secret_in_text": (("redis://:hunter2@cache/0",), {}, "arq:queue"),
    "refused_loop": ((looped(),), {}, "arq:queue"),
}


async def record(ctx, *args, **kwargs):
    return repr((args, kwargs))


async def enqueue():
    pool = await create_pool(SETTINGS)
    for name, (args, kwargs, queue) in CASES.items():
        job = await pool.enqueue_job("record", *args, _queue_name=queue, _job_id=f"job-{name}", **kwargs)
        print(json.dumps([name, job.job_id, queue]))


async def again(folder):
    pool = await create_pool(SETTINGS)
    # A result that is kept is what ARQ refuses an id for.
    for queue in {queue for _, _, queue in CASES.values()}:
        await work(queue)
    for name, (args, kwargs, queue) in CASES.items():
        path = os.path.join(folder, f"{name}.py")
        if not os.path.exists(path):
            continue
        job = await runpy.run_path(path)["enqueue_again"](pool)
        # Where `enqueue_job` put it, and not where the job says.
        listed = await pool.zscore(queue, job.job_id) is not None
        await work(queue)
        with open(os.path.join(folder, f"{name}_call.py")) as file:
            scope = {"record": record, "ctx": {}}
            exec(f"async def call():\n{textwrap.indent(returned(file.read()), '    ')}", scope)
        got = (await job.result_info()).result
        print(json.dumps([name, got, await scope["call"](), repr((args, kwargs)), listed]))


def returned(source):
    """The source with its last statement returned."""
    return source.replace("await record(", "return await record(")


async def work(queue):
    worker = Worker([record], redis_settings=SETTINGS, queue_name=queue, burst=True, handle_signals=False, poll_delay=0.01)
    await worker.async_run()
    await worker.close()


asyncio.run(enqueue() if sys.argv[1] == "enqueue" else again(sys.argv[2]))
