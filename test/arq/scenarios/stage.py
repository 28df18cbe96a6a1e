"""The stage of the scenes: real ARQ workers on one Redis, and the truth that they write down."""

import asyncio
import json
import os
import re
import subprocess
import sys
import time

from arq import create_pool
from arq.connections import RedisSettings
from arq.version import VERSION
from raw_redis import RawRedis
from truth import folder, gate_path, path

here = os.path.dirname(os.path.abspath(__file__))
python = sys.version_info[:2]
# Of every key, where a fork of ARQ takes one: `shop`.
key_prefix = os.environ.get("ARQ_SCENES_PREFIX", "")
arq = key_prefix + ":arq" if key_prefix else "arq"
default_queue = arq + ":queue"
version = tuple(int(number) for number in re.findall(r"\d+", str(VERSION))[:3])
# Long enough for a busy machine, short enough for a run that hangs.
patience = 180
# For a deferred job to be seen by a monitor that polls, on a busy machine. Seconds.
long_enough = 8


def milliseconds():
    return time.time() * 1000


def span(since, until):
    """How long from a moment within one span to a moment within another, never negative."""
    return [max(0, until[0] - since[1]), max(0, until[1] - since[0])]


class Worker:
    """A process of `arq` with one of the settings of workers.py."""

    def __init__(self, settings, port):
        self.settings = settings
        self.log_path = os.path.join(folder, "%s-%d.log" % (settings, time.time() * 1000))
        environment = dict(
            os.environ, ARQ_SCENE_WORKER=settings, ARQ_SCENES_PORT=str(port), PYTHONDONTWRITEBYTECODE="1"
        )
        with open(self.log_path, "wb") as log:
            command = [sys.executable, "-c", "from arq.cli import cli; cli()", "workers." + settings]
            self._process = subprocess.Popen(command, cwd=here, env=environment, stdout=log, stderr=log)
        self.pid = self._process.pid

    def log(self):
        with open(self.log_path, encoding="utf8") as log:
            return log.read()

    async def ready(self):
        # The line after "Starting worker": Redis has answered.
        while "redis_version=" not in self.log():
            if self._process.poll() is not None:
                raise AssertionError("The worker %s ended:\n%s" % (self.settings, self.log()))
            await asyncio.sleep(0.02)

    def kill(self, number):
        if self._process.poll() is None:
            self._process.send_signal(number)

    async def stopped(self):
        """Stopped as a deployment does it. Now and then a worker does not heed it: redis-py can swallow the cancellation."""
        while True:
            self.kill(15)
            try:
                return await asyncio.wait_for(self.ended(), 5)
            except asyncio.TimeoutError:
                pass

    async def ended(self):
        """Resolves with the exit code."""
        while self._process.poll() is None:
            await asyncio.sleep(0.02)
        return self._process.returncode


class Truth:
    """What the workers have noted so far."""

    def __init__(self):
        self._at = 0
        self._noted = {}

    async def of(self, what, job_id, nth=1):
        """When it happened for the nth time, unix ms."""
        while True:
            times = self._noted.get((what, job_id), [])
            if len(times) >= nth:
                return times[nth - 1]
            self._read()
            await asyncio.sleep(0.02)

    def count(self, what, job_id):
        """How often it has happened so far."""
        self._read()
        return len(self._noted.get((what, job_id), []))

    async def first_job(self, prefix):
        """Id of the first job of a cron that has begun."""
        while True:
            for what, job_id in self._noted:
                if what == "start" and job_id.startswith(prefix):
                    return job_id
            self._read()
            await asyncio.sleep(0.02)

    def _read(self):
        if not os.path.exists(path):
            return
        with open(path, "rb") as lines:
            lines.seek(self._at)
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                self._at += len(line)
                noted = json.loads(line.decode())
                self._noted.setdefault((noted["what"], noted["id"]), []).append(noted["at"])


