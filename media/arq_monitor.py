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

What it does not do: change an outcome, raise, wait for Redis while a job runs, or import anything but ARQ and the standard library. Jobs only
leave notes in memory; one background task writes them, on a connection of its own, at most once a second (failures at once). While Redis is
away it keeps a few hundred notes and drops the oldest. Runs on Python 3.6 and later with every ARQ since 0.19; tested on 3.8 to 3.13 with
ARQ 0.23 to 0.28.

Made by ARQ Monitor, the extension for VS Code. MIT license. Yours to keep, read and change.
"""

import asyncio
import copy
import datetime
import functools
import inspect
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

from arq import worker as arq_worker
from arq.version import VERSION as ARQ_VERSION

__all__ = ["instrument"]

logger = logging.getLogger("arq.monitor")

INTERVAL = 15  # seconds between signs of life
STATE_EVERY, HOURS_EVERY, TRIES_EVERY = 1.0, 5.0, 0.1  # seconds at least between two writes of a kind
IO_TIMEOUT, STOP_TIMEOUT, LONGEST_PAUSE = 2.0, 1.0, 30.0  # seconds
RESULT_TRACEBACK, TRY_TRACEBACK, MESSAGE = 64 * 1024, 16 * 1024, 4 * 1024  # bytes
MAX_TRIES_KEPT, MAX_RECORD, MAX_PENDING, BATCH = 20, 128 * 1024, 300, 50
MAX_JOBS, MAX_FUNCTIONS, MAX_HOURS = 100, 200, 24
MAX_FRAMES = 100  # in all exceptions of a chain together; the first ones are left out beyond that
HOUR_MS, DAY_MS = 3600 * 1000, 24 * 3600 * 1000
NEVER = float("-inf")
CTX_KEY = "arq_monitor"
IN_CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n\n"
RELEASE_VARIABLES = (
    "ARQ_RELEASE SENTRY_RELEASE GIT_COMMIT GIT_SHA GIT_COMMIT_SHA COMMIT_SHA SOURCE_VERSION SOURCE_COMMIT HEROKU_SLUG_COMMIT RENDER_GIT_COMMIT "
    "RAILWAY_GIT_COMMIT_SHA CI_COMMIT_SHA GITHUB_SHA DD_VERSION RELEASE_VERSION"
).split()

Worker = arq_worker.Worker
RETRIES = tuple(getattr(arq_worker, name) for name in ("Retry", "RetryJob") if hasattr(arq_worker, name))
SETTINGS = frozenset(inspect.signature(Worker).parameters)


def instrument(settings=None, *, prefix="arq", release=None):
    """Instruments worker settings (a class, or a dict) in place and returns them. Never raises; settings it cannot handle stay as they are.

    prefix: what stands before the keys of a fork of ARQ. release: the release of your code; when absent, it is looked for in the
    environment (ARQ_RELEASE, SENTRY_RELEASE, GIT_COMMIT, ...) and then in the git repository around the settings.
    """
    if settings is None:
        return functools.partial(instrument, prefix=prefix, release=release)
    try:
        given = dict(settings if isinstance(settings, dict) else vars(settings))
        for key, value in _Instrumentation(settings, given, prefix, release).additions().items():
            if isinstance(settings, dict):
                settings[key] = value
            else:
                setattr(settings, key, value)
    except Exception:
        logger.warning("could not instrument %r", settings, exc_info=True)
    return settings


class _Instrumentation:
    """What is common to all workers that run with the same settings."""

    def __init__(self, settings, given, prefix, release):
        self.given = given
        self.prefix = prefix
        self.release = _clean(str(release), 200) if release else _release(settings)
        self.monitors = []  # one for each worker that runs in this process
        self.dumps = _plain(given.get("job_serializer")) or pickle.dumps
        self.check_key = "%s:monitor:check:%s" % (prefix, given.get("queue_name") or prefix + ":queue")
        self.user_health_key = given.get("health_check_key") not in (None, self.check_key)
        self._host = _quiet(socket.gethostname, None) or "unknown"
        self._tag = (None, "")
        self._lost = None  # what could not be serialized, and why
        self.failed = None  # the failure that was serialized last, and its traceback

    def additions(self):
        """The settings to change. What is ours already, because a class was instrumented twice or took it from another, stays."""
        new = {
            "on_startup": self._on_startup(),
            "on_shutdown": self._on_shutdown(),
            "on_job_end": self._on_job_end(),
            "job_serializer": self._job_serializer(),
        }
        for function in new.values():
            function.arq_monitor = True
        if not self.user_health_key:
            new["health_check_key"] = self.check_key
        for name in ("functions", "cron_jobs"):
            if self.given.get(name):
                new[name] = _Wrapped(self.given[name])
        return {name: value for name, value in new.items() if name in SETTINGS and not self._is_ours(self.given.get(name))}

    @staticmethod
    def _is_ours(value):
        return isinstance(value, _Wrapped) or getattr(value, "arq_monitor", False) is True

    def tag(self):
        pid = os.getpid()
        if self._tag[0] != pid:  # a process that was forked is another worker
            self._tag = (pid, "%s:%d" % (self._host, pid))
        return self._tag[1]

    # The hooks. The user's own do exactly what they did: their errors pass, their results are ignored as before.

    def _on_startup(self):
        user = _plain(self.given.get("on_startup"))

        async def on_startup(ctx):
            began = time.time()
            worker = _quiet(_worker_that_calls, None, ctx)
            if user is not None:
                await user(ctx)
            try:
                monitor = _Monitor(self, ctx, worker, began)
                self.monitors[:] = [other for other in self.monitors if other.running_here()] + [monitor]
                ctx[CTX_KEY] = monitor
                monitor.start()
            except Exception:
                logger.warning("the worker is not published", exc_info=True)

        return on_startup

    def _on_shutdown(self):
        user = _plain(self.given.get("on_shutdown"))

        async def on_shutdown(ctx):
            try:
                if user is not None:
                    await user(ctx)
            finally:
                monitor = ctx.pop(CTX_KEY, None)
                if isinstance(monitor, _Monitor):
                    await monitor.stop()

        return on_shutdown

    def _on_job_end(self):
        user = _plain(self.given.get("on_job_end"))

        async def on_job_end(ctx):
            try:
                ctx[CTX_KEY].ended(ctx["job_id"])
            except Exception:
                _report()
            if user is not None:
                await user(ctx)

        return on_job_end

    # The serializer.

    def _job_serializer(self):
        # A plain function: ARQ takes what stands in the class as it is, and a user may call it through the class.
        def job_serializer(data):
            return self.serialize(data)

        return job_serializer

    def serialize(self, data):
        """What the user's serializer makes of it, or pickle: a result with `w`, `rel` and `tb` if that can be serialized, anything else as it is."""
        dumps = self.dumps
        try:
            success = data.get("s")
        except Exception:
            success = None
        if success is None:  # a job, not a result
            return dumps(data)
        if success:
            extended = dict(data, w=self.tag(), rel=self.release) if self.release else dict(data, w=self.tag())
        else:
            extended = _quiet(self._failure, data, data)
        try:
            return dumps(extended)
        except Exception as error:
            self._lost = (id(data), error)
        try:
            result = dumps(data)
        except Exception:
            result = self._as_text(data, extended)
            if result is None:
                raise  # ARQ then stores its own text, by a second call
        self._lost = None
        return result

    def _failure(self, data):
        extended = dict(data, w=self.tag())
        if self.release:
            extended["rel"] = self.release
        result = data.get("r")
        if isinstance(result, BaseException):
            ran = self._ran_here(data)
            # What ARQ itself stores (expired, not found, tries used up) was never raised.
            if result.__traceback__ is not None or result.__cause__ is not None:
                text = _format(result, RESULT_TRACEBACK)
                cancelled = self._cancellation(data, result)
                if cancelled is not None:
                    text = _clean(_format(cancelled, RESULT_TRACEBACK) + IN_CONTEXT + text, RESULT_TRACEBACK)
                extended["tb"] = text
                self.failed = (result, text) if ran else None
        elif self._lost is not None and self._lost[0] == id(data):
            # The second call for a result that could not be serialized: ARQ has put a text in its place.
            error, self._lost = self._lost[1], None
            extended["tb"] = _format(error, RESULT_TRACEBACK)
        return extended

    def _ran_here(self, data):
        """Whether the function was called. It was not for a job that is not found, unreadable or out of tries: that is counted here."""
        job_id, function = data.get("id"), data.get("f")
        if job_id is None:  # before ARQ 0.26
            return function != "<unknown>"
        if any(job_id in monitor.running for monitor in self.monitors):
            return True
        for monitor in self.monitors:
            if monitor.queue == data.get("q"):
                monitor.count(str(function), 1, 0)
                break
        return False

    def _cancellation(self, data, result):
        """Where the function stood when it was cancelled, if the result does not tell: before Python 3.9 it lost that on its way."""
        if isinstance(result, (asyncio.CancelledError, asyncio.TimeoutError)):
            for monitor in self.monitors:
                for entry in list(monitor.running.values()):
                    same = entry.function == data.get("f") and entry.number == data.get("t") and data.get("id") in (None, entry.job_id)
                    if same and isinstance(entry.error, asyncio.CancelledError):
                        return None if _comes_from(result, entry.error) else entry.error
        return None

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


