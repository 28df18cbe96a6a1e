from zoneinfo import ZoneInfo

from arq import cron, func
from common.queues import NOTIFY

from .tasks import *
from . import tasks


class WorkerSettings:
    functions = [*tasks.ALL, func("notify.tasks.digest.weekly_digest", name="digest")]
    cron_jobs = [
        cron(weekly_digest, name="weekly", weekday={0, 3}, hour=9, minute={15, 45}, run_at_startup=True),
        cron("notify.tasks.digest.weekly_digest", minute=set(range(0, 60, 10)), second=30),
    ]
    queue_name = NOTIFY
    timezone = ZoneInfo("Europe/Berlin")
    redis_settings = None
    retry_jobs = False
