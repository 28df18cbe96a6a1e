from .invoices import Invoices

invoices = Invoices()


async def send_email(ctx, customer_id: int, invoice: str):
    """The invoice, by mail."""
    return f"{customer_id}: {invoice}"


async def charge_card(ctx, order_id: int, amount: int):
    await ctx["redis"].enqueue_job("send_email", order_id, invoice="A-1")
    return amount


charge = charge_card
