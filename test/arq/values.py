"""Random Python values, pickled, and what CPython 3.13 prints for them. Runs on Python 3.6 and newer.

    python values.py make SEED COUNT      COUNT values for each protocol; per line: protocol, pickle in base64
    python3.13 values.py print            reads such lines; per line JSON: [repr, str of an exception], or null
                                          where 3.13 cannot load the value or its repr holds an address or does not end

Sets are printed in the order in which the pickle holds them, since nobody else can know Python's.
"""

import array
import base64
import collections
import datetime
import decimal
import fractions
import functools
import http
import http.client
import ipaddress
import itertools
import json
import math
import operator
import os
import pathlib
import pickle
import pickletools
import queue
import random
import re
import reprlib
import string
import struct
import subprocess
import sys
import time
import types
import typing
import urllib.error
import urllib.parse
import uuid
import zlib

try:
    import zoneinfo
except ImportError:  # before 3.9
    zoneinfo = None

if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)

ZONES = ["Europe/Paris", "UTC", "America/St_Johns", "Asia/Kathmandu", "Etc/GMT-3"]
ODD_CHARACTERS = (
    "'\"\\\n\r\t\x00\x07\x1b\x7f\x80\x85\xa0\xad\xe9\xff\u0130\u0300\u0301\u034f\u0378\u0600\u061c\u180e\u200b\u200d\u200e\u2028\u2029"
    "\u202f\u2060\u20ac\u2800\u3000\u3164\u4e2d\uac00\ue000\uf8ff\ufe0f\ufeff\uff01\ufffd\uffff\U0001f600\U0001f468\U000e0001\U000e0100"
    "\U000f0000\U0010ffff\U0002fa1d\U0001fbf0\U00031350\U0002ebf0"
)
BUILTINS = (
    "int str float bool bytes bytearray list tuple dict set frozenset object type complex range slice memoryview property staticmethod "
    "classmethod super enumerate zip map filter reversed len print open sorted sum min max abs isinstance getattr repr chr ord hex "
    "Ellipsis NotImplemented ValueError KeyError OSError Exception BaseException StopIteration"
).split()
NAMED = [
    datetime.datetime, datetime.date, datetime.timezone, collections.OrderedDict, collections.defaultdict, collections.deque,
    collections.Counter, decimal.Decimal, fractions.Fraction, uuid.UUID, functools.partial, itertools.chain, itertools.count,
    operator.itemgetter, types.SimpleNamespace, array.array, struct.Struct,
    time.struct_time, math.sin, math.gcd, time.time, os.getcwd, functools.reduce, operator.add, zlib.crc32, json.JSONDecodeError,
    subprocess.CalledProcessError, http.HTTPStatus, re.RegexFlag, collections.ChainMap, random.Random, string.Template, typing.Any,
    typing.List, typing.Dict, typing.Optional, type(None), type(Ellipsis), type(NotImplemented), str.upper, dict.get, int.__add__, list.append,
    pathlib.PurePosixPath, pathlib.PosixPath, pathlib.PureWindowsPath, ipaddress.IPv4Address, http.client.HTTPException, queue.Queue,
]
SIMPLE_ERRORS = (
    "BaseException Exception ArithmeticError AssertionError AttributeError BufferError EOFError FloatingPointError GeneratorExit ImportError "
    "IndentationError IndexError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotImplementedError "
    "OverflowError RecursionError ReferenceError RuntimeError StopAsyncIteration StopIteration SyntaxError SystemError SystemExit TabError "
    "TypeError UnboundLocalError UnicodeError ValueError ZeroDivisionError Warning UserWarning DeprecationWarning RuntimeWarning "
    "ResourceWarning BytesWarning FutureWarning ImportWarning PendingDeprecationWarning SyntaxWarning UnicodeWarning"
).split()
OS_ERRORS = (
    "OSError BlockingIOError ChildProcessError ConnectionError BrokenPipeError ConnectionAbortedError ConnectionRefusedError "
    "ConnectionResetError FileExistsError FileNotFoundError InterruptedError IsADirectoryError NotADirectoryError PermissionError "
    "ProcessLookupError TimeoutError"
).split()
PATTERNS = [
    "", "a+", "(?P<x>\\d+)'", "[\"']\n", "\\bfoo\\b", "\u00e9|\U0001f600", "x" * 250, "'" * 150 + '"', "(?i)a", "(?s:.)", "\u200b" * 60, "\\\\" * 99,
]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.mutable = []

    def value(self):
        self.mutable = []
        made = self.any(self.random.choice([0, 1, 1, 2, 2, 3, 4]))
        if len(self.mutable) > 1 and self.random.random() < 0.3:
            for _ in range(self.random.randint(1, 3)):
                target, inner = self.random.choice(self.mutable), self.random.choice(self.mutable)
                self.put(target, inner)
        return made

    def put(self, target, inner):
        if isinstance(target, (list, collections.deque, collections.UserList)):
            target.append(inner)
        elif isinstance(target, types.SimpleNamespace):
            setattr(target, "inner", inner)
        elif isinstance(target, collections.Counter):
            pass
        else:
            target[self.random.choice(["self", 7])] = inner

    def any(self, depth):
        kinds = self.leaves if depth <= 0 or self.random.random() < 0.3 else self.containers
        return getattr(self, self.random.choice(kinds))(depth)

    def items(self, depth, most=4):
        size = self.random.randint(0, 30) if self.random.random() < 0.03 else self.random.randint(0, most)
        made = [self.any(depth - 1) for _ in range(size)]
        if made and self.random.random() < 0.2:
            made.append(self.random.choice(made))
        return made

    def hashable(self, depth=1):
        if depth > 0 and self.random.random() < 0.2:
            return tuple(self.hashable(depth - 1) for _ in range(self.random.randint(0, 3)))
        if depth > 0 and self.random.random() < 0.1:
            return frozenset(self.hashable(depth - 1) for _ in range(self.random.randint(0, 4)))
        return getattr(self, self.random.choice(self.hashables))(0)

    def keep(self, made):
        self.mutable.append(made)
        return made

    # Scalars

    def singleton(self, depth):
        return self.random.choice([None, True, False, Ellipsis, NotImplemented])

    def int(self, depth):
        pick = self.random.random()
        if pick < 0.4:
            return self.random.randint(-300, 300)
        if pick < 0.7:
            return self.random.choice([-1, 1]) * (1 << self.random.choice([7, 8, 15, 16, 31, 32, 47, 48, 53, 63, 64, 127, 2039, 2040])) + self.random.randint(-2, 2)
        if pick < 0.98:
            return self.random.choice([-1, 1]) * self.random.getrandbits(self.random.randint(1, 400))
        return self.random.choice([-1, 1]) * self.random.getrandbits(self.random.randint(1, 40000))

    def float(self, depth):
        pick = self.random.random()
        if pick < 0.25:
            return self.random.choice([float("nan"), float("inf"), float("-inf"), 0.0, -0.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308])
        if pick < 0.5:
            return struct.unpack("<d", struct.pack("<Q", self.random.getrandbits(64)))[0]
        if pick < 0.75:
            return self.random.choice([-1, 1]) * float("%de%d" % (self.random.randint(1, 99999), self.random.randint(-25, 25)))
        return round(self.random.uniform(-1000, 1000), self.random.randint(0, 6))

    def str(self, depth):
        pick = self.random.random()
        if pick < 0.4:
            return "".join(self.random.choice(string.ascii_letters + " _-'\".:/") for _ in range(self.random.randint(0, 12)))
        if pick < 0.7:
            return "".join(self.random.choice(ODD_CHARACTERS) for _ in range(self.random.randint(0, 6)))
        if pick < 0.75:
            return self.random.choice("ab\u00e9\u20ac\U0001f600") * self.random.choice([255, 256, 257, 65535, 65536][: 3 + (self.random.random() < 0.02) * 2])
        made = []
        for _ in range(self.random.randint(0, 6)):
            code = self.random.randrange(0x110000) if self.random.random() < 0.5 else self.random.randrange(0x3000)
            # Two surrogates in a row that would make a pair are left out: no other text can hold them apart.
            if made and 0xD800 <= made[-1] < 0xDC00 <= code < 0xE000:
                continue
            made.append(code)
        return "".join(map(chr, made))

    def bytes(self, depth):
        size = self.random.choice([0, 1, 2, 3, 8, 20, 255, 256]) if self.random.random() < 0.2 else self.random.randint(0, 8)
        return bytes(self.random.choice([39, 34, 92, 10, 13, 9, 65, 126, 127, 0, self.random.randrange(256)]) for _ in range(size))

    def bytearray(self, depth):
        return bytearray(self.bytes(0))

    def complex(self, depth):
        return complex(self.float(0), self.float(0))

    def range(self, depth):
        return range(self.random.randint(-5, 5), self.int(0), self.random.choice([1, 1, 2, -3, 10**30]))

    def slice(self, depth):
        return slice(*[self.random.choice([None, self.int(0), self.str(0)]) for _ in range(3)])

    # What has a name

    def named(self, depth):
        if self.random.random() < 0.5:
            return getattr(__import__("builtins"), self.random.choice(BUILTINS))
        return self.random.choice(NAMED)

    def enum(self, depth):
        pick = self.random.random()
        if pick < 0.6:
            return self.random.choice(list(http.HTTPStatus))
        if pick < 0.8 and hasattr(uuid, "SafeUUID"):
            return self.random.choice(list(uuid.SafeUUID))
        if pick < 0.9 and hasattr(http, "HTTPMethod"):
            return self.random.choice(list(http.HTTPMethod))
        return re.RegexFlag(self.random.choice([2, 8, 16, 10, 26, 256, 64]))

    # Time

    def timedelta(self, depth):
        pick = self.random.random()
        if pick < 0.2:
            return self.random.choice([datetime.timedelta(), datetime.timedelta.min, datetime.timedelta.max, datetime.timedelta.resolution])
        return datetime.timedelta(self.random.choice([0, 0, -1, 5, 999999999, -99999]), self.random.choice([0, 1, 86399, -5]), self.random.choice([0, 0, 1, 999999]))

    def tzinfo(self, depth):
        pick = self.random.random()
        if pick < 0.3:
            return datetime.timezone.utc
        if pick < 0.6 or (zoneinfo is None and pick < 0.9):
            seconds = self.random.choice([3600, -3600, 19800, -12600, 45900, 86340, -86340, 0]) + (self.random.choice([0, 17]) if sys.version_info >= (3, 7) else 0)
            offset = datetime.timedelta(seconds=seconds)
            return datetime.timezone(offset) if self.random.random() < 0.6 else datetime.timezone(offset, self.random.choice(["CET", "", "it's", "\u00e9\x00"]))
        if zoneinfo is not None and pick < 0.9:
            key = self.random.choice(ZONES)
            return zoneinfo.ZoneInfo(key) if self.random.random() < 0.7 else zoneinfo.ZoneInfo.no_cache(key)
        return None

    def datetime(self, depth):
        return datetime.datetime(
            self.random.choice([1, 1970, 1999, 2024, 9999]), self.random.randint(1, 12), self.random.randint(1, 28), *self.clock(), tzinfo=self.tzinfo(0), fold=self.random.choice([0, 0, 1])
        )

    def clock(self):
        return self.random.randint(0, 23), self.random.randint(0, 59), self.random.choice([0, 0, 1, 59]), self.random.choice([0, 0, 1, 999999, 500000])

    def date(self, depth):
        return datetime.date(self.random.choice([1, 1970, 2024, 9999]), self.random.randint(1, 12), self.random.randint(1, 28))

    def time(self, depth):
        return datetime.time(*self.clock(), tzinfo=self.tzinfo(0), fold=self.random.choice([0, 0, 1]))

    def struct_time(self, depth):
        return time.gmtime(self.random.randint(0, 2**31)) if self.random.random() < 0.7 else time.struct_time((2024, 1, 2, 3, 4, 5, 6, 7, -1))

    # Numbers and names of the standard library

    def decimal(self, depth):
        text = self.random.choice(["NaN", "sNaN123", "-Infinity", "0", "-0", "0E+5", "0E-10", "1.10", "-1E+30", "123456789012345678901234567890.123", "1E-7", "0.000001"])
        return decimal.Decimal(text) if self.random.random() < 0.6 else decimal.Decimal(self.random.randint(-10**9, 10**9)).scaleb(self.random.randint(-20, 20))

    def fraction(self, depth):
        return fractions.Fraction(self.int(0), abs(self.int(0)) + 1)

    def uuid(self, depth):
        made = uuid.UUID(int=self.random.getrandbits(128) if self.random.random() < 0.8 else self.random.choice([0, 1, 2**128 - 1]))
        if self.random.random() < 0.3 and sys.version_info >= (3, 7):
            made = uuid.UUID(int=made.int, is_safe=self.random.choice(list(uuid.SafeUUID)))
        return made

    def path(self, depth):
        kind = self.random.choice([pathlib.PurePosixPath, pathlib.PosixPath, pathlib.PureWindowsPath])
        names = ["a", "b c", "..", ".", "", "x.tar.gz", "/", "//", "///", "it's", "\u00e9", "a//b", "./c", "d/", "C:", "c:\\", "\\\\host\\share\\", "\\\\host\\share\\f", "//?/C:/x", "\\r", "d:e", "a\\b", "~"]
        return kind(*[self.random.choice(names) for _ in range(self.random.randint(0, 4))])

    def ip(self, depth):
        v4, v6 = self.random.getrandbits(32), self.random.choice([0, 1, 1 << 127, 0xFFFF01020304, 0x20010DB8 << 96, 0x20010DB8000100000000000000010001, self.random.getrandbits(128), self.random.getrandbits(16) << 64])
        return self.random.choice([
            lambda: ipaddress.IPv4Address(v4),
            lambda: ipaddress.IPv6Address(v6),
            lambda: ipaddress.IPv4Network((v4, self.random.randint(0, 32)), strict=False),
            lambda: ipaddress.IPv6Network((v6, self.random.randint(0, 128)), strict=False),
            lambda: ipaddress.IPv4Interface((v4, self.random.randint(0, 32))),
            lambda: ipaddress.IPv6Interface((v6, self.random.randint(0, 128))),
            lambda: ipaddress.IPv6Address("fe80::1%eth0") if sys.version_info >= (3, 9) else ipaddress.IPv6Address(1),
            lambda: ipaddress.IPv6Interface("fe80::1%eth0/64") if sys.version_info >= (3, 9) else ipaddress.IPv6Interface(1),
        ])()

    def pattern(self, depth):
        text = self.random.choice(PATTERNS)
        flags = 0
        for flag in self.random.sample([re.I, re.M, re.S, re.X, re.A], self.random.choice([0, 0, 1, 2, 3])):
            flags |= flag
        if self.random.random() < 0.3:
            return re.compile(text.encode("utf-8"), flags | (re.L if self.random.random() < 0.2 and not flags & re.A else 0))
        return re.compile(text, flags)

    def url(self, depth):
        text = self.random.choice(["http://a:1@b.c:80/p;q?x=1#f", "", "//h/p", "mailto:x@y", "/a?b='c'"])
        make = self.random.choice([urllib.parse.urlparse, urllib.parse.urlsplit, urllib.parse.urldefrag])
        return make(text if self.random.random() < 0.7 else text.encode())

    def stat(self, depth):
        return self.random.choice([lambda: os.stat("/"), lambda: os.terminal_size((80, 24)), lambda: os.uname(), lambda: os.statvfs("/")])()

    def array(self, depth):
        code = self.random.choice("bBhHiIlLqQfdu")
        if code == "u":
            return array.array("u", self.random.choice(["", "ab'", "\u00e9\u20ac", "\U0001f600"]))
        size = self.random.randint(0, 4)
        if code in "fd":
            return array.array(code, [self.random.choice([0.5, -0.0, 1e10, float("inf"), 0.1]) for _ in range(size)])
        return array.array(code, [self.random.randint(0 if code.isupper() else -128, 127) for _ in range(size)])

    def count(self, depth):
        return self.random.choice([lambda: itertools.count(self.int(0)), lambda: itertools.count(1, self.random.choice([1, 2, 0.5, -1])), lambda: itertools.count(1.5), lambda: itertools.repeat(self.any(0)), lambda: itertools.repeat("x", 3)])()

    def alias(self, depth):
        choices = [lambda: typing.Any, lambda: typing.List[int], lambda: typing.Dict[str, typing.List[int]], lambda: typing.Optional[int], lambda: typing.Union[int, str], lambda: typing.Tuple[int, ...]]
        if sys.version_info >= (3, 9):
            choices += [lambda: list[int], lambda: dict[str, list[int]], lambda: tuple[int, ...], lambda: collections.deque[uuid.UUID], lambda: collections.abc.Mapping[str, int], lambda: tuple[()], lambda: type[int]]
        if sys.version_info >= (3, 10):
            choices += [lambda: int | None, lambda: int | str | list[int], lambda: typing.Literal["a", 1]]
        return self.random.choice(choices)()

    def operator(self, depth):
        return self.random.choice([
            lambda: operator.itemgetter(self.int(0)),
            lambda: operator.itemgetter("a", self.any(0)),
            lambda: operator.attrgetter("a.b", "c"),
            lambda: operator.attrgetter("x"),
            lambda: operator.methodcaller("m"),
            lambda: operator.methodcaller("m", self.any(0), k=self.any(0)),
        ])()

    def statistics(self, depth):
        import statistics

        # Older ones are stored in a form that 3.13 reads wrongly.
        return statistics.NormalDist(self.float(0), abs(self.float(0))) if sys.version_info >= (3, 13) else None

    def misc(self, depth):
        return self.random.choice([
            lambda: decimal.DecimalTuple(0, (1, 2), -1),
            lambda: decimal.Decimal("-1.5").as_tuple(),
            lambda: decimal.Context(prec=5, rounding=decimal.ROUND_UP, traps=[decimal.Inexact, decimal.Overflow]),
            lambda: decimal.Context(),
            lambda: subprocess.CompletedProcess(["ls", self.str(0)], 0),
            lambda: subprocess.CompletedProcess("ls", 1, b"out", self.str(0)),
            lambda: collections.UserString(self.str(0)),
        ])()

    # Containers

    def list(self, depth):
        return self.keep(self.items(depth))

    def tuple(self, depth):
        return tuple(self.items(depth))

    def dict(self, depth):
        return self.keep({self.hashable(): self.any(depth - 1) for _ in range(self.random.randint(0, 4))})

    def set(self, depth):
        return {self.hashable() for _ in range(self.random.randint(0, 5))}

    def frozenset(self, depth):
        return frozenset(self.set(depth))

    def deque(self, depth):
        return self.keep(collections.deque(self.items(depth), self.random.choice([None, None, 0, 2, 5])))

    def ordered(self, depth):
        return self.keep(collections.OrderedDict(self.dict(depth)))

    def default(self, depth):
        return self.keep(collections.defaultdict(self.random.choice([None, int, list, dict, collections.OrderedDict, functools.partial(int, "7")]), self.dict(depth)))

    def counter(self, depth):
        pick = self.random.random()
        if pick < 0.5:
            return collections.Counter([self.hashable() for _ in range(self.random.randint(0, 6))])
        count = self.random.choice([
            lambda: self.random.randint(-3, 3),
            lambda: self.random.choice([0.5, 1, True, -2, 2.0, 10**20, 1e20, -0.0]),
            lambda: self.random.choice(["b", "a", "\U0001f600", "\uffff", ""]),
            lambda: self.random.choice([1, "a", None]),
            lambda: decimal.Decimal(self.random.randint(-3, 3)) / 2,
            lambda: fractions.Fraction(self.random.randint(-3, 3), 2),
            lambda: tuple(self.random.randint(0, 2) for _ in range(self.random.randint(0, 2))),
            lambda: [self.random.randint(0, 1)],
            lambda: {},
        ])
        return collections.Counter({self.hashable(0): count() for _ in range(self.random.randint(0, 6))})

    def chain(self, depth):
        return collections.ChainMap(*[self.dict(depth - 1) for _ in range(self.random.randint(0, 3))])

    def user(self, depth):
        return self.random.choice([lambda: self.keep(collections.UserDict(self.dict(depth - 1))), lambda: self.keep(collections.UserList(self.items(depth)))])()

    def namespace(self, depth):
        return self.keep(types.SimpleNamespace(**{self.random.choice(["a", "b", "c_1", "\u00e9", "a b", "def"]): self.any(depth - 1) for _ in range(self.random.randint(0, 4))}))

    def partial(self, depth):
        if self.random.random() < 0.2:
            inner = self.partial(depth - 1)
            return functools.partial(inner, self.any(depth - 1))
        kind = self.random.choice([int, len, dict, collections.OrderedDict, operator.itemgetter])
        return functools.partial(kind, *self.items(depth, 2), **({"base": self.any(depth - 1)} if self.random.random() < 0.5 else {}))

    def iterator(self, depth):
        return self.random.choice([lambda: slice(self.items(depth), None, self.dict(depth)), lambda: itertools.repeat(self.items(depth), 2)])()

    # Exceptions

    def error(self, depth):
        return getattr(self, self.random.choice(["simple_error"] * 4 + ["os_error"] * 2 + ["special_error"] * 2 + ["group"] * 2))(depth)

    def simple_error(self, depth):
        kind = getattr(__import__("builtins"), self.random.choice(SIMPLE_ERRORS))
        # A SyntaxError makes a tuple of its second argument, which may be an iterator without end.
        most = 1 if issubclass(kind, SyntaxError) else 2
        made = kind(*self.items(depth, 2)[:most]) if self.random.random() < 0.7 else kind(self.str(0))
        if self.random.random() < 0.2:
            made.detail = self.any(0)
        if self.random.random() < 0.2 and hasattr(made, "add_note"):
            made.add_note(self.str(0))
        return made

    def os_error(self, depth):
        kind = getattr(__import__("builtins"), self.random.choice(OS_ERRORS))
        number = self.random.choice([0, 1, 2, 3, 4, 5, 9, 10, 11, 12, 13, 17, 20, 21, 32, 103, 104, 108, 110, 111, 113, 114, 115, None, "x", True, -1])
        return self.random.choice([
            lambda: kind(),
            lambda: kind(self.any(0)),
            lambda: kind(number, self.str(0)),
            lambda: kind(number, self.str(0), self.str(0)),
            lambda: kind(number, "No", b"file"),
            lambda: kind(number, "No", None),
            lambda: kind(number, "No", 5),
            lambda: kind(number, "No", "a", None, "b"),
            lambda: kind(number, "No", "a", 0, None),
            lambda: kind(number, "No", pathlib.PurePosixPath("/a")),
            lambda: kind(1, 2, 3, 4, 5, 6),
        ])()

    def special_error(self, depth):
        import asyncio
        import concurrent.futures

        return self.random.choice([
            lambda: UnicodeDecodeError("utf-8", self.bytes(0) + b"abc", 1, self.random.choice([1, 2, 3]), self.str(0)),
            lambda: UnicodeEncodeError("ascii", self.str(0) + "abc", self.random.choice([0, 1]), self.random.choice([1, 2, 3]), "ordinal not in range(128)"),
            lambda: UnicodeTranslateError(self.str(0) + "abc", 0, self.random.choice([1, 2]), "no"),
            lambda: SyntaxError("bad", ("/a/f.py", self.random.choice([1, None]), 2, "x y")),
            lambda: SyntaxError("bad", (self.random.choice(["f.py", None, "/x/"]), 3, 2, "x y")),
            lambda: SyntaxError(self.any(0)),
            lambda: SyntaxError("bad", ("f.py", 3, 2, "x y", 3, 5)) if sys.version_info >= (3, 10) else SyntaxError(),
            lambda: ImportError("no", name="x", path=self.str(0)),
            lambda: ModuleNotFoundError("No module named 'x'", name="x"),
            lambda: StopIteration(self.any(depth - 1)),
            lambda: SystemExit(self.any(0)),
            lambda: KeyError(self.any(0)),
            lambda: json.JSONDecodeError(self.str(0), "{\n x", 3),
            lambda: subprocess.CalledProcessError(self.random.choice([1, -9, 3]), ["ls", "-l"]),
            lambda: subprocess.CalledProcessError(-99, "ls", b"out", "err"),
            lambda: subprocess.TimeoutExpired("ls", 1.5),
            lambda: asyncio.CancelledError(),
            lambda: asyncio.TimeoutError(),
            lambda: asyncio.InvalidStateError(self.str(0)),
            lambda: concurrent.futures.TimeoutError("t"),
            lambda: concurrent.futures.CancelledError("t"),
            lambda: queue.Empty(),
            lambda: struct.error("unpack requires"),
            lambda: zlib.error("Error -3"),
            lambda: decimal.InvalidOperation([decimal.ConversionSyntax]),
            lambda: http.client.RemoteDisconnected("gone"),
            lambda: http.client.IncompleteRead(b"abc", 5),
            lambda: urllib.error.URLError(OSError(111, "refused")),
            lambda: __import__("socket").timeout("timed out"),
            lambda: __import__("socket").gaierror(-2, "Name or service not known"),
            lambda: __import__("ssl").SSLError(1, "[SSL] bad"),
            lambda: __import__("binascii").Error("Incorrect padding"),
            lambda: __import__("sqlite3").OperationalError("locked"),
            lambda: ipaddress.AddressValueError("x"),
            lambda: __import__("configparser").NoSectionError("x"),
        ])()

    def group(self, depth):
        if sys.version_info < (3, 11):
            return RuntimeError(self.simple_error(depth - 1))
        inner = [self.error(depth - 1) for _ in range(self.random.randint(1, 3))]
        return BaseExceptionGroup(self.str(0), inner if self.random.random() < 0.8 else tuple(inner))  # noqa: F821

    hashables = ["singleton", "int", "int", "float", "str", "str", "bytes", "complex", "datetime", "date", "timedelta", "decimal", "uuid", "named", "path", "ip", "fraction", "enum", "time"]
    leaves = hashables + ["bytearray", "range", "slice", "named", "timedelta", "tzinfo", "struct_time", "pattern", "url", "stat", "array", "count", "alias", "operator", "statistics", "misc", "error"]
    containers = ["list", "list", "tuple", "tuple", "dict", "dict", "set", "frozenset", "deque", "ordered", "default", "counter", "chain", "user", "namespace", "partial", "iterator", "error"]


