"""Stock: what lies in the warehouse, and what the suppliers say."""

from __future__ import annotations

import asyncio
import random
from typing import Any, Dict, List

from arq import Retry

from .errors import SupplierBusy

STOCK: Dict[str, int] = {
    "MUG-BLUE": 240,
    "MUG-RED": 180,
    "TEAPOT-2L": 35,
    "KETTLE-STEEL": 48,
    "SPOON-SET": 310,
    "TRAY-OAK": 22,
}


def shelf_of(sku: str) -> int:
    """Shelves are numbered in the order of the catalogue."""
    return list(STOCK).index(sku) + 1 if STOCK[sku] else 0


def pick(sku: str, quantity: int) -> Dict[str, Any]:
    return {"sku": sku, "quantity": quantity, "shelf": shelf_of(sku)}


def reserve(lines: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Where to find every line of an order."""
    return [pick(line["sku"], line["quantity"]) for line in lines]


async def ask_supplier(supplier: str, attempt: int) -> Dict[str, int]:
    await asyncio.sleep(random.uniform(0.2, 0.6))
    if attempt < 3:
        raise SupplierBusy(f"{supplier} answered 429, attempt {attempt}")
    return {sku: random.randint(0, 60) for sku in STOCK}


async def sync_stock(ctx: Dict[str, Any], supplier: str) -> Dict[str, int]:
    """Asks again later while the supplier is busy."""
    attempt: int = ctx["job_try"]
    try:
        return await ask_supplier(supplier, attempt)
    except SupplierBusy:
        raise Retry(defer=attempt * 15)


async def count_shelf(ctx: Dict[str, Any], sku: str) -> int:
    await asyncio.sleep(random.uniform(0.05, 0.3))
    return STOCK[sku]
