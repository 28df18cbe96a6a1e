"""Reads schedules as JSON lines, [options, after, time zone, count], and prints what arq.cron.next_cron gives, as unix ms."""

import json
import sys
from datetime import datetime, timezone

from arq.cron import next_cron

try:
    from zoneinfo import ZoneInfo
except ImportError:
    ZoneInfo = None


def runs(options, after, zone, count):
    given = {k: set(v) if isinstance(v, list) else v for k, v in options.items()}
    at = datetime.fromtimestamp(after / 1000, tz=timezone.utc if zone == "UTC" else ZoneInfo(zone))
    found = []
    for _ in range(count):
        at = next_cron(at, **given)
        found.append(int(round(at.timestamp() * 1000)))
    return found


for line in sys.stdin:
    print(json.dumps(runs(*json.loads(line))))