def dumps(value, protocol, pick):
    if pick < 0.7:
        return pickle.dumps(value, protocol)
    if pick < 0.85:
        return pickle._dumps(value, protocol)
    return pickletools.optimize(pickle.dumps(value, protocol))


def make(seed, count):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        made = 0
        generator = Generator("%s %d %d.%d" % (seed, protocol, sys.version_info[0], sys.version_info[1]))
        while made < count:
            try:
                data = dumps(generator.value(), protocol, generator.random.random())
            except Exception:  # what this Python cannot make or pickle
                continue
            made += 1
            sys.stdout.write("%d %s\n" % (protocol, base64.b64encode(data).decode()))


class StoredSet(set):
    """A set that prints in the order in which it was filled."""

    def __init__(self, items=()):
        self.order = []
        self.update(items)

    def add(self, item):
        if item not in self:
            self.order.append(item)
            set.add(self, item)

    def update(self, items):
        for item in items:
            self.add(item)

    @reprlib.recursive_repr("set(...)")
    def __repr__(self):
        return "{%s}" % repr(self.order)[1:-1] if self.order else "set()"


class StoredFrozenset(frozenset):
    def __new__(cls, items=()):
        items = list(items)
        made = frozenset.__new__(cls, items)
        made.order = StoredSet(items).order
        return made

    @reprlib.recursive_repr("frozenset(...)")
    def __repr__(self):
        return "frozenset({%s})" % repr(self.order)[1:-1] if self.order else "frozenset()"


