"""Long work: reports, imports, exports."""

from __future__ import annotations

import asyncio
from typing import Any, Dict, List


async def sales_report(ctx: Dict[str, Any], month: str) -> Dict[str, Any]:
    """Runs about a minute."""
    rows = 0
    for _day in range(30):
        await asyncio.sleep(2)
        rows += 410
    return {"month": month, "rows": rows}


async def import_catalogue(ctx: Dict[str, Any], rows: List[Dict[str, Any]]) -> int:
    """Takes the whole catalogue as its argument, which is more than 100 kB."""
    await asyncio.sleep(1.5)
    return len(rows)


async def export_customers(ctx: Dict[str, Any], fields: List[str]) -> str:
    """Usually aborted by the one who asked for it."""
    await asyncio.sleep(120)
    return "customers.csv"
