"""A child that parses: batches of files on its standard input, one answer a file on its standard output.

It is a process of its own because a parse holds the interpreter, and because some inputs can only be stopped by
killing it. Messages are MessagePack with their length in four bytes before them.
"""

from __future__ import annotations

import resource
import struct
import sys
from typing import BinaryIO

import msgspec
from msgspec import Struct

from github_connections.analysis.syntax.languages import lowering_for
from github_connections.analysis.syntax.nodes import Head

MAXIMUM_RECURSION = 20_000


class Job(Struct, frozen=True, array_like=True):
    """One file to parse."""

    path: str
    language: str
    content: bytes


class Answer(Struct, frozen=True, array_like=True):
    """What became of one file: its head and its encoded tree, or why there is none."""

    path: str
    head: Head | None = None
    encoded: bytes = b""
    broken: bool = False
    cut: bool = False
    failure: str = ""


def send(stream: BinaryIO, message: bytes) -> None:
    """Write a message with its length before it."""
    stream.write(struct.pack(">I", len(message)) + message)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """Read a message; None at the end of the stream."""
    size = stream.read(4)
    if len(size) < 4:
        return None
    return stream.read(struct.unpack(">I", size)[0])


def answer(job: Job) -> Answer:
    """Parse one file; whatever goes wrong is this file's failure alone."""
    try:
        head, module = lowering_for(job.language).lower(job.content)
        encoded = msgspec.msgpack.encode(module)
    except (MemoryError, RecursionError) as error:
        return Answer(job.path, failure=f"could not be parsed: {type(error).__name__}")
    except Exception as error:  # noqa: BLE001  # a file must cost its own result only, and the report names it
        return Answer(job.path, failure=f"could not be parsed: {type(error).__name__}: {error}"[:200])
    return Answer(job.path, head, encoded, module.broken, module.cut)


def main() -> None:
    """Answer batches until the input ends; the argument is the address space in bytes that may be taken."""
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    sys.setrecursionlimit(MAXIMUM_RECURSION)
    decoder = msgspec.msgpack.Decoder(list[Job])
    while (message := receive(sys.stdin.buffer)) is not None:
        for job in decoder.decode(message):
            send(sys.stdout.buffer, msgspec.msgpack.encode(answer(job)))


if __name__ == "__main__":
    main()