class Reader(pickle._Unpickler):
    dispatch = dict(pickle._Unpickler.dispatch)

    def load_empty_set(self):
        self.append(StoredSet())

    def load_frozenset(self):
        items = self.pop_mark()  # gives self.append another stack
        self.append(StoredFrozenset(items))

    def load_reduce(self):
        args = self.stack.pop()
        function = self.stack[-1]
        self.stack[-1] = {set: StoredSet, frozenset: StoredFrozenset}.get(function, function)(*args) if isinstance(function, type) else function(*args)

    dispatch[pickle.EMPTY_SET[0]] = load_empty_set
    dispatch[pickle.FROZENSET[0]] = load_frozenset
    dispatch[pickle.REDUCE[0]] = load_reduce


def show(data):
    import io
    import warnings

    warnings.simplefilter("ignore")
    try:
        value = Reader(io.BytesIO(data)).load()
        text = repr(value)
    except Exception:
        return None
    if re.search(r" at 0x[0-9a-f]{6,}", text):
        return None
    message = None
    # The offset of a zone that goes by its key is nowhere in the pickle.
    if isinstance(value, BaseException) and "ZoneInfo(" not in text:
        try:
            message = str(value)
        except Exception:  # unhelpful arguments
            message = None
    return [text, message]


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], int(sys.argv[3]))
    else:
        for line in sys.stdin:
            print(json.dumps(show(base64.b64decode(line.split()[-1]))))
