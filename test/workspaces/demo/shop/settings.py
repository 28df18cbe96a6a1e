"""Where things are. Every value can be set from the environment."""

from __future__ import annotations

import os

from arq.connections import RedisSettings

BILLING_QUEUE = "shop:billing"


def redis_settings() -> RedisSettings:
    return RedisSettings.from_dsn(os.environ.get("REDIS_URL", "redis://localhost:6379/0"))
