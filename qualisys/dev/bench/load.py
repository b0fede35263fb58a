"""A load generator in a process of its own: connections that stay open, each asking again once it is answered.

Reads what to ask, as JSON, from standard input and prints what came of it, as JSON. One thread waits for all
connections, so that it takes as little as possible of the cores that it shares with the server.
"""

import json
import re
import selectors
import socket
import sys
import time
from dataclasses import asdict, dataclass

from qualisys.dev.bench.figures import percentile

_HOST = "127.0.0.1"
_BLOCK_BYTES = 64 * 1024
_PATIENCE_SECONDS = 10.0
_GOOD = b"HTTP/1.1 200 "
_LENGTH = re.compile(rb"^content-length: (\d+)\r?$", re.IGNORECASE | re.MULTILINE)


class LoadError(Exception):
    """A server did not answer as it should; the message shows what it said."""


@dataclass(frozen=True)
class Load:
    """What to ask of 127.0.0.1, over how many connections at once, and for how long."""

    port: int
    path: str
    headers: dict[str, str]
    connections: int
    seconds: float

    @property
    def request(self) -> bytes:
        lines = [f"GET {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers.items())]
        return "\r\n".join([*lines, "", ""]).encode()


@dataclass(frozen=True)
class Answered:
    """What a server did under load; `generator_share` is how much of one core the generator took."""

    per_second: float
    median_seconds: float
    p95_seconds: float
    generator_share: float


class _Connection:
    """One connection, which has always exactly one request under way."""

    def __init__(self, load: Load) -> None:
        self.socket = socket.create_connection((_HOST, load.port), timeout=_PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = load.request
        self._answer = b""
        self._asked_at = 0.0

    def ask(self) -> None:
        self._answer = b""
        self._asked_at = time.perf_counter()
        self.socket.sendall(self._request)

    def seconds_when_answered(self) -> float | None:
        """Take what has arrived; return how long the whole answer took, None while it is not whole."""
        block = self.socket.recv(_BLOCK_BYTES)
        self._answer += block
        head, ended, body = self._answer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not block or (ended and not (length and head.startswith(_GOOD))):
            raise LoadError(f"Not a good answer: {self._answer[:500]!r}")
        if ended and length and len(body) == int(length[1]):
            return time.perf_counter() - self._asked_at
        return None


def drive(load: Load) -> Answered:
    """Ask for the whole time. LoadError for an answer other than 200, or none in ten seconds."""
    with selectors.DefaultSelector() as selector:
        connections = [_Connection(load) for _ in range(load.connections)]
        try:
            for connection in connections:
                selector.register(connection.socket, selectors.EVENT_READ, connection)
            return _drive(connections, selector, load.seconds)
        finally:
            for connection in connections:
                connection.socket.close()


def _drive(connections: list[_Connection], selector: selectors.BaseSelector, seconds: float) -> Answered:
    taken: list[float] = []
    processor, began = time.process_time(), time.perf_counter()
    for connection in connections:
        connection.ask()
    while not taken or time.perf_counter() - began < seconds:
        ready = selector.select(_PATIENCE_SECONDS)
        if not ready:
            raise LoadError(f"No answer in {_PATIENCE_SECONDS:.0f} seconds.")
        for key, _ in ready:
            answered = key.data.seconds_when_answered()
            if answered is not None:
                taken.append(answered)
                key.data.ask()
    whole = time.perf_counter() - began
    return Answered(
        per_second=len(taken) / whole,
        median_seconds=percentile(taken, 0.5),
        p95_seconds=percentile(taken, 0.95),
        generator_share=(time.process_time() - processor) / whole,
    )


if __name__ == "__main__":
    try:
        print(json.dumps(asdict(drive(Load(**json.load(sys.stdin))))))
    except (LoadError, OSError) as error:
        sys.exit(str(error))
