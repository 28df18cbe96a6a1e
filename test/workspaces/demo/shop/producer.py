"""Plays the shop's customers: enqueues two to four jobs a second until it is stopped. `python -m shop.producer`"""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from decimal import Decimal
from typing import Any, Awaitable, Callable, Dict, List, Set, Tuple

from arq import create_pool
from arq.connections import ArqRedis

from .orders import PRICES
from .settings import BILLING_QUEUE, redis_settings

CARRIERS = ["Northwind Parcel", "Bluebird Freight"]
SUPPLIERS = ["Clayworks", "Steel & Steam"]
SELLERS = ["clayworks", "oak-and-ash", "steel-and-steam"]


class Shop:
    def __init__(self, redis: ArqRedis) -> None:
        self.redis = redis
        self.order = random.randint(10_000, 50_000)
        self.waiting: Set["asyncio.Task[None]"] = set()

    def next_order(self) -> int:
        self.order += 1
        return self.order

    def address(self) -> str:
        return f"customer-{random.randint(1000, 9999)}@example.com"

    def lines(self) -> List[Dict[str, Any]]:
        return [
            {"sku": sku, "quantity": random.randint(1, 4)}
            for sku in random.sample(list(PRICES), random.randint(1, 3))
        ]

    async def place_order(self) -> None:
        await self.redis.enqueue_job("place_order", self.next_order(), self.lines())

    async def confirm(self) -> None:
        await self.redis.enqueue_job("send_confirmation", self.order, to=self.address())

    async def charge(self) -> None:
        card = random.choice(["4242", "4444", "1881"])
        await self.redis.enqueue_job(
            "charge_card", self.order, Decimal("57.40"), card=f"**** {card}", _queue_name=BILLING_QUEUE
        )

    async def invoice(self) -> None:
        await self.redis.enqueue_job("issue_invoice", self.order, Decimal("57.40"), _queue_name=BILLING_QUEUE)

    async def pay_out(self) -> None:
        await self.redis.enqueue_job("pay_out", self.order, 5166, random.sample(SELLERS, 2), _queue_name=BILLING_QUEUE)

    async def count(self) -> None:
        await self.redis.enqueue_job("count_shelf", random.choice(list(PRICES)))

    async def parcel(self) -> None:
        parcel = {"grams": random.randint(200, 4000)}
        await self.redis.enqueue_job("book_parcel", self.order, random.choice(CARRIERS), parcel)

    async def remind_later(self) -> None:
        await self.redis.enqueue_job("send_reminder", self.address(), _defer_by=random.randint(20, 90))

    async def review_later(self) -> None:
        await self.redis.enqueue_job("request_review", self.order, _defer_by=timedelta(minutes=random.randint(3, 30)))

    # From here on: what goes wrong, or takes long.

    async def unknown_sku(self) -> None:
        await self.redis.enqueue_job("place_order", self.next_order(), [{"sku": "MUG-GREEN", "quantity": 1}])

    async def dead_mailbox(self) -> None:
        await self.redis.enqueue_job("send_confirmation", self.order, to="orders@gone.invalid")

    async def broken_gateway(self) -> None:
        await self.redis.enqueue_job(
            "charge_card", self.order, Decimal("57.40"), card="**** 0002", _queue_name=BILLING_QUEUE
        )

    async def no_sellers(self) -> None:
        await self.redis.enqueue_job("pay_out", self.order, 5166, [], _queue_name=BILLING_QUEUE)

    async def parcel_without_weight(self) -> None:
        await self.redis.enqueue_job("book_parcel", self.order, CARRIERS[0], {"grams": 0})

    async def busy_supplier(self) -> None:
        await self.redis.enqueue_job("sync_stock", random.choice(SUPPLIERS))

    async def report(self) -> None:
        await self.redis.enqueue_job("sales_report", "2026-10")

    async def catalogue(self) -> None:
        rows = [
            {"sku": f"ITEM-{number:05}", "title": f"Catalogue item {number}", "price": Decimal(number) / 100, "tags": ["new"]}
            for number in range(2500)
        ]
        await self.redis.enqueue_job("import_catalogue", rows)

    async def changed_mind(self) -> None:
        """Asks for an export and aborts it a few seconds later."""
        job = await self.redis.enqueue_job("export_customers", ["name", "city"])
        if job is None:
            return

        async def abort() -> None:
            await asyncio.sleep(4)
            await job.abort()

        task = asyncio.ensure_future(abort())
        self.waiting.add(task)
        task.add_done_callback(self.waiting.discard)


async def main() -> None:
    redis = await create_pool(redis_settings())
    shop = Shop(redis)
    ordinary: List[Tuple[Callable[[], Awaitable[None]], int]] = [
        (shop.place_order, 30),
        (shop.confirm, 22),
        (shop.charge, 16),
        (shop.invoice, 10),
        (shop.pay_out, 6),
        (shop.count, 8),
        (shop.parcel, 6),
        (shop.remind_later, 3),
        (shop.review_later, 1),
    ]
    # Every one of them within the first seconds, then each now and then.
    special = [
        shop.unknown_sku,
        shop.dead_mailbox,
        shop.broken_gateway,
        shop.no_sellers,
        shop.parcel_without_weight,
        shop.busy_supplier,
        shop.report,
        shop.catalogue,
        shop.changed_mind,
    ]
    actions = [action for action, _ in ordinary]
    weights = [weight for _, weight in ordinary]

    # The night's orders, so that there is something to see at once.
    for action in random.choices(actions, weights, k=100):
        await action()
    await shop.review_later()
    for action in special:
        await action()
        await asyncio.sleep(0.5)
    while True:
        await random.choices(actions, weights)[0]()
        if random.random() < 0.03:
            await random.choice(special)()
        await asyncio.sleep(random.uniform(0.25, 0.5))


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
