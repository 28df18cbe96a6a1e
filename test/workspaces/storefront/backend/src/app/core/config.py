from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class RedisQueueSettings(BaseSettings):
    REDIS_QUEUE_HOST: str = "localhost"
    REDIS_QUEUE_PORT: int = 6379
    WORKER_QUEUE: str = Field(default="storefront:backend")
    WORKER_MAX_JOBS: int = 20


class Settings(RedisQueueSettings):
    model_config = SettingsConfigDict(env_file=".env")

    APP_NAME: str = "storefront"


settings = Settings()
