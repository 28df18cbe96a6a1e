import dataclasses
import datetime
import decimal
import enum
import uuid


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Order:
    number: int
    lines: list


class Declined(Exception):
    """Cannot be unpickled, as many exceptions of users."""

    def __init__(self, code, reason):
        super().__init__(code)


plain = (
    ("order-7", 3, -1.5, None, True, b"\x00\xff", "ß\n'\"\\", {"a": [1, (2,), {3}, frozenset()]}),
    {"when": datetime.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc), "total": decimal.Decimal("1.50")},
)
objects = ((Order(7, ["a", Colour.RED]), {"colour": Colour.RED, "n": 1}), {"id": uuid.UUID(int=5)})
