import os

from arq import run_worker
from common.queues import BILLING

from . import tasks
from .tasks import charge, invoices, send_email


class BaseSettings:
    max_tries = 2
    health_check_interval = 30


class WorkerSettings(BaseSettings):
    functions = [send_email, charge, invoices.render, tasks.Invoices.number]
    queue_name = BILLING
    max_jobs = int(os.getenv("BILLING_MAX_JOBS", "5"))
    job_timeout = 60 * 5
    allow_abort_jobs = True


if __name__ == "__main__":
    run_worker(WorkerSettings)
