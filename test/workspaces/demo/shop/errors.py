"""What can go wrong in the shop."""

from __future__ import annotations


class ShopError(Exception):
    """Base of all errors of the shop."""


class MailboxUnavailable(ShopError):
    """The mail server refused an address for good."""

    # Called with three arguments but passes one on: pickle calls the class with that one, so this cannot be unpickled.
    def __init__(self, address: str, code: int, reply: str) -> None:
        super().__init__(f"{address}: {code} {reply}")
        self.code = code
        self.reply = reply


class GatewayError(ShopError):
    """The payment gateway answered with something that is no answer."""


class PaymentFailed(ShopError):
    """A card could not be charged."""


class SupplierBusy(ShopError):
    """A supplier asked us to come back later."""
