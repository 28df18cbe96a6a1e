from datetime import timedelta

from arq import cron, func
from arq.connections import RedisSettings

from ...core.config import settings
from .functions import reindex, resize_image, shutdown, startup


class WorkerSettings:
    functions = [
        func(resize_image, timeout=timedelta(minutes=2), max_tries=3),
        reindex,
    ]
    cron_jobs = [
        cron(reindex, hour={2, 14}, minute=30, timeout=15 * 60),
    ]
    queue_name = settings.WORKER_QUEUE
    redis_settings = RedisSettings(host=settings.REDIS_QUEUE_HOST, port=settings.REDIS_QUEUE_PORT)
    max_jobs = settings.WORKER_MAX_JOBS
    job_timeout = timedelta(minutes=10)
    keep_result = 60 * 60 * 24
    on_startup = startup
    on_shutdown = shutdown
    handle_signals = False
