"""A Redis client of a few lines, the same under every version of ARQ and Python."""

import socket


class RedisError(Exception):
    pass


class RawRedis:
    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._file = self._socket.makefile("rb")

    def __call__(self, *words):
        self._send(words)
        return self._read()

    def transaction(self, *commands):
        """All at one moment: MULTI … EXEC."""
        for words in (("MULTI",),) + commands + (("EXEC",),):
            self._send(words)
        for _ in range(len(commands) + 1):
            self._read()
        return self._read()

    def _send(self, words):
        encoded = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        parts = b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded)
        self._socket.sendall(b"*%d\r\n" % len(encoded) + parts)

    def _read(self):
        line = self._file.readline()[:-2]
        kind, rest = line[:1], line[1:]
        if kind == b"+":
            return rest
        if kind == b":":
            return int(rest)
        if kind == b"-":
            raise RedisError(rest.decode())
        if kind == b"$":
            if rest == b"-1":
                return None
            return self._file.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self._read() for _ in range(int(rest))]
        raise RedisError("not Redis: %r" % line)
