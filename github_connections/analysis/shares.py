"""Shares of an analysis' time: a piece of work that takes too long is left, and the others go on.

The system's alarm looks ten times a second and raises in whatever runs, within a regular expression too.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf

SECONDS_BETWEEN_LOOKS = 0.1


class OutOfTime(Exception):
    """A piece of work took longer than its share."""


class _Shares:
    """When the pieces of work at hand are to end, each in the one before; all by the processor's seconds."""

    def __init__(self) -> None:
        self.ends: list[float] = []
        self.last = inf  # when there is no more for anybody
        self.last_by_the_clock = inf
        self.held = 0

    def is_used_up(self) -> bool:
        """Tell whether there is no time left for anybody."""
        return time.process_time() > self.last or time.monotonic() > self.last_by_the_clock

    def look(self, *_: object) -> None:
        """Raise OutOfTime where a share is over, and at the next look again if somebody took no notice."""
        if self.ends and not self.held and (time.process_time() > self.ends[-1] or self.is_used_up()):
            raise OutOfTime


_SHARES = _Shares()


def begin(seconds: float) -> None:
    """Share out so many seconds, of a processor and by the clock, in the main thread of this process."""
    _SHARES.last = time.process_time() + seconds
    _SHARES.last_by_the_clock = time.monotonic() + seconds
    look_again()


def look_again() -> None:
    """Set the alarm, which a copy of a process has not; there is none where nobody shares, and beside a main thread."""
    if _SHARES.last < inf and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGPROF, _SHARES.look)
        signal.setitimer(signal.ITIMER_PROF, SECONDS_BETWEEN_LOOKS, SECONDS_BETWEEN_LOOKS)


@contextmanager
def share(seconds: float = inf) -> Iterator[None]:
    """Let what follows take half of all that is left, and no more than so many seconds; OutOfTime is raised in it then.

    What has a share inside of another takes nothing of it.
    """
    depth, began = len(_SHARES.ends), time.process_time()
    if _SHARES.is_used_up():
        raise OutOfTime
    _SHARES.ends.append(began + min((_SHARES.last - began) / 2, seconds))
    try:
        yield
    finally:
        del _SHARES.ends[depth:]
        if depth:
            _SHARES.ends[-1] += time.process_time() - began


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let what follows come to its end, where half of it would be in others' way; it has limits of its own."""
    _SHARES.held += 1
    try:
        yield
    finally:
        _SHARES.held -= 1
