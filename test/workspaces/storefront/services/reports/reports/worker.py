from . import jobs  # noqa: F401
from .registry import FUNCTIONS

WORKER = {
    "functions": FUNCTIONS,
    "queue_name": "storefront:reports",
    "keep_result_forever": True,
}