class Scene:
    """What a scene can do. `look` is given what must be true at this moment, and raises when it is not what is seen."""

    def __init__(self, drive, name):
        self._drive = drive
        self.name = name
        self.truth = drive.truth
        self.redis = drive.redis
        self.port = drive.port
        self._enqueued = {}
        self._queues = {}
        self._functions = {}
        self._due = {}
        self._workers = []
        self._sharing = []

    async def start(self, settings):
        async with self._drive.starting:
            worker = self._drive.worker(settings)
            self._workers.append(worker)
            await worker.ready()
        return worker

    async def share(self, settings):
        self._sharing.append(settings)
        await self._drive.share(settings)

    async def enqueue(self, function, *args, **options):
        pool = await self._drive.pool(options.pop("serializers", None))
        before = milliseconds()
        job = await pool.enqueue_job(function, *args, **options)
        assert job is not None, "ARQ did not take the job"
        self._enqueued[job.job_id] = [before, milliseconds()]
        self._queues[job.job_id] = options.get("_queue_name", default_queue)
        self._functions[job.job_id] = function
        defer = options.get("_defer_by", 0) * 1000
        due = [time + defer for time in self._enqueued[job.job_id]]
        if "_defer_until" in options:
            due = [options["_defer_until"].timestamp() * 1000] * 2
        self._due[job.job_id] = due
        return job.job_id

    async def abort(self, job_id):
        """`Job.abort()`, without waiting for what becomes of it."""
        from arq.jobs import Job

        job = Job(job_id, await self._drive.pool(None), _queue_name=self._queues[job_id])
        try:
            await job.abort(timeout=0.1)
        except asyncio.TimeoutError:
            pass

    def go(self, job_id):
        """Lets a held job end."""
        with open(gate_path(job_id), "w"):
            pass

    def enqueued(self, job_id):
        return self._enqueued[job_id]

    async def attempt(self, job_id, nth=1):
        """When the nth attempt began, as Redis keeps it: between ARQ's taking it and the function's first line."""
        return [await self.truth.of("taken", job_id, nth), await self.truth.of("start", job_id, nth)]

    async def released(self, job_id, nth=1):
        return [await self.truth.of("end", job_id, nth), await self.truth.of("released", job_id, nth)]

    async def refused(self, job_id, nth=1):
        """An attempt that ARQ itself ended, without calling the function."""
        return [await self.truth.of("taken", job_id, nth), await self.truth.of("released", job_id, nth)]

    async def sleep_until(self, at):
        await asyncio.sleep(max(0, (at - milliseconds()) / 1000))

    async def look(self, job_id, state, **expect):
        """`remembered` names what only those know who saw the job before; `waitMs` is a span, None, or left out."""
        expect.update(id=job_id, state=state)
        if job_id in self._queues:
            expect.setdefault("queue", self._queues[job_id])
            expect.setdefault("function", self._functions[job_id])
            expect.setdefault("enqueuedAt", self._enqueued[job_id])
        await self._drive.look(self.name, expect)

    async def look_at_end(self, job_id, state, nth=1, called=True, **expect):
        """At a job whose result is kept."""
        if called:
            if "startedAt" not in expect:
                expect["startedAt"] = await self.attempt(job_id, nth)
            if "finishedAt" not in expect:
                expect["finishedAt"] = await self.released(job_id, nth)
            if nth > 1:
                # After a Retry without defer, or a shutdown, no due time is that of this try.
                expect.setdefault("waitMs", None)
            elif job_id in self._due and "knownWaitMs" not in expect:
                # A result does not keep the due time.
                expect["waitMs"] = span(self._due[job_id], expect["startedAt"])
        else:
            within = await self.refused(job_id, nth)
            expect.update(startedAt=within, finishedAt=within)
            if "kind" in expect and expect["kind"] != "aborted":
                # An abort that came before the start looks like one that came at once after it.
                expect["runMs"] = None
            expect["waitMs"] = span(self._due[job_id], within) if nth == 1 and job_id in self._due else None
        # Since 0.20 the result names the queue.
        if version < (0, 20):
            expect["remembered"] = expect.get("remembered", []) + ["queue"]
        await self.look(job_id, state, tries=expect.pop("tries", nth), **expect)

    async def look_at_nothing(self, job_id, ended):
        """At a job of which no key is left. When it ended is known no better than to those who watch."""
        await self.look(job_id, "finished", gone=True, notBefore=ended[0])

    async def look_at_worker(self, **expect):
        await self._drive.look(self.name, {"worker": expect})

    async def close(self):
        for worker in self._workers:
            worker.kill(9)
        for worker in self._workers:
            await worker.ended()
        for settings in self._sharing:
            await self._drive.unshare(settings)


class Drive:
    """
    :param judge: coroutine function that is given the scene's name and what must be true now
    :param say: is given each message but the looks
    """

    def __init__(self, port, judge, say):
        self.port = port
        self.redis = RawRedis(port)
        self.truth = Truth()
        self.look = judge
        # Interpreters that start at once take the processor from everybody.
        self.starting = asyncio.Semaphore(2)
        self._say = say
        self._pools = {}
        self._shared = {}
        self._users = {}
        self._workers = []

    def worker(self, settings):
        worker = Worker(settings, self.port)
        self._workers.append(worker)
        return worker

    async def share(self, settings):
        """A worker for several scenes, started by the first of them and stopped with the last."""
        if settings not in self._shared:
            self._shared[settings] = self.worker(settings)
        self._users[settings] = self._users.get(settings, 0) + 1
        await self._shared[settings].ready()

    async def unshare(self, settings):
        self._users[settings] -= 1
        if self._users[settings] == 0:
            self._shared[settings].kill(9)
            await self._shared[settings].ended()

    async def pool(self, serializers):
        if serializers not in self._pools:
            settings = RedisSettings(host="127.0.0.1", port=self.port)
            options = {} if serializers is None else dict(zip(("job_serializer", "job_deserializer"), serializers))
            if key_prefix:
                options["key_prefix"] = key_prefix
            self._pools[serializers] = await create_pool(settings, **options)
        return self._pools[serializers]

    async def run(self, scenes):
        """
        :param scenes: of scenes.py
        :return: whether all went well
        """
        impossible = {scene.name: scene.why_not(version) for scene in scenes if scene.why_not(version) is not None}
        self._say(
            {
                "version": str(VERSION),
                "python": "%d.%d" % python,
                "scenes": [scene.name for scene in scenes],
                "impossible": impossible,
            }
        )
        try:
            await self.pool(None)
            await self.share("Main")
            ends = [self._play(scene) for scene in scenes if scene.name not in impossible]
            return all(await asyncio.gather(*ends))
        finally:
            await self.unshare("Main")

    def close(self):
        """Ends every worker and this process with them."""
        for worker in list(self._workers):
            worker.kill(9)
        os._exit(1)

    async def _play(self, scene):
        stage = Scene(self, scene.name)
        error = None
        try:
            await asyncio.wait_for(scene.play(stage), patience)
        except asyncio.TimeoutError:
            logs = "\n".join(worker.log()[-2000:] for worker in stage._workers)
            error = "The scene took longer than %d s.\n%s" % (patience, logs)
        except Exception as problem:
            error = "%s: %s" % (type(problem).__name__, problem)
        finally:
            await stage.close()
        self._say({"scene": scene.name, "error": error})
        return error is None