class _Wrapped(list):
    """Functions or cron jobs that are wrapped when ARQ takes them out, so that dotted names are imported then, and not before."""

    def __init__(self, items):
        super().__init__(items)
        self._made = {}  # by identity; the original is kept too, so that it stays the only one of its identity

    def __iter__(self):
        for item in super().__iter__():
            yield self._wrapped(item)

    def _wrapped(self, item):
        known = self._made.get(id(item))
        if known is not None:
            return known[1]
        try:
            if hasattr(item, "coroutine") or isinstance(item, str):
                function = copy.copy(arq_worker.func(item) if isinstance(item, str) else item)
                function.coroutine = _wrap(function.coroutine, function.name)
            else:
                function = _wrap(item, item.__qualname__)
        except Exception:
            return item  # ARQ says what is wrong with it
        self._made[id(item)] = (item, function)
        return function


def _wrap(coroutine, name):
    if not inspect.iscoroutinefunction(coroutine) or getattr(coroutine, "arq_monitored", False):
        return coroutine

    @functools.wraps(coroutine)
    async def arq_monitored(ctx, *args, **kwargs):
        try:
            running = ctx[CTX_KEY].began(ctx["job_id"], ctx["job_try"], name)
        except Exception:
            # Called by hand, or without our hooks.
            running = None
        if running is None:
            return await coroutine(ctx, *args, **kwargs)
        try:
            result = await coroutine(ctx, *args, **kwargs)
        except GeneratorExit:
            raise
        except BaseException as error:
            running.ran_until(error)
            raise
        running.ran_until(None)
        return result

    arq_monitored.arq_monitored = True
    return arq_monitored


