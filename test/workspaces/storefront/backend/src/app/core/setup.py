from arq import create_pool
from arq.connections import RedisSettings
from fastapi import FastAPI

from .config import settings
from .utils import queue


async def create_redis_queue_pool() -> None:
    queue.pool = await create_pool(
        RedisSettings(host=settings.REDIS_QUEUE_HOST, port=settings.REDIS_QUEUE_PORT),
        default_queue_name=settings.WORKER_QUEUE,
    )


def create_application() -> FastAPI:
    return FastAPI(title=settings.APP_NAME, on_startup=[create_redis_queue_pool])
