"""Parsing many files in several processes, each file within its seconds and its memory."""

from __future__ import annotations

import os
import selectors
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import msgspec

from github_connections.analysis.limits import Limits
from github_connections.analysis.parser_process import Answer, Job, send
from github_connections.analysis.syntax.nodes import Head, Module

PACKAGE_ROOT = Path(__file__).resolve().parents[2]
FILES_PER_BATCH = 24
BYTES_PER_BATCH = 256 * 1024

_MODULES = msgspec.msgpack.Decoder(Module)
_ANSWERS = msgspec.msgpack.Decoder(Answer)


@dataclass(slots=True)
class ParsedFile:
    """One parsed file; its tree is decoded when it is first asked for."""

    path: str
    language: str
    project_root: str
    head: Head
    encoded: bytes
    _module: Module | None = None

    @property
    def module(self) -> Module:
        """The file's tree."""
        if self._module is None:
            self._module = _MODULES.decode(self.encoded)
        return self._module


def environment() -> dict[str, str]:
    """Return what a child needs and no more: no secret of the worker reaches it."""
    return {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(PACKAGE_ROOT), "LC_ALL": "C.UTF-8"}


def parse_all(jobs: Iterable[Job], limits: Limits, done: Callable[[int], None] = lambda _: None) -> Iterator[Answer]:
    """Yield an answer for each job, in no particular order; `done` hears how many there were so far."""
    pool = _Pool(jobs, limits)
    count = 0
    try:
        for result in pool.answers():
            count += 1
            done(count)
            yield result
    finally:
        pool.end()


class _Child:
    """One parsing process and the batch it is at."""

    def __init__(self, memory_bytes: int) -> None:
        command = [sys.executable, "-P", "-m", "github_connections.analysis.parser_process", str(memory_bytes)]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            cwd="/",
        )
        self.waiting: deque[Job] = deque()
        self.since = 0.0
        self.buffer = bytearray()

    @property
    def output(self) -> IO[bytes]:
        """Its standard output."""
        return cast(IO[bytes], self.process.stdout)

    def give(self, batch: list[Job]) -> None:
        """Hand a batch over; the child reads all of it before it answers, so this does not block for long."""
        self.waiting.extend(batch)
        self.since = time.monotonic()
        try:
            send(cast("IO[bytes]", self.process.stdin), msgspec.msgpack.encode(batch))  # type: ignore[arg-type]
        except BrokenPipeError:
            pass  # its end is seen at its output, and the batch is given to another

    def messages(self) -> Iterator[bytes]:
        """Yield the whole messages that have arrived."""
        while len(self.buffer) >= 4:
            (size,) = struct.unpack_from(">I", self.buffer)
            if len(self.buffer) < 4 + size:
                return
            yield bytes(self.buffer[4 : 4 + size])
            del self.buffer[: 4 + size]

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    pass  # the child died with a batch half read


class _Pool:
    """As many children as there may be, each with one batch at a time."""

    def __init__(self, jobs: Iterable[Job], limits: Limits) -> None:
        self._limits = limits
        self._jobs = iter(jobs)
        self._again: deque[Job] = deque()
        self._selector = selectors.DefaultSelector()
        self._children: list[_Child] = []

    def answers(self) -> Iterator[Answer]:
        """Yield answers until every job has one."""
        for _ in range(max(1, self._limits.processes)):
            if not self._start():
                break
        while self._children:
            for key, _ in self._selector.select(timeout=0.2):
                yield from self._read(key.data)
            for child in list(self._children):
                if child.waiting and time.monotonic() - child.since > self._limits.seconds_per_file:
                    yield self._lost(child, f"parsing took longer than {self._limits.seconds_per_file:g} seconds")

    def end(self) -> None:
        """Kill whatever still runs."""
        for child in self._children:
            child.kill()
        self._children.clear()
        self._selector.close()

    def _start(self) -> bool:
        batch = self._batch()
        if not batch:
            return False
        child = _Child(self._limits.parsing_memory_bytes)
        self._children.append(child)
        self._selector.register(child.output, selectors.EVENT_READ, child)
        child.give(batch)
        return True

    def _batch(self) -> list[Job]:
        batch: list[Job] = []
        size = 0
        while len(batch) < FILES_PER_BATCH and size < BYTES_PER_BATCH:
            job = self._again.popleft() if self._again else next(self._jobs, None)
            if job is None:
                break
            batch.append(job)
            size += len(job.content)
        return batch

    def _read(self, child: _Child) -> Iterator[Answer]:
        received = os.read(child.output.fileno(), 1 << 20)
        if not received:
            yield self._lost(child, "the parser ended: too much memory, or a fault in it")
            return
        child.buffer += received
        for message in child.messages():
            child.waiting.popleft()
            child.since = time.monotonic()
            yield _ANSWERS.decode(message)
        if not child.waiting:
            batch = self._batch()
            if batch:
                child.give(batch)
            else:
                self._remove(child)

    def _lost(self, child: _Child, reason: str) -> Answer:
        """End a child; the file it was at has no result, the rest of its batch goes to another."""
        self._remove(child)
        job = child.waiting.popleft()
        self._again.extend(child.waiting)
        self._start()
        return Answer(job.path, failure=reason)

    def _remove(self, child: _Child) -> None:
        self._selector.unregister(child.output)
        self._children.remove(child)
        child.kill()