class _Try:
    """One try of one job, from the moment its function is called."""

    __slots__ = ("monitor", "job_id", "function", "number", "began", "ended_at", "error", "text", "outcome", "keep_ms", "defer_ms")

    def __init__(self, monitor, job_id, number, function):
        self.monitor = monitor
        self.job_id = job_id
        self.number = number
        self.function = function
        self.began = time.time()
        self.ended_at = self.error = self.text = None

    def ran_until(self, error):
        try:
            self.ended_at = time.time()
            self.error = error
            if not self.monitor.has_end_hook:
                self.monitor.ended(self.job_id)
        except Exception:
            _report()

    def record(self):
        """What is stored of it. The type is that of the cause where the try was given up by `raise Retry() from error`."""
        shown = self.error
        if isinstance(shown, RETRIES):
            shown = shown.__cause__ or (None if shown.__suppress_context__ else shown.__context__) or shown
        text = self.text if self.text is not None else _format(self.error, TRY_TRACEBACK)
        return {
            "try": self.number,
            "at": int(self.ended_at * 1000),
            "type": _clean(_type_name(shown), 500),
            "message": _clean(_quiet(str, "<no message: str() of the exception failed>", shown), MESSAGE),
            "traceback": _clean(text, TRY_TRACEBACK),
            "worker": self.monitor.name,
            "outcome": self.outcome,
            "defer_ms": self.defer_ms,
        }


