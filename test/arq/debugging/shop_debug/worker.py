import os

from arq.connections import RedisSettings
from arq.worker import func

from shop_debug import tasks


async def startup(ctx):
    ctx["started"] = "yes"


async def shutdown(ctx):
    print("SHUT DOWN")


class WorkerSettings:
    functions = [tasks.report, tasks.charge, tasks.uses_redis, func(tasks.make(), name="inner"), tasks.Mailer.send]
    on_startup = startup
    on_shutdown = shutdown
    redis_settings = RedisSettings(port=int(os.environ.get("ARQ_TEST_PORT", 6379)))
