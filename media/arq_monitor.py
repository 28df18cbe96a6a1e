"""Tells ARQ Monitor what ARQ itself does not keep: tracebacks, the errors of every try, and which worker does what.

    from arq_monitor import instrument
    instrument(WorkerSettings)

It also works as a decorator (`@instrument`), and for settings in a dict: `Worker(**instrument({...}))`.

What it adds, all of it in the Redis of the queue, all of it with an expiry:
* to stored results: `tb` (traceback of a failure), `w` (host:pid of the worker), `rel` (release);
* `arq:monitor:tries:<job id>`: error and traceback of each try that did not succeed;
* `arq:monitor:worker:<host>:<pid>:<start>`: what this worker is and does now;
* `arq:monitor:hour:<hour>:<host>:<pid>:<start>`: what became of the jobs of each function in an hour;
* `<queue>:health-check:<host>:<pid>`: a health record of this process, as ARQ writes it. The record that all workers of a queue share moves to
  `arq:monitor:check:<queue>`, where `arq --check` finds it. A health_check_key of your own is left alone, and stays the only record.

How: `instrument` only adds a start-up hook and that key. When a worker starts, the hook wraps what the worker itself holds: its task functions,
its serializer, its hooks for the end of a job and for shutdown. Your classes and functions stay as they are.

What it does not do: change an outcome, raise, wait for Redis while a job runs, or import anything but ARQ, redis-py and the standard library. Jobs
only leave notes in memory; one background task writes them, on a connection of its own, at most once a second. While Redis is away it keeps a
few hundred notes and drops the oldest. Made for ARQ 0.23 to 0.28 on Python 3.8 and later, and tested with these.

Made by ARQ Monitor, the extension for VS Code. MIT license. Yours to keep, read and change.
"""

import asyncio
import copy
import datetime
import functools
import itertools
import json
import linecache
import logging
import os
import pickle
import platform
import socket
import sys
import time
import traceback
from collections import deque

from arq.version import VERSION as ARQ_VERSION
from arq.worker import Retry, RetryJob, Worker
from redis.asyncio import ConnectionPool, Redis

__all__ = ["instrument"]

logger = logging.getLogger("arq.monitor")

INTERVAL = 15  # seconds between signs of life
WRITE_EVERY, IO_TIMEOUT, STOP_TIMEOUT, LONGEST_PAUSE = 1.0, 2.0, 0.7, 30.0  # seconds
RESULT_TRACEBACK, TRY_TRACEBACK, MESSAGE = 64 * 1024, 16 * 1024, 4 * 1024  # bytes
MAX_TRIES_KEPT, MAX_RECORD, MAX_PENDING, BATCH = 20, 128 * 1024, 300, 50
MAX_JOBS, MAX_FUNCTIONS, MAX_HOURS = 100, 200, 24
MAX_FRAMES = 100  # in all exceptions of a chain together; the first ones are left out beyond that
HOUR_MS, DAY_MS = 3600 * 1000, 24 * 3600 * 1000
COMPLETE, FAILED, RETRIED = 0, 1, 2
IN_CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n\n"
RELEASE_VARIABLES = (
    "ARQ_RELEASE SENTRY_RELEASE GIT_COMMIT GIT_SHA GIT_COMMIT_SHA COMMIT_SHA SOURCE_VERSION SOURCE_COMMIT HEROKU_SLUG_COMMIT RENDER_GIT_COMMIT "
    "RAILWAY_GIT_COMMIT_SHA CI_COMMIT_SHA GITHUB_SHA DD_VERSION RELEASE_VERSION"
).split()

_starts = itertools.count()  # tells workers apart that one process starts in the same millisecond


def instrument(settings=None, *, prefix="arq", release=None):
    """Instruments worker settings (a class, or a dict) in place and returns them. Never raises; settings it cannot handle stay as they are.

    prefix: what stands before the keys of a fork of ARQ. release: the release of your code; when absent, it is looked for in the
    environment (ARQ_RELEASE, SENTRY_RELEASE, GIT_COMMIT, ...) and then in the git repository around the settings.
    """
    if settings is None:
        return functools.partial(instrument, prefix=prefix, release=release)
    try:
        given = settings if isinstance(settings, dict) else vars(settings)
        user = given.get("on_startup")
        if getattr(user, "arq_monitor", False):  # a second time, by mistake, or by way of another class
            return settings
        added = {"on_startup": _startup_hook(user, settings, prefix, release)}
        if given.get("health_check_key") is None:
            added["health_check_key"] = "%s:monitor:check:%s" % (prefix, given.get("queue_name") or prefix + ":queue")
        if isinstance(settings, dict):
            settings.update(added)
        else:
            for name, value in added.items():
                setattr(settings, name, value)
    except Exception:
        logger.warning("could not instrument %r", settings, exc_info=True)
    return settings


