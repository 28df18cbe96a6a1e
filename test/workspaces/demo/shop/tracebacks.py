"""Keeps the traceback of a failed job in its stored result.

ARQ pickles the exception of a failed job, and pickle drops its traceback. A worker's serializer still sees the live exception,
so it can add the text. Readers that do not know the extra keys ignore them.
"""

from __future__ import annotations

import os
import pickle
import socket
import traceback
from typing import Any, Dict

PROCESS = f"{socket.gethostname()}:{os.getpid()}"


def serialize(data: Dict[str, Any]) -> bytes:
    # Only results have "s"; a job on its way in is left as it is.
    if "s" in data:
        data = {**data, "w": PROCESS}
        error = data["r"]
        if not data["s"] and isinstance(error, BaseException):
            data["tb"] = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return pickle.dumps(data)
