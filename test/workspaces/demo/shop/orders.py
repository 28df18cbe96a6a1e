"""Orders, from the basket to the parcel."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, Dict, List

from . import inventory

PRICES: Dict[str, Decimal] = {
    "MUG-BLUE": Decimal("7.90"),
    "MUG-RED": Decimal("7.90"),
    "TEAPOT-2L": Decimal("34.50"),
    "KETTLE-STEEL": Decimal("49.00"),
    "SPOON-SET": Decimal("12.20"),
    "TRAY-OAK": Decimal("28.00"),
}


def total(lines: List[Dict[str, Any]]) -> Decimal:
    return sum((PRICES[line["sku"]] * line["quantity"] for line in lines), Decimal(0))


async def place_order(ctx: Dict[str, Any], order: int, lines: List[Dict[str, Any]]) -> Dict[str, Any]:
    """Reserves the goods and says what the order costs."""
    await asyncio.sleep(random.uniform(0.1, 0.9))
    picked = inventory.reserve(lines)
    return {"order": order, "picked": picked, "total": total(lines), "at": datetime.now(timezone.utc)}


async def carrier_quote(carrier: str, parcel: Dict[str, Any]) -> Decimal:
    # This carrier's interface hangs when a parcel has no weight.
    await asyncio.sleep(random.uniform(0.2, 1.0) if parcel.get("grams") else 3600)
    return Decimal("4.90")


async def book_parcel(ctx: Dict[str, Any], order: int, carrier: str, parcel: Dict[str, Any]) -> Dict[str, Any]:
    price = await carrier_quote(carrier, parcel)
    return {"order": order, "carrier": carrier, "price": price}


async def request_review(ctx: Dict[str, Any], order: int) -> None:
    """Runs some time after the parcel has arrived."""
    await asyncio.sleep(0.2)


async def expire_baskets(ctx: Dict[str, Any]) -> int:
    """Empties the baskets that nobody came back to. Twice a minute."""
    await asyncio.sleep(random.uniform(0.2, 0.5))
    return random.randint(0, 9)