def _startup_hook(user, settings, prefix, release):
    if isinstance(user, staticmethod):  # as it stands in a class it cannot be called before Python 3.10
        user = user.__func__

    async def on_startup(ctx):
        began = time.time()
        worker = _quiet(_worker_that_calls, None, ctx)
        if user is not None:
            await user(ctx)
        if worker is None:  # called by hand
            return
        try:
            monitor = getattr(worker, "arq_monitor", None)
            if monitor is None:
                monitor = _Monitor(worker, prefix, _clean(str(release), 200) if release else _release(settings))
                monitor.attach()
            monitor.start(began)
        except Exception:
            logger.warning("the worker is not published", exc_info=True)

    on_startup.arq_monitor = True
    return on_startup


def _worker_that_calls(ctx):
    """The worker whose start-up hook is running: it is on the stack below, and nowhere else to be had."""
    frame = sys._getframe()
    while frame is not None:
        candidate = frame.f_locals.get("self")
        if isinstance(candidate, Worker) and candidate.ctx is ctx:
            return candidate
        frame = frame.f_back
    return None


class _Try:
    """One try of one job, from the moment its function is called."""

    def __init__(self, job_id, number, function):
        self.job_id = job_id
        self.number = number
        self.function = function
        self.began = time.time()
        self.ended_at = self.error = None  # when the function ended, and what it raised
        self.shown = self.text = None  # the failure that was stored for it, and its traceback