class _Monitor:
    """The notes of one worker, and the task that writes them. Everything but the task runs in the path of jobs and only touches memory."""

    def __init__(self, instrumentation, ctx, worker, began):
        self.instrumentation = instrumentation
        self.worker = worker
        self.redis = ctx.get("redis")
        self.pid = os.getpid()
        self.name = instrumentation.tag()
        self.host = self.name[: -len(str(self.pid)) - 1]
        self.started = int(began * 1000)
        self.id = "%s:%06x" % (self.name, self.started & 0xFFFFFF)
        self.has_end_hook = "on_job_end" in SETTINGS
        self.running = {}
        self.pending = deque(maxlen=MAX_PENDING)  # tries to be written: _Try, or (job id, record, ms to keep) once formatted
        self.hours = {}  # hour: {function: [complete, failed, retried, run ms]}
        self.dirty = self.hours_dirty = True
        self.counts = [0, 0, 0]  # complete, failed, retried
        self.seen = self._counters()
        self.task = self.client = self.wake = None
        self.stopping = False
        self.failures = 0
        self.state_at = self.hours_at = self.tries_at = self.beat_at = self.pause_until = NEVER
        given = instrumentation.given
        self.queue = str(getattr(worker, "queue_name", None) or given.get("queue_name") or instrumentation.prefix + ":queue")
        self.health_key = None if instrumentation.user_health_key else "%s:health-check:%s" % (self.queue, self.name)
        self.key = "%s:monitor:worker:%s" % (instrumentation.prefix, self.id)

    def running_here(self):
        return self.pid == os.getpid() and not self.stopping

    # In the path of jobs.

    def began(self, job_id, number, function):
        entry = self.running[job_id] = _Try(self, job_id, number, function)
        if not self.dirty:
            self.dirty = True
            self.wake.set()
        return entry

    def ended(self, job_id):
        """Called when ARQ has judged the try and counted it, and before anything else runs in the loop: its counters tell how."""
        entry = self.running.pop(job_id, None)
        failed, self.instrumentation.failed = self.instrumentation.failed, None
        before, self.seen = self.seen, self._counters()
        if entry is None or entry.ended_at is None:
            return
        error = entry.error
        if self.seen is None or before is None or not self.has_end_hook:
            retried = isinstance(error, RETRIES + (asyncio.CancelledError,))
            complete = error is None
        else:
            complete = error is None and self.seen[0] > before[0]
            retried = not complete and self.seen[2] > before[2]
        if complete:
            kind = 0
        else:
            kind = 2 if retried else 1
            if failed is not None and self.has_end_hook:
                # Usually the same error; the TimeoutError that was made of a cancellation; or ARQ's own trouble with the result.
                entry.error, entry.text = failed
            if entry.error is not None:
                cancelled = isinstance(error, asyncio.CancelledError)
                entry.outcome = "cancelled" if cancelled else "retry" if retried else "failed"
                entry.defer_ms = getattr(error, "defer_score", None) if retried else None
                entry.keep_ms = self._keep_ms(entry)
                if not self.pending:
                    self.wake.set()
                self.pending.append(entry)
        self.count(entry.function, kind, (entry.ended_at - entry.began) * 1000, entry.ended_at)

    def count(self, function, kind, run_ms, now=None):
        """kind: 0 complete, 1 failed, 2 retried."""
        self.counts[kind] += 1
        hour = int((now or time.time()) // 3600)
        functions = self.hours.get(hour)
        if functions is None:
            functions = self.hours[hour] = {}
        counts = functions.get(function)
        if counts is None:
            if len(functions) >= MAX_FUNCTIONS:
                return
            counts = functions[function] = [0, 0, 0, 0.0]
        counts[kind] += 1
        counts[3] += run_ms
        self.hours_dirty = True
        if not self.dirty:
            self.dirty = True
            self.wake.set()

    def _counters(self):
        worker = self.worker
        return None if worker is None else (worker.jobs_complete, worker.jobs_failed, worker.jobs_retried)

    def _keep_ms(self, entry):
        """As long as the result is kept, for a try that ended the job; a day for one that did not, or left no result. At least an hour."""
        function = getattr(self.worker, "functions", {}).get(entry.function)
        keep = getattr(function, "keep_result_s", None)
        keep = getattr(self.worker, "keep_result_s", None) if keep is None else keep
        if entry.outcome != "failed" or not keep:
            return DAY_MS + int(entry.defer_ms or 0)
        forever = getattr(function, "keep_result_forever", None)
        if getattr(self.worker, "keep_result_forever", False) if forever is None else forever:
            return 8 * DAY_MS
        return max(HOUR_MS, int(keep * 1000))

    # The background task.

    def start(self):
        self.wake = asyncio.Event()
        self.task = asyncio.get_event_loop().create_task(self._run())
        # A loop that is closed without stopping the worker, as tests do, is to say nothing of it.
        self.task._log_destroy_pending = False

    async def stop(self):
        """Writes what is pending, takes the worker off the list, and closes the connection. Takes a second at most, and never raises."""
        self.stopping = True
        try:
            self.wake.set()
            self.pause_until = NEVER
            await asyncio.wait_for(self._last_words(), STOP_TIMEOUT)
        except Exception:
            _report()
        if self.task is not None:
            self.task.cancel()
        await self._drop_client(0.2)

    async def _last_words(self):
        await asyncio.wait([self.task])
        self.dirty = False
        await self._publish(everything=True)
        await self._execute([("DEL", self.key)] + ([("DEL", self.health_key)] if self.health_key else []))

    async def _run(self):
        clock = asyncio.get_event_loop().time
        while not self.stopping:
            try:
                due = self._due()
                now = clock()
                if due > now:
                    self.wake.clear()
                    try:
                        await asyncio.wait_for(self.wake.wait(), due - now)
                    except asyncio.TimeoutError:
                        pass
                    # The first of many changes, often: the others are to come along.
                    await asyncio.sleep(0.02)
                    continue
                await asyncio.wait_for(self._publish(), IO_TIMEOUT)
                self.failures = 0
            except asyncio.CancelledError:
                raise
            except Exception:
                _report()
                self.failures += 1
                self.pause_until = clock() + min(LONGEST_PAUSE, 2.0 ** min(self.failures, 10) / 2)
                await self._drop_client()

    def _due(self):
        """When the next write is due, on the clock of the loop."""
        due = self.beat_at + INTERVAL - 1
        if self.dirty:
            due = min(due, self.state_at + STATE_EVERY)
        if self.hours_dirty:
            due = min(due, self.hours_at + HOURS_EVERY)
        if self.pending:
            due = min(due, self.tries_at + TRIES_EVERY)
        return max(due, self.pause_until)

    async def _publish(self, everything=False):
        now = asyncio.get_event_loop().time()
        await self._format_pending()
        writes, tries, hours, beat = [], None, None, False
        if self.pending and (everything or now >= self.tries_at + TRIES_EVERY):
            self.tries_at, tries = now, []
            for entry in list(self.pending):
                # What came while others were formatted waits for the next time.
                if isinstance(entry, _Try) or (len(tries) == BATCH and not everything):
                    break
                tries.append(entry)
            writes += await self._tries(tries)
        if self.hours_dirty and (everything or now >= self.hours_at + HOURS_EVERY):
            self.hours_dirty, self.hours_at = False, now
            hours = sorted(self.hours)[-MAX_HOURS:]
            writes += [self._hour(hour) for hour in hours]
        if not everything and now >= self.beat_at + INTERVAL - 1:
            beat, self.beat_at = True, now
            if self.health_key is not None:
                writes.append(await self._health())
        if beat or (self.dirty and now >= self.state_at + STATE_EVERY):
            self.dirty, self.state_at = False, now
            state = json.dumps(self._state())
            writes.append(("SET", self.key, state, "PX", 3 * INTERVAL * 1000))
        try:
            if writes:
                await self._execute(writes)
        except BaseException:
            self.dirty = True
            self.hours_dirty = self.hours_dirty or hours is not None
            self.beat_at = NEVER if beat else self.beat_at
            raise
        for hour in hours or ():
            if hour < int(time.time() // 3600):
                self.hours.pop(hour, None)
        for entry in tries or ():
            # The oldest may have been pushed out meanwhile.
            if self.pending and self.pending[0] is entry:
                self.pending.popleft()

    async def _format_pending(self):
        """Soon after the failure, whether Redis answers or not: an exception holds on to everything its frames hold."""
        for i in range(len(self.pending)):
            if i >= len(self.pending):
                return
            entry = self.pending[i]
            if isinstance(entry, _Try):
                try:
                    done = (entry.job_id, entry.record(), entry.keep_ms)
                except Exception as error:
                    done = (entry.job_id, {"try": entry.number, "type": type(error).__name__, "message": "", "traceback": ""}, HOUR_MS)
                if i < len(self.pending) and self.pending[i] is entry:
                    self.pending[i] = done
                await asyncio.sleep(0)

    async def _tries(self, entries):
        key = self.instrumentation.prefix + ":monitor:tries:"
        grouped = {}
        for job_id, record, keep_ms in entries:
            records, _ = grouped.get(job_id, ([], 0))
            grouped[job_id] = (records + [record], keep_ms)
        # A first try begins anew what an earlier job of this id may have left.
        again = [job_id for job_id, (records, _) in grouped.items() if records[0]["try"] > 1]
        found = await self._execute([("GET", key + job_id) for job_id in again]) if again else []
        known = {job_id: _quiet(_parse_tries, [], text) for job_id, text in zip(again, found)}
        writes = []
        for job_id, (records, keep_ms) in grouped.items():
            text = _dump_tries([old for old in known.get(job_id, []) if old["try"] < records[0]["try"]] + records)
            writes.append(("SET", key + job_id, text, "PX", keep_ms))
        return writes

    def _hour(self, hour):
        functions = {
            name: {"complete": complete, "failed": failed, "retried": retried, "run_ms": round(run_ms)}
            for name, (complete, failed, retried, run_ms) in self.hours[hour].items()
        }
        key = "%s:monitor:hour:%d:%s" % (self.instrumentation.prefix, hour, self.id)
        return ("SET", key, json.dumps({"v": 1, "queue": self.queue, "functions": functions}), "PX", 8 * DAY_MS)

    async def _health(self):
        [queued] = await self._execute([("ZCARD", self.queue)])
        complete, failed, retried = self._counters() or self.counts
        text = "%s j_complete=%d j_failed=%d j_retried=%d j_ongoing=%d queued=%d" % (
            datetime.datetime.now().strftime("%b-%d %H:%M:%S"), complete, failed, retried, self._ongoing(), queued,
        )
        return ("SET", self.health_key, text, "PX", (INTERVAL + 1) * 1000)

    def _ongoing(self):
        tasks = getattr(self.worker, "tasks", None)
        return len(self.running) if tasks is None else sum(not task.done() for task in list(tasks.values()))

    def _state(self):
        worker, given = self.worker, self.instrumentation.given
        complete, failed, retried = self._counters() or self.counts
        functions = getattr(worker, "functions", None) or [_function_name(item) for item in given.get("functions") or ()]
        jobs = []
        for entry in self.running.values():
            if entry.ended_at is None:
                jobs.append({"id": entry.job_id, "function": entry.function, "try": entry.number, "started": int(entry.began * 1000)})
                if len(jobs) == MAX_JOBS:
                    break
        return {
            "v": 1,
            "name": self.name,
            "host": self.host,
            "pid": self.pid,
            "queue": self.queue,
            "started": self.started,
            "at": int(time.time() * 1000),
            "interval": INTERVAL,
            "max_jobs": _number(getattr(worker, "max_jobs", given.get("max_jobs", 10))),
            "job_timeout": _number(getattr(worker, "job_timeout_s", given.get("job_timeout", 300))),
            "max_tries": _number(getattr(worker, "max_tries", given.get("max_tries", 5))),
            "functions": [_clean(str(name), 500) for name in list(functions)[:MAX_FUNCTIONS]],
            "release": self.instrumentation.release,
            "python": platform.python_version(),
            "arq": ARQ_VERSION,
            "health_key": self.health_key or str(getattr(worker, "health_check_key", given.get("health_check_key"))),
            "jobs": jobs,
            "complete": complete,
            "failed": failed,
            "retried": retried,
        }

    # Redis.

    async def _execute(self, commands):
        """Sends them in one round trip and answers what they return. Raises what goes wrong."""
        if self.client is None:
            self.client = _connection_of_our_own(self.redis)
        if not hasattr(self.client, "execute_command"):  # aioredis 1, before ARQ 0.23
            return [await self.client.execute(*command) for command in commands]
        pipeline = self.client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        return await pipeline.execute()

    async def _drop_client(self, timeout=STOP_TIMEOUT):
        """A connection that failed, or was given up in the middle of an answer, is not used again."""
        client, self.client = self.client, None
        pool = getattr(client, "connection_pool", None)
        if pool is not None and client is not self.redis:
            try:
                await asyncio.wait_for(pool.disconnect(), timeout)
            except Exception:
                _report()


def _connection_of_our_own(redis):
    """To the same place with the same rights, and one connection only: the pool of the worker is never made to wait for us."""
    pool = getattr(redis, "connection_pool", None)
    if pool is None:
        return redis
    from redis.asyncio import Redis

    sentinels = getattr(pool, "sentinel_manager", None)
    if sentinels is not None:
        return sentinels.master_for(pool.service_name)
    from redis.asyncio.connection import ConnectionPool

    options = dict(pool.connection_kwargs, socket_timeout=IO_TIMEOUT, socket_connect_timeout=IO_TIMEOUT)
    return Redis(connection_pool=ConnectionPool(connection_class=pool.connection_class, max_connections=2, **options))


def _worker_that_calls(ctx):
    """The worker whose start-up hook is running: it is on the stack below, and nowhere else to be had."""
    frame = sys._getframe()
    for _ in range(12):
        if frame is None:
            return None
        candidate = frame.f_locals.get("self")
        if isinstance(candidate, Worker) and candidate.ctx is ctx:
            return candidate
        frame = frame.f_back
    return None


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


def _length(tb, most):
    length = 0
    while tb is not None and length < most:
        length += 1
        tb = tb.tb_next
    return length


def _add_frames(formatted, error, most, depth):
    """The last frames of each exception, and a line that says how many there were before them."""
    if formatted is None or error is None or depth == 0:
        return
    tb = error.__traceback__
    missing = _length(tb, 100000) - most
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
    if not text:
        return []
    tries = json.loads(text if isinstance(text, str) else text.decode("utf-8"))["tries"]
    return [one for one in tries if isinstance(one, dict) and isinstance(one.get("try"), int)]


def _dump_tries(tries):
    tries = tries[-MAX_TRIES_KEPT:]
    size = 0
    for one in reversed(tries):
        size += len(one.get("traceback") or "")
        if size > MAX_RECORD:
            one["traceback"] = _clean(one.get("traceback") or "", 1024)
    return json.dumps({"v": 1, "tries": tries})


def _function_name(item):
    if isinstance(item, str):
        return item
    return getattr(item, "name", None) or getattr(item, "__qualname__", None) or repr(item)


def _number(value):
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    return value if isinstance(value, (int, float)) else None


def _plain(value):
    """The function itself: a static method as it stands in a class cannot be called before Python 3.10."""
    return value.__func__ if isinstance(value, staticmethod) else value


def _quiet(function, otherwise, *args):
    try:
        return function(*args)
    except Exception:
        return otherwise


def _report():
    try:
        logger.debug("ARQ Monitor's instrumentation", exc_info=True)
    except Exception:
        pass


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
    while True:
        git = os.path.join(folder, ".git")
        if os.path.exists(git):
            break
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return None
    if os.path.isfile(git):  # a worktree or a submodule
        git = os.path.join(folder, _read(git).split("gitdir:", 1)[1].strip())
    head = _read(os.path.join(git, "HEAD")).strip()
    if not head.startswith("ref:"):
        return _commit(head)
    ref = head[4:].strip()
    common = _quiet(_read, ".", os.path.join(git, "commondir")).strip()
    for place in (git, os.path.join(git, common)):
        commit = _commit(_quiet(_read, "", os.path.join(place, *ref.split("/"))).strip())
        if commit:
            return commit
    for line in _read(os.path.join(git, common, "packed-refs")).splitlines():
        if line.endswith(" " + ref):
            return _commit(line.split(" ", 1)[0])
    return None


def _commit(text):
    return text[:12] if len(text) in (40, 64) and all(digit in "0123456789abcdef" for digit in text) else None


def _read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read(8 * 1024 * 1024)
