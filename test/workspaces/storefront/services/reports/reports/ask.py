from arq import create_pool

QUEUE = "storefront:reports"


class Reports:
    async def open(self):
        self.pool = await create_pool(default_queue_name=QUEUE)

    async def build(self, month):
        await self.pool.enqueue_job("build_report", month)

    async def mail(self, to, name):
        await self.pool.enqueue_job("send_email", to, _queue_name="storefront:notify", _defer_by=10)
        await self.pool.enqueue_job(f"report_{name}")
