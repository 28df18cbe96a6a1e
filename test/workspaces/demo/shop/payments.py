"""Money: cards, invoices, payouts. Its jobs run on the billing queue."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Dict, List

from .errors import GatewayError, PaymentFailed


@dataclass
class Invoice:
    number: str
    order: int
    amount: Decimal
    issued: date


async def call_gateway(amount: Decimal, card: str) -> str:
    await asyncio.sleep(random.uniform(0.2, 0.8))
    # The gateway's test card for a broken answer.
    return "<html>502 Bad Gateway</html>" if card.endswith("0002") else '{"status": "captured"}'


def read_answer(text: str) -> str:
    try:
        return json.loads(text)["status"]
    except json.JSONDecodeError as error:
        raise GatewayError(f"the gateway answered {text[:24]!r}") from error


async def charge_card(ctx: Dict[str, Any], order: int, amount: Decimal, card: str) -> Dict[str, Any]:
    answer = await call_gateway(amount, card)
    try:
        status = read_answer(answer)
    except GatewayError as error:
        raise PaymentFailed(f"order {order}: {amount} not charged") from error
    return {"order": order, "status": status, "amount": amount}


async def issue_invoice(ctx: Dict[str, Any], order: int, amount: Decimal) -> Invoice:
    await asyncio.sleep(random.uniform(0.1, 0.5))
    return Invoice(number=f"R-{order}", order=order, amount=amount, issued=date.today())


def share(cents: int, sellers: List[str]) -> int:
    return cents // len(sellers)


def split(cents: int, sellers: List[str]) -> Dict[str, int]:
    part = share(cents, sellers)
    return {seller: part for seller in sellers}


async def pay_out(ctx: Dict[str, Any], order: int, cents: int, sellers: List[str]) -> Dict[str, int]:
    """Divides what an order earned among its sellers."""
    await asyncio.sleep(random.uniform(0.1, 0.4))
    return split(cents, sellers)


async def close_day(ctx: Dict[str, Any]) -> Dict[str, Any]:
    """Once a minute here, so that a demo sees it."""
    await asyncio.sleep(0.5)
    return {"day": date.today(), "open": random.randint(0, 4)}
