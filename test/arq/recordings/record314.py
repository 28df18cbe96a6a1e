"""
What ARQ's own serializers make of jobs and results under Python 3.14, whose pickles are of protocol 5 by default. Run by
record314.mjs.

The last expression is the recording: one JSON object a line, the payload in base64 beside what is true of it.
"""

import asyncio
import base64
import json
import pickle
import platform

from arq.jobs import DeserializationError, SerializationError, serialize_job, serialize_result
from arq.version import VERSION
from arq.worker import JobExecutionFailed, Retry, RetryJob

times = {"enqueuedAt": 1_795_318_500_000, "startedAt": 1_795_318_500_125, "finishedAt": 1_795_318_501_750}
lines = [
    {"version": VERSION, "python": ".".join(platform.python_version_tuple()[:2]), "protocol": pickle.DEFAULT_PROTOCOL}
]


class CardDeclined(Exception):
    """`pickle.loads` cannot make it again."""

    def __init__(self, code, reason):
        super().__init__(f"{code}: {reason}")
        self.code = code


def add(name, payload, **truth):
    lines.append({"name": name, "payload": base64.b64encode(payload).decode(), **truth})


def job(name, args, kwargs, job_try=None):
    payload = serialize_job("shop.orders.pay", args, kwargs, job_try, times["enqueuedAt"])
    add(name, payload, args=repr(args), kwargs=repr(kwargs), jobTry=job_try)


def result(name, value, kind=None, type=None, message=None):
    # Where ARQ could not read the job, it knows neither its name nor its arguments.
    known = kind not in ("expired", "badPayload")
    payload = serialize_result(
        "shop.orders.pay" if known else "<unknown>",
        (4711,) if known else (),
        {"by": "card"} if known else {},
        2,
        times["enqueuedAt"] if known else 0,
        kind is None,
        value,
        times["startedAt"],
        times["finishedAt"],
        "ref",
        "arq:queue",
        job_id="order:4711",
    )
    add(
        name,
        payload,
        known=known,
        kind=kind,
        type=type,
        message=message,
        **({"result": repr(value)} if kind is None else {}),
    )


def failure(name, kind, value, type=None):
    result(name, value, kind, type or value.__class__.__qualname__, str(value))


def noted(error, *notes):
    for note in notes:
        error.add_note(note)
    return error


job("a job", (4711, "€"), {"by": "card", "at": (1, 2.5)})
job("a job with _job_try", (), {}, 3)
job("a job with large arguments", ("x" * 300 + "y", list(range(300))), {})
result("a result", {"total": 12.5, "items": ["socks", b"\x00\xff", None, True, {3}], "big": 2**70})
result(
    "a result that cannot be serialized",
    lambda: None,
    "resultLost",
    "arq.jobs.SerializationError",
    "unable to serialize result",
)
failure("an exception", "exception", ValueError("order 4711 has no items"))
failure("an exception with notes", "exception", noted(KeyError("socks"), "while pricing", "second note"))
failure("an exception that cannot be unpickled", "exception", CardDeclined(51, "insufficient funds"), "CardDeclined")
failure("an exception group", "exception", ExceptionGroup("two", [ValueError("one"), TypeError("other")]))
failure("a timeout", "timeout", TimeoutError())
failure("an abort", "aborted", asyncio.CancelledError(), "asyncio.exceptions.CancelledError")
failure("an expired payload", "expired", JobExecutionFailed("job expired"), "arq.worker.JobExecutionFailed")
failure(
    "a missing function",
    "notFound",
    JobExecutionFailed("function 'shop.orders.pay' not found"),
    "arq.worker.JobExecutionFailed",
)
failure("too many tries", "maxRetries", JobExecutionFailed("max 1 retries exceeded"), "arq.worker.JobExecutionFailed")
failure(
    "a bad payload", "badPayload", DeserializationError("unable to deserialize job"), "arq.jobs.DeserializationError"
)
failure("a refused Retry", "retryRefused", Retry(defer=5), "arq.worker.Retry")
failure("a refused RetryJob", "retryRefused", RetryJob("again"), "arq.worker.RetryJob")

"\n".join(json.dumps(line, separators=(",", ":")) for line in lines)
