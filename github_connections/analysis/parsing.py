"""Parsing files in several processes, each file within its seconds and its memory."""

from __future__ import annotations

import os
import selectors
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import IO, Self, cast

import msgspec
from msgspec import Struct

from github_connections.analysis.directories import path_of
from github_connections.analysis.limits import Limits
from github_connections.analysis.parser_process import READY, Task
from github_connections.analysis.processes import Answer, Job, send, start, whole_messages
from github_connections.analysis.sketches import Wanted, mentions
from github_connections.analysis.syntax.nodes import Head, Module

FILES_PER_BATCH = 16
BYTES_PER_BATCH = 192 * 1024
# What a pipe takes of somebody who does not read: the next batch is given while the last files of one are parsed, and
# neither of the two may wait for the other.
BYTES_PER_MESSAGE = 4096
BYTES_AROUND_A_MESSAGE = 16
# By the clock, for every second of a processor: the machine may be busy with something else.
SECONDS_BY_THE_CLOCK = 4
SECONDS_TO_START = 60
SECONDS_BETWEEN_LOOKS = 0.2

Sought = Callable[[], dict[str, Wanted]]

_MODULES = msgspec.msgpack.Decoder(Module)
_ENCODER = msgspec.msgpack.Encoder()
_ANSWERS = msgspec.msgpack.Decoder(Answer)
_TICKS = os.sysconf("SC_CLK_TCK")


class ParsedFile(Struct):
    """One source file, parsed or to be parsed; its tree is made or decoded when it is first asked for."""

    path: str
    language: str
    size: int  # bytes
    project_root: str
    head: Head
    encoded: bytes
    read: Callable[[str], bytes | None]
    # Has files parsed that were left as they are: each has its own head and tree afterwards, empty ones at worst.
    parse: Callable[[list[ParsedFile]], None]
    _module: Module | None = None

    @property
    def is_parsed(self) -> bool:
        """Whether the head is the file's own; else it is a sketch."""
        return self._module is not None or bool(self.encoded)

    @property
    def module(self) -> Module:
        """The file's tree."""
        if self._module is None:
            if not self.encoded:
                self.parse([self])
            self._module = _MODULES.decode(self.encoded)
            self.encoded = b""
        return self._module

    def fill(self, head: Head | None, encoded: bytes) -> None:
        """Put its own head and tree in the place of the sketch; those of an empty file where there are none."""
        self.head = head or Head("", [], [], [])
        self.encoded = encoded or _ENCODER.encode(Module(self.language, "", [], broken=True))

    def mentions(self, names: Set[str]) -> bool:
        """Tell whether one of these names stands anywhere in the file's text."""
        return mentions(self.read(self.path) or b"", names)


class ParserDidNotStart(Exception):
    """A parsing process ended before it was given anything: no fault of a file."""


class _Child:
    """One parsing process and what it has been given."""

    def __init__(self, memory_bytes: int, root: int, task: Callable[[], Task]) -> None:
        self.process = start("parser_process", str(memory_bytes), keeps=[root])
        self._task: Callable[[], Task] | None = task  # until it was handed over
        self.waiting: deque[Job] = deque()
        # How many of those were given before the newest batch; less than none once one of its own was answered.
        self._older = -1
        self.ready = False
        self._buffer = bytearray()
        self._since = self._looked = time.monotonic()
        self._used = 0.0

    @property
    def output(self) -> IO[bytes]:
        """Its standard output."""
        return cast("IO[bytes]", self.process.stdout)

    @property
    def has_room(self) -> bool:
        """Whether it can be given a batch that fits into a message: it has read the one before and is nearly done."""
        return self._older < 0 and len(self.waiting) <= FILES_PER_BATCH // 2

    def give(self, batch: list[Job]) -> None:
        """Hand a batch over, of any size where it waits for one; before the first, the task that they all belong to."""
        message = msgspec.msgpack.encode(batch)
        if self._task is not None:
            self._send(msgspec.msgpack.encode(self._task()))
            self._task = None
        if not self.waiting:
            self._note_progress()
        self._older = len(self.waiting)
        self.waiting.extend(batch)
        self._send(message)

    def answers(self) -> list[Answer] | None:
        """Return what it has said since it was asked last; None when it has ended."""
        received = os.read(self.output.fileno(), 1 << 20)
        if not received:
            return None
        self._buffer += received
        answers = []
        for message in whole_messages(self._buffer):
            self._note_progress()
            if message == READY:
                self.ready = True
            else:
                self.waiting.popleft()
                self._older -= 1
                answers.append(_ANSWERS.decode(message))
        return answers

    def is_over(self, seconds: float) -> bool:
        """Tell whether it is at one file for longer than so many seconds of a processor."""
        by_the_clock = time.monotonic() - self._since
        if by_the_clock <= seconds or not self.waiting or not self.ready:
            return not self.ready and by_the_clock > SECONDS_TO_START
        return self._processor_seconds() - self._used > seconds or by_the_clock > SECONDS_BY_THE_CLOCK * seconds

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):  # it died with a batch half read
                    stream.close()

    def _send(self, message: bytes) -> None:
        with suppress(BrokenPipeError):  # its end is seen at its output, and the batch is given to another
            send(cast("IO[bytes]", self.process.stdin), message)

    def _note_progress(self) -> None:
        now = time.monotonic()
        if now - self._looked > SECONDS_BETWEEN_LOOKS:  # not after each of many small files
            self._used = self._processor_seconds()
            self._looked = now
        self._since = now

    def _processor_seconds(self) -> float:
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / _TICKS


