import asyncio
import logging
from typing import Any

from arq.worker import Worker

logger = logging.getLogger(__name__)


async def resize_image(ctx: Worker, image_id: int, *, width: int = 640) -> str:
    await asyncio.sleep(0.1)
    return f"{image_id}@{width}"


async def reindex(ctx: Worker, since: str | None = None) -> int:
    return await count_changed(since)


async def count_changed(since: str | None) -> int:
    return 0


async def startup(ctx: dict[str, Any]) -> None:
    logger.info("Worker started")


async def shutdown(ctx: dict[str, Any]) -> None:
    logger.info("Worker ended")
