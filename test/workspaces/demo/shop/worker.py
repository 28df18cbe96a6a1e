"""The worker of the default queue: `arq shop.worker.WorkerSettings --custom-log-dict shop.worker.log_config`."""

from __future__ import annotations

from arq import cron, func

from .inventory import count_shelf, sync_stock
from .mailer import send_confirmation, send_reminder
from .orders import book_parcel, expire_baskets, place_order, request_review
from .reports import export_customers, import_catalogue, sales_report
from .settings import redis_settings

# ARQ's own log lines, in a file as well.
log_config = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"arq": {"format": "%(asctime)s: %(message)s", "datefmt": "%H:%M:%S"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "arq"},
        "file": {
            "class": "logging.FileHandler",
            "filename": "logs/worker.log",
            "encoding": "utf-8",
            "formatter": "arq",
        },
    },
    "loggers": {"arq": {"handlers": ["console", "file"], "level": "INFO"}},
}


class WorkerSettings:
    redis_settings = redis_settings()
    functions = [
        place_order,
        func(book_parcel, timeout=4),
        request_review,
        send_confirmation,
        send_reminder,
        sync_stock,
        count_shelf,
        sales_report,
        import_catalogue,
        export_customers,
    ]
    cron_jobs = [cron(expire_baskets, second={10, 40})]
    max_jobs = 6
    allow_abort_jobs = True
    health_check_interval = 30
