"""The worker of the billing queue: `arq shop.billing_worker.WorkerSettings`."""

from __future__ import annotations

from arq import cron

from .arq_monitor import instrument
from .payments import charge_card, close_day, issue_invoice, pay_out
from .settings import BILLING_QUEUE, redis_settings


@instrument
class WorkerSettings:
    redis_settings = redis_settings()
    queue_name = BILLING_QUEUE
    functions = [charge_card, issue_invoice, pay_out]
    cron_jobs = [cron(close_day, second=25, keep_result=3600)]
    max_jobs = 4
