"""Ways in which the loopback GitHub can misbehave, for `LoopbackGitHub.inject`."""

import os
import struct
from collections.abc import Callable, Mapping
from http import HTTPStatus
from io import BufferedIOBase
from itertools import count
from socket import SO_LINGER, SOL_SOCKET

from qualisys.dev.loopback_messages import Answer, error_answer, text_answer
from qualisys.dev.loopback_server import Behaviour, LoopbackRequestHandler

_ENDLESS_BLOCK = b" " * 64 * 1024


def hang(seconds: float = 3600) -> Behaviour:
    """Say nothing for so long, then answer as usual."""

    def behaviour(handler: LoopbackRequestHandler) -> None:
        if handler.server.closing.wait(seconds):
            raise ConnectionAbortedError("The server closes.")
        handler.answer()

    return behaviour


def status(code: int, message: str = "", headers: Mapping[str, str] | None = None) -> Behaviour:
    """Answer this status with a body in GitHub's form and these headers."""
    answer = error_answer(code, message or HTTPStatus(code).phrase, headers)
    return lambda handler: handler.send(answer)


def redirect(origin: str, code: int = HTTPStatus.FOUND) -> Behaviour:
    """Redirect to the same path and query at another origin, such as http://127.0.0.1:8001."""
    return lambda handler: handler.send(text_answer(code, "Moved", {"Location": origin + handler.path}))


def garbage_body(handler: LoopbackRequestHandler) -> None:
    """Answer 200 with a body that claims to be JSON and is not."""
    handler.send(Answer(HTTPStatus.OK, b'{"id": \xff\xfe <html>', "application/json; charset=utf-8"))


def endless_body(handler: LoopbackRequestHandler) -> None:
    """Answer 200 with a JSON body that goes on until the client leaves."""
    handler.begin_chunks(HTTPStatus.OK, {"Content-Type": "application/json; charset=utf-8"})
    while not handler.server.closing.is_set():
        handler.send_chunk(_ENDLESS_BLOCK)


def reset_connection(handler: LoopbackRequestHandler) -> None:
    """Answer nothing and reset the connection."""
    # Closing with a linger time of zero sends RST; the socket object must let go first, as it sends FIN.
    handler.connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    os.close(handler.connection.detach())
    raise ConnectionResetError("The connection was reset on purpose.")


def trickle(seconds_between_bytes: float) -> Behaviour:
    """Answer as usual, one byte at a time."""
    return _answering_through(lambda handler: _Trickle(handler, seconds_between_bytes))


def cut_after(byte_count: int) -> Behaviour:
    """Answer as usual and close the connection after so many bytes, headers included."""
    return _answering_through(lambda handler: _Cut(handler, byte_count))


def only_first(times: int, fault: Behaviour) -> Behaviour:
    """Misbehave so many times, then answer as usual."""
    calls = count(1)
    return lambda handler: fault(handler) if next(calls) <= times else handler.answer()


def _answering_through(writer: Callable[[LoopbackRequestHandler], BufferedIOBase]) -> Behaviour:
    def behaviour(handler: LoopbackRequestHandler) -> None:
        connection = handler.wfile
        handler.wfile = writer(handler)
        try:
            handler.answer()
        finally:
            handler.wfile = connection

    return behaviour


class _Trickle(BufferedIOBase):
    def __init__(self, handler: LoopbackRequestHandler, seconds: float) -> None:
        self._connection = handler.wfile
        self._closing = handler.server.closing
        self._seconds = seconds

    def write(self, data: bytes) -> int:  # type: ignore[override]  # http.server writes nothing but bytes
        for value in data:
            if self._closing.wait(self._seconds):
                raise ConnectionAbortedError("The server closes.")
            self._connection.write(bytes([value]))
        return len(data)


class _Cut(BufferedIOBase):
    def __init__(self, handler: LoopbackRequestHandler, byte_count: int) -> None:
        self._connection = handler.wfile
        self._bytes_left = byte_count

    def write(self, data: bytes) -> int:  # type: ignore[override]  # http.server writes nothing but bytes
        self._connection.write(data[: self._bytes_left])
        if len(data) > self._bytes_left:
            raise ConnectionAbortedError("The answer was cut on purpose.")
        self._bytes_left -= len(data)
        return len(data)
