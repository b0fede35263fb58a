"""Reads the body of an HTTP/1.1 request, whether its length was announced or it comes in chunks."""

import re
from email.message import Message
from io import BufferedIOBase

LONGEST_BODY_BYTES = 64 * 1024 * 1024
_LONGEST_LINE_BYTES = 4096


class RequestBodyError(ValueError):
    """The body of a request is malformed, cut short or too long."""


def read_request_body(headers: Message, stream: BufferedIOBase) -> bytes:
    """The whole body with the framing taken away; compression stays."""
    if headers.get("Transfer-Encoding", "").lower() == "chunked":
        return _read_chunks(stream)
    announced = headers.get("Content-Length", "0").strip()
    if not re.fullmatch("[0-9]{1,18}", announced):
        raise RequestBodyError("Content-Length is not a number.")
    return _read_exactly(stream, int(announced), LONGEST_BODY_BYTES)


def _read_chunks(stream: BufferedIOBase) -> bytes:
    body = bytearray()
    while size := _read_chunk_size(stream):
        body += _read_exactly(stream, size, LONGEST_BODY_BYTES - len(body))
        if stream.readline(_LONGEST_LINE_BYTES).strip():
            raise RequestBodyError("A chunk is longer than it announced.")
    while stream.readline(_LONGEST_LINE_BYTES).strip():
        pass  # a trailer, which nothing here needs
    return bytes(body)


def _read_chunk_size(stream: BufferedIOBase) -> int:
    announced = stream.readline(_LONGEST_LINE_BYTES).partition(b";")[0].strip()
    if not re.fullmatch(rb"[0-9A-Fa-f]{1,15}", announced):
        raise RequestBodyError("The size of a chunk is not a number.")
    return int(announced, 16)


def _read_exactly(stream: BufferedIOBase, size: int, allowed: int) -> bytes:
    if size > allowed:
        raise RequestBodyError(f"The body is longer than {LONGEST_BODY_BYTES} bytes.")
    received = stream.read(size)
    if len(received) != size:
        raise RequestBodyError("The body was cut short.")
    return received
