"""Mail to customers."""

from __future__ import annotations

import asyncio
import random
from typing import Any, Dict

from .errors import MailboxUnavailable


def render(template: str, **values: Any) -> str:
    return f"{template}: " + ", ".join(f"{name}={value}" for name, value in values.items())


async def deliver(address: str, text: str) -> str:
    await asyncio.sleep(random.uniform(0.1, 0.6))
    if address.endswith(".invalid"):
        raise MailboxUnavailable(address, 550, "no such mailbox")
    return f"<{random.getrandbits(48):012x}@mail.shop.example>"


async def send_confirmation(ctx: Dict[str, Any], order: int, to: str) -> str:
    """Returns the id of the message."""
    return await deliver(to, render("confirmation", order=order))


async def send_reminder(ctx: Dict[str, Any], to: str, *, subject: str = "Your basket is waiting") -> str:
    return await deliver(to, render("reminder", subject=subject))