class _Monitor:
    """The notes of one worker, and the task that writes them. Everything but the task runs in the path of jobs and only touches memory."""

    def __init__(self, worker, prefix, release):
        self.worker = worker
        self.prefix = prefix
        self.release = release
        self.queue = str(worker.queue_name)
        self.dumps = worker.job_serializer or pickle.dumps
        self.host = _quiet(socket.gethostname, None) or "unknown"
        self.running = {}  # job id: _Try
        self.pending = deque(maxlen=MAX_PENDING)  # tries to be written: (job id, record, ms to keep)
        self.hours = {}  # hour: {function: [complete, failed, retried, run ms]}
        self.seen = self._counters()
        self.lost = None  # what could not be serialized, and why
        self.task = self.client = None

    def attach(self):
        """Puts itself around what the worker calls. The user's own hooks do exactly what they did: their errors pass."""
        worker = self.worker
        end, shutdown = worker.on_job_end, worker.on_shutdown
        functions = {name: self._wrapped(name, function) for name, function in worker.functions.items()}

        async def on_job_end(ctx):
            try:
                self.ended(ctx["job_id"])
            except Exception:
                _report()
            if end is not None:
                await end(ctx)

        async def on_shutdown(ctx):
            try:
                if shutdown is not None:
                    await shutdown(ctx)
            finally:
                await self.stop()

        worker.functions.update(functions)
        worker.job_serializer, worker.on_job_end, worker.on_shutdown = self.serialize, on_job_end, on_shutdown
        worker.arq_monitor = self

    def _wrapped(self, name, function):
        function = copy.copy(function)  # the original may be of other workers too
        coroutine = function.coroutine

        @functools.wraps(coroutine)
        async def arq_monitored(ctx, /, *args, **kwargs):
            entry = _quiet(self.began, None, ctx, name)
            try:
                return await coroutine(ctx, *args, **kwargs)
            except BaseException as error:
                if entry is not None:
                    entry.error = error
                raise
            finally:
                if entry is not None:
                    entry.ended_at = time.time()

        function.coroutine = arq_monitored
        return function

    # In the path of jobs.

    def began(self, ctx, name):
        entry = _Try(ctx["job_id"], ctx["job_try"], name)
        self.running[entry.job_id] = entry
        self.wake.set()
        return entry

    def ended(self, job_id):
        """Called when ARQ has judged the try and counted it, and before anything else runs in the loop: its counters tell how."""
        entry = self.running.pop(job_id, None)
        before, self.seen = self.seen, self._counters()
        if entry is None or entry.ended_at is None:
            return
        if entry.error is None and self.seen[COMPLETE] > before[COMPLETE]:
            kind = COMPLETE
        else:
            kind = RETRIED if self.seen[RETRIED] > before[RETRIED] else FAILED
        self.count(entry.function, kind, (entry.ended_at - entry.began) * 1000)
        # What was stored is usually the same error; or the TimeoutError that was made of a cancellation; or ARQ's own trouble with the result.
        error = entry.error if entry.shown is None else entry.shown
        if kind != COMPLETE and error is not None:
            defer_ms = getattr(error, "defer_score", None) if kind == RETRIED else None
            keep_ms = DAY_MS + int(defer_ms or 0) if kind == RETRIED else self._keep_ms(entry.function)
            self.pending.append((job_id, self._record(entry, error, kind, defer_ms), keep_ms))
        entry.error = entry.shown = None  # an exception holds on to all that its frames hold, and they hold the entry

    def _record(self, entry, error, kind, defer_ms):
        """What is stored of a try. The type is that of the cause where it was given up by `raise Retry() from error`."""
        shown = error
        if isinstance(error, (Retry, RetryJob)):
            shown = error.__cause__ or (None if error.__suppress_context__ else error.__context__) or error
        cancelled = isinstance(entry.error, asyncio.CancelledError)
        return {
            "try": entry.number,
            "at": int(entry.ended_at * 1000),
            "type": _clean(_type_name(shown), 500),
            "message": _clean(_quiet(str, "<no message: str() of the exception failed>", shown), MESSAGE),
            "traceback": _format(error, TRY_TRACEBACK) if entry.text is None else _clean(entry.text, TRY_TRACEBACK),
            "worker": self.name,
            "outcome": "cancelled" if cancelled else "retry" if kind == RETRIED else "failed",
            "defer_ms": defer_ms,
        }

    def _keep_ms(self, name):
        """For a try that ended the job: as long as its result is kept, and at least an hour; a day where no result is kept."""
        function, worker = self.worker.functions[name], self.worker
        if worker.keep_result_forever if function.keep_result_forever is None else function.keep_result_forever:
            return 8 * DAY_MS
        keep = worker.keep_result_s if function.keep_result_s is None else function.keep_result_s
        return max(HOUR_MS, int(keep * 1000)) if keep else DAY_MS

    def count(self, function, kind, run_ms):
        functions = self.hours.setdefault(int(time.time() // 3600), {})
        if len(self.hours) > MAX_HOURS:
            del self.hours[min(self.hours)]
        if function in functions or len(functions) < MAX_FUNCTIONS:
            counts = functions.setdefault(function, [0, 0, 0, 0.0])
            counts[kind] += 1
            counts[3] += run_ms
        self.wake.set()

    def _counters(self):
        return self.worker.jobs_complete, self.worker.jobs_failed, self.worker.jobs_retried

    # The serializer.

    def serialize(self, data):
        """What the user's serializer makes of a result with `w`, `rel` and `tb`, if that can be serialized; else of the result as it is."""
        extended = _quiet(self._extended, data, data)
        try:
            return self.dumps(extended)
        except Exception as error:
            self.lost = (id(data), error)
        try:
            result = self.dumps(data)
        except Exception:
            result = self._as_text(data, extended)
            if result is None:
                raise  # ARQ then stores its own text, by a second call
        self.lost = None
        return result

    def _extended(self, data):
        extended = dict(data, w=self.name)
        if self.release:
            extended["rel"] = self.release
        if data["s"]:
            return extended
        result, entry = data["r"], self._entry_of(data)
        lost, self.lost = self.lost, None
        if isinstance(result, BaseException):
            if entry is None:  # not found, unreadable or out of tries: ARQ did not call the function
                self.count(str(data["f"]), FAILED, 0)
            # What ARQ itself stores (expired, not found, tries used up) was never raised.
            if result.__traceback__ is not None or result.__cause__ is not None:
                text = _format(result, RESULT_TRACEBACK)
                cancelled = None if entry is None else entry.error
                if isinstance(cancelled, asyncio.CancelledError) and not _comes_from(result, cancelled):
                    # Before Python 3.9 the result does not tell where the function stood.
                    text = _clean(_format(cancelled, RESULT_TRACEBACK) + IN_CONTEXT + text, RESULT_TRACEBACK)
                extended["tb"] = text
                if entry is not None:
                    entry.shown, entry.text = result, text
        elif lost is not None and lost[0] == id(data):
            # The second call for a result that could not be serialized: ARQ has put a text in its place.
            extended["tb"] = _format(lost[1], RESULT_TRACEBACK)
        return extended

    def _entry_of(self, data):
        """The try whose result this is. Before ARQ 0.26 a result did not tell its job."""
        if data.get("id") is not None:
            return self.running.get(data["id"])
        alike = [one for one in self.running.values() if one.ended_at and (one.function, one.number) == (data["f"], data["t"])]
        return next((one for one in alike if one.error is data["r"]), alike[0] if alike else None)

    def _as_text(self, data, extended):
        """A result whose exception cannot be serialized, with a text in its place: type and message. None when that is no help."""
        error = data.get("r")
        if not isinstance(error, BaseException):
            return None
        try:
            kept = dict(extended, r=_one_line(error))
            result = self.dumps(kept)
        except Exception:
            return None
        logger.warning("the error of %s cannot be serialized and is kept as text: %s", data.get("f"), kept["r"])
        return result

    # The background task.

    def start(self, began):
        """Again when a worker runs again, and once only while it runs."""
        loop = asyncio.get_running_loop()
        if self.task is not None and not self.task.done() and self.task.get_loop() is loop:
            return
        self.pid = os.getpid()  # here: the process may have been forked
        self.name = "%s:%d" % (self.host, self.pid)
        self.started = int(began * 1000)
        self.id = "%s:%06x%02x" % (self.name, self.started & 0xFFFFFF, next(_starts) & 0xFF)
        self.key = "%s:monitor:worker:%s" % (self.prefix, self.id)
        shared = str(self.worker.health_check_key).startswith(self.prefix + ":monitor:check:")
        self.health_key = "%s:health-check:%s" % (self.queue, self.name) if shared else None
        self.client = None
        self.stopping = False
        self.wake = asyncio.Event()
        self.task = loop.create_task(self._run())
        # A loop that is closed without stopping the worker, as tests do, is to say nothing of it.
        self.task._log_destroy_pending = False

    async def stop(self):
        """Writes what is pending, takes the worker off the list, and closes the connection. Takes a second at most, and never raises."""
        try:
            self.stopping = True
            self.task.cancel()
            await asyncio.wait([self.task], timeout=0.1)
            await self._drop_client()
            await asyncio.wait_for(self._publish(last=True), STOP_TIMEOUT)
        except Exception:
            _report()
        await self._drop_client()

    async def _run(self):
        failures = 0
        while not self.stopping:
            try:
                await asyncio.wait_for(self._publish(), IO_TIMEOUT)
                failures = 0
            except Exception:
                _report()
                failures += 1
                self.wake.set()
                await self._drop_client()
            if self.stopping:
                break
            await asyncio.sleep(min(LONGEST_PAUSE, WRITE_EVERY * 2 ** min(failures, 10)))
            try:
                await asyncio.wait_for(self.wake.wait(), INTERVAL - 1 - WRITE_EVERY)
                # The first of many changes, often: the others are to come along.
                await asyncio.sleep(0.02)
            except asyncio.TimeoutError:
                pass

    async def _publish(self, last=False):
        """Everything there is to tell, in two round trips. What fails is told the next time."""
        self.wake.clear()
        this_hour = int(time.time() // 3600)
        hours = sorted(self.hours)
        tries = list(self.pending)[: MAX_PENDING if last else BATCH]
        grouped = {}  # key: tries, and how long the last of them is kept
        for job_id, record, keep_ms in tries:
            key = "%s:monitor:tries:%s" % (self.prefix, job_id)
            grouped[key] = (grouped.get(key, ([],))[0] + [record], keep_ms)
        queued, *known = await self._execute([("ZCARD", self.queue)] + [("GET", key) for key in grouped])
        writes = []
        for (key, (records, keep_ms)), text in zip(grouped.items(), known):
            # A first try begins anew what an earlier job of this id may have left.
            earlier = [old for old in _quiet(_parse_tries, [], text) if old["try"] < records[0]["try"]]
            writes.append(("SET", key, _dump_tries(earlier + records), "PX", keep_ms))
        writes += [self._hour(hour) for hour in hours]
        own = [(self.key, json.dumps(self._state()), 3 * INTERVAL)]
        if self.health_key is not None:
            own.append((self.health_key, self._health(queued), INTERVAL + 1))
        writes += [("DEL", key) if last else ("SET", key, text, "PX", seconds * 1000) for key, text, seconds in own]
        await self._execute(writes)
        for hour in hours:
            if hour < this_hour or last:
                self.hours.pop(hour, None)
        for entry in tries:
            # The oldest may have been pushed out meanwhile.
            if self.pending and self.pending[0] is entry:
                self.pending.popleft()
        if self.pending:
            self.wake.set()

    def _hour(self, hour):
        names = ("complete", "failed", "retried", "run_ms")
        functions = {function: dict(zip(names, map(round, counts))) for function, counts in self.hours[hour].items()}
        key = "%s:monitor:hour:%d:%s" % (self.prefix, hour, self.id)
        return ("SET", key, json.dumps({"v": 1, "queue": self.queue, "functions": functions}), "PX", 8 * DAY_MS)

    def _health(self, queued):
        now, ongoing = datetime.datetime.now(), sum(not task.done() for task in self.worker.tasks.values())
        return "%s j_complete=%d j_failed=%d j_retried=%d j_ongoing=%d queued=%d" % (
            now.strftime("%b-%d %H:%M:%S"), *self._counters(), ongoing, queued,
        )

    def _state(self):
        worker = self.worker
        complete, failed, retried = self._counters()
        running = [entry for entry in self.running.values() if entry.ended_at is None]
        return {
            "v": 1,
            "name": self.name,
            "host": self.host,
            "pid": self.pid,
            "queue": self.queue,
            "started": self.started,
            "at": int(time.time() * 1000),
            "interval": INTERVAL,
            "max_jobs": getattr(worker, "max_jobs", None) or worker.sem._bound_value,  # ARQ 0.23 only keeps it there
            "job_timeout": worker.job_timeout_s,
            "max_tries": worker.max_tries,
            "functions": [_clean(str(name), 500) for name in list(worker.functions)[:MAX_FUNCTIONS]],
            "release": self.release,
            "python": platform.python_version(),
            "arq": ARQ_VERSION,
            "health_key": self.health_key or str(worker.health_check_key),
            "jobs": [
                {"id": one.job_id, "function": one.function, "try": one.number, "started": int(one.began * 1000)}
                for one in running[:MAX_JOBS]
            ],
            "complete": complete,
            "failed": failed,
            "retried": retried,
        }

    # Redis.

    async def _execute(self, commands):
        """Sends them in one round trip and answers what they return. Raises what goes wrong."""
        if self.client is None:
            self.client = _connection_of_our_own(self.worker.pool)
        pipeline = self.client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        return await pipeline.execute()

    async def _drop_client(self):
        """A connection that failed, or was given up in the middle of an answer, is not used again."""
        client, self.client = self.client, None
        if client is not None:
            try:
                await asyncio.wait_for(client.connection_pool.disconnect(), 0.1)
            except Exception:
                _report()


def _connection_of_our_own(redis):
    """To the same place with the same rights, and one connection only: the pool of the worker is never made to wait for us."""
    pool = redis.connection_pool
    sentinels = getattr(pool, "sentinel_manager", None)
    if sentinels is not None:
        return sentinels.master_for(pool.service_name)
    return Redis(connection_pool=ConnectionPool(connection_class=pool.connection_class, max_connections=2, **pool.connection_kwargs))


# Exceptions as text.


def _format(error, limit):
    """The traceback as Python prints it, causes and groups included, without our own frame. Cut where it is long. Never raises."""
    try:
        # Without frames at first: for each, Python 3.13 takes 0.1 ms to find out which part of a line to underline.
        options = {"limit": 0}
        exceptions = _size_of(error)
        if sys.version_info >= (3, 11) and exceptions > 10:
            options.update(max_group_width=4, max_group_depth=2)
        formatted = traceback.TracebackException(type(error), error, error.__traceback__, **options)
        _add_frames(formatted, error, max(5, MAX_FRAMES // exceptions), 20)
        return _clean("".join(formatted.format()), limit)
    except Exception:
        return _quiet(lambda: _clean("Traceback (most recent call last):\n%s\n" % _one_line(error), limit), "")


def _comes_from(error, origin):
    for _ in range(20):
        if error is None or error is origin:
            break
        error = error.__cause__ or error.__context__
    return error is origin


def _size_of(error):
    """How many exceptions an error consists of, its causes and members included; counts no further than matters."""
    waiting, seen = [error], set()
    while waiting and len(seen) < MAX_FRAMES:
        error = waiting.pop()
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        waiting += [error.__cause__, None if error.__suppress_context__ else error.__context__]
        waiting += getattr(error, "exceptions", None) or ()
    return max(1, len(seen))


def _add_frames(formatted, error, most, depth):
    """The last frames of each exception, and a line that says how many there were before them."""
    if formatted is None or error is None or depth == 0:
        return
    tb = end = error.__traceback__
    missing = -most
    while end is not None:
        missing, end = missing + 1, end.tb_next
    if missing > 0:
        for _ in range(missing):
            tb = tb.tb_next
        formatted.stack.append(_frame("<%d frames left out>" % missing, 0, "...", ""))
    while tb is not None:
        code, line = tb.tb_frame.f_code, tb.tb_lineno or 0
        if code.co_name != "arq_monitored":
            source = linecache.getline(code.co_filename, line, tb.tb_frame.f_globals)
            formatted.stack.append(_frame(code.co_filename, line, code.co_name, source.strip()[:1000]))
        tb = tb.tb_next
    _add_frames(formatted.__cause__, error.__cause__, most, depth - 1)
    _add_frames(formatted.__context__, error.__context__, most, depth - 1)
    for inner, member in zip(getattr(formatted, "exceptions", None) or (), getattr(error, "exceptions", None) or ()):
        _add_frames(inner, member, most, depth - 1)


def _frame(file, line, function, source):
    return traceback.FrameSummary(file, line, function, lookup_line=False, line=source)


def _type_name(error):
    kind = type(error)
    module = getattr(kind, "__module__", None)
    return kind.__qualname__ if module in ("builtins", "__main__", None) else "%s.%s" % (module, kind.__qualname__)


def _one_line(error):
    message = _quiet(str, "", error)
    return _clean(_type_name(error) + (": " + message if message else ""), MESSAGE)


def _clean(text, limit):
    """Valid UTF-8 of so many bytes at most; head and tail are kept, the tail three times as long, because the exception stands there."""
    data = text.encode("utf-8", "backslashreplace")
    if len(data) <= limit:
        return text if len(data) == len(text) else data.decode("utf-8")
    mark = b"... %d bytes left out ...\n" % (len(data) - limit)
    room = max(0, limit - len(mark) - 1)
    head, tail = data[: room // 4], data[len(data) - (room - room // 4) :]
    # At ends of lines, where there are any.
    head = head[: head.rfind(b"\n") + 1] or head + b"\n"
    return (head + mark + tail[tail.find(b"\n") + 1 :]).decode("utf-8", "ignore")


# Small parts.


def _parse_tries(text):
    return [one for one in json.loads(text)["tries"] if isinstance(one, dict) and isinstance(one.get("try"), int)]


def _dump_tries(tries):
    tries = tries[-MAX_TRIES_KEPT:]
    size = 0
    for one in reversed(tries):
        size += len(one.get("traceback") or "")
        if size > MAX_RECORD:
            one["traceback"] = _clean(one.get("traceback") or "", 1024)
    return json.dumps({"v": 1, "tries": tries})


def _quiet(function, otherwise, *args):
    try:
        return function(*args)
    except Exception:
        return otherwise


def _report():
    logger.debug("ARQ Monitor's instrumentation", exc_info=True)


def _release(settings):
    for name in RELEASE_VARIABLES:
        value = os.environ.get(name, "").strip()
        if value:
            return _clean(value, 200)
    module = sys.modules.get(getattr(settings, "__module__", None) or "")
    for start in (getattr(module, "__file__", None), os.path.join(_quiet(os.getcwd, ""), "x")):
        commit = _quiet(_commit_around, None, os.path.dirname(os.path.abspath(start))) if start else None
        if commit:
            return commit
    return None


def _commit_around(folder):
    """The commit that is checked out, read from git's files: the first 12 digits; None outside a repository."""
    while not os.path.exists(os.path.join(folder, ".git")):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return None
    git = os.path.join(folder, ".git")
    if os.path.isfile(git):  # a worktree or a submodule
        git = os.path.join(folder, _read(git).split("gitdir:", 1)[1].strip())
    head = _read(os.path.join(git, "HEAD")).strip()
    if not head.startswith("ref:"):
        return _commit(head)
    ref = head[4:].strip()
    common = os.path.join(git, _quiet(_read, ".", os.path.join(git, "commondir")).strip())
    places = [_quiet(_read, "", os.path.join(place, *ref.split("/"))).strip() for place in (git, common)]
    packed = _quiet(_read, "", os.path.join(common, "packed-refs")).splitlines()
    places += [line.split(" ", 1)[0] for line in packed if line.endswith(" " + ref)]
    return next(filter(None, map(_commit, places)), None)


def _commit(text):
    return text[:12] if len(text) in (40, 64) and all(digit in "0123456789abcdef" for digit in text) else None


def _read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read(8 * 1024 * 1024)