class Parsers:
    """As many parsing processes as there may be, each with a batch or two; they end with the `with` block."""

    def __init__(self, root: Path, limits: Limits, sought: Sought, began: float | None = None) -> None:
        """`sought` is asked when there is something to parse; the analysis `began` then by the monotonic clock."""
        self._limits = limits
        self._descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._sought = sought
        self._began = time.monotonic() if began is None else began
        self._jobs: Iterator[Job] = iter(())
        self._again: deque[Job] = deque()
        self._selector = selectors.DefaultSelector()
        self._children: list[_Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for child in list(self._children):
            self._remove(child)
        self._selector.close()
        os.close(self._descriptor)

    @property
    def root(self) -> Path:
        """The directory itself, in this process and in those it starts, whatever is put in its place meanwhile."""
        return path_of(self._descriptor)

    @cached_property
    def _task(self) -> Task:
        return Task(str(self.root), self._limits.bytes_per_file, self._limits.seconds_per_file, self._sought())

    def others(self) -> Parsers:
        """Return such parsers for a copy of this process, which cannot use these; their seconds are those of these."""
        return Parsers(self.root, self._limits, self._sought, self._began)

    def prepare(self) -> None:
        """Start all of them, so that they are ready once there is something to parse."""
        while len(self._children) < max(1, self._limits.processes):
            self._start()

    def parse(self, jobs: Iterable[Job], *, share: float) -> Iterator[Answer]:
        """Yield an answer for each job, in no particular order.

        What is left when this share of the analysis' seconds is over is not parsed.
        """
        until = self._began + share * self._limits.seconds
        self._jobs = iter(jobs)
        while time.monotonic() < until:
            self._feed()
            if not any(child.waiting for child in self._children):
                return
            for key, _ in self._selector.select(timeout=SECONDS_BETWEEN_LOOKS):
                yield from self._read(key.data)
            for child in list(self._children):
                if child.is_over(self._limits.seconds_per_file):
                    yield self._lost(child, f"parsing took longer than {self._limits.seconds_per_file:g} seconds")
        yield from self._give_up()

    def _feed(self) -> None:
        """Give everyone who has room for it a batch, and start as many as there may be while there is more."""
        for child in [child for child in self._children if not child.waiting and child.process.poll() is not None]:
            self._remove(child)
        for child in sorted(self._children, key=lambda child: len(child.waiting)):
            if child.has_room and (batch := self._batch(must_fit=bool(child.waiting))):
                child.give(batch)
        while len(self._children) < max(1, self._limits.processes) and (batch := self._batch(must_fit=False)):
            self._start().give(batch)

    def _start(self) -> _Child:
        child = _Child(self._limits.parsing_memory_bytes, self._descriptor, lambda: self._task)
        self._children.append(child)
        self._selector.register(child.output, selectors.EVENT_READ, child)
        return child

    def _batch(self, *, must_fit: bool) -> list[Job]:
        """Take the next jobs, as many as fit into a message; where none does it is one alone, unless it must fit."""
        batch: list[Job] = []
        size = length = 0
        while len(batch) < FILES_PER_BATCH and size < BYTES_PER_BATCH:
            job = self._again.popleft() if self._again else next(self._jobs, None)
            if job is None:
                break
            length += len(msgspec.msgpack.encode(job))
            if length > BYTES_PER_MESSAGE - BYTES_AROUND_A_MESSAGE and (batch or must_fit):
                self._again.appendleft(job)
                break
            batch.append(job)
            size += job.size
        return batch

    def _read(self, child: _Child) -> Iterable[Answer]:
        answers = child.answers()
        if answers is not None:
            return answers
        if child.waiting:
            return [self._lost(child, "the parser ended: too much memory, or a fault in it")]
        self._remove(child)
        return []

    def _lost(self, child: _Child, reason: str) -> Answer:
        """End a child; the file it was at has no result, the rest of its batch goes to another."""
        self._remove(child)
        if not child.ready:
            raise ParserDidNotStart(f"A parsing process ended with status {child.process.returncode} at its start.")
        job = child.waiting.popleft()
        self._again.extend(child.waiting)
        # What ended by itself will do so again.
        return Answer(job.path, failure=reason, passing=child.process.returncode == -signal.SIGKILL)

    def _give_up(self) -> Iterator[Answer]:
        busy = [child for child in self._children if child.waiting]
        for child in busy:
            self._remove(child)
        for jobs in (*(child.waiting for child in busy), self._again, self._jobs):
            for job in jobs:
                yield Answer(job.path, failure="there was no time left for it", passing=True)
        self._again.clear()

    def _remove(self, child: _Child) -> None:
        self._selector.unregister(child.output)
        self._children.remove(child)
        child.kill()
