from app.core.worker.functions import resize_image
from arq import func
from arq.worker import Worker


async def only_in_tests(ctx):
    return None


async def test_resize(arq_redis):
    worker = Worker(functions=[func(resize_image, name="resize"), only_in_tests], redis_pool=arq_redis, burst=True)
    await arq_redis.enqueue_job("resize", 1)
    assert await worker.run_check() == 1
