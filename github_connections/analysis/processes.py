"""The processes of an analysis: how one is started, what it may take, and what they say to each other.

They speak MessagePack over pipes, its length before each message.
"""

from __future__ import annotations

import math
import os
import resource
import struct
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import IO

from msgspec import Struct

from github_connections.analysis.limits import Limits
from github_connections.analysis.syntax.nodes import Head

PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_LENGTH = struct.Struct(">I")
# Trees are walked by recursion.
MAXIMUM_RECURSION = 20_000


# Told of a stage, how much of it is done, and of how much.
Progress = Callable[[str, int, int], None]


class Request(Struct, frozen=True):
    """What to analyse, where an earlier analysis may have left its results, and where this one leaves its own."""

    checkout: str
    limits: Limits
    known: str
    keep: str
    commit: str


class Update(Struct, frozen=True):
    """How far it is, or, at the end, the report as JSON, or why there is none."""

    stage: str = ""
    done: int = 0
    total: int = 0
    report: bytes = b""
    failure: str = ""


class Job(Struct, frozen=True, array_like=True):
    """One file to parse, of so many bytes; where it is not `needed`, only if it has what is sought."""

    path: str
    language: str
    size: int
    needed: bool = False


class Answer(Struct, frozen=True, array_like=True):
    """What became of one file: its head and its encoded tree, or why there is none; another day there may be one.

    With a head alone it was left as it is, and the head is a sketch.
    """

    path: str
    head: Head | None = None
    encoded: bytes = b""
    broken: bool = False
    cut: bool = False
    failure: str = ""
    passing: bool = False


def send(stream: IO[bytes], message: bytes) -> None:
    """Write a message with its length before it."""
    stream.write(_LENGTH.pack(len(message)) + message)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Read a message; None at the end of the stream."""
    size = stream.read(_LENGTH.size)
    if len(size) < _LENGTH.size:
        return None
    return stream.read(_LENGTH.unpack(size)[0])


def whole_messages(buffer: bytearray) -> Iterator[bytes]:
    """Take the messages out of a buffer that have arrived to their end."""
    start = _LENGTH.size
    while len(buffer) >= start:
        end = start + _LENGTH.unpack_from(buffer)[0]
        if len(buffer) < end:
            return
        message = bytes(buffer[start:end])
        del buffer[:end]
        yield message


def environment() -> dict[str, str]:
    """Return what a process of an analysis needs and no more: no secret of the worker reaches it."""
    return {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(PACKAGE_ROOT), "LC_ALL": "C.UTF-8"}


def start(
    module: str, *arguments: str, errors: IO[bytes] | None = None, leads: bool = False, keeps: Collection[int] = ()
) -> subprocess.Popen[bytes]:
    """Start a module of this package; one that leads has a process group of its own, with those that it starts.

    It `keeps` these descriptors of this process.
    """
    return subprocess.Popen(
        [sys.executable, "-s", "-P", "-m", f"{__package__}.{module}", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment(),
        cwd="/",
        start_new_session=leads,
        pass_fds=keeps,
    )


def limit_memory(growth: int) -> None:
    """Let the address space of this process grow by so many bytes and no more."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + growth
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def limit_processor(seconds: float) -> None:
    """End this process once it has used a processor for so many seconds.

    One that is at a pattern without an end holds the interpreter, and does not notice that nobody waits any more.
    """
    limit = math.ceil(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
